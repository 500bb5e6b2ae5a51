"""Who may what: the rules themselves, a case each. That each door asks for them, `test_access.py` holds."""

from dataclasses import replace
from typing import Any

import pytest

from bot.context.permission_matrix import EPOCH, Who, seat
from bot.context.permissions import (
    May,
    Rank,
    asked_anew,
    holds,
    is_reader,
    is_sensitive,
    may,
    meets,
    rank_of,
    rank_then,
    seat_for,
)
from flows.definitions.loader import the_process
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole
from storage.records.records import Group, GroupState, Member, Row, SeatState

RANKS = {
    Who.STRANGER: Rank.STRANGER,
    Who.GUEST: Rank.INVITED,
    Who.LEADER: Rank.LEADER,
    Who.NETWORK: Rank.NETWORK,
    Who.CORE: Rank.MEMBER,
    Who.READER: Rank.MEMBER,
    Who.STAND_IN: Rank.COORDINATOR,
    Who.COORDINATOR: Rank.RESPONSIBLE,
    Who.ASKED: Rank.INVITED,
    Who.LEFT: Rank.FORMER,
}


def sitting(who: Who, **changes: Any) -> tuple[Member, Group]:
    """Somebody of this kind, otherwise as said, and their group."""
    member, group = seat(who)
    assert member is not None
    return replace(member, **changes), group


@pytest.mark.parametrize(("who", "rank"), RANKS.items())
def test_rank(who: Who, rank: Rank) -> None:
    """Each kind of seat stands where it is said to; in a group that has been erased nobody has any."""
    member, group = seat(who)
    assert rank_of(member, group) is rank
    assert rank_of(member, replace(group, state=GroupState.ERASED)) is Rank.STRANGER


def test_without_their_group_nobody_is_responsible() -> None:
    """Whether somebody stands in, only the group knows: without it the lower rank holds."""
    member, _ = sitting(Who.COORDINATOR)
    assert rank_of(member) is Rank.COORDINATOR


def test_asked_anew_waits() -> None:
    """Who had promised and has not yet promised the new version waits, and has their rank back with it. Who never
    promised, who has, and who is active are not asked anew."""
    member, group = sitting(Who.ASKED)
    assert asked_anew(member)
    assert rank_then(member, group) is Rank.RESPONSIBLE
    for other in (
        replace(member, agreed_version=None),
        replace(member, agreed_at=EPOCH),
        replace(member, state=SeatState.ACTIVE),
    ):
        assert not asked_anew(other)
        assert rank_then(other, group) is rank_of(other, group)


def test_a_reader_is_in_the_group() -> None:
    """A name on the list of readers is not enough: who has left, or waits for a new promise, reads nothing."""
    reader, group = sitting(Who.READER)
    assert is_reader(reader, group)
    assert not is_reader(reader, None)
    assert not is_reader(replace(reader, id=9), group)
    assert is_reader(replace(reader, role="network"), group)
    assert not is_reader(replace(reader, role="process_leader"), group)
    assert not is_reader(replace(reader, state=SeatState.LEFT), group)
    assert not is_reader(replace(reader, state=SeatState.INVITED), group)


@pytest.mark.parametrize(
    ("needed", "those"),
    [
        (Rank.MEMBER, {Who.CORE, Who.READER, Who.STAND_IN, Who.COORDINATOR}),
        (Rank.RESPONSIBLE, {Who.COORDINATOR}),
        (Rank.FORMER, {*RANKS} - {Who.STRANGER}),
        (May.LOG, {Who.NETWORK, Who.CORE, Who.READER, Who.STAND_IN, Who.COORDINATOR, Who.ASKED}),
        (May.READ, {Who.READER}),
        (May.WATCH, {Who.READER, Who.STAND_IN, Who.COORDINATOR}),
    ],
)
def test_may(needed: Rank | May, those: set[Who]) -> None:
    """A rank is had by whoever stands there or higher; a right by those whom it is for, whatever their rank."""
    assert {who for who in RANKS if may(needed, *seat(who))} == those


