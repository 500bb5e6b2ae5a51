"""A due date for a whole register (4.3): set once, and changed for all open rows."""

from dataclasses import replace
from datetime import date

from bot.context.context import Actor, Context
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.registers import row_actions
from bot.reminders.holidays import off_holidays
from flows.answers import clean
from flows.fields.day import AHEAD, day_at
from flows.run.state import Run
from storage.records.message_notes import MessageContext


async def tapped(ctx: Context, actor: Actor, run: Run, action: Action) -> None:
    """Ask for the date or, with an argument, set the one that was chosen."""
    if action.arg:
        await _set(ctx, actor, run, date.fromordinal(int(action.arg)))
        return
    days = {name: day_at(offset, ctx.today, off_holidays) for name, offset in AHEAD.items()}
    keys = [ctx.key(f"date.{name}", "onedate", run.number, str(day.toordinal())) for name, day in days.items()]
    facts = {"title": ctx.services.voice.title_of(run.exercise.id), "readings": None}
    back = [ctx.key("back", "rows", run.number)]
    context = _context(actor, run.number)
    await ctx.reply(actor, "register.one_date", facts, [keys[:2], keys[2:], back], context=context)


async def said(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take a date in words; one that can be read in two ways is asked about."""
    run = runner.load(ctx, await ctx.work.runs.get(context.run))
    readings = [day for day in ctx.dates.read_date(clean(text), ctx.today) if day >= ctx.today]
    if len(readings) == 1:
        await _set(ctx, actor, run, readings[0])
        return
    keys = [[ctx.key("day.until", "onedate", run.number, str(day.toordinal()), day=day)] for day in readings]
    facts = {"title": ctx.services.voice.title_of(run.exercise.id), "readings": len(readings)}
    await ctx.tell(actor, "register.one_date", facts, keys, context=_context(actor, run.number))


def _context(actor: Actor, run: int) -> MessageContext:
    return MessageContext(want="one_date", group=actor.group.id, run=run)


async def _set(ctx: Context, actor: Actor, run: Run, day: date) -> None:
    """Set the date for all open rows, and for those that are assigned from now on."""
    times = actor.group.settings.times
    shared = {**times.one_date, run.exercise.id: day}
    await ctx.work.groups.settle(actor.group, replace(times, one_date=shared))
    moved = await row_actions.move_all(ctx, actor, run, day)
    facts = {"title": ctx.services.voice.title_of(run.exercise.id), "day": day, "count": moved}
    keys = [[ctx.key("rows", "rows", run.number)]]
    await ctx.reply(actor, "register.dated", facts, keys)
