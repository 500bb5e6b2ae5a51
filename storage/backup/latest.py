"""The latest copy: a sealed copy of the database as it is now, without history, so that a lost disk costs a minute.

Copies made a minute apart would name people: who logged an incident, wrote a note without a name or hid a chat was the
only one to do anything in that minute. So this copy holds at once only what a group sees happen anyway; all else in it
is as the newest nightly backup has it. A minute in which something else happened leaves it as it was.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.backup import backup, backup_files, backup_keys
from storage.backup.backup_files import alone_in, disk_errors, private_file, to_disk, workroom
from storage.database_files import copy_database, keys_of
from storage.errors import BackupDamaged, NoDatabase, WrongBackupKey
from storage.migrations import schema
from storage.records.group_settings import GroupSettings
from storage.records.groups import GROUPS
from storage.table import listed, seconds
from storage.vault import sealed_file
from storage.vault.vault import KeyFolder, Keyring, sync_folder

# What comes at once, by table; a condition where it is not all of it. What is not named here waits for the night.
AT_ONCE: Mapping[str, str] = {
    "absences": "true",
    "agenda": "kind IN (SELECT value FROM json_each(:dues))",
    "answer_versions": "NOT anonymous",
    "answers": "NOT anonymous",
    "ballots": "true",
    "check_in_answers": "true",  # of rounds that are open they are left out, as in every backup
    "check_in_turns": "true",
    "check_ins": "true",
    "earlier_years": "true",
    "editions": "true",
    "gatherings": "true",
    "groups": "true",
    "links": "group_id IS NOT NULL",  # the others are people's own, to sign in with
    "mail_addresses": "true",
    "matters": "kind IN (SELECT value FROM json_each(:matters))",
    "meetings": "true",
    "members": "true",
    "meta": "true",
    "organisations": "true",
    "people": "true",
    "row_versions": "true",
    "rows": "true",
    "runs": "exercise NOT IN (SELECT value FROM json_each(:hidden))",
    "unnamed_answers": "true",
}
# Every round that is open looks alike, whether or not somebody has answered in it.
ALIKE = """INSERT OR REPLACE INTO check_in_answers SELECT id, group_id, id, x'' FROM check_ins WHERE until >= :today"""
# A round's notes come when they are shown, all at once; one that is added later, alone, waits for the night.
SHOWN_BEFORE = """INSERT OR REPLACE INTO main.unnamed_answers SELECT * FROM base.unnamed_answers b WHERE b.shown
    AND EXISTS (SELECT 1 FROM main.unnamed_answers m WHERE m.run_id = b.run_id AND m.shown)"""
# Of a person whose seats are as they were: what they turn to, and whether they can be reached, waits.
KNOWN_PEOPLE = """INSERT OR REPLACE INTO main.people ({columns}) SELECT {kept}
    FROM base.people b JOIN main.people m ON (m.id, m.user_id, m.epoch) = (b.id, b.user_id, b.epoch)"""
UNSEEN = ("intake",)  # its heartbeat goes on also where nothing happens


@dataclass(frozen=True, slots=True)
class Openly:
    """What may come at once because everybody in a group sees it, in the words of the rooms that know.

    `dues`, `matters`: kinds of rows in the schedule and of open items. `hidden`: exercises whose rounds wait.
    """

    dues: frozenset[str]
    matters: frozenset[str]
    hidden: frozenset[str]

    def values(self) -> dict[str, str]:
        """The values for the conditions above, as JSON."""
        return {name: listed(sorted(getattr(self, name))) for name in ("dues", "matters", "hidden")}


NOTHING = Openly(frozenset(), frozenset(), frozenset())


def make(
    path: Path, place: Path, backups: Path, keyring: Keyring, now: datetime, openly: Openly, renew: Callable[[], Path]
) -> Path | None:
    """Put a copy as of now into its folder, in place of the last; None if nothing has changed that it may hold.

    It is put back for trial before it gets its name. `renew` makes an ordinary backup; it is called where there is none
    that this copy could rest on. Raises what `backup.make` and `backup.restore` raise.
    """
    if not path.exists():
        raise NoDatabase(path)
    with alone_in(place), disk_errors(path.parent), workroom(path, "latest") as room:
        copy, base = room / "copy", room / "base"
        before = _base(place, backups, keyring, now, base) or _base(place, renew().parent, keyring, now, base)
        if before is None:
            raise BackupDamaged
        copy_database(path, copy)
        backup.leave_out(copy, now)
        with closing(sqlite3.connect(copy, isolation_level=None)) as database:
            database.execute("ATTACH ? AS base", (str(base),))
            database.execute("PRAGMA secure_delete = ON")
            database.execute("BEGIN")
            _merge(database, openly, now)
            _keep_groups(database, KeyFolder(keys_of(path), keyring))
            if before.parent == place and not _differ(database):
                return None
            database.execute("UPDATE intake SET heartbeat = ?", (seconds(now),))
            database.execute("COMMIT")
        with disk_errors(place):
            return _put_in(place, copy, path, keyring, backup_files.latest_in(place, backups, now))


def _put_in(place: Path, copy: Path, path: Path, keyring: Keyring, made: Path) -> Path:
    """Seal it, put it back for trial, and let it take the place of the last."""
    part = place / "new.part"
    backup_keys.renew(path, place, keyring)
    with copy.open("rb") as source, private_file(part) as target:
        sealed_file.seal(source, target, keyring, "database")
        to_disk(target)
    backup.restore(part, copy.parent / "trial" / path.name, keyring)
    part.replace(made)
    for old in {*backup_files.copies_in(place)} - {made}:
        old.unlink()
    backup_keys.drop_earlier(place)
    sync_folder(place)
    return made


def _base(place: Path, backups: Path, keyring: Keyring, now: datetime, opened: Path) -> Path | None:
    """Open what the copy rests on: the last one, while it is younger than the newest backup; else that."""
    newest = backup_files.numbers_in(backups)[-1:]
    lasts = [last for last in backup_files.all_in(place, now) if [backup_files.number_of(last)] == newest]
    for found in (*lasts, *backup_files.all_in(backups, now)[:1]):
        try:
            with found.open("rb") as source, private_file(opened) as target:
                sealed_file.unseal(source, target, keyring, "database")
        except (WrongBackupKey, BackupDamaged):
            continue
        with closing(sqlite3.connect(opened)) as database:
            if database.execute("PRAGMA user_version").fetchone() == (schema.NEWEST,):
                return found
    return None


def _merge(database: sqlite3.Connection, openly: Openly, now: datetime) -> None:
    """Leave in the copy what may come at once, and take the rest from what it rests on."""
    values = {**openly.values(), "today": now.astimezone(UTC).date().isoformat()}
    database.execute(ALIKE, values)
    database.execute(SHOWN_BEFORE)
    columns = _columns(database, "people")
    kept = ", ".join(("m." if column == "stopped" else "b.") + column for column in columns)
    database.execute(KNOWN_PEOPLE.format(columns=", ".join(columns), kept=kept))
    for table in _tables(database):
        condition = AT_ONCE.get(table, "false")
        if condition != "true":
            database.execute(f"DELETE FROM main.{table} WHERE NOT ({condition})", values)
            database.execute(f"INSERT INTO main.{table} SELECT * FROM base.{table} WHERE NOT ({condition})", values)
    _drop_orphans(database)
    for table, seq in database.execute("SELECT name, seq FROM base.sqlite_sequence").fetchall():
        (newest,) = database.execute(f"SELECT coalesce(max(id), 0) FROM main.{table}").fetchone()
        database.execute("UPDATE main.sqlite_sequence SET seq = ? WHERE name = ?", (max(seq, newest), table))


def _drop_orphans(database: sqlite3.Connection) -> None:
    """Take out of what is older the rows whose group, person or other owner is gone by now."""
    for table in _tables(database):
        for column in {"group_id", "about"} & {*_columns(database, table)}:
            database.execute(
                f"DELETE FROM main.{table} WHERE {column} IN (SELECT id FROM main.groups WHERE state = 'erased')"
            )
    changed = -1
    while changed != database.total_changes:
        changed = database.total_changes
        for table, (_, _, parent, column, to, _, on_delete, _) in _references(database):
            gone = f"{column} IS NOT NULL AND {column} NOT IN (SELECT {to or 'id'} FROM main.{parent})"
            what = (
                f"UPDATE main.{table} SET {column} = NULL" if on_delete == "SET NULL" else f"DELETE FROM main.{table}"
            )
            database.execute(f"{what} WHERE {gone}")


def _without_activity(now: GroupSettings, before: GroupSettings) -> GroupSettings:
    """Return a group's settings with who has done anything on a day, and what follows from it, as they were before."""
    standing, chat = before.standing, before.chat
    return replace(
        now,
        presence=before.presence,
        keeping=replace(now.keeping, told=before.keeping.told),
        standing=replace(standing, stand_ins=now.standing.stand_ins, substitute=now.standing.substitute),
        chat=replace(now.chat, moved=chat.moved, missed=chat.missed, roll_called=chat.roll_called),
    )


