"""Telegram away, or we: nothing is lost while Telegram keeps it, and where it may have been we say so."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from telegram.error import InvalidToken

from bot.channel.outcomes import Away, Fate, Unusable
from bot.dispatch.polling import AWAY_TOO_LONG
from bot.service import serve
from bot.telegram.channel import Channel
from bot.telegram.client import POLL_SECONDS
from storage.records.records import Person
from tests.durability.conftest import PostOffice
from tests.durability.intake_loop import running, until, write


@pytest.mark.parametrize(
    ("fault", "value"),
    [("drop", None), ("garbage", None), *(("error", status) for status in (500, 502, 504, 403, 404, 409))],
)
async def test_telegram_away_for_an_hour(
    office: PostOffice,
    alva: Person,
    heard: list[str],
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    value: float | None,
) -> None:
    """After an hour without Telegram – it is away, or another server answers in its place – everything that was written
    meanwhile is taken, once; the watchdog stays calm."""
    office.sandbox.faults.add(fault, value=value)
    write(office, alva, "Nummer 1")
    began, count = office.sandbox.now(), 1
    alive = [began]
    office.bot.poller._alive = lambda: alive.append(office.sandbox.now())

    def meanwhile() -> None:
        nonlocal count
        if office.sandbox.now() - began < timedelta(hours=1):
            count += 1
            write(office, alva, f"Nummer {count}")
        else:
            office.sandbox.faults.clear()

    async with running(office, monkeypatch, meanwhile) as task:
        await until(task, lambda: 1 < count == len(heard))
    assert heard == [f"Nummer {n}" for n in range(1, count + 1)]
    assert count > 100
    assert max(b - a for a, b in pairwise(alive)) < timedelta(seconds=60)


async def test_asked_to_wait_for_long(
    office: PostOffice, alva: Person, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When Telegram asks us to wait for ten minutes we do, and the watchdog hears of us all the while."""
    office.sandbox.faults.add("flood", value=600, times=1)
    write(office, alva, "Hej")
    began, alive = office.sandbox.now(), [office.sandbox.now()]
    office.bot.poller._alive = lambda: alive.append(office.sandbox.now())
    async with running(office, monkeypatch) as task:
        await until(task, lambda: heard == ["Hej"])
    assert office.sandbox.now() - began >= timedelta(minutes=10)
    assert max(b - a for a, b in pairwise(alive)) < timedelta(seconds=60)


@pytest.mark.parametrize(("hours", "told"), [(22, 0), (25, 1), (24 * 30, 1)])
@pytest.mark.parametrize("restarted", [True, False])
async def test_away_too_long(
    office: PostOffice, heard: list[str], monkeypatch: pytest.MonkeyPatch, hours: int, told: int, restarted: bool
) -> None:
    """After more than 23 hours out of touch – whether we were down or Telegram was – each group is told so once."""
    groups, alva = [await office.group("Ettstad"), await office.group("Tvåstad")], await office.person("Alva")
    assert timedelta(hours=22) < AWAY_TOO_LONG < timedelta(hours=24)
    await office.bot.poller.poll(0)
    office.sandbox.faults.add("error")
    end = office.sandbox.now() + timedelta(hours=hours)
    if restarted:
        office.sandbox.wind(hours * 3600)
        office.sandbox.faults.clear()
        for _ in range(2):
            office.bot.poller._out_of_touch = True  # as in a new process
            await office.bot.poller.begin()
            await office.bot.poller.poll(0)
    else:

        def meanwhile() -> None:
            office.sandbox.wind(3600)
            if office.sandbox.now() >= end:
                office.sandbox.faults.clear()
                write(office, alva, "Hej")

        async with running(office, monkeypatch, meanwhile) as task:
            await until(task, lambda: bool(heard))
    await office.send(60)
    for group in groups:
        assert len([text for text in office.texts(group) if "Jag har varit borta" in text]) == told


async def test_a_clock_that_is_wound_is_no_absence(office: PostOffice, heard: list[str]) -> None:
    """A week in which nobody wrote is no absence: nobody is told anything."""
    group = await office.group()
    await office.bot.poller.poll(0)
    office.sandbox.wind(7 * 86_400)
    await office.bot.poller.poll(0)
    await office.send(60)
    assert office.texts(group) == []


