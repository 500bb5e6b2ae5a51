"""The doctor and the database: what would keep the bot from starting is found, and nothing is changed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from bot.doctor.database import Examined, look
from bot.doctor.finding import Level
from storage.records.records import GroupState
from storage.store import Store
from storage.vault.vault import Keyring

KEY = bytes(range(32))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Damage = Callable[[Path], object]


def clock() -> datetime:
    """Return the one moment at which these tests happen."""
    return NOW


@pytest.fixture
async def town(tmp_path: Path) -> Path:
    """Return the path of a database with one group, closed."""
    path = tmp_path / "private" / "town.db"
    store = await Store.open(path, keyring=Keyring(KEY), clock=clock)
    async with store.work() as work:
        group = await work.groups.add(-100, "Exempelstad")
        await work.groups.update(group.id, state=GroupState.ACTIVE)
    await store.close()
    return path


async def test_a_forged_group_is_told(town: Path) -> None:
    """A group into whose row somebody has written is told, with what to do; the rest is looked at all the same."""
    with closing(sqlite3.connect(town)) as database:
        database.execute("UPDATE groups SET chat_id = -200")
        database.commit()
    result = await looked(town)
    (found,) = (finding for finding in result.findings if finding.about == "groups")
    assert (found.level, "the seal of group 1 does not fit" in found.says) == (Level.ERROR, True)
    assert result.groups == []


def fingerprint(folder: Path) -> dict[str, str]:
    """Return names and contents of all files, but for those that SQLite makes for whoever reads a database."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".db-shm", ".db-wal")]
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


async def looked(path: Path, key: bytes = KEY) -> Examined:
    """Return the look, and check that it changed nothing and left no copy behind."""
    before = fingerprint(path.parent)
    result = await look(path, key, clock)
    assert fingerprint(path.parent) == before
    return result


async def test_all_is_well(town: Path) -> None:
    """A sound database gets ok, and its groups are known."""
    result = await looked(town)
    assert [(finding.about, finding.level) for finding in result.findings] == [
        ("database", Level.OK),
        ("key", Level.OK),
        ("access log", Level.OK),
    ]
    assert [chat for _, chat in result.groups] == [-100]
    assert not result.running


async def test_none_yet(tmp_path: Path) -> None:
    """Before the first start there is nothing to find fault with."""
    result = await look(tmp_path / "town.db", KEY, clock)
    assert [finding.level for finding in result.findings] == [Level.OK]
    assert not (tmp_path / "town.db").exists()


async def test_while_the_bot_runs(town: Path) -> None:
    """The doctor can look while the bot runs, and tells that it does."""
    store = await Store.open(town, keyring=Keyring(KEY), clock=clock)
    try:
        result = await looked(town)
    finally:
        await store.close()
    assert result.running
    assert {finding.level for finding in result.findings} == {Level.OK}


async def test_wrong_key(town: Path) -> None:
    """A key that does not fit is told as that."""
    (finding,) = (await looked(town, bytes(32))).findings
    assert (finding.about, finding.level) == ("key", Level.ERROR)


def newer(path: Path) -> None:
    """Make the database one of a version to come."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 9999")


def torn(path: Path) -> None:
    """Overwrite the middle of the file."""
    content = bytearray(path.read_bytes())
    content[4096 : len(content) // 2] = b"\x5a" * (len(content) // 2 - 4096)
    path.write_bytes(content)


def keyless(path: Path) -> None:
    """Lose the group keys."""
    for key in path.with_name(f"{path.name}.keys").iterdir():
        key.unlink()


@pytest.mark.parametrize(
    ("damage", "about", "says"),
    [
        (newer, "database", "9999"),
        (torn, "database", "damaged"),
        (lambda path: path.write_bytes(b"no database at all, but quite some text" * 100), "database", "damaged"),
        (keyless, "key", "missing"),
    ],
)
async def test_trouble(town: Path, damage: Damage, about: str, says: str) -> None:
    """A newer version, damage and lost group keys are each an error with a cure."""
    damage(town)
    (finding,) = (await looked(town)).findings
    assert (finding.about, finding.level) == (about, Level.ERROR)
    assert says in finding.says
    assert finding.cure
