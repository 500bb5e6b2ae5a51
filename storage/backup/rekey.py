"""Changing the master key: the group keys, and all that the house key seals, get the new one, all or nothing.

The commit in the database decides. Before it, each group's key is sealed with both master keys; after it, whichever
key the database is proved with settles the folder (`KeyFolder.settle`). So a kill at any moment leaves a database that
one of the two keys opens whole.

What group keys seal stays as it is. So this does not shut out somebody who has both the old master key and a copy of
the old folder of keys: erasing, or a new database, does.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from storage.database_files import keys_of, lock_database
from storage.errors import Damaged, WrongKey, translate
from storage.migrations import keyed_migrations
from storage.store import PRAGMAS, SYNCED
from storage.vault.vault import KeyFolder, Keyring

# Everything that the house key seals: where it lies, and how its place is called (see table.py and outbox.py).
HOUSE = (
    ("meta", "value", "name = 'canary'", "meta/{name}"),
    ("people", "sealed", "sealed <> x''", "people/{id}/{user_id}/{epoch}"),
    ("outbox", "sealed", "about IS NULL", "outbox/{id}"),
    ("attachments", "sealed", "outbox_id IN (SELECT id FROM outbox WHERE about IS NULL)", "attachments/{id}/name"),
    ("attachments", "content", "outbox_id IN (SELECT id FROM outbox WHERE about IS NULL)", "attachments/{id}/content"),
    ("dead_letters", "sealed", "about IS NULL", "dead_letters/{id}"),
    ("copy_blocks", "sealed", "about IS NULL", "copy_blocks/{id}"),
    ("copied_files", "sealed", "about IS NULL", "copied_files/{id}/name"),
    ("copied_files", "content", "about IS NULL", "copied_files/{id}/content"),
    ("sign_ins", "sealed", "true", "sign_ins/{id}"),
    ("passkeys", "sealed", "true", "passkeys/{id}"),
    ("mail_addresses", "sealed", "true", "mail_addresses/{id}"),
    ("mails", "sealed", "true", "mails/{id}"),
)
EARLIER = (("chat_copies", "sealed", "about IS NULL", "chat_copies/{id}"),)  # in backups from before migration 23
PERSON_BEFORE = "people/{id}/{user_id}"  # before epochs were bound
BATCH = 500  # rows in memory at once


def rekey(path: Path, old: Keyring, new: Keyring) -> None:
    """Change the master key of a database that no bot has open and that `old` opens.

    Raises AlreadyRunning, WrongKey, Damaged, DiskFull; then all is as it was.
    """
    lock = lock_database(path)
    try:
        with closing(sqlite3.connect(path)) as database:
            prove_key(database, old)
        keys = KeyFolder(keys_of(path), old)
        keys.settle()
        keys.add_wraps(new)
        reseal(path, old, new)
        KeyFolder(keys_of(path), new).settle()
    finally:
        os.close(lock)


def reseal(path: Path, old: Keyring, new: Keyring) -> None:
    """Seal with another key what the house key seals in a database that nobody has open. Raises Damaged, DiskFull."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.row_factory = sqlite3.Row
        try:
            for pragma in (SYNCED, *PRAGMAS):
                database.execute(pragma)
            database.execute("BEGIN IMMEDIATE")
            version = database.execute("PRAGMA user_version").fetchone()[0]
            for table, column, where, place in (*HOUSE, *EARLIER):
                if not _has(database, table, column):
                    continue  # a backup of an earlier layout, which is migrated at the next start
                earlier = table == "people" and version < keyed_migrations.EPOCHS  # likewise
                _reseal(database, (table, column, where, PERSON_BEFORE if earlier else place), old, new)
            database.execute("COMMIT")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what the old key sealed leaves the log too
        except sqlite3.Error as error:
            raise translate(error) from error


def prove_key(database: sqlite3.Connection, keyring: Keyring) -> None:
    """Check that the master key fits the database. Raises WrongKey."""
    (sealed,) = database.execute("SELECT value FROM meta WHERE name = 'canary'").fetchone() or (b"",)
    try:
        keyring.house.open("meta/canary", sealed)
    except Damaged:
        raise WrongKey from None


def _has(database: sqlite3.Connection, table: str, column: str) -> bool:
    return column in {row["name"] for row in database.execute(f"PRAGMA table_info({table})")}


def _reseal(database: sqlite3.Connection, what: tuple[str, str, str, str], old: Keyring, new: Keyring) -> None:
    table, column, where, place_of = what
    name = "name" if table == "meta" else "id"
    ids = [row[0] for row in database.execute(f"SELECT {name} FROM {table} WHERE {where}")]
    for batch in _batches(ids):
        marks = ", ".join("?" * len(batch))
        rows = database.execute(f"SELECT * FROM {table} WHERE {name} IN ({marks})", batch).fetchall()
        for row in rows:
            place = place_of.format(**row)
            sealed = new.house.seal(place, old.house.open(place, row[column]))
            database.execute(f"UPDATE {table} SET {column} = ? WHERE {name} = ?", (sealed, row[name]))


def _batches(ids: list[int | str]) -> Iterator[list[int | str]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
