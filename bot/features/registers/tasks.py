"""`/uppgifter`: the rows that somebody has taken on – one's own, the group's, and those that are late."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import About, Rank
from bot.context.routes import DAY, Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import row_links, runner
from bot.features.registers import row_actions
from bot.reminders import open_items
from bot.reminders.next_message import hears
from bot.views.exercise import ExerciseView
from bot.views.names import cut
from bot.views.rows import NOTES
from flows.answers import clean, unfit
from flows.identities import Handling
from messages.voice import TemplateFacts
from storage.records.message_notes import AboutRow, MessageContext
from storage.records.records import Group, Member, OpenItem, Row

MINE, ALL, LATE = "mine", "all", "late"
SHOWN = 12
SOON: Final = timedelta(days=7)  # what is due so soon waits for whoever has taken it on


async def show(ctx: Context, actor: Actor, _arguments: str = "") -> None:
    """Show one's own tasks."""
    await _list(ctx, actor, MINE)


async def tapped(ctx: Context, actor: Actor, action: Action) -> None:
    """Show another of the three lists, for the core group."""
    others = action.arg in (ALL, LATE) and actor.member.role == "core"
    await _list(ctx, actor, action.arg if others else MINE)


async def cannot(ctx: Context, open_item: OpenItem) -> None:
    """Tell whoever gave a task to somebody who now cannot; whoever coordinates is told anyway."""
    row = await ctx.work.rows.get(int(open_item.ref.partition(":")[2]))
    group, run = await ctx.work.groups.get(row.group_id), await ctx.work.runs.latest(row.group_id, row.register)
    giver = await _giver(ctx, row)
    if run is None or giver is None or giver.id == row.assignee or giver.coordinator:
        return
    if giver.state != "active" or not await hears(ctx, giver.person_id):
        return
    present = await runner.present_of(ctx, group, ctx.services.process.exercises[row.register])
    owner = await ctx.work.members.get(open_item.member_id)
    facts = {"name": owner.name, "title": cut(present.task_title(row), 60)}
    keys = [[ctx.key("give", "give", run.id, str(row.id))]]
    await ctx.to_person(giver.person_id, "task.cannot", facts, keys, about=group.id)


async def _giver(ctx: Context, row: Row) -> Member | None:
    """Return who let a row be of the one who has it now, perhaps themselves."""
    giver, assignee = None, None
    for version in await ctx.work.rows.history(row.id):
        if version.assignee != assignee:
            giver, assignee = version.author, version.assignee
    return await ctx.work.members.lookup(giver or 0)


