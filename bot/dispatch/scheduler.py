"""The scheduler: one job that wakes at the earliest row of the schedule, set again after each commit."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from bot.context.context import Context
from bot.context.services import Services
from bot.dispatch.handlers import Handlers
from bot.errors import passes
from bot.logs import Log
from storage.errors import StorageError
from storage.store import Store

log = Log(__name__)

JOB = "wake"
LONGEST = timedelta(hours=1)  # it looks at least this often, in case the machine's clock is set
LIMIT = 20  # rows in one transaction, as people wait until it ends
TOMORROW = timedelta(days=1)  # until a row that failed is tried again, as a daily one must not end
AGAIN = timedelta(seconds=5)  # until the next try after the schedule could not be read


class Scheduler:
    """Wakes when something falls due. `clock` may be wound (in the sandbox); APScheduler goes by the machine's."""

    def __init__(self, store: Store, services: Services, clock: Callable[[], datetime], handlers: Handlers) -> None:
        self._store, self._services, self._clock, self._handlers = store, services, clock, handlers
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._aiming: asyncio.Task[None] | None = None
        self._again = False
        self._ringing = False

    async def start(self) -> None:
        """Begin to wait, and handle what fell due while the bot was down."""
        self._scheduler.start()
        self.aim()

    def stop(self) -> None:
        """Stop waiting; the rows stay."""
        if self._aiming is not None:
            self._aiming.cancel()
        self._scheduler.shutdown(wait=False)

    def aim(self) -> None:
        """Set the job again, as the schedule may have changed. Calls in quick succession count as one."""
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
        if self._ringing:  # the job is set again at its end, and APScheduler would complain of two at a time
            return
        at = datetime.now(UTC) + min(max(wait, timedelta(0)), LONGEST)
        self._scheduler.add_job(self._ring, DateTrigger(at), id=JOB, replace_existing=True, misfire_grace_time=None)

    async def _ring(self) -> None:
        self._ringing, failed = True, False
        try:
            await self.ring()
        except asyncio.CancelledError:
            return  # the bot stops in the midst of it; raised on, APScheduler would call that an error
        except Exception as error:  # noqa: BLE001 - a scheduler that is not set again would never wake again
            log.failure("scheduler_failed", error)
            failed = True
        finally:
            self._ringing = False
        if failed:
            self._ring_in(AGAIN)
        else:
            self.aim()

    async def earliest(self, *kinds: str) -> datetime | None:
        """Return when the next thing (of these kinds, if any are given) falls due."""
        async with self._store.work() as work:
            return await work.schedule.earliest(*kinds)

    async def ring(self) -> int:
        """Handle everything that is due now; return the number of rows."""
        seen = 0
        while True:
            async with self._store.work() as work:
                rows = await work.schedule.take_due(self._clock(), LIMIT)
                for due in rows:
                    await work.schedule.done(due.id)  # marked before it is handled, as its handler may set it again
                    try:
                        async with work.savepoint():
                            ctx = Context(self._services, work, self._clock())
                            await self._handlers.due(ctx, due)
                            await self._handlers.settle(ctx)
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
