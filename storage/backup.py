"""Backups: the database as a whole, sealed, many of them; and the folder of group keys, sealed, of which there is one.

A backup of the database holds no group's key, and the one file of keys is written anew in its place. So a group that is
erased is gone from every backup, however old, as soon as that file has been renewed; and a backup that is put back
finds the key destroyed and erases the group again.

All of this blocks, and works on paths alone, whether or not a bot has the database open meanwhile.
"""

import io
import json
import os
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from storage import backup_files, schema, sealed_file
from storage.access_log import Head, heads_in
from storage.backup_files import (
    HEADS,
    KEYS,
    alone_in,
    digest_of,
    disk_errors,
    private_file,
    to_disk,
    workroom,
)
from storage.errors import (
    BackupDamaged,
    DatabaseThere,
    FolderExposed,
    KeysMissing,
    NewerDatabase,
    NoBackup,
    NoDatabase,
    WrongBackupKey,
    WrongKey,
)
from storage.rekey import prove_key, reseal
from storage.store import copy_database, keys_of, lock_database
from storage.vault import KeyFolder, Keyring, sync_folder

GAP = 100_000  # ids skipped after a restore: buttons that name ids from after the backup must not open something new
_OPEN_ROUNDS = "(SELECT id FROM check_ins WHERE until >= :today)"
OPEN_UNNAMED = (
    "INSERT OR REPLACE INTO unnamed_answers SELECT DISTINCT run_id, 0, x'' FROM answers WHERE anonymous",
    "UPDATE unnamed_answers SET sealed = x'' WHERE NOT shown",
    "DELETE FROM answers WHERE anonymous",
    f"UPDATE check_in_answers SET sealed = x'' WHERE check_in_id IN {_OPEN_ROUNDS}",
    f"UPDATE check_in_turns SET answered = 0, said = 0 WHERE check_in_id IN {_OPEN_ROUNDS}",
)
_NAME = re.compile(r"stadsbot-(\d{8}T\d{6}Z)\.backup")
_TIME = "%Y%m%dT%H%M%SZ"


def all_in(folder: Path) -> list[Path]:
    """The backups in a folder, the newest first."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted((path for path in found if _NAME.fullmatch(path.name)), reverse=True)


def made_at(backup: Path) -> datetime:
    """Return when a backup was made, in UTC, as its name tells."""
    name = _NAME.fullmatch(backup.name)
    assert name is not None
    return datetime.strptime(name[1], _TIME).replace(tzinfo=UTC)


def make(path: Path, folder: Path, keyring: Keyring, now: datetime, keep: int) -> Path:
    """Back the database up into the folder, see that it can be read back, and keep only the `keep` newest.

    The copy is looked at as a database (whole, references, key) before it is sealed, and what was sealed is opened
    again and compared. Only then does it get its name, and only then do old ones go.
    Raises NoDatabase, FolderExposed, LinkThere, BackupBusy, WrongBackupKey, BackupDamaged, DiskFull.
    """
    if not path.exists():
        raise NoDatabase(path)
    with alone_in(folder), disk_errors(), workroom(path) as room:
        copy, part = room / "copy", folder / "new.part"
        copy_database(path, copy)
        _leave_out(copy, now)
        _examine(copy, keyring)
        with copy.open("rb") as source, private_file(part) as target:
            sealed_file.seal(source, target, keyring, "database")
            to_disk(target)
        if backup_files.digest_of_sealed(part, keyring) != digest_of(copy):
            raise BackupDamaged
        _write_keys(path, folder, keyring)  # before the name: a backup with a name has all of its keys beside it
        backup = folder / f"stadsbot-{now.astimezone(UTC):{_TIME}}.backup"
        part.replace(backup)
        _note_heads(copy, folder, now)
        sync_folder(folder)
        for old in all_in(folder)[keep:]:
            old.unlink()
    return backup


def renew_keys(path: Path, folder: Path, keyring: Keyring) -> None:
    """Replace the group keys in the folder by those of now.

    Raises FolderExposed, LinkThere, BackupBusy, DiskFull.
    """
    with alone_in(folder), disk_errors():
        _write_keys(path, folder, keyring)


def restore(
    backup: Path, path: Path, keyring: Keyring, made_with: Keyring | None = None, aside: datetime | None = None
) -> Path:
    """Restore a backup (a file, or the newest of a folder) to where no database is, and return which one it was.

    A database that is there is refused, or set aside under the time `aside` (now). Until the very last step no database
    is there, and a restore that was cut short can be begun again. Group keys that lie beside the database already are
    kept; what is destroyed there or in the backup stays destroyed. `made_with` is the master key that the backup was
    made with, if that is not the one that holds now.
    Raises AlreadyRunning, DatabaseThere, FolderExposed, NoBackup, WrongBackupKey, BackupDamaged, NewerDatabase,
    KeysMissing, DiskFull.
    """
    backup = _chosen(backup)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_mode & 0o077:
        raise FolderExposed(path.parent)
    lock = lock_database(path)
    try:
        with disk_errors(), workroom(path) as room:
            if aside is None:
                _refuse_to_overwrite(path)
            copy = room / "copy"
            with backup.open("rb") as source, private_file(copy) as target:
                sealed_file.unseal(source, target, made_with or keyring, "database")
            _examine(copy, made_with or keyring)
            if made_with is not None:
                reseal(copy, made_with, keyring)
            keys = KeyFolder(keys_of(path), keyring)
            keys.merge(_read_keys(backup.parent, keyring, made_with))
            _prepare(copy, keys, keys_of(path))
            with copy.open("rb") as whole:
                os.fsync(whole.fileno())
            if aside is not None:
                set_aside(_files_of(path), aside)
            copy.replace(path)
            sync_folder(path.parent)
    finally:
        os.close(lock)
    return backup


def _chosen(backup: Path) -> Path:
    if backup.is_file():
        return backup
    found = all_in(backup)
    if not found:
        raise NoBackup(backup)
    return found[0]


def set_aside(paths: Iterable[Path], now: datetime) -> None:
    """Rename those of these files that exist, with the time in the name; the files' own time tells when they may go."""
    for path in paths:
        if path.exists():
            os.utime(path, (now.timestamp(), now.timestamp()))
            path.rename(path.with_name(f"{path.name}.aside-{now.astimezone(UTC):{_TIME}}"))


