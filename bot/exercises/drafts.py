"""Drafts: a row or an incident that was begun and left. After a day the person may well mean another one."""

from datetime import timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.exercises import runner
from bot.exercises.run_json import to_json
from flows.run.state import Visit
from storage.records import records
from storage.records.runs import Run as Record
from storage.table import moment

GO_ON, ANEW = "on", "anew"  # what a person answers
OLD: Final = timedelta(days=1)  # after which a draft may be about something else


async def is_old(ctx: Context, actor: Actor, record: Record) -> bool:
    """True if a new row was begun, and left for more than a day."""
    visit = runner.load(ctx, record).visit(actor.member.id)
    begun = visit.row is None and visit.begun_row
    asked = [p for p in await ctx.work.prompts.of(actor.person.id) if p.context.run == record.id]
    return bool(begun) and all(ctx.now - moment(p.asked_at) > OLD for p in asked)


async def forget(ctx: Context, member: records.Member, record: Record) -> Record:
    """Drop the draft; its buttons stop working."""
    run = runner.load(ctx, record)
    run = run.with_visit(member.id, Visit(ask=run.visit(member.id).ask + 1))
    await ctx.work.runs.update(record.id, state=to_json(run))
    return await ctx.work.runs.get(record.id)


async def forget_all(ctx: Context, member: records.Member) -> None:
    """Drop every draft of a member."""
    for record in await ctx.work.runs.all_of(member.group_id):
        if runner.load(ctx, record).visit(member.id).draft:
            await forget(ctx, member, record)
