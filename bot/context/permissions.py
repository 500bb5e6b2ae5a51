"""Roles in a group, and what each may do. Each route (`bot.context.routes`) names the least role that may use it."""

from dataclasses import dataclass, replace
from enum import Enum, IntEnum

from flows.model import Exercise
from flows.vocabulary import ExerciseRole
from storage.records import Group, Member, Row, SeatState


class Role(IntEnum):
    """A role in a group; each may do what the lower ones may. A reader's right is apart from this order."""

    STRANGER = 0
    FORMER = 1  # has left: what is their own, and nothing else
    INVITED = 2  # follows the link, has not yet joined; also guests, for what is their own
    LEADER = 3  # guides the group from outside: sees how far it is
    NETWORK = 4  # takes part in the network, from step 5 on
    MEMBER = 5  # active in the core group
    COORDINATOR = 6  # also as a stand-in
    RESPONSIBLE = 7  # coordinates in their own right: what is sensitive, and who coordinates
    LOGGER = 10  # of the network or the core group, also while the promise is asked for anew: may log incidents
    WATCHER = 8  # whoever coordinates or reads: sees what is done with what is sensitive, and can stop it
    READER = 9  # a member whom the group has named to read incidents; a coordinator is not one for being that


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
class Right:
    """The least role that may use a button, and what the number in it means."""

    role: Role
    about: About


def role_of(member: Member | None, group: Group | None = None) -> Role:
    """Return the role of a seat now. Someone who has left may only see what is their own."""
    if member is None or (group is not None and group.state == "erased"):
        return Role.STRANGER
    if member.state == "left":
        return Role.FORMER
    if member.state == "invited":
        return Role.INVITED
    if member.coordinator:
        own = group is not None and member.id not in group.settings.stand_ins
        return Role.RESPONSIBLE if own else Role.COORDINATOR
    return _SEATS.get(member.role, Role.INVITED)


_SEATS = {"core": Role.MEMBER, "network": Role.NETWORK, "process_leader": Role.LEADER}


def asked_anew(member: Member) -> bool:
    """True for somebody who had joined and has not yet accepted a new version of the promise; their access waits."""
    return member.state == "invited" and member.agreed_version is not None and member.agreed_at is None


def role_then(member: Member, group: Group | None = None) -> Role:
    """Return the role of a seat now or, where it waits for a new promise, once that is accepted."""
    return role_of(replace(member, state=SeatState.ACTIVE) if asked_anew(member) else member, group)


def is_reader(member: Member, group: Group | None) -> bool:
    """True for someone whom the group has named to read incidents, as long as they are in it."""
    return group is not None and role_of(member, group) >= Role.NETWORK and member.id in group.settings.readers


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


def may(needed: Role, member: Member | None, group: Group | None = None) -> bool:
    """True if someone with this seat may do what needs this role."""
    if needed is Role.READER:
        return member is not None and is_reader(member, group)
    if needed is Role.LOGGER:
        waits = member is not None and asked_anew(member) and member.role in ("core", "network")
        return role_of(member, group) >= (Role.INVITED if waits else Role.NETWORK)
    if needed is Role.WATCHER:
        return may(Role.READER, member, group) or may(Role.COORDINATOR, member, group)
    return role_of(member, group) >= needed


def is_sensitive(needed: Role) -> bool:
    """True if the page must ask for a one-time code first, as somebody else may have opened the browser: for incidents,
    archive and erasure, and for who coordinates and reads."""
    return needed in (Role.READER, Role.RESPONSIBLE)


def holds(row: Row, member: Member) -> bool:
    """True if somebody may assign, finish or remove a row: the core group any, the network its own."""
    own = row.assignee == member.id or (row.version == 1 and row.author == member.id)
    return member.role == "core" or own


def seat_for(needed: Role) -> Role:
    """Return the least role that gets an answer to a command, if only a refusal; others are told nothing."""
    if needed in (Role.READER, Role.LOGGER):
        return Role.NETWORK
    return needed if Role.FORMER <= needed < Role.MEMBER else Role.MEMBER
