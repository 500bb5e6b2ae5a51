"""Who has removed a row of a list, and when."""

from itertools import pairwise

from bot.context.context import Context
from storage.records.records import Row


async def removal(ctx: Context, row: Row) -> Row:
    """Return the version with which a row was last removed, as a note may have been added since and it may be back;
    the newest of one that never was."""
    versions = await ctx.work.rows.history(row.id)
    taken = [after for before, after in pairwise(versions) if before.state != "removed" and after.state == "removed"]
    return [versions[-1], *taken][-1]
