"""People of whole towns who do what chance has them do: tap, write, reply, edit, come late, leave and come back."""

import random
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from bot.assembly.chat_commands import COMMANDS
from bot.context.permissions import Rank, rank_of
from bot.demo.one_thread import on_this_thread
from bot.demo.town import GROUP, NoSuchButton, Town, town
from bot.demo.transcript import begin, open_step
from bot.sandbox.errors import ActError
from bot.sandbox.world import Message
from flows.definitions.model import Process
from tests.chance.heard import Ears, Said, listening
from tests.chance.promises import Finding, Promises, Text
from tests.chance.seats import BOTH, CORE, ELSEWHERE, OTHER, OUTSIDE, seat

STRANGER = "Ove"
SEEN = 3  # messages at the end of a chat whose buttons are tapped
ASKS = 0.2  # how often somebody asks how it stands, after a tap
KEPT = 30  # messages of a chat that the played Telegram keeps
TEXTS = (
    "Vi ser mest av det på kvällarna, {word}",
    "{word} är viktigast för oss just nu",
    "Det vet vi inte än. {word}",
    "{word}",
    "Hotellen vid stationen & torget <{word}>, sedan resten\nRad två",
)
ASKED = ("Pausa", "\u2039 Tillbaka", "Hoppa över", "Avbryt")  # stand under what asks for something; tapped less often
PLAIN = ("3", "2027-09-01", "om två veckor", "Ja", "nej")
ARGUMENTS = {
    "franvaro": ("20–24 maj", "i morgon", ""),
    "atgard": ("{word}", ""),
    "beslut": ("{word}", ""),
    "start": ("",),
}
REFUSED = ("old_button", "not_yours", "coordinators_only", "readers_only", "old_seat")
Epoch = tuple[int, tuple[Rank, ...], int, int]  # changes of seats, roles, where one reads, who is erased there
NEVER = (-1, (), 0, 0)
RIGHTS = ("not_yours", "coordinators_only", "readers_only")


