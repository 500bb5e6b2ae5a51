"""Opening the database's files, and what stands in the way: others, another process, damage, a full disk."""

# Nothing else goes on in the loop of a test, so it may block; and a unit of work that fails takes several lines.
# ruff: noqa: ASYNC220, ASYNC221, ASYNC240, PT012

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import AlreadyRunning, Busy, Damaged, DiskFull, FolderExposed, NewerDatabase
from storage.migrations import schema
from storage.store import Store
from storage.vault.vault import Keyring
from tests.storage.conftest import MASTER, Clock, Open, make_group, users

ROOT = Path(__file__).parents[2]


async def test_only_the_owner_can_read_the_files(store: Store, path: Path) -> None:
    """Every file is for the bot's user alone, the folder too."""
    async with store.work() as work:
        await work.groups.add(-1, "Stad")
    await store.backup(path.with_name("backup.db"))
    for file in [path.parent, *path.parent.rglob("*")]:
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file.name
    assert len(list(path.parent.iterdir())) == 6


async def test_folder_open_to_others(open_store: Open, path: Path) -> None:
    """A folder that others can look into is refused, with the cure."""
    path.parent.mkdir()
    path.parent.chmod(0o755)
    with pytest.raises(FolderExposed, match="chmod 700"):
        await open_store()


async def test_file_opened_up_by_hand(store: Store, open_store: Open, path: Path) -> None:
    """A database that was made readable to others is closed to them again."""
    path.chmod(0o644)
    await open_store()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


HOLD = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from storage.store import Store
from storage.vault.vault import Keyring

async def main():
    store = await Store.open(Path(sys.argv[1]), keyring=Keyring(bytes(range(32))), clock=lambda: datetime.now(UTC))
    print("open", flush=True)
    sys.stdin.read()
    await store.close()

asyncio.run(main())
"""


async def test_second_process_is_refused(path: Path, clock: Clock) -> None:
    """While one process has the database a second does not start; when the first is killed it does."""
    command = [sys.executable, "-c", HOLD, str(path)]
    first = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert first.stdout
        assert first.stdout.readline() == b"open\n"
        second = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        assert b"AlreadyRunning: Another process already uses" in second.stderr
        with pytest.raises(AlreadyRunning, match="stop that one first"):
            await Store.open(path, keyring=Keyring(MASTER), clock=clock)
    finally:
        first.kill()
        first.communicate()
    await (await Store.open(path, keyring=Keyring(MASTER), clock=clock)).close()


async def test_newer_database(store: Store, open_store: Open, path: Path) -> None:
    """A database of a later version is refused and left as it is."""
    await store._connection.run([(f"PRAGMA user_version = {schema.NEWEST + 1}", ())])
    with pytest.raises(NewerDatabase, match="start the newer version"):
        await open_store()
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("PRAGMA user_version").fetchone() == (schema.NEWEST + 1,)


async def test_migration_keeps_a_copy_and_is_whole(
    store: Store, open_store: Open, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a migration the database is copied; one that fails leaves it as it was, and the next start tries again."""
    async with store.work() as work:
        await work.people.ensure(1)
    script = tmp_path / "0099_test.sql"
    number = schema.NEWEST + 1
    monkeypatch.setitem(schema.MIGRATIONS, number, script)
    monkeypatch.setattr(schema, "NEWEST", number)
    script.write_text("ALTER TABLE people ADD COLUMN extra TEXT; SELECT * FROM nowhere;")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        await open_store()
    script.write_text("ALTER TABLE people ADD COLUMN extra TEXT;")
    store = await open_store()
    assert await users(store) == {1}
    copy = path.with_name(f"town.db.v{number - 1}.backup")
    with closing(sqlite3.connect(copy)) as reader:
        assert reader.execute("PRAGMA user_version").fetchone() == (number - 1,)
        assert reader.execute("SELECT user_id FROM people").fetchall() == [(1,)]


async def test_not_a_database(open_store: Open, path: Path) -> None:
    """A file that is no database, or no longer one, is said to be damaged, with the cure."""
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"something else entirely" * 400)
    with pytest.raises(Damaged, match="restore the latest backup"):
        await open_store()


async def test_locked_by_another_program(store: Store, path: Path) -> None:
    """A database browser that holds the file is named as the reason, and nothing is lost once it is closed."""
    await store._connection.run([("PRAGMA busy_timeout = 0", ())])
    with closing(sqlite3.connect(path, isolation_level=None)) as browser:
        browser.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy, match="database browser"):
            async with store.work() as work:
                await work.people.ensure(1)
    async with store.work() as work:
        await work.people.ensure(2)
    assert await users(store) == {2}


async def test_full_disk_keeps_what_was_acknowledged(store: Store, open_store: Open) -> None:
    """When the disk fills up, the unit in hand fails whole and says so; earlier ones are there, it goes on later."""
    pages = (await store._connection.run([("PRAGMA page_count", ())]))[0][0]
    await store._connection.run([(f"PRAGMA max_page_count = {pages + 8}", ())])
    acknowledged: set[int] = set()
    with pytest.raises(DiskFull, match="free some space"):
        for user in range(1, 10_000, 10):
            async with store.work() as work:
                for n in range(10):
                    async with work.savepoint():
                        await work.people.ensure(user + n)
            acknowledged.update(range(user, user + 10))
    assert len(acknowledged) > 100
    assert await users(store) == acknowledged
    again = await open_store()
    async with again.work() as work:
        await work.people.ensure(20_000)
    assert await users(again) == acknowledged | {20_000}


FILL = """
import asyncio, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from storage.store import Store
from storage.errors import DiskFull
from storage.vault.vault import Keyring

async def main():
    store = await Store.open(Path(sys.argv[1]), keyring=Keyring(bytes(range(32))), clock=lambda: datetime.now(UTC))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
    for user in range(1, 10_000):
        try:
            async with store.work() as work:
                await work.people.ensure(user)
                await work.update_log.dead_letter(user, {"text": "x" * 500}, "ValueError")
        except DiskFull:
            print("full", flush=True)
            return
        print(user, flush=True)

asyncio.run(main())
"""


async def test_files_that_cannot_grow(path: Path, open_store: Open) -> None:
    """The same with a real process whose files may not grow, which ends without closing: every receipt has its data."""
    command = [sys.executable, "-c", FILL, str(path)]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    *receipts, last = child.stdout.split()
    assert last == "full"
    assert len(receipts) > 20
    store = await open_store()
    assert await users(store) == set(map(int, receipts))
    assert (await store._connection.run([("PRAGMA integrity_check", ())]))[0][0] == "ok"


async def test_backup_while_in_use(store: Store, path: Path, clock: Clock) -> None:
    """A backup made between two units is a whole database that opens with the same key."""
    async with store.work() as work:
        await make_group(work, -1, 2)
    backups = path.parent / "copies"
    backups.mkdir(mode=0o700)
    async with store.work() as work:
        await work.people.ensure(7)
        await store.backup(backups / "town.db")
    (path.parent / "town.db.keys").rename(backups / "town.db.keys")
    copy = await Store.open(backups / "town.db", keyring=Keyring(MASTER), clock=clock)
    assert await users(copy) == {1000, 1001}
    async with copy.work() as work:
        assert [group.title for group in await work.groups.all_active()] == ["Påhittade stad"]
    await copy.close()
    assert not list(backups.glob("*.part"))
