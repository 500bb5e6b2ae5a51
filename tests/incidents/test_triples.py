"""Anybody, with any button or command, about anything of two finished towns: nobody is told what is not for them.

Each text carries a word that says whose it is: another town's, the core group's, the network's, an incident's. People
of every kind try whatever there is a route for, also with buttons of an earlier seat, and listen for words that are not
theirs. The usual run tries some thousands of (who, what, about what), `STADSBOT_TEST_TRIPLES=1000000` a million, and
`STADSBOT_TEST_SEED` others. SQLite runs on the thread of the test, as the trips to another would be most of the time.
"""

import os
import random
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.context.context import Context
from bot.context.permissions import About
from bot.context.sealed_actions import Action, private_scope
from bot.demo.invented import Invented
from bot.demo.one_thread import on_this_thread
from bot.demo.town import START, Town, town
from bot.dispatch import callback_queries
from bot.dispatch.chat_commands import COMMANDS
from bot.dispatch.route_update import handle
from bot.dispatch.routing import BUTTONS
from bot.telegram.updates import CallbackQuery, Chat, Sender, Written
from flows.model import Exercise, ExerciseRole, Kind, Process
from storage.outbox import Outbox
from storage.records import GivenAnswer, OutboxKind, Person, Reach, SeatState
from storage.store import UnitOfWork
from tests import seeded_town

MANY, SEED = int(os.environ.get("STADSBOT_TEST_TRIPLES", "3000")), int(os.environ.get("STADSBOT_TEST_SEED", "11"))
CANARY = "Kanariefågel"  # stands in all that the other town has
OWN, OTHER = 1, 2
FIRST = {OWN: 1_000, OTHER: 2_000}  # the first user of each


class Undo(Exception):
    """Undoes an attempt."""


READING = ("view", "rows", "row", "lookback", "beside", "past", "open", "incs", "openinc", "hist")  # tried most
WORDS = {"core": "Kärnord", "network": "Nätverksord", "incident": "Händelseord"}


@dataclass(frozen=True)
class Somebody:
    """Who tries, and the words that are not for them."""

    person: int
    kind: str
    not_theirs: frozenset[str]


@dataclass(frozen=True)
class Pool:
    """What a button can be about: numbers of runs and groups, and what stands beside them."""

    runs: Mapping[int, tuple[int, ...]]  # by town
    arguments: tuple[str, ...]


def marks(town_number: int) -> dict[str, str]:
    """The words of a town, by whose a text is."""
    other = CANARY if town_number == OTHER else ""
    return {kind: f"{word}{town_number} {other}".strip() for kind, word in WORDS.items()}


def whose(process: Process, exercise: Exercise) -> str | None:
    """Whose the texts of an exercise are; None where they are also told elsewhere, by the exercise's own words."""
    every = process.exercises.values()
    told = {name for one in every if "network" in one.who for name in (*one.shares, *one.approves)}
    pointed = {q.register for one in every if "network" in one.who for q in one.questions}
    roles = (ExerciseRole.ROUTINE, ExerciseRole.EVENT, ExerciseRole.GUESTS, ExerciseRole.JOINING)  # for all who are met
    if exercise.role in roles or exercise.id in {*told, *pointed}:
        return None
    return "network" if "network" in exercise.who else "core"


async def two_towns(played: Town, work: UnitOfWork) -> Pool:
    """Two towns that have done everything; each text says whose it is, and the other town's that it is of there."""
    ctx, invented = Context(played.bot.services, work, START), Invented()
    for number in (OWN, OTHER):
        users = [FIRST[number] + n for n in range(len(invented.people))]
        await seeded_town.settle(ctx, -number, users, invented)
        members = await work.members.of_group(number)
        group = await work.groups.get(number)
        settings = replace(group.settings, readers=(members[-1].id,), seen={members[-1].id: START})
        title = f"{CANARY}-staden" if number == OTHER else group.title
        await work.groups.update(number, settings=settings, title=title)
        for member in members:
            name = f"{CANARY} {member.id}" if number == OTHER else member.name
            await work.members.update(member.id, name=name, coordinator=member is members[0])
            await work.people.update(member.person_id, reach=Reach.REACHABLE)
        for day in range(3):
            values = {"kind": ["labour"], "note": marks(number)["incident"]}
            await work.incidents.add(number, members[day].person_id, values, ctx.today)
        await mark_texts(played, work, number)
    runs = {number: tuple(run.id for run in await work.runs.all_of(number)) for number in (OWN, OTHER)}
    words = ("", "yes", "ask", "no", "new", "0", "word", "pdf", "plan.pdf", "routine:pdf", "s", "o", "m0", "o0", "year")
    ids = [str(n) for n in range(1, 400)]
    pairs = [f"{a}:{b}" for a in (1, 2, 30, 200) for b in ("o", "s", "r", "1", "2", "all")]
    return Pool(runs, (*words, *ids, *pairs, *played.bot.services.process.exercises))


