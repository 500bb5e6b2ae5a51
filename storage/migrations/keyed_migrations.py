"""The parts of migrations that need keys: seals that prove more columns, keyed marks for slots and reporters, blocks of
copies, sign-ins that name nobody, ballots of one form.

A group whose key has been destroyed is left alone: it is erased once the database is open.
"""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

from storage.records.chat_copies import BLOCK, BLOCKS
from storage.records.follow_ups import PADDED
from storage.records.incidents import reporter_mark
from storage.records.outbox import hidden_slot
from storage.table import listed, moment, pack, padded, unpack
from storage.vault.vault import KeyFolder, Keyring, VaultKey

Kept = dict[str, Any]  # JSON of a layout that is no more
MIGRATION = 14  # binds the columns of people and seats
COPIES = 23  # gathers the copies of chats in blocks
SIGN_INS = 27  # seals whose a sign-in is
BALLOTS = 28  # gathers what was kept of consents, of time polls, and of who comes to a meeting
ADMISSIONS = 29  # makes the requests to be let in ballots
EPOCHS = 17  # binds the epochs by which buttons die, and the groups' chats
# What was bound by the first, and by the second. Older databases are bound as they were, step by step.
PERSON, SEAT = ("user_id",), ("group_id", "person_id", "user_id", "organisation_id", "coordinator", "role", "state")


def steps(keyring: Keyring, keys: KeyFolder) -> dict[int, Callable[[sqlite3.Connection], None]]:
    """Return what each migration that needs keys does, by its number."""
    bound = {
        MIGRATION: bind,
        EPOCHS: bind_epochs,
        COPIES: gather_copies,
        SIGN_INS: seal_sign_ins,
        BALLOTS: gather_ballots,
        ADMISSIONS: gather_admissions,
    }
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


def gather_copies(database: sqlite3.Connection, keyring: Keyring, keys: KeyFolder) -> None:
    """Put the copies of each chat into blocks, the newest first, as long as there is room. Raises Damaged."""
    usable, last, kept = keys.known(), 0, []
    groups = database.execute("SELECT id, key_id FROM groups WHERE state <> 'erased'").fetchall()
    known = {None: keyring.house} | {g["id"]: keys.load(g["key_id"]) for g in groups if usable[g["key_id"]]}
    for chat, about in _all(database, "SELECT DISTINCT chat, about FROM chat_copies"):
        blocks: list[list[Kept]] = [[]]
        of_chat = "SELECT * FROM chat_copies WHERE chat = ? AND about IS ? ORDER BY id DESC"
        for row in database.execute(of_chat, (chat, about)).fetchall() if about in known else ():
            content = unpack(known[about].open(f"chat_copies/{row['id']}", row["sealed"]))
            plain = {name: row[name] for name in ("id", "chat", "message_id", "about")}
            plain |= {"pinned": bool(row["pinned"]), "at": moment(row["at"]).isoformat()}
            copy = plain | dict(zip(("kind", "content", "files"), content, strict=True))
            if blocks[-1] and len(pack([[*blocks[-1], copy]])) > BLOCK:
                blocks.append([])
            if len(blocks) > BLOCKS:
                break
            blocks[-1].append(copy)
            kept.append(row["id"])
        for block in (*blocks[:BLOCKS], *([[]] * (BLOCKS - len(blocks)))) if about in known else ():
            last += 1
            sealed = known[about].seal(f"copy_blocks/{last}", padded(pack([block]), BLOCK))
            database.execute("INSERT INTO copy_blocks VALUES (?, ?, ?, ?)", (last, chat, about, sealed))
    database.execute("DELETE FROM copied_files WHERE copy_id NOT IN (SELECT value FROM json_each(?))", (listed(kept),))
    database.execute("DROP TABLE chat_copies")


def seal_sign_ins(database: sqlite3.Connection, keyring: Keyring, keys: KeyFolder) -> None:
    """Seal whose each sign-in is, and when it ends. Raises Damaged."""
    for row in _all(database, "SELECT * FROM sign_ins"):
        place = f"sign_ins/{row['id']}"
        content = [
            row["person_id"],
            moment(row["ends_at"]).isoformat(),
            *unpack(keyring.house.open(place, row["sealed"])),
        ]
        sealed = keyring.house.seal(place, padded(pack(content)))
        database.execute("INSERT INTO sign_ins_new VALUES (?, ?, ?)", (row["id"], row["mark"], sealed))
    database.execute("DROP TABLE sign_ins")
    database.execute("ALTER TABLE sign_ins_new RENAME TO sign_ins")


