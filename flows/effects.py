"""What follows from an event, as data. The engine executes nothing of it: the caller does, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

To = int | Literal["group", "coordinators"]


@dataclass(frozen=True, slots=True)
class Button:
    """One button: what it does (`verb`, `arg`) and the name of its label in the words."""

    verb: str
    arg: str = ""
    label: str = ""


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Say:
    """A message to render. With `in_place` it replaces the one whose button was tapped, if that is still the latest."""

    to: To
    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    keyboard: Keyboard = ()
    in_place: bool = False
    ask: int = 0
    key: str = ""  # the question that a reply to this message answers
    write: bool = False  # a text is wanted: open the writing field


@dataclass(frozen=True, slots=True)
class Amend:
    """The run's living card in the group is brought up to date (and sent, the first time)."""


@dataclass(frozen=True, slots=True)
class Keep:
    """An answer is kept. `more` adds to the text that is there (a message that the phone split).

    `joined`: two answers that were written at once stand together, which no single message has said.
    """

    owner: str
    key: str
    value: Any = None
    member: int = 0
    more: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment is put to an answer that is there."""

    owner: str
    key: str
    text: str
    member: int = 0


@dataclass(frozen=True, slots=True)
class Unsay:
    """The newest version of an answer is taken back: what stood before stands again, or nothing."""

    owner: str
    key: str
    member: int


@dataclass(frozen=True, slots=True)
class HandIn:
    """A sheet is handed in: from now on others may see it, as its audience and the run's phase allow."""

    owner: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A sheet is taken back to be changed."""

    owner: str


@dataclass(frozen=True, slots=True)
class KeepRow:
    """A register's row is made (`row` None) or changed."""

    values: Mapping[str, Any]
    member: int
    row: int | None = None


@dataclass(frozen=True, slots=True)
class KeepItem:
    """The group adds an item of its own to what the questions are asked about."""

    title: str
    member: int


@dataclass(frozen=True, slots=True)
class Toast:
    """A short notice to the one who tapped or wrote; `alert` waits to be dismissed."""

    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """The collected picture goes to the group (or to the coordinators, when the answers are for them)."""

    to: To


@dataclass(frozen=True, slots=True)
class StartTimer:
    """The minutes of the exercise begin now, for the whole group."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """The group has decided to go on to this step."""

    step: int


Effect = (
    Say | Amend | Keep | Comment | Unsay | HandIn | TakeBack | KeepRow | KeepItem | Toast | Show | OpenStep | StartTimer
)
