"""What is under way when a group decides to wait is put off until then; it comes back if the wait ends sooner.

So nobody is reminded meanwhile, and each has as long to answer afterwards as was left, and a week at least.
"""

from datetime import date

from bot.context.context import Context
from bot.context.events import ExerciseConcluded, ExerciseReopened, SetAside, WaitEnded
from bot.exercises import deferral, runner
from bot.exercises.rounds import ANSWER_WITHIN, last_day
from flows.run.events import Moved
from flows.run.state import Phase, Run
from flows.values import day_of
from storage.records.records import Group


async def decided(ctx: Context, group: Group, happened: ExerciseConcluded | SetAside) -> None:
    """Put off what is under way, if this exercise has come to the decision to wait, or its new round is taken back."""
    record = await ctx.work.runs.get(happened.run)
    deferred = await deferral.of(ctx, group)
    if deferred is None or deferred.exercise != record.exercise or deferred.until <= ctx.today:
        return
    for run in await under_way(ctx, group):
        left = (run.answer_by or ctx.today) - ctx.today
        await _move(ctx, group, run, last_day(deferred.until, max(left, ANSWER_WITHIN)))


async def ended(ctx: Context, group: Group, happened: WaitEnded) -> None:
    """Let what was put off come back: the wait is over before its day."""
    for run in await under_way(ctx, group):
        if happened.until > ctx.today and run.answer_by is not None and run.answer_by > happened.until:
            await _move(ctx, group, run, last_day(ctx.today, max(run.answer_by - happened.until, ANSWER_WITHIN)))


async def reopened(ctx: Context, group: Group, happened: ExerciseReopened) -> None:
    """Let what was put off come back if it was the decision to wait that was taken back."""
    record = await ctx.work.runs.get(happened.run)
    run = runner.load(ctx, record)
    outcome = run.exercise.outcome
    again = (await runner.values_of_group(ctx, run)).get(outcome.again) if outcome and outcome.again else None
    if again is not None:
        await ended(ctx, group, WaitEnded(group.id, day_of(again)))


async def under_way(ctx: Context, group: Group) -> list[Run]:
    """Return what is open until a last day."""
    runs = await runner.loaded(ctx, group)
    return [run for run in runs if run.phase is Phase.OPEN and run.answer_by is not None]


async def _move(ctx: Context, group: Group, run: Run, day: date) -> None:
    await runner.apply(ctx, group, await ctx.work.runs.get(run.number), Moved(day))
