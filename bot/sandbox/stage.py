"""What the page shows: a played Telegram and what can be done with it. There may be several, one of which shows."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Protocol

from .exchange import Exchange
from .sandbox import Sandbox
from .wire import Json, Wire

Reminder = Callable[[], datetime | Awaitable[datetime | None] | None]
Others = Callable[[list[int]], Json]
Opening = Callable[[], Awaitable[Json]]
"""Gets a town under way, so that the visitor may answer at once; gives {person}: whom they play."""
Transcript = Callable[[], str]
Window = Callable[[int], Awaitable[str]]
"""Where somebody (0: nobody, the mail) is in a browser window beside the phones."""
Pass = Callable[[float], Awaitable[None]]
"""Lets so many seconds go by, with all that the bot does meanwhile at its time."""


@dataclass(slots=True)
class Played:
    """The point that a film has come to: `share` from 0 to 1, `speed` 0 is a pause; whose deed was the last, and where.

    `stopped`: it cannot go on, as the visitor has changed what comes next.
    """

    share: float = 0.0
    speed: float = 1.0
    title: str = ""
    person: int = 0
    chat: int = 0
    ended: bool = False
    stopped: bool = False

    def as_json(self) -> Wire:
        """Return what the page draws."""
        return asdict(self)


def nobody_listens() -> None:
    """Where nothing depends on what the visitor does."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A played Telegram with its clock, its other people and its film, if it has any."""

    name: str
    sandbox: Sandbox
    exchange: Exchange
    next_reminder: Reminder | None = None
    others: Others | None = None
    pass_by: Pass | None = None
    transcript: Transcript | None = None
    acted: Callable[[], None] = nobody_listens
    film: Callable[[], Played] | None = None
    opening: Opening | None = None
    window: Window | None = None


class Projector(Protocol):
    """Shows a film: another stage, that moves by itself."""

    async def begin(self) -> Stage:
        """A new showing, from the beginning."""

    def pace(self, speed: float) -> None:
        """Set how quickly it goes on; 0 is a pause."""

    async def end(self) -> None:
        """Take it away."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The parts of a page that belong to the demo, and not to a played Telegram."""

    next_reminder: Reminder | None = None  # when the bot will next speak by itself (aware UTC)
    others: Others | None = None  # lets all people but the named ones answer once
    pass_by: Pass | None = None  # lets time go by step by step, where otherwise the clock jumps
    transcript: Transcript | None = None  # what has been played, to be saved
    opening: Opening | None = None  # gets this town under way
    projector: Projector | None = None  # shows another town
    window: Window | None = None
    works: Mapping[str, str] = field(default_factory=dict)  # what people do, by their names


NO_DEMO = Demo()
