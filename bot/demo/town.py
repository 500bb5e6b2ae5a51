"""A town to play transcripts in: the real bot and the sandbox in one process, moved step by step, with no waiting."""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exception
from typing import ClassVar, TypedDict, Unpack
from unittest.mock import patch
from zoneinfo import ZoneInfo

from bot.app import Bot, Contents, Line, Setup, assembled, introduce
from bot.context.sealed_actions import Action, private_scope
from bot.context.trace import Tracer
from bot.demo.screen import in_brackets, keyboard_of, labels, of_bot, said
from bot.features.documents.worker import Worker
from bot.logs import Log
from bot.sandbox import Sandbox, SandboxRequest, keeping
from bot.sandbox.world import Message, World
from bot.service import set_menus
from storage.database_files import keys_of
from storage.json_records import Json, JsonObject

START = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)  # a Monday, 9.00 in Stockholm
STOCKHOLM = ZoneInfo("Europe/Stockholm")
MASTER_KEY = b"m" * 32
GROUP = "Kärngruppen i Exempelstad"
FORMER = "the chat that the group was in at first"
WORKER = Worker()  # one worker process for all towns; it is started when a document is first asked for


After = Callable[["Town", int, int], Awaitable[None]]
"""Gets the town, and who has done something in which chat; 0 where time has gone by."""


class SetupChanges(TypedDict, total=False):
    """The settings of a town's bot that may differ from the usual ones; see Setup."""

    language: str
    needs_activation: bool
    allowed: frozenset[str]
    contents: Contents
    master_key: bytes
    page_url: str
    mail: bool
    towns: Path | None
    trace: Tracer


class NoSuchButton(AssertionError):
    """The button that a test wants to tap is not on the screen; the message shows the screen."""


@dataclass(frozen=True, slots=True)
class TownState:
    """A town as it stood: its database and group keys, and its Telegram."""

    database: bytes
    keys: dict[str, bytes]
    world: bytes

    def lay_out(self, database: Path) -> None:
        """Put the files in the place of those of a bot that has stopped."""
        database.write_bytes(self.database)
        for name, key in self.keys.items():
            (keys_of(database) / name).write_bytes(key)


@dataclass(frozen=True, slots=True)
class Alike:
    """What towns have in common that are set up in the same way."""

    setup: Hashable
    another: Callable[[Path], AbstractAsyncContextManager[Town]]  # one that begins now, in this folder
    go_on: Callable[[TownState], Awaitable[Bot]]  # starts the bot with what was kept of another


