"""The value of an answer as it is in JSON, by the kind of its question.

text, date, moment: a text (of a date its ISO form; of a moment "2027-01-25T13:00", or the day alone while its hour is
not settled). choice: an option, or several. scale, number: a whole number. person,
organisation, row, link: what it points at, by its `id` or by the `name` of what is to be made; several where the
question takes several.
"""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, TypeAlias

Pointer: TypeAlias = Mapping[str, str | int]
Part: TypeAlias = str | Pointer
Value: TypeAlias = str | int | float | Pointer | Sequence[Part] | None
Json: TypeAlias = dict[str, Any]  # what the storage keeps of a run, or a file says, before it is read into records
Values: TypeAlias = Mapping[str, Value]  # by question


def parts(value: Value) -> list[Part]:
    """Return the one or several things that an answer names, none for no answer; a number as text."""
    if value is None:
        return []
    if isinstance(value, str | Mapping):
        return [value]
    return [str(value)] if isinstance(value, int | float) else [*value]


def pointers(value: Value) -> list[Pointer]:
    """Return what an answer points at, one or several."""
    return [one for one in parts(value) if isinstance(one, Mapping)]


def pointed_id(value: Value) -> int | None:
    """The id of the one thing that an answer points at; None for no answer, and for what has a name only."""
    return int(value["id"]) if isinstance(value, Mapping) and "id" in value else None


def options_of(value: Value) -> list[str]:
    """Return the options that an answer names, one or several."""
    return [one for one in parts(value) if isinstance(one, str)]


def linked_rows(value: Value) -> tuple[int, ...]:
    """The ids of the rows that an answer points at."""
    return tuple(int(one["id"]) for one in pointers(value) if "id" in one)


def number(value: Value) -> float:
    """The number that an answer is. Raises TypeError for an answer of another kind."""
    if not isinstance(value, int | float):
        raise TypeError("the answer is no number")
    return value


def iso_day(value: Value) -> str:
    """The day that an answer is, in its ISO form, of a moment without its hour. Raises TypeError for another kind."""
    if not isinstance(value, str):
        raise TypeError("the answer is no date")
    return value[:10]


def day_of(value: Value) -> date:
    """The day that an answer is. Raises TypeError for an answer of another kind, ValueError for a text that is none."""
    return date.fromisoformat(iso_day(value))


def time_of(value: Value) -> time | None:
    """The time of day of an answer that is a moment; None where only its day is settled, and for a day."""
    return time.fromisoformat(value[11:]) if isinstance(value, str) and value[11:] else None


def moment(day: date, at: time | None) -> str:
    """Return a day, with its time if that is settled, as a value."""
    return f"{day.isoformat()}T{at:%H:%M}" if at else day.isoformat()
