"""A town's database to back up, ways to look at one, and a machine with an operator's settings."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.__main__ import main
from bot.operations.maintenance import BackupPlan, Maintenance
from bot.secret_files import decode_key
from storage.backup import backup, backup_files, latest
from storage.records.records import Attachment, GroupState, OutboxKind, private_chat
from storage.store import Store
from storage.vault.vault import Keyring
from tests.storage.conftest import MASTER, START, Clock, keep_copy, make_group

KEYRING = Keyring(MASTER)
OTHER = Keyring(bytes(range(1, 33)))
CANARY = "kanariefågel i brunnen"
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def clock() -> Clock:
    """The time of the test."""
    return Clock()


async def open_at(path: Path, clock: Clock, keyring: Keyring = KEYRING) -> Store:
    """Open a database."""
    return await Store.open(path, keyring=keyring, clock=clock)


@pytest.fixture
async def path(tmp_path: Path, clock: Clock) -> Path:
    """A closed database with two groups, and something sealed by every kind of key."""
    path = tmp_path / "data" / "town.db"
    store = await open_at(path, clock)
    async with store.work() as work:
        for chat in (-1, -2):
            group, members = await make_group(work, chat, members=2, first_user=-1000 * chat)
            await work.groups.update(group.id, state=GroupState.ACTIVE, title=CANARY)
            person = members[0].person_id
            await work.runs.add(group.id, "commitment", "hash", {"said": CANARY})
            note = Attachment("document", "plan.txt", CANARY.encode())
            await work.outbox.put(
                private_chat(person), OutboxKind.DOCUMENT, {"caption": CANARY}, about=group.id, files=[note]
            )
            await work.outbox.put(
                private_chat(person), OutboxKind.DOCUMENT, {"caption": CANARY}, about=None, files=[note]
            )
            await work.outbox.put(private_chat(person), OutboxKind.MESSAGE, {"text": CANARY}, about=None)
            await work.chat_copies.keep_chat(private_chat(person))
            for about in (group.id, None):
                await keep_copy(work, private_chat(person), CANARY, about=about, file=CANARY)
        await work.schedule.put("remind", START + timedelta(days=1), group_id=1, ref="run:1")
        await work.update_log.dead_letter(7, {"update_id": 7, "message": {"text": CANARY}}, "ValueError")
        await work.update_log.set_offset(8)
        await work.update_log.heartbeat(clock())
    await store.close()
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    return tmp_path / "backups"


def make_backup(path: Path, folder: Path, clock: Clock, keep: int = 14) -> Path:
    """Make a backup, a minute after whatever came before it."""
    return backup.make(path, folder, KEYRING, clock.wind(minutes=1), keep)


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the counters that a restore moves on, and what tells a backup as one."""
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: sorted(
                (row for row in database.execute(f"SELECT * FROM {table}") if row[0] != "backup"),  # noqa: S608
                key=repr,
            )
            for table in tables
            if table != "sqlite_sequence"
        }


def lose(path: Path) -> None:
    """Lose the disk that the database was on."""
    for file in sorted(path.parent.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()


async def everything_opens(path: Path, clock: Clock, keyring: Keyring = KEYRING) -> int:
    """Open every sealed thing there is; how many groups are active."""
    store = await open_at(path, clock, keyring)
    try:
        async with store.work() as work:
            groups = await work.groups.all_active()
            for group in groups:
                assert group.title == CANARY
                assert (await work.runs.all_of(group.id))[0].state == {"said": CANARY}
            for item in await work.outbox.due(clock() + timedelta(days=1), 100):
                assert CANARY in item.content.values()
                if item.with_files:
                    assert (await work.outbox.files(item.id))[0].content == CANARY.encode()
                for copy in await work.chat_copies.newest(item.chat):
                    assert copy.content == {"text": CANARY}
                    file = await work.chat_copies.file(copy, 0)
                    assert file is not None
                    assert file.content == CANARY.encode()
            assert [letter.raw["message"]["text"] for letter in await work.update_log.dead_letters()] == [CANARY]
    finally:
        await store.close()
    return len(groups)


# -- a bot that keeps house, and an operator's machine ---------------------------------------------------------------
class Taken:
    """Stands for the intake, which forgets in its memory what is forgotten in the database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def forget_taken(self, before: datetime) -> None:
        """Forget."""
        async with self._store.work() as work:
            await work.update_log.forget_taken(before)


@dataclass
class Kept:
    """A store, its maintenance, and its backups."""

    store: Store
    maintenance: Maintenance
    clock: Clock
    folder: Path

    async def after(self, **time: float) -> list[datetime]:
        """Let time pass and the maintenance look; when the backups were made that there are then."""
        self.clock.wind(**time)
        await self.maintenance.look()
        return [backup_files.made_at(made) for made in backup_files.all_in(self.folder, self.clock())]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with closing(sqlite3.connect(self.store.path)) as database:
            (found,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        return int(found)


@pytest.fixture
async def house(path: Path, clock: Clock, tmp_path: Path) -> AsyncIterator[Kept]:
    """A house with a maintenance that has not looked yet. It is ten o'clock in the morning in Stockholm."""
    store, folder = await open_at(path, clock), tmp_path / "backups"
    intake: Any = Taken(store)
    yield Kept(store, Maintenance(store, intake, KEYRING, clock, STOCKHOLM, BackupPlan(folder, 3, 3)), clock, folder)
    await store.close()


class Place:
    """A machine with the program's settings."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
        self.database, self.backups = folder / "data" / "town.db", folder / "backups"
        self._monkeypatch, self._clock = monkeypatch, clock
        for name, value in {
            "TOKEN": "123456789:" + "canaryToken_canaryToken-canaryToken",
            "DATABASE": str(self.database),
            "BACKUPS": str(self.backups),
            "API_URL": "http://127.0.0.1:9",
        }.items():
            monkeypatch.setenv(f"STADSBOT_{name}", value)
        assert main(["key", "first.key"]) == 0
        self.use("first.key")

    def use(self, key: str) -> None:
        """Put a key into the settings."""
        self._key = key
        self._monkeypatch.setenv("STADSBOT_MASTER_KEY_FILE", key)

    @property
    def keyring(self) -> Keyring:
        """What the key in the settings opens."""
        return Keyring(decode_key(Path(self._key).read_text(encoding="ascii").strip()) or b"")

    def copy_now(self) -> None:
        """Make the latest copy, as the running bot does."""
        now, folder = self._clock(), self.backups.with_name("latest")
        renew = partial(backup.make, self.database, self.backups, self.keyring, now, 14)
        latest.make(self.database, folder, self.backups, self.keyring, now, latest.NOTHING, renew)

    def groups(self, *, add: int = 0) -> int:
        """Open the database as the bot would; how many groups there are, after some are added."""

        keyring = self.keyring

        async def look() -> int:
            store = await Store.open(self.database, keyring=keyring, clock=self._clock)
            try:
                async with store.work() as work:
                    for chat in range(add):
                        await make_group(work, -100 - chat, members=1, first_user=500 + chat)
                    return len(await work.groups.all_active())
            finally:
                await store.close()

        return asyncio.run(look())


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Place:
    """A machine on which the bot has served two groups."""
    monkeypatch.chdir(tmp_path)
    made = Place(tmp_path, monkeypatch, clock)
    assert made.groups(add=2) == 2
    return made
