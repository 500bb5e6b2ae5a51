"""The latest copy: a lost disk costs a minute, and whoever gets a hundred of them in a row can name nobody by them."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.assembly import openly
from bot.demo.town import MASTER_KEY
from storage.backup import backup, backup_keys, latest
from storage.backup.backup_files import private_file
from storage.errors import BackupDamaged
from storage.store import Store
from storage.vault import sealed_file
from storage.vault.vault import KeyFolder, Keyring
from tests.storage.conftest import make_group
from tests.thief.victims import NAMES, NOTES, Victims, robbed

KEYRING = Keyring(MASTER_KEY)


@dataclass
class Copied:
    """A town with a nightly backup and a latest copy, and a thief who takes each of the latter, with the key."""

    victims: Victims
    folder: Path
    taken: list[bytes] = field(default_factory=list)
    looks: int = 0

    @property
    def backups(self) -> Path:
        """Where the nightly ones are."""
        return self.folder / "backups"

    @property
    def place(self) -> Path:
        """Where the latest one is."""
        return self.folder / "latest"

    def night(self) -> Path:
        """Make the nightly backup."""
        return backup.make(self._path, self.backups, KEYRING, self.victims.town.clock(), 14)

    def look(self) -> bool:
        """Do what the bot does each minute, and let the thief in; True if there is another copy than before."""
        town = self.victims.town
        may = openly.to_all(town.bot.services.process)
        made = latest.make(self._path, self.place, self.backups, KEYRING, town.clock(), may, self.night)
        self.looks += 1
        if made is not None:
            assert list(self.place.glob("latest-*")) == [made], "in place of the last"
            self.taken.append(made.read_bytes())
        return made is not None

    async def minute(self, deed: Awaitable[object]) -> bool:
        """Let somebody do something, alone in that minute."""
        await deed
        return self.look()

    def opened(self, number: int) -> sqlite3.Connection:
        """What a copy that was taken holds."""
        file, sealed = self.folder / f"{number}.db", self.folder / f"{number}.sealed"
        sealed.write_bytes(self.taken[number])
        with sealed.open("rb") as source, private_file(file) as target:
            sealed_file.unseal(source, target, KEYRING, "database")
        return sqlite3.connect(file)

    @property
    def _path(self) -> Path:
        return self.victims.town.bot.store.path


@pytest.fixture
async def copied(tmp_path: Path) -> AsyncIterator[Copied]:
    """A town of six who are in the chat and on the page."""
    (tmp_path / "town").mkdir()
    async with robbed(tmp_path / "town") as victims:
        await victims.town.wind(hours=1)
        made = Copied(victims, tmp_path)
        made.night()
        assert made.look(), "the first one"
        yield made


def differences(one: sqlite3.Connection, other: sqlite3.Connection) -> dict[str, list[dict[str, object]]]:
    """The rows of the other one that the first one does not have, by table."""
    found = {}
    other.row_factory = sqlite3.Row
    for (table,) in one.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        old = set(one.execute(f"SELECT * FROM {table}"))  # noqa: S608
        new = [dict(row) for row in other.execute(f"SELECT * FROM {table}") if tuple(row) not in old]  # noqa: S608
        if new and table != "sqlite_sequence":
            found[table] = new
    return found


# -- the thief -------------------------------------------------------------------------------------------------------
@pytest.mark.slow
async def test_a_hundred_copies_name_nobody(copied: Copied) -> None:
    """Who gets a hundred of them in a row, and has the key, sees what was done before all eyes, and nothing of who has
    logged an incident, signed in for it, hidden a chat or cried for help, whether or not alone in that minute."""
    victims, alone = copied.victims, 0
    victims.browsers |= {name: await victims.both.signed_in(name) for name in NAMES}
    secret: list[Callable[[str], Awaitable[object]]] = [
        victims.log,
        partial(victims.town.write, text="Jag orkar inte leva längre"),
        partial(victims.town.write, text="/dolj"),
        victims.log_and_hide,
        victims.log_on_page,
        victims.log_and_leave,
    ]
    seen: list[int] = []
    for n in range(100):
        beside = n % len(NAMES) + 1
        if n % 10 == 3:  # nothing else happens
            await victims.town.wind(minutes=30)  # nobody may log a heap at a time
            assert not await copied.minute(secret[n // 10 % len(secret)](NAMES[n % 5])), "not even the file is new"
            alone += 1
            continue
        if n % 10 == 7:
            await secret[n // 10 % len(secret)](NAMES[beside % len(NAMES)])
        async with victims.town.bot.store.work() as work:
            await work.members.update(beside, name=f"Invented {n}")
        assert copied.look()
        seen.append(beside)
    assert (alone, copied.looks) == (10, 101)
    assert len(victims.truth.reporters) > 10
    for number, beside in enumerate(seen, 1):
        with closing(copied.opened(number - 1)) as before, closing(copied.opened(number)) as after:
            found = differences(before, after)
        assert [row["id"] for row in found.pop("members")] == [beside]
        assert {row["kind"] for row in found.pop("agenda", [])} <= {"retention"}, "the house's own, each day"
        assert found.keys() <= {"intake"}, "when it was made"


async def test_notes_come_all_at_once(copied: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a copy after each note and each answer to a check-in, the thief who has the key never sees one alone: notes
    are there once they are shown to all, one that is added later waits, and answers to an open round are in none."""
    victims = copied.victims
    monkeypatch.setattr(victims, "steal", lambda _: copied.look())
    await victims.notes()
    await victims.check_in()
    assert len(copied.taken) > len(NAMES)
    counts = set()
    for number in range(len(copied.taken)):
        with closing(copied.opened(number)) as state:
            state.row_factory = sqlite3.Row
            assert not state.execute("SELECT count(*) FROM answers WHERE anonymous").fetchone()[0]
            assert not state.execute("SELECT count(*) FROM check_in_answers WHERE sealed <> x''").fetchone()[0]
            assert not state.execute("SELECT count(*) FROM check_in_turns WHERE answered").fetchone()[0]
            shown = state.execute("SELECT * FROM unnamed_answers WHERE sealed <> x''").fetchall()
            counts |= {len(victims.opened("unnamed_answers", f"{row['run_id']}/1", row)) for row in shown}
    assert len(counts) == 1
    assert counts.pop() >= len(NAMES)
    async with victims.town.bot.store.work() as work:
        (run,) = [run for run in await work.runs.all_of(1) if run.exercise == NOTES]
        notes = await work.answers._unnamed(run.id, shown=True)
        await work.answers._keep_unnamed(run.id, [*notes, notes[0]], shown=True)
    assert not copied.look(), "the one that came later"


