"""The folder of backups and the files in it: who may read them, one process at a time, and on the disk for certain."""

import fcntl
import io
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from storage.errors import BackupBusy, DiskFull, FolderExposed, LinkThere, NotOurs, translate
from storage.vault import sealed_file
from storage.vault.vault import Keyring

KEYS = "group-keys.backup"
LOCK = ".lock"
_NAME = re.compile(r"(stadsbot|latest)-(?:(\d{6})-)?(\d{8}T\d{6}Z)\.backup")
_TIME = "%Y%m%dT%H%M%SZ"
HEADS = "access-log-heads.txt"  # grows by a line for each group and backup; no secret, and proof against a cut log


def all_in(folder: Path, now: datetime) -> list[Path]:
    """The backups in a folder, the newest first: by their number, as a clock may have been wrong when one was made.

    Those from before backups had numbers come last, by their time; of them, what lies ahead of now is no newest.
    """

    return in_order(copies_in(folder), now)


def in_order(backups: Iterable[Path], now: datetime) -> list[Path]:
    """The same for backups of several folders: the latest copy is younger than the backup whose number it has."""

    def order(backup: Path) -> tuple[int, bool, bool, datetime]:
        number = number_of(backup)
        return number, backup.name.startswith("latest"), number > 0 or made_at(backup) <= now, made_at(backup)

    return sorted(backups, key=order, reverse=True)


def made_at(backup: Path) -> datetime:
    """Return when a backup was made, in UTC, as its name tells."""
    name = _NAME.fullmatch(backup.name)
    assert name is not None
    return datetime.strptime(name[3], _TIME).replace(tzinfo=UTC)


def next_name(folder: Path, now: datetime) -> Path:
    """Return what the next backup in a folder is called."""
    return folder / f"stadsbot-{max(numbers_in(folder), default=0) + 1:06}-{stamp(now)}.backup"


def latest_in(folder: Path, backups: Path, now: datetime) -> Path:
    """Return what the latest copy is called: it has the number of the newest backup, on which it rests."""
    return folder / f"latest-{max(numbers_in(backups), default=0):06}-{stamp(now)}.backup"


def numbers_in(folder: Path) -> list[int]:
    """The numbers of the backups in a folder, in order of making; 0 for one from before they had any."""
    return sorted(map(number_of, copies_in(folder)))


def stamp(time: datetime) -> str:
    """Return a time as it stands in names of files, in UTC."""
    return f"{time.astimezone(UTC):{_TIME}}"


def copies_in(folder: Path) -> list[Path]:
    """The backups in a folder, in no order."""
    return [path for path in folder.iterdir() if _NAME.fullmatch(path.name)] if folder.is_dir() else []


def number_of(backup: Path) -> int:
    """Return the number of a backup; 0 for one from before they had any."""
    name = _NAME.fullmatch(backup.name)
    assert name is not None
    return int(name[2] or 0)


def refuse_exposed(folder: Path) -> None:
    """Check that a folder of backups is readable by its user alone, and no link. Raises FolderExposed, LinkThere."""
    for path in (folder, *(folder / name for name in (KEYS, HEADS, LOCK))):
        if path.is_symlink():
            raise LinkThere(path)
    state = folder.stat()
    if state.st_mode & 0o077 or state.st_uid not in (0, os.geteuid()):
        raise FolderExposed(folder)


@contextmanager
def alone_in(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Lock a folder, so that one process at a time makes backups there; nothing half made is left in it.

    With `wait` the lock is waited for. Raises BackupBusy, FolderExposed, LinkThere.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_exposed(folder)
    lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupBusy(folder) from None
        _drop_parts(folder)  # of a process that was killed
        try:
            yield
        finally:
            _drop_parts(folder)
    finally:
        os.close(lock)


def _drop_parts(folder: Path) -> None:
    for part in folder.glob("*.part"):
        part.unlink()


@contextmanager
def workroom(path: Path, kind: str = "copy") -> Iterator[Path]:
    """Make a folder beside the database for a copy of it, as private as the database itself.

    What a killed process has left of that kind is removed.
    """
    for left in path.parent.glob(f".{path.name}-{kind}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-{kind}-") as room:
        yield Path(room)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn errors of SQLite, and of the disk that a folder lies on, into those of `storage.errors`.

    Raises DiskFull, NotOurs, Busy, Damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error, folder) from error
    except PermissionError as error:
        raise NotOurs(error.filename or folder) from error
    except OSError as error:
        raise DiskFull(folder) from error


def private_file(path: Path) -> BinaryIO:
    """Open a new file that its user alone can read, in place of what is there."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")


def to_disk(file: BinaryIO) -> None:
    """Write what has been written to a file to the disk itself."""
    file.flush()
    os.fsync(file.fileno())


class _Digest(io.RawIOBase):
    """A file that keeps nothing of what is written to it but its SHA-256."""

    def __init__(self) -> None:
        self.hash = sha256()

    def write(self, content: bytes) -> int:  # type: ignore[override]
        self.hash.update(content)
        return len(content)


def digest_of_sealed(sealed: Path, keyring: Keyring) -> bytes:
    """Return the SHA-256 of what a sealed database holds. Raises WrongBackupKey, BackupDamaged."""
    digest = _Digest()
    with sealed.open("rb") as source:
        sealed_file.unseal(source, digest, keyring, "database")  # type: ignore[arg-type]
    return digest.hash.digest()


def digest_of(path: Path) -> bytes:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        digest = sha256()
        while chunk := file.read(sealed_file.CHUNK):
            digest.update(chunk)
    return digest.digest()
