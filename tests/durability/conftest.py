"""A post office: the bot's own sender, store and clock, with people and groups that it may write to, and a line to
Telegram that can be disturbed chat by chat. Time moves only when it is wound."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from telegram.error import TelegramError

from bot.app import Bot, assembled, introduce
from bot.channel.updates import Update, Written
from bot.context.context import Context
from bot.demo.screen import said
from bot.demo.town import START, MachineClock, in_sandbox
from bot.sandbox import Sandbox
from bot.sandbox.world import Message
from bot.telegram.channel import Channel
from storage.errors import Unknown
from storage.records.group_settings import GroupSettings
from storage.records.records import (
    Attachment,
    Group,
    GroupState,
    OutboxKind,
    Outgoing,
    Person,
    Reach,
    group_chat,
    private_chat,
)
from tests.remembered import assert_remembered_rightly

Trouble = Callable[[], Exception]


class Line:
    """The bot's line to Telegram, which notes when what was called, and can fail or hang for one chat."""

    def __init__(self, bot: Bot, sandbox: Sandbox) -> None:
        self._call, self._sandbox = bot.telegram.call, sandbox
        self._troubles: dict[int, list[tuple[Trouble, bool]]] = {}
        self._held: dict[int, asyncio.Event] = {}
        self.calls: list[tuple[float, str, Mapping[str, Any]]] = []

    def trouble(self, chat: int, error: Trouble, *, times: int = 1, done: bool = False) -> None:
        """Let the next calls to a chat raise an error; `done`: after they have taken effect."""
        self._troubles.setdefault(chat, []).extend([(error, done)] * times)

    def hold(self, chat: int) -> asyncio.Event:
        """Let calls to a chat hang until the event is set."""
        self._held[chat] = asyncio.Event()
        return self._held[chat]

    def times(self, chat: int) -> list[float]:
        """When a chat was called, in seconds of the sandbox clock since the first call of all."""
        return [at - self.calls[0][0] for at, _, params in self.calls if params.get("chat_id") == chat]

    async def call(self, method: str, params: Mapping[str, Any], files: Sequence[Attachment] = ()) -> Any:
        """As bot.telegram.client.Telegram.call."""
        self.calls.append((self._sandbox.now().timestamp(), method, params))
        chat = params.get("chat_id", 0)
        if chat in self._held:
            await self._held[chat].wait()
        error, done = self._troubles[chat].pop(0) if self._troubles.get(chat) else (None, True)
        result = await self._call(method, params, files) if done else None
        if error is not None:
            raise error()
        return result


class PostOffice:
    """Puts messages into the outbox and lets the sender send them."""

    def __init__(self, sandbox: Sandbox, bot: Bot, clock: MachineClock) -> None:
        self.sandbox, self.bot, self.clock = sandbox, bot, clock
        self.line = Line(bot, sandbox)
        bot.sender._channel = Channel(self.line)  # type: ignore[arg-type]

    async def person(self, name: str = "Alva") -> Person:
        """Somebody who has pressed Start."""
        user_id = self.sandbox.add_person(name)
        self.sandbox.act(user_id, "start")
        self.sandbox.world.updates.clear()
        async with self.bot.store.work() as work:
            person = await work.people.ensure(user_id)
            return await work.people.update(person.id, reach=Reach.REACHABLE)

    async def group(self, title: str = "Exempelstad", *, supergroup: bool = False) -> Group:
        """A group with the bot in it, active and without members of ours."""
        owner = self.sandbox.add_person("Ägare")
        chat = self.sandbox.create_group(title, owner)
        self.sandbox.act(owner, "add_bot", chat=chat)
        if supergroup:
            self.sandbox.act(owner, "make_supergroup", chat=chat)
            chat = self.sandbox.chat(chat).migrated_to or 0
        self.sandbox.world.updates.clear()
        async with self.bot.store.work() as work:
            group = await work.groups.add(chat, title)
            return await work.groups.update(group.id, state=GroupState.ACTIVE, settings=GroupSettings(activated=True))

    def owner(self, group: Group) -> int:
        """Who owns a group's chat."""
        return next(iter(self.sandbox.chat(group.chat_id).members))

    async def put(self, to: Person | Group, text: str, kind: OutboxKind = OutboxKind.MESSAGE, **more: Any) -> int:
        """Queue a message; `content` in `more` is added to its own."""
        chat = private_chat(to.id) if isinstance(to, Person) else group_chat(to.id)
        content = {"text": text, "plain": True, **more.pop("content", {})}
        async with self.bot.store.work() as work:
            return await work.outbox.put(chat, kind, content, about=None, **more)

    async def send(self, seconds: float = 0) -> None:
        """Send all that may go within so many seconds from now, each when its time has come."""
        end = self.sandbox.now().timestamp() + seconds
        while True:
            wait = await self.bot.sender.drain()
            left = end - self.sandbox.now().timestamp()
            if wait is None or wait > left:
                self.sandbox.wind(left)
                return
            self.sandbox.wind(wait)

    async def item(self, id: int) -> Outgoing:
        """What has become of a queued message."""
        async with self.bot.store.work() as work:
            return await work.outbox.get(id)

    def shown(self, to: Person | Group) -> list[Message]:
        """The bot's messages in a chat."""
        chat = to.user_id if isinstance(to, Person) else to.chat_id
        place = self.sandbox.world.chats.get(chat)
        return (
            [m for m in place.messages.values() if m.sender == self.sandbox.bot.id and not m.service] if place else []
        )

    def texts(self, to: Person | Group) -> list[str]:
        """What they say."""
        return [said(message) for message in self.shown(to)]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[PostOffice]:
    """A post office with an empty outbox. Telegram's limits hold, by the sandbox's clock on both sides.

    Whatever the test does, what the store remembers beside its database is true at the end.
    """
    sandbox = Sandbox(start=START)
    clock = MachineClock(sandbox)
    async with assembled(in_sandbox(sandbox, tmp_path / "data" / "stadsbot.db", clock)) as bot:
        await introduce(bot)
        yield PostOffice(sandbox, bot, clock)
        await assert_remembered_rightly(bot.store)


def raising(kind: type[TelegramError], *arguments: Any) -> Trouble:
    """A way to make an error of this kind."""
    return lambda: kind(*arguments)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were handled and whose handling was kept. Each is answered; "fel" and "/fel" raise."""
    texts: list[str] = []

    async def handle(ctx: Context, what: Update) -> None:
        if not isinstance(what, Written):
            return
        person = await ctx.work.people.ensure(what.sender.user_id)
        await ctx.to_person(person.id, "notice", {"text": f"Du skrev: {what.text}"})
        if what.text.startswith(("fel", "/fel")):
            raise (Unknown("rows", 7) if "okänd" in what.text else ZeroDivisionError(what.text))
        ctx.work.after_commit.append(lambda: texts.append(what.text))

    monkeypatch.setattr("bot.assembly.handlers.handle", handle)
    return texts


@pytest.fixture
async def alva(office: PostOffice) -> Person:
    """Somebody who writes."""
    return await office.person("Alva")
