"""The effects of an event, as data. The engine executes none of them: the caller does, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from flows.buttons import Keyboard
from flows.identities import Identity
from flows.input_errors import Problem, Trouble
from flows.values import Value, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A message to a member; each kind below has a view that words it.

    With `in_place` it replaces the message whose button was tapped, if that is still the latest.
    """

    to: int = 0  # the member; 0 for the group
    keyboard: Keyboard = ()
    in_place: bool = False
    ask: int = 0  # the number of the asking that its buttons belong to
    key: str = ""  # the question that a reply to this message answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Say):
    """Invite a person to an exercise; `anew`: once more, as what was written has been erased."""

    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowIntro(Say):
    """Show what an exercise is about, before its first question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion(Say):
    """Ask a question: number `n` (None when an old row is changed) `of` all, with a word on the answer just given."""

    n: int | None
    of: int
    saved: str = ""  # the key of the answer that was just given
    advised: str | None = None  # the name of an advice on it, from `flows.answers.advice`
    query: str = ""
    trouble: Trouble | None = None
    taken_over: bool = False  # an example has just become the answer, to be changed
    goes_on: bool = False  # straight after another question of this exercise, or a tick


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowExamples(Say):
    """Show examples that can be taken over as the answer to what is asked, by their numbers."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskComment(Say):
    """Ask for a comment to the answer just given. `wanted`: they have said that they want to give one."""

    saved: bool = False
    wanted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskItems(Say):
    """Ask which of the items the group takes up."""

    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOwnItem(Say):
    """Ask what the group's own item shall be called."""

    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseAnswer(Say):
    """Ask which of two answers is to stand that were written at once. `by`: who wrote the other; None for oneself."""

    mine: Value
    theirs: Value
    by: int | None
    joined: bool  # they stand together until then
    text: bool  # a third can be written
    first: bool  # something else was written, which is not kept


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSummary(Say):
    """Show the sheet as a whole, or the page of it that begins with question `first`."""

    missing: tuple[str, ...]
    saved: str  # the key of the answer that was just given
    advised: str | None
    handed_in: bool
    locked: bool
    first: int
    shown: tuple[str, ...]
    changed: bool = False  # by somebody else who writes on it, since this person was shown it
    revising: bool = False  # it was handed in: it holds until it is changed, and then again once it is handed in
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDraft(Say):
    """Show the new row as a whole, before it is saved."""

    draft: Values
    shown: tuple[str, ...]
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Say):
    """Say that the dialogue is paused, and how to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray(Say):
    """Say that nothing is asked now that this text could answer.

    `unbegun`: they have not begun yet; `gone`: what was asked is asked no more.
    """

    unbegun: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked(Say):
    """Say that what was handed in cannot be changed: it has been shown or, if `unnamed`, nobody knows whose it is."""

    unnamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Say):
    """Say, beside the dialogue, that a text could not be taken, and why."""

    trouble: Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class AskIdentity(Say):
    """Ask whether a text that points somebody out is to stand, or one without a name to be handed in.

    Only the kinds found are named, not the words, but of what is to bear no name: that message is kept nowhere.
    """

    kinds: tuple[Identity, ...]
    said: str = ""  # the text, or the line that it adds to what waits


@dataclass(frozen=True, slots=True, kw_only=True)
class AskApart(Say):
    """Ask whether each line of a text that names a row is to be a row of its own."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChanged(Say):
    """Say that an answer was changed which is not the one asked for now."""

    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Say):
    """The last message of a dialogue: nothing is asked after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetHandedIn(Finished):
    """Say that the sheet is handed in. `alone`: without a name, and the only one since the others' were shown."""

    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSaved(Finished):
    """Say that a row was made (`row` None) or changed."""

    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsSaved(Finished):
    """Say that several rows were made at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowUnchanged(Finished):
    """Say that a row is left as it was."""

    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDiscarded(Finished):
    """Say that the new row was thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowMissing(Say):
    """Tell what an exercise still lacks, before it is closed."""

    keys: tuple[str, ...] = ()  # what the group has not answered together, its conclusion too
    unanswered: bool = False  # not all have answered of those who answer alone
    unsettled: tuple[tuple[int, str], ...] = ()  # who has yet to choose between two answers, and to which question
    gaps: tuple[str, ...] = ()  # of a list, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Talked(Say):
    """Tell the group that it talks instead: no answers are shown, and those that were given have been erased.

    `undone`: the coordinator has taken that back, and everybody answers anew.
    """

    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionWritten(Say):
    """Show the group's conclusion as it stands now; `met`: two people have written it at once."""

    met: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """Let other features know that the run was concluded."""


