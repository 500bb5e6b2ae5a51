"""People who try any button or command about anything, and what each of them is told; all that they do is undone."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.assembly import callback_queries
from bot.assembly.chat_commands import COMMANDS
from bot.assembly.route_update import handle
from bot.assembly.routing import BUTTONS
from bot.channel.updates import CallbackQuery, Chat, Sender, Written
from bot.context.context import Context
from bot.context.permissions import About
from bot.context.sealed_actions import Action, private_scope
from bot.demo.one_thread import on_this_thread
from bot.demo.town import START, Town, town
from storage.records.outbox import Outbox
from storage.records.records import OutboxKind, Person
from storage.store import UnitOfWork
from tests.triples.towns import OTHER, OWN, Pool, Somebody, everybody, marks, two_towns

READING = ("view", "rows", "row", "lookback", "beside", "past", "open", "incs", "openinc", "hist")  # tried most
WARM = 100  # attempts that changed nothing, after which what is remembered is kept anew

ROUNDS = 40  # in which each verb is tried by everybody in a core group


class Undo(Exception):
    """Undoes an attempt."""


@dataclass
class Tally:
    """What came of some attempts."""

    tried: int = 0
    answered: int = 0
    useless: int = 0  # what was made up could not be about anything
    told: Counter[str] = field(default_factory=Counter)  # by kind of person, who heard what is theirs
    wrong: list[str] = field(default_factory=list)  # what somebody heard that is not theirs
    reached: set[str] = field(default_factory=set)  # the verbs whose handlers were called

    def __str__(self) -> str:
        """The figures in a line."""
        return (
            f"{self.tried} tried, {self.answered} answered, {self.useless} of no use, {len(self.reached)} of "
            f"{len(BUTTONS)} verbs reached, {self.told.total()} told what is theirs, {len(self.wrong)} what is not"
        )


def attempt(luck: random.Random, pool: Pool, verb: str | None) -> Action:
    """A button about anything of either town; `verb`: this one, about the first town."""
    where = OWN if verb else luck.choice((OTHER, OWN))
    verb = verb or (luck.choice(sorted(BUTTONS)) if luck.random() < 0.5 else luck.choice(READING))
    about = BUTTONS[verb].about
    number = (
        where
        if about is About.GROUP
        else luck.choice((*pool.runs[where], 0) if about is About.EITHER else pool.runs[where])
    )
    return Action(verb, number, luck.choice((0, 0, 1, 2, OTHER, 7)), luck.choice(pool.arguments))


def held_out(
    luck: random.Random, pool: Pool, played: Town, person: Person, verb: str | None, *, in_group: bool = False
) -> CallbackQuery | Written:
    """A tap on any button, which is this person's or stands in the first town's chat; now and then a command."""
    sender, chat = Sender(person.user_id, "Någon"), Chat(person.user_id, "private")
    seal = played.bot.services.buttons.seal
    if in_group:
        return CallbackQuery(Chat(-OWN, "supergroup"), sender, "1", 1, seal(f"g{OWN}", attempt(luck, pool, verb)))
    if verb is None and luck.random() < 0.1:
        command = luck.choice(sorted(COMMANDS))
        arguments = luck.choice(pool.arguments)
        return Written(chat, sender, 1, int(START.timestamp()), f"/{command} {arguments}", command, arguments)
    epoch = luck.choice((person.epoch, person.epoch, luck.randint(0, person.epoch)))  # also of an earlier seat
    return CallbackQuery(chat, sender, "1", 1, seal(private_scope(person, epoch), attempt(luck, pool, verb)))


class Trial:
    """Lets people try, and listens to what they are told."""

    def __init__(self, played: Town, work: UnitOfWork, pool: Pool, people: list[Somebody]) -> None:
        self.people = people
        self._played, self._work, self._pool = played, work, pool
        self._luck, self._tally = random.Random(), Tally()
        self._said: list[tuple[str, str]] = []  # to which chat
        self._wrote = self._in_group = False
        self._caches = work.people._caches
        self._remembered = self._copied()
        self._unchanged = 0

    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """Hear what is said to anybody, and note what is written and which verbs are reached."""
        put = Outbox.put

        async def heard(outbox: Outbox, chat: str, kind: OutboxKind, content: dict[str, Any], **more: Any) -> int:
            files = [(file.filename, file.content) for file in more.get("files", ())]
            self._said.append((chat, f"{content} {more.get('context')} {files}"))
            return await put(outbox, chat, kind, content, **more)

        patch.setattr(Outbox, "put", heard)
        for name in ("write", "coalesce"):
            patch.setattr(self._work._session, name, self._noting(getattr(self._work._session, name)))
        patch.setattr(callback_queries, "BUTTONS", {name: self._watched(route) for name, route in BUTTONS.items()})

    async def each_verb(self, seed: int, *, in_group: bool = False) -> Tally:
        """Let each of the core groups try each verb about their own town, or in its chat, until it is reached."""
        self._luck, self._tally, self._in_group = random.Random(seed), Tally(), in_group
        core = [one for one in self.people if one.kind == "core"]
        for _ in range(ROUNDS):
            for one in core:
                await self._let([(one, verb) for verb in sorted(set(BUTTONS) - self._tally.reached)])
        self._in_group = False
        return self._tally

    async def by_chance(self, seed: int, many: int) -> Tally:
        """Let anybody try anything. The same seed is the same attempts."""
        self._luck, self._tally = random.Random(seed), Tally()
        await self._let([(self._luck.choice(self.people), None) for _ in range(many)])
        return self._tally

    async def _let(self, chosen: list[tuple[Somebody, str | None]]) -> None:
        known = [word.split()[0] for number in (OWN, OTHER) for word in marks(number).values()]
        for one, verb in chosen:
            tried, heard = await self._attempt(await self._work.people.get(one.person), verb)
            if wrong := [word for word in one.not_theirs if word in heard]:
                self._tally.wrong.append(f"{one.kind} hears {wrong} after {tried}: {heard}")
            self._tally.told[one.kind] += any(word in heard for word in known)
        self._tally.tried += len(chosen)

    async def _attempt(self, person: Person, verb: str | None) -> tuple[object, str]:
        """What somebody tries, and is told; it is undone."""
        self._said.clear()
        self._wrote = False
        for counts in (self._played.bot.services.limits._times, self._played.bot.services.limits._told):
            counts.clear()  # else whoever has tried often is soon told to wait, and nothing more
        tried, shown = None, ""
        try:
            tried = self._choose(person, verb)
            async with self._work.savepoint():
                shown = await self._carry_out(tried)
                if self._wrote:  # else there is nothing to undo
                    raise Undo
        except Undo:
            self._remember()
        except Exception:  # noqa: BLE001 - what was made up may be of no use at all, and is put aside
            self._tally.useless += 1
            self._remember()
        else:
            self._unchanged += 1
            if self._unchanged % WARM == 1:
                self._remembered = self._copied()
        self._tally.answered += bool(self._said or shown)
        return tried, f"{self._said} {shown}"

    def _choose(self, person: Person, verb: str | None) -> Any:
        """What they try; `verb`: a button of this verb."""
        return held_out(self._luck, self._pool, self._played, person, verb, in_group=self._in_group)

    async def _carry_out(self, tried: Any) -> str:
        """Let it happen; what is shown above the chat meanwhile."""
        ctx = Context(self._played.bot.services, self._work, START)
        try:
            await handle(ctx, tried)
        finally:
            self._said += [("", notice.text or "") for notice in ctx.notices]
        return ""

    def _copied(self) -> dict[str, dict[Any, Any]]:
        return {name: _copy(cache) for name, cache in self._caches._by_name.items()}

    def _remember(self) -> None:
        """Remember what was remembered before: all is as it was, and need not be read anew."""
        for name, cache in self._caches._by_name.items():
            cache.clear()
            cache.update(_copy(self._remembered.get(name, {})))

    def _noting(self, write: Any) -> Any:
        def noted(*arguments: Any) -> Any:
            self._wrote = True
            return write(*arguments)

        return noted

    def _watched(self, route: Any) -> Any:
        async def handler(*arguments: Any) -> None:
            self._tally.reached.add(route.name)
            await route.handler(*arguments)

        return replace(route, handler=handler)


def _copy(cache: Mapping[Any, Any]) -> dict[Any, Any]:
    """A copy of a cache, whose lists by number are changed in place."""
    return {key: dict(value) if isinstance(value, dict) else value for key, value in cache.items()}


@asynccontextmanager
async def trial(folder: Path) -> AsyncIterator[Trial]:
    """Two finished towns and their people, who are listened to."""
    async with AsyncExitStack() as stack:
        stack.enter_context(on_this_thread())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        played = await stack.enter_async_context(town(folder))
        work = await stack.enter_async_context(played.bot.store.work())
        pool = await two_towns(played, work)
        found = Trial(played, work, pool, await everybody(played, work))
        found.listen(patch)
        yield found
