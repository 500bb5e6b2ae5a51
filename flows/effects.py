"""What follows from an event, as data. The engine executes nothing of it: the caller does, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from flows.identities import Identity
from flows.trouble import Problem, Trouble
from flows.values import Value, Values


@dataclass(frozen=True, slots=True)
class Button:
    """One button: what it does (`verb`, `arg`) and the name of its label in the words."""

    verb: str
    arg: str = ""
    label: str = ""


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A message to a member; each kind below has a view that words it.

    With `in_place` it replaces the message whose button was tapped, if that is still the latest.
    """

    to: int = 0  # the member; 0 for the group
    keyboard: Keyboard = ()
    in_place: bool = False
    ask: int = 0
    key: str = ""  # the question that a reply to this message answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Say):
    """Someone is invited to an exercise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowIntro(Say):
    """What an exercise is about, before its first question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion(Say):
    """A question: number `n` (None in a row that is there) `of` so many, with what there is to say about the last."""

    n: int | None
    of: int
    saved: str = ""  # the key of the answer that was just given
    advised: str | None = None
    query: str = ""
    trouble: Trouble | None = None
    taken_over: bool = False  # an example has just become the answer, to be changed


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowExamples(Say):
    """Examples that can be taken over as the answer to what is asked, by their numbers."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskComment(Say):
    """Is there something to add to the answer?"""

    saved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskItems(Say):
    """Which of the items does the group take up?"""

    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOwnItem(Say):
    """What shall the group's own item be called?"""

    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseAnswer(Say):
    """Two answers were written at once: which is to stand? `by`: whose the other is; None for one's own."""

    mine: Value
    theirs: Value
    by: int | None
    joined: bool  # they stand together until then
    text: bool  # a third can be written


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSummary(Say):
    """The sheet as a whole, or the page of it that begins with question `first`."""

    missing: tuple[str, ...]
    saved: str  # the key of the answer that was just given
    advised: str | None
    handed_in: bool
    locked: bool
    first: int
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDraft(Say):
    """The new row as a whole, before it is saved."""

    draft: Values
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Say):
    """The dialogue rests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray(Say):
    """Nothing is asked that this text could answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked(Say):
    """What was handed in has been shown, and is not changed; `unnamed`: nobody knows any more which answers it was."""

    unnamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Say):
    """A text that could not be taken, said beside the dialogue."""

    trouble: Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class AskIdentity(Say):
    """A text that points somebody out is held: is it to stand? Only the kinds are named."""

    kinds: tuple[Identity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskApart(Say):
    """A text of several lines that names a row is held: is each line to be a row of its own?"""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChanged(Say):
    """Another answer than the one that is asked for now was changed."""

    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Say):
    """The last word of a dialogue: nothing is asked after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetHandedIn(Finished):
    """The sheet is with the others'. `alone`: without a name, and nobody else has handed in since they were shown."""

    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSaved(Finished):
    """A row was made (`row` None) or changed."""

    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsSaved(Finished):
    """Several rows were made at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowUnchanged(Finished):
    """A row is left as it was."""

    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDiscarded(Finished):
    """The new row was thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing(Say):
    """The group is told what it has not answered, before it closes the exercise."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talked(Say):
    """The group talks about it instead: nothing was shown, and the notes are gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionWritten(Say):
    """The group's conclusion, as it stands now; `met`: two have written it at once."""

    met: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """The run was concluded: whatever waits for that may go on."""


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
    value: Value = None
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
class Admit:
    """What was handed in without a name is among what is shown from now on."""


@dataclass(frozen=True, slots=True)
class Erase:
    """What was said without a name, and has not been shown, is erased."""


@dataclass(frozen=True, slots=True)
class AskBack:
    """Whoever leads is asked before it happens, in the message whose button they tapped."""

    name: str
    keyboard: Keyboard


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A sheet is taken back to be changed."""

    owner: str


@dataclass(frozen=True, slots=True)
class KeepRow:
    """A register's row is made (`row` None) or changed."""

    values: Values
    member: int
    row: int | None = None


@dataclass(frozen=True, slots=True)
class KeepRows:
    """Several rows of a register are made at once, but for those that are there by that name."""

    rows: tuple[Values, ...]
    member: int


@dataclass(frozen=True, slots=True)
class KeepItem:
    """The group adds an item of its own to what the questions are asked about."""

    title: str
    member: int


class Unfit(StrEnum):
    """Why an event changes nothing, or what it has changed beside the dialogue; the value is its place in the words."""

    NO_SEAT = "unfit.no_seat"
    ASIDE = "unfit.aside"
    OVER = "unfit.over"
    NOT_YET = "unfit.not_yet"
    ALREADY_BEGUN = "unfit.already_begun"
    NOTHING_TO_UNDO = "unfit.nothing_to_undo"
    STALE = "visit.stale"
    LOCKED = "visit.locked"
    UNNAMED = "visit.unnamed"  # no answer without a name can be told from the others any more
    CHANGED_SINCE = "changed_since"  # somebody has written since
    SPOKEN = "unfit.spoken"  # the group has chosen to talk instead


class Done(StrEnum):
    """What a text has changed without a message of its own; the value is its place in the words."""

    ADDED = "visit.more_kept"
    CHANGED = "visit.changed_toast"
    THERE_ALREADY = "visit.there_already"


@dataclass(frozen=True, slots=True)
class Toast:
    """A short notice to the one who tapped or wrote."""

    name: Unfit | Done | Problem
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Show:
    """The collected picture goes to the group (or to the coordinators, when the answers are for them)."""

    to: Literal["group", "coordinators"]


@dataclass(frozen=True, slots=True)
class StartTimer:
    """The minutes of the exercise begin now, for the whole group."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """The group has decided to go on to this step."""

    step: int


@dataclass(frozen=True, slots=True)
class RefuseIdentity:
    """A text that points somebody out is not kept; whoever wrote it is told which kinds were found."""

    member: int
    kinds: tuple[Identity, ...]


@dataclass(frozen=True, slots=True)
class FormTaken:
    """What of a form could not be taken, by question; all else of it was."""

    troubles: Mapping[str, Trouble]


Effect = (
    Say
    | FormTaken
    | RefuseIdentity
    | Closed
    | Amend
    | Keep
    | Comment
    | Unsay
    | HandIn
    | Admit
    | Erase
    | AskBack
    | TakeBack
    | KeepRow
    | KeepRows
    | KeepItem
    | Toast
    | Show
    | OpenStep
    | StartTimer
)
