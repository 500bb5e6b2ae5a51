"""Many reminders: waiting for them costs nothing, and when many are due at once the nearest deadlines come first."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.context.context import Context
from bot.demo.town import MASTER_KEY, START, town
from bot.reminders.next_message import DAY, schedule_next
from storage.records.records import GroupState, Reach, SeatState
from storage.store import Store
from storage.table import seconds
from storage.vault.vault import Keyring

MANY = 100_000
TODAY = START.date()


@pytest.mark.slow
async def test_a_hundred_thousand_reminders_ahead(tmp_path: Path) -> None:
    """A bot with 100,000 future reminders holds none of them in memory, and finds the next by an index."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)

    async def opened() -> Store:
        return await Store.open(folder / "stadsbot.db", keyring=Keyring(MASTER_KEY), clock=lambda: datetime.now(UTC))

    store = await opened()
    async with store.work() as work:
        for n in range(MANY):
            at = seconds(START + timedelta(minutes=n))
            work._session.write(
                "INSERT INTO agenda (id, kind, ref, visit, at, state) VALUES (?, ?, ?, 0, ?, 'waiting')",
                (n + 1, DAY, f"person:{n}", at),
            )
    await store.close()

    tracemalloc.start()
    store = await opened()
    async with store.work() as work:
        assert await work.schedule.earliest() == START
        assert len(await work.schedule.take_due(START + timedelta(days=1), 100)) == 100
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        asked: list[str] = []
        await work._session._connection.set_trace_callback(asked.append)
        await work.schedule.earliest()
        await work.schedule.take_due(START, 100)
        await work._session._connection.set_trace_callback(lambda _: None)
        plans = [str(tuple(row)) for q in asked for row in await work._session.rows(f"EXPLAIN QUERY PLAN {q}")]
    await store.close()
    assert sum("INDEX agenda_by_time" in plan for plan in plans) == 2, plans
    assert not [plan for plan in plans if "SCAN" in plan and "agenda_by_time" not in plan], plans
    assert peak < 20e6


async def test_the_nearest_deadlines_come_first(tmp_path: Path) -> None:
    """Of all whose hour is nine o'clock, those with the least time left are told first."""
    async with town(tmp_path) as played:
        dues: dict[int, date] = {}
        async with played.bot.store.work() as work:
            ctx = Context(played.bot.services, work, played.sandbox.now())
            group = await work.groups.add(-5, "Exempelstad")
            await work.groups.update(group.id, state=GroupState.ACTIVE)
            for n in range(60):
                person = await work.people.ensure(played.person(f"Person{n}"))
                await work.people.update(person.id, reach=Reach.REACHABLE)
                member = await work.members.add(group.id, person.id, "core")
                member = await work.members.update(member.id, state=SeatState.ACTIVE, coordinator=True)
                dues[person.id] = TODAY + timedelta(1 + n * 7 % 23)
                await work.open_items.put(member, "task", f"row:{n}", dues[person.id], TODAY - timedelta(60))
                (open_item,) = await work.open_items.of_member(member.id)
                await work.open_items.update(open_item.id, snoozed=TODAY)
                await schedule_next(ctx, person.id)
            rows = await work.schedule.take_due(played.sandbox.now() + timedelta(hours=1), 100)
            order = [int(row.ref.partition(":")[2]) for row in rows]
            assert len(order) == 60
            assert [dues[id] for id in order] == sorted(dues.values())
