"""What is remembered of meetings, matters, habits, absences and check-ins."""

from datetime import date, time
from pathlib import Path

import pytest

from storage.records.meetings import PlannedMeeting
from storage.records.open_items import OpenItem
from storage.records.records import Member, SeatState
from storage.store import Store, UnitOfWork

MONDAY, FRIDAY, LATER = date(2027, 1, 4), date(2027, 1, 8), date(2027, 1, 15)


async def a_member(work: UnitOfWork, user: int = 7) -> Member:
    """Someone who is in a group."""
    group = await work.groups.by_chat(-1) or await work.groups.add(-1, "Exempelstad")
    person = await work.people.ensure(user)
    return await work.members.update((await work.members.add(group.id, person.id, "core")).id, state=SeatState.ACTIVE)


async def the_matter(work: UnitOfWork, member: Member) -> OpenItem:
    """The only matter that there is."""
    (open_item,) = await work.open_items.about(member.group_id, "run:1")
    return open_item


async def test_the_same_matter_twice_is_one(store: Store) -> None:
    """What is open stays as it is when it is told again, with what has been said about it."""
    async with store.work() as work:
        member = await a_member(work)
        await work.open_items.put(member, "answer", "run:1", FRIDAY, MONDAY)
        await work.open_items.update((await the_matter(work, member)).id, sent=2, last=date(2027, 1, 7))
        await work.open_items.put(member, "answer", "run:1", FRIDAY, FRIDAY)
        found = await the_matter(work, member)
        assert (found.opened, found.due, found.sent, found.last) == (MONDAY, FRIDAY, 2, date(2027, 1, 7))


async def test_a_matter_taken_up_again_remembers_its_reminders(store: Store) -> None:
    """Taking an answer back and handing it in again gives nobody three more reminders."""
    async with store.work() as work:
        member = await a_member(work)
        await work.open_items.put(member, "answer", "run:1", FRIDAY, MONDAY)
        await work.open_items.update((await the_matter(work, member)).id, sent=2)
        await work.open_items.close(ref="run:1", group_id=member.group_id)
        assert await work.open_items.of_person(member.person_id) == []
        await work.open_items.put(member, "answer", "run:1", FRIDAY, MONDAY)
        assert [m.sent for m in await work.open_items.of_person(member.person_id)] == [2]


async def test_a_new_date_is_a_new_window(store: Store) -> None:
    """When the date is moved, nothing has been said about the new one, also to someone who could not make the old."""
    async with store.work() as work:
        member = await a_member(work)
        await work.open_items.put(member, "answer", "run:1", FRIDAY, MONDAY)
        await work.open_items.update(
            (await the_matter(work, member)).id, sent=3, last=date(2027, 1, 7), state="declined"
        )
        await work.open_items.put(member, "answer", "run:1", FRIDAY, MONDAY)
        assert (await the_matter(work, member)).state == "declined"
        await work.open_items.put(member, "answer", "run:1", LATER, FRIDAY)
        found = await the_matter(work, member)
        assert (found.state, found.opened, found.sent, found.last) == ("open", FRIDAY, 0, None)


async def test_closing_needs_a_whose(store: Store) -> None:
    """A slip of the pen does not silence everybody."""
    async with store.work() as work:
        with pytest.raises(ValueError, match="whose"):
            await work.open_items.close(ref="run:1")


async def test_habits(store: Store) -> None:
    """Someone who has said nothing is met on weekdays at nine; what is changed stays changed."""
    async with store.work() as work:
        person = await work.people.ensure(7)
        usual = await work.notification_preferences.of(person.id)
        assert (usual.at, usual.weekdays, usual.muted, usual.spoken) == (time(9), "01234", "", None)
        await work.notification_preferences.change(person.id, at=time(14))
        await work.notification_preferences.change(person.id, spoken=MONDAY)
    async with store.work() as work:
        found = await work.notification_preferences.of(person.id)
        assert (found.at, found.spoken) == (time(14), MONDAY)


