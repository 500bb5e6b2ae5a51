"""Sends the outbox: in order within a chat, chats in parallel, within the channel's limits.

A round is one transaction: it notes the results of calls that have returned, and fetches the items that may be sent
now. The calls are made between rounds, never inside one. A call whose result is not yet noted when the process dies is
made again: a message may then arrive twice, but none is lost.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.channel.outcomes import Fate, SendOutcome
from bot.context.context import Context
from bot.context.services import Services
from bot.dispatch.handlers import Handlers
from bot.dispatch.settlement import Settlement
from bot.errors import passes
from bot.logs import Log
from bot.telegram.rate_limit import Departure, Pace
from storage.errors import StorageError
from storage.records.records import Attachment, OutboxKind, Outgoing, is_own_number
from storage.store import Store, UnitOfWork

log = Log(__name__)

ROUND = 100  # calls begun in one round
LEAST = 0.05  # seconds between rounds while nothing may be sent
SHARE = 3  # every third call goes to what has waited longest, if that is too long, whatever its priority
GATHER = 0.01  # seconds in which results are gathered for one round
HELD = 1.0  # seconds between rounds while a chat waits for its call to return
SET_BACK = timedelta(seconds=10)  # a clock that jumps back so far has been set
PARTING = 3  # seconds that calls under way are waited for at the end
DISK = 5  # seconds between tries while the database cannot be written


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
        self._settlement = Settlement(handlers)
        self._calls: dict[str, asyncio.Task[None]] = {}  # by chat, until their results are noted
        self._returned: list[tuple[Outgoing, SendOutcome]] = []
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
        taken = {*resting, *(self._calls.keys() - settled)}  # chats that nothing more may be sent to now
        try:
            async with self._store.work() as work:
                if (now := self._clock()) < self._latest - SET_BACK:
                    await work.outbox.not_later_than(now)
                for item, outcome in returned:
                    await self._settle(work, item, outcome)
                items = await self._due(work, now, fetch, taken) if fetch else []
                letters = [await self._addressed(work, item) for item in items]
                earliest = await work.outbox.earliest() if fetch and not letters else None
        except BaseException:
            self._returned = [*returned, *self._returned]
            raise
        sent = {item.id for item in items}
        self._fetched += len(sent.difference(item.id for item in self._passing))
        self._passing = [item for item in self._passing if item.id not in sent]
        if self._passing and not letters:
            earliest = now
        self._latest = now
        for chat in settled:
            del self._calls[chat]
        return letters, earliest

    async def _due(self, work: UnitOfWork, now: datetime, most: int, taken: Collection[str]) -> list[Outgoing]:
        """Return what may be sent now, one for each chat: so many of the outbox, and what is in no table."""
        longest = (self._fetched + most) // SHARE - self._fetched // SHARE
        due = await work.outbox.due(now, most, [*taken], longest=longest)
        taken = {*taken, *(item.chat for item in due)}
        passing = {item.chat: item for item in reversed(self._passing) if item.chat not in taken}
        return [*due, *passing.values()]

    async def _settle(self, work: UnitOfWork, item: Outgoing, outcome: SendOutcome) -> None:
        if item.id in self._unnoted:
            self._unnoted.discard(item.id)
        else:
            await self._settlement.settle(Context(self._services, work, self._clock()), item, outcome)

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
