"""Incidents that somebody began to log and never handed in: they hear of it once, the next morning.

That it is theirs stands in the sealed state of the run alone: at night what asks them is folded away, and the reminder
leaves nothing behind. Nothing in the schedule names anybody.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.context.context import Context
from bot.context.message import Key
from bot.exercises import runner
from bot.exercises.run_json import to_json
from bot.features.incidents import report
from bot.reminders.next_message import hears, plan
from flows.run.state import Visit
from storage.records.records import Group, Member, OutboxKind, private_chat
from storage.records.runs import Run
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
        chat = private_chat(person.id)
        shown = await ctx.work.outbox.drop_sent(chat, f"visit:{record.id}", group.id)
        for number in shown if _is_half(visit) else ():  # the same may have been asked several times
            await ctx.work.outbox.put(chat, OutboxKind.DELETE, {}, about=None, message_id=number)
    await ctx.work.incidents.hide(group.id)


async def look(ctx: Context, group: Group) -> None:
    """Remind those who have left an incident half logged, once for each; whom the day's message reaches, in that."""
    record = await ctx.work.runs.latest(group.id, report.asking(ctx).id)
    if record is None:
        return
    run = runner.load(ctx, record)
    finished = [id for id, visit in run.visits.items() if visit.new.reminded and not _is_half(visit)]
    await _note(ctx, record, *finished, reminded=False)
    for member_id in run.visits:
        member = await ctx.work.members.get(member_id)
        person = await ctx.work.people.get(member.person_id)
        planned = await plan(ctx, person, await ctx.work.notification_preferences.of(person.id))
        if (planned is None or planned.day != ctx.today) and await hears(ctx, person.id):
            for key in await take_up(ctx, group, member):
                await ctx.to_person(person.id, "something_waits", {}, [[key]], about=group.id)


async def take_up(ctx: Context, group: Group, member: Member) -> list[Key]:
    """Return the button for an incident that this member has left half logged, and note that they were reminded."""
    record = await ctx.work.runs.latest(group.id, report.asking(ctx).id)
    visit = runner.load(ctx, record).visits.get(member.id) if record else None
    if record is None or visit is None or not _is_half(visit) or visit.new.reminded or member.state != "active":
        return []
    asked = [p for p in await ctx.work.prompts.of(member.person_id) if p.context.run == record.id]
    if any(ctx.now - moment(p.asked_at) < LEFT_FOR for p in asked):
        return []
    await _note(ctx, record, member.id, reminded=True)
    return [ctx.key("resume", "log", group.id)]


def _is_half(visit: Visit) -> bool:
    return bool(visit.begun_row) and visit.row is None


async def _note(ctx: Context, record: Run, *members: int, reminded: bool) -> None:
    """Note of these members whether they were reminded."""
    run = runner.load(ctx, record)
    for id in members:
        visit = run.visits[id]
        run = run.with_visit(id, replace(visit, new=replace(visit.new, reminded=reminded)))
    if members:
        await ctx.work.incidents.hide(record.group_id)
        await ctx.work.runs.update(record.id, state=to_json(run))
