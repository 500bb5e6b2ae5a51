"""Dates that a group has set in its exercises (2.9, 5.4): in the calendar, and told to everyone the day before.

Who is told when is for `bot.reminders.run_deadlines`; here they are only read, from the answers as they stand.
"""

from dataclasses import dataclass
from datetime import date, time

from bot.context.context import Context
from bot.exercises import shared_answers
from flows.model import Exercise, Field
from flows.values import day_of, time_of
from storage.records import Group


@dataclass(frozen=True, slots=True)
class Milestone:
    """A date that the group has set: what it is called, and in which exercise. `place`: "exercise.question"."""

    on: date
    at: time | None  # where the group has settled it
    name: str
    of: str
    place: str
    where: str = ""  # the place that is written beside it

    @property
    def title(self) -> str:
        """What it is called among other meetings."""
        return f"{self.name} ({self.of})"


async def coming(ctx: Context, group: Group) -> list[Milestone]:
    """The dates from today on, in order, each with what it is called."""
    return [one for one in await known(ctx, group) if one.on >= ctx.today]


async def known(ctx: Context, group: Group) -> list[Milestone]:
    """All dates, in order."""
    found = []
    for exercise in ctx.services.process.exercises.values():
        places = {f"{exercise.id}.{q.id}": q.id for q in exercise.questions if q.milestone}
        words = ctx.services.voice.exercise(exercise.id)
        beside = next((q.id for q in exercise.questions if q.role is Field.PLACE), "") if places else ""
        held = f"{exercise.id}.{beside}"
        said = await shared_answers.said(ctx, group, [*places, *([held] if beside else [])])
        where = str(said.pop(held, ""))
        for place, value in said.items():
            name = words[f"question.{places[place]}.short"]
            found.append(
                Milestone(
                    day_of(value),
                    time_of(value),
                    name,
                    words["title"],
                    place,
                    where if _day_itself(exercise, places[place]) else "",
                )
            )
    return sorted(found, key=lambda one: (one.on, one.at or time()))


def _day_itself(exercise: Exercise, question: str) -> bool:
    """Whether it is the day that the place beside it is about, and not what comes after."""
    return exercise.question(question).role is Field.DATE
