"""The doctor and the backups: nights that failed, and what cannot be read without its keys."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.doctor.backups import look
from bot.doctor.finding import Finding, Level
from storage.backup import backup, backup_files
from storage.store import Store
from tests.operations.conftest import KEYRING, lose
from tests.storage.conftest import Clock, make_group

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def seen(folder: Path | None, database: Path, now: datetime = NOW) -> Finding:
    """The doctor's finding."""
    return look(folder, database, KEYRING, now)


async def serving(database: Path, clock: Clock, folder: Path) -> None:
    """A database with a group, and a backup of it."""
    store = await Store.open(database, keyring=KEYRING, clock=clock)
    async with store.work() as work:
        await make_group(work, -1)
    await store.close()
    backup.make(database, folder, KEYRING, clock(), 14)


@pytest.mark.parametrize(
    ("hours", "expected"), [(0, Level.OK), (25, Level.OK), (27, Level.WARNING), (-27, Level.ERROR), (-0.5, Level.ERROR)]
)
async def test_age(tmp_path: Path, hours: float, expected: Level) -> None:
    """One of last night is well; a night that is missing is noticed, and so is a clock that was ahead."""
    clock = Clock()
    await serving(tmp_path / "data" / "town.db", clock, tmp_path / "backups")
    found = seen(tmp_path / "backups", tmp_path / "data" / "town.db", clock.wind(hours=hours))
    assert found.level is expected, found.says


def test_what_is_missing(tmp_path: Path) -> None:
    """No folder set, none made although there is a database, or backups without their keys: each has its cure."""
    database = tmp_path / "town.db"
    assert seen(tmp_path / "backups", database).level is Level.OK, "before the first start"
    database.touch()
    findings = [seen(None, database), seen(tmp_path / "backups", database)]
    (tmp_path / "stadsbot-20260302T080000Z.backup").touch()
    findings.append(seen(tmp_path, database))
    assert [finding.level for finding in findings] == [Level.WARNING, Level.ERROR, Level.ERROR]
    assert all(finding.cure for finding in findings)


async def test_a_bot_that_has_begun_anew(tmp_path: Path) -> None:
    """A bot that runs on an empty database beside the backups of one that was lost is not called well."""
    database, folder, clock = tmp_path / "data" / "town.db", tmp_path / "backups", Clock()
    await serving(database, clock, folder)
    assert seen(folder, database).level is Level.OK
    lose(database)
    await serving(database, clock, folder)
    found = seen(folder, database)
    assert found.level is Level.ERROR
    assert "the keys of 1 groups that this database does not know" in found.says
    assert "restore --replace" in found.cure


def test_keys_that_cannot_be_opened(tmp_path: Path) -> None:
    """A file of keys that is none, as after half a copy, is told before anybody needs it."""
    (tmp_path / "stadsbot-000001-20260302T080000Z.backup").touch()
    (tmp_path / backup_files.KEYS).touch()
    assert "cannot be opened" in seen(tmp_path, tmp_path / "town.db").says
