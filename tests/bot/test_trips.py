"""What an answer costs: everything that is known of people who answer lies in memory, and goes to the disk once."""

from pathlib import Path

import pytest

from bot.demo.town import Town, town
from bot.demo.transcript import begin, gathered


async def taken_in(played: Town, trips: list[str], *taps: tuple[str, str]) -> int:
    """Let these people tap at the same time; how many trips to the database it took to take that in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(played, "settle", played.bot.poller.settle)  # what they do waits for the poll
        for name, label in taps:
            await played.tap(name, label)
    trips.clear()
    assert await played.bot.poller.poll(0) == len(taps)
    count = len(trips)
    await played.settle()
    return count


async def test_answers_are_one_trip_to_the_database(tmp_path: Path, trips: list[str]) -> None:
    """Whoever is on their way through an exercise is answered from memory: several answers are one commit."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Är ni redo")
        for name in ("Alva", "Bo"):
            for label in ("Börja", "3"):
                await played.tap(name, label)
        assert await taken_in(played, trips, ("Alva", "1"), ("Bo", "2")) == 1
        assert await taken_in(played, trips, ("Alva", "Ingen kommentar"), ("Bo", "Ingen kommentar")) == 1
        assert "3 av 9" in played.last("Alva")
        assert "3 av 9" in played.last("Bo")


async def test_a_start_with_the_same_promise_looks_nobody_through(tmp_path: Path, trips: list[str]) -> None:
    """However many towns there are, the bot starts in as many trips, as long as the promise is the one of last time."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.restart()
        counts = []
        for more in ("Kärngruppen i Grannstad", "Kärngruppen i Nystad"):
            trips.clear()
            await played.bot.poller.begin()
            counts.append(len(trips))
            await played.act("Elin", "add_bot", chat=played.group(more, "Elin"))
        assert counts[0] == counts[1]
