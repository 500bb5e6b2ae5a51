"""The database's files: the folder of keys beside it, its lock, who may read it, and a consistent copy."""

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.errors import AlreadyRunning, FolderExposed, translate


def keys_of(path: Path) -> Path:
    """Return the folder of group keys beside a database."""
    return path.with_name(f"{path.name}.keys")


def copy_database(path: Path, target: Path) -> None:
    """Make a consistent copy, or none. It has a connection of its own, so as not to keep the writer waiting.

    Raises DiskFull, Busy, Damaged.
    """
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
    except sqlite3.Error as error:
        part.unlink()
        raise translate(error, target.parent) from error
    part.replace(target)


def make_private(path: Path) -> None:
    """Let only this user read the folder and its files; SQLite gives its logs the mode of the database."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_mode & 0o077:
        raise FolderExposed(path.parent)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def lock_database(path: Path) -> int:
    """Take the database for this process alone, until the descriptor is closed. Raises AlreadyRunning."""
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise AlreadyRunning(path) from None
    return descriptor
