"""Incidents: who may write, who may read, what each reading leaves behind, and what is left after a time."""

# The error comes out of the work as a whole.
# ruff: noqa: PT012

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from storage.errors import Damaged, NotAllowed, Unknown
from storage.records.access_log import Head, HeadVerdict
from storage.records.group_settings import GroupSettings
from storage.records.incidents import SIGNS
from storage.records.records import Group, GroupState, Incident, Member, SeatState
from storage.store import Store, UnitOfWork
from tests.storage.conftest import Clock, Open, make_group

TODAY = date(2026, 3, 2)
SEEN = {"when": "2026-03-01", "kind": ["labour"], "area": "Hamnen", "note": "Madrasser i källaren."}


async def scene(work: UnitOfWork, chat: int = -1) -> tuple[Group, Member, Member, Incident]:
    """A group whose first member reads incidents and whose second has logged one."""
    group, (reader, reporter) = await make_group(work, chat, members=2, first_user=1000 - chat)
    group = await work.groups.update(group.id, settings=GroupSettings(readers=(reader.id,)))
    group = await work.groups.update(group.id, state=GroupState.ACTIVE)
    return group, reader, reporter, await work.incidents.add(group.id, reporter.person_id, SEEN, TODAY)


async def test_a_reader_reads_and_the_log_says_so(store: Store) -> None:
    """Whoever was named sees what was logged, and the coordinator sees that they did, and when."""
    async with store.work() as work:
        group, reader, _, incident = await scene(work)
        found, total = await work.incidents.overview(reader)
        read, follow_ups = await work.incidents.read(incident.id, reader)
        lines, count = await work.access_log.lines(group.id)
    assert (found, total, read.values, follow_ups) == ([incident], 1, SEEN, [])
    assert [(line.member_id, line.what, line.incident_id) for line in lines] == [
        (reader.id, "open", incident.id),
        (reader.id, "list", None),
    ]
    assert count == 2


async def test_nobody_else_reads(store: Store) -> None:
    """Not the one who logged it, no other group's reader, no reader who has left: neither page nor incident."""
    async with store.work() as work:
        group, reader, reporter, incident = await scene(work)
        _, stranger, _, _ = await scene(work, -2)
        noted = await work.incidents.follow_up(incident.id, reader, {"what": "talk"})
        for other in (reporter, stranger):
            with pytest.raises(NotAllowed):
                await work.incidents.read(incident.id, other)
            with pytest.raises(NotAllowed):
                await work.incidents.follow_up(incident.id, other, {"kind": "talk"})
            with pytest.raises(NotAllowed):
                await work.incidents.take_back(noted.id, other)
        with pytest.raises(NotAllowed):
            await work.incidents.overview(reporter)
        await work.members.update(reader.id, state=SeatState.LEFT)
        with pytest.raises(NotAllowed):
            await work.incidents.read(incident.id, reader)
        assert (await work.access_log.lines(group.id))[1] == 1, "only the reader's own follow-up"


async def test_without_a_line_no_reading(store: Store) -> None:
    """If the access log cannot be written, the incident is not read either."""
    with pytest.raises(sqlite3.Error):
        async with store.work() as work:
            _, reader, _, incident = await scene(work)
            work._session.write("CREATE TEMP TRIGGER no BEFORE INSERT ON access_log BEGIN SELECT raise(ABORT, ''); END")
            await work.incidents.read(incident.id, reader)


async def test_who_logged_it_can_correct_and_withdraw_but_not_read(store: Store) -> None:
    """One's own can be changed field by field and taken back; what it says is never handed out to its reporter."""
    async with store.work() as work:
        group, reader, reporter, incident = await scene(work)
        assert await work.incidents.receipts_of(group.id, reporter.person_id, TODAY) == [
            (incident.id, incident.receipt, "2026-03-02")
        ]
        assert await work.incidents.receipts_of(group.id, reader.person_id, TODAY) == []
        changed = await work.incidents.correct(incident.id, reporter.person_id, {"area": "Centrum"})
        assert changed.values == {**SEEN, "area": "Centrum"}
        with pytest.raises(NotAllowed):
            await work.incidents.correct(incident.id, reader.person_id, {"area": "Norr"})
        with pytest.raises(NotAllowed):
            await work.incidents.withdraw(incident.id, reader.person_id)
        assert (await work.incidents.withdraw(incident.id, reporter.person_id)).values == {}
        with pytest.raises(NotAllowed):
            await work.incidents.correct(incident.id, reporter.person_id, {"area": "Norr"})
        assert await work.incidents.countable(group.id) == []
        (line,), _ = await work.access_log.lines(group.id)
        assert (line.what, line.member_id) == ("withdrawn", None)


