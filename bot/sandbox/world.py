"""What exists in the played Telegram: people, chats, messages, files and the clock. State only, no rules."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .errors import ActError
from .updates import UpdateQueue
from .wire import Wire

FIRST_PERSON = 700_000_001
FIRST_GROUP = -4_100_000_001
FIRST_SUPERGROUP = -1_002_000_000_001

# Telegram's own accounts that stand as `from` when a chat is the sender.
ANONYMOUS_ADMIN = 1087968824
CHANNEL_BOT = 136817688

PRESENT = ("creator", "administrator", "member", "restricted")
ADMINS = ("creator", "administrator")


@dataclass(slots=True)
class User:
    """A person or a bot. `started`: has pressed Start and so opened a private chat with our bot."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    is_bot: bool = False
    started: bool = False
    blocked: bool = False

    @property
    def name(self) -> str:
        """The full name as shown in chats."""
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name


@dataclass(slots=True)
class Member:
    """A person's standing in a group; `rights` only matter for administrators."""

    user_id: int
    status: str
    rights: frozenset[str] = frozenset()


@dataclass(slots=True)
class Topic:
    """A forum topic; its id is the id of the service message that created it."""

    id: int
    name: str
    closed: bool = False


@dataclass(slots=True)
class Message:
    """One message. `content` holds the wire fields of what it says; `markup` any reply markup it was sent with."""

    id: int
    chat_id: int
    date: int
    sender: int
    content: Wire
    sender_chat: Wire | None = None
    reply_to: int | None = None
    thread: int | None = None
    in_topic: bool = False
    markup: Wire | None = None
    edit_date: int | None = None
    edited: bool = False
    service: bool = False
    had_buttons: bool = False
    silent: bool = False  # no phone sounded

    def carries(self, data: str) -> bool:
        """True if one of its buttons has this callback data."""
        return data in self.callbacks

    @property
    def callbacks(self) -> list[str]:
        """The callback data of its buttons."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [key["callback_data"] for row in rows for key in row if "callback_data" in key]


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's), a basic group or a supergroup.

    `forbidden` are the permissions that its members do not have, such as can_send_documents.
    """

    id: int
    type: str
    title: str = ""
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)  # messages that somebody deleted
    pinned: list[int] = field(default_factory=list)
    topics: dict[int, Topic] = field(default_factory=dict)
    forum: bool = False
    general_closed: bool = False
    hidden: bool = False  # only administrators see who is in it
    migrated_to: int | None = None
    migrated_from: int | None = None
    typing_until: datetime | None = None
    last_message_id: int = 0
    forbidden: set[str] = field(default_factory=set)

    def status(self, user_id: int) -> str:
        """The member status of somebody; `left` for one who never was here."""
        member = self.members.get(user_id)
        return member.status if member else "left"

    def present(self, user_id: int) -> bool:
        """True if this user is in the chat now."""
        return self.type == "private" or self.status(user_id) in PRESENT

    def is_admin(self, user_id: int) -> bool:
        """True if this user administers the chat."""
        return self.status(user_id) in ADMINS

    def may(self, user_id: int, right: str) -> bool:
        """True if an administrator has a right; the creator has them all."""
        member = self.members.get(user_id)
        return member is not None and (member.status == "creator" or right in member.rights)

    def may_send(self, user_id: int, right: str) -> bool:
        """True if a user who is here has the permission to send that kind of thing."""
        if self.type == "private" or self.is_admin(user_id):
            return True
        return self.status(user_id) == "member" and right not in self.forbidden


@dataclass(slots=True)
class StoredFile:
    """A file that somebody has sent; `kind` is photo, document, voice, video or sticker."""

    id: str
    unique_id: str
    kind: str
    name: str
    mime: str
    data: bytes
    path: str


@dataclass(slots=True)
class Query:
    """A pressed button that waits for answerCallbackQuery."""

    id: str
    person: int
    at: datetime
    answered: bool = False


@dataclass(slots=True)
class Webhook:
    """What setWebhook was told; the sandbox remembers it but delivers nothing."""

    url: str = ""
    max_connections: int = 40
    secret: str = ""


class World:
    """Everything there is, and the counters that number it. Ids are the same in every run."""

    def __init__(self, start: datetime, bot: User, monotonic: Callable[[], float] | None) -> None:
        self._start = start
        self._monotonic = monotonic
        self._began = monotonic() if monotonic else 0.0
        self._wound = timedelta()
        self.bot = bot
        self.privacy = True
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.updates = UpdateQueue()
        self.queries: dict[str, Query] = {}
        self.commands: dict[tuple[str, int, int, str], list[Wire]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int, Wire] = {}
        self.toasts: deque[Wire] = deque(maxlen=100)
        self.toast_count = 0
        self.webhook = Webhook()
        self.logged_out_until: datetime | None = None
        self.account_messages = 0
        self.groups_made = 0
        self.supergroups_made = 0
        self.people_made = 0

    def __getstate__(self) -> dict[str, object]:
        """What is kept of it: all but the real clock, so that it stands still until one is given again."""
        return {**self.__dict__, "_start": self.now(), "_wound": timedelta(), "_monotonic": None, "_began": 0.0}

    def run_by(self, monotonic: Callable[[], float] | None) -> None:
        """Let the clock run by this one, in seconds, from where it stands; None lets it stand still."""
        self._start, self._wound = self.now(), timedelta()
        self._monotonic, self._began = monotonic, monotonic() if monotonic else 0.0

    def now(self) -> datetime:
        """The sandbox clock (aware UTC): the start, what was wound, and what a real clock has run if one was given."""
        ran = self._monotonic() - self._began if self._monotonic else 0.0
        return self._start + self._wound + timedelta(seconds=ran)

    def seconds(self) -> int:
        """The sandbox clock as Telegram writes dates: whole Unix seconds."""
        return int(self.now().timestamp())

    def pace(self) -> float:
        """The clock that rate limits are measured on: the real one when there is one, else the sandbox clock."""
        return self._monotonic() if self._monotonic else self.now().timestamp()

    @property
    def ticking(self) -> bool:
        """True if the clock runs by itself."""
        return self._monotonic is not None

    def wind(self, seconds: float) -> None:
        """Move the clock forward."""
        if seconds < 0:
            raise ActError("Klockan kan bara vridas framåt.")
        self._wound += timedelta(seconds=seconds)

    def add(self, message: Message) -> Message:
        """Put a message into its chat."""
        self.chats[message.chat_id].messages[message.id] = message
        return message

    def next_message_id(self, chat: Chat) -> int:
        """Return the number of a next message: supergroups have their own, all other chats share the account's."""
        if chat.type == "supergroup":
            chat.last_message_id += 1
            return chat.last_message_id
        self.account_messages += 1
        return self.account_messages

    def private_chat(self, person: User) -> Chat:
        """A person's private chat with the bot, opened if it does not exist yet."""
        return self.chats.setdefault(person.id, Chat(person.id, "private"))

    def known_to_bot(self, user_id: int) -> bool:
        """True if the bot has ever met this user; strangers are "chat not found"."""
        user = self.users.get(user_id)
        if user is None or user.started or user_id == self.bot.id:
            return user is not None
        return any(self.bot.id in chat.members and user_id in chat.members for chat in self.chats.values())

    def person(self, user_id: int) -> User:
        """A person by id. Raises ActError."""
        user = self.users.get(user_id)
        if user is None:
            raise ActError("Den personen finns inte i provstaden.")
        return user

    def chat(self, chat_id: int) -> Chat:
        """A chat by id. Raises ActError."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise ActError("Den chatten finns inte i provstaden.")
        return chat
