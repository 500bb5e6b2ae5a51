"""A group at work while Telegram, or the road to it, is not well: what the people notice.

The same story is played with and without trouble. Without trouble it tells what everybody should see and what should be
kept; with it, nothing of that may be missing, and at most a message may stand there twice.
"""

import asyncio
import errno
import os
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.channel.outcomes import Away
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered
from storage.database_files import keys_of
from storage.errors import Busy, DiskFull

NAMES = ("Alva", "Bo", "Cia")
LONGEST = 600.0  # seconds that anything is waited for

# Trouble in which it is known that nothing was done: nobody notices anything but the wait.
KNOWN: Mapping[str, dict[str, Any]] = {
    "the line breaks before anything is done": {"kind": "drop_before"},
    "500": {"kind": "error", "value": 500},
    "502": {"kind": "error", "value": 502},
    "503": {"kind": "error", "value": 503},
    "the page of a proxy: 400": {"kind": "error", "value": 400},
    "the page of a proxy: 403": {"kind": "error", "value": 403},
    "the page of a proxy: 404": {"kind": "error", "value": 404},
    "the page of a proxy: 409": {"kind": "error", "value": 409},
    "429": {"kind": "flood", "value": 7},
    "updates come twice": {"kind": "duplicate", "probability": 1.0},
}
# Trouble in which nobody knows whether it was done: a message may come twice.
UNKNOWN: Mapping[str, dict[str, Any]] = {
    "the line breaks after it is done": {"kind": "drop_after"},
    "the answer comes too late": {"kind": "delay", "value": 60},
    "the answer is garbage": {"kind": "garbage"},
    "504": {"kind": "error", "value": 504},
}


@dataclass(frozen=True)
class Seen:
    """What everybody sees at the end, and what is kept."""

    texts: Mapping[str, Counter[str]]
    last: Mapping[str, str]
    answers: tuple[tuple[Any, ...], ...]


async def settle(played: Town) -> None:
    """Let the bot do all that it wants to do, as long as it takes."""
    sandbox, bot = played.sandbox, played.bot
    end = sandbox.now().timestamp() + LONGEST
    while sandbox.now().timestamp() < end:
        try:
            await bot.poller.poll(0)
            await bot.poller.settle()
            wait = await bot.sender.drain()
        except (Away, DiskFull, Busy):  # as the loops of both go on after a rest
            sandbox.wind(1)
            continue
        if sandbox.pending(bot.poller.offset):
            continue
        if wait is None or wait > LONGEST:
            return
        sandbox.wind(max(wait, 0.1))
    raise AssertionError("somebody is still waiting")


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[Town]:
    """A group that has begun an exercise, in which time passes as long as the bot wants to try again."""
    async with town(folder) as played:
        await gathered(played, list(NAMES))
        await begin(played, "Riktning")
        played.settle = lambda: settle(played)  # type: ignore[method-assign]
        yield played


async def story(played: Town) -> None:
    """All answer, one changes their mind, it is shown to the group, which writes down what it concludes."""
    for name, choice in (("Bo", "Ja"), ("Alva", "Ja"), ("Cia", "Nej")):
        await played.tap(name, "Börja")
        for _ in range(5):
            await played.tap(name, choice)
            if choice == "Nej":
                await played.tap(name, "Ingen kommentar")
        await played.tap(name, "Lämna in")
        if name == "Bo":
            for label in ("Ändra mina svar", "2", "Nej", "Ingen kommentar", "Lämna in"):
                await played.tap(name, label)
    await played.tap("Cia", "Skriv vad ni kom fram till", chat=GROUP)
    await played.write("Cia", "Vi vill åt samma håll.", chat=GROUP, reply_to="håller i pennan")
    await played.tap("Alva", "Avsluta övningen", chat=GROUP)
    await played.write("Bo", "/steg", chat=GROUP)
    await played.write("Cia", "/deltagare")


async def seen(played: Town) -> Seen:
    """How it stands."""
    places = {name: played.texts(name) for name in NAMES} | {GROUP: played.texts("Alva", GROUP)}
    async with played.bot.store.work() as work:
        (run,) = [r for r in await work.runs.all_of(1) if r.exercise == "direction"]
        rows = await work._session.rows("SELECT owner FROM answers WHERE run_id = ?", (run.id,))
        answers = [a for owner in {row[0] for row in rows} for a in await work.answers.of_owner(run.id, owner)]
        assert await work.update_log.dead_letters() == []
    return Seen(
        {place: Counter(texts) for place, texts in places.items()},
        {place: texts[-1] for place, texts in places.items()},
        tuple(sorted((a.owner, a.question, a.value, a.comment, a.version) for a in answers)),
    )


Trouble = Callable[[Town], AbstractContextManager[None]]


