"""Sees to what turns have set in motion beyond their own run, still in the same transaction, until nothing is left."""

from collections.abc import Iterable

from bot.context.context import Context
from bot.context.events import (
    Concluded,
    CoordinatorsChanged,
    GuestRow,
    HandedIn,
    ItemAdded,
    PrivateRow,
    ProfileGiven,
    RegisterNeeded,
    RowAdded,
    TextChanged,
    TookOver,
)
from bot.exercises import runner
from bot.features.approvals import approvals
from bot.features.calendar import decisions, lifecycle
from bot.features.incidents import report
from bot.features.journey import coordinator, navigation
from bot.features.members import handover, joining
from bot.features.outsiders import forms
from bot.features.wellbeing import check_ins
from flows.events import Opened
from flows.state import Phase, key_of


async def refresh_runs(ctx: Context, dirty_runs: Iterable[int]) -> None:
    """Bring the cards of these runs, and what people have open, up to date: once for all who handed in within one
    transaction."""
    for number in dirty_runs:
        record = await ctx.work.runs.lookup(number)
        if record is not None:
            await runner.refresh(ctx, await ctx.work.groups.get(record.group_id), record)


async def dispatch(ctx: Context) -> None:
    """Everything that has happened at this context, and what that makes happen in turn."""
    while ctx.events:
        match ctx.events.pop(0):
            case ProfileGiven() as given:
                await joining.completed(ctx, given)
                await lifecycle.announce(ctx, await ctx.work.groups.get(given.group))
            case PrivateRow(exercise=report.INCIDENT) as row:
                await report.given(ctx, row)
            case Concluded() as concluded:
                await lifecycle.after_conclusion(ctx, concluded)
                await check_ins.after_conclusion(ctx, concluded)
                await coordinator.again_later(ctx, concluded)
                await navigation.after_conclusion(ctx, concluded)
                await decisions.after_conclusion(ctx, concluded)
            case HandedIn() | TextChanged() as happened:
                await approvals.see_to(ctx, happened)
            case CoordinatorsChanged(group_id):
                await coordinator.changed(ctx, await ctx.work.groups.get(group_id))
            case GuestRow() as given_by_guest:
                await forms.done(ctx, given_by_guest)
            case TookOver() as taken:
                await handover.take_over(ctx, taken)
            case RowAdded(group_id, exercise_id):
                for record in await ctx.work.runs.of_exercise(group_id, exercise_id):
                    if record.phase == Phase.OPEN:
                        await runner.refresh_card(ctx, await ctx.work.groups.get(group_id), record)
            case ItemAdded() as added:
                record, member = await ctx.work.runs.get(added.run), await ctx.work.members.get(added.member)
                first = runner.load(ctx, record).exercise.questions[0].id
                event = Opened(member.id, introduced=True, key=key_of(first, added.item))
                await runner.apply(ctx, await ctx.work.groups.get(added.group), record, event, by=member)
            case RegisterNeeded(group_id, exercise_id):
                rounds = await ctx.work.runs.of_exercise(group_id, exercise_id)
                if not any(r.phase == Phase.OPEN for r in rounds):
                    group = await ctx.work.groups.get(group_id)
                    await runner.begin(ctx, group, ctx.services.process.exercises[exercise_id])
