"""Backups: the database as a whole, sealed, many of them; and the folder of group keys, sealed, of which there is one.

A backup of the database holds no group's key; they are in a file of their own (`backup_keys`). So a group that is
erased is gone from every backup, however old, as soon as that file has been renewed; and a backup that is put back
finds the key destroyed and erases the group again.

All of this blocks, and works on paths alone, whether or not a bot has the database open meanwhile.
"""

import os
import sqlite3
from collections.abc import Container, Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from storage.backup import backup_files, backup_keys
from storage.backup.backup_files import (
    HEADS,
    KEYS,
    all_in,
    alone_in,
    digest_of,
    disk_errors,
    private_file,
    stamp,
    to_disk,
    workroom,
)
from storage.backup.rekey import prove_key, reseal
from storage.database_files import copy_database, keys_of, lock_database
from storage.errors import (
    BackupDamaged,
    DatabaseLost,
    DatabaseThere,
    FolderExposed,
    KeysMissing,
    NewerDatabase,
    NoBackup,
    NoDatabase,
    WrongBackupKey,
    WrongKey,
)
from storage.migrations import schema
from storage.records.access_log import Head, heads_in
from storage.vault import sealed_file
from storage.vault.vault import KeyFolder, Keyring, sync_folder

GAP = 100_000  # ids skipped after a restore: buttons that name ids from after the backup must not open something new
_OPEN_ROUNDS = "(SELECT id FROM check_ins WHERE until >= :today)"
LEFT_OUT = (
    "INSERT OR REPLACE INTO unnamed_answers SELECT DISTINCT run_id, 0, x'' FROM answers WHERE anonymous",
    "UPDATE unnamed_answers SET sealed = x'' WHERE NOT shown",
    "DELETE FROM answers WHERE anonymous",
    f"UPDATE check_in_answers SET sealed = x'' WHERE check_in_id IN {_OPEN_ROUNDS}",
    f"UPDATE check_in_turns SET answered = 0, said = 0 WHERE check_in_id IN {_OPEN_ROUNDS}",
    "DELETE FROM mail_addresses WHERE state = 'asked'",  # it may have been taken back since, as not their own
    "DELETE FROM mails",
    "INSERT OR REPLACE INTO meta VALUES ('backup', x'')",  # so that the bot knows, once it is put back
)


def refuse_to_begin_anew(path: Path, *folders: Path | None) -> None:
    """Refuse to let a database be made where one was lost. Raises DatabaseLost.

    An empty disk, one that is not mounted, or a wrong path looks like a first start; but then there are backups.
    """
    for folder in filter(None, () if _there(path) else folders):
        if backup_files.numbers_in(folder) or (folder / KEYS).exists():
            raise DatabaseLost(path, folder)


def make(path: Path, folder: Path, keyring: Keyring, now: datetime, keep: int) -> Path:
    """Back the database up into the folder, see that it can be read back, and keep only the `keep` newest.

    The copy is looked at as a database (whole, references, key) before it is sealed, and what was sealed is opened
    again and compared. Only then does it get its name, and only then do old ones go.
    Raises NoDatabase, FolderExposed, LinkThere, BackupBusy, WrongBackupKey, BackupDamaged, KeysMissing, DiskFull,
    NotOurs.
    """
    if not path.exists():
        raise NoDatabase(path)
    with alone_in(folder), disk_errors(path.parent), workroom(path) as room:
        copy = room / "copy"
        copy_database(path, copy)
        leave_out(copy, now)
        _examine(copy, keyring)
        with disk_errors(folder):
            backup = _put_in(folder, copy, path, keyring, now)
            for old in all_in(folder, now)[keep:]:
                old.unlink()
            backup_keys.drop_earlier(folder)
    return backup


def _put_in(folder: Path, copy: Path, path: Path, keyring: Keyring, now: datetime) -> Path:
    """Seal a copy of the database at `path` into the folder of backups."""
    part = folder / "new.part"
    with copy.open("rb") as source, private_file(part) as target:
        sealed_file.seal(source, target, keyring, "database")
        to_disk(target)
    if backup_files.digest_of_sealed(part, keyring) != digest_of(copy):
        raise BackupDamaged
    keys = backup_keys.renew(path, folder, keyring)  # before the name: a backup with a name has its keys beside it
    _see_that_all_are_known(copy, keys, keys_of(path))
    backup = backup_files.next_name(folder, now)
    part.replace(backup)
    _note_heads(copy, folder, now)
    sync_folder(folder)
    return backup


def renew_keys(path: Path, folder: Path, keyring: Keyring) -> None:
    """Put the group keys of now into the folder; what has been erased leaves it. Waits for a backup that is being made.

    Raises FolderExposed, LinkThere, DiskFull, NotOurs.
    """
    with alone_in(folder, wait=True), disk_errors(folder):
        backup_keys.renew(path, folder, keyring)


def reseal_keys(folder: Path, old: Keyring, new: Keyring) -> None:
    """Seal the group keys in the folder with another master key.

    Raises FolderExposed, LinkThere, DiskFull, NotOurs.
    """
    with alone_in(folder, wait=True), disk_errors(folder):
        backup_keys.reseal(folder, old, new)


