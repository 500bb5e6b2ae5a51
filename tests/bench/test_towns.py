"""A town that is made in one go is what the bot would have written."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.context.context import Context
from bot.context.sealed_actions import Buttons
from bot.context.services import Services
from bot.exercises import runner
from bot.reminders.next_message import DAY, schedule_next
from flows.definitions.loader import the_process
from flows.run.state import Phase
from messages.voice import Voice
from storage.store import Store
from storage.vault.vault import Keyring
from tests.bench.bots.ours import begin_exercise, write_definitions
from tests.bench.growing import ALL_PLAYED
from tests.bench.reminding import DUE, TUESDAY
from tests.bench.town_rows import COMMENT, FIRST_USER, TEXT
from tests.bench.towns import MASTER_KEY, ZONE, Shape, Town, build

MEMBERS = 4


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Three groups of four; two of each are waited for."""
    shape = Shape(3, MEMBERS, ALL_PLAYED, 2, least=2, most=2, today=TUESDAY.replace(day=1))
    (tmp_path / "town").mkdir(mode=0o700)
    made = Town(tmp_path / "town" / "town.db", shape)
    build(made.path, shape)
    return made


async def test_all_of_it_can_be_read(town: Town) -> None:
    """Every member's answers open with their group's key, the rounds load, and the reminders are those of the rules."""
    keyring = Keyring(MASTER_KEY)
    store = await Store.open(town.path, keyring=keyring, clock=lambda: datetime.now(UTC))
    process = the_process()
    services = Services(process, Voice("sv"), Buttons(keyring.button_key), ZONE, "bench_bot", 42)
    async with store.work() as work:
        ctx = Context(services, work, DUE.astimezone(UTC))
        for number in (1, 2, 3):
            group = await work.groups.get(number)
            members = await work.members.of_group(number)
            for run in await work.runs.all_of(number):
                played = runner.load(ctx, run)
                assert (played.phase is Phase.CONCLUDED) == (run.exercise in ALL_PLAYED)
                for member in members:
                    given = await work.answers.of_owner(run.id, f"m:{member.id}")
                    assert {a.question for a in given} == played.sheet(member.id).answered
                assert await work.outbox.latest(f"p:{members[0].person_id}", f"visit:{run.id}", group.id) is not None
            assert group.title == f"Kärngruppen i Exempelstad {number}"
        before = [(row.ref, row.at) for row in await work.schedule.take_due(DUE)]
        assert len(before) == 6
        for ref, _ in before:
            await schedule_next(ctx, int(ref.partition(":")[2]))
        assert [(row.ref, row.at) for row in await work.schedule.take_due(DUE)] == before
        assert await work.schedule.earliest(DAY) == DUE
    await store.close()


async def test_every_row_is_sealed(town: Town) -> None:
    """What people wrote stands nowhere in the file."""
    stored = town.path.read_bytes()
    assert [words for words in (COMMENT, TEXT, "i Exempelstad 1", "Person 1") if words.encode() in stored] == []
    with closing(sqlite3.connect(town.path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_an_exercise_begins_where_none_has(town: Town, tmp_path: Path) -> None:
    """Each measurement has groups of its own, far from each other, whose people come by the exercise's link."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    write_definitions(folder)
    assert town.fresh_groups(1, "bench") == [1]
    crowds = await begin_exercise(town, [1], folder)
    assert [(first, count) for first, count, _ in crowds] == [(FIRST_USER, MEMBERS)]
    assert town.fresh_groups(1, "bench") == [2]
