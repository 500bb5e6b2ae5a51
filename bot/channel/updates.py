"""What comes in by a channel: a message, a tap, a change of who is in a chat. Each channel reads its own into these."""

from dataclasses import dataclass, field
from typing import Literal

ChatType = Literal["private", "group", "supergroup", "channel"]


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender. `known` is False for anonymous administrators, channels and bots, who may do nothing."""

    user_id: int
    name: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Chat:
    """The chat of an update."""

    id: int
    type: ChatType
    title: str = ""

    @property
    def private(self) -> bool:
        """True for the chat of one person with the bot."""
        return self.type == "private"


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the map, in degrees. It has no repr: it is compared, and never stored or logged."""

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """A message, or an edited one. `command` has no slash, no bot name and is in lower case.

    `addressed`: the command names this bot.
    """

    chat: Chat
    sender: Sender
    message_id: int
    at: int
    text: str
    command: str | None = None
    arguments: str = ""
    addressed: bool = False
    thread: int | None = None
    reply_to: int | None = None  # a message of the bot's
    replied_at: int = 0  # when that was sent; 0 if it is not known
    quoted: str = ""  # what the message says that this is a reply to
    media: str | None = None
    album: str | None = None
    edited: bool = False
    forwarded: bool = False  # said elsewhere before, perhaps by somebody else
    long: bool = False
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class CallbackQuery:
    """A tap on a button under one of the bot's messages."""

    chat: Chat
    sender: Sender
    query_id: str
    message_id: int
    data: str


@dataclass(frozen=True, slots=True)
class ChatMemberChanged:
    """A membership in a chat has changed: the bot's or, if Telegram tells it, a member's."""

    chat: Chat
    by: Sender
    user_id: int
    ours: bool
    inside: bool
    was_inside: bool
    admin: bool = False

    @property
    def gone(self) -> bool:
        """True if they are not in the chat any more."""
        return self.was_inside and not self.inside


@dataclass(frozen=True, slots=True)
class MembersJoined:
    """People were added to a group or joined it."""

    chat: Chat
    people: tuple[Sender, ...]


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """Somebody left a group or was removed from it."""

    chat: Chat
    user_id: int


@dataclass(frozen=True, slots=True)
class Migrated:
    """A group has become a supergroup and has a new id."""

    old_chat: int
    new_chat: int


@dataclass(frozen=True, slots=True)
class Renamed:
    """A group has a new title."""

    chat: Chat
    title: str


@dataclass(frozen=True, slots=True)
class Pinned:
    """A message was pinned."""

    chat: Chat
    message_id: int


Update = Written | CallbackQuery | ChatMemberChanged | MembersJoined | MemberLeft | Migrated | Renamed | Pinned
