"""Updates open items and dates after a change of a run or a row, in the same transaction."""

from datetime import date, datetime, timedelta

from bot.context.context import Context
from bot.reminders import open_items
from bot.reminders.kinds import AGAIN, DATE
from bot.reminders.next_message import schedule_next
from flows.definitions.model import Exercise
from flows.enums import Field
from flows.run.state import Phase, Run
from flows.values import day_of
from storage.records.records import Group, Member, Row

TIMER = "timer"  # the kind of the row in the schedule


async def schedule(ctx: Context, group: Group, before: Run, run: Run) -> None:
    """Update everybody's open items after a change of a run."""
    if _waits_for(before) == _waits_for(run):
        return
    if ctx.dirty_runs is not None and before.phase is run.phase is Phase.OPEN:  # see `dispatch_events.refresh_runs`
        ctx.dirty_runs.add(run.number)
        return
    if run.phase is not Phase.OPEN:
        await ctx.work.schedule.cancel(kind=TIMER, ref=f"run:{run.number}")
    await open_items.update_for_run(ctx, group, run)


def _waits_for(run: Run) -> tuple[object, ...]:
    """Return all that deadlines follow from, as they themselves take longer to compute."""
    return run.phase, run.answer_by, run.handed_in(), run.seats, run.filled_in


async def schedule_row(ctx: Context, group: Group, row: Row) -> None:
    """Update the open items after a change of a row."""
    await open_items.of_row(ctx, group, row)


async def schedule_date(ctx: Context, group: Group, exercise: Exercise, what: str, day: date) -> None:
    """Schedule the message about a date that the group has set, to who takes part; `what` names round and question.

    It comes the day before. Of one that recurs, whoever coordinates is told the day after, too.
    """
    wanted = dict[tuple[str, int], date]()
    if day >= ctx.today:
        wanted |= {(DATE, m.id): day for m in await ctx.work.members.active(group.id, roles=exercise.who)}
        if exercise.question(what.partition(":")[2]).recurs:
            wanted |= {(AGAIN, m.id): day + timedelta(1) for m in await open_items.coordinators(ctx, group)}
    await open_items.reconcile(ctx, group, f"date:{what}", wanted)


async def undate(ctx: Context, group: Group, what: str) -> None:
    """Schedule no message about a date that the group has taken back."""
    await open_items.reconcile(ctx, group, f"date:{what}", {})


async def dates_for(ctx: Context, group: Group, member: Member) -> None:
    """Schedule the messages about the group's dates for a new member, who takes part in their exercises."""
    for exercise in ctx.services.process.exercises.values():
        held = {q.id: q for q in exercise.questions if q.milestone and member.role in exercise.who}
        record = await ctx.work.runs.latest(group.id, exercise.id, besides=Phase.ASIDE) if held else None
        if record is None:
            continue
        for answer in await ctx.work.answers.of_owner(record.id, "g"):
            question = held.get(answer.question)
            if question is None or (question.role is Field.DATE and group.settings.event.off):
                continue
            if (day := day_of(answer.value)) >= ctx.today:
                ref = f"date:{record.id}:{question.id}"
                await ctx.work.open_items.put(member, DATE, ref, day, ctx.today)
    await schedule_next(ctx, member.person_id)


async def start_timer(ctx: Context, group: Group, number: int, minutes: int) -> None:
    """Start a timer of so many minutes in the round with this number."""
    await ctx.work.schedule.put(TIMER, ctx.now + timedelta(minutes=minutes), group_id=group.id, ref=f"run:{number}")


async def thinking_ends(ctx: Context, run: Run) -> datetime | None:
    """Return when the minutes to think alone are over, in local time; None if they are, or there are none."""
    if not run.exercise.thinking:
        return None
    ends = await ctx.work.schedule.when(TIMER, f"run:{run.number}")
    return ends.astimezone(ctx.services.zone) if ends is not None and ends > ctx.now else None