async def ways_to_own(ctx: Context, group: Group, member: Member) -> list[Key]:
    """Return the way to what somebody has taken on: to their only task itself, or to their list."""
    mine = [row for row in await taken_on(ctx, group, member) if row.assignee == member.id]
    run = await ctx.work.runs.latest(group.id, mine[0].register) if len(mine) == 1 else None
    if run is None:
        return [ctx.key("home.tasks", "tasks", group.id)] if mine else []
    present = await runner.present_of(ctx, group, ctx.services.process.exercises[mine[0].register])
    return [Key(cut(present.task_title(mine[0]), 40), Action("row", run.id, 0, str(mine[0].id)))]


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return what somebody has taken on and that is late, or due within a week."""
    group, member = actor.group, actor.member
    mine, until = [r for r in await taken_on(ctx, group, member) if r.assignee == member.id], ctx.today + SOON
    there = [(row, await runner.present_of(ctx, group, ctx.services.process.exercises[row.register])) for row in mine]
    due = [(r, p) for r, p in there if r.due and r.due <= until and not open_items.rests(group, p.exercise)]
    cannot = await open_items.cannot(ctx, group) if due else ()
    can = [(row, present) for row, present in due if (f"row:{row.id}", member.id) not in cannot]
    ways = tuple(await ways_to_own(ctx, group, member) if can else ())
    lines: list[TemplateFacts] = [{"title": cut(present.task_title(row), 60), "due": row.due} for row, present in can]
    return [OpenThing(Kind.TASK, line, ways) for line in lines]


async def taken_on(ctx: Context, group: Group, member: Member) -> list[Row]:
    """Return the rows that somebody has taken on, of the registers that this member may see."""
    exercises, core = ctx.services.process.exercises, member.role == "core"
    return [
        row
        for row in await ctx.work.rows.taken_on(group.id)
        if (core or member.role in exercises[row.register].who) and not await row_links.is_left_empty(ctx, row)
    ]


async def _list(ctx: Context, actor: Actor, which: str) -> None:
    group, today = actor.group, ctx.today
    exercises, core = ctx.services.process.exercises, actor.member.role == "core"
    every = await taken_on(ctx, group, actor.member)
    mine = [row for row in every if row.assignee == actor.member.id]
    late = [
        row for row in every if row.due and row.due < today and not open_items.rests(group, exercises[row.register])
    ]
    row_actions = {MINE: mine, ALL: every, LATE: late}[which]
    lines, keys = await _lines(ctx, actor, row_actions[:SHOWN])
    facts = {
        "which": which,
        "town": group.title,
        "tasks": lines,
        "more": max(len(row_actions) - SHOWN, 0),
        "today": today,
    }
    counts = {MINE: len(mine), ALL: len(every), LATE: len(late)} if core else {}
    others = [one for one in counts if one != which and (one != LATE or late)]
    keys.append([ctx.key(f"task.{one}", "tasks", group.id, one, count=counts[one]) for one in others])
    if not keys[-1]:
        keys.append([ctx.key("what_waits", "answers", group.id)])
    await ctx.reply(actor, "tasks", facts, keys)


async def _lines(ctx: Context, actor: Actor, row_actions: Sequence[Row]) -> tuple[list[TemplateFacts], list[list[Key]]]:
    scene = await runner.scene_of(ctx, actor.group)
    lines, keys, titles, found = list[TemplateFacts](), list[list[Key]](), list[str](), list[Row]()
    said = await open_items.cannot(ctx, actor.group)
    for row in row_actions:
        present = ExerciseView(ctx.services.voice, scene, ctx.services.process.exercises[row.register])
        rests = open_items.rests(actor.group, present.exercise)
        cannot = (f"row:{row.id}", row.assignee) in said
        lines.append(
            {**present.row_line(row), "title": cut(present.task_title(row), 60), "cannot": cannot, "off": rests}
        )
        if run := await ctx.work.runs.latest(actor.group.id, row.register):
            found.append(row)
            titles.append(cut(present.task_title(row), 40))
            keys.append([Key(titles[-1], Action("row", run.id, 0, str(row.id)))])
    alike = Counter(title.casefold() for title in titles)
    for place, row in enumerate(found):
        if alike[titles[place].casefold()] > 1:
            facts = {"title": titles[place], "due": row.due, "number": row.number}
            keys[place] = [Key(ctx.services.voice.label("task.one_of", facts), keys[place][0].action)]
    return lines, keys


# -- about one task ----------------------------------------------------------------------------------------------------
async def ask_note(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for a note about a task."""
    context = MessageContext(want="note", group=actor.group.id, run=action.run, about=AboutRow(int(action.arg)))
    await ctx.tell(actor, "task.note", {}, context=context)


async def ask_due(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for another date."""
    context = MessageContext(want="due", group=actor.group.id, run=action.run, about=AboutRow(int(action.arg)))
    await ctx.tell(actor, "nudge.until", {"readings": None}, _aside(ctx, actor), context=context)


def _aside(ctx: Context, actor: Actor) -> list[list[Key]]:
    """Return the way on for whoever wants to leave the date as it is."""
    return [[ctx.key("what_waits", "answers", actor.group.id)]]


async def note(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Keep a note with the row, with its author and day."""
    text = clean(text)
    if unfit(text):
        await ctx.tell(actor, "task.note", {}, context=context)
        return
    row = await ctx.work.rows.get(context.the(AboutRow).row)
    said = {"by": actor.member.name, "member": actor.member.id, "on": ctx.today.isoformat(), "text": text}
    values = {**row.values, NOTES: [*row.values.get(NOTES, []), said]}
    await row_actions.change(ctx, actor, context.run, row.id, values=values)


async def due(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take the new date; one that can be read in two ways is asked about."""
    row, readings = context.the(AboutRow).row, ctx.dates.read_date(clean(text), ctx.today)
    if len(readings) != 1:
        keys = [[ctx.key("day.until", "dated", context.run, f"{row}:{day.toordinal()}", day=day)] for day in readings]
        facts = {"readings": len(readings)}
        await ctx.tell(actor, "nudge.until", facts, keys or _aside(ctx, actor), context=context)
        return
    await row_actions.change(ctx, actor, context.run, row, due=readings[0])


async def dated(ctx: Context, actor: Actor, action: Action) -> None:
    """Take the reading that was chosen."""
    row_id, _, day = action.arg.partition(":")
    await row_actions.change(ctx, actor, action.run, int(row_id), due=date.fromordinal(int(day)))


ROUTES: Routes = (
    *buttons(Rank.NETWORK, About.GROUP, tasks=tapped),
    *buttons(Rank.NETWORK, About.RUN, note=ask_note, postpone=ask_due, dated=dated),
    *texts(Rank.NETWORK, Takes(Handling.ASK, noted=True), note=note),
    *texts(Rank.NETWORK, DAY, due=due),
)
