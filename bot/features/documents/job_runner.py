"""Where documents and pictures are made, one after the other. What somebody waits for stands in the database.

A making is read in one transaction, made in a worker process outside of any, and handed over in another, in which it
also leaves the database. So it survives a crash at any point, and is made again. What has been begun twice and is still
there has taken its worker (or all of us) down with it, and is given up in words.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from bot.context.context import Context, Services
from bot.errors import passes
from bot.features.documents import handlers
from bot.features.documents.load_material import material_of
from bot.features.documents.worker import Died, Worker
from bot.logs import Log
from messages.documents.render_request import Made, fulfil
from storage.errors import StorageError
from storage.records import DocumentJob
from storage.store import Store

log = Log(__name__)

MOST_TRIES = 2
AGAIN = 5  # seconds until the next try while something is wrong here


class JobRunner:
    """One per process."""

    def __init__(self, store: Store, services: Services, clock: Callable[[], datetime], bench: Worker) -> None:
        self._store, self._house, self._clock, self._bench = store, services, clock, bench
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There may be something to make."""
        self._wake.set()

    async def run(self) -> None:
        """Make for ever. Raises Damaged."""
        while True:
            self._wake.clear()
            try:
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

    async def drain(self) -> int:
        """Make all that is waited for; how many times something was begun."""
        count = 0
        while await self._make():
            count += 1
        return count

    async def _make(self) -> bool:
        """Make what has been waited for longest, for all who wait for it; False if nobody waits."""
        async with self._store.work() as work:
            ctx = Context(self._house, work, self._clock())
            waiting = await self._begun(ctx)
            if not waiting:
                return bool(await work.document_jobs.due())
            first = waiting[0]
            material = await material_of(ctx, await work.groups.get(first.group_id))
            known = await work.uploads.of_group(first.group_id)
        try:
            made = await self._bench.do(fulfil, first.document, first.form, material, frozenset(known))
        except Died:
            log.warning("worker_died", group_id=first.group_id, kind=first.document, tries=first.tries)
            return True
        except Exception as error:  # noqa: BLE001 - whatever is wrong with this one, those who wait are told
            log.failure("document_failed", error, group_id=first.group_id, kind=first.document)
            await self._hand_over(waiting, None, failed=True)
        else:
            await self._hand_over(waiting, made, file_id=known.get(made.fingerprint) if made else None)
        return True

    async def _begun(self, ctx: Context) -> list[DocumentJob]:
        """Those who wait for the same thing the longest, and may have it; what cannot be made is given up."""
        waiting = []
        for making in await ctx.work.document_jobs.due():
            if not await handlers.may_still(ctx, making):
                await ctx.work.document_jobs.done(making.id)
            elif making.tries == MOST_TRIES:
                await handlers.give_up(ctx, making)
                await ctx.work.document_jobs.done(making.id)
            else:
                waiting.append(await ctx.work.document_jobs.update(making.id, tries=making.tries + 1))
        return waiting

    async def _hand_over(
        self, waiting: list[DocumentJob], made: Made | None, *, failed: bool = False, file_id: str | None = None
    ) -> None:
        async with self._store.work() as work:
            ctx = Context(self._house, work, self._clock())
            for making in waiting:
                if await work.document_jobs.lookup(making.id) is None:
                    continue  # its group was erased, or the person forgotten, meanwhile
                if failed:
                    await handlers.give_up(ctx, making)
                else:
                    await handlers.hand_over(ctx, making, made, file_id)
                await work.document_jobs.done(making.id)
