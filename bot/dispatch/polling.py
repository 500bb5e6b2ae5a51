"""Polling: takes updates in order, a few dozen to a transaction, and stores the next offset in the same transaction.

The next poll, which confirms the updates to Telegram, is made only when all of them are taken. So each update is taken
exactly once, whatever happens in between. (A whole poll in one transaction would save little, and the first of a
hundred would wait for the last.)

If one of them cannot be taken, the transaction is undone and they are taken again, each in a savepoint of its own: that
one becomes a dead letter, and the others go on. So polls without a fault pay nothing for those with one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any, Final, TypeVar

from bot.channel.outcomes import Away, Fate, Unusable
from bot.context.context import Context
from bot.context.message import CallbackAnswer, StrangerMessage
from bot.context.services import Services
from bot.dispatch.dead_letters import DeadLetters
from bot.dispatch.handlers import Handlers
from bot.errors import passes
from bot.logs import Log
from bot.telegram.channel import MOST_UPDATES, Channel
from bot.telegram.client import POLL_SECONDS
from bot.telegram.updates import is_ordinary_talk, origin, read
from storage.errors import StorageError
from storage.json_records import JsonObject
from storage.records.update_log import DeadLetter
from storage.store import Store, UnitOfWork

log = Log(__name__)

T = TypeVar("T")
LIMIT = MOST_UPDATES
GRACE = 5.0  # seconds before a group is asked for its code: that of a link comes right after the adding
TOGETHER = 25  # updates in a transaction; their answers leave, and others can write, when it is over
BACK_OFF = (1, 2, 5, 10, 30)  # seconds between polls while Telegram or the disk is not well
PARTING = 1.0  # seconds that answers to taps are waited for at the end
REST = 30.0  # seconds without a sign of life while Telegram asks us to wait; the watchdog is more patient
BORNE = timedelta(minutes=1)  # how long polls of another program are tolerated before the bot ends
AGAIN_AFTER_CONFLICT = 5  # seconds; with the poll itself less than BORNE, so that two bots meet again in time
AWAY_TOO_LONG = timedelta(hours=23)  # Telegram keeps updates for 24 hours
SECOND_TAP: Final = 60.0  # seconds in which a form that comes once more gets the first one's answer
ANEW = 10_000  # an id so far below the next one is no repetition: after a silent week Telegram begins to count anew

Aside = CallbackAnswer | StrangerMessage  # what is said directly, outside of any transaction


class Conflicts:
    """Conflicts with another program that polls, as long as they come close to each other."""

    def __init__(self) -> None:
        self._first = self._last = datetime.min.replace(tzinfo=UTC)

    def lasted(self, now: datetime) -> timedelta:
        """Note one more, and return for how long they have lasted."""
        self._first = self._first if now - self._last <= BORNE else now
        self._last = now
        return now - self._first


class Poller:
    """Polls for updates, handles them, and answers taps."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        services: Services,
        clock: Callable[[], datetime],
        alive: Callable[[], None],
        spare: Callable[[], bool],
        handlers: Handlers,
    ) -> None:
        """`alive` is called at each turn of the loop (see `bot.operations.watchdog`).

        `spare` tells whether one message more can go now within Telegram's limits, and counts it.
        """
        self._store, self._channel, self._services, self._clock = store, channel, services, clock
        self._alive, self._spare, self._handlers = alive, spare, handlers
        self._dead_letters = DeadLetters(services, clock, handlers)
        self._answers: set[asyncio.Task[None]] = set()
        self._out_of_touch = True
        self._came_of: dict[int, Any] = {}  # what forms that were sent lately have come to, by their number
        self._brought: set[int] = set()  # what a webhook brought lately, and was taken
        self.away_since: datetime | None = None  # from when on Telegram did not answer when it was asked
        self.refusing_since: datetime | None = None  # from when on nothing could be committed, as on a full disk
        self.offset = 0
        self.grace = GRACE
        self.polls = self.updates = 0  # since the start, for the metrics

    @property
    def away(self) -> bool:
        """Whether Telegram did not answer when it was last asked."""
        return self.away_since is not None

    @away.setter
    def away(self, away: bool) -> None:
        self.away_since = (self.away_since or self._clock()) if away else None

    async def begin(self) -> None:
        """Read the offset, and after a restore ask again for what the backup did not hold."""
        async with self._store.work() as work:
            self.offset = await work.update_log.next_offset()
            self._brought = await work.update_log.taken()
            await self._handlers.begin(Context(self._services, work, self._clock()))

    async def run(self) -> None:
        """Poll for ever. Raises Unusable if another program keeps polling with the token or it is void, and Damaged.

        A single poll by another program (`doctor --poll`, a bot started by mistake and stopped) is tolerated.
        """
        troubles, conflicts = 0, Conflicts()
        while True:
            self._alive()
            try:
                await self.poll(POLL_SECONDS)
                troubles, self.away = 0, False
            except Unusable as error:
                lasted = conflicts.lasted(self._clock())
                if error.fate is not Fate.CONFLICT or lasted >= BORNE:
                    raise
                log.warning("somebody_else_polls", seconds=lasted.total_seconds())
                await self._rest(AGAIN_AFTER_CONFLICT)
            except Away as error:
                self.away = True
                if error.wait is not None:
                    await self._rest(error.wait.total_seconds())
                else:
                    troubles = await self._back_off(troubles, error.error)
            except StorageError as error:
                self.away = False
                if not passes(error):
                    raise
                troubles = await self._back_off(troubles, type(error).__name__)

    async def _back_off(self, troubles: int, kind: str) -> int:
        """Rest the longer, the more polls have failed in a row; return how many it are now."""
        self._out_of_touch = True
        log.warning("poll_failed", error_type=kind)
        await self._rest(BACK_OFF[min(troubles, len(BACK_OFF) - 1)])
        return troubles + 1

    async def _rest(self, seconds: float) -> None:
        while seconds > 0:
            self._alive()
            await asyncio.sleep(min(seconds, REST))
            seconds -= REST

    async def poll(self, seconds: int) -> int:
        """Poll once, waiting up to so many seconds for updates; return how many came."""
        updates = await self._channel.updates(self.offset, seconds)
        self.polls += 1
        in_order = sorted(updates, key=itemgetter("update_id"))
        for start in range(0, max(1, len(in_order)), TOGETHER):  # an empty poll is a sign of life, too
            await self.take(in_order[start : start + TOGETHER])
        return len(updates)

    async def take(self, updates: Sequence[JsonObject], *, brought: bool = False) -> None:
        """Take updates in one transaction, in order, leaving out those that have been taken before.

        Polls bring them in order, so the next offset tells which those are. A webhook brings them in any order and does
        not move the offset: their ids are stored one by one. Both are always checked, so one can change between the
        two ways, and nothing is lost or taken twice.
        """
        ahead = {u["update_id"]: u for u in updates if not self.offset - ANEW <= u["update_id"] < self.offset}
        new = {id: update for id, update in ahead.items() if id not in self._brought}
        fresh = {id: update for id, update in new.items() if not is_ordinary_talk(update, self._services.username)}
        offset = max(ahead) + 1 if ahead and not brought else self.offset
        with self._committing():
            try:
                aside = await self._transact(fresh, offset, brought=brought)
            except Exception as error:
                if passes(error):
                    raise  # as when the disk is full: nothing of this poll is taken, and it is polled for again
                aside = await self._transact(fresh, offset, brought=brought, each_alone=True)
        self._out_of_touch = False
        self.updates += len(fresh)
        self.offset = offset
        if brought:
            self._brought.update(fresh)
        for said in aside:
            if isinstance(said, CallbackAnswer) or self._spare():
                self._aside(self._say(said))

    @contextmanager
    def _committing(self) -> Iterator[None]:
        """Note from when on, if at all, what comes in cannot be committed."""
        try:
            yield
        except Exception as error:
            if passes(error):
                self.refusing_since = self.refusing_since or self._clock()
            raise
        self.refusing_since = None

    async def _transact(
        self, fresh: Mapping[int, JsonObject], offset: int, *, brought: bool, each_alone: bool = False
    ) -> list[Aside]:
        """Take updates in one transaction, which an error undoes; then answer taps and strangers, outside of it."""
        aside: list[Aside] = []
        dirty_runs: set[int] = set()  # cards are refreshed once for all of them, see Context
        async with self._store.work() as work:
            if not each_alone:
                senders = (origin(update)[0] for update in fresh.values())
                await work.prefetch.of_users(sender for sender in senders if sender is not None)
            if self._out_of_touch:
                await self._tell_of_absence(work)
            for id in sorted(fresh):
                update = fresh[id]
                aside += await (
                    self._handle_alone(work, update) if each_alone else self._handle(work, update, dirty_runs)
                )
            await self._handlers.refresh(Context(self._services, work, self._clock()), dirty_runs)
            if fresh and brought:
                await work.update_log.note_taken(fresh)
            if offset != self.offset:
                await work.update_log.set_offset(offset)
            await work.update_log.heartbeat(self._clock())
        return aside

    async def act(self, number: int, do: Callable[[Context], Awaitable[T]]) -> T | None:
        """Do in one transaction what somebody asked for on the page, and return what came of it.

        Each request has a number, so that one that comes twice is done once: the second time returns the same, or None
        if that was long ago. An error undoes all of it.
        """
        dirty_runs: set[int] = set()
        with self._committing():
            async with self._store.work() as work:
                if number in self._brought:
                    done: T | None = self._came_of.get(number)
                    return done
                ctx = Context(self._services, work, self._clock(), dirty_runs=dirty_runs)
                came = await do(ctx)
                await self._handlers.settle(ctx)
                await self._handlers.refresh(Context(self._services, work, self._clock()), dirty_runs)
                await work.update_log.note_taken([number])
                noted = partial(self._brought.add, number), partial(self._came_of.__setitem__, number, came)
                work.after_commit.extend(noted)
        self.updates += 1
        asyncio.get_running_loop().call_later(SECOND_TAP, self._came_of.pop, number, None)
        return came

    async def rest(self) -> None:
        """Note a sign of life now and then, for ever, instead of polling where there is no Telegram. Raises Damaged."""
        while True:
            self._alive()
            try:
                with self._committing():
                    async with self._store.work() as work:
                        await work.update_log.heartbeat(self._clock())
            except StorageError as error:
                if not passes(error):
                    raise
                log.warning("heartbeat_failed", error_type=type(error).__name__)
            await asyncio.sleep(REST)

    async def forget_taken(self, before: datetime) -> None:
        """Forget what a webhook brought before that time."""
        async with self._store.work() as work:
            await work.update_log.forget_taken(before)
            kept = await work.update_log.taken()
        self._brought = kept

    async def retake(self, letter: DeadLetter) -> bool:
        """Take a dead letter, as after a fix. Returns False if it still cannot be taken, and stays."""
        if not letter.raw:
            return False
        async with self._store.work() as work:
            try:
                async with work.savepoint():
                    await self._handle(work, letter.raw)
            except Exception as error:
                if passes(error):
                    raise
                log.failure("dead_letter_retry_failed", error, update_id=letter.update_id)
                return False
            await work.update_log.remove_letter(letter.id)
        return True

    async def _tell_of_absence(self, work: UnitOfWork) -> None:
        """Tell the groups if the bot was away so long that Telegram may have thrown away what they wrote."""
        last, now = await work.update_log.last_heartbeat(), self._clock()
        if last is None or now - last <= AWAY_TOO_LONG:
            return
        ctx, since = Context(self._services, work, now), last.astimezone(self._services.zone).date()
        for group in await work.groups.all_active():
            if group.state == "active":
                await ctx.to_group(group, "group.was_away", {"since": since})

    async def _handle(self, work: UnitOfWork, update: JsonObject, dirty_runs: set[int] | None = None) -> list[Aside]:
        ctx = Context(self._services, work, self._clock(), dirty_runs=dirty_runs)
        heard = read(update, self._services.username)
        if heard is not None:
            await self._handlers.handle(ctx, heard)
        return [*ctx.notices, *ctx.stranger_messages]

    async def _handle_alone(self, work: UnitOfWork, update: JsonObject) -> list[Aside]:
        """Handle an update in a savepoint; one that cannot be taken is undone, and becomes a dead letter."""
        try:
            async with work.savepoint():
                return await self._handle(work, update)
        except Exception as error:
            if passes(error):
                raise
            return [*await self._dead_letters.set_aside(work, update, error)]

    # -- said directly, outside of any transaction -----------------------------------------------------------------
    async def _say(self, said: CallbackAnswer | StrangerMessage) -> None:
        """Answer a tap, which stops the button's spinner, or a stranger. It may come too late, or not at all."""
        try:
            if isinstance(said, StrangerMessage) and said.unless_ours and await self._has_become_ours(said.chat_id):
                return
            match said:
                case CallbackAnswer(query_id, text, alert):
                    await self._channel.answer_tap(query_id, text, alert=alert)
                case StrangerMessage(chat_id, body, topic):
                    await self._channel.say(chat_id, body, topic)
        except (Away, Unusable, StorageError) as error:
            log.debug("callback_answer_failed", kind=type(said).__name__, error_type=str(error))

    async def _has_become_ours(self, chat_id: int) -> bool:
        """Wait a little, and return whether a chat has become one of the bot's groups."""
        await asyncio.sleep(self.grace)
        async with self._store.work() as work:
            group = await work.groups.by_chat(chat_id)
        return group is not None and group.state == "active"

    def _aside(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def settle(self) -> None:
        """Wait for answers that are being sent."""
        if self._answers:
            await asyncio.wait(self._answers, timeout=PARTING)
