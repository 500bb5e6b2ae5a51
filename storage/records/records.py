"""The records that many know: people, groups, answers, rows, incidents, the outbox.

Every other record stands with the repository that gives it out. They are values: change them through a repository,
never a dict inside one. Every `id` is our own integer and never used twice; every datetime is aware and UTC. Which
fields are sealed on disk stands in README.md.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from storage.json_records import Json, JsonObject
from storage.records.group_settings import GroupSettings
from storage.records.message_notes import AnswerNote, MessageContext


@dataclass(frozen=True, slots=True)
class Countable:
    """An incident as it may be counted: without its note and without its receipt."""

    values: JsonObject
    logged_on: date
    follow_ups: tuple[JsonObject, ...]


REVEALED = ("revealed", "concluded")
"""The phases of a run in which the group sees what its members handed in."""


OWN_NUMBERS = 1 << 53
"""People and chats that no channel has a number for get one of ours, from here on (Telegram's have at most 52 bits)."""


def is_own_number(number: int) -> bool:
    """True if a person's or a chat's number was made by the bot, not by Telegram."""
    return abs(number) >= OWN_NUMBERS


def group_chat(group_id: int) -> str:
    """Return the address of a group's chat in the outbox."""
    return f"g:{group_id}"


def private_chat(person_id: int) -> str:
    """Return the address of a person's private chat in the outbox."""
    return f"p:{person_id}"


class GroupState(StrEnum):
    """Whether a group is active."""

    NEW = "new"  # not activated yet
    ACTIVE = "active"
    AWAY = "away"  # the bot was removed from its chat
    ERASED = "erased"


class Reach(StrEnum):
    """Whether a person can be written to in private."""

    NEW = "new"  # has not opened the private chat
    REACHABLE = "reachable"
    BLOCKED = "blocked"


class SeatState(StrEnum):
    """Whether somebody has joined a group, or left it."""

    INVITED = "invited"
    ACTIVE = "active"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Group:
    """A town's group, whichever chat it is in."""

    id: int
    chat_id: int  # Telegram's; 0 when there is no chat any more
    title: str
    thread_id: int | None  # the topic the bot writes in
    state: GroupState
    settings: GroupSettings
    created_at: datetime
    key_id: str = dataclasses.field(repr=False)  # the file of its key, see vault.KeyFolder


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who has spoken with the bot."""

    id: int
    user_id: int  # Telegram's, and the id of the private chat
    reach: Reach
    current_group: int | None
    focus: int | None  # the run that a free text answers; sealed, as it would tell who is logging an incident now
    stopped: bool
    created_at: datetime
    epoch: int = 0  # raised when their seat in any group changes: buttons from before are dead


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a group."""

    id: int
    group_id: int
    person_id: int
    user_id: int
    name: str
    organisation_id: int | None
    profile: JsonObject
    coordinator: bool
    role: str  # core | network | guest | process_leader (looks on: also a decision maker, by the group's settings)
    state: SeatState
    agreed_version: str | None  # of the agreement of confidentiality
    agreed_at: datetime | None
    joined_at: datetime
    left_at: datetime | None
    epoch: int = 0  # the person's epoch at the last change of this seat


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer to be kept, and who may see it; see Answer."""

    owner: str
    question: str
    item: str
    value: Json
    comment: str | None
    audience: str
    anonymous: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An owner's answer to a question (and an item of it, e.g. a scenario).

    The owner is "m:<member>", "o:<organisation>" or "g" for the group as a whole. When it is anonymous and shown to
    others, `id` is 0, `owner` empty, `version` 1, `at` the opening of the run, and `member_id` and `source` are None.
    """

    id: int
    run_id: int
    owner: str
    question: str
    item: str
    value: Json
    comment: str | None
    audience: str  # self | org | group | coordinator
    anonymous: bool
    handed_in: bool
    version: int
    member_id: int | None  # who wrote it; None once an anonymous one is handed in
    organisation_id: int | None  # the owner's when it was written: "my organisation" stays what it meant then
    at: datetime
    source_chat: int | None
    source_message: int | None

    @property
    def source(self) -> tuple[int, int] | None:
        """Chat and id of the message that gave the answer, so that editing the message edits the answer."""
        if self.source_chat is None or self.source_message is None:
            return None
        return self.source_chat, self.source_message


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a register."""

    id: int
    group_id: int
    register: str
    number: int  # from 1 in each register; what people call the row
    values: JsonObject
    assignee: int | None  # a member
    due: date | None
    state: str  # open | done | removed
    version: int
    author: int | None  # the member who made this version
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """An observation that may concern trafficking or prostitution. Only the group's readers see `values`."""

    id: int
    group_id: int
    receipt: str  # what people call it; made by chance, so it tells nothing
    reporter: bytes | None = dataclasses.field(repr=False)  # keyed hash; None once it has been thinned out
    logged_on: date
    state: str  # open | withdrawn
    version: int
    values: JsonObject = dataclasses.field(repr=False)
    # What is known of its receipt, which readers never open: what it says of what became of it, and its message.
    told: str = ""
    shown_in: int = 0


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send along: `field` says as what, "photo" or "document"."""

    field: str
    filename: str
    content: bytes = dataclasses.field(repr=False)


class OutboxKind(StrEnum):
    """The kinds of items in the outbox; `storage.records.outbox` says what each holds."""

    MESSAGE = "message"
    PHOTO = "photo"
    DOCUMENT = "document"
    EDIT = "edit"
    EDIT_KEYBOARD = "edit_keyboard"
    DELETE = "delete"
    PIN = "pin"
    ACTIVITY = "activity"  # "is typing …", "is sending a file …"
    ASK = "ask"
    MENU = "menu"  # the commands that a person is offered


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An item of the outbox, waiting or sent: a message, an edit, a question to the channel."""

    id: int
    chat: str  # group_chat(id) or private_chat(id)
    about: int | None  # the group whose words it carries, and whose key seals it
    kind: OutboxKind
    content: JsonObject  # as storage.records.outbox has it; emptied once sent
    slot: str | None  # what later edits call the message
    state: str  # queued | sent | failed | replaced
    priority: int  # higher goes first between chats; within a chat an edit above 0 does, and all else keeps its order
    tries: int
    not_before: datetime
    message_id: int | None  # of the message sent, or the one an edit is for
    context: MessageContext  # what the message is about
    reply: AnswerNote | None  # what to do with the channel's answer
    error: str | None  # a code, never a text
    with_files: bool
    changed_at: datetime

    @property
    def group_id(self) -> int | None:
        """The group it goes to; None when it goes to a private chat."""
        return int(self.chat[2:]) if self.chat.startswith("g:") else None

    @property
    def hides(self) -> bool:
        """True if it takes something out of a private chat: who does so, and when, is to be seen nowhere."""
        return self.kind == OutboxKind.DELETE and self.person_id is not None

    @property
    def asks_about(self) -> int | None:
        """The group that a question to the channel is about, queued in the chat of the person who asks; else None."""
        return self.about if self.kind == OutboxKind.ASK else None

    @property
    def person_id(self) -> int | None:
        """The person it goes to; None when it goes to a group."""
        return int(self.chat[2:]) if self.chat.startswith("p:") else None

    @property
    def is_edit(self) -> bool:
        """True if it changes a message rather than sending one."""
        return self.kind.startswith("edit")


@dataclass(frozen=True, slots=True)
class ChatCopy:
    """The copy of a message, in a chat that is also read on the page."""

    id: int
    chat: str  # as in the outbox
    message_id: int
    about: int | None  # the group whose words it carries, and whose key seals it
    pinned: bool
    at: datetime  # in a private chat the day
    kind: str  # message | photo | document
    content: JsonObject  # as storage.records.outbox has it
    files: list[str]  # their names


@dataclass(frozen=True, slots=True)
class CopyBlock:
    """Some of a chat's copies, sealed as one; each chat has as many, all of one length."""

    id: int
    chat: str
    about: int | None
    copies: tuple[ChatCopy, ...]
