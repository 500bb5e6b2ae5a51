"""Makes documents and pictures, one after the other, from the jobs in the database.

A job is read in one transaction, done in a worker process outside of any, and in another transaction handed over and
deleted. So it survives a crash at any point, and is done again. One that was begun twice and is still there has crashed
its worker (or the bot) each time, and is given up with a message.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from bot.context.context import Context
from bot.context.services import Services
from bot.errors import passes
from bot.features.documents import adopted, delivery, handlers
from bot.features.documents.load_material import material_of
from bot.features.documents.worker import Died, Worker
from bot.logs import Log
from messages.documents.render_request import Made, fulfil
from storage.errors import StorageError
from storage.records.document_jobs import DocumentJob
from storage.store import Store

log = Log(__name__)

MOST_TRIES = 2
AGAIN = 5  # seconds until the next try while something is wrong here


class JobRunner:
    """Runs document jobs; one for each process."""

    def __init__(self, store: Store, services: Services, clock: Callable[[], datetime], worker: Worker) -> None:
        self._store, self._services, self._clock, self._worker = store, services, clock, worker
        self._wake = asyncio.Event()
        self._wake.set()  # there may be jobs from before the start
        self._begun = False

    def wake(self) -> None:
        """Wake up, as there may be a job."""
        self._wake.set()

    @property
    def woken(self) -> bool:
        """True if there may be a job that nobody has looked for yet."""
        return self._wake.is_set()

    async def run(self) -> None:
        """Run jobs for ever. Raises Damaged."""
        while True:
            try:
                await self.begin()
                await self.drain()
            except Exception as error:
                if isinstance(error, StorageError) and not passes(error):
                    raise
                log.failure("document_job_failed", error)
                with suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN):
                        await self._wake.wait()
            else:
                await self._wake.wait()

    async def begin(self) -> None:
        """Order, once, what was adopted and is not kept. A group in which that fails holds up no other."""
        if self._begun:
            return
        async with self._store.work() as work:
            groups = await work.groups.all_active()
        for group in groups:
            try:
                async with self._store.work() as work:
                    await adopted.order_missing(Context(self._services, work, self._clock()), group)
            except StorageError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever is wrong with this one, the others are looked at
                log.failure("document_job_failed", error, group_id=group.id)
        self._begun = True

    async def drain(self) -> int:
        """Run all waiting jobs; return how many were begun."""
        self._wake.clear()
        count = 0
        while await self._make():
            count += 1
        return count

    async def _make(self) -> bool:
        """Make the document that was ordered first, for all who wait for it; False if nobody waits."""
        async with self._store.work() as work:
            ctx = Context(self._services, work, self._clock())
            waiting = await self._waiting(ctx)
            if not waiting:
                return bool(await work.document_jobs.due())
            first = waiting[0]
            material = await material_of(ctx, await work.groups.get(first.group_id))
            known = await work.uploads.of_group(first.group_id)
        try:
            made = await self._worker.do(fulfil, first.document, first.form, material, frozenset(known))
        except Died:
            log.warning("worker_died", group_id=first.group_id, kind=first.document, tries=first.tries)
            return True
        except Exception as error:  # noqa: BLE001 - whatever is wrong with this one, those who wait are told
            log.failure("document_failed", error, group_id=first.group_id, kind=first.document)
            await self._hand_over(waiting, None, failed=True)
        else:
            await self._hand_over(waiting, made, file_id=known.get(made.fingerprint) if made else None)
        return True

    async def _waiting(self, ctx: Context) -> list[DocumentJob]:
        """Return the oldest jobs for one document whose people may have it; a job that failed twice is given up."""
        waiting = []
        for making in await ctx.work.document_jobs.due():
            if not await handlers.may_still(ctx, making):
                await ctx.work.document_jobs.done(making.id)
            elif making.tries == MOST_TRIES:
                await delivery.give_up(ctx, making)
                await ctx.work.document_jobs.done(making.id)
            else:
                waiting.append(await ctx.work.document_jobs.update(making.id, tries=making.tries + 1))
        return waiting

    async def _hand_over(
        self, waiting: list[DocumentJob], made: Made | None, *, failed: bool = False, file_id: str | None = None
    ) -> None:
        async with self._store.work() as work:
            ctx = Context(self._services, work, self._clock())
            for making in waiting:
                if await work.document_jobs.lookup(making.id) is None:
                    continue  # its group or person was erased meanwhile
                if failed:
                    await delivery.give_up(ctx, making)
                else:
                    await delivery.hand_over(ctx, making, made, file_id)
                await work.document_jobs.done(making.id)
