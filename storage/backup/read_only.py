"""Reading beside a running bot, through a connection or a copy that can change nothing."""

import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path

from storage.backup.rekey import prove_key
from storage.database_files import keys_of
from storage.errors import Damaged, NoDatabase, translate
from storage.records.update_log import DeadLetter, UpdateLog
from storage.store import Store
from storage.vault.vault import KeyFolder, Keyring


def dead_letters(path: Path, keyring: Keyring) -> list[DeadLetter]:
    """Return all dead letters, the oldest first. Raises NoDatabase, WrongKey, Damaged."""
    if not path.exists():
        raise NoDatabase(path)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            prove_key(database, keyring)
            rows = database.execute(f"{UpdateLog.table.select} ORDER BY id").fetchall()
            key_ids = dict(database.execute("SELECT id, key_id FROM groups").fetchall())
    except sqlite3.Error as error:
        raise translate(error) from error
    folder = KeyFolder(keys_of(path), keyring)
    keys = {group: folder.load(key_ids[group]) for group in {row["about"] for row in rows} - {None}}
    return [UpdateLog.table.record(row, keys.get(row["about"], keyring.house)) for row in rows]


@asynccontextmanager
async def copied(path: Path, keyring: Keyring, clock: Callable[[], datetime]) -> AsyncIterator[Store]:
    """Open a store on a copy of database and group keys as they are now, exactly as the bot opens its own.

    The bot may run meanwhile, and is not affected. Raises Damaged if the copy is not whole, what `Store.open` raises,
    and OSError.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".copy-") as folder:
        copy = Path(folder) / path.name
        _copy(path, copy)
        store = await Store.open(copy, keyring=keyring, clock=clock, backup_before_migrating=False)
        try:
            yield store
        finally:
            await store.close()


def _copy(path: Path, copy: Path) -> None:
    with (
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        sound = target.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not sound or target.execute("PRAGMA foreign_key_check").fetchall():
            raise Damaged("one of its tables")
    if keys_of(path).exists():
        shutil.copytree(keys_of(path), keys_of(copy))
