"""Incidents that somebody began to log and never handed in: they hear of it once, the next working morning.

That it is theirs stands in the sealed state of the run alone. Nothing in the schedule names anybody.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.context.context import Context
from bot.exercises import runner
from bot.features.incidents import report
from bot.reminders.next_message import hears, spoken
from flows.state import to_json
from storage.message_notes import MessageContext
from storage.records import Group
from storage.table import moment

LEFT_FOR: Final = timedelta(hours=6)  # without a word: as long as a text still is the answer to the last question


async def look(ctx: Context, group: Group) -> None:
    """Remind those who have left an incident half logged, once for each."""
    record = await ctx.work.runs.latest(group.id, report.asking(ctx).id)
    if record is None:
        return
    run = runner.load(ctx, record)
    before = run
    for member_id, visit in run.visits.items():
        begun = bool(visit.begun_row) and visit.row is None
        if begun == visit.reminded:
            continue
        member = await ctx.work.members.get(member_id)
        asked = [p for p in await ctx.work.prompts.of(member.person_id) if p.context.run == record.id]
        there = member.state == "active" and await hears(ctx, member.person_id)
        if begun and (not there or any(ctx.now - moment(p.asked_at) < LEFT_FOR for p in asked)):
            continue
        run = run.with_visit(member_id, replace(visit, reminded=begun))
        if begun:
            keys = [[ctx.key("open_it", "log", group.id)]]
            once = MessageContext(once=True)
            await ctx.to_person(member.person_id, "something_waits", {}, keys, about=group.id, context=once)
            await spoken(ctx, member.person_id)
    if run != before:
        await ctx.work.runs.update(record.id, state=to_json(run))
