"""Groups and the people in them: chats that move, people who come and go."""

import json
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from storage.errors import Unknown
from storage.json_records import codec
from storage.records.group_settings import (
    AskedFor,
    CalendarStart,
    ClosedStep,
    EventLink,
    GroupSettings,
    InChat,
    Keeping,
    Overruling,
    Part,
    Places,
    Presence,
    PutOff,
    StandIn,
    Standing,
    Times,
)
from storage.records.members import MemberChanges
from storage.records.records import Group, GroupState, OutboxKind, Reach, SeatState, group_chat
from storage.store import Store, UnitOfWork
from tests.storage.conftest import START, Open, make_group

OLD, NEW = -5, -1005


async def met(work: UnitOfWork, chats: tuple[int, ...]) -> None:
    """The bot has been seen in these chats, each with somebody of its own and somebody who is in all."""
    for chat in chats:
        group, _ = await make_group(work, chat, 1, first_user=1000 - chat)
        person = await work.people.ensure(77)
        member = await work.members.add(group.id, person.id, "core")
        organisation = await work.members.add_organisation(group.id, "Socialtjänsten")
        await work.members.update(member.id, name="Alma", state=SeatState.ACTIVE, organisation_id=organisation.id)
        await work.people.update(person.id, current_group=group.id)


@pytest.mark.parametrize("chats", [(OLD,), (NEW,), (OLD, NEW), (NEW, OLD)])
@pytest.mark.parametrize("times", [1, 2, 3])
async def test_group_follows_its_chat(store: Store, chats: tuple[int, ...], times: int) -> None:
    """However often it is told and whichever chat it met first, the town is one group in the new chat, with all."""
    async with store.work() as work:
        await met(work, chats)
    for _ in range(times):
        async with store.work() as work:
            moved = await work.groups.migrate(OLD, NEW)
    async with store.work() as work:
        assert await work.groups.by_chat(OLD) is None
        group = await work.groups.by_chat(NEW)
        assert group is not None
        assert group == moved
        assert [found.id for found in await work.groups.all_active()] == [group.id]
        members = await work.members.of_group(group.id)
        assert {member.user_id for member in members} == {77, *(1000 - chat for chat in chats)}
        assert [member.name for member in members if member.user_id == 77] == ["Alma"]
        person = await work.people.by_user(77)
        assert person is not None
        assert person.current_group == group.id


async def test_neither_chat_is_known(store: Store) -> None:
    """A move between chats that the bot has no group for is nothing to it."""
    async with store.work() as work:
        assert await work.groups.migrate(OLD, NEW) is None


@pytest.mark.parametrize("busy", [OLD, NEW])
async def test_the_group_that_has_worked_goes_on(store: Store, busy: int) -> None:
    """When both chats became groups, the one with a run goes on; answers are never dropped with an accident."""
    async with store.work() as work:
        await met(work, (OLD, NEW))
        group = await work.groups.by_chat(busy)
        assert group is not None
        run = await work.runs.add(group.id, "0.1", "hash", {"här": 1})
    async with store.work() as work:
        moved = await work.groups.migrate(OLD, NEW)
        assert moved is not None
        assert (moved.id, moved.chat_id) == (group.id, NEW)
        assert await work.runs.all_of(moved.id) == [run]
        assert len(await work.members.of_group(moved.id)) == 3


async def test_two_groups_with_work_are_both_kept(store: Store) -> None:
    """When both have runs, neither is thrown away: one goes on and the other waits without a chat."""
    async with store.work() as work:
        await met(work, (OLD, NEW))
        groups: list[Group] = await work.groups.all_active()
        for group in groups:
            await work.runs.add(group.id, "0.1", "hash", {})
        assert (await work.groups.migrate(OLD, NEW)) is not None
        kept, other = [await work.groups.get(group.id) for group in groups]
        assert (kept.chat_id, other.chat_id, other.state) == (NEW, 0, "away")
        assert len(await work.runs.all_of(other.id)) == 1
        assert len(await work.members.of_group(other.id)) == 2


async def test_messages_of_the_old_chat(store: Store) -> None:
    """After the move nothing is edited by an old message's number; what was still to be said is said anew."""
    async with store.work() as work:
        group = await work.groups.add(OLD, "Stad")
        chat = group_chat(group.id)
        sent = await work.outbox.put(chat, OutboxKind.MESSAGE, {"text": "ett"}, about=group.id, slot="card")
        await work.outbox.sent(sent, 50)
        await work.outbox.put(chat, OutboxKind.EDIT, {"text": "två"}, about=group.id, slot="card")
        await work.outbox.put(chat, OutboxKind.EDIT_KEYBOARD, {}, about=group.id, message_id=49)
        await work.groups.migrate(OLD, NEW)
        assert await work.outbox.by_message(chat, 50) is None
        (item,) = await work.outbox.due(START, 9)
        assert (item.kind, item.content, item.message_id) == (OutboxKind.MESSAGE, {"text": "två"}, None)
        await work.outbox.sent(item.id, 1)
        assert await work.outbox.due(START, 9) == []