def test_who_may_log_while_they_wait() -> None:
    """An incident does not wait for a new promise. A guest who is asked anew logs none, nor does who never promised."""
    member, group = sitting(Who.ASKED)
    assert may(May.LOG, replace(member, role="network"), group)
    assert not may(May.LOG, replace(member, role="guest"), group)
    assert not may(May.LOG, replace(member, agreed_version=None), group)


def exercise_of(role: ExerciseRole) -> Exercise:
    """The exercise that has this role."""
    return next(one for one in the_process().exercises.values() if one.role is role)


def test_whom_an_exercise_is_for() -> None:
    """Those of its seats who are active. Joining is for whoever joins; a guest has the form from outside and nothing
    else; while a new promise is waited for there is only the incident; after one has left, nothing."""
    joining, incident = exercise_of(ExerciseRole.JOINING), exercise_of(ExerciseRole.INCIDENT)
    exercises = the_process().exercises
    city, guests = (
        exercises["city"],
        [one for one in exercises.values() if one.register and one.register.link == "form"],
    )
    core, network = sitting(Who.CORE)[0], sitting(Who.NETWORK)[0]
    invited = replace(core, state=SeatState.INVITED, agreed_version=None)
    guest, leader, asked = sitting(Who.GUEST)[0], sitting(Who.LEADER)[0], sitting(Who.ASKED)[0]
    assert "network" not in city.who
    assert [meets(city, one) for one in (core, network, invited, guest, leader, asked)] == [True, *[False] * 5]
    assert [meets(joining, one) for one in (core, network, invited, asked, leader, guest)] == [True] * 4 + [False] * 2
    assert [meets(incident, one) for one in (core, network, asked, invited)] == [True, True, True, False]
    assert guests
    assert all(meets(one, guest) for one in guests)
    for one in (city, joining, incident):
        assert not meets(one, replace(core, state=SeatState.LEFT))
    assert not meets(guests[0], replace(guest, state=SeatState.LEFT))
    assert not any(meets(one, guest) for one in exercises.values() if one not in guests), "nor another list"


def test_what_asks_for_a_code() -> None:
    """What somebody else at an open browser must not reach: incidents, and what only the coordinator in their own right
    may do."""
    assert is_sensitive(May.READ)
    assert is_sensitive(Rank.RESPONSIBLE)
    assert not any(is_sensitive(one) for one in (Rank.MEMBER, Rank.COORDINATOR, May.LOG, May.WATCH))


def test_a_row_is_its_authors_until_others_have_written_in_it() -> None:
    """The core group may assign, finish and remove any row. Who is of the network: what they are assigned, and what
    they wrote and nobody has changed since."""
    core, network = sitting(Who.CORE)[0], sitting(Who.NETWORK, id=7)[0]
    row = Row(1, 1, "todos", 1, {}, None, None, "open", 1, 7, EPOCH, EPOCH)
    assert holds(row, network)
    assert not holds(replace(row, version=2), network), "somebody has changed it, or taken a change back"
    assert not holds(replace(row, author=8), network)
    assert not holds(replace(row, author=None), network)
    assert holds(replace(row, author=8, version=3, assignee=7), network)
    assert not holds(replace(row, author=8, assignee=8), network)
    assert holds(replace(row, author=8, version=3), core)


@pytest.mark.parametrize(
    ("needed", "seat"),
    [
        (May.LOG, Rank.NETWORK),
        (May.READ, Rank.NETWORK),
        (Rank.STRANGER, Rank.MEMBER),
        (Rank.FORMER, Rank.FORMER),
        (Rank.INVITED, Rank.INVITED),
        (Rank.LEADER, Rank.LEADER),
        (Rank.NETWORK, Rank.NETWORK),
        (Rank.MEMBER, Rank.MEMBER),
        (Rank.COORDINATOR, Rank.MEMBER),
        (Rank.RESPONSIBLE, Rank.MEMBER),
    ],
)
def test_who_is_told_no(needed: Rank | May, seat: Rank) -> None:
    """The core group is told that something is not for them; who is further away hears nothing of what there is."""
    assert seat_for(needed) is seat
