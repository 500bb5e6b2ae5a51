"""Rows that somebody has removed: they lie in the list under *Borttaget*, and whoever had written them is told."""

from collections.abc import Sequence

from bot.context.context import Context
from bot.context.row_events import RowChanged
from bot.exercises import runner
from bot.exercises.removals import removal
from bot.reminders.next_message import hears
from bot.views.names import cut
from flows.definitions.model import Exercise
from messages.voice import TemplateFacts
from storage.records.records import Group, Row, private_chat

ONLY = "r"  # what a list is narrowed to that shows them
TITLE = 60
PEOPLE = frozenset({"seat", "invitation"})  # what links lead to from the rows of lists of people


async def removed(ctx: Context, group: Group, exercise: Exercise) -> Sequence[Row]:
    """Return the rows that were removed from a list; none of a list of people, whom nobody finds there who was taken
    off it."""
    if exercise.register is None or exercise.register.link in PEOPLE:
        return ()
    return await ctx.work.rows.all(group.id, exercise.id, state="removed")


async def removed_line(ctx: Context, row: Row, reader: int = 0) -> TemplateFacts:
    """Return who removed a row, if not the `reader`, and on what day; empty for one that is there."""
    if row.state != "removed":
        return {"removed_by": None, "removed_on": None}
    gone = await removal(ctx, row)
    who = await ctx.work.members.lookup(gone.author or 0)
    return {
        "removed_by": who.name if who and who.id != reader else None,
        "removed_on": gone.changed_at.astimezone(ctx.services.zone).date(),
    }


async def row_changed(ctx: Context, happened: RowChanged) -> None:
    """Tell whoever wrote a row that somebody else has removed it, in one message for each list and day.

    Who has taken it on is told tomorrow (`assigned_rows`). If it is put back, the message says so.
    """
    row = await ctx.work.rows.get(happened.row)
    writer = await ctx.work.members.lookup((await ctx.work.rows.history(row.id))[0].author or 0)
    if writer is None or writer.id in (happened.by, happened.owner) or writer.state != "active":
        return
    chat, slot = private_chat(writer.person_id), f"removed:{row.register}:{happened.by}:{ctx.today}"
    told = await ctx.work.outbox.latest(chat, slot, happened.group)
    if (row.state != "removed" and told is None) or not await hears(ctx, writer.person_id):
        return
    group, exercise = await ctx.work.groups.get(happened.group), ctx.services.process.exercises[row.register]
    gone = await removed(ctx, group, exercise)
    theirs = [one for one in gone if await _was_taken(ctx, one, writer.id, happened.by)]
    if not theirs and told is None:  # in a list of people
        return
    by, present = await ctx.work.members.get(happened.by), await runner.present_of(ctx, group, exercise)
    facts = {
        "by": by.name,
        "titles": [cut(present.row_title(one), TITLE) for one in theirs],
        "register": present.words["title"],
        "town": await ctx.town_for(writer.person_id, group),
    }
    keys = [[ctx.key("removed_rows", "rows", happened.run, f"{ONLY}0", count=len(gone))]] if theirs else []
    await ctx.to_person(writer.person_id, "row.removed", facts, keys, about=group.id, slot=slot, living=True)


async def _was_taken(ctx: Context, row: Row, writer: int, by: int) -> bool:
    """True if this row was written by the one and has been removed by the other today."""
    gone, first = await removal(ctx, row), (await ctx.work.rows.history(row.id))[0]
    today = gone.changed_at.astimezone(ctx.services.zone).date() == ctx.today
    return today and (first.author, gone.author) == (writer, by)
