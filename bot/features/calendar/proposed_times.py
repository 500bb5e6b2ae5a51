"""Times to meet at, as people write them: a line each, or with commas between."""

from bot.context.context import Context
from flows.answers import clean


async def says_times(ctx: Context, _group: int, text: str) -> bool:
    """True if a text is times to meet at, one or several, and says nothing else."""
    parts = times_in(ctx, text)
    return bool(parts) and all(ctx.dates.read_moment(part, ctx.today) for part in parts)


def times_in(ctx: Context, text: str) -> list[str]:
    """Return the times of a text, one by one: its lines, and what a line lists that is not one time itself."""
    lines = [line for line in (line.strip(" -•\t") for line in clean(text).splitlines()) if line]
    one = {line: bool(ctx.dates.read_moment(line, ctx.today)) for line in lines}
    return [part for line in lines for part in ([line] if one[line] else ctx.dates.listed(line))]
