"""A database of 0.11.0 in the midst of consents and time polls: after the upgrade all of it goes on."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.ballots import admissions
from bot.context.context import Context
from bot.demo.player import Player
from bot.demo.town import MASTER_KEY, TownState, town
from bot.features.network import network_meetings
from flows.ballots import Phase
from storage.database_files import keys_of
from storage.migrations import keyed_migrations
from storage.migrations.keyed_migrations import ADMISSIONS, BALLOTS
from storage.migrations.schema import MIGRATIONS
from storage.records.activity_state import ActivityStates
from storage.records.ballots import Ballots
from storage.table import moment, pack, padded, unpack
from storage.vault.vault import KeyFolder, Keyring

# What 0.11.0 had in the schedule under another kind and reference.
OLDER_DUE = (
    "UPDATE agenda SET kind = 'consent', ref = substr(ref, 9) WHERE kind = 'ballot' AND ref GLOB 'consent:*'",
    "UPDATE agenda SET kind = 'timepoll', ref = 'timepoll:' || substr(ref, 6) WHERE kind = 'ballot'",
)
BEFORE = r"""
Med: Alva, Bo, Cia, David, Elin
Bo i gruppen: /beslut Vi ses på torsdagar
Bo trycker i gruppen [Fråga alla]
Alva trycker i gruppen [Ja]
Cia trycker i gruppen [Invändning]
Cia: Torsdagar går inte.
David: lämnar
Bo i gruppen: /beslut Vi börjar klockan nio
Bo trycker i gruppen [Fråga alla]
Alva, Bo, Cia, Elin gör i gruppen: [Ja]
I gång: Beslut
Alva trycker i gruppen [Skriv gruppens svar]
Alva trycker [Börja] [Ja, vi vill] [Ja, det har vi] [Vi börjar] [14] [Om en vecka] [Klart] [Avsluta övningen]
Alva: /kalender
Alva trycker [Flytta eller ställ in] [18 januari: Träff i steg 1] [Hitta en tid tillsammans]
Alva: 21 januari kl 13\n22 januari kl 9
Alva trycker i gruppen [21 januari] [22 januari]
Bo trycker i gruppen [Ingen av tiderna]
"""
AFTER = r"""
Bo trycker i gruppen [21 januari]
> gruppen någonstans: • torsdag 21 januari 2027 kl. 13.00: Alva och Bo
> gruppen någonstans: • fredag 22 januari 2027 kl. 9.00: Alva
> gruppen någonstans: Har inte svarat: Cia och Elin
Cia trycker i gruppen under «Vi ses på torsdagar» [Ja]
> gruppen någonstans: Ja: Alva och Cia
Bo: /svara
> Bo: Ett beslut väntar på ditt ja eller din invändning, senast den 14 januari
Bo: /beslut
Bo trycker [2. Vi börjar klockan nio]
> Bo: Så svarade alla Ja: Alva, Bo, Cia och Elin.
Bo trycker i gruppen under «Vi ses på torsdagar» [Ja]
Elin: lämnar
> gruppen någonstans: Så blev svaren Vi ses på torsdagar Ja: Alva, Cia och Bo
Cia trycker i gruppen [21 januari]
> gruppen någonstans: • Träff i steg 1: torsdag 21 januari 2027 kl. 13.00 (var 18 januari)
Klockan går 4 dagar
> gruppen någonstans: Så blev svaren Viljan: Ja, vi vill
"""


def consent_as_it_was(ballot: Mapping[str, Any]) -> dict[str, Any]:
    """A consent as 0.11.0 kept it; what stood at its default was not written."""
    said = {
        who[2:]: {"yes": voice["choice"] == ["yes"], "on": voice["on"], **{n: voice[n] for n in ("why",) if n in voice}}
        for who, voice in ballot.get("voices", {}).items()
    }
    asked = [int(who[2:]) for who in ballot["asked"]]
    state = {"text": ballot["text"], "until": ballot["until"], "asked": asked, "said": said}
    return state | ({"over": True} if ballot.get("phase") == "over" else {})


def poll_as_it_was(ballot: Mapping[str, Any]) -> dict[str, Any]:
    """A time poll as 0.11.0 kept it."""
    was, *times = ({"on": time[:10], "at": time[11:]} for time in (ballot["text"], *ballot["choices"]))
    places = {time: place for place, time in enumerate(ballot["choices"])}
    said = {who[2:]: [places[t] for t in voice["choice"]] for who, voice in ballot.get("voices", {}).items()}
    asked = [int(who[2:]) for who in ballot["asked"]]
    return {"was": was, "times": times, "until": ballot["until"], "asked": asked, "said": said}


def attendance_as_it_was(ballot: Mapping[str, Any]) -> dict[str, Any]:
    """Who comes to a meeting, and was there, as 0.11.0 kept it."""
    said = [[int(who[2:]), *voice["choice"]] for who, voice in ballot["voices"].items()]
    return {"when": ballot["text"], "said": said, "there": [], "guests": []}


# The kind under which it had each, and how.
OLDER = {
    "consent": ("consent", consent_as_it_was),
    "poll": ("timepoll", poll_as_it_was),
    "attendance": ("meeting", attendance_as_it_was),
}


def upgraded(kept: TownState, folder: Path, keys: KeyFolder) -> TownState:
    """That database after the migration."""
    path = folder / "upgraded.db"
    path.write_bytes(kept.database)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.row_factory = sqlite3.Row
        database.executescript(MIGRATIONS[BALLOTS].read_text(encoding="utf-8"))
        keyed_migrations.steps(Keyring(MASTER_KEY), keys)[BALLOTS](database)
        assert not database.execute("SELECT 1 FROM gatherings WHERE kind IN ('consent', 'timepoll')").fetchall()
        return replace(kept, database=database.serialize())


def as_it_was(kept: TownState, folder: Path, keys: KeyFolder) -> TownState:
    """The town's database as 0.11.0 would have it."""
    path = folder / "older.db"
    path.write_bytes(kept.database)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.row_factory = sqlite3.Row
        rows = database.execute("SELECT b.*, key_id FROM ballots b JOIN groups g ON g.id = b.group_id").fetchall()
        assert {row["purpose"] for row in rows} == OLDER.keys()
        for row in rows:
            key, id = keys.load(row["key_id"]), 1000 + row["id"]
            (ballot,) = unpack(key.open(Ballots.table.place(dict(row)), row["sealed"]))
            kind, written = OLDER[row["purpose"]]
            sealed = key.seal(ActivityStates.table.place({"id": id}), padded(pack([written(ballot)])))
            values = (id, row["group_id"], kind, row["ref"], int(moment(0).timestamp()), sealed)
            database.execute("INSERT INTO gatherings VALUES (?, ?, ?, ?, ?, ?)", values)
        for statement in (*OLDER_DUE, "DROP TABLE ballots"):
            database.execute(statement)
        return replace(kept, database=database.serialize())