async def mark_texts(played: Town, work: UnitOfWork, number: int) -> None:
    """Put into each text the word that says whose it is."""
    process, words = played.bot.services.process, marks(number)
    mine = {
        name: words.get(whose(process, one) or "", CANARY * (number == OTHER))
        for name, one in process.exercises.items()
    }
    for exercise, word in mine.items():
        questions = {q.id for q in process.exercises[exercise].questions if q.kind is Kind.TEXT}
        rows = await work.rows.all(number, exercise)
        for row in rows:
            values = {q: f"{value} {word}" if q in questions else value for q, value in row.values.items()}
            await work.rows._update(row.id, values=values, version=row.version + 1)
    for run in await work.runs.all_of(number):
        for answer in await work.answers.for_group(run.id):
            if isinstance(answer.value, str) and answer.id and answer.question:
                question = next((q for q in process.exercises[run.exercise].questions if q.id == answer.question), None)
                if question is None or question.kind is Kind.TEXT:
                    given = GivenAnswer(
                        answer.owner, answer.question, answer.item, f"{answer.value} {mine[run.exercise]}",
                        answer.comment, answer.audience, answer.anonymous,
                    )  # fmt: skip
                    await work.answers.keep(run.id, given, answer.member_id)


async def everybody(played: Town, work: UnitOfWork) -> list[Somebody]:
    """People of every kind, each with the words that are not for them."""
    found = []
    every = frozenset(word for number in (OWN, OTHER) for word in marks(number).values())
    # (role, state, coordinates, has been a member before), and what they may hear of
    kinds: dict[str, tuple[str, SeatState, tuple[str, ...]]] = {
        "network": ("network", SeatState.ACTIVE, ("network",)),
        "process leader": ("process_leader", SeatState.ACTIVE, ()),
        "guest": ("guest", SeatState.INVITED, ()),
        "on the way in": ("core", SeatState.INVITED, ()),
        "left": ("core", SeatState.LEFT, ()),
        "left and back as guest": ("guest", SeatState.INVITED, ()),
        "left and back": ("core", SeatState.ACTIVE, ("core", "network")),
    }
    for number in (OWN, OTHER):
        words, members = marks(number), await work.members.of_group(number)
        reader = members[-1].id
        for place, (kind, (role, state, hears)) in enumerate(kinds.items()):
            person = await work.people.ensure(FIRST[number] + 100 + place)
            await work.people.update(person.id, reach=Reach.REACHABLE)
            member = await work.members.add(number, person.id, "core")
            await work.members.update(member.id, name=kind, state=SeatState.ACTIVE)
            if "back" in kind:
                await work.members.update(member.id, state=SeatState.LEFT)
            await work.members.update(member.id, role=role, state=state)
            found.append(Somebody(person.id, kind, frozenset(every - {words[name] for name in hears})))
        for member in members:
            heard = ["core", "network", *(["incident"] if member.id == reader else [])]
            found.append(Somebody(member.person_id, "core", frozenset(every - {words[name] for name in heard})))
    both = await work.people.get([one.person for one in found if one.kind == "core"][1])
    member = await work.members.add(OTHER, both.id, "network")
    await work.members.update(member.id, name="I två städer", state=SeatState.ACTIVE)
    theirs = {marks(OWN)["core"], marks(OWN)["network"], marks(OTHER)["network"]}
    found = [one for one in found if one.person != both.id]
    found.append(Somebody(both.id, "in two towns", frozenset(every - theirs)))
    stranger = await work.people.ensure(9_999)
    await work.people.update(stranger.id, reach=Reach.REACHABLE)
    found.append(Somebody(stranger.id, "unknown", frozenset(every)))
    return found


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
    luck: random.Random, pool: Pool, played: Town, person: Person, verb: str | None
) -> CallbackQuery | Written:
    """A tap on any button, which is this person's; now and then a command."""
    sender, chat = Sender(person.user_id, "Någon"), Chat(person.user_id, "private")
    if verb is None and luck.random() < 0.1:
        command = luck.choice(sorted(COMMANDS))
        arguments = luck.choice(pool.arguments)
        return Written(chat, sender, 1, int(START.timestamp()), f"/{command} {arguments}", command, arguments)
    epoch = luck.choice((person.epoch, person.epoch, luck.randint(0, person.epoch)))  # also of an earlier seat
    data = played.bot.services.buttons.seal(private_scope(person, epoch), attempt(luck, pool, verb))
    return CallbackQuery(chat, sender, "1", 1, data)


