"""The records that the repositories give out.

They are values: change them through a repository, never a dict inside one. Every `id` is our own integer and never used
twice; every datetime is aware and UTC. Which fields are sealed on disk stands in README.md.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from storage.json_records import Json, JsonObject
from storage.records.group_settings import GroupSettings
from storage.records.message_notes import AnswerNote, MessageContext

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
class Organisation:
    """An organisation that members of a group come from."""

    id: int
    group_id: int
    name: str
    kind: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """One round of an exercise in a group."""

    id: int
    group_id: int
    exercise: str
    definition: str  # hash of the definition that it was begun with
    round: int  # 1 for the first time the group does the exercise
    phase: str
    state: JsonObject
    opened_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ExerciseVersion:
    """The text of an exercise as it was at some time, by a hash of it."""

    version: str
    exercise: str
    structure: str
    words: str


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
class FollowUp:
    """What came of an incident: a support talk held, long-term support begun, handed over, an outcome."""

    id: int
    group_id: int
    incident_id: int
    values: JsonObject = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """A line of the access log."""

    id: int
    group_id: int
    at: datetime
    chain: bytes = dataclasses.field(repr=False)  # proves this line and the one before
    member_id: int | None
    what: str  # one of label.access in the words
    incident_id: int | None


@dataclass(frozen=True, slots=True)
class PublishedQuarter:
    """The published statistics of a quarter."""

    id: int
    group_id: int
    quarter: str  # "2027-1"
    figures: JsonObject  # by name: how many, and how many incidents stand behind


@dataclass(frozen=True, slots=True)
class YearFigure:
    """A figure of an earlier year, entered by hand."""

    id: int
    group_id: int
    year: int
    series: str  # reported | exposed | talks | support
    number: int


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


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser in which somebody is signed in. The secret itself is not stored."""

    id: int
    mark: bytes = dataclasses.field(repr=False)  # keyed hash of the secret
    person_id: int
    ends_at: datetime
    begun: str  # ISO date
    device: str  # what the person knows it by, such as "Firefox, Android"
    proved: int  # unix seconds until which the person has shown there who they are; 0 if they never have
    vouches: bool = False  # nobody else told them the code: an address that they give meanwhile gets codes itself


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key of a person's telephone or computer, of which this is the public half."""

    id: int
    person_id: int
    credential: str  # its id, base64
    public_key: str  # base64
    counter: int  # how often it was used, as it says itself; 0 for one that does not count
    name: str = dataclasses.field(repr=False)  # what its owner calls it
    made: str  # ISO date
    used: str = ""  # ISO date of the latest use; empty before it


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A person's mail address."""

    id: int
    person_id: int
    state: str  # asked | confirmed | quiet (wants no reminders) | refused (the server of theirs did)
    address: str = dataclasses.field(repr=False)  # empty, while asked: they want none any more
    told: str  # ISO date of the latest reminder; empty before it
    vouched: bool  # given by whoever had shown who they are: one-time codes go there
    counts_from: int = 0  # unix seconds from which one that is asked counts; 0 until its link is followed


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that waits to be sent."""

    id: int
    person_id: int
    tries: int
    not_before: datetime
    kind: str  # confirm | sign_in | code | changed | waits
    address: str = dataclasses.field(repr=False)
    url: str = dataclasses.field(repr=False)
    off: str = dataclasses.field(repr=False)  # the link that ends such mail; empty where it was asked for


@dataclass(frozen=True, slots=True)
class Due:
    """Something that falls due: a reminder, a deadline, a check-in."""

    id: int
    group_id: int | None
    member_id: int | None
    kind: str
    ref: str  # what it belongs to, e.g. a run
    visit: int  # of the run; a late one of an earlier visit says nothing
    at: datetime
    state: str  # waiting | done | cancelled


@dataclass(frozen=True, slots=True)
class Link:
    """A deep link. The token itself is not stored."""

    id: int
    purpose: str  # join | answer | activate ...
    group_id: int | None
    ref: str | None
    person_id: int | None
    state: str  # valid | expired | revoked | used
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An update that could not be taken."""

    id: int
    update_id: int
    error_type: str
    at: datetime
    person_id: int | None  # who sent it; None for a stranger
    about: int | None  # the group whose key seals it and with which it is erased; None where it is not known
    raw: JsonObject = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class PlannedMeeting:
    """A meeting as the calendar lays it; see Meeting."""

    kind: str
    part: int
    number: int
    among: int
    day: date
    at: time
    minutes: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting in a group's calendar."""

    id: int
    group_id: int
    kind: str  # session | network | review
    part: int  # the step, or the year after the end
    number: int
    among: int  # how many there are in that step or year
    day: date
    at: time  # on the town's clocks
    minutes: int
    sequence: int  # raised with every change
    state: str  # planned | cancelled
    place: str = ""  # in words
    link: str = ""  # for whoever takes part from afar
    row_id: int | None = None  # its row in the list of meetings, which tells what it is about


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that a person has to do until a day, and the reminders of it."""

    id: int
    group_id: int
    member_id: int
    person_id: int
    kind: str
    ref: str  # what it is about, e.g. "run:12"
    opened: date
    due: date
    sent: int  # reminders
    last: date | None  # the day of the latest
    snoozed: date | None  # the day that the person asked for, with a button that was there until 0.13.0
    state: str  # open | told (once, for good) | declined ("I can't") | handed (to the coordinator) | closed (done)


@dataclass(frozen=True, slots=True)
class NotificationPreference:
    """When a person wants to hear from the bot."""

    id: int
    person_id: int
    at: time  # on the town's clocks
    weekdays: str  # digits, 0 is Monday
    muted: str  # kinds of matters, separated by spaces
    spoken: date | None  # the latest day on which the bot spoke up of itself


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a person is being asked to write in private. Times are unix seconds, as they are sealed."""

    id: int
    person_id: int
    group_id: int
    matter: str  # what it belongs to: "run:<run>", or "<want>:<group>" for what a feature asked for
    context: MessageContext  # of the message that asks
    asked_at: int
    last_word_at: int  # 0 while nothing has been said in it
    interrupted: bool  # something of another matter has been said since
    aside: bool  # the person has turned to something else: it merely waits


