"""What a turn of the engine's set in motion beyond its own run, as data; `bot.dispatch.dispatch_events` sees to it."""

from dataclasses import dataclass

from flows.values import Values
from storage.message_notes import MessageContext
from storage.records import TextPart


@dataclass(frozen=True, slots=True)
class ProfileGiven:
    """A member has answered the joining questions, or changed an answer."""

    group: int
    member: int
    answers: Values


@dataclass(frozen=True, slots=True)
class StepOpened:
    """Someone who coordinates has opened a step."""

    group: int
    step: int
    by: int


@dataclass(frozen=True, slots=True)
class PromisedAgain:
    """A member has accepted the new version of the promise, and is in as before."""

    group: int
    member: int


@dataclass(frozen=True, slots=True)
class Concluded:
    """An exercise was closed."""

    group: int
    run: int


@dataclass(frozen=True, slots=True)
class OpenedToNetwork:
    """Something that is written together has been begun, also for the network."""

    group: int
    run: int


@dataclass(frozen=True, slots=True)
class FilledIn:
    """The last answer to something that decides what comes next has been given; it can still be changed."""

    group: int
    run: int


@dataclass(frozen=True, slots=True)
class RegisterNeeded:
    """Rows were begun in a register that the group should now see."""

    group: int
    exercise: str


@dataclass(frozen=True, slots=True)
class TextPlaced:
    """A person has said what a text of theirs answers: `asked` is the context of the question, `parts` the messages."""

    person: int
    asked: MessageContext
    parts: tuple[TextPart, ...]


@dataclass(frozen=True, slots=True)
class GuestRow:
    """Someone outside of the group has filled in a form about `actor` (a row), or left it (None).

    `kept` is False when the link had ended, so that nothing was kept.
    """

    group: int
    run: int
    member: int
    actor: int | None
    kept: bool = True


@dataclass(frozen=True, slots=True)
class TookOver:
    """Someone has come in to take over a colleague's seat."""

    group: int
    member: int
    of: int


@dataclass(frozen=True, slots=True)
class RowAdded:
    """A row was made in a register from elsewhere, by its name."""

    group: int
    exercise: str


@dataclass(frozen=True, slots=True)
class RowGiven:
    """A row's own field names somebody who is to do it; `by` is who wrote that."""

    group: int
    run: int
    row: int
    by: int


@dataclass(frozen=True, slots=True)
class ItemAdded:
    """Someone has added an item of the group's own to an exercise, and goes on with it."""

    group: int
    run: int
    member: int
    item: str


@dataclass(frozen=True, slots=True)
class MenuOutdated:
    """A member may now use other commands than before."""

    member: int


@dataclass(frozen=True, slots=True)
class CoordinatorsChanged:
    """Others than before coordinate the group."""

    group: int


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A sheet of an exercise in which a text is approved was handed in, or (`back`) taken back."""

    group: int
    run: int
    owner: str
    back: bool = False


@dataclass(frozen=True, slots=True)
class SheetGiven:
    """A member has handed in a sheet, and nothing more is asked of them there."""

    group: int
    member: int


@dataclass(frozen=True, slots=True)
class TextChanged:
    """Something was changed in an exercise that is part of a text to be approved."""

    group: int
    exercise: str


@dataclass(frozen=True, slots=True)
class PrivateRow:
    """A row of a private register has been given, or its dialogue left: nothing of it lies where rows are shown.

    `values` is None when nothing was given; `row` is the one that was changed.
    """

    group: int
    exercise: str
    member: int
    values: Values | None
    row: int | None


@dataclass(frozen=True, slots=True)
class EventChanged:
    """Something is said otherwise of the event that guests are invited to: `question` is what it is to the program."""

    group: int
    question: str


DomainEvent = (
    ProfileGiven
    | PromisedAgain
    | StepOpened
    | Concluded
    | FilledIn
    | RegisterNeeded
    | CoordinatorsChanged
    | HandedIn
    | SheetGiven
    | TextChanged
    | PrivateRow
    | RowAdded
    | RowGiven
    | GuestRow
    | TookOver
    | ItemAdded
    | MenuOutdated
    | EventChanged
    | TextPlaced
    | OpenedToNetwork
)
