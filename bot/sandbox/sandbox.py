"""Telegram played on this machine: the one class that doors, demo and tests talk to."""

import inspect
import re
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime

from . import acts, groups, params
from .call import Call
from .errors import ActError, ApiError
from .faults import Faults
from .limits import Limits
from .methods import PLAYED
from .spec import BY_LOWER_NAME
from .wire import Given, Json, Wire
from .world import FIRST_PERSON, Chat, StoredFile, User, World

TOKEN = "7000000001:sandbox-token-for-tests-and-nothing-else"  # noqa: S105 - opens nothing but the sandbox
BOT_NAME, BOT_USERNAME = "Stad för stad", "stadforstad_bot"
_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")
_CALLS_KEPT = 200

Observer = Callable[[int, str, Given], None]


class Sandbox:
    """One bot's Telegram. Pure and single-threaded: no network, no event loop, and no real clock unless one is given.

    `start` is where the sandbox clock begins (aware). `monotonic`, if given, makes that clock run and paces the rate
    limits (real seconds); without it time stands still except for `wind`. Listeners hear of every change.
    """

    def __init__(
        self,
        *,
        start: datetime,
        token: str = TOKEN,
        monotonic: Callable[[], float] | None = None,
        seed: int = 1,
        world: World | None = None,
    ) -> None:
        """`world`: one that has been kept, and goes on from its own time; `start` and the bot are then its own."""
        if start.tzinfo is None or not _TOKEN.fullmatch(token):
            raise ValueError(
                "the sandbox needs an aware start time and a token of the form 123456:thirty-odd-characters"
            )
        bot = User(int(token.partition(":")[0]), BOT_NAME, username=BOT_USERNAME, is_bot=True)
        self.world = world or World(start, bot, monotonic)
        if world is not None:
            world.run_by(monotonic)
        self.token = token
        self.limits = Limits()
        self.faults = Faults(seed)
        self.calls: deque[Wire] = deque(maxlen=_CALLS_KEPT)
        self.version = 1
        self.poll = 0
        self._call_count = 0
        self._listeners: list[Callable[[int], None]] = []
        self._observers: list[Observer] = []

    # The clock

    def now(self) -> datetime:
        """Return what the sandbox clock shows, aware UTC."""
        return self.world.now()

    @property
    def clock(self) -> Callable[[], datetime]:
        """The sandbox clock in the form that the rest of the program is handed."""
        return self.world.now

    def wind(self, seconds: float) -> None:
        """Move the sandbox clock forward. Raises ActError for a negative step."""
        self.world.wind(seconds)
        self.touch()

    # The bot's side

    @property
    def bot(self) -> User:
        """The bot's account."""
        return self.world.bot

    @property
    def privacy(self) -> bool:
        """BotFather's privacy mode; on unless switched off."""
        return self.world.privacy

    @privacy.setter
    def privacy(self, on: bool) -> None:
        self.world.privacy = on

    def call(self, method: str, given: Given, *, token: str, files: params.Files | None = None) -> Json:
        """Call a Bot API method and return its result as JSON values. Raises ApiError, worded as Telegram words it."""
        name = BY_LOWER_NAME.get(method.lower())
        try:
            self._admit(token, name)
            result = self._play(str(name), given, files or {})
        except ApiError as refused:
            self._log(name or method, given, refused.description)
            raise
        if name != "getUpdates":
            self._log(str(name), given, None)
        return result

    def _admit(self, token: str, name: str | None) -> None:
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        if token != self.token:
            raise ApiError(401, "Unauthorized")
        if name is None:
            raise ApiError(404, "Not Found: method not found")
        until = self.world.logged_out_until
        if until and self.now() < until:
            raise ApiError(400, "Logged out")

    def _play(self, name: str, given: Given, files: params.Files) -> Json:
        values = params.read(name, given, files)
        if isinstance(chat_id := values.get("chat_id"), int):
            self.limits.count(name, chat_id, self.world.pace())
        return PLAYED[name](Call(self.world, name, values, files))

    def _log(self, method: str, given: Given, error: str | None) -> None:
        """Note a call for the page; only where it went and how it ended, never what it said."""
        self._call_count += 1
        entry = {"n": self._call_count, "time": self.now().isoformat(), "method": method, "chat": given.get("chat_id")}
        self.calls.append({**entry, "ok": error is None, "error": error})
        self.touch()

    def pending(self, offset: int = 0) -> list[Wire]:
        """getUpdates without waiting: confirms what is below `offset` and gives what waits."""
        return self.world.updates.fetch(offset, 100, self.now())

    # The people's side

    def add_person(
        self, first_name: str, last_name: str | None = None, username: str | None = None, *, is_bot: bool = False
    ) -> int:
        """A new person (or somebody else's bot), who has not met the bot yet. Gives the id."""
        if not first_name.strip():
            raise ActError("Personen behöver ett namn.")
        number = FIRST_PERSON + self.world.people_made
        self.world.people_made += 1
        self.world.users[number] = User(number, first_name, last_name, username, is_bot)
        self.touch()
        return number

    def rename_person(self, person: int, first_name: str, last_name: str | None = None) -> None:
        """Give a person another name; Telegram does not tell bots."""
        who = self.world.person(person)
        if not first_name.strip():
            raise ActError("Personen behöver ett namn.")
        who.first_name, who.last_name = first_name, last_name
        self.touch()

    def create_group(self, title: str, owner: int, members: Iterable[int] = ()) -> int:
        """A new basic group, made by a person. Gives its (negative) id."""
        place = groups.create_group(self.world, title, self.world.person(owner), members)
        self.touch()
        return place.id

    def act(self, person: int, action: str, **details: Json) -> list[Wire]:
        """Let a person do something (see Acts). Gives the updates that the bot will get. Raises ActError."""
        if action not in acts.NAMES:
            raise ActError(f"Handlingen {action} finns inte.")
        deed = getattr(acts.Acts(self.world, self.world.person(person)), action)
        try:
            bound = inspect.signature(deed).bind(**details)
        except TypeError:
            raise ActError(f"Handlingen {action} fick fel uppgifter.") from None
        for observer in self._observers:
            observer(person, action, details)
        self.world.updates.take_produced()
        deed(*bound.args, **bound.kwargs)
        self.touch()
        return self.world.updates.take_produced()

    # Looking in

    def chat(self, chat_id: int) -> Chat:
        """A chat as it is, by id; a person's id is her private chat. Raises ActError."""
        return self.world.chat(chat_id)

    def file(self, file_id: str) -> StoredFile | None:
        """A sent file by its id."""
        return self.world.files.get(file_id)

    @property
    def toasts(self) -> list[Wire]:
        """The toasts and alerts shown at pressed buttons: {n, person, text, alert}."""
        return list(self.world.toasts)

    # Listeners

    def observe(self, observer: Observer) -> None:
        """Have `observer` called with each act before it is done: who, what, and with which details."""
        self._observers.append(observer)

    def subscribe(self, listener: Callable[[int], None]) -> Callable[[], None]:
        """Have `listener` called with the new version at every change. Gives the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def touch(self) -> None:
        """Say that something has changed."""
        self.version += 1
        for listener in list(self._listeners):
            listener(self.version)
