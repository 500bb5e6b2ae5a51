"""Points of a working session: beginning their exercises, showing answers, and ending them."""

from bot.context.context import Context
from bot.exercises import preconditions, rounds, runner
from bot.features.process.status import status
from flows.definitions.model import Exercise
from flows.engine.reveal import enough, shown_too_soon
from flows.enums import How
from flows.run.events import Concluded, Event, Moved, Revealed
from flows.run.state import Phase, Run
from storage.records.records import Group, Member
from storage.records.runs import Run as Record

TALK = 10  # minutes to talk about what each has answered alone
ROWS = 3  # rows that a list is expected to get in a session; each takes the minutes of the exercise


def wanted(exercise: Exercise) -> int:
    """Return the minutes that an exercise needs: with time to talk, for piles of notes, and for rows of a list."""
    if exercise.how is How.ROWS:
        return ROWS * exercise.minutes
    return exercise.minutes + TALK * ((exercise.how in (How.EACH, How.ORG)) + exercise.board)


async def open_point(ctx: Context, group: Group, exercise: Exercise) -> None:
    """Begin the exercise, unless it has begun already or must wait for another."""
    record = await ctx.work.runs.latest(group.id, exercise.id)
    if record is not None and record.phase != Phase.ASIDE:
        return
    voice, needs = ctx.services.voice, await preconditions.unconfirmed(ctx, group, exercise)
    if needs:
        facts = {"title": voice.title_of(exercise.id), "needs": [voice.title_of(n) for n in needs]}
        await ctx.to_group(group, "gate.needs", facts)
        return
    await rounds.begin(ctx, group, exercise)
    await status(ctx, group)


async def shown_next(ctx: Context, group: Group, exercise: str) -> bool:
    """True if answers given alone are to be shown before the session goes on."""
    record = await ctx.work.runs.latest(group.id, exercise)
    return record is not None and _to_show(runner.load(ctx, record))


def _to_show(run: Run) -> bool:
    alone = run.exercise.how in (How.EACH, How.ORG) and not run.exercise.deals
    return run.phase is Phase.OPEN and alone and bool(run.handed_in() - {"g"})


async def too_soon(ctx: Context, group: Group, exercise: str) -> bool:
    """True if the coordinator is to confirm before answers are shown: not all have answered, or very few."""
    record = await ctx.work.runs.latest(group.id, exercise)
    return record is not None and shown_too_soon(runner.load(ctx, record))


async def so_few(ctx: Context, group: Group, exercise: str) -> bool:
    """True if so few have answered that one can tell whose answers are whose."""
    record = await ctx.work.runs.latest(group.id, exercise)
    return record is not None and not enough(runner.load(ctx, record))


async def answered(ctx: Context, group: Group, exercise: str) -> tuple[int, int] | None:
    """Return how many have answered of how many, where somebody still is awaited."""
    record = await ctx.work.runs.latest(group.id, exercise)
    run = runner.load(ctx, record) if record is not None else None
    if run is None or not run.awaits_answers:
        return None
    return len(run.owners()) - len(run.waiting_for()), len(run.owners())


async def show(ctx: Context, group: Group, exercise: str, by: Member) -> bool:
    """Show the answers given alone; False if they cannot be shown (too few, without names)."""
    record = await ctx.work.runs.latest(group.id, exercise)
    assert record is not None  # `shown_next` was true
    after = await _happen(ctx, group, record, Revealed(anyway=True), by)
    return after.phase is Phase.REVEALED


async def finish(ctx: Context, group: Group, exercise: str, by: Member) -> None:
    """Leave a point: conclude its exercise if it is complete; else nobody is reminded of it.

    A list stays open, as it is filled in between the sessions. What not all have answered is left as it is shown;
    it is for a person to say that it is done without them.
    """
    record = await ctx.work.runs.latest(group.id, exercise)
    if record is None or record.phase not in (Phase.OPEN, Phase.REVEALED):
        return
    run = await runner.fitted(ctx, group, record)
    if run.filled_in and not run.awaits_answers:
        await _happen(ctx, group, record, Concluded(await runner.values_of_group(ctx, run)), by)
    else:
        await leave(ctx, group, exercise, by)


async def leave(ctx: Context, group: Group, exercise: str, by: Member | None = None) -> None:
    """Leave a point as it is: nobody is reminded of what was taken up in the room."""
    record = await ctx.work.runs.latest(group.id, exercise)
    run = runner.load(ctx, record) if record is not None else None
    if record is None or run is None or run.phase is not Phase.OPEN or run.answer_by is None:
        return
    if run.exercise.how is not How.ROWS:
        await _happen(ctx, group, record, Moved(None), by)


async def _happen(ctx: Context, group: Group, record: Record, event: Event, by: Member | None) -> Run:
    after = await runner.apply(ctx, group, record, event, by=by, in_group=True)
    await status(ctx, await ctx.work.groups.get(group.id))
    return after
