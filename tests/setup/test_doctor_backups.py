"""The doctor and the backups: nights that failed, and what cannot be read without its keys."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.doctor.backups import look
from bot.doctor.finding import Level
from storage import backup_files

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("hours", "expected"), [(0, Level.OK), (25, Level.OK), (27, Level.WARNING)])
def test_age(tmp_path: Path, hours: int, expected: Level) -> None:
    """One of last night is well; a night that is missing is noticed."""
    at = NOW - timedelta(hours=hours)
    (tmp_path / f"stadsbot-{at:%Y%m%dT%H%M%SZ}.backup").touch()
    (tmp_path / backup_files.KEYS).touch()
    assert look(tmp_path, tmp_path / "town.db", NOW).level is expected


def test_what_is_missing(tmp_path: Path) -> None:
    """No folder set, none made although there is a database, or backups without their keys: each has its cure."""
    database = tmp_path / "town.db"
    assert look(tmp_path / "backups", database, NOW).level is Level.OK, "before the first start"
    database.touch()
    findings = [look(None, database, NOW), look(tmp_path / "backups", database, NOW)]
    (tmp_path / "stadsbot-20260302T080000Z.backup").touch()
    findings.append(look(tmp_path, database, NOW))
    assert [finding.level for finding in findings] == [Level.WARNING, Level.ERROR, Level.ERROR]
    assert all(finding.cure for finding in findings)
