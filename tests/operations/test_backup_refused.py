"""What backups refuse: to write over anything, another key, what is damaged, folders that others reach."""

# Nothing else goes on in the loop of a test, so it may block.
# ruff: noqa: ASYNC240

import errno
import os
from pathlib import Path

import pytest

from storage.backup import backup, backup_files
from storage.errors import (
    AlreadyRunning,
    BackupDamaged,
    DatabaseThere,
    DiskFull,
    FolderExposed,
    KeysMissing,
    LinkThere,
    NoBackup,
    NoDatabase,
    WrongBackupKey,
)
from tests.operations.conftest import KEYRING, OTHER, everything_opens, lose, make_backup, open_at
from tests.storage.conftest import Clock


async def test_never_over_a_database(path: Path, folder: Path, clock: Clock) -> None:
    """A database that is there, open or not, or a log that one left, is never written over."""
    make_backup(path, folder, clock)
    before = path.read_bytes()
    with pytest.raises(DatabaseThere, match="move it away"):
        backup.restore(backup.chosen(folder, clock()), path, KEYRING)
    store = await open_at(path, clock)
    with pytest.raises(AlreadyRunning):
        backup.restore(backup.chosen(folder, clock()), path, KEYRING)
    await store.close()
    assert path.read_bytes() == before
    path.unlink()
    path.with_name("town.db-wal").write_bytes(b"what was not yet in the database")
    with pytest.raises(DatabaseThere, match=r"town\.db-wal"):
        backup.restore(backup.chosen(folder, clock()), path, KEYRING)


async def test_after_a_failed_start(path: Path, folder: Path, clock: Clock) -> None:
    """The empty file that a start left which went wrong is no database, and in nobody's way."""
    make_backup(path, folder, clock)
    lose(path)
    path.touch()
    backup.restore(backup.chosen(folder, clock()), path, KEYRING)
    assert await everything_opens(path, clock) == 2


async def test_wrong_key(path: Path, folder: Path, clock: Clock) -> None:
    """With another master key nothing is put back, and the sentence says why."""
    make_backup(path, folder, clock)
    lose(path)
    with pytest.raises(WrongBackupKey, match="another master key"):
        backup.restore(backup.chosen(folder, clock()), path, OTHER)
    assert not path.exists()


@pytest.mark.parametrize("part", [0.0, 0.5, 0.999])
async def test_truncated(path: Path, folder: Path, clock: Clock, part: float) -> None:
    """A backup that was not copied whole is refused, and no half database is left."""
    made = make_backup(path, folder, clock)
    made.write_bytes(made.read_bytes()[: int(made.stat().st_size * part)])
    lose(path)
    with pytest.raises(BackupDamaged):
        backup.restore(backup.chosen(folder, clock()), path, KEYRING)
    assert not path.exists()


async def test_keys_that_are_nowhere(path: Path, folder: Path, clock: Clock) -> None:
    """Without the file of keys the restore stops before there is a database that nobody can read."""
    make_backup(path, folder, clock)
    (folder / backup_files.KEYS).unlink()
    lose(path)
    with pytest.raises(KeysMissing, match="2 groups"):
        backup.restore(backup.chosen(folder, clock()), path, KEYRING)
    assert not path.exists()


async def test_nothing_to_do(path: Path, folder: Path, clock: Clock, tmp_path: Path) -> None:
    """An empty folder, a missing database, and a folder open to others each get a sentence."""
    with pytest.raises(NoBackup):
        backup.restore(backup.chosen(folder, clock()), tmp_path / "new" / "town.db", KEYRING)
    with pytest.raises(NoDatabase, match="start the bot once"):
        backup.make(tmp_path / "nowhere.db", folder, KEYRING, clock(), 3)
    assert not (tmp_path / "nowhere.db").exists()
    made = make_backup(path, folder, clock)
    (tmp_path / "open").mkdir(mode=0o755)
    with pytest.raises(FolderExposed):
        backup.restore(made, tmp_path / "open" / "town.db", KEYRING)


async def test_damaged_database_is_not_backed_up(path: Path, folder: Path, clock: Clock) -> None:
    """What is unsound does not push out what is sound."""
    first = make_backup(path, folder, clock, keep=1)
    torn = bytearray(path.read_bytes())
    torn[8192:32768] = b"\x5a" * (32768 - 8192)
    path.write_bytes(torn)
    with pytest.raises(BackupDamaged):
        make_backup(path, folder, clock, keep=1)
    assert backup_files.all_in(folder, clock()) == [first]


async def test_open_folders_and_links(path: Path, folder: Path, clock: Clock, tmp_path: Path) -> None:
    """A folder of backups that others can reach, or links in the place of folder or files, get nothing written."""
    make_backup(path, folder, clock)
    folder.chmod(0o750)
    with pytest.raises(FolderExposed):
        make_backup(path, folder, clock)
    folder.chmod(0o700)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(LinkThere):
        make_backup(path, tmp_path / "link", clock)
    foreign = tmp_path / "foreign"
    foreign.write_text("somebody else's")
    for name in (backup_files.HEADS, backup_files.KEYS, backup_files.LOCK):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(foreign)
        with pytest.raises(LinkThere):
            make_backup(path, folder, clock)
        (folder / name).unlink()
    assert foreign.read_text() == "somebody else's"
    assert len(backup_files.all_in(folder, clock())) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
async def test_a_folder_of_somebody_else(path: Path, folder: Path, clock: Clock) -> None:
    """However closed, a folder that is somebody else's is no place for backups."""
    make_backup(path, folder, clock)
    os.chown(folder, 61_234, 61_234)
    with pytest.raises(FolderExposed):
        make_backup(path, folder, clock)


async def test_no_room_for_a_backup(path: Path, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is told with the folder and where its disk is mounted, and no half of a backup takes what room is
    left."""
    first = make_backup(path, folder, clock)

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("storage.backup.backup.to_disk", no_room)
        with pytest.raises(DiskFull, match=f"The disk of {folder}, mounted at /"):
            make_backup(path, folder, clock)
    assert not list(folder.glob("*.part"))
    assert backup_files.all_in(folder, clock()) == [first]