class MachineClock:
    """The clock of the bot's machine: Telegram's, unless it is wrong."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.wrong_by, self._sandbox = timedelta(0), sandbox

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self._sandbox.now() + self.wrong_by


class Town:
    """People, their chats, and the bot. People are called by first name; chats are "privat" or the group's title.

    `kept`, set by the tests, holds how towns stood when they were prepared: the next town goes on from there.
    """

    kept: ClassVar[dict[Hashable, TownState] | None] = None

    def __init__(
        self,
        sandbox: Sandbox,
        bot: Bot,
        start: Callable[[], Awaitable[Bot]],
        clock: MachineClock | None = None,
        alike: Alike | None = None,
    ) -> None:
        self.sandbox, self.bot, self._start, self._alike = sandbox, bot, start, alike
        self._begun = sandbox.version
        self.clock = clock or MachineClock(sandbox)
        self.title = GROUP  # of the group that a transcript means by "gruppen"
        self.people: dict[str, int] = {}
        self.groups: dict[str, int] = {}
        self.failures: list[BaseException] = []  # what the bot caught, of which its log tells only type and place
        self.agreement = ""  # the version of the promise from the next start on, if not that of the words
        self.after: After | None = None  # awaited after each deed, by whoever looks on
        self._tapped: dict[tuple[str, str, str], tuple[int, str]] = {}

    # -- moving on -------------------------------------------------------------------------------------------------
    async def settle(self) -> None:
        """Let the bot take everything that was done and say everything it wants to say now."""
        while True:
            await self.bot.poller.poll(0)
            await self.bot.poller.settle()
            if self.bot.job_runner.woken:
                await self.bot.job_runner.drain()
            wait = await self.bot.sender.drain()
            going_on = self.sandbox.pending(self.bot.poller.offset) or self.bot.job_runner.woken
            if not going_on and (wait is None or wait > 0):
                return

    async def wind(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Wind the clock forward; what falls due on the way comes at its time."""
        end = self.clock().timestamp() + days * 86400 + hours * 3600 + minutes * 60
        while (due := await self.bot.scheduler.earliest()) is not None and due.timestamp() <= end:
            self.sandbox.wind(max(0.0, due.timestamp() - self.clock().timestamp()))
            await self.bot.scheduler.ring()
            await self.settle()
            if self.after:
                await self.after(self, 0, 0)
        self.sandbox.wind(end - self.clock().timestamp())
        await self.settle()

    async def restart(self) -> None:
        """Stop the bot and start it anew, with nothing but its database."""
        self.bot = await self._start()

    async def prepared(self, how: Hashable, prepare: Callable[[Town], Awaitable[None]]) -> None:
        """Prepare a new town, or go on from where one like it stood that was prepared in the same way (`how`)."""
        untouched = self.sandbox.version == self._begun and not (self.agreement or self.after)
        if Town.kept is None or self._alike is None or not untouched:
            await prepare(self)
            return
        way = (how, self._alike.setup, self.title, self.clock())
        if way not in Town.kept:
            with TemporaryDirectory() as folder:
                async with self._alike.another(Path(folder)) as another:
                    another.title = self.title
                    await prepare(another)
                    Town.kept[way] = another.keep()
        self.sandbox.world = keeping.loads(Town.kept[way].world)
        self.bot = await self._alike.go_on(Town.kept[way])
        self.know_everybody()

    def keep(self) -> TownState:
        """Return the town as it stands now."""
        path = self.bot.store.path
        with closing(sqlite3.connect(path)) as database:
            content = database.serialize()
        keys = {file.name: file.read_bytes() for file in keys_of(path).iterdir()}
        return TownState(content, keys, keeping.dumps(self.sandbox.world))

    def know_everybody(self) -> None:
        """Know people and groups of the sandbox by their names."""
        world = self.sandbox.world
        self.people = {user.first_name: id for id, user in world.users.items() if not user.is_bot}
        self.groups = {chat.title: id for id, chat in world.chats.items() if chat.type != "private"}

    # -- people ----------------------------------------------------------------------------------------------------
    def person(self, name: str) -> int:
        """The id of a person, who is made if need be."""
        if name not in self.people:
            self.people[name] = self.sandbox.add_person(name)
        return self.people[name]

    def group(self, title: str, *names: str) -> int:
        """A group chat; the first one named owns it."""
        owner, *others = (self.person(name) for name in names)
        self.groups[title] = self.sandbox.create_group(title, owner, others)
        return self.groups[title]

    async def act(self, name: str, action: str, /, **details: Json) -> None:
        """Let a person do anything the sandbox knows."""
        person = self.person(name)
        self.sandbox.act(person, action, **details)
        await self.settle()
        if self.after:
            await self.after(self, person, int(details.get("chat") or person))

    async def write(self, name: str, text: str, *, chat: str = "privat", reply_to: str | None = None) -> None:
        """Write a message, in reply to the newest message of the bot that holds `reply_to` if given."""
        details: JsonObject = {"chat": self.chat_id(name, chat), "text": text}
        if reply_to is not None:
            details["reply_to"] = self.find(name, reply_to, chat).id
        await self.act(name, "send_text", **details)

    async def reply(self, name: str, other: str, words: str, text: str, *, chat: str) -> None:
        """Write a message in reply to another person's newest message that holds these words."""
        place = self.chat_id(name, chat)
        message = self._written(other, words, place)
        await self.act(name, "send_text", chat=place, text=text, reply_to=message.id)

    async def forward(self, name: str, other: str, words: str, *, chat: str) -> None:
        """Forward to the bot another person's newest message in a chat that holds these words."""
        place = self.chat_id(name, chat)
        message = self._written(other, words, place)
        await self.act(name, "forward", from_chat=place, message_id=message.id, to_chat=self.person(name))

    async def tap(self, name: str, label: str, *, chat: str = "privat", under: str = "") -> None:
        """Tap the newest button whose label begins so; a link is followed as Telegram follows it.

        `under`: words that the message with the button holds.
        """
        message, row, column, key = self.button(name, label, chat, under)
        if "url" in key:
            await self.act(name, "open_link", url=key["url"])
        else:
            self._tapped[name, chat, label] = (message.id, key["callback_data"])
            await self.act(name, "press", chat=self.chat_id(name, chat), message_id=message.id, row=row, col=column)

    async def tap_again(self, name: str, label: str, *, chat: str = "privat") -> None:
        """Tap the very button that was tapped by that label before, as a phone may that has not caught up yet."""
        if (name, chat, label) not in self._tapped:
            raise NoSuchButton(f"{name} has not tapped [{label}] here before")
        message, data = self._tapped[name, chat, label]
        await self.act(name, "press", chat=self.chat_id(name, chat), message_id=message, data=data, stale=True)

    async def press(self, name: str, verb: str, *, run: int = 0, ask: int = 0, arg: str = "") -> None:
        """Tap a button with this action under the newest message with buttons in the private chat, shown or not."""
        async with self.bot.store.work() as work:
            person = await work.people.by_user(self.person(name))
        if person is None:
            raise NoSuchButton(f"{name} has never written to the bot")
        data = self.bot.services.buttons.seal(private_scope(person), Action(verb, run, ask, arg))
        with_buttons = [message.id for message in self.messages(name) if message.had_buttons]
        if not with_buttons:
            raise NoSuchButton(f"{name} has no message with buttons")
        await self.act(name, "press", chat=self.person(name), message_id=with_buttons[-1], data=data, stale=True)

    async def edit(self, name: str, words: str, text: str, *, chat: str = "privat") -> None:
        """Edit the person's own newest message that holds these words."""
        place = self.chat_id(name, chat)
        message = self._written(name, words, place)
        await self.act(name, "edit_text", chat=place, message_id=message.id, text=text)

    def _written(self, name: str, words: str, place: int) -> Message:
        for message in reversed(self.sandbox.chat(place).messages.values()):
            if message.sender == self.person(name) and words in said(message):
                return message
        raise AssertionError(f"{name} has written nothing with {words!r} here")

    # -- looking ---------------------------------------------------------------------------------------------------
    def chat_id(self, name: str, chat: str) -> int:
        """The id of a chat as this person calls it; a group that has become a supergroup is followed there."""
        if chat == "privat":
            return self.person(name)
        while (moved := self.sandbox.chat(self.groups[chat]).migrated_to) is not None:
            self.groups[chat] = moved
        return self.groups[chat]

    def messages(self, name: str, chat: str = "privat") -> list[Message]:
        """The bot's messages in a chat, oldest first, as they stand now."""
        if chat == "privat" and self.chat_id(name, chat) not in self.sandbox.world.chats:
            return []  # never opened
        return of_bot(self.sandbox, self.chat_id(name, chat))

    def chats(self) -> dict[str, int]:
        """The chats that a transcript speaks of, by what it calls them."""
        groups = {"gruppen": self.title, "gamla": FORMER}
        there = {called: self.chat_id("", title) for called, title in groups.items() if title in self.groups}
        return {**self.people, **there}

    async def move(self, name: str) -> None:
        """Make a new chat with everybody in it, and bring the bot there by the newest link that it has given."""
        url = self.link(name)
        chat = self.sandbox.create_group(
            self.title, self.person(name), [id for who, id in self.people.items() if who != name]
        )
        self.groups = {FORMER: self.groups[self.title]} | self.groups | {self.title: chat}
        await self.act(name, "open_link", url=url, chat=chat)

    def link(self, name: str) -> str:
        """Return the newest link of Telegram's that the bot has given a person to pass on."""
        found: list[str] = re.findall(r"https://t\.me/\S+", "\n".join(self.texts(name)))
        if not found:
            raise AssertionError(f"the bot has given {name} no link")
        return found[-1]

    def texts(self, name: str, chat: str = "privat") -> list[str]:
        """Return what the bot's messages say, oldest first; of a file, what stands under it."""
        return [said(message) for message in self.messages(name, chat)]

    def last(self, name: str, chat: str = "privat") -> str:
        """Return what the bot's newest message in a chat says; empty if there is none."""
        return (self.texts(name, chat) or [""])[-1]

    def find(self, name: str, words: str, chat: str = "privat") -> Message:
        """The bot's newest message that holds these words."""
        for message in reversed(self.messages(name, chat)):
            if words in said(message):
                return message
        raise AssertionError(f"no message of the bot says {words!r} here:\n" + "\n---\n".join(self.texts(name, chat)))

    def keys(self, name: str, chat: str = "privat") -> list[str]:
        """The labels under the bot's newest message."""
        found = self.messages(name, chat)
        return labels(found[-1]) if found else []

    def button(
        self, name: str, label: str, chat: str = "privat", under: str = ""
    ) -> tuple[Message, int, int, JsonObject]:
        """The newest button of this label, or that begins so: its message (which says `under`), place, itself."""
        for message in reversed(self.messages(name, chat)):
            if under not in said(message):
                continue
            found = [(r, c, key) for r, keys in enumerate(keyboard_of(message)) for c, key in enumerate(keys)]
            named = [place for place in found if place[2]["text"].startswith(label)]
            if named:
                return message, *next((place for place in named if place[2]["text"] == label), named[0])
        seen = "\n---\n".join(f"{said(m)}\n{in_brackets(labels(m))}" for m in self.messages(name, chat)[-3:])
        raise NoSuchButton(f"no button begins with {label!r} here:\n{seen}")

    def toast(self) -> str:
        """The latest notice over a chat."""
        toasts = self.sandbox.toasts
        return str(toasts[-1]["text"]) if toasts else ""