async def test_being_told_twice_that_somebody_joined(store: Store) -> None:
    """Joining twice is joining once, and does not undo what is known of the member."""
    async with store.work() as work:
        group, (member,) = await make_group(work, OLD, 1)
        assert await work.members.add(group.id, member.person_id, "guest") == member
        assert await work.people.ensure(member.user_id) == await work.people.get(member.person_id)
        assert await work.members.find(group.id, 4711) is None
        left = await work.members.update(member.id, state=SeatState.LEFT, left_at=START)
        assert await work.members.of_group(group.id) == []
        assert await work.members.of_group(group.id, include_left=True) == [left]
        assert await work.members.of_person(member.person_id) == [left]


async def test_organisations_are_named_once(store: Store) -> None:
    """Two people who write their organisation's name a little differently come from the same one."""
    async with store.work() as work:
        group = await work.groups.add(OLD, "Stad")
        first = await work.members.add_organisation(group.id, "Polisen ", "police")
        assert await work.members.add_organisation(group.id, "POLISEN") == first
        assert await work.members.organisations(group.id) == [first]
        assert (first.name, first.kind) == ("Polisen", "police")


async def test_numbers_that_are_made_up(store: Store) -> None:
    """A number that stands for nothing is an error, or nothing where numbers come from outside."""
    async with store.work() as work:
        with pytest.raises(Unknown):
            await work.groups.get(99)
        assert await work.members.lookup(99) is None


CHOSEN = GroupSettings(
    steps=(0, 2),
    closed={1: ClosedStep(("start",), "Åsa", date(2027, 1, 14))},
    overruled={"gate:6": Overruling("Vi är redo", "Åsa", date(2027, 1, 15))},
    lists={"areas": ("Hamnen", "Öster")},
    places=Places({"Hamnen": (59.3, 18.1)}),
    readers=(1, 2),
    event=EventLink(3, 4, ("2027-03-01",), off=True),
    presence=Presence({1: START}, {1: START}),
    asked={"archive": AskedFor(1, START, (2, 3))},
    keeping=Keeping({"incidents": 12}, {"incidents": PutOff(date(2027, 6, 1), "Utredning pågår", 1, date(2027, 3, 1))}),
    times=Times(calendar=CalendarStart(date(2027, 2, 1), 12), rhythm=(4, 2)),
    standing=Standing(
        {2: StandIn((1,), date(2027, 2, 1))}, warned=date(2027, 2, 2), asked=2, heard={1: date(2027, 2, 3)}
    ),
    chat=InChat(unproven={7: None, 8: 1}, roll_called=date(2027, 1, 20)),
)


def test_settings_of_an_older_version() -> None:
    """What a group chose before a setting went or came is read as it was; what it has not chosen is as usual."""
    by = codec(GroupSettings)
    assert by is not None
    assert by.load({"steps": [0, 1], "gone": {"x": 1}, "seen": {"4": START.isoformat()}}) == GroupSettings(
        steps=(0, 1), presence=Presence({4: START})
    )
    assert by.load({}) == GroupSettings()
    assert by.dump(GroupSettings()) == {}
    kept = json.loads(json.dumps(by.dump(CHOSEN)))
    assert by.load(kept) == CHOSEN
    names = {"event_link", "event_off", "presence_asked", "retention", "put_off", "calendar", "stand_ins"}
    names |= {"stand_in_warned", "stand_in_asked", "heard", "unproven", "roll_called"}
    assert names <= kept.keys(), "0.12.0 has all of it beside each other"


async def test_records_survive_a_restart(store: Store, open_store: Open) -> None:
    """What is read from the disk equals what was said to be written."""
    async with store.work() as work:
        group, members = await make_group(work, OLD, 2)
        group = await work.groups.update(group.id, thread_id=7, settings=CHOSEN, state=GroupState.ACTIVE)
        changes: MemberChanges = {"profile": {"å": True}, "agreed_version": "1", "agreed_at": START}
        members[0] = await work.members.update(members[0].id, **changes)
        person = await work.people.update(
            members[0].person_id, reach=Reach.BLOCKED, stopped=True, current_group=group.id
        )
    again = await open_store()
    async with again.work() as work:
        assert await work.groups.by_chat(OLD) == group
        assert await work.members.of_group(group.id) == members
        assert await work.people.by_user(person.user_id) == person


async def test_parts_of_settings_are_settled_by_their_type(store: Store) -> None:
    """Each part that a group's settings have can be settled by itself, or with another; the rest stays as it was."""
    async with store.work() as work:
        group, _ = await make_group(work, OLD, 1)
        group = await work.groups.update(group.id, settings=replace(group.settings, link=7))
        for part in get_args(Part):
            assert (await work.groups.settle(group, part())).settings == group.settings
        times, chat = replace(group.settings.times, weekly=3), replace(group.settings.chat, unpinned=True)
        await work.groups.settle(group, times, chat)
        assert (await work.groups.get(group.id)).settings == replace(group.settings, times=times, chat=chat)