class Players:
    """The people of one life of two towns."""

    def __init__(self, played: Town, ears: Ears, seed: int) -> None:
        self.town, self.ears, self.seed = played, ears, seed
        self.promises = Promises(played, ears)
        self.luck, self.acts, self.did = random.Random(seed), 0, Counter[str]()
        self.found: list[Finding] = []
        self._shown: dict[tuple[int, int], Epoch] = {}  # the epoch of a person when a message was last said to them
        self._words = 0
        self._lately: deque[tuple[str, str]] = deque(maxlen=300)
        self._toasts = 0
        toast = played.bot.services.voice.toast
        self._refused = tuple(toast(name, {"names": []}) for name in REFUSED)
        self._rights = tuple(toast(name, {"names": []}) for name in RIGHTS)

    # -- the setting ---------------------------------------------------------------------------------------------------
    async def settle_in(self) -> None:
        """Two towns with people of every kind; a step is open, and some exercises have begun."""
        size = self.luck.randint(3, len(CORE))
        self.core = list(CORE[:size])
        self.town.group(GROUP, *self.core)
        self.town.group(OTHER, *ELSEWHERE, BOTH)
        for title, people in ((GROUP, self.core), (OTHER, [*ELSEWHERE, BOTH])):
            await self.town.act(people[0], "add_bot", chat=self.town.groups[title])
        for name in [*self.core, *ELSEWHERE, *OUTSIDE, STRANGER]:
            await self.town.act(name, "start")
        await seat(self.town, self.core)
        await open_step(self.town, self.luck.choice((0, 2, 4, 6, 8, 8)))
        self.everybody = [*self.core, *self.core, *ELSEWHERE, *OUTSIDE, STRANGER]
        self.ears.take()
        self.ears.reminders.clear()
        for chat in self.town.sandbox.world.chats.values():  # seats came without the bot: what it said is outdated
            self._shown |= {(chat.id, message): NEVER for message in chat.messages}

    # -- going on ------------------------------------------------------------------------------------------------------
    async def live(self, acts: int) -> None:
        """So many acts of people chosen by chance, with the days and nights between them."""
        end = self.acts + acts
        while self.acts < end:
            match self.luck.random():
                case chance if chance < 0.010:
                    await self._event("begins", self._begin)
                case chance if chance < 0.013:
                    await self._event("leaves", self._leave)
                case chance if chance < 0.016:
                    await self._event("restarts", self.town.restart)
                case chance if chance < 0.030:
                    days = self.luck.choice((0.1, 0.4, 1, 1, 2, 7))
                    await self._event(f"sleeps {days} days", lambda days=days: self.town.wind(days=days))
                    self._forget()
                case _:
                    await self._somebody()

    async def _event(self, did: str, deed: Any) -> None:
        self.acts += 1
        self.did[did.split(maxsplit=1)[0]] += 1
        with suppress(ActError, NoSuchButton):
            await deed()
        await self._look("the town", did)

    async def _somebody(self) -> None:
        name = self.luck.choice(self.everybody)
        group = GROUP if name in self.core else OTHER
        in_group = (name in self.core or name in ELSEWHERE) and self.luck.random() < 0.18
        with suppress(ActError):  # no phone would have let them do that
            await (self._in_group(name, group) if in_group else self._in_private(name))
        self.acts += 1
        self.town.sandbox.wind(self.luck.choice((1, 5, 20, 40, 150)))

    # -- in private ----------------------------------------------------------------------------------------------------
    async def _in_private(self, name: str) -> None:
        luck, chat = self.luck.random(), self.town.person(name)
        keys = list(self._keys(name, "privat"))
        asked = any(key[3]["text"] in ASKED for key in keys[-3:])
        if keys and luck < (0.45 if asked else 0.82):
            newest = keys[-1][0].id
            weights = [(4 if key[0].id == newest else 1) / (4 if key[3]["text"] in ASKED else 1) for key in keys]
            (key,) = self.luck.choices(keys, weights)
            await self._tap(name, chat, *key, newest=newest)
        elif luck < 0.88:
            await self._write(name, chat)
        elif luck < 0.95:
            await self._command(name, chat)
        elif luck < 0.97:
            await self._reply(name, chat)
        elif luck < 0.985:
            await self._edit(name, chat)
        else:
            what = self.luck.choice(("send_photo", "send_voice", "send_location", "send_contact"))
            await self._do(name, f"sends {what}", what, chat=chat)

    async def _write(self, name: str, chat: int, reply_to: int | None = None) -> None:
        if self.luck.random() < 0.12:
            await self._do(name, "writes", "send_text", chat=chat, text=self.luck.choice(PLAIN))
            return
        text = await self._text(name, chat)
        wording = self.luck.choice(TEXTS).format(word=text.word)
        where = {"reply_to": reply_to} if reply_to else {}
        said = await self._do(name, f"writes {wording!r}", "send_text", chat=chat, text=wording, **where)
        if chat > 0 and await self._known(name):  # others get a fixed text a few times, and then silence
            for what in self.promises.of_text(text, said, frozenset()):
                if not self._told_to_slow_down(name):
                    self._note(name, f"writes {wording!r}", what)

    async def _known(self, name: str) -> bool:
        async with self.town.bot.store.work() as work:
            return await work.people.by_user(self.town.person(name)) is not None

    def _told_to_slow_down(self, name: str) -> bool:
        return any("Det gick fort nu" in text for text in self.town.texts(name)[-SEEN:])

    async def _command(self, name: str, chat: int) -> None:
        command = self.luck.choice(sorted(COMMANDS))
        argument = self.luck.choice(ARGUMENTS.get(command, ("",)))
        if "{word}" in argument:
            text = await self._text(name, chat)
            argument = argument.format(word=text.word)
        await self._do(
            name, f"writes /{command} {argument}", "send_text", chat=chat, text=f"/{command} {argument}".strip()
        )

    async def _reply(self, name: str, chat: int) -> None:
        place = "privat" if chat > 0 else (GROUP if chat == self.town.groups[GROUP] else OTHER)
        messages = self.town.messages(name, place)[-8:]
        if messages:
            await self._write(name, chat, self.luck.choice(messages).id)

    async def _edit(self, name: str, chat: int) -> None:
        user = self.town.person(name)
        own = [m for m in self.town.sandbox.chat(chat).messages.values() if m.sender == user and not m.service]
        own = [m for m in own if "text" in m.content and not str(m.content["text"]).startswith("/")][-3:]
        if own:
            text = await self._text(name, chat)
            await self._do(
                name,
                f"edits to {text.word}",
                "edit_text",
                chat=chat,
                message_id=self.luck.choice(own).id,
                text=f"Nu {text.word}",
            )

    async def _tap(
        self, name: str, chat: int, message: Message, row: int, column: int, key: dict[str, Any], *, newest: int
    ) -> None:
        label, fresh = key["text"], message.id == newest
        did = f"taps [{label}] under {str(message.content.get('text', ''))[:60]!r}"
        if "url" in key:
            await self._do(name, did, "open_link", url=key["url"])
            return
        before = await self._epoch(name)
        said = await self._do(name, did, "press", chat=chat, message_id=message.id, row=row, col=column)
        toasts = self._new_toasts()
        since_change = before == self._shown.get((chat, message.id)) != NEVER
        if chat > 0 and fresh and since_change and any(toast.startswith(self._refused) for toast in toasts):
            self._note(name, did, f"refused: {toasts}")
        elif chat > 0 and since_change and any(toast.startswith(self._rights) for toast in toasts):
            self._note(name, did, f"refused by right: {toasts}")
        elif not said and not any(toasts):
            self._note(name, did, "the button does nothing")
        if self.luck.random() < ASKS:
            for what in await self.promises.state_of(name):
                self._note(name, f"asks how it stands after {did}", what)
        if self.luck.random() < 0.05:
            with suppress(ActError):
                await self._do(
                    name,
                    f"{did} once more",
                    "press",
                    chat=chat,
                    message_id=message.id,
                    data=key["callback_data"],
                    stale=True,
                )
            self._new_toasts()

    async def _epoch(self, name: str) -> Epoch:
        """What somebody is to any group: changed by each change of a seat or role, and with who reads incidents.

        So do the buttons about somebody who is erased: they end with that seat.
        """
        async with self.town.bot.store.work() as work:
            person = await work.people.by_user(self.town.person(name))
            seats = await work.members.of_person(person.id) if person else []
            groups = [await work.groups.get(seat.group_id) for seat in seats]
            reads = sum(seat.id in group.settings.readers for seat, group in zip(seats, groups, strict=True))
            roles = tuple(rank_of(seat, group) for seat, group in zip(seats, groups, strict=True))
            others = [m for s in seats for m in await work.members.of_group(s.group_id, roles=None, include_left=True)]
            erased = sum(other.user_id < 0 for other in others)
            return (person.epoch, roles, reads, erased) if person else NEVER

    # -- in the group --------------------------------------------------------------------------------------------------
    async def _in_group(self, name: str, group: str) -> None:
        chat, luck = self.town.chat_id(name, group), self.luck.random()
        keys = list(self._keys(name, group))
        if keys and luck < 0.7:
            await self._tap(name, chat, *self.luck.choice(keys), newest=0)
        elif luck < 0.85:
            await self._reply(name, chat)
        elif luck < 0.92:
            await self._command(name, chat)
        else:
            await self._write(name, chat)

    # -- what happens to the town --------------------------------------------------------------------------------------
    async def _begin(self) -> None:
        """Whoever coordinates begins an exercise."""
        process: Process = self.town.bot.services.process
        exercise = self.luck.choice(sorted(process.exercises))
        await begin(self.town, self.town.bot.services.voice.exercise(exercise)["title"])

    async def _leave(self) -> None:
        """Somebody leaves the group's chat, or comes back to it."""
        name = self.luck.choice(self.core[1:])
        chat = self.town.chat_id(name, GROUP)
        present = self.town.sandbox.chat(chat).members.get(self.town.person(name))
        here = present is not None and present.status not in ("left", "kicked")
        self.town.sandbox.act(self.town.person(name), "leave" if here else "join", chat=chat)
        await self.town.settle()

    # -- doing and looking ---------------------------------------------------------------------------------------------
    async def _do(self, name: str, did: str, act: str, /, **details: Any) -> list[Said]:
        self.did[act] += 1
        self._new_toasts()
        await self.town.act(name, act, **details)
        return await self._look(name, did)

    async def _look(self, name: str, did: str) -> list[Said]:
        said = self.ears.take()
        self._lately.append((name, did))
        for what in await self.promises.broken(said):
            self._note(name, did, what)
        for user in {one.chat for one in said if one.chat > 0}:
            who = next((n for n, id in self.town.people.items() if id == user), None)
            if who is not None:
                if who in self.core and (what := await self.promises.dead_end(who, said)):
                    self._note(who, "is told", what)
                epoch = await self._epoch(who)
                for message in self.town.messages(who)[-2 * SEEN :]:
                    if (user, message.id) not in self._shown:
                        self._shown[user, message.id] = epoch
        return said

    def _note(self, name: str, did: str, what: str) -> None:
        before = [f"{who} {act}" for who, act in self._lately if who in (name, "the town")][-12:]
        self.found.append(Finding(self.seed, self.acts, name, did, what, tuple(before)))

    def _new_toasts(self) -> list[str]:
        new = [str(t["text"]) for t in self.town.sandbox.toasts if t["n"] > self._toasts and t.get("text")]
        self._toasts = max((t["n"] for t in self.town.sandbox.toasts), default=self._toasts)
        return new

    def _keys(self, name: str, chat: str) -> Iterator[tuple[Message, int, int, dict[str, Any]]]:
        for message in self.town.messages(name, chat)[-SEEN:]:
            for row, keys in enumerate((message.markup or {}).get("inline_keyboard", [])):
                for column, key in enumerate(keys):
                    yield message, row, column, key

    async def _text(self, name: str, chat: int) -> Text:
        """A text with a word that nobody else has written."""
        user = self.town.person(name)
        async with self.town.bot.store.work() as work:
            person = await work.people.by_user(user)
            seats = await work.members.of_person(person.id) if person else []
        text = Text(self._word(), user, chat, frozenset(seat.group_id for seat in seats))
        self.promises.texts[text.word] = text
        return text

    def _word(self) -> str:
        """A word that nobody else has written."""
        number, word = self._words, ""
        self._words += 1
        for _ in range(5):
            number, rest = divmod(number * 7 + 3 if not word else number, 26)
            word += ascii_lowercase[rest]
        return f"qz{word}"

    def _forget(self) -> None:
        """Let the played Telegram forget what is far up in the chats."""
        for chat in self.town.sandbox.world.chats.values():
            for old in list(chat.messages)[:-KEPT]:
                del chat.messages[old]
        self.town._tapped.clear()
        self.town.sandbox.world.updates.produced.clear()
        self.town.sandbox.world.queries.clear()


@asynccontextmanager
async def life(folder: Path, seed: int) -> AsyncIterator[Players]:
    """Two towns at their beginning."""
    allowed = frozenset({"notes"}) if seed % 2 else frozenset[str]()
    async with AsyncExitStack() as stack:
        stack.enter_context(on_this_thread())
        played = await stack.enter_async_context(town(folder, allowed=allowed))
        with listening(played.sandbox) as ears:
            players = Players(played, ears, seed)
            await players.settle_in()
            yield players
