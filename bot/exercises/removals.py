"""Who has removed a row of a list, and when."""

from bot.context.context import Context
from storage.records.records import Row


async def removal(ctx: Context, row: Row) -> Row:
    """Return the version of a removed row with which it was removed: a note may have been added since."""
    versions = await ctx.work.rows.history(row.id)
    there = max((place for place, version in enumerate(versions) if version.state != "removed"), default=0)
    return versions[min(there + 1, len(versions) - 1)]
