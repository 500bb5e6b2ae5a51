"""The alarm clock. The database is the schedule: one job is aimed at the earliest row, and anew after each commit."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from bot.context.context import Context, Services
from bot.dispatch import dispatch_events, due_rows
from bot.errors import passes
from bot.logs import Log
from storage.errors import StorageError
from storage.store import Store

log = Log(__name__)

JOB = "alarm"
LONGEST = timedelta(hours=1)  # looked at least this often, so that a machine whose clock was set is survived
LIMIT = 20  # rows in one transaction, for whose end messages and people wait
TOMORROW = timedelta(days=1)  # until a row that failed is tried again: one fault must not end what comes every day
AGAIN = timedelta(seconds=5)  # until the next try when the agenda could not be read or seen to


class Scheduler:
    """One per process. `clock` is ours (in the sandbox it can be wound); APScheduler waits on the machine's."""

    def __init__(self, store: Store, services: Services, clock: Callable[[], datetime]) -> None:
        self._store, self._house, self._clock = store, services, clock
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._aiming: asyncio.Task[None] | None = None
        self._again = False
        self._ringing = False

    async def start(self) -> None:
        """Begin to wait, and see to what fell due meanwhile."""
        self._scheduler.start()
        self.aim()

    def stop(self) -> None:
        """Stop waiting; the rows stay."""
        if self._aiming is not None:
            self._aiming.cancel()
        self._scheduler.shutdown(wait=False)

    def aim(self) -> None:
        """The agenda may have changed: find the earliest row anew. Calls that come close together are one."""
        if not self._scheduler.running:
            return
        self._again = True
        if self._aiming is None or self._aiming.done():
            self._aiming = asyncio.ensure_future(self._aim())

    async def _aim(self) -> None:
        while self._again:
            self._again = False
            try:
                earliest = await self.earliest()
            except StorageError as error:
                log.warning("schedule_unreadable", error_type=type(error).__name__)
                self._ring_in(AGAIN)
                continue
            self._ring_in(earliest - self._clock() if earliest else LONGEST)

    def _ring_in(self, wait: timedelta) -> None:
        if self._ringing:  # it is aimed anew when that is over, and APScheduler would complain of two at a time
            return
        at = datetime.now(UTC) + min(max(wait, timedelta(0)), LONGEST)
        self._scheduler.add_job(self._ring, DateTrigger(at), id=JOB, replace_existing=True, misfire_grace_time=None)

    async def _ring(self) -> None:
        self._ringing, failed = True, False
        try:
            await self.ring()
        except Exception as error:  # noqa: BLE001 - an alarm that is not aimed anew would never ring again
            log.failure("scheduler_failed", error)
            failed = True
        finally:
            self._ringing = False
        if failed:
            self._ring_in(AGAIN)
        else:
            self.aim()

    async def earliest(self, *kinds: str) -> datetime | None:
        """When the next thing (of these kinds, if any are given) falls due."""
        async with self._store.work() as work:
            return await work.schedule.earliest(*kinds)

    async def ring(self) -> int:
        """See to everything that is due now; how many rows that were."""
        seen = 0
        while True:
            async with self._store.work() as work:
                rows = await work.schedule.take_due(self._clock(), LIMIT)
                for due in rows:
                    await work.schedule.done(due.id)  # before it is seen to, as that may set it anew
                    try:
                        async with work.savepoint():
                            ctx = Context(self._house, work, self._clock())
                            await due_rows.handle_due(ctx, due)
                            await dispatch_events.dispatch(ctx)
                    except Exception as error:
                        if passes(error):
                            raise
                        log.failure("due_row_failed", error, kind=due.kind)
                        later = self._clock() + TOMORROW
                        await work.schedule.put(
                            due.kind,
                            later,
                            group_id=due.group_id,
                            member_id=due.member_id,
                            ref=due.ref,
                            visit=due.visit,
                        )
            seen += len(rows)
            if len(rows) < LIMIT:
                return seen
