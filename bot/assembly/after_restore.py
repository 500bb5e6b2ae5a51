"""After a restore: answers without names, which no backup holds, are asked for again; ways in of then count again."""

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


async def tell_of_ways_in(ctx: Context) -> None:
    """Tell everybody who has a mail address or a passkey that it is as it was then: nobody knows who has changed one
    since, and somebody else may read the mail of an earlier one."""
    if await ctx.work.update_log.was_put_back():
        last = await ctx.work.update_log.last_heartbeat()
        for person_id in sorted(await ctx.work.mail_addresses.people() | await ctx.work.passkeys.people()):
            await ctx.to_person(person_id, "mail.restored", {"day": last and last.astimezone(ctx.services.zone).date()})
