"""The material of documents: all that a group has answered, as plain values that the caller reads from storage.

The caller puts in only what the reader may see, and knows no document. It can be pickled, for a worker process.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flows.figures.figures import Figure, NotTold
from flows.timing.calendar import Meeting
from flows.timing.journey import Map
from messages.documents.own_look import OwnLook


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, as stored: `value` is JSON. `member` and `organisation` are None where it is anonymous."""

    question: str
    value: Any
    on: date
    item: str = ""
    comment: str | None = None
    member: int | None = None
    organisation: int | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """The latest round of an exercise that is not a register: what was said, and what the group concluded."""

    said: tuple[Said, ...] = ()
    conclusion: str | None = None
    on: date | None = None  # the day of the latest change
    consent: str = ""  # what came of it when it was put to everybody, in words

    def changed(self) -> date | None:
        """The day it was last changed."""
        return self.on or max((said.on for said in self.said), default=None)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row of a register. `state`: open | done | removed.

    Where a value points at rows of another register it is a tuple of their names.
    """

    number: int
    values: Mapping[str, Any]
    on: date
    state: str = "open"
    assignee: int | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """The statistics of a year as everybody may have them, in the four series of `flows.figures.statistics`."""

    year: int
    reported: Figure = NotTold.UNKNOWN
    exposed: Figure = NotTold.UNKNOWN
    talks: Figure = NotTold.UNKNOWN
    support: Figure = NotTold.UNKNOWN
    preliminary: bool = field(default=False, kw_only=True)

    @property
    def name(self) -> str:
        """What it is called where it may still change: "2027*"."""
        return f"{self.year}*" if self.preliminary else str(self.year)

    @property
    def tells(self) -> bool:
        """True if a figure of it is told, and is not nought."""
        return any(isinstance(figure, int) and figure for figure in self.figures())

    def figures(self) -> tuple[Figure, ...]:
        """Return the figures in the order of the series."""
        return self.reported, self.exposed, self.talks, self.support


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """How everyone was in a round, as `flows.figures.wellbeing` has it; None where too few answered."""

    on: date
    band: int | None


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """One organisation that was asked about a text: what it said to the text as it stands, and what came of it."""

    organisation: str
    decision: str | None = None  # the option
    on: date | None = None
    signer: str = ""
    aside: bool = False  # it stayed silent, and the group has gone on without it
    overruled: str = ""  # it said no, and this is what the group decided
    yes: bool = False  # it has said yes to the text as it stands
    asked: bool = True  # False: it stands in the text and has nobody here to answer
    word: str = ""  # what was noted of it then
    earlier: int | None = None  # the version that the word was about, if the text reads otherwise now


@dataclass(frozen=True, slots=True)
class Approval:
    """The state of a text that organisations approve: its version, raised by its words alone, and who said what."""

    version: int
    final: bool
    lines: tuple[ApprovalLine, ...] = ()

    def on(self) -> date | None:
        """Return the day of the last answer to the text as it stands; None before all have answered."""
        return max((line.on for line in self.lines if line.on), default=None) if self.final else None


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of a working session: times of day as they are read, people and exercises by their names."""

    on: date
    step: int
    begun: str
    ended: str | None  # of a session that was left, nobody knows when
    there: tuple[str, ...] = ()
    worked: tuple[tuple[str, bool], ...] = ()  # what was taken up, and whether it was ended
    decisions: tuple[str, ...] = ()
    todos: tuple[tuple[str, str | None, date | None], ...] = ()  # what, who, and until which day
    another_time: tuple[str, ...] = ()  # what was on the agenda and not taken up


@dataclass(frozen=True, slots=True)
class Attended:
    """Who was ticked off at a meeting that the network was called to; meeting and people by their names."""

    on: date
    meeting: str
    there: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A version that was given out: `parts` holds a digest for each part, so that a later one can say what differs.

    `draft`: it was given out before there was a version to speak of: before the organisations were asked, or whole.
    Drafts are counted by themselves. `standing`: of an adopted one, what stood in it beside the words that were
    approved (`messages.documents.standing`); None of one that was kept before that was.
    """

    number: int
    on: date
    parts: Mapping[str, str]
    adopted: date | None = None  # the day of its approval, if it is kept as it was then
    draft: bool = False
    standing: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Swap:
    """A number that has taken the place of another wherever that stood, as a second member has said yes to it."""

    old: str
    new: str
    on: date


@dataclass(frozen=True, slots=True)
class Names:
    """Who is who, by id: people, the organisations of everybody (those who were only invited too), and who is where."""

    people: Mapping[int, str] = field(default_factory=dict)
    organisations: Mapping[int, str] = field(default_factory=dict)
    belongs: Mapping[int, int] = field(default_factory=dict)  # people to organisations
    core: tuple[str, ...] = ()  # the organisations of the core group, in whose name it invites
    network: tuple[str, ...] = ()  # those of its network, and of the guests who have said yes to it
    swaps: tuple[Swap, ...] = ()  # of numbers that people go by, the oldest first
    checked: Mapping[str, date] = field(default_factory=dict)  # numbers, as they are dialled, called right on that day


@dataclass(frozen=True, slots=True)
class Sessions:
    """What was written down of meetings and between them, the newest first."""

    minutes: tuple[Minutes, ...] = ()
    attended: tuple[Attended, ...] = ()
    between: tuple[tuple[date, str], ...] = ()  # what was decided outside of sessions


@dataclass(frozen=True, slots=True)
class Material:
    """The whole material. Names by id; exercises, registers and versions by the id of what they belong to."""

    town: str
    today: date
    names: Names = field(default_factory=Names)
    rounds: Mapping[str, Round] = field(default_factory=dict)
    registers: Mapping[str, tuple[RegisterRow, ...]] = field(default_factory=dict)
    years: tuple[Year, ...] = ()
    checkins: tuple[CheckedIn, ...] = ()
    calendar: tuple[Meeting, ...] = ()
    approvals: Mapping[str, Approval] = field(default_factory=dict)  # by the exercise; none before it was begun
    sessions: Sessions = Sessions()
    progress: Map | None = None
    outcomes: Mapping[int, tuple[int | None, ...]] = field(default_factory=dict)  # of measures, by number, year by year
    versions: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)  # oldest first
    began: date | None = None  # the day the group began with the bot: since then incidents are logged
    event_off: bool = False  # it has been cancelled
    links: Mapping[str, str] = field(default_factory=dict)  # "event": where guests answer; drawn as a QR code
    language: str = "sv"
    own: OwnLook | None = None  # what the operator gives the town's documents

    @property
    def law(self) -> str:
        """What the operator's lawyer adds; empty if nothing."""
        return self.own.law if self.own else ""
