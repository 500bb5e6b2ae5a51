"""Dates that a group has set in its exercises (2.9, 5.4): in the calendar, and told to everyone the day before.

Who is told when is for `bot.reminders.run_deadlines`; here they are only read, from the answers as they stand.
"""

from dataclasses import dataclass
from datetime import date

from bot.context.context import Context
from bot.exercises import shared_answers
from storage.records import Group


@dataclass(frozen=True, slots=True)
class Milestone:
    """A date that the group has set: what it is called, and in which exercise."""

    on: date
    name: str
    of: str


async def coming(ctx: Context, group: Group) -> list[Milestone]:
    """The dates from today on, in order, each with what it is called."""
    found = []
    for exercise in ctx.services.process.exercises.values():
        places = {f"{exercise.id}.{q.id}": q.id for q in exercise.questions if q.milestone}
        words = ctx.services.voice.exercise(exercise.id)
        for place, value in (await shared_answers.said(ctx, group, places)).items():
            on = date.fromisoformat(value)
            if on >= ctx.today:
                found.append(Milestone(on, words[f"question.{places[place]}.short"], words["title"]))
    return sorted(found, key=lambda one: one.on)
