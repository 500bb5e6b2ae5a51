"""Numbered migrations: migrations/NNNN_name.sql, each applied once, whole or not at all."""

import sqlite3
from pathlib import Path

from storage.errors import NewerDatabase
from storage.session import Connection

MIGRATIONS = {int(file.name[:4]): file for file in sorted((Path(__file__).parent / "migrations").glob("*.sql"))}
NEWEST = max(MIGRATIONS)


async def version(connection: Connection) -> int:
    """The number of the last migration applied; 0 for an empty database. Raises NewerDatabase."""
    (row,) = await connection.run([("PRAGMA user_version", ())])
    found = int(row[0])
    if found > NEWEST:
        raise NewerDatabase(found, NEWEST)
    return found


async def migrate(connection: Connection, since: int) -> None:
    """Apply all migrations later than `since`."""
    for number in sorted(number for number in MIGRATIONS if number > since):
        script = MIGRATIONS[number].read_text(encoding="utf-8")
        await connection.call(_apply, f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def _apply(connection: sqlite3.Connection, script: str) -> None:
    try:
        connection.executescript(script)
    finally:
        if connection.in_transaction:
            connection.rollback()
