"""Who may do what, in one table.

Every tap and command is looked up here before it is handled; what is not listed is refused.
"""

from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import NamedTuple

from storage.records import Group, Member


class Role(IntEnum):
    """What someone is to a group; each role may do what the lower ones may. A reader's right stands beside them."""

    STRANGER = 0
    INVITED = 1  # follows the link, has not yet joined; also guests, for what is their own
    LEADER = 2  # guides the group from outside: sees how far it is
    NETWORK = 3  # takes part in the network, from step 5 on
    MEMBER = 4  # active in the core group
    COORDINATOR = 5
    WATCHER = 8  # whoever coordinates or reads: sees what is done with what is sensitive, and can stop it
    READER = 9  # a member whom the group has named to read incidents; a coordinator is not one for being that


class About(Enum):
    """What the number in a button is: an exercise's round, a group, or a round that may be missing."""

    RUN = "run"
    GROUP = "group"
    EITHER = "either"


class Right(NamedTuple):
    """The least role that may use a button, and what the button is about."""

    role: Role
    about: About


def _all(role: Role, about: About, *verbs: str) -> dict[str, Right]:
    return dict.fromkeys(verbs, Right(role, about))


TAPS: Mapping[str, Right] = {
    # coming in; "coordinate" asks Telegram whether the person is an administrator
    **_all(Role.STRANGER, About.GROUP, "coordinate"),
    **_all(Role.INVITED, About.GROUP, "enter", "agree", "decline"),
    # one's own dialogue (the engine lets nobody without a seat in)
    **_all(Role.INVITED, About.RUN, "open", "start", "pick", "on", "off", "ok", "back", "skip", "remark", "pause"),
    **_all(Role.INVITED, About.RUN, "go", "send", "redo", "save", "cancel", "rest", "discard"),
    **_all(Role.INVITED, About.RUN, "new", "page", "own", "over", "choose"),
    # looking around
    **_all(Role.LEADER, About.GROUP, "map", "town"),
    **_all(Role.NETWORK, About.GROUP, "view", "answers"),
    **_all(Role.NETWORK, About.RUN, "lookback"),
    **_all(Role.MEMBER, About.GROUP, "step"),
    **_all(Role.MEMBER, About.RUN, "about", "pen", "beside"),
    **_all(Role.NETWORK, About.RUN, "past", "revert"),  # of what one writes together with others
    # registers
    **_all(Role.NETWORK, About.RUN, "rows", "find", "row", "add", "edit", "fill", "field", "hist"),
    **_all(Role.NETWORK, About.RUN, "narrow"),
    **_all(Role.MEMBER, About.RUN, "feed", "keepsaid"),
    **_all(Role.MEMBER, About.RUN, "onedate"),
    **_all(Role.MEMBER, About.RUN, "give", "to", "when", "done", "undone", "drop", "undrop"),
    # people outside of the group: their forms and invitations, and what they do with them
    **_all(Role.MEMBER, About.RUN, "forms", "form", "formlink", "formstop", "invite"),
    **_all(Role.MEMBER, About.GROUP, "inviting"),
    **_all(Role.INVITED, About.RUN, "formfill"),
    **_all(Role.INVITED, About.GROUP, "rsvp", "guest", "leaving", "leading"),
    # incidents: whoever takes part logs; those whom the group has named read, which storage checks once more
    **_all(Role.NETWORK, About.GROUP, "log", "here", "mylogs", "mylog", "fixlog", "unlog"),
    **_all(Role.NETWORK, About.GROUP, "stats", "statsfile"),
    **_all(Role.READER, About.GROUP, "incs", "incfilter", "openinc", "follow"),
    # what is sensitive, and one's rights
    **_all(Role.INVITED, About.GROUP, "mine", "mydata", "forget"),
    **_all(Role.COORDINATOR, About.GROUP, "safety", "readers", "accesslog", "areas", "keeping", "figures"),
    **_all(Role.WATCHER, About.GROUP, "guard"),
    **_all(Role.COORDINATOR, About.GROUP, "export", "erase"),
    # what the group takes with it; each document says who may have it
    **_all(Role.INVITED, About.GROUP, "docs", "doc", "mk"),
    # one's own matters
    **_all(Role.MEMBER, About.GROUP, "later_day", "cannot", "calendar", "ics", "tasks"),
    **_all(Role.MEMBER, About.GROUP, "away", "back_again", "habit", "feel", "contact", "granted"),
    **_all(Role.MEMBER, About.RUN, "note", "postpone", "dated"),
    # together
    **_all(Role.MEMBER, About.RUN, "bpick", "bapart", "bname", "bpage", "bvote", "bdot", "bnext", "read", "approvals"),
    **_all(Role.MEMBER, About.GROUP, "todo", "todo_who", "todo_when"),
    **_all(Role.COORDINATOR, About.RUN, "board", "pairs", "pairs_next", "present", "turn_next"),
    **_all(Role.COORDINATOR, About.GROUP, "session", "s_next", "s_more", "s_end"),
    # the coordinator's
    **_all(Role.COORDINATOR, About.RUN, "missing", "words", "until"),
    **_all(Role.COORDINATOR, About.GROUP, "stuck", "weekly", "still", "moving", "mv", "mvd"),
    **_all(Role.COORDINATOR, About.GROUP, "touches", "rhythm", "shape"),
    **_all(Role.COORDINATOR, About.EITHER, "begin"),
    **_all(Role.COORDINATOR, About.RUN, "reveal", "close", "undo", "resume", "move", "nudge"),
    **_all(Role.COORDINATOR, About.GROUP, "people", "share", "hand", "relink", "swap", "swapped"),
    **_all(Role.COORDINATOR, About.GROUP, "opens", "overrule", "closes", "closed", "reopens"),
    **_all(Role.COORDINATOR, About.GROUP, "leaders", "leaderin", "leaderstop", "leaderout", "askleader"),
    **_all(Role.COORDINATOR, About.RUN, "askguests"),
    **_all(Role.COORDINATOR, About.GROUP, "eventlink", "admit"),
}

