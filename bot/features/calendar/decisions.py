"""Changes of the calendar by an exercise: the form and days of steps 6 and 7, and how often the network meets.

Which answers do is said in the exercise's definition (`[calendar]`). The coordinator sees what follows and says yes or
no; until then the calendar stands as it is. What follows is worked out anew each time it is looked at.
"""

from dataclasses import replace
from datetime import date, timedelta

from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.events import ExerciseConcluded
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required, told_in_private
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.calendar import lifecycle
from bot.reminders import open_items
from bot.reminders.holidays import is_avoided
from bot.reminders.kinds import SHAPE
from flows.definitions.model import Shaping
from flows.run.state import Phase
from flows.timing.calendar import CalendarChange, Rhythm
from flows.timing.calendar_changes import StepForm, reshape_rhythm, reshape_step
from flows.values import Values, number
from storage.records.records import Group
from storage.records.runs import Run as Record

YES, NO = "yes", "no"


async def after_conclusion(ctx: Context, group: Group, happened: ExerciseConcluded) -> None:
    """Ask the coordinator if what was decided would change the calendar."""
    record = await ctx.work.runs.get(happened.run)
    for earlier in await ctx.work.runs.of_exercise(group.id, record.exercise):
        if earlier.id != record.id:  # decided anew since
            await open_items.reconcile(ctx, group, f"shape:{earlier.id}", {})
    found = await _follows(ctx, group, record)
    if found is None or not found.alters:
        return
    keys = [[ctx.key("calendar.shape", "shape", group.id, str(record.id))]]
    title = ctx.services.voice.title_of(record.exercise)
    await ctx.to_group(group, "calendar.follows", {"title": title}, keys)
    tomorrow = ctx.today + timedelta(1)
    wanted = {(SHAPE, member.id): tomorrow for member in await open_items.coordinators(ctx, group)}
    await open_items.reconcile(ctx, group, f"shape:{record.id}", wanted)


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show what would follow from the group's decision; with an answer, carry it out or leave it."""
    id, _, said = action.arg.partition(":")
    record = required(await ctx.work.runs.lookup(int(id)))
    found = required(await _follows(ctx, actor.group, record))
    demand(record.group_id == actor.group.id)
    if said == NO or not found.alters:
        await open_items.reconcile(ctx, actor.group, f"shape:{record.id}", {})
        name = "calendar.left" if said == NO else "calendar.same"
        await ctx.reply(actor, name)
        return
    if said == YES:
        await _apply(ctx, actor, record, found)
        return
    told_in_private(ctx, actor)
    yes = ctx.key("calendar.shape_do", "shape", actor.group.id, f"{id}:{YES}")
    no = ctx.key("calendar.shape_not", "shape", actor.group.id, f"{id}:{NO}")
    facts = {**lifecycle.changes(ctx, found), "unread": await _unread(ctx, record)}
    edit = None if actor.in_group else ctx.tapped
    await ctx.tell(actor, "calendar.preview", facts, [[yes], [no]], edit=edit, context=context_of(yes, no))


async def _apply(ctx: Context, actor: Actor, record: Record, found: CalendarChange) -> None:
    run = runner.load(ctx, record)
    group, shaping, values = actor.group, run.exercise.calendar, await runner.values_of_group(ctx, run)
    assert shaping is not None  # something follows
    times = group.settings.times
    if shaping.step is not None:
        spread = {*times.spread} - {shaping.step} | ({shaping.step} if _spread(shaping, values) else set())
        times = replace(times, spread=tuple(sorted(spread)))
    if shaping.meetings:
        times = replace(times, rhythm=tuple(_counts(shaping, values)))
    group = await ctx.work.groups.settle(group, times)
    await lifecycle.keep(ctx, group, [*found.added, *(now for _, now in found.changes)], found.removed)
    await open_items.reconcile(ctx, group, f"shape:{record.id}", {})
    facts = lifecycle.changes(ctx, found)
    keys = [[ctx.key("calendar.file", "ics", group.id)]]
    await ctx.reply(actor, "calendar.done", facts, keys)
    await ctx.to_group(group, "calendar.moved", {**facts, "by": actor.member.name})


# -- what follows from the answers -------------------------------------------------------------------------------------
async def _follows(ctx: Context, group: Group, record: Record) -> CalendarChange | None:
    """Return the changed calendar; None for an exercise without influence on it, or not concluded."""
    run = runner.load(ctx, record)
    shaping = run.exercise.calendar
    if shaping is None or run.phase is not Phase.CONCLUDED or (shaping.step is None and not shaping.meetings):
        return None
    rounds = await ctx.work.runs.of_exercise(group.id, record.exercise)
    if record.id != max(r.id for r in rounds if r.phase == Phase.CONCLUDED):
        return None  # decided anew since
    values = await runner.values_of_group(ctx, run)
    if any(values.get(name) is None for name in shaping.meetings):
        return None  # concluded without the figures that the calendar would follow
    laid, today = await lifecycle.planned(ctx, group), ctx.today
    if shaping.step is not None:
        days = ctx.dates.read_days(values.get(shaping.days) or "", today)
        form = StepForm(_spread(shaping, values), days, _day(values.get(shaping.until)))
        return reshape_step(laid, ctx.services.process.step(shaping.step), is_avoided, today=today, wanted=form)
    review = _day(values.get(shaping.review))
    wanted = Rhythm(_counts(shaping, values), review if review and review >= today else None)
    decided = record.changed_at.astimezone(ctx.services.zone).date()
    begins = decided if group.settings.times.rhythm is None else None
    return reshape_rhythm(laid, is_avoided, today=today, wanted=wanted, begins=begins)


def _spread(shaping: Shaping, values: Values) -> bool:
    return bool(shaping.spread) and all(values.get(name) in options for name, options in shaping.spread)


def _counts(shaping: Shaping, values: Values) -> list[int]:
    return [int(number(values[name])) for name in shaping.meetings]


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


async def _unread(ctx: Context, record: Record) -> bool:
    """True if days were written, but none that can be put into a calendar."""
    run = runner.load(ctx, record)
    shaping = run.exercise.calendar
    written = (await runner.values_of_group(ctx, run)).get(shaping.days) if shaping else None
    return written is not None and not ctx.dates.read_days(written, ctx.today)


async def waiting(ctx: Context, actor: Actor) -> list[Record]:
    """Return the decisions that the coordinator has not answered yet."""
    found = []
    for open_item in await ctx.work.open_items.of_member(actor.member.id):
        if open_item.kind == SHAPE and open_item.state != "closed":
            record = await ctx.work.runs.get(int(open_item.ref.partition(":")[2]))
            follows = await _follows(ctx, actor.group, record)
            found += [record] if follows is not None and follows.alters else []
    return found


ROUTES: Routes = (*buttons(Rank.COORDINATOR, About.GROUP, shape=show),)
