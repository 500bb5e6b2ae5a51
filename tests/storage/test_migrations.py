"""From every earlier layout of the database, with a group's work in it, to the present one."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.demo.town import GROUP, MASTER_KEY, START
from bot.sandbox import Sandbox
from storage.database_files import keys_of
from storage.migrations import keyed_migrations, schema
from storage.migrations.schema import MIGRATIONS, NEWEST
from storage.records.groups import GROUPS
from storage.records.incidents import reporter_mark
from storage.records.members import Members
from storage.records.people import People
from storage.store import UNSYNCED, Store
from storage.vault.vault import KeyFolder, Keyring
from tests.durability.test_faults import at_work, story

# What a migration changes in rows that were there: sealed anew, and a day instead of a time.
CHANGED = {("people", "focus"), ("members", "sealed"), ("runs", "opened_at"), ("runs", "changed_at")}
CHANGED |= {("incidents", "sealed"), ("incidents", "reporter"), ("people", "sealed"), ("groups", "sealed")}
Rows = list[dict[str, Any]]
Content = dict[str, Rows]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of today with what a group has done in it."""

    async def fill() -> Path:
        async with at_work(tmp_path_factory.mktemp("filled")) as played:
            await story(played)
            await played.write("Bo", "/franvaro 20–24 januari")
            await played.write("Alva", "/kalender")
            return played.bot.store.path

    return asyncio.run(fill())


def content(path: Path) -> Content:
    """Every row of every table of ours."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        tables = [row["name"] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [dict(row) for row in database.execute(f"SELECT * FROM {table}")]  # noqa: S608
            for table in tables
        }


def layout(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Tables with their columns, and indexes and triggers by name."""
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {t: sorted(row[1:] for row in database.execute(f"PRAGMA table_info({t})")) for t in tables}
        others = sorted(database.execute("SELECT type, name, tbl_name FROM sqlite_master WHERE type <> 'table'"))
        return {**columns, "others": others}


def unbind_epochs(now: Content, keys: KeyFolder) -> None:
    """Undo what needs keys in the migration to epochs and chats that are bound to their seals."""
    house = Keyring(MASTER_KEY).house
    for person in now["people"]:
        opened = house.open(People.table.place(person), person["sealed"])
        person["sealed"] = house.seal(f"people/{person['id']}/{person['user_id']}", opened)
    for group in now["groups"]:
        key = keys.load(group["key_id"])
        opened = key.open(GROUPS.place(group), group["sealed"])
        group["sealed"] = key.seal(f"groups/{group['id']}", opened)
        for member in now["members"]:
            if member["group_id"] == group["id"]:
                opened = key.open(Members.table.place(member), member["sealed"])
                member["sealed"] = key.seal("/".join(Members.table.place(member).split("/")[:-1]), opened)


def unbind(now: Content, keys: KeyFolder) -> None:
    """Undo what needs keys in the migration to seats that are bound to their seals, in what was bound by it."""
    key_of = {group["id"]: keys.load(group["key_id"]) for group in now["groups"]}
    for person in now["people"]:
        person |= {"focus": now["runs"][0]["id"]}
    for member in now["members"]:
        key = key_of[member["group_id"]]
        opened = key.open("/".join(Members.table.place(member).split("/")[:-1]), member["sealed"])
        member["sealed"] = key.seal(f"members/{member['id']}", opened)
    for incident in now["incidents"]:
        key = key_of[incident["group_id"]]
        (mine,) = (
            p["id"] for p in now["people"] if reporter_mark(key, incident["id"], p["id"]) == incident["reporter"]
        )
        incident["reporter"] = key.mark("reporter", str(mine).encode())


def as_it_was(version: int, now: Content, path: Path, keys: KeyFolder) -> Content:
    """Make a database of an earlier layout with what then had a place in it; what that is."""
    path.parent.mkdir(mode=0o700)
    if version < keyed_migrations.EPOCHS:
        unbind_epochs(now, keys)
    if version < keyed_migrations.MIGRATION:
        unbind(now, keys)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(UNSYNCED)
        for number in (number for number in MIGRATIONS if number <= version):
            database.executescript(MIGRATIONS[number].read_text(encoding="utf-8"))
            if step := keyed_migrations.steps(Keyring(MASTER_KEY), keys).get(number):
                step(database)
        database.execute(f"PRAGMA user_version = {version}")
        database.execute("DELETE FROM intake")
        for table, rows in now.items():
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            if not columns or table == "sqlite_sequence":
                continue
            marks = ", ".join("?" * len(columns))
            values = [[row[column] for column in columns] for row in rows if set(columns) <= row.keys()]
            database.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)  # noqa: S608
    path.chmod(0o600)
    return content(path)


@pytest.mark.parametrize("version", [number for number in MIGRATIONS if number < NEWEST])
async def test_from_every_version(version: int, filled: Path, tmp_path: Path) -> None:
    """What a group had before an upgrade it has after it, whole and open, in the very layout of a new database."""
    path, now = tmp_path / "old" / "stadsbot.db", content(filled)
    before = as_it_was(version, now, path, KeyFolder(keys_of(filled), Keyring(MASTER_KEY)))
    assert before["answers"]
    shutil.copytree(keys_of(filled), keys_of(path))
    store = await Store.open(path, keyring=Keyring(MASTER_KEY), clock=Sandbox(start=START).now)
    async with store.work() as work:
        (group,) = await work.groups.all_active()
        runs = await work.runs.all_of(group.id)
        owners = {row[0] for row in await work._session.rows("SELECT DISTINCT owner FROM answers")}
        given = [answer for run in runs for owner in owners for answer in await work.answers.of_owner(run.id, owner)]
        people = [await work.people.get(m.person_id) for m in await work.members.of_group(group.id)]
        (sound,) = await work._session.rows("PRAGMA integrity_check")
        assert await work._session.rows("PRAGMA foreign_key_check") == []
    await store.close()
    assert sound[0] == "ok"
    assert GROUP in group.title
    if version < keyed_migrations.MIGRATION:
        assert {person.focus for person in people} == {runs[0].id}, "what is being answered is known still"
    assert len(given) == len(before["answers"])
    after = content(path)
    for table, rows in before.items():
        if rows and table not in ("sqlite_sequence", "outbox"):
            kept = [name for name in rows[0] if (table, name) not in CHANGED]
            assert [[row[name] for name in kept] for row in after[table]] == [
                [row[name] for name in kept] for row in rows
            ]
    fresh = tmp_path / "fresh" / "stadsbot.db"
    await (await Store.open(fresh, keyring=Keyring(MASTER_KEY), clock=Sandbox(start=START).now)).close()
    assert layout(path) == layout(fresh)


def test_versions_are_numbered_without_a_gap() -> None:
    """Each migration follows on the one before."""
    assert list(MIGRATIONS) == list(range(1, schema.NEWEST + 1))


def test_each_migration_has_a_number_of_its_own() -> None:
    """Two files of one number would be one migration, and the other one would never be applied."""
    files = [file.name[:4] for file in schema.MIGRATIONS[1].parent.glob("*.sql")]
    assert sorted(files) == [f"{number:04}" for number in range(1, len(files) + 1)]