# -- what is not lost --------------------------------------------------------------------------------------------------
async def test_a_minute_is_lost(copied: Copied) -> None:
    """Put back, it has what was said before all eyes a minute ago, is newer than the backup of the night, and has the
    incidents that were there by night; after the next night it has them all."""
    victims, town = copied.victims, copied.victims.town
    await victims.log("Bo")
    copied.night()
    await victims.log("Elin")
    async with town.bot.store.work() as work:
        await work.members.update(2, name="Bo Invented")
    assert copied.look()
    restored = copied.folder / "restored" / "town.db"

    async def look(folders: tuple[Path, ...]) -> tuple[str, int]:
        backup.restore(backup.chosen(folders[0], town.clock(), *folders[1:]), restored, KEYRING, aside=town.clock())
        store = await Store.open(restored, keyring=KEYRING, clock=town.clock)
        async with store.work() as work:
            found = (await work.members.get(2)).name, len(await work.incidents.all_of(1))
        await store.close()
        return found

    both = copied.backups, copied.place
    assert await look(both) == ("Bo Invented", 1)
    town.clock.wrong_by = timedelta(days=-2)  # a clock that is wrong changes nothing in the order
    copied.night()
    assert backup.chosen(copied.backups, town.clock(), copied.place).parent == copied.backups, "made after it"
    assert copied.look()
    assert await look((copied.place,)) == ("Bo Invented", 2), "the folder is enough by itself"


async def test_an_erasure_reaches_it(copied: Copied) -> None:
    """The key of a group that is erased leaves the copy's folder too, and what is left of the group in it is gone."""
    victims = copied.victims
    await victims.log("Bo")
    copied.night()
    assert copied.look()
    store = victims.town.bot.store
    async with store.work() as work:
        group, _ = await make_group(work, -9)
        await work.groups.erase(1)
    backup.renew_keys(store.path, copied.place, KEYRING)
    kept = {id: bool(key) for id, key in backup_keys.read(copied.place, KEYRING).items()}
    assert kept == KeyFolder(store.path.with_name(f"{store.path.name}.keys"), KEYRING).known()
    assert sorted(kept.values()) == [False, True]
    assert copied.look()
    with closing(copied.opened(len(copied.taken) - 1)) as state:
        assert state.execute("SELECT count(*) FROM incidents").fetchone() == (0,)
        assert state.execute("PRAGMA foreign_key_check").fetchall() == []
        assert state.execute("SELECT id FROM groups WHERE state <> 'erased'").fetchall() == [(group.id,)]


async def test_what_it_rests_on(copied: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no backup is that it could rest on, one is made; a copy that cannot be put back never takes its place."""
    victims, path = copied.victims, copied.victims.town.bot.store.path
    for made in (*copied.backups.glob("stadsbot-*"), *copied.place.glob("latest-*")):
        made.write_bytes(b"damaged")
    assert copied.look()
    assert len(list(copied.backups.glob("stadsbot-*"))) == 2
    (good,) = copied.place.glob("latest-*")
    async with victims.town.bot.store.work() as work:
        await work.members.update(2, name="Bo Invented")

    def fail(*_: object) -> None:
        raise BackupDamaged

    with monkeypatch.context() as patch:
        patch.setattr(backup, "restore", fail)
        with pytest.raises(BackupDamaged):
            copied.look()
    assert list(copied.place.glob("latest-*")) == [good]
    assert not list(copied.place.glob("*.part"))
    assert not list(path.parent.glob(".*latest*"))


async def test_every_table_is_thought_of(copied: Copied) -> None:
    """What comes at once is a table of the layout of now; whatever is new waits for the night until it is listed."""
    with closing(copied.opened(0)) as state:
        tables = {name for (name,) in state.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert tables >= latest.AT_ONCE.keys()
