"""What a group wrote together in the round before stands there to be changed, where the exercise goes on with it.

Days do not: they belong to the round that they were set in, and are asked for anew.
"""

from dataclasses import replace

from bot.context.context import Context
from flows.definitions.model import Exercise
from flows.enums import DAYS
from flows.run.state import Phase, Run, Sheet, conditions_met, key_of
from storage.records.records import Answer, GivenAnswer, Group


async def last_said(ctx: Context, group: Group, run: Run) -> list[Answer]:
    """Return the answers of the latest round that was ended; none where each round begins empty."""
    rounds = await ctx.work.runs.of_exercise(group.id, run.exercise.id) if run.exercise.continues else []
    ended = [record for record in rounds if record.phase == Phase.CONCLUDED]
    said = await ctx.work.answers.of_owner(ended[-1].id, "g") if ended else []
    return [answer for answer in said if _goes_on(run, answer)]


def _goes_on(run: Run, answer: Answer) -> bool:
    key = key_of(answer.question, answer.item)
    return key in run.keys() and run.question(key).kind not in DAYS


def begun_with(run: Run, said: list[Answer]) -> Run:
    """Return the round as it begins with these answers."""
    if not said:
        return run
    values = {key_of(answer.question, answer.item): answer.value for answer in said}
    sheet = Sheet(frozenset(values), also_asked=conditions_met(run, values))
    return replace(run, sheets={**run.sheets, "g": sheet}, carried=True)


async def keep(ctx: Context, run_id: int, exercise: Exercise, said: list[Answer]) -> None:
    """Store these answers in the round, each with whoever gave it."""
    for answer in said:
        audience = str(exercise.question(answer.question).audience)
        given = GivenAnswer("g", answer.question, answer.item, answer.value, answer.comment, audience, anonymous=False)
        await ctx.work.answers.keep(run_id, given, answer.member_id)