def drop_aside(folder: Path, before: datetime) -> None:
    """Delete what was set aside, or copied before a migration, before then: it holds what has been deleted since."""
    for pattern in ("*.aside-*", "*.v*.backup"):
        for left in folder.glob(pattern):
            if left.stat().st_mtime < before.timestamp():
                left.unlink()


def _files_of(path: Path) -> list[Path]:
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))]


def _refuse_to_overwrite(path: Path) -> None:
    """An empty file is what a failed start leaves. A log without its database would be played into the new one."""
    there = [file.name for file in _files_of(path) if file.exists() and file.stat().st_size]
    if there:
        raise DatabaseThere(", ".join(there))


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


def _leave_out(copy: Path, now: datetime) -> None:
    """Leave out unnamed answers that are still being gathered: two backups would tell who answered in between.

    An empty value stands for them, so that they are asked for again after a restore.
    """
    with closing(sqlite3.connect(copy, isolation_level=None)) as database:
        database.execute("PRAGMA secure_delete = ON")
        database.execute("PRAGMA foreign_keys = ON")
        for statement in OPEN_UNNAMED:
            database.execute(statement, {"today": now.astimezone(UTC).date().isoformat()})


def _prepare(copy: Path, keys: KeyFolder, folder: Path) -> None:
    """Check that every group's key is known, and leave a gap in the ids."""
    with closing(sqlite3.connect(copy)) as database:
        known = keys.known()
        missing = [key_id for (key_id,) in database.execute("SELECT key_id FROM groups") if key_id not in known]
        if missing:
            raise KeysMissing(len(missing), folder)
        with database:
            database.execute(
                "INSERT INTO sqlite_sequence SELECT name, 0 FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' "
                "AND name NOT IN (SELECT name FROM sqlite_sequence)"
            )
            database.execute("UPDATE sqlite_sequence SET seq = seq + ?", (GAP,))


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
        file.writelines(f"{now.astimezone(UTC):{_TIME}} {head}\n" for head in heads)
        file.flush()
        os.fsync(file.fileno())


# -- the file of keys --------------------------------------------------------------------------------------------------
def _write_keys(path: Path, folder: Path, keyring: Keyring) -> None:
    """Write the file of keys. The old one is then overwritten on disk, as a destroyed key must not live on in it."""
    content = {key_id: key.hex() for key_id, key in KeyFolder(keys_of(path), keyring).export().items()}
    part, place = folder / "keys.part", folder / KEYS
    with private_file(part) as target:
        sealed_file.seal(io.BytesIO(json.dumps(content).encode()), target, keyring, "keys")
        to_disk(target)
    old = place.open("r+b") if place.exists() else None
    part.replace(place)
    sync_folder(folder)
    if old is not None:
        with old:
            old.write(bytes(os.fstat(old.fileno()).st_size))
            to_disk(old)


def _read_keys(folder: Path, keyring: Keyring, made_with: Keyring | None) -> dict[str, bytes]:
    """The keys in a folder of backups, sealed with the master key that holds now; none where there is no such file."""
    place = folder / KEYS
    if not place.exists():
        return {}
    opened = io.BytesIO()
    with place.open("rb") as source:
        try:
            sealed_file.unseal(source, opened, keyring, "keys")
            used = keyring
        except WrongBackupKey:
            if made_with is None:
                raise
            source.seek(0)
            sealed_file.unseal(source, opened, made_with, "keys")
            used = made_with
    keys = {key_id: bytes.fromhex(key) for key_id, key in json.loads(opened.getvalue()).items()}
    if used is keyring:
        return keys
    return {key_id: key and used.rewrap(key_id, key, keyring) for key_id, key in keys.items()}
