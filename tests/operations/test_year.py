"""A year in one process: it grows with what people write, and with nothing else.

The usual run plays some weeks. `make year` plays the whole year, which takes some minutes, and draws the figures of
each week: tests/bench/year.csv and year.svg.
"""

import gc
import os
import sqlite3
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.town import MASTER_KEY, STOCKHOLM, Town, town
from bot.operations.health import _memory
from bot.operations.maintenance import BackupPlan, Maintenance
from storage.backup import backup_files
from storage.records.repository import REMEMBERED
from storage.vault.vault import Keyring
from tests.operations.monkey import Monkeys

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
    return Week(day, _memory(), path.stat().st_size, people.bot.poller.updates, **rows)


@pytest.mark.slow
async def test_a_year(tmp_path: Path) -> None:
    """Day after day of people doing whatever they like: memory stays flat, nothing piles up, no update is put aside."""
    weeks: list[Week] = []
    async with town(tmp_path) as people:
        bot, folder = people.bot, tmp_path / "backups"
        keeper = Maintenance(
            bot.store, bot.poller, Keyring(MASTER_KEY), people.sandbox.now, STOCKHOLM, BackupPlan(folder, 3, 14)
        )
        monkeys = Monkeys(people, groups=3, people=5)
        await bot.scheduler.start()
        await monkeys.begin()
        for day in range(1, DAYS + 1):
            await monkeys.day(ACTS)
            await keeper.look()
            if day % 7 == 0 or day == DAYS:
                weeks.append(_week(people, day))
        bot.scheduler.stop()
        _tell(weeks)
        async with bot.store.work() as work:
            assert [letter.error_type for letter in await work.update_log.dead_letters()] == []
            old = people.sandbox.now() - timedelta(days=9)
            row = await work._session.row(
                "SELECT count(*) FROM outbox WHERE changed_at < ? AND (state IN ('failed', 'replaced') "
                "OR (state = 'sent' AND message_id IS NULL))",
                (int(old.timestamp()),),
            )
        assert row is not None
        assert row[0] == 0, "what has been done with goes"
        memory = bot.store._caches
        assert memory.in_flight.on_its_way == {}
        assert all(len(cache) <= REMEMBERED + 100 for cache in memory._by_name.values())
        assert not bot.sender._calls
        assert not bot.sender._returned
        assert not bot.poller._answers
        assert len(backup_files.numbers_in(folder)) == min(14, DAYS)
    warm = [week for week in weeks if week.day >= WARM * DAYS]
    assert warm[-1].updates > ACTS * DAYS / 3, "they did something"
    if DAYS >= 90:
        assert warm[-1].memory_bytes <= GROWTH * warm[0].memory_bytes


def _tell(weeks: list[Week]) -> None:
    """Leave the figures where the environment says."""
    where = os.environ.get("STADSBOT_YEAR_TO")
    if not where:
        return
    names = ",".join(field.name for field in fields(Week))
    lines = [names, *(",".join(map(str, astuple(week))) for week in weeks)]
    Path(where).write_text("\n".join(lines) + "\n", encoding="utf-8")
