"""A town's database to back up, and ways to look at one."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import backup
from storage.records import Attachment, GroupState, OutboxKind, private_chat
from storage.store import Store
from storage.vault import Keyring
from tests.storage.conftest import MASTER, START, Clock, keep_copy, make_group

KEYRING = Keyring(MASTER)
OTHER = Keyring(bytes(range(1, 33)))
CANARY = "kanariefågel i brunnen"


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
    """Every row of every table, but for the counters that a restore moves on."""
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: sorted(map(tuple, database.execute(f"SELECT * FROM {table}")), key=repr)  # noqa: S608
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