def chosen(source: Path, now: datetime, *more: Path) -> Path:
    """Return the backup itself, or the newest in this folder and in more of them. Raises NoBackup."""
    if source.is_file():
        return source
    found = backup_files.in_order((copy for folder in (source, *more) for copy in backup_files.copies_in(folder)), now)
    if not found:
        raise NoBackup(source)
    return found[0]


def restore(
    backup: Path, path: Path, keyring: Keyring, made_with: Keyring | None = None, aside: datetime | None = None
) -> None:
    """Restore a backup to where no database is.

    A database that is there is refused, or set aside under the time `aside` (now). Until the very last step no database
    is there, and a restore that was cut short can be begun again. Group keys that lie beside the database already are
    kept; what is destroyed there or in the backup stays destroyed. `made_with` is the master key that the backup was
    made with, if that is not the one that holds now.
    Raises AlreadyRunning, DatabaseThere, FolderExposed, WrongBackupKey, BackupDamaged, NewerDatabase, KeysMissing,
    DiskFull, NotOurs.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_mode & 0o077:
        raise FolderExposed(path.parent)
    lock = lock_database(path)
    try:
        with disk_errors(path.parent), workroom(path) as room:
            if aside is None:
                refuse_to_overwrite(path)
            copy = room / "copy"
            with backup.open("rb") as source, private_file(copy) as target:
                sealed_file.unseal(source, target, made_with or keyring, "database")
            _examine(copy, made_with or keyring)
            if made_with is not None:
                reseal(copy, made_with, keyring)
            keys = KeyFolder(keys_of(path), keyring)
            keys.merge(backup_keys.read(backup.parent, keyring, made_with))
            _prepare(copy, keys, keys_of(path))
            with copy.open("rb") as whole:
                os.fsync(whole.fileno())
            if aside is not None:
                set_aside(_files_of(path), aside)
            copy.replace(path)
            sync_folder(path.parent)
    finally:
        os.close(lock)


def set_aside(paths: Iterable[Path], now: datetime) -> None:
    """Rename those of these files that exist, with the time in the name; the files' own time tells when they may go."""
    for path in paths:
        if path.exists():
            os.utime(path, (now.timestamp(), now.timestamp()))
            path.rename(path.with_name(f"{path.name}.aside-{stamp(now)}"))


def drop_aside(folder: Path, before: datetime) -> None:
    """Delete what was set aside, or copied before a migration, before then: it holds what has been deleted since."""
    for pattern in ("*.aside-*", "*.v*.backup"):
        for left in folder.glob(pattern):
            if left.stat().st_mtime < before.timestamp():
                left.unlink()


def _files_of(path: Path) -> list[Path]:
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))]


def refuse_to_overwrite(path: Path) -> None:
    """Refuse a place where a database is. Raises DatabaseThere.

    An empty file is what a failed start leaves. A log without its database would be played into the new one.
    """
    there = [file.name for file in _files_of(path) if _there(file)]
    if there:
        raise DatabaseThere(", ".join(there))


def _there(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _examine(copy: Path, keyring: Keyring) -> None:
    """Check that a copy is a whole database of this program, and that the key fits it."""
    with closing(sqlite3.connect(copy)) as database:
        try:
            whole = database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            whole = whole and not database.execute("PRAGMA foreign_key_check").fetchall()
            (version,) = database.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError:
            raise BackupDamaged from None
        if not whole:
            raise BackupDamaged
        if version > schema.NEWEST:
            raise NewerDatabase(version, schema.NEWEST)
        try:
            prove_key(database, keyring)
        except WrongKey:
            raise WrongBackupKey from None


def leave_out(copy: Path, now: datetime) -> None:
    """Leave out unnamed answers that are still being gathered: two backups would tell who answered in between.

    An empty value stands for them, so that they are asked for again after a restore.
    """
    with closing(sqlite3.connect(copy, isolation_level=None)) as database:
        database.execute("PRAGMA secure_delete = ON")
        database.execute("PRAGMA foreign_keys = ON")
        for statement in LEFT_OUT:
            database.execute(statement, {"today": now.astimezone(UTC).date().isoformat()})


def _prepare(copy: Path, keys: KeyFolder, folder: Path) -> None:
    """Check that every group's key is known, and leave a gap in the ids."""
    _see_that_all_are_known(copy, keys.known(), folder)
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute(
            "INSERT INTO sqlite_sequence SELECT name, 0 FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' "
            "AND name NOT IN (SELECT name FROM sqlite_sequence)"
        )
        database.execute("UPDATE sqlite_sequence SET seq = seq + ?", (GAP,))


def _see_that_all_are_known(copy: Path, keys: Container[str], folder: Path) -> None:
    with closing(sqlite3.connect(copy)) as database:
        missing = [key_id for (key_id,) in database.execute("SELECT key_id FROM groups") if key_id not in keys]
    if missing:
        raise KeysMissing(len(missing), folder)


def kept_heads(folder: Path) -> list[Head]:
    """The heads of the access log that were noted with the backups in this folder."""
    place = folder / HEADS
    words = place.read_text(encoding="utf-8").split() if place.exists() else ()
    return [head for word in words if (head := Head.parse(word)) is not None]


def _note_heads(copy: Path, folder: Path, now: datetime) -> None:
    with closing(sqlite3.connect(copy)) as database:
        heads = heads_in(database)
    if not heads:
        return
    descriptor = os.open(folder / HEADS, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{stamp(now)} {head}\n" for head in heads)
        file.flush()
        os.fsync(file.fileno())
