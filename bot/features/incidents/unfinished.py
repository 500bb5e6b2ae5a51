"""Incidents that somebody began to log and never handed in: they hear of it once, the next working morning.

That it is theirs stands in the sealed state of the run alone: at night what asks them is folded away, and the reminder
leaves nothing behind. Nothing in the schedule names anybody.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.context.context import Context
from bot.exercises import runner
from bot.features.incidents import report
from bot.reminders.next_message import hears
from flows.run.run_json import to_json
from storage.records.records import Group, OutboxKind, private_chat
from storage.table import moment

LEFT_FOR: Final = timedelta(hours=6)  # without a word: as long as a text still is the answer to the last question


async def fold(ctx: Context, group: Group) -> None:
    """Take away what asks those who have left an incident half logged, from their chats too; `/incident` goes on."""
    record = await ctx.work.runs.latest(group.id, report.asking(ctx).id)
    if record is None:
        return
    for member_id, visit in runner.load(ctx, record).visits.items():
        person = await ctx.work.people.get((await ctx.work.members.get(member_id)).person_id)
        for prompt in await ctx.work.prompts.of(person.id):
            if prompt.context.run == record.id:
                await ctx.work.prompts.end(person.id, prompt.matter)
        if person.focus == record.id:  # or else the next text would go on with it
            await ctx.work.people.update(person.id, focus=None)
        chat, slot = private_chat(person.id), f"visit:{record.id}"
        asked = await ctx.work.outbox.latest(chat, slot, group.id) if visit.begun_row and visit.row is None else None
        await ctx.work.outbox.drop_sent(chat, slot, group.id)
        if asked is not None and asked.message_id:
            await ctx.work.outbox.put(chat, OutboxKind.DELETE, {}, about=None, message_id=asked.message_id)
    await ctx.work.incidents.hide(group.id)


async def look(ctx: Context, group: Group) -> None:
    """Remind those who have left an incident half logged, once for each."""
    record = await ctx.work.runs.latest(group.id, report.asking(ctx).id)
    if record is None:
        return
    run = runner.load(ctx, record)
    before = run
    for member_id, visit in run.visits.items():
        half = bool(visit.begun_row) and visit.row is None
        if half == visit.new.reminded:
            continue
        member = await ctx.work.members.get(member_id)
        asked = [p for p in await ctx.work.prompts.of(member.person_id) if p.context.run == record.id]
        there = member.state == "active" and await hears(ctx, member.person_id)
        if half and (not there or any(ctx.now - moment(p.asked_at) < LEFT_FOR for p in asked)):
            continue
        run = run.with_visit(member_id, replace(visit, new=replace(visit.new, reminded=half)))
        if half:
            keys = [[ctx.key("open_it", "log", group.id)]]
            await ctx.to_person(member.person_id, "something_waits", {}, keys, about=group.id)
    if run != before:
        await ctx.work.incidents.hide(group.id)
        await ctx.work.runs.update(record.id, state=to_json(run))