def in_sandbox(sandbox: Sandbox, database: Path, clock: MachineClock) -> Setup:
    """What a bot is put together from that talks to a sandbox, with no code asked for; its pace goes by that clock."""
    return Setup(
        line=Line(
            sandbox.token,
            "https://sandbox.invalid",
            SandboxRequest(sandbox),
            lambda: sandbox.now().timestamp(),
        ),
        master_key=MASTER_KEY,
        database=database,
        zone=STOCKHOLM,
        language="sv",
        clock=clock,
        needs_activation=False,
    )


@asynccontextmanager
async def town(
    folder: Path,
    *,
    start: datetime = START,
    world: World | None = None,
    **given: Unpack[SetupChanges],
) -> AsyncIterator[Town]:
    """A town with nobody in it, or with those of a `world` that was kept, and a bot that is up.

    Its database is `folder`/data/stadsbot.db. Telegram's limits are tested elsewhere.

    What the bot catches, as when it puts an update aside, is shown with its traceback beneath the error of a test that
    fails in the town.
    """
    sandbox = Sandbox(start=start, world=world)
    sandbox.limits.enabled = False
    ticks = itertools.count(step=100)
    clock = MachineClock(sandbox)
    running = AsyncExitStack()
    made: Town | None = None
    usual = in_sandbox(sandbox, folder / "data" / "stadsbot.db", clock)
    line = replace(usual.line, pace_clock=lambda: float(next(ticks)))
    setup = replace(usual, line=line, worker=WORKER, **given)

    async def start_bot(kept: TownState | None = None) -> Bot:
        await running.aclose()
        if kept:
            kept.lay_out(setup.database)
        contents = replace(setup.contents, agreement=made.agreement if made else "")
        bot = await running.enter_async_context(assembled(replace(setup, contents=contents)))
        await introduce(bot)
        bot.poller.grace = 0.0
        await bot.poller.begin()
        await set_menus(bot)
        return bot

    async with running:
        alike = Alike(tuple(sorted(given.items())), lambda at: town(at, start=clock(), **given), start_bot)
        fresh = world is None and "contents" not in given
        made = Town(sandbox, await start_bot(), start_bot, clock, alike if fresh else None)
        made.know_everybody()

        def noted(self: Log, event: str, error: BaseException, **fields: Json) -> None:
            made.failures.append(error)
            tell(self, event, error, **fields)

        tell = Log.failure
        with patch.object(Log, "failure", noted):
            try:
                yield made
            except BaseException as error:
                for failure in made.failures:
                    error.add_note("the bot caught:\n" + "".join(format_exception(failure)))
                raise
