"""The intake at work, without waiting."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from storage.records.records import Person
from tests.durability.conftest import PostOffice

_sleep = asyncio.sleep


def write(office: PostOffice, person: Person, *texts: str) -> None:
    """Let somebody write messages."""
    for text in texts:
        office.sandbox.act(person.user_id, "send_text", chat=person.user_id, text=text)


@asynccontextmanager
async def running(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch, each_sleep: Callable[[], Awaitable[None] | None] = lambda: None
) -> AsyncIterator[asyncio.Task[None]]:
    """The intake's loop at work. Where it would sleep the sandbox clock is wound, and `each_sleep` is called."""

    async def sleep(seconds: float) -> None:
        if seconds:
            office.sandbox.wind(seconds)
            each_sleep()
        await _sleep(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    task = asyncio.create_task(office.bot.poller.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(task: asyncio.Task[None], holds: Callable[[], bool]) -> None:
    """Let the loop run until something holds; what ends the loop is raised."""
    async with asyncio.timeout(20):
        while not holds():
            if task.done():
                task.result()
            await _sleep(0)
