"""Rows that somebody has removed: they lie in the list under *Borttaget*, and whoever had written them is told."""

from collections.abc import Sequence
from datetime import date

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
    by, day = await _taken(ctx, row)
    who = await ctx.work.members.lookup(by or 0)
    return {"removed_by": who.name if who and who.id != reader else None, "removed_on": day}


async def row_changed(ctx: Context, group: Group, happened: RowChanged) -> None:
    """Tell whoever wrote a row that somebody else has removed it, in one message for each list and day; no one who may
    not read the list any more.

    Who has taken it on is told tomorrow (`assigned_rows`). If it is put back, by whomever, the message says so.
    """
    row, first = await ctx.work.rows.get(happened.row), (await ctx.work.rows.history(happened.row))[0]
    exercise = ctx.services.process.exercises[row.register]
    writer = await ctx.work.members.lookup(first.author or 0)
    if writer is None or writer.id in (happened.by, happened.owner) or writer.state != "active":
        return
    (by, day), chat = await _taken(ctx, row), private_chat(writer.person_id)
    slot = f"removed:{row.register}:{by}:{day}"
    told = await ctx.work.outbox.latest(chat, slot, group.id) is not None
    reads = writer.role == "core" or writer.role in exercise.who
    if by is None or not reads or not (told or row.state == "removed") or not await hears(ctx, writer.person_id):
        return
    gone = await removed(ctx, group, exercise)
    theirs = [one for one in gone if await _is_of(ctx, one, writer.id) and await _taken(ctx, one) == (by, day)]
    if not (told or theirs):  # in a list of people
        return
    present = await runner.present_of(ctx, group, exercise)
    facts = {
        "by": (await ctx.work.members.get(by)).name,
        "titles": [cut(present.row_title(one), TITLE) for one in theirs],
        "register": present.words["title"],
        "town": await ctx.town_for(writer.person_id, group),
    }
    keys = [[ctx.key("removed_rows", "rows", happened.run, f"{ONLY}0", count=len(gone))]] if theirs else []
    await ctx.to_member(writer, "row.removed", facts, keys, slot=slot, living=True)


async def _taken(ctx: Context, row: Row) -> tuple[int | None, date]:
    """Return who removed a row the last time, and on what day."""
    gone = await removal(ctx, row)
    return gone.author, gone.changed_at.astimezone(ctx.services.zone).date()


async def _is_of(ctx: Context, row: Row, writer: int) -> bool:
    return (await ctx.work.rows.history(row.id))[0].author == writer
