"""What a change of a run or a row means for the schedule, seen to in the same transaction."""

from datetime import date, timedelta

from bot.context.context import Context
from bot.reminders import open_items
from bot.reminders.kinds import DATE
from flows.state import Phase, Run
from storage.records import Group, Row

TIMER = "timer"  # the kind of the agenda's row


async def schedule(ctx: Context, group: Group, before: Run, run: Run) -> None:
    """Bring what everybody has open in line with a run that has changed."""
    if _waits_for(before) == _waits_for(run):
        return
    if ctx.dirty_runs is not None and before.phase is run.phase is Phase.OPEN:  # see turns.catch_up
        ctx.dirty_runs.add(run.number)
        return
    if run.phase is not Phase.OPEN:
        await ctx.work.schedule.cancel(kind=TIMER, ref=f"run:{run.number}")
    await open_items.update_for_run(ctx, group, run)


def _waits_for(run: Run) -> tuple[object, ...]:
    """All that deadlines follow from; they themselves take longer to work out."""
    return run.phase, run.answer_by, run.handed_in(), run.seats, run.filled_in


async def schedule_row(ctx: Context, group: Group, row: Row) -> None:
    """The same for a row that somebody may have taken on."""
    await open_items.of_row(ctx, group, row)


async def schedule_date(ctx: Context, group: Group, what: str, day: date) -> None:
    """Everybody is told of a date that the group has set, the day before; `what` names the round and the question."""
    members = await ctx.work.members.active(group.id)
    wanted = {(DATE, member.id): day for member in members} if day >= ctx.today else {}
    await open_items.reconcile(ctx, group, f"date:{what}", wanted)


async def start_timer(ctx: Context, group: Group, run: Run, minutes: int) -> None:
    """Minutes to think alone, from now."""
    await ctx.work.schedule.put(TIMER, ctx.now + timedelta(minutes=minutes), group_id=group.id, ref=f"run:{run.number}")
