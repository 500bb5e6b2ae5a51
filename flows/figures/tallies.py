"""Count how many rows of a register give which answer, by option or by month, for the line above a list."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flows.definitions.model import Question
from flows.values import Values, parts


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows gave this answer: an option, or a month ("2027-03") with the number of days it spreads over."""

    name: str
    count: int
    days: int = 0


def tally(question: Question, rows: Iterable[Values]) -> tuple[Tally, ...]:
    """Count the rows' answers to a choice, in the order of its options, or to a date, month by month.

    What nobody said is left out, and rows without an answer do not count.
    """
    values = [parts(row[question.id]) for row in rows if row.get(question.id) is not None and question.applies(row)]
    if question.field.a_day:
        months: dict[str, list[str]] = {}
        for day in sorted(str(day) for (day,) in values):
            months.setdefault(day[:7], []).append(day)
        return tuple(Tally(month, len(days), len(set(days))) for month, days in months.items())
    counts = Counter(option for value in values for option in value if isinstance(option, str))
    return tuple(Tally(option, counts[option]) for option in question.options if counts[option])
