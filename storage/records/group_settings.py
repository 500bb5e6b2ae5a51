"""What a group has chosen, and what the bot has noted of it, beside its answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import partial

from storage.json_records import among


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
class EventLink:
    """The open link to the event, and what its guests were told."""

    link: int = 1  # the number of the link that is good; 0: closed
    links: int = 1  # how many of those there have been
    told: tuple[str, ...] = ()  # when and where, as guests were told: () before they are, ("",) once cancelled
    off: bool = False  # it has been cancelled, and no other day is set


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether those who read incidents still are in the chat."""

    seen: Mapping[int, datetime] = field(default_factory=dict)  # by reader: when they last clearly were there
    asked: Mapping[int, datetime] = field(default_factory=dict)  # … and the coordinators were last asked


@dataclass(frozen=True, slots=True)
class Places:
    """Where incidents are logged from, and where the parts of town lie."""

    area_points: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # by part of town: latitude, longitude
    device_names: Mapping[str, str] = field(default_factory=dict)  # by number of a work device's link: where it is


@dataclass(frozen=True, slots=True)
class Counting:
    """Who counts where results have no names."""

    counted: tuple[int, ...] = ()  # the members whom the group has been shown as those who count
    doubt: int = 0  # the member who does not know one of them: nothing is shown meanwhile


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long things are kept, by rule."""

    months: Mapping[str, int] = field(default_factory=dict)
    put_off: Mapping[str, PutOff] = field(default_factory=dict)
    told: date | None = None  # when those who coordinate were last told that something goes soon


@dataclass(frozen=True, slots=True)
class Standing:
    """Who coordinates in the place of others, and what was done to find somebody."""

    stand_ins: Mapping[int, StandIn] = field(default_factory=dict)  # by member: who coordinates, not in their own right
    warned: date | None = None  # the day on which who coordinates was last told that the group will be asked
    offered: date | None = None  # the day on which the group was last asked for one
    asked: int = 0  # how often in a row it was asked while nobody who coordinates was heard
    substitute: int | None = None  # the member who was named to stand in
    heard: Mapping[int, date] = field(default_factory=dict)  # by coordinator: when they last did anything here


@dataclass(frozen=True, slots=True)
class Times:
    """When the group does what it does again and again."""

    weekly: int = 0  # the weekday of the week's overview; 0 is Monday
    check_in: int = 4  # weeks between two; 0 for none
    calendar: CalendarStart | None = None
    spread: tuple[int, ...] = ()  # the steps whose sessions are spread out
    one_date: Mapping[str, date] = field(default_factory=dict)  # by register: the date of all its rows
    rhythm: tuple[int, ...] | None = None  # how often the network meets: in the first year, in every later one


@dataclass(frozen=True, slots=True)
class InChat:
    """What the bot has noted of the group's chat."""

    unpinned: bool = False  # the status message is not pinned, and the group is asked to pin it
    administrator: bool = False  # the bot is an administrator of the chat, which it should not be
    unproven: Mapping[int, int | None] = field(default_factory=dict)
    """People of whom Telegram did not say whether they are in the chat, and whose seat they take over if they do."""
    moved: MovedFrom | None = None  # the last time that the group went to another chat
    roll_called: date | None = None
    missed: tuple[int, ...] = ()  # the members whom Telegram did not find at the last roll call


# How they are called in what is stored, where all stand beside each other.
OF_EVENT = {name: f"event_{name}" for name in EventLink.__annotations__}
STOOD_IN = {one: f"stand_in_{one}" for one in ("warned", "offered", "asked")}


Part = EventLink | Times | Places | Presence | Keeping | Standing | Counting | InChat


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """The settings of one group. A part of them is changed with `Groups.settle`, another field with `replace`."""

    activated: bool = False
    link: int = 1  # the number of the join link that is good
    event: EventLink = field(
        default_factory=EventLink,
        metadata=among(EventLink, **OF_EVENT),
    )
    # -- the way
    steps: tuple[int, ...] = (0,)  # those that are open
    closed: Mapping[int, ClosedStep] = field(default_factory=dict)  # by step
    overruled: Mapping[str, Overruling] = field(default_factory=dict)  # by "step:6" or "gate:6"
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what choices offer that the group has named
    times: Times = field(default_factory=Times, metadata=among(Times))
    # -- incidents
    places: Places = field(default_factory=Places, metadata=among(Places))
    readers: tuple[int, ...] = ()  # the members who may read incidents
    reading: str = ""  # in which hours somebody reads what is urgent (`bot.features.incidents.urgent`); empty: not said
    presence: Presence = field(default_factory=Presence, metadata=among(Presence, asked="presence_asked"))
    asked: Mapping[str, AskedFor] = field(default_factory=dict)  # what waits for a second yes, by what it is about
    keeping: Keeping = field(default_factory=Keeping, metadata=among(Keeping, months="retention", told="removal_told"))
    # -- who coordinates, and the chat
    standing: Standing = field(default_factory=Standing, metadata=among(Standing, **STOOD_IN))
    counting: Counting = field(default_factory=Counting, metadata=among(Counting))
    deciders: tuple[int, ...] = ()  # of those who look on from outside (`process_leader`), who decides in 0.6
    chat: InChat = field(default_factory=InChat, metadata=among(InChat))

    def having(self, *parts: Part) -> "GroupSettings":
        """Return these settings with the given parts in the place of their own of that type."""
        names = {one.type: one.name for one in fields(self)}
        changed: Callable[..., GroupSettings] = partial(replace, self)
        return changed(**{names[type(part)]: part for part in parts})
