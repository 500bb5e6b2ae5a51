"""What there is to judge by: what people were told, what is stored, what Telegram saw, and when the bot was killed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Kept = Mapping[str, Sequence[Any]]  # by whose it is and what about: all versions in order, or the rows of a register


@dataclass(frozen=True, slots=True)
class Call:
    """A call as Telegram met it. `at`: seconds on the monotonic clock; `life`: of the process that made it."""

    at: float
    life: int
    row: int  # of the outbox; 0 for calls that do not go through it
    chat: int
    method: str
    refused: str = ""  # in Telegram's words; empty where it was done, or was so already
    queue: str = ""  # of the outbox, in which it stood; empty for that of its chat


@dataclass(slots=True)
class Kill:
    """The end of one life of the process. `recovered`: seconds until the next life that polls did."""

    at: float
    life: int
    point: str
    polled: bool  # whether that life had polled
    recovered: float | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the outbox at the end; `chat` is the queue in which it stood."""

    row: int
    chat: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something that fell due for one person. `at`: seconds on the monotonic clock; `waiting`: so the agenda has it."""

    name: str
    chat: int
    at: float
    waiting: bool


@dataclass
class Evidence:
    """All of it, for one bot."""

    told: Kept = field(default_factory=dict)
    stored: Kept = field(default_factory=dict)
    rows_told: Kept = field(default_factory=dict)
    rows_stored: Kept = field(default_factory=dict)
    calls: Sequence[Call] = ()
    messages: Sequence[Message] = ()
    kills: Sequence[Kill] = ()
    reminders: Sequence[Reminder] = ()
    wanted: Sequence[str] = ()  # the points at which there must have been a kill
    stuck: Sequence[str] = ()  # what somebody waited for in vain
    starved: float = 0.0  # what share of its time somebody had to wait for a processor, where something was given up
    trouble: Sequence[str] = ()  # anything else that should not be
    taken: Sequence[tuple[int, int]] = ()  # updates, each with the life that has committed it
    first_update: int = 1
    last_update: int = 0
    next_offset: int = 1
    dead_letters: int = 0
    ended: float = 0.0  # until when all was waited for, on the monotonic clock
    seconds: float = 0.0  # that it took
    people: int = 0
    groups: int = 0
