"""Towns that have worked for a long time: databases as the bot would have written them, of any size, made quickly.

Everything in them is invented. The schema is the store's, every row is laid out and sealed by the store's own tables
with its group's own key, and the keys lie beside it as always; only the transactions are fewer. A town is made once and
kept in a folder for the next time, under a name that changes when anything that makes it does.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from zoneinfo import ZoneInfo

from bot.exercises import versions
from flows.definitions.loader import the_process
from flows.definitions.model import Exercise
from flows.run import state
from messages.voice import Voice
from storage.database_files import keys_of
from storage.migrations.schema import MIGRATIONS
from storage.store import Store
from storage.vault.vault import Keyring, VaultKey
from tests.bench import town_rows
from tests.bench.town_rows import Place, Rows

MASTER_KEY = b"b" * 32
ZONE = ZoneInfo("Europe/Stockholm")
COPIED = 500  # groups: a town of no more is copied before it is played in
CHUNK = 100  # groups whose rows are written at once
FAST = (  # while it is being made nobody else reads it, and one that is not finished is thrown away
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -600000",
    "PRAGMA temp_store = MEMORY",
)


@dataclass(frozen=True)
class Shape:
    """How large, and what has happened there.

    Each member of each group has answered all of `played`. In one more exercise `waiting` members of each group are
    waited for, and each of them has a reminder ahead; how many days there are to answer runs from `least` to `most`.
    """

    groups: int
    members: int = 20
    played: tuple[str, ...] = ()
    waiting: int = 0
    least: int = 0
    most: int = 0
    today: date | None = None  # None: the day on which it is made

    def day(self) -> date:
        """The day on which it is as it is."""
        return self.today or datetime.now(ZONE).date()


@dataclass(frozen=True)
class Town:
    """A town on the disk."""

    path: Path
    shape: Shape

    def sizes(self) -> dict[str, int]:
        """How much there is in it, as JSON."""
        with closing(sqlite3.connect(self.path)) as database:
            (answers,) = database.execute("SELECT count(*) FROM answers").fetchone()
            (reminders,) = database.execute("SELECT count(*) FROM agenda WHERE state = 'waiting'").fetchone()
        megabytes = round(self.path.stat().st_size / 1e6)
        return {"groups": self.shape.groups, "answers": answers, "reminders": reminders, "mb": megabytes}

    @contextmanager
    def opened(self, folder: Path) -> Iterator[Town]:
        """The town to play in: a copy that is gone afterwards, or this one itself if it is large."""
        if self.shape.groups > COPIED:
            yield self
            return
        target = folder / "copy"
        shutil.copytree(self.path.parent, target)
        try:
            yield Town(target / self.path.name, self.shape)
        finally:
            shutil.rmtree(target)

    def fresh_groups(self, count: int, exercise: str) -> list[int]:
        """So many groups that have not begun this exercise, far from each other."""
        with closing(sqlite3.connect(self.path)) as database:
            begun = {row[0] for row in database.execute("SELECT group_id FROM runs WHERE exercise = ?", (exercise,))}
        step = self.shape.groups // count
        return next(
            groups
            for first in range(1, step + 1)
            if begun.isdisjoint(groups := [first + n * step for n in range(count)])
        )


def last_row(path: Path) -> int:
    """The number of the newest row in the table of answers."""
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT coalesce(max(rowid), 0) FROM answers").fetchone()[0])


class Towns:
    """The folder in which they are kept. `tell` is told how far it has come."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.folder, self._tell = folder, tell
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, shape: Shape) -> Town:
        """A town of this shape, made now if there is none."""
        home = self.folder / f"{shape.groups}x{shape.members}-{_fingerprint(shape)}"
        town = Town(home / "town.db", shape)
        if not town.path.exists():
            shutil.rmtree(home, ignore_errors=True)
            part = home.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(mode=0o700)
            began = time.monotonic()
            build(part / town.path.name, shape, self._tell)
            os.sync()  # what is measured next is not to wait for this
            part.rename(home)
            took, megabytes = time.monotonic() - began, town.path.stat().st_size / 1e6
            self._tell(f"made {shape.groups} groups in {took:.0f} s, {megabytes:.0f} MB")
        return town


def build(path: Path, shape: Shape, tell: Callable[[str], None] = lambda _: None) -> None:
    """Make the database and its keys."""
    keyring = Keyring(MASTER_KEY)
    exercises = asyncio.run(_begun(path, keyring))
    keys = _keys(path, keyring, shape.groups)
    place = Place(
        shape.day(),
        ZONE,
        shape.members,
        shape.waiting,
        tuple(exercises[name] for name in shape.played),
        exercises[town_rows.OPEN],
    )
    rows = Rows(place, keyring.house)
    spread = max(1, shape.most - shape.least + 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for pragma in FAST:
            database.execute(pragma)
        database.execute("BEGIN")
        told = time.monotonic()
        for number, (key_id, key) in enumerate(keys):
            rows.add_group(key_id, key, place.today + timedelta(shape.least + number % spread))
            if number % CHUNK == CHUNK - 1 or number == shape.groups - 1:
                for insert, values in rows.taken():
                    database.executemany(insert, values)
                if time.monotonic() - told > 10:
                    told = time.monotonic()
                    tell(f"making a town: {number + 1} of {shape.groups} groups")
        database.execute("COMMIT")
        database.execute("PRAGMA optimize")


async def _begun(path: Path, keyring: Keyring) -> dict[str, Exercise]:
    """An empty database as the bot makes it; the exercises with their versions."""
    store = await Store.open(path, keyring=keyring, clock=lambda: datetime.now(UTC))
    process, _ = await versions.load_versions(store, the_process(), Voice("sv"))
    await store.close()
    return dict(process.exercises)


def _keys(path: Path, keyring: Keyring, count: int) -> list[tuple[str, VaultKey]]:
    """A key for each group, in the folder beside the database. (The store waits for the disk with every one.)"""
    keys = []
    for _ in range(count):
        key_id = token_hex(16)
        wrapped = keyring.new_group_key(key_id)
        (keys_of(path) / key_id).write_bytes(wrapped)
        keys.append((key_id, keyring.group_key(key_id, wrapped)))
    return keys


def _fingerprint(shape: Shape) -> str:
    """Changes with the schema, the state of a run, what is put into a town, and what is asked for."""
    digest = sha256(repr(shape).encode())
    for source in (*MIGRATIONS.values(), Path(town_rows.__file__), Path(state.__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
