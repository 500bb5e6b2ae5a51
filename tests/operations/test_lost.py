"""What is missing is lost, not erased: a lost disk takes no key with it, and an erasure leaves none anywhere."""

# Nothing else goes on in the loop of a test, so it may block.
# ruff: noqa: ASYNC240

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.app import opened
from bot.config import read
from storage.backup import backup, backup_files, backup_keys
from storage.database_files import keys_of
from storage.errors import DatabaseThere, KeysMissing
from storage.vault.vault import KeyFolder
from tests.operations.conftest import KEYRING, OTHER, Kept, Place, everything_opens, lose, make_backup, open_at
from tests.storage.conftest import Clock, make_group

ROOT = Path(__file__).parents[2]


def run(place: Place) -> subprocess.CompletedProcess[str]:
    """Start the bot, as its service does."""
    environment = {name: value for name, value in os.environ.items() if name.startswith(("STADSBOT_", "PATH"))}
    command = [sys.executable, "-m", "bot", "run"]
    environment |= {"PYTHONPATH": str(ROOT), "STADSBOT_MASTER_KEY_FILE": str(Path("first.key").absolute())}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.slow
def test_started_on_an_empty_disk(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """The disk is lost and the service starts by itself: it ends with a sentence on what to do, the doctor calls it an
    error, and a restore brings back everything."""
    assert main(["backup"]) == 0
    before = (place.backups / backup_files.KEYS).read_bytes()
    lose(place.database)
    for _ in range(3):  # as its supervisor tries again and again
        ended = run(place)
        assert ended.returncode == 74
        assert "holds backups of one" in ended.stderr
        assert "`stadsbot restore`" in ended.stderr
        assert "`stadsbot run --new`" in ended.stderr
    assert not place.database.exists()
    assert main(["doctor"]) == 1
    assert "holds backups of one" in capsys.readouterr().out
    assert (place.backups / backup_files.KEYS).read_bytes() == before
    assert main(["restore"]) == 0
    assert place.groups() == 2


def test_begun_anew(place: Place, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    """A bot that begins anew where backups are, as it was told to, makes its own and costs the old ones nothing; where
    a database is, none is begun."""
    assert main(["backup"]) == 0
    lose(place.database)
    settings = read(os.environ)

    async def begin() -> None:
        async with opened(settings, clock, new=True) as bot:
            await bot.maintenance.look()

    asyncio.run(begin())
    old, _ = sorted(place.backups.glob("stadsbot-*.backup"))
    with pytest.raises(DatabaseThere):
        asyncio.run(begin())
    assert main(["doctor"]) == 1
    assert "the keys of 2 groups that this database does not know" in capsys.readouterr().out
    assert main(["restore", str(old), "--replace"]) == 0
    assert place.groups() == 2


async def test_begun_by_an_older_version(path: Path, folder: Path, clock: Clock) -> None:
    """Also night after night on another database, with another group, no key leaves that this one has not erased."""
    old = make_backup(path, folder, clock)
    lose(path)
    for number in range(3):
        store = await open_at(path, clock)
        async with store.work() as work:
            group, _ = await make_group(work, -10 - number)
            await work.groups.erase(group.id)
        await store.close()
        make_backup(path, folder, clock)
    lose(path)
    backup.restore(old, path, KEYRING)
    assert await everything_opens(path, clock) == 2


async def test_the_folder_of_keys_is_lost(path: Path, folder: Path, clock: Clock) -> None:
    """The database is there and its folder of keys is not: no backup is made that nobody could read, no key leaves, and
    a restore brings back both."""
    made = make_backup(path, folder, clock)
    shutil.rmtree(keys_of(path))
    backup.renew_keys(path, folder, KEYRING)
    make_backup(path, folder, clock)  # its keys lie beside it
    with pytest.raises(KeysMissing, match="stadsbot restore --replace"):
        await open_at(path, clock)
    backup.restore(made, path, KEYRING, aside=clock())
    assert await everything_opens(path, clock) == 2


async def test_keys_that_are_nowhere_make_no_backup(path: Path, folder: Path, clock: Clock) -> None:
    """A database whose keys are neither beside it nor with the backups pushes out no backup that can be read."""
    for key in keys_of(path).iterdir():
        key.unlink()
    with pytest.raises(KeysMissing):
        make_backup(path, folder, clock)
    assert not backup_files.numbers_in(folder)
    assert not list(folder.glob("*.part"))


async def test_earlier_keys_live_as_long_as_their_backups(path: Path, folder: Path, clock: Clock) -> None:
    """What the file of keys held before is kept beside it, and serves when the file is damaged; it goes when the
    backups of then are gone."""
    first = make_backup(path, folder, clock, keep=2)
    store = await open_at(path, clock)
    async with store.work() as work:
        await make_group(work, -3)
    make_backup(path, folder, clock, keep=2)
    (earlier,) = backup_keys.all_in(folder)[:-1]
    (folder / backup_files.KEYS).write_bytes(b"damaged")
    await store.close()
    lose(path)
    backup.restore(first, path, KEYRING)
    assert await everything_opens(path, clock) == 2
    make_backup(path, folder, clock, keep=2)
    assert not earlier.exists()
    assert set(backup_keys.read(folder, KEYRING)) == set(KeyFolder(keys_of(path), KEYRING).known())


# -- an erasure --------------------------------------------------------------------------------------------------------
async def test_an_erasure_reaches_every_kept_file(house: Kept, tmp_path: Path) -> None:
    """When a group is erased its key is in no file of keys any more, also not on the disk where they lay, before the
    commit returns, and so before anybody is told."""
    for number in range(3):  # each night another group, and so another earlier file
        async with house.store.work() as work:
            await make_group(work, -20 - number)
        await house.after(days=1)
    async with house.store.work() as work:
        key_id = (await work.groups.get(1)).key_id
    files = backup_keys.all_in(house.folder)
    assert len(files) == 3
    assert all(backup_keys.opened(file, KEYRING)[key_id] for file in files)
    links = [tmp_path / f"link{number}" for number in range(len(files))]
    for file, link in zip(files, links, strict=True):
        os.link(file, link)
    house.store.watch("keys", house.maintenance.take_out_erased)
    async with house.store.work() as work:
        await work.groups.erase(1)
    files = backup_keys.all_in(house.folder)
    assert not any(backup_keys.opened(file, KEYRING).get(key_id) for file in files)
    assert not any(byte for link in links for byte in link.read_bytes())


async def test_an_erasure_while_a_backup_is_made(house: Kept) -> None:
    """The erasure waits for a backup that is being made, instead of leaving the key where it is."""
    await house.after()
    house.store.watch("keys", house.maintenance.take_out_erased)
    async with house.store.work() as work:
        key_id = (await work.groups.get(1)).key_id
    with backup_files.alone_in(house.folder):
        locked, released = asyncio.Event(), asyncio.get_running_loop()

        def erased() -> None:
            released.call_soon_threadsafe(locked.set)
            house.maintenance.take_out_erased()

        KeyFolder(keys_of(house.store.path), KEYRING).destroy(key_id)
        waiting = asyncio.create_task(asyncio.to_thread(erased))
        await locked.wait()
    await waiting
    assert backup_keys.read(house.folder, KEYRING)[key_id] == b""


async def test_an_erasure_after_a_change_of_the_master_key(path: Path, folder: Path, clock: Clock) -> None:
    """Files of keys are sealed anew with the master key, so that an erasure reaches into them; another's are let be."""
    make_backup(path, folder, clock)
    foreign = folder / "group-keys.earlier-000001-0badcafe"
    (folder / backup_files.KEYS).rename(foreign)
    make_backup(path, folder, clock)
    backup.reseal_keys(folder, KEYRING, OTHER)
    assert all(len(backup_keys.opened(file, OTHER)) == 2 for file in backup_keys.all_in(folder))
    backup.reseal_keys(folder, KEYRING, OTHER)
    make_backup(path, folder, clock)
    with_another = [file for file in backup_keys.all_in(folder) if file.name != backup_files.KEYS]
    assert foreign in with_another
    assert len(with_another) == 2, "the file of keys itself, which another master key had sealed"
    assert set(backup_keys.read(folder, KEYRING)) == set(backup_keys.read(folder, OTHER))
