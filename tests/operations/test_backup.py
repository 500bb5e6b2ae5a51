"""Backups: what is put back equals what was there, and an erased group stays erased."""

# Nothing else goes on in the loop of a test, so it may block.
# ruff: noqa: ASYNC220, ASYNC240, ASYNC251

import asyncio
import io
import json
import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from storage.backup import backup, backup_files
from storage.database_files import keys_of
from storage.errors import BackupBusy
from storage.vault import sealed_file
from tests.operations.conftest import CANARY, KEYRING, content, everything_opens, lose, make_backup, open_at
from tests.storage.conftest import Clock, make_group

ROOT = Path(__file__).parents[2]


async def test_restore_equals_the_original(path: Path, folder: Path, clock: Clock) -> None:
    """After the disk is lost, everything is there again, to the last byte of every row, and opens."""
    before, keys = content(path), {key.name: key.read_bytes() for key in keys_of(path).iterdir()}
    made = make_backup(path, folder, clock)
    lose(path)
    assert backup.chosen(folder, clock()) == made
    backup.restore(made, path, KEYRING)
    assert content(path) == before
    assert {key.name: key.read_bytes() for key in keys_of(path).iterdir()} == keys
    assert await everything_opens(path, clock) == 2
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".")] == []


async def test_numbers_after_a_restore_are_new(path: Path, folder: Path, clock: Clock) -> None:
    """What was numbered after the backup was made, and lives on in buttons, is not mistaken for something newer."""
    make_backup(path, folder, clock)
    store = await open_at(path, clock)
    async with store.work() as work:
        lost, _ = await make_group(work, -3)
    await store.close()
    lose(path)
    backup.restore(backup.chosen(folder, clock()), path, KEYRING)
    store = await open_at(path, clock)
    async with store.work() as work:
        new, members = await make_group(work, -4, members=1, first_user=77)
        row = await work.rows.add(new.id, "candidates", {}, author=members[0].id)
    await store.close()
    assert new.id > lost.id
    assert row.id > backup.GAP, "also a table that was empty goes on after the gap"


async def test_under_load(path: Path, folder: Path, clock: Clock) -> None:
    """A backup made while people write is of one moment, and the bot need not wait for it."""
    store = await open_at(path, clock)
    stop = asyncio.Event()

    async def write() -> int:
        user = 10_000
        while not stop.is_set():
            async with store.work() as work:  # two rows that belong together
                person = await work.people.ensure(user := user + 1)
                await work.links.add(f"token {user}", "join", person_id=person.id)
        return user - 10_000

    writing = asyncio.create_task(write())
    made = await asyncio.to_thread(backup.make, path, folder, KEYRING, clock(), 14)
    stop.set()
    assert await writing > 3
    await store.close()
    lose(path)
    backup.restore(made, path, KEYRING)
    with closing(sqlite3.connect(path)) as database:
        (people,) = database.execute("SELECT count(*) FROM people WHERE user_id > 10000").fetchone()
        (links,) = database.execute("SELECT count(*) FROM links").fetchone()
    assert people == links


async def test_nothing_can_be_read_from_it(path: Path, folder: Path, clock: Clock) -> None:
    """Whoever finds the folder sees neither words nor numbers of people, and only the owner can open it."""
    make_backup(path, folder, clock)
    for file in folder.iterdir():
        found = file.read_bytes()
        assert CANARY.encode() not in found
        assert b"SQLite" not in found
        assert b"groups" not in found
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


# -- erasing -----------------------------------------------------------------------------------------------------------
async def erase(path: Path, clock: Clock, group_id: int) -> str:
    """Erase a group; gives the id of its key."""
    store = await open_at(path, clock)
    async with store.work() as work:
        key_id = (await work.groups.get(group_id)).key_id
        await work.groups.erase(group_id)
    await store.close()
    return key_id


def keys_in(folder: Path) -> dict[str, str]:
    """The keys in the folder's one file of keys."""
    opened = io.BytesIO()
    with (folder / backup_files.KEYS).open("rb") as file:
        sealed_file.unseal(file, opened, KEYRING, "keys")
    found: dict[str, str] = json.loads(opened.getvalue())
    return found


async def test_erased_group_does_not_come_back(path: Path, folder: Path, clock: Clock) -> None:
    """A group erased after a backup is erased in it too, whether or not the newer folder of keys is still there."""
    old = make_backup(path, folder, clock)
    key_id = await erase(path, clock, 1)
    newer = make_backup(path, folder, clock)
    assert keys_in(folder)[key_id] == ""
    for chosen in (old, newer):
        lose(path)
        backup.restore(chosen, path, KEYRING)
        assert await everything_opens(path, clock) == 1
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("SELECT state, sealed FROM groups WHERE id = 1").fetchone() == ("erased", None)
            assert database.execute("SELECT count(*) FROM runs WHERE group_id = 1").fetchone() == (0,)


async def test_old_keys_cannot_undo_an_erasure(path: Path, folder: Path, clock: Clock) -> None:
    """When the file of keys is older than the erasure, the folder beside the database knows better."""
    make_backup(path, folder, clock)
    key_id = await erase(path, clock, 1)
    for file in path.parent.glob("town.db*"):
        if file.is_file():
            file.unlink()
    backup.restore(backup.chosen(folder, clock()), path, KEYRING)
    assert (keys_of(path) / key_id).read_bytes() == b""
    assert await everything_opens(path, clock) == 1


