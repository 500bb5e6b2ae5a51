"""The folder of backups and the files in it: who may read them, one process at a time, and on the disk for certain."""

import fcntl
import io
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from storage import sealed_file
from storage.errors import BackupBusy, DiskFull, FolderExposed, LinkThere, translate
from storage.vault import Keyring

KEYS = "group-keys.backup"
LOCK = ".lock"
HEADS = "access-log-heads.txt"  # grows by a line for each group and backup; no secret, and proof against a cut log


def refuse_exposed(folder: Path) -> None:
    """Check that a folder of backups is readable by its user alone, and no link. Raises FolderExposed, LinkThere."""
    for path in (folder, *(folder / name for name in (KEYS, HEADS, LOCK))):
        if path.is_symlink():
            raise LinkThere(path)
    state = folder.stat()
    if state.st_mode & 0o077 or state.st_uid not in (0, os.geteuid()):
        raise FolderExposed(folder)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Lock a folder, so that one process at a time makes backups there, and remove what a killed one has left.

    Raises BackupBusy, FolderExposed, LinkThere.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_exposed(folder)
    lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupBusy(folder) from None
        for part in folder.glob("*.part"):
            part.unlink()
        yield
    finally:
        os.close(lock)


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
def disk_errors() -> Iterator[None]:
    """Turn errors of the disk and of SQLite into errors of `storage.errors`: raises DiskFull, Busy, Damaged."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error) from error
    except OSError as error:
        raise DiskFull from error


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