def gather_ballots(database: sqlite3.Connection, keyring: Keyring, keys: KeyFolder) -> None:
    """Move consents, time polls and who comes to a meeting, as they stand, into the table of ballots. Raises Damaged.

    Who was at a meeting stays where it is.
    """
    del keyring  # they are sealed with their groups' keys
    usable, last = keys.known(), 0
    moved = "SELECT g.*, key_id FROM gatherings g JOIN groups ON groups.id = g.group_id WHERE kind = ? ORDER BY g.id"
    kinds = (("consent", "consent", _consent), ("timepoll", "poll", _poll), ("meeting", "attendance", _attendance))
    for kind, purpose, converted in kinds:
        for row in database.execute(moved, (kind,)).fetchall():
            if not usable[row["key_id"]]:
                continue
            key = keys.load(row["key_id"])
            left = database.execute("SELECT id FROM members WHERE group_id = ? AND state = 'left'", (row["group_id"],))
            (state,) = unpack(key.open(f"gatherings/{row['id']}", row["sealed"]))
            ballot = converted(
                state, {f"m:{member}" for (member,) in left}, moment(row["changed_at"]).date().isoformat()
            )
            last += 1
            _put(database, key, (last, row["group_id"], purpose, row["ref"]), ballot)
            if kind == "meeting":
                del state["said"]
                sealed = key.seal(f"gatherings/{row['id']}", padded(pack([state])))
                database.execute("UPDATE gatherings SET sealed = ? WHERE id = ?", (sealed, row["id"]))
            else:
                database.execute("DELETE FROM gatherings WHERE id = ?", (row["id"],))


def gather_admissions(database: sqlite3.Connection, keyring: Keyring, keys: KeyFolder) -> None:
    """Make each request to be let in a ballot, with the latest answer as that of nobody in particular."""
    del keyring  # they are sealed with their groups' keys
    usable = keys.known()
    (last,) = database.execute("SELECT coalesce(max(id), 0) FROM ballots").fetchone()
    asked = "SELECT a.*, key_id FROM admissions a JOIN groups ON groups.id = a.group_id ORDER BY a.id"
    for number, row in enumerate(database.execute(asked).fetchall(), last + 1):
        if usable[row["key_id"]]:
            key = keys.load(row["key_id"])
            place = _place("admissions", row, ("group_id", "person_id", "state"))
            name, confirmed, *_ = unpack(key.open(place, row["sealed"]))
            said = {"choice": ["yes" if row["state"] == "in" else "no"], "on": confirmed or date.min.isoformat()}
            answered = row["state"] != "asked"
            ballot = {"text": name, "until": None, "asked": [], "phase": "over" if answered else "open"}
            ballot["voices"] = {"-": said} if answered else {}
            _put(database, key, (number, row["group_id"], "admission", str(row["person_id"])), ballot)
    database.execute("DROP TABLE admissions")


def _put(database: sqlite3.Connection, key: VaultKey, row: tuple[int, int, str, str], ballot: Kept) -> None:
    place = "/".join(map(str, ("ballots", *row)))
    values = (*row, key.seal(place, padded(pack([ballot]))))
    database.execute("INSERT INTO ballots VALUES (?, ?, ?, ?, ?)", values)


def _consent(state: Kept, left: set[str], _: str) -> Kept:
    voices = {
        f"m:{member}": {"choice": ["yes" if said["yes"] else "no"], **{n: said[n] for n in ("on", "why") if n in said}}
        for member, said in state.get("said", {}).items()
    }
    phase = "withdrawn" if state.get("withdrawn") else "over" if state.get("over") else "open"
    return {**_ballot(state, voices, left), "text": state["text"], "phase": phase, "round": state.get("round", 0)}


def _poll(state: Kept, left: set[str], day: str) -> Kept:
    times = [f"{one['on']}T{one['at']}" for one in state["times"]]
    voices = {
        f"m:{member}": {"choice": sorted(times[place] for place in said), "on": day}
        for member, said in state.get("said", {}).items()
        if f"m:{member}" not in left
    }
    told = {f"m:{member}" for member in state["asked"]} <= voices.keys()  # nothing suited all, or it would be over
    ballot = {**_ballot(state, voices, left), "text": f"{state['was']['on']}T{state['was']['at']}", "choices": times}
    return {**ballot, "phase": "over" if state.get("over") else "open", "handed": told}


def _attendance(state: Kept, left: set[str], day: str) -> Kept:
    said = {f"m:{member}": answer for member, answer in state["said"]}
    voices = {who: {"choice": [answer], "on": day} for who, answer in said.items() if who not in left}
    return {"text": state["when"], "until": None, "asked": [], "voices": voices}


def _ballot(state: Kept, voices: Kept, left: set[str]) -> Kept:
    """Return what both have: until when who is asked, what each has said, and who has left in silence."""
    asked = [f"m:{member}" for member in state["asked"]]
    gone = [voter for voter in asked if voter in left and voter not in voices]
    return {"until": state["until"], "asked": asked, "voices": voices, "excused": gone}


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
