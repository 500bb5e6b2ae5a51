"""What a thief carries away: copies of the database, of its log and of backups, and every state that the log holds."""

import shutil
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]  # in the order in which the rows lie in the file
WAL_HEADER, FRAME_HEADER = 32, 24
JOURNAL_MODES = slice(18, 20)  # where a database's file says that it has a log; without one it is read as it is


def carry_away(path: Path, folder: Path) -> None:
    """Copy the file and its log as they lie, while the bot runs."""
    folder.mkdir(parents=True)
    for name in (path.name, f"{path.name}-wal"):
        if path.with_name(name).exists():
            shutil.copy(path.with_name(name), folder / name)


class Reader:
    """Reads copies, each state of the file once: copies made shortly after one another hold much of the same log."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known: dict[bytes, Tables] = {}  # states by what marks them
        self.before: Tables = {}
        self.rows: dict[tuple[Any, ...], Row] = {}

    def states(self, folder: Path) -> Iterator[tuple[bytes, Tables]]:
        """The file without its log, and then with each transaction of the log, the oldest first."""
        pages = bytearray((folder / self.name).read_bytes())
        mark = sha256(pages).digest()
        yield mark, self._state(mark, pages)
        log = folder / f"{self.name}-wal"
        content = log.read_bytes() if log.exists() else b""
        if len(content) < WAL_HEADER:
            return
        (size,), salts = struct.unpack(">I", content[8:12]), content[16:24]
        for start in range(WAL_HEADER, len(content) - size - FRAME_HEADER + 1, size + FRAME_HEADER):
            number, in_all = struct.unpack(">II", content[start : start + 8])
            if content[start + 8 : start + 16] != salts:
                break  # left over from before the log was begun anew
            place, page = (number - 1) * size, content[start + FRAME_HEADER : start + FRAME_HEADER + size]
            pages.extend(bytes(max(0, place + size - len(pages))))
            pages[place : place + size] = page
            if in_all:  # the last page of a transaction; its checksum stands for all of the log before it
                mark = salts + content[start : start + FRAME_HEADER]
                yield mark, self._state(mark, pages)

    def _state(self, mark: bytes, pages: bytearray) -> Tables:
        if mark not in self.known:
            self.known[mark] = self._read(bytearray(pages))
        return self.known[mark]

    def _read(self, whole: bytearray) -> Tables:
        """Every row of every table, in the order of the file. Sealed values are there, but no key.

        A table that is as it was is the same list, so that hundreds of states fit into memory and are soon compared.
        """
        if len(whole) < JOURNAL_MODES.stop:
            return {}
        whole[JOURNAL_MODES] = b"\x01\x01"
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(bytes(whole))
            database.row_factory = sqlite3.Row
            names = [row["name"] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            found = {n: [dict(row) for row in database.execute(f"SELECT * FROM {n}")] for n in names}  # noqa: S608
        before = self.before
        self.before = {n: before[n] if before.get(n) == rows else self._shared(n, rows) for n, rows in found.items()}
        return self.before

    def _shared(self, table: str, rows: list[Row]) -> list[Row]:
        return [self.rows.setdefault((table, *row.values()), row) for row in rows]