async def test_erased_key_is_gone_from_the_disk(path: Path, folder: Path, clock: Clock, tmp_path: Path) -> None:
    """The old file of keys is overwritten, not only unlinked: a hard link to it holds nothing any more."""
    make_backup(path, folder, clock)
    old = tmp_path / "link"
    os.link(folder / backup_files.KEYS, old)
    assert any(old.read_bytes())
    await erase(path, clock, 1)
    backup.renew_keys(path, folder, KEYRING)
    assert not any(old.read_bytes())


# -- many of them ------------------------------------------------------------------------------------------------------
async def test_rotation(path: Path, folder: Path, clock: Clock) -> None:
    """The newest so many are kept, one file of keys for all, and what is not ours in the folder is left alone."""
    folder.mkdir(mode=0o700)
    (folder / "notes.txt").write_text("ours")
    made = [make_backup(path, folder, clock, keep=3) for _ in range(5)]
    assert backup_files.all_in(folder, clock()) == made[:1:-1]
    assert backup_files.made_at(made[-1]) == clock().replace(microsecond=0)
    assert sorted(file.name for file in folder.iterdir() if not file.name.startswith("stadsbot-")) == [
        ".lock",
        backup_files.KEYS,
        "notes.txt",
    ]


async def test_the_newest_is_the_last_that_was_made(path: Path, folder: Path, clock: Clock) -> None:
    """Made while the clock was ahead, then right again: what is put back without a name is what was made last; and the
    oldest by order of making is what goes."""
    first = make_backup(path, folder, clock)
    clock.wind(days=300)
    ahead = make_backup(path, folder, clock)
    clock.wind(days=-300)
    last = make_backup(path, folder, clock, keep=2)
    assert backup.chosen(folder, clock()) == last
    assert backup_files.all_in(folder, clock()) == [last, ahead]
    assert not first.exists()


async def test_backups_from_before_they_had_numbers(path: Path, folder: Path, clock: Clock) -> None:
    """They can be put back, the newest of them without its name, but none that lies ahead of now; and they go first."""
    make_backup(path, folder, clock).rename(folder / "stadsbot-20260301T020000Z.backup")
    good = make_backup(path, folder, clock).rename(folder / "stadsbot-20260302T020000Z.backup")
    (folder / "stadsbot-20271203T020000Z.backup").write_bytes(b"made while the clock was ahead")
    assert backup.chosen(folder, clock()) == good
    lose(path)
    backup.restore(good, path, KEYRING)
    assert await everything_opens(path, clock) == 2
    new = make_backup(path, folder, clock, keep=2)
    assert backup_files.all_in(folder, clock()) == [new, good]


async def test_one_at_a_time(path: Path, folder: Path, clock: Clock) -> None:
    """Two that are made at once do not spoil each other: the second says so."""
    with backup_files.alone_in(folder), pytest.raises(BackupBusy):
        make_backup(path, folder, clock)


KILLED = """
import sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from storage.backup import backup, backup_files
from tests.operations.conftest import KEYRING

path, folder = Path(sys.argv[1]), Path(sys.argv[2])
print("go", flush=True)
for n in range(10_000):
    if sys.argv[3] == "make":
        backup.make(path, folder, KEYRING, datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=n), 3)
    else:
        path.unlink(missing_ok=True)
        backup.restore(backup.chosen(folder, datetime.now(UTC)), path, KEYRING)
"""


@pytest.mark.slow
@pytest.mark.parametrize("what", ["make", "restore"])
async def test_killed_midway(path: Path, folder: Path, clock: Clock, what: str) -> None:
    """Killed at any moment: every backup with a name is whole, a restore can be begun again, nothing is left over."""
    backup.make(path, folder, KEYRING, clock(), 3)
    for kill in range(8):
        command = [sys.executable, "-c", KILLED, str(path), str(folder), what]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout
        assert process.stdout.readline() == b"go\n"
        time.sleep(0.004 + 0.009 * kill)
        process.kill()
        process.communicate()
        made = backup_files.all_in(folder, clock())
        assert 1 <= len(made) <= 4
        for one in made:
            copy = path.parent.parent / f"copy{kill}" / f"{one.name}.db"
            backup.restore(one, copy, KEYRING)
            assert await everything_opens(copy, clock) == 2
    if what == "restore":
        path.unlink(missing_ok=True)
        backup.restore(backup.chosen(folder, clock()), path, KEYRING)
        assert await everything_opens(path, clock) == 2
    clock.wind(days=400)
    make_backup(path, folder, clock)
    assert not list(folder.glob("*.part"))
    assert not list(path.parent.glob(".*"))


async def test_age_is_told_by_the_name(path: Path, folder: Path, clock: Clock) -> None:
    """When a backup was made is known whatever copying does to its times."""
    made = make_backup(path, folder, clock)
    os.utime(made, (0, 0))
    assert clock() - backup_files.made_at(made) < timedelta(seconds=1)


async def test_what_is_set_aside_goes(path: Path, folder: Path, clock: Clock) -> None:
    """What a restore has set aside is thrown away once it is old enough, and backups are not."""
    make_backup(path, folder, clock)
    at = clock.wind(minutes=1)
    backup.restore(backup.chosen(folder, at), path, KEYRING, aside=at)
    backup.drop_aside(path.parent, at)
    assert len(list(path.parent.glob("town.db.aside-*"))) == 1
    for place in (path.parent, folder):
        backup.drop_aside(place, at + timedelta(seconds=1))
    assert not list(path.parent.glob("*aside*"))
    assert len(backup_files.all_in(folder, clock())) == 1
    assert await everything_opens(path, clock) == 2
