"""After a restore: answers without names, which no backup holds, are asked for again."""

from bot.context.context import Context
from bot.exercises import runner
from bot.features.wellbeing import check_ins
from flows.run.events import LeftOut


async def ask_again(ctx: Context) -> None:
    """Ask again in the rounds whose unnamed answers are missing: of everybody whose answers had not been shown."""
    for run_id in await ctx.work.answers.left_out():
        record = await ctx.work.runs.get(run_id)
        await runner.apply(ctx, await ctx.work.groups.get(record.group_id), record, LeftOut())
    for check_in in await ctx.work.check_ins.left_out():
        await check_ins.ask_anew(ctx, check_in)