class Trial:
    """Lets people try, and listens to what they are told."""

    def __init__(self, played: Town, work: UnitOfWork, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
        self.played, self.work, self.pool = played, work, pool
        self.luck, self.answered, self.useless = random.Random(SEED), 0, 0
        self.tried: Any = None
        self._said: list[str] = []
        put = Outbox.put

        async def heard(outbox: Outbox, chat: str, kind: OutboxKind, content: dict[str, Any], **more: Any) -> int:
            files = [(file.filename, file.content) for file in more.get("files", ())]
            self._said.append(f"{content} {more.get('context')} {files}")
            return await put(outbox, chat, kind, content, **more)

        monkeypatch.setattr(Outbox, "put", heard)
        self._wrote = False
        for name in ("write", "coalesce"):
            monkeypatch.setattr(work._session, name, self._noting(getattr(work._session, name)))

    def _noting(self, write: Any) -> Any:
        def noted(*arguments: Any) -> Any:
            self._wrote = True
            return write(*arguments)

        return noted

    async def told(self, person: Person, verb: str | None = None) -> str:
        """What somebody is told when they try something; it is undone."""
        self._said.clear()
        self._wrote = False
        ctx = Context(self.played.bot.services, self.work, START)
        try:
            async with self.work.savepoint():
                self.tried = held_out(self.luck, self.pool, self.played, person, verb)
                await handle(ctx, self.tried)
                if self._wrote:  # else there is nothing to undo, nor to read anew
                    raise Undo
        except Undo:
            pass
        except Exception:  # noqa: BLE001 - what was made up may be of no use at all, and is put aside
            self.useless += 1
        self.answered += bool(self._said)
        return f"{self._said} {[notice.text for notice in ctx.notices]}"


@pytest.mark.slow
async def test_nobody_is_told_what_is_not_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """People of every kind who hold any button about anything hear only what is for them; every verb is reached."""
    reached: set[str] = set()

    def watched(route: Any) -> Any:
        async def handler(*arguments: Any) -> None:
            reached.add(route.name)
            await route.handler(*arguments)

        return replace(route, handler=handler)

    monkeypatch.setattr(callback_queries, "BUTTONS", {name: watched(route) for name, route in BUTTONS.items()})
    told = Counter[str]()
    async with AsyncExitStack() as stack:
        stack.enter_context(on_this_thread())
        played = await stack.enter_async_context(town(tmp_path))
        work = await stack.enter_async_context(played.bot.store.work())
        trial = Trial(played, work, await two_towns(played, work), monkeypatch)
        people = await everybody(played, work)
        first = [
            (one, verb) for one in people if "core" in one.kind for verb in sorted(BUTTONS)
        ]  # each verb is reached
        chosen = ((trial.luck.choice(people), None) for _ in range(MANY))
        for one, verb in (*first, *chosen):
            heard = await trial.told(await work.people.get(one.person), verb)
            wrong = [word for word in one.not_theirs if word in heard]
            assert wrong == [], f"{one.kind} hears {wrong} after {trial.tried}: {heard}"
            told[one.kind] += any(word.split()[0] in heard for word in (*marks(OWN).values(), *marks(OTHER).values()))
    assert told["core"] > MANY // 500, "those whose town it is hear of it"
    assert reached == set(BUTTONS), set(BUTTONS) - reached
    with capsys.disabled():
        print(  # noqa: T201
            f"\ntriples: {MANY} tried by {len(people)} people, {trial.answered} answered, {trial.useless} of no use, "
            f"{len(reached)} of {len(BUTTONS)} verbs reached, {sum(told.values())} told what is theirs, 0 what is not"
        )
