"""The store itself: all of a unit of work, or nothing, whatever fails in it and whoever is cancelled."""

# A unit of work that fails takes several lines.
# ruff: noqa: PT012

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import pytest

from storage.errors import TransactionLost
from storage.migrations import schema
from storage.records.records import OutboxKind
from storage.session import Statement
from storage.session import _run_inside as run_inside
from storage.store import Store
from tests.storage.conftest import Clock, Open, make_group, users


async def test_settings_that_durability_rests_on(open_store: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits are on the disk, references hold, and what is deleted is overwritten."""
    monkeypatch.setattr(Store, "durable", True)
    store = await open_store()
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "user_version": schema.NEWEST,
    }
    found = {name: (await store._connection.run([(f"PRAGMA {name}", ())]))[0][0] for name in wanted}
    assert found == wanted


async def test_all_or_nothing(store: Store) -> None:
    """A unit that fails leaves nothing, not even in what is remembered, and the next one works."""
    called: list[str] = []
    with pytest.raises(RuntimeError):
        async with store.work() as work:
            await work.people.ensure(1)
            work.after_commit.append(lambda: called.append("failed"))
            raise RuntimeError
    async with store.work() as work:
        assert await work.people.by_user(1) is None
        await work.people.ensure(2)
        work.after_commit.append(lambda: called.append("done"))
        assert called == []
    assert await users(store) == {2}
    assert called == ["done"]


async def test_savepoint_fails_alone(store: Store) -> None:
    """What fails inside a savepoint is undone, with its callbacks; what came before and comes after is kept."""
    called: list[int] = []
    async with store.work() as work:
        await work.people.ensure(1)
        for user in (2, 3):
            with pytest.raises(RuntimeError):
                async with work.savepoint():
                    person = await work.people.ensure(user)
                    work.after_commit.append(lambda: called.append(0))
                    async with work.savepoint():
                        await work.people.ensure(user + 10)
                    if user == 3:
                        await work.people.update(person.id, stopped=True)
                    raise RuntimeError
        assert await work.people.by_user(2) is None
        async with work.savepoint():
            await work.people.ensure(4)
            with pytest.raises(RuntimeError):
                async with work.savepoint():
                    await work.people.ensure(5)
                    raise RuntimeError
            work.after_commit.append(lambda: called.append(4))
    assert await users(store) == {1, 4}
    assert called == [4]


@pytest.mark.parametrize("seen", [True, False])
async def test_what_changes_again_and_again(
    store: Store, open_store: Open, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    """A round that eight answer within one poll is written once, with all that has changed of it; what a savepoint
    that failed would have made of it is not."""
    async with store.work() as work:
        group, _ = await make_group(work, -1)
        run = await work.runs.add(group.id, "e", "1", {"answers": 0})
    written: list[str] = []

    def told(connection: sqlite3.Connection, statements: Sequence[Statement]) -> list[sqlite3.Row]:
        written.extend(sql for sql, _ in statements if "runs SET" in sql)
        return run_inside(connection, statements)

    monkeypatch.setattr("storage.session._run_inside", told)
    async with store.work() as work:
        await work.runs.update(run.id, phase="revealed", state={"answers": 1})
        if seen:
            assert (await work.runs.of_exercise(group.id, "e"))[0].phase == "revealed"
        for number in range(2, 9):
            await work.runs.update(run.id, state={"answers": number})
        with pytest.raises(ZeroDivisionError):
            async with work.savepoint():
                await work.runs.update(run.id, phase="concluded", state={"answers": 99})
                raise ZeroDivisionError
        await work.runs.update(run.id, state={"answers": 9})
        for number in range(10, 13):
            await work.runs.update(run.id, state={"answers": number})
    assert len(written) == 2 + seen, "before the savepoint, after it, and before it was read"
    store = await open_store()
    async with store.work() as work:
        kept = await work.runs.get(run.id)
    assert (kept.phase, kept.state) == ("revealed", {"answers": 12})


async def test_nothing_undone_is_remembered(store: Store) -> None:
    """After a rollback, whole or to a savepoint, what was added or changed is gone from memory too."""
    async with store.work() as work:
        known = await work.people.ensure(1)
    async with store.work() as work:
        with pytest.raises(RuntimeError):
            async with work.savepoint():
                added = await work.people.ensure(2)
                await work.people.update(known.id, stopped=True)
                raise RuntimeError
        assert await work.people.lookup(added.id) is None
        assert await work.people.get(known.id) == known


async def test_fault_before_a_savepoint(store: Store) -> None:
    """A write that cannot be done is not taken for a fault of the savepoint that follows it."""
    inside = False
    with pytest.raises(sqlite3.IntegrityError):
        async with store.work() as work:
            await work.people.ensure(1)
            work._session.write("INSERT INTO people SELECT * FROM people")
            async with work.savepoint():
                inside = True
    assert not inside
    assert await users(store) == set()


async def test_transaction_that_sqlite_ended(store: Store) -> None:
    """When SQLite has given up the transaction by itself, nothing is written outside of one."""
    with pytest.raises(TransactionLost):
        async with store.work() as work:
            await work.people.ensure(1)
            await store._connection.run([("ROLLBACK", ())])
            await work.people.ensure(2)
    assert await users(store) == set()


async def test_write_that_fails_late(store: Store) -> None:
    """A write that turns out to be impossible fails its savepoint, whenever it reaches the disk, and no other."""
    async with store.work() as work:
        await work.people.ensure(1)
        with pytest.raises(sqlite3.IntegrityError):
            async with work.savepoint():
                await work.people.ensure(2)
                work._session.write("INSERT INTO people SELECT * FROM people")
        await work.people.ensure(3)
    assert await users(store) == {1, 3}


async def test_failure_that_is_ignored(store: Store) -> None:
    """Whoever catches a database error and goes on cannot commit half of the work by accident."""
    with pytest.raises(TransactionLost):
        async with store.work() as work:
            await work.people.ensure(1)
            with pytest.raises(sqlite3.OperationalError):
                await work._session.rows("SELECT * FROM nowhere")
            with pytest.raises(TransactionLost):
                await work.people.by_user(9)
    assert await users(store) == set()


async def test_watchers(store: Store, clock: Clock) -> None:
    """Whoever watches the outbox or the agenda is told once after each commit that brought something, else never."""
    told: list[str] = []
    for table in ("outbox", "agenda"):
        store.watch(table, partial(told.append, table))
    with pytest.raises(ZeroDivisionError):
        async with store.work() as work:
            await work.schedule.put("probe", clock.now)
            raise ZeroDivisionError
    async with store.work() as work:
        await work.people.ensure(7)
    assert told == []
    async with store.work() as work:
        for text in ("a", "b"):
            await work.outbox.put("p:1", OutboxKind.MESSAGE, {"text": text}, about=None)
        assert told == []
    assert told == ["outbox"]
    async with store.work() as work:
        await work.schedule.put("probe", clock.now)
    async with store.work() as work:
        await work.schedule.cancel(kind="probe")
    assert told == ["outbox", "agenda", "agenda"]


async def test_work_that_is_over(store: Store) -> None:
    """A unit kept beyond its end cannot write into somebody else's."""
    async with store.work() as old:
        await old.people.ensure(1)
    async with store.work():
        with pytest.raises(TransactionLost):
            await old.people.by_user(2)


async def test_units_do_not_mix(store: Store) -> None:
    """Two hundred units at once, a third of which fail: each that was acknowledged is there, and no other."""
    acknowledged: set[int] = set()

    async def unit(user: int) -> None:
        async with store.work() as work:
            await work.people.ensure(user)
            await asyncio.sleep(0)
            if user % 3 == 0:
                raise RuntimeError
            await work.people.ensure(user + 1000)
        acknowledged.update((user, user + 1000))

    await asyncio.gather(*(unit(user) for user in range(1, 201)), return_exceptions=True)
    assert len(acknowledged) == 268
    assert await users(store) == acknowledged


async def test_cancelled_at_any_moment(store: Store) -> None:
    """A task that is cancelled has done its work with what follows from it, or nothing, and the store goes on."""
    for hops in range(0, 200, 7):
        called: list[int] = []

        async def unit(user: int = hops + 1, called: list[int] = called) -> None:
            async with store.work() as work:
                work.after_commit.append(lambda: called.append(user))
                await work.people.ensure(user)
                await work.people.by_user(-1)

        task = asyncio.create_task(unit())
        for _ in range(hops):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (hops + 1 in await users(store)) == bool(called)
    async with store.work() as work:
        await work.people.ensure(99)
    assert 99 in await users(store)


async def test_cancelled_in_a_savepoint(store: Store) -> None:
    """Being cancelled is never taken for a fault of the part that was at work, however that part treats its faults."""
    finished = 0
    for hops in range(0, 4_000, 5):

        async def unit(user: int = hops + 1) -> None:
            async with store.work() as work:
                await work.people.ensure(user)
                with suppress(Exception):  # as those do who put aside what cannot be done
                    async with work.savepoint():
                        await work.people.ensure(1_000 + user)
                        await work.people.by_user(-1)
                await asyncio.sleep(0)

        task = asyncio.create_task(unit())
        for _ in range(hops):
            await asyncio.sleep(0)
        finished += task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled() or await users(store) >= {hops + 1, 1_000 + hops + 1}
        if finished > 20:
            break


async def test_numbers_are_never_used_twice(store: Store, open_store: Open) -> None:
    """A number that was given out is not given to something else later, so an old button cannot mean a new thing."""
    async with store.work() as work:
        group, members = await make_group(work, -1, 3)
        await work.groups.erase(group.id)
    again = await open_store()
    async with again.work() as work:
        group, later = await make_group(work, -1, 1, first_user=50)
        assert later[0].id > members[-1].id
        assert later[0].person_id > members[-1].person_id
