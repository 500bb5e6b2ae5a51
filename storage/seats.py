"""The part of migration 14 that needs keys: seats and people bound to their seals, marks for slots and reporters.

A group whose key has been destroyed is left alone: it is erased once the database is open.
"""

import sqlite3
from collections.abc import Iterator

from storage.incidents import PADDED, reporter_mark
from storage.members import Members
from storage.outbox import hidden_slot
from storage.people import People
from storage.table import pack, padded
from storage.vault import Key, KeyFolder, Keyring

MIGRATION = 14


def bind(database: sqlite3.Connection, keyring: Keyring, keys: KeyFolder) -> None:
    """Reseal what there is. Raises Damaged."""
    usable = keys.known()
    groups = database.execute("SELECT id, key_id FROM groups WHERE state <> 'erased'").fetchall()
    known = {group["id"]: keys.load(group["key_id"]) for group in groups if usable[group["key_id"]]}
    for person in _all(database, "SELECT * FROM people"):
        place, focus = People.table.place(dict(person)), padded(pack([person["focus"]]))
        sealed = keyring.house.seal(place, focus)
        database.execute("UPDATE people SET sealed = ? WHERE id = ?", (sealed, person["id"]))
    for member in _all(database, "SELECT * FROM members"):
        if key := known.get(member["group_id"]):
            content = padded(key.open(f"members/{member['id']}", member["sealed"]))
            sealed = key.seal(Members.table.place(dict(member)), content)
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


def _incident(database: sqlite3.Connection, incident: sqlite3.Row, key: Key) -> None:
    """Pad what it says, and give it a mark of its own for who logged it."""
    place = f"incidents/{incident['id']}/{incident['version']}"
    sealed = key.seal(place, padded(key.open(place, incident["sealed"]), PADDED))
    seats = database.execute("SELECT person_id FROM members WHERE group_id = ?", (incident["group_id"],))
    mine = {key.mark("reporter", str(person).encode()): person for (person,) in seats}
    person = mine.get(incident["reporter"])
    reporter = None if person is None else reporter_mark(key, incident["id"], person)
    database.execute("UPDATE incidents SET reporter = ?, sealed = ? WHERE id = ?", (reporter, sealed, incident["id"]))


def _all(database: sqlite3.Connection, sql: str) -> Iterator[sqlite3.Row]:
    yield from database.execute(sql).fetchall()
