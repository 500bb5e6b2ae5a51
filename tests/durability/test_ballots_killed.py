"""Killed in the midst of a vote, of leaving, of a day that is over: nothing of a ballot is lost or counted twice."""

from pathlib import Path

import pytest

from bot.demo.player import Player
from bot.demo.town import Town, town
from bot.dispatch.scheduler import Scheduler
from storage.session import Session

TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ballots-leaving", "consent-reasons", "P.3-poll"])
async def test_killed_around_each_commit(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each deed and each thing that falls due the process dies before the COMMIT and, started anew, right after it;
    everybody is told what the transcript says all the same, but for the notice over a chat, which is tried once."""
    commits, usual, ring = Session.commit, Town.settle, Scheduler.ring
    armed, died = [""], list[str]()

    async def commit(session: Session) -> None:
        when, armed[0] = armed[0], ""
        if when != "before":
            await commits(session)
        if when:
            died.append(when)
            raise Killed

    async def settle(played: Town) -> None:
        for armed[0] in ("before", "after", ""):
            try:
                await usual(played)
            except Killed:
                await played.restart()

    async def ringing(scheduler: Scheduler) -> int:
        armed[0] = "before"
        try:
            return await ring(scheduler)
        except Killed:
            return await ring(scheduler)
        finally:
            armed[0] = ""

    lines = (TRANSCRIPTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not line.startswith("> notis:")]
    start = next(n for n, line in enumerate(lines, 1) if line.startswith("Med: "))
    async with town(tmp_path) as played:
        player = Player(played)
        await player.play(name, "\n".join(lines[:start]))
        monkeypatch.setattr(Session, "commit", commit)
        monkeypatch.setattr(Town, "settle", settle)
        monkeypatch.setattr(Scheduler, "ring", ringing)
        await player.play(name, "\n".join(lines[start:]))
    assert set(died) == {"before", "after"}
