"""Events of rows and meetings: what changes in the registers and the calendar."""

from dataclasses import dataclass

from flows.values import Values


@dataclass(frozen=True, slots=True)
class RegisterNeeded:
    """A register has got its first rows, which the group should now see."""

    group: int
    exercise: str


@dataclass(frozen=True, slots=True)
class ReasonUnneeded:
    """An objection has fallen whose reason a person was asked for, as this `matter`."""

    person: int
    matter: str


@dataclass(frozen=True, slots=True)
class GuestRow:
    """Someone outside of the group has filled in a form about the row `actor`, or left it (None).

    `kept` is False when the link had ended, so that nothing was kept.
    """

    group: int
    run: int
    member: int
    actor: int | None
    kept: bool = True


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
class NumberChanged:
    """A member has written another telephone number in the place of one, in what the group shares; both as written."""

    group: int
    by: int
    old: str
    new: str
    exercise: str
    question: str
    row: int | None  # of a list


@dataclass(frozen=True, slots=True)
class TextChanged:
    """An exercise was changed that is part of a text to be approved; `by`: the member who did it, if it was one."""

    group: int
    exercise: str
    by: int | None = None


@dataclass(frozen=True, slots=True)
class TextAdopted:
    """The organisations have approved a text as it stands."""

    group: int


@dataclass(frozen=True, slots=True)
class RowChanged:
    """A row that was there before was changed, removed or restored by a member. `owner`: who had taken it on."""

    group: int
    run: int
    row: int
    by: int
    owner: int | None


@dataclass(frozen=True, slots=True)
class PrivateRow:
    """A row of a private register was given, or its dialogue left; it is kept apart from other rows.

    `values` is None when nothing was given; `row` is the one that was changed.
    """

    group: int
    exercise: str
    member: int
    values: Values | None
    row: int | None


@dataclass(frozen=True, slots=True)
class EventChanged:
    """A fact about the event that guests are invited to was changed: `question` is its role."""

    group: int
    question: str


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    """A group's calendar was changed, or the list that shows its meetings was begun."""

    group: int


@dataclass(frozen=True, slots=True)
class MeetingListed:
    """A row of the list of meetings was made, changed, removed or restored by a member."""

    group: int
    row: int
    by: int