def _keep_groups(database: sqlite3.Connection, keys: KeyFolder) -> None:
    """Let a group's row stay as it was, unless something else has changed in it than who was active."""
    database.row_factory = sqlite3.Row
    changed = f"SELECT {GROUPS.columns} FROM main.groups WHERE sealed IS NOT NULL"
    for row in database.execute(f"{changed} EXCEPT SELECT {GROUPS.columns} FROM base.groups").fetchall():
        old = database.execute(f"SELECT {GROUPS.columns} FROM base.groups WHERE id = ?", (row["id"],)).fetchone()
        if old is None or old["sealed"] is None:
            continue
        key = keys.load(row["key_id"])
        now, before = GROUPS.record(row, key), GROUPS.record(old, key)
        kept = replace(now, settings=_without_activity(now.settings, before.settings))
        if kept == before:
            database.execute("INSERT OR REPLACE INTO main.groups SELECT * FROM base.groups WHERE id = ?", (row["id"],))
        else:
            database.execute(*GROUPS.change(now, kept, key))
    database.row_factory = None


def _differ(database: sqlite3.Connection) -> bool:
    """True if there is anything in the copy that is not in the last one, or the other way round."""
    return any(
        database.execute(
            f"SELECT 1 FROM (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM {other}.{table}) LIMIT 1"
        ).fetchone()
        for table in _tables(database)
        if table not in UNSEEN
        for one, other in (("main", "base"), ("base", "main"))
    )


def _tables(database: sqlite3.Connection) -> list[str]:
    rows = database.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [name for (name,) in rows.fetchall()]


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    return [column[1] for column in database.execute(f"PRAGMA main.table_info({table})").fetchall()]


def _references(database: sqlite3.Connection) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for table in _tables(database):
        for reference in database.execute(f"PRAGMA main.foreign_key_list({table})").fetchall():
            yield table, reference