@dataclass(frozen=True, slots=True)
class Amend:
    """Bring the run's card in the group up to date, or send it, the first time."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep an answer. `more` adds to the text that is there (the next part of a message that the phone split).

    `joined`: two answers that were written at once stand together; no single message holds both.
    """

    owner: str
    key: str
    value: Value = None
    member: int = 0
    more: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """Give a kept answer a comment, after the one that it has (`more`) or in its place; an empty one takes it away."""

    owner: str
    key: str
    text: str
    member: int = 0
    more: bool = False
    message: tuple[int, int] | None = None  # chat and id of the message that gave it, if it was an earlier one


@dataclass(frozen=True, slots=True)
class Unsay:
    """Take back the newest version of an answer: the one before it stands again, if there is one."""

    owner: str
    key: str
    member: int


@dataclass(frozen=True, slots=True)
class Empty:
    """Take an answer off its sheet, with its comment and what it was before."""

    owner: str
    key: str


@dataclass(frozen=True, slots=True)
class HandIn:
    """Hand in a sheet: from now on others may see it, as its audience and the run's phase allow."""

    owner: str


@dataclass(frozen=True, slots=True)
class Reinstate:
    """Hand in a sheet that was taken back from its owner, as it was: nobody has said anything anew."""

    owner: str


@dataclass(frozen=True, slots=True)
class Admit:
    """Count what was handed in without a name among what is shown from now on."""


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase what was written without a name and has not been shown."""


@dataclass(frozen=True, slots=True)
class AskBack:
    """Ask whoever leads to confirm it first, in the message whose button they tapped."""

    name: str
    keyboard: Keyboard


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take back a sheet, to be changed."""

    owner: str


@dataclass(frozen=True, slots=True)
class KeepRow:
    """Make a register's row (`row` None), or change one."""

    values: Values
    member: int
    row: int | None = None


@dataclass(frozen=True, slots=True)
class KeepRows:
    """Make several rows of a register at once, except those whose name is there already."""

    rows: tuple[Values, ...]
    member: int


@dataclass(frozen=True, slots=True)
class KeepItem:
    """Add an item of the group's own to those that the questions are asked about."""

    title: str
    member: int


class Unfit(StrEnum):
    """Why an event changes nothing, or what it has changed beside the dialogue; the value is its place in the words."""

    NO_SEAT = "unfit.no_seat"
    ASIDE = "unfit.aside"
    OVER = "unfit.over"
    NOT_YET = "unfit.not_yet"
    SHOWN = "unfit.shown"
    ALREADY_BEGUN = "unfit.already_begun"
    NOTHING_TO_UNDO = "unfit.nothing_to_undo"
    STALE = "visit.stale"
    GONE = "visit.gone"  # what was asked is asked no more
    REWORDED = "visit.reworded"  # another text was written instead
    ANEW = "visit.anew"  # what was answered has been erased
    LOCKED = "visit.locked"
    UNNAMED = "visit.unnamed"  # no answer without a name can be told from the others any more
    SPOKEN_OF = "visit.spoken_of"  # what is to be left out has answers
    CHANGED_SINCE = "changed_since"  # somebody has written since
    SPOKEN = "unfit.spoken"  # the group has chosen to talk instead


class Done(StrEnum):
    """What a text has changed without a message of its own; the value is its place in the words."""

    ADDED = "visit.more_kept"
    CHANGED = "visit.changed_toast"
    THERE_ALREADY = "visit.there_already"


@dataclass(frozen=True, slots=True)
class Toast:
    """Show a short notice to the person who tapped or wrote."""

    name: Unfit | Done | Problem
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Show:
    """Show the collected answers to the group, or to the coordinators if the answers are for them."""

    to: Literal["group", "coordinators"]


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Start a timer of so many minutes, for the whole group."""

    minutes: int


@dataclass(frozen=True, slots=True)
class OpenStep:
    """Open this step, as the group has decided."""

    step: int


@dataclass(frozen=True, slots=True)
class RefuseIdentity:
    """Tell whoever wrote a text that points somebody out that it is not kept, and which kinds were found."""

    member: int
    kinds: tuple[Identity, ...]


@dataclass(frozen=True, slots=True)
class FormTaken:
    """Tell which questions of a form could not be answered as filled in, and why; all the others were kept."""

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
    | Empty
    | HandIn
    | Reinstate
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
