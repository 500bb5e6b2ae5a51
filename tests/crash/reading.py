"""What the database holds at the end, in the form in which people were told."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.records.records import Answer
from storage.store import Store, UnitOfWork
from storage.vault.vault import Keyring
from tests.crash.evidence import Evidence, Message
from tests.crash.people import Town
from tests.crash.points import TAKEN
from tests.durability.process import MASTER_KEY
from tests.durability.resident import REGISTER

SEEDED = {REGISTER.register.seed} if REGISTER.register else set()  # what a row has that stands there from the start


async def read(database: Path, towns: Sequence[Town], before: int, into: Evidence) -> None:
    """Read what is stored. Rows of the outbox up to `before` are not looked at."""
    store = await Store.open(database, keyring=Keyring(MASTER_KEY), clock=lambda: datetime.now(UTC))
    stored: dict[str, Any] = {}
    rows: dict[str, Any] = {}
    trouble: list[str] = []
    try:
        async with store.work() as work:
            into.next_offset = await work.update_log.next_offset()
            into.dead_letters = len(await work.update_log.dead_letters())
            for town in towns:
                trouble += await _town(work, town, stored, rows)
    finally:
        await store.close()
    into.stored, into.rows_stored = stored, rows
    with closing(sqlite3.connect(database)) as connection:
        if (found := connection.execute("PRAGMA integrity_check").fetchone()) != ("ok",):
            trouble.append(f"the database is damaged: {found}")
        if broken := connection.execute("PRAGMA foreign_key_check").fetchall():
            trouble.append(f"{len(broken)} references lead nowhere")
        into.taken = connection.execute(f"SELECT * FROM {TAKEN}").fetchall()  # noqa: S608 - a constant
        outbox = connection.execute("SELECT id, chat, kind, state FROM outbox WHERE id > ? ORDER BY id", (before,))
        into.messages = [Message(*row) for row in outbox]
    into.trouble = [*into.trouble, *trouble]


def told(towns: Sequence[Town], into: Evidence) -> None:
    """Put together what they were told."""
    into.told = {
        f"{town.title} {person.name} {exercise} {question}": list(history)
        for town in towns
        for person in town.people
        for (exercise, question), history in person.told.answers.items()
    }
    into.rows_told = {town.title: [row for person in town.people for row in person.told.rows] for town in towns}


def overdue(database: Path, now: datetime) -> set[str]:
    """What in the agenda is due and still waits, by reference."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT ref FROM agenda WHERE state = 'waiting' AND at <= ?", (int(now.timestamp()),))
        return {ref for (ref,) in rows}


def prepare(database: Path) -> None:
    """Make the table in which each update is noted by the transaction that takes it."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"CREATE TABLE {TAKEN} (update_id INTEGER, life INTEGER)")


def queued(database: Path) -> int:
    """How many messages wait to be sent, while the bot runs."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM outbox WHERE state = 'queued'").fetchone()[0])


async def _town(work: UnitOfWork, town: Town, stored: dict[str, Any], rows: dict[str, Any]) -> list[str]:
    group = await work.groups.by_chat(town.chat)
    if group is None:
        return [f"{town.title} is not there"]
    organisations = {o.id: o.name for o in await work.members.organisations(group.id)}
    twice = [name for name, count in Counter(organisations.values()).items() if count > 1]
    for run in await work.runs.all_of(group.id):
        for person in town.people:
            member = await work.members.find(group.id, person.id)
            if member is None:
                continue
            for answer in await work.answers.of_owner(run.id, f"m:{member.id}"):
                versions = await work.answers.history(answer.id)
                place = f"{town.title} {person.name} {run.exercise} {answer.question}"
                stored[place] = [_said(version, organisations) for version in versions]
    found = await work.rows.all(group.id, REGISTER.id)
    rows[town.title] = [
        {q: _plain(value, organisations) for q, value in row.values.items()}
        for row in found
        if set(row.values) != SEEDED
    ]
    return [f"{name} is twice an organisation of {town.title}" for name in twice]


def _said(answer: Answer, organisations: dict[int, str]) -> tuple[Any, str | None]:
    return _plain(answer.value, organisations), answer.comment


def _plain(value: Any, organisations: dict[int, str]) -> Any:
    """A value as it was written or chosen."""
    if not isinstance(value, dict):
        return value
    return organisations.get(value["id"], str(value["id"])) if "id" in value else value["name"]
