"""The rows that somebody has taken on: a part of what is open to them, and of what the group waits for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing, Part, Particulars
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
from storage.records.open_items import OpenItem
from storage.records.records import Group, Member, Row

SHOWN: Final = 12  # tasks with a button each
SOON: Final = timedelta(days=7)  # what is due so soon waits for whoever has taken it on


@dataclass(frozen=True, slots=True)
class TakenOn:
    """A row that somebody has taken on, in words: its line in a list, and the label of its button."""

    row: Row
    run: int
    line: TemplateFacts
    label: str

    @property
    def key(self) -> Key:
        """The way to it."""
        return Key(self.label, Action("row", self.run, 0, str(self.row.id)))


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
    await ctx.to_member(giver, "task.cannot", facts, keys)


async def _giver(ctx: Context, row: Row) -> Member | None:
    """Return who let a row be of the one who has it now, perhaps themselves."""
    giver, assignee = None, None
    for version in await ctx.work.rows.history(row.id):
        if version.assignee != assignee:
            giver, assignee = version.author, version.assignee
    return await ctx.work.members.lookup(giver or 0)


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return what somebody has taken on: theirs to do if they can, and it is late, or due within a week.

    Each of the first has its own way; the way to the others is the list that they stand in.
    """
    mine = [row for row in await taken_on(ctx, actor.group, actor.member) if row.assignee == actor.member.id]
    found, near = list[OpenThing](), ctx.today + SOON
    for one in await told(ctx, actor.group, [*mine[:SHOWN], *sorted(mine[SHOWN:], key=lambda row: row.register)]):
        whole = Key(ctx.services.voice.title_of(one.row.register), Action("open", one.run))
        way = one.key if len(found) < SHOWN else whole
        waits = one.row.due is not None and one.row.due <= near and not (one.line["cannot"] or one.line["off"])
        told_of = partial(_particulars, ctx, actor.group, one)
        found.append(OpenThing(Kind.TASK, one.line, (way,), Part.TODO if waits else Part.LATER, told_of))
    return found


async def _particulars(ctx: Context, group: Group, one: TakenOn) -> Particulars:
    """Return what can be asked of a task; done, given to somebody else or not, it is settled with a button."""
    arg, item = str(one.row.id), await open_items.task_of(ctx, one.row)
    settles: list[tuple[Key, ...]] = [(ctx.key("done", "done", one.run, arg), ctx.key("give", "give", one.run, arg))]
    if item is not None and item.state != "declined":
        settles.append((ctx.key("day.cannot", "cannot", group.id, str(item.id)),))
    name, words = ctx.services.voice.label("open_name.task", one.line), ctx.services.voice.label("spoken_of.task")

    def above(context: MessageContext) -> bool:
        about = context.of(AboutRow)
        return about is not None and about.row == one.row.id

    return Particulars(name, words, above, until=one.row.due, reads=(one.key,), settles=tuple(settles))


async def taken_on(ctx: Context, group: Group, member: Member) -> list[Row]:
    """Return the rows that somebody has taken on, of the registers that this member may see."""
    exercises, core = ctx.services.process.exercises, member.role == "core"
    return [
        row
        for row in await ctx.work.rows.taken_on(group.id)
        if (core or member.role in exercises[row.register].who) and not await row_links.is_left_empty(ctx, row)
    ]


async def told(ctx: Context, group: Group, rows: Sequence[Row]) -> list[TakenOn]:
    """Return these rows in words; on a button one that reads like another, or its list, has day and number."""
    if not rows:
        return []
    scene, said = await runner.scene_of(ctx, group), await open_items.cannot(ctx, group)
    runs = {name: await ctx.work.runs.latest(group.id, name) for name in {row.register for row in rows}}
    views = {name: ExerciseView(ctx.services.voice, scene, ctx.services.process.exercises[name]) for name in runs}
    titles = [cut(views[row.register].task_title(row), 40) for row in rows]
    alike = Counter(title.casefold() for title in (*titles, *(view.words["title"] for view in views.values())))
    found = list[TakenOn]()
    for row, title in zip(rows, titles, strict=True):
        view, run = views[row.register], runs[row.register]
        facts = {"title": title, "due": row.due, "number": row.number}
        label = title if alike[title.casefold()] == 1 else ctx.services.voice.label("task.one_of", facts)
        stands = {"cannot": (f"row:{row.id}", row.assignee) in said, "off": open_items.rests(group, view.exercise)}
        line = {**view.row_line(row), "title": cut(view.task_title(row), 60), **stands}
        found.append(TakenOn(row, run.id if run else 0, line, label))
    return found


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
    *buttons(Rank.NETWORK, About.RUN, note=ask_note, postpone=ask_due, dated=dated),
    *texts(Rank.NETWORK, Takes(Handling.ASK, noted=True), note=note),
    *texts(Rank.NETWORK, DAY, due=due),
)