async def test_the_table_does_not_say_who(store: Store, path: Path) -> None:
    """A copy of the database shows no reporter, no time of day and no content, nor the same hash in two groups."""
    async with store.work() as work:
        _, _, reporter, incident = await scene(work)
        other = await work.groups.add(-9, "En annan")
        again = await work.incidents.add(other.id, reporter.person_id, SEEN, TODAY)
    assert incident.reporter != again.reporter
    with closing(sqlite3.connect(path)) as raw:
        columns = [column[1] for column in raw.execute("PRAGMA table_info(incidents)")]
        row = raw.execute("SELECT * FROM incidents").fetchone()
    assert columns == ["id", "group_id", "receipt", "reporter", "logged_on", "state", "version", "sealed"]
    assert row[4] == "2026-03-02"
    assert set(incident.receipt) <= set(SIGNS)
    assert "Hamnen" not in repr(incident)


async def test_counting_sees_no_note(store: Store) -> None:
    """What is counted has neither note nor receipt, and what followed is counted with it."""
    async with store.work() as work:
        group, reader, _, incident = await scene(work)
        await work.incidents.follow_up(incident.id, reader, {"kind": "talk", "day": "2026-03-02"})
        (counted,) = await work.incidents.countable(group.id)
    assert counted.values == {"when": "2026-03-01", "kind": ["labour"], "area": "Hamnen"}
    assert counted.follow_ups == ({"kind": "talk", "day": "2026-03-02"},)


async def test_after_its_time_only_figures_remain(store: Store, path: Path) -> None:
    """What was logged before the day holds nothing more than what is counted, and no way back to who logged it."""
    async with store.work() as work:
        group, reader, reporter, _ = await scene(work)
        newer = await work.incidents.add(group.id, reporter.person_id, SEEN, date(2026, 3, 3))
        assert await work.incidents.thin(group.id, date(2026, 3, 3), ("when", "kind")) == 1
        assert await work.incidents.thin(group.id, date(2026, 3, 3), ("when", "kind")) == 0
        found, _ = await work.incidents.overview(reader)
        assert [(i.values, i.reporter is None) for i in found] == [
            (SEEN, False),
            ({"when": "2026-03-01", "kind": ["labour"]}, True),
        ]
        assert found[0].id == newer.id
    assert path.with_name(path.name + "-wal").stat().st_size == 0


async def test_a_line_taken_away_shows(store: Store) -> None:
    """The access log proves itself: whole while nobody touches it, and not when a line is gone or changed."""
    async with store.work() as work:
        group, reader, _, incident = await scene(work)
        for _ in range(4):
            await work.incidents.read(incident.id, reader)
        assert await work.access_log.is_whole(group.id)
        await work._session.rows("DELETE FROM access_log WHERE id = 2")
        assert not await work.access_log.is_whole(group.id)


async def test_a_head_shows_what_was_cut_off(store: Store) -> None:
    """Whoever kept a head sees that the newest lines were cut off, or another stands there, or that all is well."""
    async with store.work() as work:
        group, reader, _, incident = await scene(work)
        log = work.access_log
        assert await log.head(group.id) is None
        heads = []
        for _ in range(3):
            await work.incidents.read(incident.id, reader)
            head = await log.head(group.id)
            assert head is not None
            assert Head.parse(str(head)) == head
            heads.append(head)
        forged = replace(heads[1], mark="0" * 16)
        assert await log.check(group.id, [*heads, forged], TODAY) == {
            **dict.fromkeys(heads, HeadVerdict.STANDS),
            forged: HeadVerdict.CHANGED,
        }
        await work._session.rows("DELETE FROM access_log WHERE id = 3")
        assert await log.is_whole(group.id), "the chain alone does not see it"
        assert (await log.check(group.id, heads, TODAY))[heads[2]] is HeadVerdict.CUT
        assert (await log.check(group.id, heads, date(2030, 1, 1)))[heads[2]] is HeadVerdict.AGED
        await work._session.rows("DELETE FROM access_log WHERE id = 1")
        assert set((await log.check(group.id, heads, TODAY)).values()) == {HeadVerdict.CUT, HeadVerdict.STANDS}


