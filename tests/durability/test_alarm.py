"""The alarm: what falls due is seen to once, at its time by the clock on the wall, however the process fared."""

import asyncio
import logging
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as wall_time
from types import SimpleNamespace
from typing import Self

import pytest

from bot.context.context import Context
from bot.demo.town import STOCKHOLM
from bot.dispatch import scheduler as module
from bot.dispatch.scheduler import AGAIN, JOB, LONGEST
from flows.timing.pacing import at_wall
from storage.errors import DiskFull, Unknown
from storage.records.schedule import Due
from tests.durability.conftest import PostOffice


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was seen to, by reference. A row whose reference begins with "fel" raises."""
    seen: list[str] = []

    async def fire(ctx: Context, due: Due) -> None:
        await ctx.work.links.add(f"token {due.ref} {len(seen)}", "probe")  # something to be undone
        if due.ref.startswith("fel"):
            raise Unknown("runs", 7) if "okänd" in due.ref else ZeroDivisionError
        if due.ref.startswith("full") and "full" not in seen:
            seen.append("full")
            raise DiskFull
        seen.append(due.ref)

    monkeypatch.setattr("bot.assembly.handlers.due", fire)
    return seen


async def put(office: PostOffice, ref: str, *, hours: float) -> None:
    """Something that falls due in so many hours."""
    async with office.bot.store.work() as work:
        await work.schedule.put("probe", office.sandbox.now() + timedelta(hours=hours), ref=ref)


async def test_once_and_in_order(office: PostOffice, rung: list[str]) -> None:
    """Each row is seen to once, not before its time, the longest overdue first."""
    for ref, hours in (("tre", 3), ("ett", 1), ("två", 2)):
        await put(office, ref, hours=hours)
    assert await office.bot.scheduler.ring() == 0
    office.sandbox.wind(3600 - 1)
    await office.bot.scheduler.ring()
    assert rung == []
    office.sandbox.wind(1)
    await office.bot.scheduler.ring()
    await office.bot.scheduler.ring()
    assert rung == ["ett"]
    office.sandbox.wind(86_400)
    await office.bot.scheduler.ring()
    assert rung == ["ett", "två", "tre"]


async def test_after_downtime(office: PostOffice, rung: list[str]) -> None:
    """After days of standing still everything that is overdue is seen to once, be it much."""
    refs = [f"{n}" for n in range(250)]
    for n, ref in enumerate(refs):
        await put(office, ref, hours=1 + n / 100)
    office.sandbox.wind(5 * 86_400)
    assert await office.bot.scheduler.ring() == 250
    assert await office.bot.scheduler.ring() == 0
    assert rung == refs


async def test_cancelled_and_done(office: PostOffice, rung: list[str]) -> None:
    """What was cancelled or is done never comes; set anew for another time it does."""
    for ref in ("ett", "två"):
        await put(office, ref, hours=1)
    async with office.bot.store.work() as work:
        await work.schedule.cancel(ref="ett")
    office.sandbox.wind(7200)
    await office.bot.scheduler.ring()
    office.sandbox.wind(7200)
    await office.bot.scheduler.ring()
    assert rung == ["två"]
    await put(office, "ett", hours=1)
    office.sandbox.wind(3600)
    await office.bot.scheduler.ring()
    assert rung == ["två", "ett"]


async def test_a_row_that_fails(office: PostOffice, rung: list[str]) -> None:
    """A row that cannot be seen to leaves no half of it behind and holds up no other; it is tried again each day, so
    that a fault which is mended has ended nothing for good."""
    for ref in ("före", "fel", "fel okänd", "efter"):
        await put(office, ref, hours=1)
    office.sandbox.wind(7200)
    assert await office.bot.scheduler.ring() == 4
    assert await office.bot.scheduler.ring() == 0
    assert rung == ["före", "efter"]
    async with office.bot.store.work() as work:
        found = [await work.links.find(f"token {ref}") for ref in ("före 0", "fel 1", "fel okänd 1", "efter 1")]
    assert [link is not None for link in found] == [True, False, False, True]
    office.sandbox.wind(86_400)
    assert await office.bot.scheduler.ring() == 2
    assert await office.bot.scheduler.ring() == 0
    assert rung == ["före", "efter"]


async def test_disk_full(office: PostOffice, rung: list[str]) -> None:
    """While nothing can be written, nothing counts as seen to; it is when there is room again."""
    await put(office, "full", hours=1)
    office.sandbox.wind(7200)
    with pytest.raises(DiskFull):
        await office.bot.scheduler.ring()
    assert await office.bot.scheduler.ring() == 1
    assert rung == ["full", "full"]


async def test_stopped_in_the_midst(office: PostOffice, caplog: pytest.LogCaptureFixture) -> None:
    """A bot that is stopped while something falls due leaves no error in the log; it falls due at the next start."""
    began = asyncio.Event()

    async def due(*_: object) -> None:
        began.set()
        await asyncio.Event().wait()

    await put(office, "midst", hours=1)
    office.sandbox.wind(7200)
    office.bot.scheduler._handlers = SimpleNamespace(due=due)
    await office.bot.scheduler.start()
    await began.wait()
    under_way = asyncio.all_tasks() - {asyncio.current_task()}
    office.bot.scheduler.stop()
    await asyncio.wait(under_way)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


# -- the job -----------------------------------------------------------------------------------------------------------
@pytest.fixture
async def started(office: PostOffice) -> PostOffice:
    """The alarm is on."""
    await office.bot.scheduler.start()
    return office


@pytest.fixture(autouse=True)
async def _stopped(office: PostOffice) -> Iterator[None]:  # type: ignore[misc]
    yield
    if office.bot.scheduler._scheduler.running:
        office.bot.scheduler.stop()


class Still(datetime):
    """The machine's clock as the alarm reads it, standing still."""

    shown = 0.0  # seconds since 1970

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """The time at which the test began."""
        return cls.fromtimestamp(cls.shown, tz)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Still, "shown", datetime.now(UTC).timestamp())
    monkeypatch.setattr(module, "datetime", Still)


