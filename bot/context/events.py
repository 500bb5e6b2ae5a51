"""Domain events: what a turn of the engine changes beyond its own run. `bot.assembly.dispatch_events` handles them."""

from dataclasses import dataclass
from datetime import date

from bot.context.row_events import (
    CalendarChanged,
    EventChanged,
    GuestRow,
    MeetingListed,
    NumberChanged,
    PrivateRow,
    ReasonUnneeded,
    RegisterNeeded,
    RowAdded,
    RowChanged,
    RowGiven,
    TextAdopted,
    TextChanged,
)
from bot.context.sealed_actions import Action
from flows import ballots
from flows.values import Values
from storage.records.message_notes import MessageContext
from storage.records.prompts import TextPart


@dataclass(frozen=True, slots=True)
class ProfileGiven:
    """A member has answered the joining questions, or changed an answer."""

    group: int
    member: int
    answers: Values


@dataclass(frozen=True, slots=True)
class PromiseRenewed:
    """Members of a group are asked for a new version of the promise, and must answer before they go on."""

    group: int


@dataclass(frozen=True, slots=True)
class PromisedAgain:
    """A member has accepted the new version of the promise, and is in as before."""

    group: int
    member: int


@dataclass(frozen=True, slots=True)
class ExerciseConcluded:
    """An exercise was closed. `unsent`: the members who had answered something and not handed it in."""

    group: int
    run: int
    unsent: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ExerciseReopened:
    """An exercise that was closed is open again."""

    group: int
    run: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """An exercise that was begun by mistake is as if it had not been."""

    group: int
    run: int


@dataclass(frozen=True, slots=True)
class OpenedToNetwork:
    """An exercise that is written together was begun, and the network takes part."""

    group: int
    run: int


@dataclass(frozen=True, slots=True)
class ButtonMeant:
    """A person has written what is taken as a tap on a button of this message to them; 0 if it is not known."""

    person: int
    action: Action
    message: int


@dataclass(frozen=True, slots=True)
class TextPlaced:
    """A person has said what their text answers: `asked` is the context of the question, `parts` the messages."""

    person: int
    asked: MessageContext
    parts: tuple[TextPart, ...]


@dataclass(frozen=True, slots=True)
class TookOver:
    """Someone has joined to take over a colleague's seat."""

    group: int
    member: int
    of: int


@dataclass(frozen=True, slots=True)
class SeatLeft:
    """Somebody of the core group or the network has left, and nobody has taken over yet. What was theirs is told here,
    as somebody who erases themselves has none of it when it is heard.
    """

    group: int
    member: int
    organisation: int | None
    tasks: tuple[int, ...]  # rows
    reads: bool = False  # they were one of those who read incidents
    substitute: bool = False  # they were named to stand in for whoever coordinates


@dataclass(frozen=True, slots=True)
class PersonNamed:
    """A row has come to name a `member` of the group at a question of which they are told; `by` is who wrote that."""

    group: int
    run: int
    question: str
    member: int
    by: int


@dataclass(frozen=True, slots=True)
class ItemAdded:
    """Someone has added an item of the group's own to an exercise."""

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
    """The group's coordinators have changed."""

    group: int


@dataclass(frozen=True, slots=True)
class SeatChanged:
    """Somebody who had joined has left or was erased, is back, or is away from now on."""

    group: int
    event: ballots.SeatEvent


@dataclass(frozen=True, slots=True)
class BotBack:
    """The bot is in the group's chat again, or in a new one instead."""

    group: int


@dataclass(frozen=True, slots=True)
class ReporterWaits:
    """Somebody who has logged something urgent waits in vain for it to be read, and must be told whom to ring."""

    group: int
    incident: int


@dataclass(frozen=True, slots=True)
class NobodyReads:
    """Something urgent is logged and not read, though all who could be told have been, or as nobody is there to be."""

    group: int
    again: bool = False  # and the group has heard of it on an earlier day


@dataclass(frozen=True, slots=True)
class WaitEnded:
    """A group that has decided to wait until a day takes the question up again, perhaps sooner."""

    group: int
    until: date


@dataclass(frozen=True, slots=True)
class WantsIn:
    """A guest of the open link wants to be in the network, into which a coordinator lets them, or wants it no more."""

    group: int
    no_more: int | None = None  # the member who has changed their mind


@dataclass(frozen=True, slots=True)
class NotNow:
    """A guest who was let into the network does not make the promise, and stays a guest."""

    group: int
    member: int


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A sheet of an exercise in which a text is approved was handed in, or (`back`) taken back, `by` a member."""

    group: int
    run: int
    owner: str
    by: int | None
    back: bool = False


@dataclass(frozen=True, slots=True)
class SheetGiven:
    """A member has handed in a sheet, and nothing more is asked of them there."""

    group: int
    member: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody has handed in, or taken back, what they have answered in an exercise."""

    group: int
    run: int


DomainEvent = (
    ProfileGiven
    | PromiseRenewed
    | PromisedAgain
    | ExerciseConcluded
    | ExerciseReopened
    | SetAside
    | WaitEnded
    | RegisterNeeded
    | CoordinatorsChanged
    | SeatChanged
    | BotBack
    | NobodyReads
    | ReporterWaits
    | WantsIn
    | NotNow
    | HandedIn
    | SheetGiven
    | Answered
    | NumberChanged
    | TextChanged
    | TextAdopted
    | PrivateRow
    | RowAdded
    | RowGiven
    | PersonNamed
    | GuestRow
    | TookOver
    | ItemAdded
    | MenuOutdated
    | EventChanged
    | ReasonUnneeded
    | TextPlaced
    | ButtonMeant
    | RowChanged
    | OpenedToNetwork
    | CalendarChanged
    | MeetingListed
    | SeatLeft
)