@pytest.mark.parametrize("text", ["", "1-2-20260302", "1-2-20261399-0123456789abcdef", "a-2-20260302-0123456789abcdef"])
def test_what_is_no_head(text: str) -> None:
    """What was not written as a head is none."""
    assert Head.parse(text) is None


async def test_no_line_no_reading(store: Store) -> None:
    """Where the log cannot be written nothing is read, noted or listed: the whole transaction fails."""
    async with store.work() as work:
        group, reader, _, incident = await scene(work)
        refuse = "CREATE TRIGGER full BEFORE INSERT ON access_log BEGIN SELECT raise(ABORT, 'no room'); END"
        await work._session.rows(refuse)
    ways: list[Callable[[UnitOfWork], Awaitable[Any]]] = [
        lambda work: work.incidents.read(incident.id, reader),
        lambda work: work.incidents.overview(reader),
        lambda work: work.incidents.follow_up(incident.id, reader, {"what": "talk"}),
    ]
    for way in ways:
        with pytest.raises(sqlite3.IntegrityError):
            async with store.work() as work:
                await way(work)
    async with store.work() as work:
        assert [countable.follow_ups for countable in await work.incidents.countable(group.id)] == [()]


async def test_a_line_cannot_be_changed(store: Store) -> None:
    """The database itself refuses to change a line of the access log."""
    with pytest.raises(sqlite3.IntegrityError):
        async with store.work() as work:
            _, reader, _, incident = await scene(work)
            await work.incidents.read(incident.id, reader)
            await work._session.rows("UPDATE access_log SET at = 0")


async def test_an_erased_group_is_unreadable_from_an_older_backup(open_store: Open, path: Path, tmp_path: Path) -> None:
    """Erasing a group destroys its key: a copy made before cannot be read with the master key and all that is left."""
    store = await open_store()
    async with store.work() as work:
        group, _, _, incident = await scene(work)
    await store.backup(tmp_path / "older.db")
    async with store.work() as work:
        await work.groups.erase(group.id)
    await open_store.close()
    (tmp_path / "older.db").replace(path)
    store = await open_store()
    async with store.work() as work:
        with pytest.raises((Unknown, Damaged)):
            await work.incidents.get(incident.id)


async def test_earlier_years(store: Store, clock: Clock) -> None:
    """A figure entered by hand can be set, changed and taken away."""
    async with store.work() as work:
        group, _, _, _ = await scene(work)
        await work.earlier_years.put(group.id, 2022, "reported", 90)
        await work.earlier_years.put(group.id, 2021, "reported", 35)
        await work.earlier_years.put(group.id, 2021, "reported", 36)
        await work.earlier_years.put(group.id, 2020, "talks", None)
        found = [(f.year, f.series, f.number) for f in await work.earlier_years.of_group(group.id)]
        assert found == [(2021, "reported", 36), (2022, "reported", 90)]
        await work.earlier_years.put(group.id, 2022, "reported", None)
        assert len(await work.earlier_years.of_group(group.id)) == 1


BIRD = "kanariefågel"


async def test_a_thousand_known_strings_are_nowhere_to_be_read(open_store: Open, path: Path, tmp_path: Path) -> None:
    """Database, its log, its backup and its keys hold none of a thousand strings that people wrote."""
    store = await open_store()
    known = [f"{BIRD}-{number:04}" for number in range(1000)]
    async with store.work() as work:
        group, reader, reporter, incident = await scene(work)
        for place in range(0, 1000, 4):
            note, area, told, outcome = known[place : place + 4]
            values = {**SEEN, "note": note, "area": area, "told": [told]}
            logged = await work.incidents.add(group.id, reporter.person_id, values, TODAY)
            await work.incidents.follow_up(logged.id, reader, {"kind": "outcome", "what": outcome})
        await work.incidents.read(incident.id, reader)
    await store.backup(tmp_path / "backup.db")
    files = [tmp_path / "backup.db", *(f for f in path.parent.rglob("*") if f.is_file())]
    assert {path.name, f"{path.name}-wal"} <= {f.name for f in files}
    content = b"".join(f.read_bytes() for f in files)
    assert BIRD.encode() not in content, "each of them begins so"
