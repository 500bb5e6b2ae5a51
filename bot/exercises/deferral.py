"""Deferral: a group has decided not to begin yet, and to take the question up again on a day that it has set.

Until then it is left in peace: nothing waits for whoever coordinates, and nobody is asked how the work feels.
"""

from dataclasses import dataclass
from datetime import date

from bot.context.context import Context
from bot.exercises import runner, shared_answers
from flows.values import day_of
from storage.records.records import Group


@dataclass(frozen=True, slots=True)
class Deferral:
    """A decision to wait: in which exercise, and until when."""

    exercise: str
    until: date


async def of(ctx: Context, group: Group) -> Deferral | None:
    """Return the group's decision to wait, also once its day has come; None without one, or in a new round.

    A new round that was set aside has changed nothing.
    """
    for exercise in ctx.services.process.exercises.values():
        outcome = exercise.outcome
        if outcome is None or outcome.again is None:
            continue
        record = await shared_answers.concluded(ctx, group.id, exercise.id)
        if record is None:
            continue
        values = await runner.values_of_group(ctx, runner.load(ctx, record))
        decided, again = values.get(outcome.question), values.get(outcome.again)
        if again is not None and decided not in (None, outcome.option):
            return Deferral(exercise.id, day_of(again))
    return None


async def rests(ctx: Context, group: Group) -> bool:
    """True as long as the day on which the group takes the question up again is to come."""
    deferred = await of(ctx, group)
    return deferred is not None and deferred.until > ctx.today
