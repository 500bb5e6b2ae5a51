"""Roles in a group, and what each may do. Each route (`bot.context.routes`) names what it needs: a rank, or a right."""

from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import assert_never

from flows.definitions.model import Exercise
from flows.enums import ExerciseRole
from storage.records.records import Group, Member, Row, SeatState


class Rank(IntEnum):
    """Where somebody stands in a group; each may do what the lower ones may."""

    STRANGER = 0
    FORMER = 1  # has left: what is their own, and nothing else
    INVITED = 2  # follows the link, has not yet joined; also guests, for what is their own
    LEADER = 3  # guides the group from outside: sees how far it is
    NETWORK = 4  # takes part in the network, from step 5 on
    MEMBER = 5  # active in the core group
    COORDINATOR = 6  # also as a stand-in
    RESPONSIBLE = 7  # coordinates in their own right: what is sensitive, and who coordinates


class May(Enum):
    """What somebody may do whatever their rank: it is no step of that order, and is never compared with one."""

    LOG = "log"  # incidents: the network and the core group, also while the promise is asked for anew
    READ = "read"  # incidents: a member whom the group has named; a coordinator is not one for being that
    WATCH = "watch"  # what is done with what is sensitive, and stop it: whoever coordinates or reads


Needed = Rank | May  # of whoever uses a command, a button or a text that was asked for


class Proof(Enum):
    """The state of a one-time code: whether the person who acts on the page has lately given one."""

    NOT_ASKED = "not asked"  # the channel knows its people
    LACKING = "lacking"
    GIVEN = "given"


class NotProved(Exception):
    """A one-time code is needed first. It undoes the transaction, so that nothing has happened."""


class About(Enum):
    """The meaning of the number in a button: an exercise's round, a group, or a round that may be missing."""

    RUN = "run"
    GROUP = "group"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class ButtonAccess:
    """What whoever uses a button needs, and what the number in it means."""

    needs: Needed
    about: About


def rank_of(member: Member | None, group: Group | None = None) -> Rank:
    """Return the rank of a seat now. Someone who has left may only see what is their own."""
    if member is None or (group is not None and group.state == "erased"):
        return Rank.STRANGER
    if member.state == "left":
        return Rank.FORMER
    if member.state == "invited":
        return Rank.INVITED
    if member.coordinator:
        own = group is not None and member.id not in group.settings.standing.stand_ins
        return Rank.RESPONSIBLE if own else Rank.COORDINATOR
    return _SEATS.get(member.role, Rank.INVITED)


_SEATS = {"core": Rank.MEMBER, "network": Rank.NETWORK, "process_leader": Rank.LEADER}


def asked_anew(member: Member) -> bool:
    """True for somebody who had joined and has not yet accepted a new version of the promise; their access waits."""
    return member.state == "invited" and member.agreed_version is not None and member.agreed_at is None


def rank_then(member: Member, group: Group | None = None) -> Rank:
    """Return the rank of a seat now or, where it waits for a new promise, once that is accepted."""
    return rank_of(replace(member, state=SeatState.ACTIVE) if asked_anew(member) else member, group)


def is_reader(member: Member, group: Group | None) -> bool:
    """True for someone whom the group has named to read incidents, as long as they are in it."""
    return group is not None and rank_of(member, group) >= Rank.NETWORK and member.id in group.settings.readers


def meets(exercise: Exercise, member: Member) -> bool:
    """True if an exercise is for somebody in this seat.

    Somebody who is joining gets the joining questions, a guest the form for people outside, a process leader none.
    """
    if member.state == "left":
        return False
    if member.role == "guest":
        return exercise.register is not None and exercise.register.link == "form"
    if exercise.role is ExerciseRole.JOINING:
        return member.role in ("core", "network")
    if asked_anew(member) and exercise.role is not ExerciseRole.INCIDENT:
        return False
    return (member.state == "active" or asked_anew(member)) and member.role in exercise.who


def may(needed: Needed, member: Member | None, group: Group | None = None) -> bool:
    """True if someone with this seat has this rank, or this right."""
    match needed:
        case Rank():
            return rank_of(member, group) >= needed
        case May.READ:
            return member is not None and is_reader(member, group)
        case May.LOG:
            waits = member is not None and asked_anew(member) and member.role in ("core", "network")
            return rank_of(member, group) >= (Rank.INVITED if waits else Rank.NETWORK)
        case May.WATCH:
            return may(May.READ, member, group) or may(Rank.COORDINATOR, member, group)
        case _:
            assert_never(needed)


def is_sensitive(needed: Needed) -> bool:
    """True if the page must ask for a one-time code first, as somebody else may have opened the browser: for incidents,
    archive and erasure, and for who coordinates and reads. (Letting somebody in asks for it by itself.)"""
    return needed in (May.READ, Rank.RESPONSIBLE)


def holds(row: Row, member: Member) -> bool:
    """True if somebody may assign, finish or remove a row: the core group any, the network its own."""
    own = row.assignee == member.id or (row.version == 1 and row.author == member.id)
    return member.role == "core" or own


def seat_for(needed: Needed) -> Rank:
    """Return the least rank that gets an answer to a command, if only a refusal; others are told nothing."""
    if isinstance(needed, May):
        return Rank.NETWORK
    return needed if Rank.FORMER <= needed < Rank.MEMBER else Rank.MEMBER
