"""What is done when something falls due. Each is looked at against what is true now; a late one says nothing."""

from datetime import timedelta

from bot.calendar import absence, checkins, daily, laying
from bot.context.context import Context
from bot.incidents import retention, unread
from bot.people import rights, rollcall
from bot.process import coordinating, sessions
from bot.reminders import kinds, next_message, run_deadlines
from bot.reminders.next_message import DAY
from flows.state import Phase
from storage.records import Due, Group

LATE = timedelta(hours=1)  # who hears so late that their minutes are over has long gone on


async def fire(ctx: Context, due: Due) -> None:
    """See to a row of the agenda."""
    number = int(due.ref.partition(":")[2])
    if due.kind == DAY:
        await daily.speak(ctx, number)
        return
    if due.kind in (kinds.AWAY, absence.BACK):
        await (absence.begun if due.kind == kinds.AWAY else absence.ended)(ctx, number)
        return
    if due.kind == rights.FORGET:
        await ctx.work.erasure.person(number)
        return
    group = await ctx.work.groups.lookup(due.group_id) if due.group_id else None
    if group is None or group.state != "active":
        return
    match due.kind:
        case kinds.UNREAD | unread.FOLLOW:
            await unread.fire(ctx, group, due)
        case retention.KIND:
            await retention.fire(ctx, group, due)
            await rollcall.look(ctx, group)
        case run_deadlines.TIMER if ctx.now - due.at < LATE:
            await _time_is_up(ctx, group, number)
        case kinds.CHECK_IN:
            await checkins.begin(ctx, group)
        case kinds.MEETING | laying.OPENS if (later := next_message.by_daylight(ctx)) > ctx.now:
            await ctx.work.schedule.put(due.kind, later, group_id=group.id, ref=due.ref)
        case kinds.MEETING:
            await laying.go_on(ctx, group)
        case laying.OPENS:
            await laying.open_before(ctx, group)
        case sessions.SESSION:
            await sessions.tick(ctx, group)
        case kinds.STILL:
            await coordinating.look(ctx, group)


async def _time_is_up(ctx: Context, group: Group, number: int) -> None:
    """The minutes to think alone are over."""
    record = await ctx.work.runs.lookup(number)
    if record is not None and record.phase == Phase.OPEN:
        await ctx.to_group(group, "run.timer_over", {"title": ctx.services.voice.exercise(record.exercise)["title"]})
