"""A worker process, in which pages are set and pictures drawn while the bot goes on."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from typing import ParamSpec, TypeVar

from bot.logs import describe

LONGEST = 60.0  # seconds; the largest document takes two

P = ParamSpec("P")
T = TypeVar("T")


class Died(Exception):
    """The worker ended, or was ended because it took too long, before the work was done."""


class Worker:
    """One worker, started when it is first needed and again after it has died."""

    def __init__(self, longest: float = LONGEST) -> None:
        """`longest`: seconds that a piece of work may take."""
        self._longest = longest
        self._pool: ProcessPoolExecutor | None = None

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in the worker; it and its result are pickled. Raises Died, and what `work` raises."""
        if self._pool is None:
            # Spawned, not forked: it shares no open file, lock or secret with this process.
            self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_settle_in)
        try:
            done = self._pool.submit(_placed, partial(work, *args, **kwargs))
            return await asyncio.wait_for(asyncio.wrap_future(done), self._longest)
        except (BrokenProcessPool, TimeoutError):
            self.close()
            raise Died from None

    def workers(self) -> list[int]:
        """Return the ids of the worker's processes."""
        return list(self._pool._processes or ()) if self._pool else []  # noqa: SLF001 - the pool does not tell

    def close(self) -> None:
        """End the worker, whatever it is doing."""
        for pid in self.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _placed(work: Callable[[], T]) -> T:
    """Run the work in the worker; an error gets a note of its place in the code, as tracebacks are not pickled."""
    try:
        return work()
    except Exception as error:
        vars(error).setdefault("place", describe(error).get("place", ""))
        raise


def _settle_in() -> None:
    """Set up the worker: it ignores Ctrl+C, which the bot handles, and ends when the bot is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None  # a spawned process has a parent

    def follow() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=follow, daemon=True).start()