@dataclass(frozen=True, slots=True)
class TextPart:
    """One message of a text: its number in the chat, when it was written (unix seconds), and if more may follow it.

    `cries`: it may be meant for the bot alone, and is shown to nobody and spoken of nowhere until its author says so.
    """

    text: str
    message: int
    at: int
    long: bool
    cries: bool = False


@dataclass(frozen=True, slots=True)
class HeldText:
    """A text of which its author has not yet said what it answers."""

    id: int
    person_id: int
    group_id: int
    until: date
    parts: tuple[TextPart, ...]
    at: int  # unix seconds of the latest part
    candidates: tuple[str, ...]  # matters of the questions that it could answer

    @property
    def text(self) -> str:
        """All that was written, a line for each message."""
        return "\n".join(part.text for part in self.parts)

    @property
    def cries(self) -> bool:
        """True if it may be meant for the bot alone."""
        return any(part.cries for part in self.parts)


@dataclass(frozen=True, slots=True)
class Absence:
    """When a person is away, both days included."""

    id: int
    person_id: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A round of asking how everyone is."""

    id: int
    group_id: int
    opened: date
    until: date  # the last day to answer


@dataclass(frozen=True, slots=True)
class Wish:
    """Someone wants to be contacted by somebody."""

    id: int
    group_id: int
    member_id: int
    to_member: int
    due: date
    state: str  # open
    text: str = ""  # what they have written; empty if they only want to be contacted


@dataclass(frozen=True, slots=True)
class ActivityState:
    """What a group is working with: a board, a working session, pairs who meet, versions of a text."""

    id: int
    group_id: int
    kind: str  # board | session | pairs | turns | approval | document
    ref: str  # what it belongs to, e.g. a run
    state: JsonObject
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class KeptBallot:
    """A question that is put to named people, and their answers (`flows.ballots`)."""

    id: int
    group_id: int
    purpose: str
    ref: str  # what it is about, of its purpose: "run:12", "row:34", a meeting's id
    content: JsonObject


@dataclass(frozen=True, slots=True)
class DocumentJob:
    """A document or picture that somebody waits for."""

    id: int
    group_id: int
    chat: str  # where it goes, as in the outbox
    document: str  # of the catalogue, or "picture.<kind>"
    form: str
    member_id: int  # who asked
    page: int | None  # the message that says that it is being made
    tries: int  # how often it has been begun
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that Telegram has, which need not be sent up again."""

    id: int
    group_id: int
    fingerprint: str  # of its content
    file_id: str  # Telegram's; whoever has the bot's token can fetch the file with it
    sent_at: datetime
