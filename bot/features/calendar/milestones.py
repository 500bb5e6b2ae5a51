"""Milestones: dates that a group has set in its exercises (2.9, 5.4), in the calendar and told the day before.

`bot.reminders.run_deadlines` decides who is told when; here they are only read, from the present answers.
"""

from dataclasses import dataclass
from datetime import date, time

from bot.context.context import Context
from bot.exercises import shared_answers
from flows.enums import ExerciseRole, Field
from flows.values import day_of, time_of
from storage.records.records import Group


@dataclass(frozen=True, slots=True)
class Milestone:
    """A date that the group has set: what it is called, and in which exercise. `place`: "exercise.question"."""

    on: date
    at: time | None  # where the group has settled it
    name: str
    of: str
    place: str
    who: tuple[str, ...]  # the roles that take part in it, and are told
    where: str = ""  # the place that is written beside it

    @property
    def title(self) -> str:
        """Return what it is called among other meetings."""
        return f"{self.name} ({self.of})"


async def coming(ctx: Context, group: Group) -> list[Milestone]:
    """Return the milestones from today on, in order."""
    return [one for one in await known(ctx, group) if one.on >= ctx.today]


async def known(ctx: Context, group: Group) -> list[Milestone]:
    """Return all milestones, in order."""
    found = []
    for exercise in ctx.services.process.exercises.values():
        off = exercise.role is ExerciseRole.EVENT and group.settings.event.off  # it has been cancelled
        held = (q for q in exercise.questions if q.milestone and not (off and q.role == Field.DATE))
        questions = {f"{exercise.id}.{q.id}": q for q in held}
        places = {place: q.id for place, q in questions.items()}
        words = ctx.services.voice.exercise(exercise.id)
        beside = next((q.id for q in exercise.questions if q.role is Field.PLACE), "") if places else ""
        itself = {f"{exercise.id}.{q.id}" for q in exercise.questions if q.role is Field.DATE}  # … and not what follows
        place_of = f"{exercise.id}.{beside}"
        said = await shared_answers.said(ctx, group, [*places, *([place_of] if beside else [])])
        where = str(said.pop(place_of, ""))
        for place, value in said.items():
            name, there = words[f"question.{places[place]}.short"], where if place in itself else ""
            found.append(Milestone(day_of(value), time_of(value), name, words["title"], place, exercise.who, there))
    return sorted(found, key=lambda one: (one.on, one.at or time()))
