"""Shared answers of other exercises, on which a question, a gap or a whole exercise depends."""

from collections.abc import Iterable

from bot.context.context import Context
from flows.definitions.model import left_out
from flows.dialogue.keyboards import CONCLUSION
from flows.enums import How
from flows.run.state import Phase, Run, Sheet
from storage.json_records import JsonObject
from storage.records.records import Answer, Group
from storage.records.runs import Run as Record


async def said(ctx: Context, group: Group, places: Iterable[str]) -> JsonObject:
    """Return the answers at these places ("exercise.question"), of the latest round of each, if there are any."""
    wanted: dict[str, set[str]] = {}
    for place in places:
        exercise, _, question = place.rpartition(".")
        wanted.setdefault(exercise, set()).add(question)
    found: JsonObject = {}
    for exercise, questions in wanted.items():
        record = await ctx.work.runs.latest(group.id, exercise, besides=Phase.ASIDE)
        answers = await ctx.work.answers.of_owner(record.id, "g") if record else []
        found |= {f"{exercise}.{a.question}": a.value for a in answers if a.question in questions}
    return found


async def concluded(ctx: Context, group_id: int, exercise: str) -> Record | None:
    """Return the newest round of an exercise if it is concluded; one that was set aside has changed nothing."""
    record = await ctx.work.runs.latest(group_id, exercise, besides=Phase.ASIDE)
    return record if record is not None and record.phase == Phase.CONCLUDED else None


def conclusion_in(answers: Iterable[Answer]) -> str | None:
    """Return the group's conclusion among these answers; None if there is none."""
    return next((str(answer.value) for answer in answers if answer.question == CONCLUSION), None)


async def holds_anything(ctx: Context, group: Group, run: Run) -> bool:
    """True if something has been written in what the group does together: an answer, or a row."""
    if run.exercise.how is How.ROWS:
        return bool(await ctx.work.rows.all(group.id, run.exercise.id))
    return bool(run.sheets.get("g", Sheet()).answered)


async def unchosen(ctx: Context, group: Group) -> frozenset[str]:
    """Return the exercises that the group has not chosen: they can be begun, but nothing waits for them."""
    conditional = [exercise for exercise in ctx.services.process.exercises.values() if exercise.when is not None]
    given = await said(ctx, group, {exercise.when.place for exercise in conditional if exercise.when})
    return frozenset(exercise.id for exercise in conditional if left_out(exercise.when, given))
