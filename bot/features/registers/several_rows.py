"""Rows that were made at once, out of a pasted list: taken back at once, and put there again.

What somebody has changed since stays as it is: only a row that is as its maker made it goes.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.context.context import Actor, Context
from bot.context.refusals import demand, refuse, required
from bot.context.row_events import TextChanged
from bot.context.sealed_actions import Action
from bot.exercises import preconditions, runner
from bot.exercises.approved_texts import approvals_of
from flows.answers import whole
from flows.run.state import Phase, Run
from storage.records.records import Row

DROP, BACK = "rowsdrop", "rowsback"
VERBS = (DROP, BACK)


def those(rows: Iterable[Row]) -> str:
    """Return how a button names the rows of one turn: their ids follow upon each other."""
    ids = [row.id for row in rows]
    return f"{min(ids)}:{max(ids)}"


async def tapped(ctx: Context, actor: Actor, run: Run, action: Action) -> None:
    """Take them back, or put them there again."""
    first, last = (required(whole(part)) for part in (*action.arg.split(":"), "")[:2])
    demand(run.phase in (Phase.OPEN, Phase.CONCLUDED))
    refuse(await preconditions.why_not_write(ctx, actor.group, run.exercise, actor.member), alert=True)
    was, becomes = ("open", "removed") if action.verb == DROP else ("removed", "open")
    every = await ctx.work.rows.all(actor.group.id, run.exercise.id, state=was)
    found = [row for row in every if first <= row.id <= last and row.author == actor.member.id]
    moved = [row for row in found if (await ctx.work.rows.history(row.id))[0].values == row.values]
    for row in moved:
        await ctx.work.rows.change(row.id, row.version, actor.member.id, state=becomes)
    if moved and any(approvals_of(ctx.services.process, run.exercise.id)):
        ctx.events.append(TextChanged(actor.group.id, run.exercise.id, actor.member.id))
    await runner.refresh_card(ctx, actor.group, await ctx.work.runs.get(run.number))
    left = [row for row in await ctx.work.rows.all(actor.group.id, run.exercise.id) if first <= row.id <= last]
    title = ctx.services.voice.title_of(run.exercise.id)
    facts = {"register": title, "count": len(moved), "left": len(left), "back": action.verb == BACK}
    again = ("put_back_all", BACK) if action.verb == DROP else ("undo_rows", DROP)
    keys = [[replace(ctx.key(again[0], again[1], run.number, those(moved)), says="undo")]] if moved else []
    await ctx.reply(actor, "row.several_moved", facts, [*keys, [ctx.key("rows", "rows", run.number)]])
