"""A year in one process: it grows with what people write, and with nothing else.

The usual run plays some weeks. The whole year takes a while:

    STADSBOT_YEAR_DAYS=365 STADSBOT_YEAR_TO=year .venv/bin/python -m pytest tests/operations/test_year.py

and leaves the figures of each week in `year.csv` and the curve in `year.svg`.
"""

import gc
import os
import sqlite3
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from datetime import timedelta
from pathlib import Path

from bot.operations.health import _memory
from bot.operations.keeper import Keeper, Plan
from storage import backup
from storage.repository import REMEMBERED
from storage.vault import Keyring
from tests.operations.monkey import Monkeys
from tests.town import MASTER_KEY, STOCKHOLM, Town, town

DAYS = int(os.environ.get("STADSBOT_YEAR_DAYS", "15"))
ACTS = 60  # a day, over all groups
WARM = 0.25  # of the time, after which caches and pools have their size
GROWTH = 1.10  # at most, of memory, from then on


@dataclass(frozen=True)
class Week:
    """How it stood at the end of a week."""

    day: int
    memory_bytes: int
    database_bytes: int
    updates: int
    answers: int
    outbox: int
    agenda: int


def _week(people: Town, day: int) -> Week:
    gc.collect()
    path = people.bot.store.path
    with closing(sqlite3.connect(path)) as database:
        rows = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("answers", "outbox", "agenda")
        }
    return Week(day, _memory(), path.stat().st_size, people.bot.intake.updates, **rows)


async def test_a_year(tmp_path: Path) -> None:
    """Day after day of people doing whatever they like: memory stays flat, nothing piles up, no update is put aside."""
    weeks: list[Week] = []
    async with town(tmp_path) as people:
        bot, folder = people.bot, tmp_path / "backups"
        keeper = Keeper(bot.store, bot.intake, Keyring(MASTER_KEY), people.sandbox.now, STOCKHOLM, Plan(folder, 3, 14))
        monkeys = Monkeys(people, groups=3, people=5)
        await bot.alarm.start()
        await monkeys.begin()
        for day in range(1, DAYS + 1):
            await monkeys.day(ACTS)
            await keeper.look()
            if day % 7 == 0 or day == DAYS:
                weeks.append(_week(people, day))
        bot.alarm.stop()
        _tell(weeks)
        async with bot.store.work() as work:
            assert [letter.error_type for letter in await work.intake.dead_letters()] == []
            old = people.sandbox.now() - timedelta(days=9)
            row = await work._session.row(
                "SELECT count(*) FROM outbox WHERE changed_at < ? AND (state IN ('failed', 'replaced') "
                "OR (state = 'sent' AND message_id IS NULL))",
                (int(old.timestamp()),),
            )
        assert row is not None
        assert row[0] == 0, "what has been done with goes"
        memory = bot.store._memory
        assert memory.traffic.on_its_way == {}
        assert all(len(cache) <= REMEMBERED + 100 for cache in memory._caches.values())
        assert not bot.sender._calls
        assert not bot.sender._returned
        assert not bot.intake._answers
        assert len(backup.all_in(folder)) == min(14, DAYS)
    warm = [week for week in weeks if week.day >= WARM * DAYS]
    assert warm[-1].updates > ACTS * DAYS / 3, "they did something"
    if DAYS >= 90:
        assert warm[-1].memory_bytes <= GROWTH * warm[0].memory_bytes


def _tell(weeks: list[Week]) -> None:
    """Leave figures and curve where the environment says."""
    where = os.environ.get("STADSBOT_YEAR_TO")
    if not where:
        return
    names = ",".join(field.name for field in fields(Week))
    lines = [names, *(",".join(map(str, astuple(week))) for week in weeks)]
    Path(f"{where}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    Path(f"{where}.svg").write_text(_curve(weeks), encoding="utf-8")


def _curve(weeks: list[Week]) -> str:
    """Memory and database over the year, in megabytes, as a picture."""
    width, height, left, low = 720, 320, 60, 280
    last = weeks[-1].day
    most = max(max(week.memory_bytes, week.database_bytes) for week in weeks) * 1.1

    def line(values: list[int], colour: str) -> str:
        points = " ".join(
            f"{left + (width - left - 20) * week.day / last:.1f},{low - (low - 20) * value / most:.1f}"
            for week, value in zip(weeks, values, strict=True)
        )
        return f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>'

    def text(x: float, y: float, words: str, anchor: str = "start", colour: str = "#333") -> str:
        return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{words}</text>'

    marks = [most * part / 4 for part in range(5)]
    rules = "".join(
        f'<path d="M{left} {low - (low - 20) * mark / most:.1f}H{width - 20}" stroke="#ddd"/>'
        + text(left - 8, low - (low - 20) * mark / most + 4, f"{mark / 1e6:.0f} MB", "end")
        for mark in marks
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{rules}'
        + line([week.memory_bytes for week in weeks], "#1b6ca8")
        + line([week.database_bytes for week in weeks], "#c2571a")
        + text(left, 14, "memory of the process", colour="#1b6ca8")
        + text(left + 170, 14, "database", colour="#c2571a")
        + text(width - 20, height - 14, f"day {last}, {weeks[-1].updates} updates", "end")
        + text(left, height - 14, "day 0")
        + "</svg>\n"
    )
