"""Numbered migrations: migrations/NNNN_name.sql, each applied once, whole or not at all."""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from storage.errors import NewerDatabase
from storage.session import Connection

Step = Callable[[sqlite3.Connection], None]
MIGRATIONS = {int(file.name[:4]): file for file in sorted(Path(__file__).parent.glob("*.sql"))}
NEWEST = max(MIGRATIONS)


async def version(connection: Connection) -> int:
    """The number of the last migration applied; 0 for an empty database. Raises NewerDatabase."""
    (row,) = await connection.run([("PRAGMA user_version", ())])
    found = int(row[0])
    if found > NEWEST:
        raise NewerDatabase(found, NEWEST)
    return found


async def migrate(connection: Connection, since: int, steps: Mapping[int, Step]) -> None:
    """Apply all migrations later than `since`. `steps`: what follows on some of them that SQL cannot do (keys)."""
    for number in (number for number in MIGRATIONS if number > since):
        await connection.call(_apply, number, MIGRATIONS[number].read_text(encoding="utf-8"), steps.get(number))


def _apply(connection: sqlite3.Connection, number: int, script: str, step: Step | None) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}")
        if step is not None:
            step(connection)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()
