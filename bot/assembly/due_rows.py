"""Handles rows of the schedule that fall due. Each is checked against what is true now; a late one says nothing."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.assembly import ballot_owners
from bot.ballots import box
from bot.context.context import Context
from bot.exercises import given_texts, runner
from bot.features.calendar import absence, lifecycle
from bot.features.coordination import coordinator
from bot.features.digest import daily_message
from bot.features.incidents import quarterly_answer, receipts, report, retention, second_approval, unfinished, unread
from bot.features.members import bot_permissions, passing, personal_data, promise, roll_call, substitutes, unreachable
from bot.features.network import network_letter
from bot.features.outsiders import event_day
from bot.features.process import status
from bot.features.process.session_keys import SESSION
from bot.features.registers import checked_numbers
from bot.features.together import working_sessions
from bot.features.wellbeing import check_ins
from bot.reminders import kinds, next_message, run_deadlines
from bot.reminders.next_message import DAY
from flows.run.state import Phase
from storage.records.records import Group
from storage.records.schedule import Due

LATE = timedelta(hours=1)  # so late, the group has long gone on

# Handlers that need nothing but the group.
OF_GROUP: Mapping[str, Callable[[Context, Group], Awaitable[None]]] = {
    kinds.CHECK_IN: check_ins.begin,
    kinds.STILL: coordinator.look,
    SESSION: working_sessions.tick,
    promise.KIND: promise.look,
    kinds.MEETING: lifecycle.go_on,
    lifecycle.OPENS: lifecycle.open_before,
    network_letter.LETTER: network_letter.due,
    event_day.EVE: event_day.remember,
    event_day.NEXT: event_day.remember_next,
    event_day.TELLING: event_day.tell,
    report.FOLD: unfinished.fold,
}


async def handle_due(ctx: Context, due: Due) -> None:
    """Handle a row of the schedule."""
    if due.kind == passing.KIND:
        await passing.over(ctx, due)
        return
    number = int(due.ref.rpartition(":")[2])
    if due.kind == DAY:
        await daily_message.send(ctx, number)
        return
    if due.kind in (kinds.AWAY, absence.BACK):
        await (absence.begun if due.kind == kinds.AWAY else absence.ended)(ctx, number)
        return
    if due.kind == personal_data.FORGET:
        await ctx.work.erasure.person(number)
        return
    group = await ctx.work.groups.lookup(due.group_id) if due.group_id else None
    if group is not None and group.state == "active":
        await _in_group(ctx, group, due, number)
    elif group is not None and group.state == "away" and due.kind == retention.KIND:
        await retention.fire(ctx, group, due)


async def _in_group(ctx: Context, group: Group, due: Due, number: int) -> None:
    match due.kind:
        case unreachable.KIND:
            await unreachable.tell(ctx, group, number)
        case kinds.UNREAD | unread.FOLLOW:
            await unread.fire(ctx, group, due)
        case retention.KIND:
            await retention.fire(ctx, group, due)
            await unfinished.look(ctx, group)
            await receipts.bring_up_to_date(ctx, group)
            await quarterly_answer.look(ctx, group)
            await checked_numbers.look(ctx, group)
            await promise.renew_in(ctx, group)  # if the bot was down when the event was to begin
            await given_texts.sweep(ctx, group)
            await roll_call.look(ctx, group)
            await status.day_gone(ctx, group)
            await bot_permissions.look(ctx, group)
            await second_approval.look(ctx, await ctx.work.groups.get(group.id))
            await substitutes.look(ctx, await ctx.work.groups.get(group.id))
        case run_deadlines.TIMER if ctx.now - due.at < LATE:
            await _time_is_up(ctx, group, number)
        case kinds.MEETING | lifecycle.OPENS if (later := next_message.by_daylight(ctx)) > ctx.now:
            await ctx.work.schedule.put(due.kind, later, group_id=group.id, ref=due.ref)
        case lifecycle.BEGINS if ctx.now - due.at < LATE:
            await working_sessions.meeting_begins(ctx, group)
        case box.DUE:
            await ballot_owners.day_over(ctx, group, due.ref)
        case ballot_owners.AWAY:
            await ballot_owners.away_by_day(ctx, group, number)
        case _ if due.kind in OF_GROUP:
            await OF_GROUP[due.kind](ctx, group)


async def _time_is_up(ctx: Context, group: Group, number: int) -> None:
    """Tell the group that the minutes to think alone are over."""
    record = await ctx.work.runs.lookup(number)
    if record is not None and record.phase == Phase.OPEN:
        await ctx.to_group(group, "run.timer_over", {"title": ctx.services.voice.title_of(record.exercise)})
        await runner.refresh_card(ctx, group, record)
