"""Sends the outbox: in order within a chat, chats in parallel, within the channel's limits.

A round is one transaction: it notes the results of calls that have returned, and fetches the items that may be sent
now. The calls are made between rounds, never inside one. A call whose result is not yet noted when the process dies is
made again: a message may then arrive twice, but none is lost.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.channel.outcomes import NOBODY, Answer, Fate, Refusal, SendOutcome, Unusable
from bot.context.contents import body_of
from bot.context.context import Context, Services
from bot.dispatch.handlers import Handlers
from bot.errors import passes
from bot.logs import Log
from bot.telegram.rate_limit import Departure, Pace
from messages.structure.layout import laid_out
from storage.errors import StorageError
from storage.json_records import JsonObject
from storage.records.records import Attachment, GroupState, OutboxKind, Outgoing, is_own_number
from storage.store import Store, UnitOfWork

log = Log(__name__)

ROUND = 100  # calls begun in one round
LEAST = 0.05  # seconds between rounds while nothing may be sent
SHARE = 3  # every third call goes to what has waited longest, if that is too long, whatever its priority
GATHER = 0.01  # seconds in which results are gathered for one round
HELD = 1.0  # seconds between rounds while a chat waits for its call to return
BACK_OFF = (1, 2, 5, 10, 30, 60, 120, 300)  # seconds
# Seconds before a message is repeated that may have arrived. No connection is kept so long, so that, if the network is
# dead, the repetition fails before it leaves: there is only one, which must not be wasted on that.
REPEAT = timedelta(seconds=45)
MOST_TRIES = 300  # about a day: then a call that keeps failing no longer blocks its chat
SET_BACK = timedelta(seconds=10)  # a clock that jumps back so far has been set
PARTING = 3  # seconds that calls under way are waited for at the end
DISK = 5  # seconds between tries while the database cannot be written
# Done twice, these are seen twice; edits and questions do no harm when they are repeated.
SEEN = frozenset({OutboxKind.MESSAGE, OutboxKind.PHOTO, OutboxKind.DOCUMENT, OutboxKind.ACTIVITY})


@dataclass(frozen=True, slots=True)
class Addressed:
    """An item with the number of its chat; or, if it cannot be sent, with its outcome."""

    item: Outgoing
    chat: int | SendOutcome


class Outlet(Protocol):
    """Carries out items: a channel, or several behind one."""

    async def send(self, item: Outgoing, chat_id: int, files: Sequence[Attachment] = ()) -> SendOutcome:
        """Carry out an item in the chat with this number."""


class OutboxSender:
    """Sends what the outbox holds; one for each process."""

    def __init__(
        self,
        store: Store,
        channel: Outlet,
        services: Services,
        clock: Callable[[], datetime],
        pace: Pace,
        handlers: Handlers,
    ) -> None:
        self._store, self._channel, self._services, self._clock, self._pace = store, channel, services, clock, pace
        self._handlers = handlers
        self._calls: dict[str, asyncio.Task[None]] = {}  # by chat, until their results are noted
        self._returned: list[tuple[Outgoing, SendOutcome]] = []
        self._held_up = set[int]()  # items that wait for a channel that is down, to be hastened once it is back
        self._hastened = set[int]()  # those that have been, so that one that fails by itself is not tried without end
        self._passing: list[Outgoing] = []  # what is in no table, until it is sent …
        self._unnoted: set[int] = set()  # … and its numbers, until it has been
        self._wake = asyncio.Event()
        self._gathering: asyncio.TimerHandle | None = None
        self._fetched = 0  # items since the start
        self._latest = datetime.max.replace(tzinfo=UTC)  # by the clock
        self.outcomes: Counter[str] = Counter()  # calls since the start, for the metrics

    def wake(self) -> None:
        """Wake the sender, as there may be something to send."""
        self._wake.set()

    def in_passing(self, item: Outgoing) -> None:
        """Send an item once that is in no table, when its chat is free. What comes of it is noted nowhere."""
        self._passing.append(item)
        self._unnoted.add(item.id)
        self.wake()

    async def run(self) -> None:
        """Send for ever. Raises Unusable if the channel refuses the token, and Damaged."""
        while True:
            self._wake.clear()
            try:
                wait = await self.round()
            except StorageError as error:
                if not passes(error):
                    raise
                log.warning("sender_round_failed", error_type=type(error).__name__)
                await asyncio.sleep(DISK)
                continue
            if not self._pace.room():  # nothing to wake for: results are noted in the next round
                await asyncio.sleep(self._pace.full())
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):  # (wait_for would at times swallow the cancelling at the end)
                    await self._wake.wait()

    async def drain(self) -> float | None:
        """Send until nothing more may be sent now; return the seconds until more may, None if nothing waits."""
        while True:
            wait = await self.round()
            if not self._calls and not self._returned and (wait is None or wait > 0):
                return wait
            if self._calls:
                await asyncio.wait(self._calls.values(), return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """Wait for the calls under way, and note their results."""
        if self._calls:
            await asyncio.wait(self._calls.values(), timeout=PARTING)
        await self._exchange(fetch=0, resting=())

    async def round(self) -> float | None:
        """Do one round; return the seconds until the next is worth doing, None if only a wake-up makes it so."""
        resting = self._pace.resting()
        room = max(0, min(ROUND, self._pace.room()))
        letters, earliest = await self._exchange(fetch=room, resting=resting)
        for letter in letters:
            item = letter.item
            ours = isinstance(letter.chat, int) and is_own_number(letter.chat)  # no channel limits these
            departure = None if ours else self._pace.count(item.chat, message=item.kind != OutboxKind.ASK)
            self._calls[item.chat] = asyncio.create_task(self._call(letter, departure))
        if room == 0:
            return self._pace.full()
        if letters:
            return 0.0
        if earliest is None:
            return None
        wait = (earliest - self._clock()).total_seconds()
        if wait <= 0:  # its chat rests, or waits for a call to return
            wait = min((*resting.values(), HELD))
        return max(LEAST, wait)

    async def _exchange(self, *, fetch: int, resting: Collection[str]) -> tuple[list[Addressed], datetime | None]:
        """Note the results that have come and fetch what may be sent now, in one transaction; repeated if undone."""
        returned, self._returned = self._returned, []
        settled = {item.chat for item, _ in returned}
        try:
            async with self._store.work() as work:
                if (now := self._clock()) < self._latest - SET_BACK:
                    await work.outbox.not_later_than(now)
                for item, outcome in returned:
                    await self._settle(work, item, outcome)
                busy = [chat for chat in self._calls if chat not in settled]
                longest = (self._fetched + fetch) // SHARE - self._fetched // SHARE
                due = await work.outbox.due(now, fetch, [*busy, *resting], longest=longest) if fetch else []
                taken = {*busy, *resting, *(item.chat for item in due)}
                passing = {item.chat: item for item in reversed(self._passing) if fetch and item.chat not in taken}
                letters = [await self._addressed(work, item) for item in (*due, *passing.values())]
                earliest = await work.outbox.earliest() if fetch and not letters else None
        except BaseException:
            self._returned = [*returned, *self._returned]
            raise
        self._passing = [item for item in self._passing if item not in passing.values()]
        if self._passing and not letters:
            earliest = now
        self._latest = now
        self._fetched += len(due)
        for chat in settled:
            del self._calls[chat]
        return letters, earliest

    async def _addressed(self, work: UnitOfWork, item: Outgoing) -> Addressed:
        """Return an item with its chat's number of now."""
        try:
            group_id = item.asks_about or item.group_id
            if group_id is not None:
                chat_id = (await work.groups.get(group_id)).chat_id
            else:
                assert item.person_id is not None
                chat_id = (await work.people.get(item.person_id)).user_id
        except Exception as error:
            if passes(error):
                raise
            return Addressed(item, self._cannot(item, error))
        return Addressed(item, chat_id or SendOutcome(Fate.BLOCKED, error="NoChat"))  # the group has none any more

    async def _call(self, letter: Addressed, departure: Departure | None) -> None:
        """Make one call. Its result is noted in the next round."""
        item, outcome = letter.item, letter.chat
        try:
            if not isinstance(outcome, SendOutcome):
                files = await self._files(item) if item.with_files else ()
                if departure is not None:
                    self._pace.leaves(departure)
                outcome = await self._channel.send(item, outcome, files)
        except Exception as error:  # noqa: BLE001 - one not taken down here would hold its chat for ever
            # A disk that is not well is as good as no network.
            outcome = SendOutcome(Fate.WAIT, error=type(error).__name__) if passes(error) else self._cannot(item, error)
        if departure is not None:
            self._pace.arrived(departure)
        self.outcomes[outcome.fate.value] += 1
        self._returned.append((item, outcome))
        self._came_back()

    def _came_back(self) -> None:
        """Have results noted: at once if no other call is under way, else with those that return in the next moment, as
        each transaction takes time from people's updates."""
        if len(self._returned) == len(self._calls):
            self.wake()
        elif self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(GATHER, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        self.wake()

    @staticmethod
    def _cannot(item: Outgoing, error: Exception) -> SendOutcome:
        """Give up an item whose call could not even be made."""
        log.failure("api_call_invalid", error, kind=item.kind, outgoing_id=item.id)
        return SendOutcome(Fate.REFUSED, error=type(error).__name__)

    async def _files(self, item: Outgoing) -> Sequence[Attachment]:
        """Read an item's files, only now, as they are large."""
        async with self._store.work() as work:
            return await work.outbox.files(item.id)

    # -- what came of it -----------------------------------------------------------------------------------------
    async def _settle(self, work: UnitOfWork, item: Outgoing, outcome: SendOutcome) -> None:
        ctx = Context(self._services, work, self._clock())
        self._held_up.discard(item.id)
        if item.id in self._unnoted:
            self._unnoted.discard(item.id)
            return
        if outcome.fate is Fate.SENT:
            self._hastened.discard(item.id)
            await work.outbox.hasten(self._held_up, ctx.now)
            self._hastened |= self._held_up
            self._held_up.clear()
            await self._answered(ctx, item, outcome.answer)
            await self._copy(work, item, outcome.message_id)
            await work.outbox.sent(item.id, outcome.message_id)
            return
        reason = outcome.fate.value
        if not item.hides:
            log.info("call_failed", kind=item.kind, error_type=outcome.error, reason=reason, outgoing_id=item.id)
        if await self._still_queued(work, item):
            await self._failed(ctx, item, outcome)

    async def _copy(self, work: UnitOfWork, item: Outgoing, message_id: int | None) -> None:
        """Update the copy of the chat, if it is also read on the page."""
        if await work.chat_copies.is_kept(item.chat) and await self._still_queued(work, item):
            files = await work.outbox.files(item.id) if item.with_files else ()
            await work.chat_copies.take(item, message_id, files)

    async def _failed(self, ctx: Context, item: Outgoing, outcome: SendOutcome) -> None:
        outbox = ctx.work.outbox
        match outcome.fate:
            case Fate.DONE:
                await outbox.sent(item.id, item.message_id)
            case Fate.UNSURE if not await self._worth_repeating(ctx, item, outcome):
                await outbox.failed(item.id, "unsure")
            case Fate.WAIT | Fate.CONFLICT | Fate.UNSURE if item.tries < MOST_TRIES:
                await outbox.retry(item.id, ctx.now + self._back_off(item, outcome))
                if outcome.fate is Fate.WAIT and outcome.wait is None and item.id not in self._hastened:
                    self._held_up.add(item.id)
            case Fate.MIGRATED if outcome.moved_to and (moved := item.asks_about or item.group_id):
                group = await ctx.work.groups.get(moved)
                await ctx.work.groups.migrate(group.chat_id, outcome.moved_to)
                await outbox.retry(item.id, ctx.now)
            case Fate.BLOCKED if item.asks_about is None or item.group_id is not None:  # no block by the person
                await self._blocked(ctx, item)
            case Fate.BAD_TOKEN:
                raise Unusable(outcome.fate)
            case _:
                await self._refused(ctx, item, outcome)

    async def _still_queued(self, work: UnitOfWork, item: Outgoing) -> bool:
        """True unless its result is noted already, or it was erased with its group meanwhile."""
        now = await work.outbox.lookup(item.id)
        return now is not None and now.state == "queued"

    async def _answered(self, ctx: Context, item: Outgoing, answer: Answer | None) -> None:
        """Hand the result, or the refusal (None), to whatever asked. An error there is no reason to repeat the call."""
        if item.reply is None or not await self._still_queued(ctx.work, item):
            return
        try:
            async with ctx.work.savepoint():
                await self._handlers.answered(ctx, item.reply, answer)
        except Exception as error:
            if passes(error):
                raise
            log.failure("result_handler_failed", error, kind=item.kind, outgoing_id=item.id)

    def _back_off(self, item: Outgoing, outcome: SendOutcome) -> timedelta:
        if outcome.wait is not None:
            return outcome.wait + timedelta(seconds=1)  # the outbox keeps whole seconds, rounded down
        if outcome.late and item.kind in SEEN:
            return REPEAT
        return timedelta(seconds=BACK_OFF[min(item.tries, len(BACK_OFF) - 1)])

    async def _worth_repeating(self, ctx: Context, item: Outgoing, outcome: SendOutcome) -> bool:
        """True if a call that may have succeeded is to be repeated: never for a reminder, else once, if the channel may
        have received it."""
        if item.kind not in SEEN:
            return True
        if item.context.once:
            return False
        if not outcome.late:
            return True
        await ctx.work.outbox.update(item.id, context=replace(item.context, repeated=True))
        return not item.context.repeated

    async def _blocked(self, ctx: Context, item: Outgoing) -> None:
        """Stop sending to a chat that has blocked the bot. A person is shown as unreachable; a group waits."""
        await ctx.work.outbox.failed(item.id, "blocked", whole_chat=True)
        if item.group_id is not None:
            await ctx.work.groups.update(item.group_id, state=GroupState.AWAY)
            return
        assert item.person_id is not None
        await self._handlers.blocked(ctx, await ctx.work.people.get(item.person_id))

    async def _refused(self, ctx: Context, item: Outgoing, outcome: SendOutcome) -> None:
        """Handle a refusal: put the item in another form, at its place in the queue, if there is one; else give up."""
        other = await self._put_otherwise(ctx, item, outcome.refusal)
        if other is None:
            if outcome.refusal is Refusal.NO_TOPIC and item.group_id is not None:
                await self._handlers.no_topic(ctx, await ctx.work.groups.get(item.group_id))
            await self._answered(ctx, item, NOBODY if outcome.refusal is Refusal.NOBODY else None)
            await ctx.work.outbox.failed(item.id, "refused")
            return
        await ctx.work.outbox.update(item.id, **other)
        await ctx.work.outbox.retry(item.id, ctx.now)

    async def _put_otherwise(self, ctx: Context, item: Outgoing, why: Refusal | None) -> JsonObject | None:
        """Return what to change in a refused item before it is sent again; None if nothing helps."""
        content = dict(item.content)
        if why is Refusal.NO_TOPIC and content.pop("topic", None) and item.group_id is not None:
            await ctx.work.groups.update(item.group_id, thread_id=None)
            return {"content": content}
        if why is Refusal.BAD_TEXT and not content.get("plain") and (text := laid_out(body_of(content))):
            content.pop("body", None)
            return {"content": {**content, "text": text, "plain": True}}
        if item.kind == OutboxKind.EDIT:  # Telegram has many descriptions for a message that is gone, and adds new ones
            newest = await ctx.work.outbox.latest(item.chat, item.slot) if item.slot else None
            if newest is not None and newest.id > item.id:
                return None  # a newer edit waits, and will be the new message
            if item.group_id is not None and (topic := (await ctx.work.groups.get(item.group_id)).thread_id):
                content["topic"] = topic
            return {"kind": OutboxKind.MESSAGE, "content": content, "message_id": None}
        return None
