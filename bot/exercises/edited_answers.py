"""Shared answers that have been changed, and the button to their history."""

from bot.context.context import Context
from bot.context.message import Key
from bot.views.names import answer_key
from flows.dialogue.keyboards import CONCLUSION
from flows.run.state import Run
from storage.records.records import Answer, Member


async def changed(ctx: Context, run: Run, reader: Member) -> list[Answer]:
    """Return the shared answers of this reader that have been changed, in the order they are asked."""
    if run.exercise.anonymous or run.exercise.register is not None:
        return []
    owners = {"g", f"o:{reader.organisation_id}"}
    answers = [a for a in await ctx.work.answers.visible(run.number, reader) if a.owner in owners and a.version > 1]
    order = (*run.keys(), CONCLUSION)
    return sorted((a for a in answers if answer_key(a) in order), key=lambda a: order.index(answer_key(a)))


async def history_keys(ctx: Context, run: Run, reader: Member, key: str = "") -> list[list[Key]]:
    """Return a button to the history of the answers (or the one with this key), if any has been changed."""
    found = [a for a in await changed(ctx, run, reader) if key in ("", answer_key(a))]
    if not found:
        return []
    return [[ctx.key("history", "past", run.number, str(found[0].id) if key or len(found) == 1 else "")]]
