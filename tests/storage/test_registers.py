"""Registers, the agenda and the intake: small tables, each with its one promise."""

from datetime import timedelta

import pytest

from storage.errors import Outdated
from storage.store import Store
from tests.storage.conftest import START, Clock, Open, make_group


async def test_rows_are_numbered(store: Store) -> None:
    """Rows keep their numbers for ever, and come in that order; a removed one is shown only to whoever asks for it."""
    async with store.work() as work:
        group, (member,) = await make_group(work, -1, 1)
        for n in range(1, 13):
            assert (await work.rows.add(group.id, "0.3", {"namn": f"Rad {n}"}, author=member.id)).number == n
        other = await work.rows.add(group.id, "0.7", {}, author=None)
        assert other.number == 1
        rows = await work.rows.all(group.id, "0.3")
        assert [row.number for row in rows] == list(range(1, 13))
        await work.rows.change(rows[-1].id, 1, member.id, state="removed")
        assert len(await work.rows.all(group.id, "0.3")) == 11
        assert [row.number for row in await work.rows.all(group.id, "0.3", state="removed")] == [12]
        assert (await work.rows.add(group.id, "0.3", {}, author=member.id)).number == 13


async def test_a_thinned_row_keeps_what_lasts_and_nothing_of_before(store: Store) -> None:
    """What is thinned out is gone with every earlier version of the row; what lasts, and its number, stay."""
    async with store.work() as work:
        group, (member,) = await make_group(work, -1, 1)
        row = await work.rows.add(group.id, "2.6", {"dag": "2027-01-11", "alias": "ett"}, author=member.id)
        await work.rows.change(row.id, None, member.id, values={"dag": "2027-01-12", "alias": "två"})
    async with store.work() as work:
        await work.rows.thin(row.id, {"dag"})
    async with store.work() as work:
        (left,) = await work.rows.history(row.id)
        assert (left.number, left.values) == (row.number, {"dag": "2027-01-12"})


async def test_rows_have_a_history(store: Store, clock: Clock) -> None:
    """Every version of a row is kept with who made it and when; a removal can be undone; nothing is changed unseen."""
    async with store.work() as work:
        group, members = await make_group(work, -1, 2)
        row = await work.rows.add(group.id, "0.3", {"namn": "ett"}, author=members[0].id)
        clock.wind(hours=1)
        await work.rows.change(row.id, 1, members[1].id, values={"namn": "två"}, assignee=members[0].id)
        same = await work.rows.change(row.id, 2, members[0].id, values={"namn": "två"})
        assert same.version == 2
        with pytest.raises(Outdated):
            await work.rows.change(row.id, 1, members[0].id, values={"namn": "tre"})
        await work.rows.change(row.id, None, members[0].id, state="removed")
        await work.rows.change(row.id, None, members[0].id, state="open")
    async with store.work() as work:
        history = await work.rows.history(row.id)
        assert [(v.version, v.values["namn"], v.state) for v in history] == [
            (1, "ett", "open"),
            (2, "två", "open"),
            (3, "två", "removed"),
            (4, "två", "open"),
        ]
        assert [v.author for v in history] == [members[n].id for n in (0, 1, 0, 0)]
        assert history[0].changed_at == START
        assert history[1].changed_at == START + timedelta(hours=1)


async def test_agenda_has_one_time_for_each_thing(store: Store) -> None:
    """Setting a time anew moves it; one that is done stays done however often it is set, until it is another time."""
    hour = timedelta(hours=1)
    async with store.work() as work:
        group, (member,) = await make_group(work, -1, 1)
        assert await work.schedule.earliest() is None
        for _ in range(2):
            await work.schedule.put("remind", START + hour, group_id=group.id, member_id=member.id, ref="7", visit=3)
            await work.schedule.put("close", START + 2 * hour, group_id=group.id, ref="7")
        assert await work.schedule.earliest() == START + hour
        assert await work.schedule.take_due(START) == []
        (due,) = await work.schedule.take_due(START + hour)
        assert (due.kind, due.member_id, due.ref, due.visit) == ("remind", member.id, "7", 3)
        await work.schedule.done(due.id)
        await work.schedule.put("remind", START + hour, group_id=group.id, member_id=member.id, ref="7", visit=3)
        assert await work.schedule.earliest() == START + 2 * hour
        await work.schedule.put("remind", START, group_id=group.id, member_id=member.id, ref="7", visit=4)
        assert [due.visit for due in await work.schedule.take_due(START + 9 * hour)] == [4, 0]


async def test_agenda_is_cancelled(store: Store) -> None:
    """What is cancelled does not fall due, nothing else is touched, and it can be set again."""
    async with store.work() as work:
        group, members = await make_group(work, -1, 2)
        for member in members:
            await work.schedule.put("remind", START, group_id=group.id, member_id=member.id, ref="7")
        await work.schedule.cancel(ref="7", member_id=members[0].id)
        assert [due.member_id for due in await work.schedule.take_due(START)] == [members[1].id]
        await work.schedule.put("remind", START, group_id=group.id, member_id=members[0].id, ref="7")
        assert len(await work.schedule.take_due(START)) == 2
        await work.schedule.cancel(group_id=group.id)
        assert await work.schedule.take_due(START) == []
        with pytest.raises(ValueError, match="what to cancel"):
            await work.schedule.cancel()


async def test_intake_survives_a_restart(store: Store, open_store: Open) -> None:
    """After a restart the bot goes on with the next update, knows when it was last well, and what it could not take."""
    async with store.work() as work:
        assert (await work.update_log.next_offset(), await work.update_log.last_heartbeat()) == (0, None)
        await work.update_log.set_offset(43)
        await work.update_log.heartbeat(START)
        for text in ("hej", "igen"):
            await work.update_log.dead_letter(42, {"update_id": 42, "text": text}, "KeyError")
    again = await open_store()
    async with again.work() as work:
        assert (await work.update_log.next_offset(), await work.update_log.last_heartbeat()) == (43, START)
        (letter,) = await work.update_log.dead_letters()
        assert (letter.update_id, letter.error_type, letter.raw["text"]) == (42, "KeyError", "hej")
        assert "hej" not in repr(letter)


async def test_times_without_a_zone_are_refused(store: Store) -> None:
    """A time without a zone would mean another moment on another machine."""
    async with store.work() as work:
        with pytest.raises(ValueError, match="without a zone"):
            await work.schedule.put("remind", START.replace(tzinfo=None))
