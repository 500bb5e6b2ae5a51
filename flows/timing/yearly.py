"""Treat a row that names several years as a task for each: which year it is about now, and until when (6.3).

The question that says the years is `Register.yearly`, a choice of several whose options follow each other year by year.
What has been done is kept beside the row's answers. And lay the rounds in which a plan's measures are answered by year.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar

from flows.dates.months import add_months
from flows.definitions.model import Exercise
from flows.values import Values, parts

DONE = "years_done"  # beside a row's answers: the years in which it has been done
MONTHS = 12
_Said = TypeVar("_Said")
CORRECTED_WITHIN = timedelta(days=183)  # of a year's figures; a round that begins later is about the next year


def years(exercise: Exercise, values: Values) -> tuple[str, ...]:
    """The years that a row says, in order; none where the register knows no years."""
    name = exercise.register.yearly if exercise.register else ""
    said = parts(values.get(name)) if name else ()
    return tuple(option for option in exercise.question(name).options if option in said) if name else ()


def done(exercise: Exercise, values: Values) -> tuple[str, ...]:
    """Return those of the years in which the row's task has been done."""
    ticked = parts(values.get(DONE))
    return tuple(year for year in years(exercise, values) if year in ticked)


def current(exercise: Exercise, values: Values) -> str:
    """The year that the row is about now, where it says several: the first that is not done, or the last one."""
    every, ticked = years(exercise, values), done(exercise, values)
    if len(every) < 2:
        return ""
    return next((year for year in every if year not in ticked), every[-1])


def following(exercise: Exercise, values: Values) -> str:
    """The year that comes after the one the row is about now; empty when that is the last."""
    left = [year for year in years(exercise, values) if year not in done(exercise, values)]
    return left[1] if len(left) > 1 else ""


def later(exercise: Exercise, day: date, before: str, after: str) -> date:
    """The same day in another of the years."""
    options = exercise.question(exercise.register.yearly).options if exercise.register else ()
    return add_months(day, MONTHS * (options.index(after) - options.index(before)))


def due(exercise: Exercise, values: Values, said: date) -> date:
    """Return the row's present due date; `said` is the one in its first year."""
    now = current(exercise, values)
    return later(exercise, said, years(exercise, values)[0], now) if now else said


def by_year(rounds: Iterable[tuple[datetime, Mapping[str, _Said]]]) -> list[dict[str, _Said]]:
    """Return what was answered year by year: a round is a year, and one that soon follows corrects it."""
    years = list[dict[str, _Said]]()
    begun: datetime | None = None
    for opened, said in rounds:
        if begun is None or opened - begun >= CORRECTED_WITHIN:
            begun, years = opened, [*years, {}]
        years[-1].update(said)
    return years
