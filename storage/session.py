"""One connection, one transaction at a time, and few trips to the thread that runs SQLite.

A trip costs far more than a statement. So a write is only noted down, and sent with the next statement whose rows are
needed, at the latest with the release of the savepoint or the commit. What is written again and again until then
(`coalesce`) becomes one statement.
"""

import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from storage.errors import TransactionLost, translate
from storage.table import SqlValue

logging.getLogger("aiosqlite").setLevel(logging.INFO)  # at DEBUG it logs every statement with its values

Values = Sequence[SqlValue] | Mapping[str, SqlValue]
Statement = tuple[str, Values]
T = TypeVar("T")

BEGIN: Statement = ("BEGIN IMMEDIATE", ())
COMMIT: Statement = ("COMMIT", ())
NOTHING: Statement = ("", ())


class Connection(aiosqlite.Connection):
    """aiosqlite, with several statements to a trip."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], folder: Path) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._folder = folder
        self._thread.daemon = True  # a process that has to end must not wait for a connection that nobody closed

    async def run(self, statements: Iterable[Statement]) -> list[sqlite3.Row]:
        """Run all in order and return the rows of the last one. Raises DiskFull, Busy, Damaged."""
        return await self.call(_run, statements)

    async def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Run `function(connection, *arguments)` on the thread of the connection. Raises DiskFull, Busy, Damaged."""
        try:
            return await self._execute(function, self._conn, *arguments)  # type: ignore[no-any-return, no-untyped-call]
        except sqlite3.Error as error:
            raise translate(error, self._folder) from error


def connect(path: Path) -> Connection:
    """A connection in autocommit mode: transactions are begun and ended by Session alone."""

    def connector() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
        connection.row_factory = sqlite3.Row
        return connection

    return Connection(connector, path.parent)


def _run(connection: sqlite3.Connection, statements: Iterable[Statement]) -> list[sqlite3.Row]:
    rows: list[sqlite3.Row] = []
    for sql, values in statements:
        rows = connection.execute(sql, values).fetchall()
    return rows


class Session:
    """The statements of one transaction."""

    def __init__(self, connection: Connection, forget: Callable[[], None]) -> None:
        self.after_commit: list[Callable[[], object]] = []
        self.touched: set[str] = set()  # the tables whose watchers are told after the commit
        self.wipe_log = False  # whether what was deleted must leave the write-ahead log at once
        self._connection = connection
        self._forget = forget  # empties the caches, which a rollback may make untrue
        self._noted: list[Statement | Callable[[], Statement]] = [BEGIN]
        self._latest: dict[Hashable, tuple[int, Any]] = {}  # place and record before
        self._depth = 0
        self._lost = False

    def write(self, sql: str, values: Values = ()) -> None:
        """Note down a statement whose outcome nobody needs."""
        self._noted.append((sql, values))

    def coalesce(self, what: Hashable, before: T, statement: Callable[[T], Statement]) -> None:
        """Note down a change of a record, instead of an earlier one of the same record that has not been run yet.

        `statement` is called with the record as it was before all of them.
        """
        place, before = self._latest.get(what, (None, before))
        if place is not None:
            self._noted[place] = NOTHING
        self._latest[what] = len(self._noted), before
        self._noted.append(lambda: statement(before))

    async def rows(self, sql: str, values: Values = ()) -> list[sqlite3.Row]:
        """Run what was noted down and then this, and return its rows."""
        return await self._run((sql, values))

    async def row(self, sql: str, values: Values = ()) -> sqlite3.Row | None:
        """The first row or None."""
        rows = await self._run((sql, values))
        return rows[0] if rows else None

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Run a part of the transaction that can fail alone: an error inside undoes just that part."""
        if self._noted not in ([], [BEGIN]):
            await self._run()  # so that an error of an earlier statement is not taken for one of this part
        self._depth += 1
        name = f"inside_{self._depth}"
        start: Statement = (f"SAVEPOINT {name}", ())
        callbacks = len(self.after_commit)
        self._noted.append(start)
        try:
            yield
            await self._run((f"RELEASE {name}", ()))
        except BaseException:
            self._forget()
            del self.after_commit[callbacks:]
            self._latest.clear()
            if start in self._noted:  # nothing has reached the database yet
                del self._noted[self._noted.index(start) :]
            else:
                self._noted.clear()
                self._lost = not await self._connection.call(_rollback_to, name)
            raise
        finally:
            self._depth -= 1

    async def commit(self) -> None:
        """Commit: when this returns, the transaction is on the disk."""
        if self._noted != [BEGIN]:
            await self._run(COMMIT)
        self._lost = True

    async def rollback(self) -> None:
        """Undo the transaction."""
        self._lost = True
        self._forget()
        await self._connection.call(_rollback)

    async def _run(self, *last: Statement) -> list[sqlite3.Row]:
        if self._lost:
            raise TransactionLost
        noted = (n() if callable(n) else n for n in self._noted if n is not NOTHING)
        batch = [*noted, *last]
        self._noted, self._latest = [], {}
        try:
            return await self._connection.call(_run_inside, batch)
        except BaseException:
            self._lost = True
            raise


def _run_inside(connection: sqlite3.Connection, statements: Sequence[Statement]) -> list[sqlite3.Row]:
    """Like _run, but never outside a transaction: SQLite ends one by itself when the disk is full."""
    if statements and statements[0] is not BEGIN and not connection.in_transaction:
        raise TransactionLost
    return _run(connection, statements)


def _rollback_to(connection: sqlite3.Connection, name: str) -> bool:
    """Roll back to a savepoint. Returns False if there is none: SQLite has ended the transaction, or the task was
    cancelled at the very moment when the savepoint was released."""
    if not connection.in_transaction:
        return False
    try:
        connection.execute(f"ROLLBACK TO {name}")
    except sqlite3.OperationalError:
        return False
    connection.execute(f"RELEASE {name}")
    return True


def _rollback(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
