"""What a group has chosen, and what the bot has noted of it, beside its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ClosedStep:
    """A step that was closed as it was: which exercises it lacked, who closed it, and on which day."""

    missing: tuple[str, ...]
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Overruling:
    """A coordinator's reason to go on against advice: who gave it, and on which day."""

    reason: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A request for something that takes two coordinators: the members who asked, and who else coordinated then."""

    by: int
    at: datetime
    others: tuple[int, ...]
    ripe: datetime | None = None  # of what everybody is told: before then nobody can say yes
    objected: bool = False
    consented: bool = False  # the operator has said yes, after an objection


@dataclass(frozen=True, slots=True)
class StandIn:
    """A member who coordinates in the place of others who are missing, since a day."""

    instead_of: tuple[int, ...]
    since: date


@dataclass(frozen=True, slots=True)
class MovedFrom:
    """From which chat and topic the group has moved, what it was called there, and when."""

    chat_id: int
    thread_id: int | None
    title: str
    at: datetime
    out: bool = False  # the bot had been removed from it


@dataclass(frozen=True, slots=True)
class PutOff:
    """A removal that is put off until a day: for which reason, and by which member."""

    until: date
    reason: str
    by: int
    on: date


@dataclass(frozen=True, slots=True)
class CalendarStart:
    """From when and for how many months the calendar was laid."""

    start: date
    months: int


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """The settings of one group. Change them with `dataclasses.replace`, and keep the whole with the group."""

    activated: bool = False
    link: int = 1  # the number of the join link that is good
    event_link: int = 1  # the number of the event's link that is good; 0: closed
    event_links: int = 1  # how many of those there have been
    event_told: tuple[str, ...] = ()  # when and where, as guests were told: () before they are, ("",) once cancelled
    event_off: bool = False  # it has been cancelled, and no other day is set
    # -- the way
    steps: tuple[int, ...] = (0,)  # those that are open
    closed: Mapping[int, ClosedStep] = field(default_factory=dict)  # by step
    overruled: Mapping[str, Overruling] = field(default_factory=dict)  # by "step:6" or "gate:6"
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what choices offer that the group has named
    one_date: Mapping[str, date] = field(default_factory=dict)  # by register: the date of all its rows
    # -- incidents
    area_points: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # by part of town: latitude, longitude
    readers: tuple[int, ...] = ()  # the members who may read incidents
    device_names: Mapping[str, str] = field(default_factory=dict)  # by number of a work device's link: where it is
    seen: Mapping[int, datetime] = field(default_factory=dict)  # by reader: when they last clearly were in the chat
    presence_asked: Mapping[int, datetime] = field(default_factory=dict)  # … and the coordinators were last asked
    asked: Mapping[str, AskedFor] = field(default_factory=dict)  # what waits for a second yes, by what it is about
    retention: Mapping[str, int] = field(default_factory=dict)  # months, by rule
    put_off: Mapping[str, PutOff] = field(default_factory=dict)  # by rule
    warned: Mapping[str, date] = field(default_factory=dict)  # by rule
    # -- who coordinates
    stand_ins: Mapping[int, StandIn] = field(default_factory=dict)  # by member: who coordinates, not in their own right
    stand_in_warned: date | None = None  # the day on which who coordinates was last told that the group will be asked
    stand_in_offered: date | None = None  # the day on which the group was last asked for one
    stand_in_asked: int = 0  # how often in a row it was asked while nobody who coordinates was heard
    substitute: int | None = None  # the member who was named to stand in
    heard: Mapping[int, date] = field(default_factory=dict)  # by coordinator: when they last did anything here
    deciders: tuple[int, ...] = ()  # of those who look on from outside (`process_leader`), who decides in 0.6
    leads: Mapping[int, int] = field(default_factory=dict)  # by step to come: the member who leads it
    # -- results without names
    counted: tuple[int, ...] = ()  # the members whom the group has been shown as those who count
    doubt: int = 0  # the member who does not know one of them: nothing is shown meanwhile
    # -- time
    weekly: int = 0  # the weekday of the week's overview; 0 is Monday
    check_in: int = 4  # weeks between two; 0 for none
    calendar: CalendarStart | None = None
    spread: tuple[int, ...] = ()  # the steps whose sessions are spread out
    rhythm: tuple[int, ...] | None = None  # how often the network meets: in the first year, in every later one
    # -- the chat
    unpinned: bool = False  # the status message is not pinned, and the group is asked to pin it
    administrator: bool = False  # the bot is an administrator of the chat, which it should not be
    unproven: Mapping[int, int | None] = field(default_factory=dict)
    """People of whom Telegram did not say whether they are in the chat, and whose seat they take over if they do."""
    moved: MovedFrom | None = None  # the last time that the group went to another chat
    roll_called: date | None = None
    missed: tuple[int, ...] = ()  # the members whom Telegram did not find at the last roll call
