"""What a thief carries away: copies of the database, of its log and of backups, and every state that the log holds."""

import shutil
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
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


def states(folder: Path, name: str) -> Iterator[Tables]:
    """The file without its log, and then with each transaction of the log, the oldest first."""
    pages = bytearray((folder / name).read_bytes())
    yield read(bytes(pages), folder)
    log = folder / f"{name}-wal"
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
        if in_all:  # the last page of a transaction
            yield read(bytes(pages), folder)


def read(content: bytes, folder: Path) -> Tables:
    """Every row of every table, in the order of the file. Sealed values are there, but no key."""
    if len(content) < JOURNAL_MODES.stop:
        return {}
    whole = bytearray(content)
    whole[JOURNAL_MODES] = b"\x01\x01"
    path = folder / "state.db"
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        names = [row["name"] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {n: [dict(row) for row in database.execute(f"SELECT * FROM {n}")] for n in names}  # noqa: S608
