"""A new master key: all or nothing, also when the machine dies in the midst of it."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from storage.backup import backup, rekey
from storage.database_files import keys_of
from storage.errors import AlreadyRunning, WrongKey
from storage.vault import vault
from storage.vault.vault import WRAPPED_BYTES, KeyFolder, Keyring
from tests.operations.conftest import CANARY, KEYRING, OTHER, everything_opens, lose, open_at
from tests.storage.conftest import Clock


class Died(BaseException):
    """The machine stopped here."""


async def test_all_is_sealed_with_the_new_key(path: Path, clock: Clock) -> None:
    """Afterwards the new key opens everything, the old one nothing, and no key file holds anything of the old."""
    old_wraps = KeyFolder(keys_of(path), KEYRING).export()
    rekey.rekey(path, KEYRING, OTHER)
    with pytest.raises(WrongKey):
        await open_at(path, clock, KEYRING)
    for key_id, old in old_wraps.items():
        now = (keys_of(path) / key_id).read_bytes()
        assert len(now) == WRAPPED_BYTES
        assert old not in now
    assert await everything_opens(path, clock, OTHER) == 2
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_wrong_or_busy(path: Path, clock: Clock) -> None:
    """With a wrong old key, or while the bot runs, nothing is touched."""
    with pytest.raises(WrongKey):
        rekey.rekey(path, OTHER, KEYRING)
    store = await open_at(path, clock)
    with pytest.raises(AlreadyRunning):
        rekey.rekey(path, KEYRING, OTHER)
    await store.close()
    assert await everything_opens(path, clock, KEYRING) == 2


def _die_at(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, call: int, *, after: bool) -> None:
    """Stop the machine at the so-many-th call of a function, before or after it has done its work."""
    works, calls = getattr(owner, name), 0

    def dying(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == call and not after:
            raise Died
        result = works(*arguments)
        if calls == call:
            raise Died
        return result

    monkeypatch.setattr(owner, name, dying)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("name", ["_overwrite", "_cut"])
@pytest.mark.parametrize("call", range(1, 5))
async def test_died_among_the_keys(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, name: str, call: int, after: bool
) -> None:
    """Whenever it stops while key files are written, one of the two keys opens all, and trying again succeeds."""
    with monkeypatch.context() as patch:
        _die_at(patch, vault, name, call, after=after)
        with suppress(Died):
            rekey.rekey(path, KEYRING, OTHER)
    await _opens_with_one_of_them(path, clock)


@pytest.mark.parametrize("after", [False, True])
async def test_died_around_the_commit(path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    """The commit decides: before it the old key holds, after it the new one, though the folder was not settled."""
    with monkeypatch.context() as patch:
        _die_at(patch, rekey, "reseal", 1, after=after)
        with pytest.raises(Died):
            rekey.rekey(path, KEYRING, OTHER)
    assert all(len(key) == 2 * WRAPPED_BYTES for key in KeyFolder(keys_of(path), KEYRING).export().values())
    assert await everything_opens(path, clock, OTHER if after else KEYRING) == 2
    assert all(len(key) == WRAPPED_BYTES for key in KeyFolder(keys_of(path), KEYRING).export().values())


@pytest.mark.parametrize("call", range(1, 8))
async def test_died_while_resealing(path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """A stop between two tables leaves the database as it was."""
    with monkeypatch.context() as patch:
        _die_at(patch, rekey, "_reseal", call, after=False)
        try:
            rekey.rekey(path, KEYRING, OTHER)
        except Died:
            assert await everything_opens(path, clock, KEYRING) == 2
    await _opens_with_one_of_them(path, clock)


async def _opens_with_one_of_them(path: Path, clock: Clock) -> None:
    """See that one key opens everything, and that the change can be made, or made back, from there."""
    try:
        await (await open_at(path, clock, KEYRING)).close()
        holds, other = KEYRING, OTHER
    except WrongKey:
        holds, other = OTHER, KEYRING
    assert await everything_opens(path, clock, holds) == 2
    rekey.rekey(path, holds, other)
    assert await everything_opens(path, clock, other) == 2


async def test_older_backup(path: Path, clock: Clock, tmp_path: Path) -> None:
    """A backup of before can be put back with the key of then, and after that the new key opens it."""
    folder = tmp_path / "backups"
    old = backup.make(path, folder, KEYRING, clock.wind(minutes=1), 14)
    rekey.rekey(path, KEYRING, OTHER)
    backup.make(path, folder, OTHER, clock.wind(minutes=1), 14)
    lose(path)
    backup.restore(old, path, OTHER, made_with=KEYRING)
    assert await everything_opens(path, clock, OTHER) == 2


async def test_older_backup_with_older_keys(path: Path, clock: Clock, tmp_path: Path) -> None:
    """Also when the file of keys is still of before."""
    folder = tmp_path / "backups"
    backup.make(path, folder, KEYRING, clock(), 14)
    lose(path)
    backup.restore(backup.chosen(folder, clock()), path, OTHER, made_with=KEYRING)
    assert await everything_opens(path, clock, OTHER) == 2


async def test_erased_stays_erased(path: Path, clock: Clock) -> None:
    """A change of keys gives no erased group a key again."""
    store = await open_at(path, clock)
    async with store.work() as work:
        key_id = (await work.groups.get(1)).key_id
        await work.groups.erase(1)
    await store.close()
    rekey.rekey(path, KEYRING, OTHER)
    assert (keys_of(path) / key_id).read_bytes() == b""
    assert await everything_opens(path, clock, OTHER) == 1


async def test_nothing_the_house_seals_is_forgotten(path: Path, clock: Clock) -> None:
    """Every table with something sealed either belongs to a group, or is in the list that a change of keys goes by."""
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {t: [row[1] for row in database.execute(f"PRAGMA table_info({t})")] for t in tables}
    sealed = {table for table in tables if "sealed" in columns[table]}
    of_groups = {t for t in sealed if "group_id" in columns[t]} | {
        "groups",
        "answers",
        "answer_versions",
        "row_versions",
        "unnamed_answers",
    }
    assert sealed - of_groups == {table for table, *_ in rekey.HOUSE} - {"meta"}


async def test_no_words_on_the_disk(path: Path) -> None:
    """What is resealed is never in the clear in the database or its log."""
    rekey.rekey(path, KEYRING, Keyring(b"n" * 32))
    for file in path.parent.rglob("*"):
        assert file.is_dir() or CANARY.encode() not in file.read_bytes()
