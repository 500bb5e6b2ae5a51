"""The permission matrix: every role against every command, button, text and kind of data.

Nothing is decided here: the roles are those of the routes. Each kind of data is listed with the commands and buttons
that show it, and is as open as these.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum

from bot.context import permissions
from bot.context.permissions import Needed
from storage.records.group_settings import GroupSettings, StandIn, Standing
from storage.records.records import Group, GroupState, Member, SeatState

BEFORE = "0"  # a version of the promise that is no longer in force
EPOCH = datetime.fromtimestamp(0, UTC)


class Who(StrEnum):
    """All kinds of people. The operator has no rights over Telegram; SECURITY.md says what they can do."""

    STRANGER = "stranger"
    GUEST = "link guest"
    LEADER = "process leader"
    NETWORK = "network participant"
    CORE = "core group member"
    READER = "incident reader"
    STAND_IN = "coordinator's stand-in"
    COORDINATOR = "coordinator"
    ASKED = "asked to promise anew"
    LEFT = "former member"
    OPERATOR = "operator"


# Each kind of data, and the commands and buttons through which it can be reached.
DATA: Mapping[str, tuple[str, ...]] = {
    "where to turn": ("/ring",),
    "the group's place on the way": ("/steg", "map"),
    "who takes part": ("/deltagare",),
    "who has answered, not what": ("/vantar",),
    "shared answers and lists": ("view", "rows", "row", "hist"),
    "logging an incident": ("/incident", "log"),
    "receipts of one's own incidents": ("mylogs",),
    "incidents and their notes": ("/handelser", "incs", "openinc"),
    "statistics with small numbers hidden": ("/statistik", "stats", "statsfile"),
    "the access log": ("accesslog",),
    "what was asked for and done with what is sensitive": ("guard",),
    "all that is stored about oneself": ("mydata",),
    "the whole group as an archive": ("export",),
    "erasing": ("erase", "former"),
    "naming who reads": ("readers",),
}

SEATS: Mapping[Who, tuple[str, SeatState, bool]] = {
    Who.GUEST: ("guest", SeatState.ACTIVE, False),
    Who.LEADER: ("process_leader", SeatState.ACTIVE, False),
    Who.NETWORK: ("network", SeatState.ACTIVE, False),
    Who.CORE: ("core", SeatState.ACTIVE, False),
    Who.READER: ("core", SeatState.ACTIVE, False),
    Who.STAND_IN: ("core", SeatState.ACTIVE, True),
    Who.COORDINATOR: ("core", SeatState.ACTIVE, True),
    Who.ASKED: ("core", SeatState.INVITED, True),  # coordinated and read before
    Who.LEFT: ("core", SeatState.LEFT, False),
}


def seat(who: Who) -> tuple[Member | None, Group]:
    """Make a seat of this kind in an invented group whose only reader is Who.READER."""
    settings = GroupSettings(readers=(1,), standing=Standing({3: StandIn((), EPOCH.date())}))
    group = Group(1, -1, "", None, GroupState.ACTIVE, settings, EPOCH, "")
    if who not in SEATS:
        return None, group
    role, state, coordinator = SEATS[who]
    number = 1 if who in (Who.READER, Who.ASKED, Who.LEFT) else 2  # one who has left was a reader too
    number = 3 if who is Who.STAND_IN else number
    agreed = BEFORE if who is Who.ASKED else None
    return (
        Member(number, 1, 1, 1, "", None, {}, coordinator, role, state, agreed, None, EPOCH, None),
        group,
    )


Rights = Mapping[str, Mapping[str, Needed]]  # what is needed, by kind ("command", "button", "text") and name


def rows(rights: Rights) -> Iterator[tuple[str, str, Mapping[Who, bool]]]:
    """Yield each line of the matrix: kind of thing, name, and who may."""
    for kind, names in rights.items():
        for name, role in sorted(names.items()):
            yield kind, name, {who: permissions.may(role, *seat(who)) for who in Who}
    for datum, ways in DATA.items():
        yield "data", datum, {who: any(may(rights, who, way) for way in ways) for who in Who}


def may(rights: Rights, who: Who, way: str) -> bool:
    """True if somebody of this kind may use a command (with its slash) or a button."""
    return permissions.may(rights["command" if way.startswith("/") else "button"][way], *seat(who))