async def test_heartbeat(office: PostOffice) -> None:
    """Each poll leaves a sign of life in the database, also when nothing came."""
    for _ in range(3):
        office.sandbox.wind(61)
        await office.bot.poller.poll(0)
        async with office.bot.store.work() as work:
            assert await work.update_log.last_heartbeat() == office.sandbox.now()


async def test_a_failed_poll_is_no_heartbeat(office: PostOffice) -> None:
    """While Telegram cannot be reached the heartbeat stands still."""
    await office.bot.poller.poll(0)
    last = office.sandbox.now()
    office.sandbox.wind(600)
    office.sandbox.faults.add("drop")
    with pytest.raises(Away):
        await office.bot.poller.poll(0)
    async with office.bot.store.work() as work:
        assert await work.update_log.last_heartbeat() == last


async def test_a_void_token_ends_the_intake(office: PostOffice) -> None:
    """A token that is void ends the loop: an operator has to act."""
    office.line.trouble(0, InvalidToken)
    office.bot.poller._channel = Channel(office.line)  # type: ignore[arg-type]
    with pytest.raises(Unusable):
        await office.bot.poller.run()


def conflict() -> Unusable:
    """Somebody else polls with our token."""
    return Unusable(Fate.CONFLICT)


async def test_who_goes_on_polling_ends_the_intake(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program that polls is borne for a minute; if it goes on, also with polls of ours in between that go well,
    the loop ends, as an operator has to act."""
    begun, calls = office.sandbox.now(), 0

    async def poll(_seconds: int) -> int:
        nonlocal calls
        calls += 1
        office.sandbox.wind(POLL_SECONDS / 3)
        if calls % 2:
            raise conflict()
        return 0

    monkeypatch.setattr(office.bot.poller, "poll", poll)
    with pytest.raises(Unusable):
        async with running(office, monkeypatch) as task:
            await until(task, lambda: False)
    assert timedelta(minutes=1) <= office.sandbox.now() - begun < timedelta(minutes=2)
    assert calls > 4


async def test_a_look_by_another_program_is_borne(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who polls a few times, and again an hour later, ends nothing: what is written is answered."""
    looks = 0

    async def poll(seconds: int) -> int:
        nonlocal looks
        looks += 1
        if looks in (1, 2, 3, 6, 7):
            raise conflict()
        if looks == 5:
            office.sandbox.wind(3600)
        return await honest(0)

    honest = office.bot.poller.poll
    monkeypatch.setattr(office.bot.poller, "poll", poll)
    async with running(office, monkeypatch) as task:
        await until(task, lambda: looks > 9)
        assert not task.done()


@pytest.mark.parametrize("part", ["poller", "sender", "job_runner"])
async def test_a_part_that_dies(office: PostOffice, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """When a part of the bot ends for a reason that nobody has thought of, all of it ends, to be started again: a
    process that looks alive and hears nothing would be worse."""

    async def broken() -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(type(getattr(office.bot, part)), "run", lambda _self: broken())
    async with asyncio.timeout(20):
        with pytest.raises(OSError, match="Input/output"):
            await serve(office.bot, asyncio.Event())


async def test_a_part_that_will_not_end(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the bot that does not hear that it is to stop cannot keep the whole of it from stopping."""
    monkeypatch.setattr("bot.service.PARTING", 0.05)
    told = 0

    async def deaf() -> None:
        nonlocal told
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                told += 1

    stop = asyncio.Event()
    stop.set()
    monkeypatch.setattr(type(office.bot.sender), "run", lambda _self: deaf())
    async with asyncio.timeout(20):
        await serve(office.bot, stop)
    assert told == 2


@pytest.mark.parametrize("answer", [None, 7, {}, "x", [7], [{}], [{"message": {}}]])
async def test_an_answer_that_is_none(office: PostOffice, alva: Person, heard: list[str], answer: object) -> None:
    """What Telegram would never give instead of updates is no update, and the next poll brings what was written."""
    call = office.bot.telegram.call

    async def strange(method: str, *rest: Any) -> Any:
        return answer if method == "getUpdates" else await call(method, *rest)

    write(office, alva, "Hej")
    office.bot.poller._channel = Channel(SimpleNamespace(call=strange))  # type: ignore[arg-type]
    with pytest.raises(Away):
        await office.bot.poller.poll(0)
    office.bot.poller._channel = office.bot.channel
    await office.bot.poller.poll(0)
    assert heard == ["Hej"]