async def test_absences(store: Store) -> None:
    """First and last day count; what has ended is not listed; what ends before it begins is refused."""
    async with store.work() as work:
        person = await work.people.ensure(7)
        await work.absences.add(person.id, date(2027, 7, 1), date(2027, 7, 31))
        assert await work.absences.away_on(date(2027, 7, 31)) == {person.id}
        assert await work.absences.away_on(date(2027, 8, 1)) == set()
        assert len(await work.absences.of_person(person.id, date(2027, 7, 31))) == 1
        assert await work.absences.of_person(person.id, date(2027, 8, 1)) == []
        with pytest.raises(ValueError, match="begins"):
            await work.absences.add(person.id, LATER, FRIDAY)


async def test_meetings_keep_count_of_their_changes(store: Store) -> None:
    """Each change of a meeting raises its sequence, also when it is laid anew, cancelled and taken up again."""
    async with store.work() as work:
        group = (await a_member(work)).group_id
        first, later = [PlannedMeeting("session", 2, 1, 2, date(2027, 2, day), time(13), 90, 0) for day in (1, 8)]
        await work.meetings.put(group, first)
        await work.meetings.put(group, first)
        (meeting,) = await work.meetings.of_group(group)
        assert meeting.sequence == 0
        await work.meetings.put(group, later)
        await work.meetings.cancel(meeting.id)
        (meeting,) = await work.meetings.of_group(group)
        assert (meeting.day, meeting.sequence, meeting.state) == (date(2027, 2, 8), 2, "cancelled")
        await work.meetings.put(group, later)
        assert [(m.sequence, m.state) for m in await work.meetings.of_group(group)] == [(3, "planned")]


async def test_an_answer_leads_to_nobody(store: Store) -> None:
    """Those who were asked answer once, and nothing in the row of an answer tells who, when or in which order."""
    async with store.work() as work:
        members = [await a_member(work, user) for user in range(1, 6)]
        check_in = await work.check_ins.open(members[0].group_id, [m.id for m in members[:4]], MONDAY, LATER)
        taken = [await work.check_ins.answer(check_in, m.id, n) for n, m in enumerate(members, 1)]
        assert taken == [True, True, True, True, False]
        assert not await work.check_ins.answer(check_in, members[0].id, 5)
        await work.check_ins.say(check_in, members[0].id, "hoppfullt")
        assert await work.check_ins.answers(check_in) == ([1, 2, 3, 4], ["hoppfullt"])
        columns = await work._session.rows("SELECT name FROM pragma_table_info('check_in_answers')")
        assert [c[0] for c in columns] == ["id", "group_id", "check_in_id", "sealed"]
        ids = [r[0] for r in await work._session.rows("SELECT id FROM check_in_answers ORDER BY rowid")]
        assert ids == [check_in.id]  # all of a round in one row


async def test_an_erased_group_leaves_nothing(store: Store, tmp_path: Path) -> None:
    """Erasing a group erases its calendar, matters, check-ins and wishes."""
    async with store.work() as work:
        member = await a_member(work)
        await work.open_items.put(member, "answer", "run:1", FRIDAY, MONDAY)
        check_in = await work.check_ins.open(member.group_id, [member.id], MONDAY, LATER)
        await work.check_ins.answer(check_in, member.id, 3)
        await work.wishes.add(member.group_id, member.id, member.id, FRIDAY)
        await work.meetings.put(member.group_id, PlannedMeeting("review", 1, 1, 1, date(2028, 1, 3), time(13), 90, 0))
    async with store.work() as work:
        await work.groups.erase(member.group_id)
    async with store.work() as work:
        for table in ("meetings", "matters", "check_ins", "check_in_turns", "check_in_answers", "wishes"):
            assert await work._session.rows(f"SELECT * FROM {table}") == [], table  # noqa: S608
