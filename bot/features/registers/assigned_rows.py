"""Tells people of rows that were assigned to them, or of theirs that others have changed."""

from datetime import timedelta
from itertools import takewhile

from bot.context.context import Actor, Context
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import Rank, rank_of
from bot.context.row_events import RowChanged, RowGiven
from bot.exercises import runner
from bot.reminders import open_items
from bot.reminders.kinds import CHANGED
from bot.reminders.next_message import hears, schedule_next
from bot.views.names import cut
from flows.run.state import Run
from messages.voice import TemplateFacts
from storage.records.message_notes import AboutRow, MessageContext
from storage.records.records import Group, Member, Row


async def tell(ctx: Context, actor: Actor, run: Run, row: Row) -> None:
    """Tell a person that somebody else has assigned a row to them; not once more that it has changed by that."""
    ctx.events.append(RowGiven(actor.group.id, run.number, row.id, actor.member.id))


async def unheard(ctx: Context, by: Member, row: Row) -> TemplateFacts:
    """Return why somebody may not see to a row that another gives them: they are away, today or when it is due, or the
    bot does not write to them. Whoever gives it reads that, and can tell them, or choose somebody else."""
    member = await ctx.work.members.lookup(row.assignee or 0)
    if member is None or member.id == by.id or row.state != "open":
        return {"away": None, "unheard": None}
    absences = await ctx.work.absences.of_person(member.person_id, ctx.today)
    matters = (ctx.today, row.due or ctx.today)
    away = next((a for a in absences if any(a.first <= day <= a.last for day in matters)), None)
    days = {"name": member.name, "first": away.first, "last": away.last} if away else None
    return {"away": days, "unheard": None if away or await hears(ctx, member.person_id) else member.name}


async def tell_tomorrow(ctx: Context, member: Member, row: int) -> None:
    """Let tomorrow's message say that something that this member is to do was changed."""
    await ctx.work.open_items.put(member, CHANGED, f"changed:{row}", ctx.today + timedelta(1), ctx.today)
    await schedule_next(ctx, member.person_id)


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return what this person has taken on that was changed by somebody else, until they have looked at it."""
    found = list[OpenThing]()
    for item in await ctx.work.open_items.of_member(actor.member.id):
        if item.kind != CHANGED or item.state == "closed" or item.due > ctx.today:
            continue
        row = await ctx.work.rows.lookup(int(item.ref.partition(":")[2]))
        run = await ctx.work.runs.latest(actor.group.id, row.register) if row else None
        if row is None or run is None or row.assignee != actor.member.id:
            continue
        present = await runner.present_of(ctx, actor.group, ctx.services.process.exercises[row.register])
        title = cut(present.task_title(row), 40)
        key = ctx.key("day.open_title", "row", run.id, str(row.id), title=title)
        found.append(OpenThing(Kind.CHANGED, {"title": title}, (key,)))
    return found


async def changed(ctx: Context, group: Group, happened: RowChanged) -> None:
    """Tell whoever has taken a row on that somebody else has changed it.

    That is said tomorrow; but what its giver fills in on the same day stands in the message that told of the row.
    """
    if happened.owner in (None, happened.by):
        return
    owner, row = await ctx.work.members.lookup(happened.owner), await ctx.work.rows.get(happened.row)
    if owner is None or owner.state != "active":
        return
    if row.state == "open" and await _gave_today(ctx, row, happened):
        await given(ctx, group, RowGiven(group.id, happened.run, row.id, happened.by))
    else:
        await tell_tomorrow(ctx, owner, row.id)


async def _gave_today(ctx: Context, row: Row, happened: RowChanged) -> bool:
    """True if whoever changes this row gave it today to its owner, who still has it."""
    versions = reversed(await ctx.work.rows.history(row.id))
    since = [*takewhile(lambda version: version.assignee == happened.owner, versions)][-1:]
    zone = ctx.services.zone
    return any(one.author == happened.by and one.changed_at.astimezone(zone).date() == ctx.today for one in since)


async def given(ctx: Context, group: Group, happened: RowGiven) -> None:
    """Tell a person whom a field of the row itself names."""
    run = runner.load(ctx, await ctx.work.runs.get(happened.run))
    by = await ctx.work.members.get(happened.by)
    await _tell(ctx, group, run, await ctx.work.rows.get(happened.row), by)


async def _tell(ctx: Context, group: Group, run: Run, row: Row, by: Member) -> None:
    if row.assignee is None or row.assignee == by.id:
        return
    present = await runner.present_of(ctx, group, run.exercise)
    given = await ctx.work.members.get(row.assignee)
    if rank_of(given, group) < Rank.NETWORK or not await hears(ctx, given.person_id):  # they have left since
        return
    told = {"title": cut(present.task_title(row), 60), "register": present.words["title"], "by": by.name}
    facts = {**present.row_line(row), **told, "today": ctx.today, "town": await ctx.town_for(given.person_id, group)}
    keys = [[ctx.key("open_row", "row", run.number, str(row.id))]]
    if task := await open_items.task_of(ctx, row):
        keys[0].append(ctx.key("day.cannot", "cannot", group.id, str(task.id)))
    await ctx.work.open_items.close(ref=f"changed:{row.id}", kind=CHANGED, member_id=given.id)
    slot = f"given:{row.id}:{ctx.today}"  # the date that is chosen next is written into the same message
    away = given.person_id in await ctx.work.absences.away_on(ctx.today)  # who was promised that nothing sounds
    about = MessageContext(group=group.id, about=AboutRow(row.id))  # "kan inte" under it is of this
    await ctx.to_member(given, "row.given", facts, keys, slot=slot, living=True, silent=away, context=about)
