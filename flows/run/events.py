"""What can happen to a run. Each event says who did it; `today` is the date in Europe/Stockholm, `at` unix seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from flows.answers import Stance
from flows.dates.dates import DateReader
from flows.identities import Identity
from flows.run.state import Phase, Seat
from flows.values import Values


@dataclass(frozen=True, slots=True)
class Began:
    """The coordinator starts the exercise (or takes it out again after it was set aside).

    `seats`: who has one now, where some have come or left since it was made; `answer_by`: its new last day, if the old
    one has been.
    """

    seats: Mapping[int, Seat] | None = None
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A person takes part, or comes back to the exercise. `introduced`: they have just read what it is about."""

    member: int
    introduced: bool = False
    row: int | None = None  # registers: change this row …
    key: str = ""  # … in this field; elsewhere: go to this question
    rest: tuple[str, ...] = ()  # … and then in these
    given: Values | None = None  # registers: fields that a new row has from the start; None: as it was begun
    told: Mapping[str, str] = field(
        default_factory=dict
    )  # registers: options that a new row has got without being asked


@dataclass(frozen=True, slots=True)
class Picked:
    """A button of the dialogue was tapped. `ask` is the number of the asking it belonged to."""

    member: int
    ask: int
    verb: str
    arg: str
    today: date
    dates: DateReader  # reads a held text's date, once it is to stand
    off_holidays: Callable[[date], date] | None = None  # moves a day that falls on one


@dataclass(frozen=True, slots=True)
class Wrote:
    """A person wrote a text: to what is asked now, or (with `key`) in reply to a certain question."""

    member: int
    text: str
    at: int
    today: date
    dates: DateReader  # of the language that the person writes
    key: str = ""
    long: bool = False  # so long that the phone may have split it
    seen: int | None = None  # the version of the answer that the message replied to has shown
    joins: bool = False  # it begins with a word by which people go on, as "and" or "but" (of the writer's language)
    identities: tuple[Identity, ...] = ()  # what in it points somebody out
    message: tuple[int, int] | None = None  # the message it came in, as the caller knows it
    labels: Mapping[str, str] = field(default_factory=dict)  # of the options of the question that is asked
    choices: Mapping[str, str] = field(default_factory=dict)  # of the buttons that choose one of two answers
    stance: Stance | None = None  # what it says to whether one stands behind something, where that is not simply yes
    anew: bool = False  # it stands in the place of what waits with its writer, as its message was edited


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered for one question of a form: `picks` among what it offers, or a text."""

    picks: tuple[str, ...] = ()
    text: str = ""
    comment: str = ""
    seen: bool = False  # the form was opened on an answer
    identities: tuple[Identity, ...] = ()  # what in text and comment points somebody out
    as_is: bool = False  # … which is to stand all the same


@dataclass(frozen=True, slots=True)
class Filled:
    """A person filled in a form: a sheet, or a new row. `done`: hand it in, or save the row."""

    member: int
    entries: Mapping[str, Entry]
    today: date
    dates: DateReader
    done: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """A person edited the message that once answered `key`, or (`comment`) that perhaps was the comment to it."""

    member: int
    text: str
    key: str
    today: date
    dates: DateReader
    comment: bool = False
    seen: int | None = None  # the version of the answer that the message gave, where a later one holds now
    was: str = ""  # … and what the message said then
    identities: tuple[Identity, ...] = ()  # what in it points somebody out
    message: tuple[int, int] | None = None  # the message itself, as the caller knows it
    labels: Mapping[str, str] = field(default_factory=dict)  # of the options of the question that it answered


@dataclass(frozen=True, slots=True)
class Joined:
    """Someone takes a seat while the exercise is going on; `quiet`: without an invitation, as they know of it."""

    seat: Seat
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """Someone has left the group; or (`away`) is away for a while: not awaited, but free to go on where they were."""

    member: int
    away: bool = False


@dataclass(frozen=True, slots=True)
class Revealed:
    """The coordinator shows what has been handed in. `anyway`: also when not all have, or only few."""

    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """The coordinator lets the group talk instead, as too few have written to show their answers without names."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A backup was restored that lacks the answers given without names."""


@dataclass(frozen=True, slots=True)
class Concluded:
    """The coordinator closes the exercise. `values`: the group's own answers; `anyway`: also with things missing."""

    values: Values = field(default_factory=dict)
    anyway: bool = False
    gaps: tuple[str, ...] = ()  # what a list lacks, in words
    key: str = "conclusion"  # the question whose answer is looked at


@dataclass(frozen=True, slots=True)
class Undid:
    """The coordinator takes the latest step back. `answer_by`: a new last day, where all answer anew after theirs."""

    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class Unwrote:
    """Somebody takes back version `seen` of the group's conclusion, the newest one; `key` is its question."""

    member: int
    seen: int
    key: str = "conclusion"


@dataclass(frozen=True, slots=True)
class Moved:
    """The date to answer by is changed (None: no date)."""

    answer_by: date | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What the answers are about has changed, so everyone is to answer again; or only these `owners`, who want to."""

    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """What the answers are about is again what it was, so the answers of these `owners` count as before.

    `phases`: those that the run had gone through when they were taken back, the present one last; none: it stays open.
    """

    owners: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ()


Event = (
    Began
    | Opened
    | Picked
    | Wrote
    | Filled
    | Edited
    | Joined
    | Left
    | Revealed
    | Spoken
    | LeftOut
    | Concluded
    | Undid
    | Unwrote
    | Moved
    | Withdrawn
    | Restored
)
