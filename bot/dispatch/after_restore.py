"""What was left out of the backup that was put back, as it was said without a name, is asked for again."""

from bot.context.context import Context
from bot.exercises import runner
from bot.features.wellbeing import check_ins
from flows.events import LeftOut


async def ask_again(ctx: Context) -> None:
    """Let those rounds be as just begun for whoever answered in them without its having been shown."""
    for run_id in await ctx.work.answers.left_out():
        record = await ctx.work.runs.get(run_id)
        await runner.apply(ctx, await ctx.work.groups.get(record.group_id), record, LeftOut())
    for check_in in await ctx.work.check_ins.left_out():
        await check_ins.ask_anew(ctx, check_in)