async def aimed(office: PostOffice) -> timedelta:
    """In how long the alarm will ring, when it has been aimed."""
    alarm = office.bot.scheduler
    while alarm._aiming is not None and not alarm._aiming.done():
        await alarm._aiming
    (job,) = alarm._scheduler.get_jobs()
    assert job.id == JOB
    return timedelta(seconds=round((job.next_run_time - Still.now(UTC)).total_seconds(), 3))


async def test_aimed_at_the_earliest(started: PostOffice, rung: list[str]) -> None:
    """One job waits for the earliest row, and is aimed anew when an earlier one comes or it goes."""
    assert await aimed(started) == LONGEST
    for ref, hours, expected in (("sen", 0.9, 0.9), ("tidig", 0.5, 0.5), ("senare", 0.8, 0.5)):
        await put(started, ref, hours=hours)
        started.bot.scheduler.aim()
        assert await aimed(started) == timedelta(hours=expected)
    async with started.bot.store.work() as work:
        await work.schedule.cancel(ref="tidig")
    started.bot.scheduler.aim()
    assert await aimed(started) == timedelta(hours=0.8)


async def test_looks_up_now_and_then(started: PostOffice, rung: list[str]) -> None:
    """However far away the next row is, the alarm looks within the hour, in case the machine's clock was set."""
    await put(started, "långt bort", hours=1000)
    started.bot.scheduler.aim()
    assert await aimed(started) == LONGEST


async def test_rings_by_itself(office: PostOffice, rung: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What fell due while the process was down is seen to as soon as it is up, without anything else happening."""
    await put(office, "ett", hours=1)
    office.sandbox.wind(7200)
    ring, has_rung = office.bot.scheduler.ring, asyncio.Event()

    async def and_tell() -> int:
        seen = await ring()
        has_rung.set()
        return seen

    monkeypatch.setattr(office.bot.scheduler, "ring", and_tell)
    await office.bot.scheduler.start()
    await asyncio.wait_for(has_rung.wait(), 10)
    assert rung == ["ett"]
    assert await aimed(office) in (LONGEST, timedelta(0))


async def test_it_rings_once_at_a_time(
    office: PostOffice, rung: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What falls due while the alarm rings is seen to when that is over, and nobody complains of two at a time."""
    alarm = office.bot.scheduler
    ring = alarm.ring

    async def with_more_meanwhile() -> int:
        seen = await ring()
        if rung == ["ett"]:
            await put(office, "två", hours=-1)
            for _ in range(200):  # rounds of the event loop
                await asyncio.sleep(0)
        return seen

    monkeypatch.setattr(alarm, "ring", with_more_meanwhile)
    await put(office, "ett", hours=-1)
    await alarm.start()
    async with asyncio.timeout(10):
        while rung != ["ett", "två"]:  # noqa: ASYNC110 - APScheduler rings, and tells nobody
            await asyncio.sleep(0)
    assert caplog.messages == []


async def test_an_alarm_that_fails_is_aimed_again(
    started: PostOffice, rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong when it rings, or when it is aimed, the alarm tries again soon."""
    alarm = started.bot.scheduler
    await aimed(started)

    async def fails() -> int:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(alarm, "ring", fails)
        await alarm._ring()
        assert await aimed(started) == AGAIN

    async def full() -> None:
        raise DiskFull

    with monkeypatch.context() as patched:
        patched.setattr(alarm, "earliest", full)
        alarm.aim()
        assert await aimed(started) == AGAIN
    alarm.aim()
    assert await aimed(started) == LONGEST


# -- the clock on the wall ---------------------------------------------------------------------------------------------
@pytest.fixture(params=["UTC", "Asia/Tokyo", "Europe/Stockholm"])
def _machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The time zone of the machine, which must not matter."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_machine_zone")
@pytest.mark.parametrize(
    ("day", "at", "in_utc"),
    [
        (date(2027, 3, 27), wall_time(9), datetime(2027, 3, 27, 8, tzinfo=UTC)),
        (date(2027, 3, 28), wall_time(9), datetime(2027, 3, 28, 7, tzinfo=UTC)),  # the clock went forward that night
        (date(2027, 3, 28), wall_time(2, 30), datetime(2027, 3, 28, 1, tzinfo=UTC)),  # skipped: the first that exists
        (date(2027, 10, 30), wall_time(9), datetime(2027, 10, 30, 7, tzinfo=UTC)),
        (date(2027, 10, 31), wall_time(9), datetime(2027, 10, 31, 8, tzinfo=UTC)),  # the clock went back that night
        (date(2027, 10, 31), wall_time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # twice: the first one
    ],
)
async def test_both_nights_of_clock_change(
    office: PostOffice, rung: list[str], day: date, at: wall_time, in_utc: datetime
) -> None:
    """What is set for nine in the town comes at nine in the town, also on the two days on which clocks change."""
    assert at_wall(day, at, STOCKHOLM) == in_utc
    async with office.bot.store.work() as work:
        await work.schedule.put("probe", at_wall(day, at, STOCKHOLM), ref="nio")
    assert await office.bot.scheduler.earliest() == in_utc
    office.sandbox.wind((in_utc - office.sandbox.now()).total_seconds() - 1)
    await office.bot.scheduler.ring()
    assert rung == []
    office.sandbox.wind(1)
    await office.bot.scheduler.ring()
    assert rung == ["nio"]