async def told(folder: Path, trouble: Trouble = lambda _played: nullcontext()) -> Seen:
    """How it stands after the story, through which there was this trouble."""
    async with at_work(folder) as played:
        with trouble(played):
            await story(played)
        return await seen(played)


def calls_that(**fault: Any) -> Trouble:
    """Trouble that a part of all calls meets."""

    @contextmanager
    def trouble(played: Town) -> Iterator[None]:
        played.sandbox.faults.add(**{"probability": 0.25, **fault})
        yield
        played.sandbox.faults.clear()

    return trouble


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """How it stands where nothing goes wrong."""
    return asyncio.run(told(tmp_path_factory.mktemp("well")))


@pytest.mark.parametrize("fault", KNOWN)
async def test_nobody_notices_but_the_wait(tmp_path: Path, well: Seen, fault: str) -> None:
    """Where it is known that nothing was done, all comes in the end, once, and every answer is kept as it was given."""
    assert await told(tmp_path, calls_that(**KNOWN[fault])) == well


@pytest.mark.parametrize("fault", UNKNOWN)
async def test_at_most_something_stands_there_twice(tmp_path: Path, well: Seen, fault: str) -> None:
    """Where nobody knows if it was done, nothing is missing, no answer is taken twice, and a message may come twice."""
    found = await told(tmp_path, calls_that(**UNKNOWN[fault]))
    assert found.answers == well.answers
    assert found.last == well.last
    for place, texts in well.texts.items():
        assert texts - found.texts[place] == Counter(), "nothing is missing"
        assert found.texts[place].total() < 2 * texts.total()


@pytest.mark.slow
async def test_stopped_and_started_after_every_deed(tmp_path: Path, well: Seen) -> None:
    """A bot that knows nothing but what is on its disk, again and again, is the same bot: nobody notices anything."""
    async with at_work(tmp_path) as played:
        restarts = 0

        async def settle_and_start_anew() -> None:
            nonlocal restarts
            await settle(played)
            await played.restart()
            restarts += 1

        played.settle = settle_and_start_anew  # type: ignore[method-assign]
        await story(played)
        assert restarts > 25
        assert await seen(played) == well


# -- the disk ----------------------------------------------------------------------------------------------------------
class Disk:
    """Refuses to write once, at a trip to the database that is chosen; and counts the trips."""

    def __init__(self, refused: int = 0) -> None:
        self.trips, self._refused = 0, refused

    @contextmanager
    def __call__(self, played: Town) -> Iterator[None]:
        """From here on, to the end of the block."""
        connection = played.bot.store._connection
        call = connection.call

        async def counted(function: Any, *arguments: Any) -> Any:
            self.trips += 1
            if self.trips == self._refused:
                raise DiskFull
            return await call(function, *arguments)

        connection.call = counted  # type: ignore[method-assign]
        yield
        connection.call = call  # type: ignore[method-assign]


@pytest.mark.slow
async def test_disk_full_at_any_moment(tmp_path: Path, well: Seen) -> None:
    """Whichever trip to the database finds the disk full, everything is done in the end, once, and told once.

    The usual run tries some of the trips, with STADSBOT_TEST_EVERY=1 all of them.
    """
    disk = Disk()
    assert await told(tmp_path / "0", disk) == well
    step = int(os.environ.get("STADSBOT_TEST_EVERY", disk.trips // 15))
    for refused in range(1, disk.trips + 1, step):
        assert await told(tmp_path / f"{refused}", Disk(refused)) == well, f"at trip {refused} of {disk.trips}"


async def test_locked_by_another_program(tmp_path: Path, well: Seen) -> None:
    """While a database browser holds the file, people wait for their answers; they come when it is closed."""
    async with at_work(tmp_path) as played:
        store = played.bot.store
        await store._connection.run([("PRAGMA busy_timeout = 0", ())])
        browser = sqlite3.connect(store.path, isolation_level=None)
        browser.execute("BEGIN IMMEDIATE")
        waited = 0

        def closed(seconds: float) -> None:
            nonlocal waited
            waited += 1
            if waited % 5 == 0 and browser.in_transaction:
                browser.execute("COMMIT")
            wind(seconds)

        wind, played.sandbox.wind = played.sandbox.wind, closed  # type: ignore[method-assign]
        await story(played)
        browser.close()
        assert waited >= 5
        assert await seen(played) == well


async def test_no_room_for_a_new_groups_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that is let in while the disk is full is let in when there is room, and no half of a key is left."""
    async with town(tmp_path) as played:
        played.group(GROUP, "Alva")
        with monkeypatch.context() as full:
            full.setattr("storage.vault.vault._overwrite", _no_room)
            with pytest.raises(DiskFull):
                await played.act("Alva", "add_bot", chat=played.groups[GROUP])
        assert list(keys_of(played.bot.store.path).iterdir()) == []
        await played.settle()
        assert "Alva samordnar." in "\n".join(played.texts("Alva", GROUP))


def _no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