async def test_who_was_let_in_is_in_after_the_upgrade(tmp_path: Path) -> None:
    """Whoever was let in through the page is in, since the same day; who waits still waits; who was refused is out."""
    async with town(tmp_path) as played:
        await Player(played).play("before", "Med: Alva, Bo, Cia, David")
        kept, path = played.keep(), tmp_path / "older.db"
        keys = KeyFolder(keys_of(played.bot.store.path), Keyring(MASTER_KEY))
        path.write_bytes(kept.database)
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.row_factory = sqlite3.Row
            script = MIGRATIONS[16].read_text(encoding="utf-8")
            database.executescript(script[script.index("CREATE TABLE admissions") :] + "DROP INDEX ballots_by_ref;")
            (key_id,) = database.execute("SELECT key_id FROM groups").fetchone()
            key, people = (
                keys.load(key_id),
                [row["id"] for row in database.execute("SELECT id FROM people ORDER BY id")],
            )
            for id, state, day in ((1, "in", "2027-01-04"), (2, "asked", ""), (3, "out", "")):
                sealed = key.seal(f"admissions/{id}/1/{people[id]}/{state}", padded(pack([f"Nummer {id}", day])))
                database.execute("INSERT INTO admissions VALUES (?, 1, ?, ?, ?)", (id, people[id], state, sealed))
            database.executescript(MIGRATIONS[ADMISSIONS].read_text(encoding="utf-8"))
            keyed_migrations.steps(Keyring(MASTER_KEY), keys)[ADMISSIONS](database)
            kept = replace(kept, database=database.serialize())
        assert played._alike is not None
        played.bot = await played._alike.go_on(kept)
        async with played.bot.store.work() as work:
            asked = await admissions.of_group(work, 1)
            assert [(one.text, one.phase) for one in asked.values()] == [
                ("Nummer 1", Phase.OVER),
                ("Nummer 2", Phase.OPEN),
                ("Nummer 3", Phase.OVER),
            ]
            assert [admissions.is_in(one) for one in asked.values()] == [True, False, False]
            assert admissions.confirmed(asked[people[1]]) == date(2027, 1, 4)
            assert [await admissions.waits(work, person) for person in people[1:]] == [False, True, False]


async def test_it_goes_on_after_the_upgrade(tmp_path: Path) -> None:
    """Old buttons still work, an objection becomes a yes, who left in silence is not waited for, the outcome is told
    on its day, and a meeting moves to the time that suits all, as if nothing had happened."""
    async with town(tmp_path) as played:
        player = Player(played)
        await player.play("before", BEFORE)
        await played.press("Cia", "attend", run=1, arg="2:no")
        keys = KeyFolder(keys_of(played.bot.store.path), Keyring(MASTER_KEY))
        older = as_it_was(played.keep(), tmp_path, keys)
        assert played._alike is not None
        played.bot = await played._alike.go_on(upgraded(older, tmp_path, keys))
        async with played.bot.store.work() as work:
            ctx = Context(played.bot.services, work, played.sandbox.now())
            cia, meeting = await work.members.find(1, played.person("Cia")), await work.meetings.get(2)
            assert cia is not None
            assert (await network_meetings.called(ctx, meeting)).members("no") == [cia.id]
        await player.play("after", AFTER)
