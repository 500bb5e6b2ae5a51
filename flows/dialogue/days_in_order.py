"""Which days of a sheet do not fit each other, as when an event was moved past the last day to answer.

An exercise names its days in order (`in_order`). Of two that stand beside each other there, the one that is asked later
goes by the other: it is asked again where it does not fit.
"""

from datetime import date

from flows.definitions.model import Exercise
from flows.values import Values, day_of


def goes_by(exercise: Exercise, question: str) -> str:
    """Return the question whose day this one's comes after or before; empty if there is none."""
    order, asked = [name for name in exercise.in_order if name in exercise.question_ids], exercise.question_ids
    if question not in order:
        return ""
    place = order.index(question)
    beside = [*order[:place][-1:], *order[place + 1 :][:1]]
    return next((name for name in beside if asked.index(name) < asked.index(question)), "")


def out_of_order(exercise: Exercise, values: Values, today: date) -> dict[str, str]:
    """Return the questions whose day does not fit the one it goes by, each with why: it is "before" or "after" that
    one, or has "been" while that one is ahead."""
    found = ((name, _why(exercise, name, values, today)) for name in exercise.question_ids if name in exercise.in_order)
    return {name: why for name, why in found if why}


def _why(exercise: Exercise, question: str, values: Values, today: date) -> str:
    other = goes_by(exercise, question)
    mine, theirs = values.get(question), values.get(other)
    if not mine or not theirs:
        return ""
    day, by = day_of(mine), day_of(theirs)
    if exercise.in_order.index(question) > exercise.in_order.index(other):
        return "before" if day < by else ""
    if day > by:
        return "after"
    return "been" if day < today <= by else ""


def going_by(exercise: Exercise, question: str) -> tuple[str, ...]:
    """Return the day that this question's goes by, or its own, and then all that go by that one."""
    anchor = goes_by(exercise, question) or question
    return (anchor, *(name for name in exercise.question_ids if goes_by(exercise, name) == anchor))
