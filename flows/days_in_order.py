"""Which days of a sheet do not fit each other, as when an event was moved past the last day to answer."""

from datetime import date

from flows.fields.day import OnADay
from flows.model import Exercise, Question
from flows.values import Values, day_of


def out_of_order(exercise: Exercise, values: Values, today: date) -> dict[str, str]:
    """Return the questions whose day does not fit the one it goes by, each with why: it is "before" or "after" that
    one, or has "been" while that one is ahead."""
    found = ((question.id, _why(question, values, today)) for question in exercise.questions if question.goes_by)
    return {id: why for id, why in found if why}


def _why(question: Question, values: Values, today: date) -> str:
    mine, theirs = values.get(question.id), values.get(question.goes_by)
    if not mine or not theirs:
        return ""
    day, other = day_of(mine), day_of(theirs)
    if isinstance(question.field, OnADay) and question.field.not_before:
        return "before" if day < other else ""
    if day > other:
        return "after"
    return "been" if day < today <= other else ""


def going_by(exercise: Exercise, question: str) -> tuple[str, ...]:
    """Return the day that this question's goes by, or its own, and then all that go by that one."""
    anchor = exercise.question(question).goes_by or question
    return (anchor, *(one.id for one in exercise.questions if one.goes_by == anchor))