COMMANDS: Mapping[str, Role] = {
    "start": Role.STRANGER,
    "hjalp": Role.STRANGER,
    "ring": Role.STRANGER,
    "aktivera": Role.STRANGER,
    "avbryt": Role.INVITED,
    "steg": Role.LEADER,
    "svara": Role.NETWORK,
    "vantar": Role.MEMBER,
    "deltagare": Role.MEMBER,
    "mig": Role.NETWORK,
    "atgard": Role.MEMBER,
    "beslut": Role.MEMBER,
    "dokument": Role.INVITED,
    "incident": Role.NETWORK,
    "statistik": Role.NETWORK,
    "handelser": Role.READER,
    "skydd": Role.COORDINATOR,
    "mina_uppgifter": Role.INVITED,
    "dolj": Role.INVITED,
    "kalender": Role.MEMBER,
    "uppgifter": Role.MEMBER,
    "franvaro": Role.MEMBER,
    "paminnelser": Role.MEMBER,
    "maende": Role.MEMBER,
}

# Texts that a feature has asked for, by what it wants.
TEXTS: Mapping[str, Role] = {
    "board_name": Role.MEMBER,
    "words": Role.COORDINATOR,
    "overrule": Role.COORDINATOR,
    "leader_question": Role.COORDINATOR,
    "leader_answer": Role.LEADER,
    "guest_name": Role.INVITED,
    "find": Role.NETWORK,
    "until": Role.COORDINATOR,
    "area": Role.COORDINATOR,
    "area_point": Role.COORDINATOR,
    "put_off": Role.COORDINATOR,
    "figures": Role.COORDINATOR,
    "calendar": Role.COORDINATOR,
    "note": Role.MEMBER,
    "due": Role.MEMBER,
    "one_date": Role.MEMBER,
    "away": Role.MEMBER,
    "feeling": Role.MEMBER,
}


def role_of(member: Member | None, group: Group | None = None) -> Role:
    """What this seat may do now. Someone who left, or whose group is gone, is a stranger at once."""
    if member is None or member.state == "left" or (group is not None and group.state == "erased"):
        return Role.STRANGER
    if member.state == "invited":
        return Role.INVITED
    if member.coordinator:
        return Role.COORDINATOR
    return _SEATS.get(member.role, Role.INVITED)


_SEATS = {"core": Role.MEMBER, "network": Role.NETWORK, "process_leader": Role.LEADER}


def is_reader(member: Member, group: Group | None) -> bool:
    """True for someone whom the group has named to read incidents, as long as they are in it."""
    return (
        group is not None and role_of(member, group) >= Role.NETWORK and member.id in group.settings.get("readers", [])
    )


def may(needed: Role, member: Member | None, group: Group | None = None) -> bool:
    """True if someone with this seat may do what needs that role."""
    if needed is Role.READER:
        return member is not None and is_reader(member, group)
    if needed is Role.WATCHER:
        return may(Role.READER, member, group) or may(Role.COORDINATOR, member, group)
    return role_of(member, group) >= needed


def seat_for(command: str) -> Role:
    """The least seat with which a command about a group is taken up at all; a refusal is told to those who have it."""
    needed = COMMANDS.get(command, Role.MEMBER)
    if needed is Role.READER:
        return Role.NETWORK
    return needed if Role.INVITED <= needed < Role.MEMBER else Role.MEMBER


def may_tap(verb: str, member: Member | None, group: Group | None = None) -> bool:
    """True if someone with this seat may use a button of this kind."""
    right = TAPS.get(verb)
    return right is not None and may(right.role, member, group)
