"""The doctor and the machine: room on the disk, and who can read what."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.doctor import machine
from bot.doctor.finding import Level


class Usage(NamedTuple):
    """What shutil.disk_usage returns."""

    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("free", "level"), [(50_000_000_000, Level.OK), (500_000_000, Level.WARNING), (100_000_000, Level.ERROR)]
)
def test_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, level: Level) -> None:
    """Little room is a warning, none is an error; where the backups lie, too, and when a folder is yet to be made."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free))
    (only,) = machine.disks(tmp_path / "not" / "made" / "town.db", None)
    data, backups = machine.disks(tmp_path / "town.db", tmp_path / "not" / "made")
    assert only.level is data.level is backups.level is level
    assert "where the backups lie (the disk mounted at /" in backups.says


def test_files_of_ones_own(tmp_path: Path) -> None:
    """Nothing is said against files that only their owner can reach."""
    tmp_path.chmod(0o700)
    (tmp_path / "town.db").touch(0o600)
    (finding,) = machine.modes(tmp_path / "town.db")
    assert finding.level is Level.OK


def test_files_open_to_others(tmp_path: Path) -> None:
    """Folder and database that others can reach are each told, with the command that closes them."""
    tmp_path.chmod(0o755)
    (tmp_path / "town.db").touch(0o600)
    (tmp_path / "town.db").chmod(0o640)
    findings = list(machine.modes(tmp_path / "town.db"))
    assert [finding.level for finding in findings] == [Level.ERROR] * 2
    assert [finding.cure.split()[:2] for finding in findings] == [["chmod", "700"], ["chmod", "600"]]
