"""The parts of migrations that need keys: seals that prove more columns, keyed marks for slots and reporters.

A group whose key has been destroyed is left alone: it is erased once the database is open.
"""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial

from storage.incidents import PADDED, reporter_mark
from storage.outbox import hidden_slot
from storage.table import pack, padded
from storage.vault import KeyFolder, Keyring, VaultKey

MIGRATION = 14
EPOCHS = 17  # binds the epochs by which buttons die, and the groups' chats
# What was bound by the first, and by the second. Older databases are bound as they were, step by step.
PERSON, SEAT = ("user_id",), ("group_id", "person_id", "user_id", "organisation_id", "coordinator", "role", "state")


def steps(keyring: Keyring, keys: KeyFolder) -> dict[int, Callable[[sqlite3.Connection], None]]:
    """Return what follows on each migration."""
    bound = {MIGRATION: bind, EPOCHS: bind_epochs}
    return {number: partial(step, keyring=keyring, keys=keys) for number, step in bound.items()}


def bind(database: sqlite3.Connection, keyring: Keyring, keys: KeyFolder) -> None:
    """Seal people and seats again, with their columns proved. Raises Damaged."""
    usable = keys.known()
    groups = database.execute("SELECT id, key_id FROM groups WHERE state <> 'erased'").fetchall()
    known = {group["id"]: keys.load(group["key_id"]) for group in groups if usable[group["key_id"]]}
    for person in _all(database, "SELECT * FROM people"):
        sealed = keyring.house.seal(_place("people", person, PERSON), padded(pack([person["focus"]])))
        database.execute("UPDATE people SET sealed = ? WHERE id = ?", (sealed, person["id"]))
    for member in _all(database, "SELECT * FROM members"):
        if key := known.get(member["group_id"]):
            content = padded(key.open(f"members/{member['id']}", member["sealed"]))
            sealed = key.seal(_place("members", member, SEAT), content)
            database.execute("UPDATE members SET sealed = ? WHERE id = ?", (sealed, member["id"]))
    for incident in _all(database, "SELECT * FROM incidents"):
        if key := known.get(incident["group_id"]):
            _incident(database, incident, key)
    for item in _all(database, "SELECT id, chat, slot, about FROM outbox WHERE chat GLOB 'p:*' AND slot IS NOT NULL"):
        about = item["about"]
        if key := keyring.house if about is None else known.get(about):
            slot = hidden_slot(key, item["chat"], item["slot"])
            database.execute("UPDATE outbox SET slot = ? WHERE id = ?", (slot, item["id"]))
    database.execute("DROP INDEX people_by_focus")
    database.execute("ALTER TABLE people DROP COLUMN focus")


def bind_epochs(database: sqlite3.Connection, keyring: Keyring, keys: KeyFolder) -> None:
    """Seal again, with the epochs and the groups' chats and states proved. Raises Damaged."""
    usable = keys.known()
    for person in _all(database, "SELECT * FROM people"):
        content = keyring.house.open(_place("people", person, PERSON), person["sealed"])
        sealed = keyring.house.seal(_place("people", person, (*PERSON, "epoch")), content)
        database.execute("UPDATE people SET sealed = ? WHERE id = ?", (sealed, person["id"]))
    for group in _all(database, "SELECT * FROM groups WHERE sealed IS NOT NULL"):
        if not usable[group["key_id"]]:
            continue
        key = keys.load(group["key_id"])
        sealed = key.seal(
            _place("groups", group, ("chat_id", "state")), key.open(f"groups/{group['id']}", group["sealed"])
        )
        database.execute("UPDATE groups SET sealed = ? WHERE id = ?", (sealed, group["id"]))
        for member in _all(database, f"SELECT * FROM members WHERE group_id = {group['id']}"):
            content = key.open(_place("members", member, SEAT), member["sealed"])
            sealed = key.seal(_place("members", member, (*SEAT, "epoch")), content)
            database.execute("UPDATE members SET sealed = ? WHERE id = ?", (sealed, member["id"]))


def _place(table: str, row: sqlite3.Row, bound: tuple[str, ...]) -> str:
    """Return what was proved with the seal of a row (`storage.table`), when these columns were bound."""
    return "/".join(map(str, (table, row["id"], *(row[name] for name in bound))))


def _incident(database: sqlite3.Connection, incident: sqlite3.Row, key: VaultKey) -> None:
    """Pad an incident's content, and give it a reporter's mark of its own."""
    place = f"incidents/{incident['id']}/{incident['version']}"
    sealed = key.seal(place, padded(key.open(place, incident["sealed"]), PADDED))
    seats = database.execute("SELECT person_id FROM members WHERE group_id = ?", (incident["group_id"],))
    mine = {key.mark("reporter", str(person).encode()): person for (person,) in seats}
    person = mine.get(incident["reporter"])
    reporter = None if person is None else reporter_mark(key, incident["id"], person)
    database.execute("UPDATE incidents SET reporter = ?, sealed = ? WHERE id = ?", (reporter, sealed, incident["id"]))


def _all(database: sqlite3.Connection, sql: str) -> Iterator[sqlite3.Row]:
    yield from database.execute(sql).fetchall()
