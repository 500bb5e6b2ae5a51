"""Retention: rules on how long data is kept; coordinators are warned, can put off a removal with a reason.

A group may shorten or lengthen each time. The coordinators are told once a quarter at most, a month ahead, of all that
goes in the next four months. Removed data leaves the database at
once (`secure_delete`, and the write-ahead log is emptied) and the backups as those are replaced. The statistics stay.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.context.context import Context
from bot.exercises import runner
from bot.exercises.run_json import to_json
from bot.features.incidents.unread import morning
from bot.reminders.kinds import KEEPING
from bot.reminders.open_items import coordinators, reconcile
from flows.dates.months import add_months
from flows.definitions.model import Exercise, Process
from flows.enums import Field
from flows.run.state import Run, Visit
from messages.voice import TemplateFacts
from storage.records.group_settings import PutOff
from storage.records.records import Group
from storage.records.schedule import RETENTION, Due

KIND = RETENTION  # one row of the schedule a day for each group
WARNING = timedelta(days=30)
QUARTER = timedelta(days=90)  # the least time between two warnings: each tells of what goes until the next could come
AHEAD = QUARTER + WARNING
UNDOABLE = timedelta(days=30)  # how long what somebody has taken off a list that names people can be put back
PUT_OFF = 3  # months, each time
CHOICES = (3, 6, 12, 24, 36)  # months offered
FIGURES = (Field.WHEN, Field.KIND, Field.AREA, Field.KNOWN, Field.EXPOSED, Field.MINORS)  # what the statistics need


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: how many months something is kept, and how to count and remove what is older than a day."""

    months: int
    count: Callable[[Context, Group, date], Awaitable[int]]
    remove: Callable[[Context, Group, date], Awaitable[int]]


async def _count_incidents(ctx: Context, group: Group, before: date) -> int:
    return await ctx.work.incidents.count_older(group.id, before)


async def _thin_incidents(ctx: Context, group: Group, before: date) -> int:
    return await ctx.work.incidents.thin(group.id, before, FIGURES)


def _removed(name: str, months: int) -> Rule:
    async def count(ctx: Context, group: Group, before: date) -> int:
        return await ctx.work.retention.count_rows(group.id, (name,), before)

    async def remove(ctx: Context, group: Group, before: date) -> int:
        return await ctx.work.retention.remove_rows(group.id, (name,), before)

    return Rule(months, count, remove)


def _thinned(name: str, months: int, lasting: Sequence[str]) -> Rule:
    """Make a rule that reduces old rows to their lasting values, so that they can still be counted."""

    async def old(ctx: Context, group: Group, before: date) -> list[int]:
        rows = await ctx.work.rows.all(group.id, name)
        zone = ctx.services.zone
        return [r.id for r in rows if r.changed_at.astimezone(zone).date() < before and set(r.values) - set(lasting)]

    async def count(ctx: Context, group: Group, before: date) -> int:
        return len(await old(ctx, group, before))

    async def remove(ctx: Context, group: Group, before: date) -> int:
        found = await old(ctx, group, before)
        for row in found:
            await ctx.work.rows.thin(row, lasting)
        return len(found)

    return Rule(months, count, remove)


def _of_register(exercise: Exercise) -> Rule:
    register = exercise.register
    assert register is not None
    if register.lasting:
        return _thinned(exercise.id, register.months, register.lasting)
    return _removed(exercise.id, register.months)


async def _drafts(ctx: Context, group: Group, before: date) -> list[tuple[int, Run]]:
    """Return the runs that nobody has touched since the day and in which somebody has left a draft of a row."""
    found = []
    for record in await ctx.work.runs.all_of(group.id):
        run = runner.load(ctx, record)
        old = record.changed_at.astimezone(ctx.services.zone).date() < before
        if old and any(visit.draft for visit in run.visits.values()):
            found.append((record.id, run))
    return found


async def _count_drafts(ctx: Context, group: Group, before: date) -> int:
    return len(await _drafts(ctx, group, before))


async def _drop_drafts(ctx: Context, group: Group, before: date) -> int:
    found = await _drafts(ctx, group, before)
    for id, run in found:
        visits = {member: Visit(ask=visit.ask + 1) if visit.draft else visit for member, visit in run.visits.items()}
        await ctx.work.runs.update(id, state=to_json(replace(run, visits=visits)))
    return len(found)


def _of(what: str, months: int) -> Rule:
    async def count(ctx: Context, group: Group, before: date) -> int:
        return await ctx.work.retention.count(what, group.id, before)

    async def remove(ctx: Context, group: Group, before: date) -> int:
        return await ctx.work.retention.remove(what, group.id, before)

    return Rule(months, count, remove)


# The defaults, besides those of registers. RECORD-OF-PROCESSING.md gives the reasons.
ALWAYS: Mapping[str, Rule] = {
    "incidents": Rule(24, _count_incidents, _thin_incidents),
    "check_ins": _of("check_ins", 12),
    "access_log": _of("access_log", 36),
    "drafts": Rule(3, _count_drafts, _drop_drafts),
}


def registers(process: Process) -> dict[str, Rule]:
    """Return a rule for each register whose definition says how long its rows are kept, in the order of the process."""
    found = (exercise for exercise in process.exercises.values() if exercise.register and exercise.register.months)
    return {exercise.id: _of_register(exercise) for exercise in found}


def rules(ctx: Context) -> dict[str, Rule]:
    """Return all rules, by the name of the data."""
    return {**ALWAYS, **registers(ctx.services.process)}


def called(ctx: Context, name: str) -> str:
    """Return a rule's name for people."""
    return ctx.services.voice.label(f"keeping.{name}") if name in ALWAYS else ctx.services.voice.exercise(name)["kept"]


def months(group: Group, name: str, rule: Rule) -> int:
    """Return for how many months the group keeps this."""
    return group.settings.keeping.months.get(name, rule.months)


def held(group: Group, name: str) -> PutOff | None:
    """Return until when this removal has been put off, why and by whom; None if it has not."""
    return group.settings.keeping.put_off.get(name)


async def schedule(ctx: Context, group: Group) -> None:
    """Schedule the next look for tomorrow morning."""
    await ctx.work.schedule.put(KIND, morning(ctx, timedelta(days=1)), group_id=group.id, ref=f"group:{group.id}")


async def fire(ctx: Context, group: Group, _due: Due) -> None:
    """Do the day's look: remove what is too old, and warn of what will be in a month, if that was not told lately."""
    await schedule(ctx, group)
    lists = registers(ctx.services.process)
    for name, rule in rules(ctx).items():
        limit = add_months(ctx.today, -months(group, name, rule))
        hold = held(group, name)
        if hold is None or hold.until <= ctx.today:
            await rule.remove(ctx, group, limit)
            if name in lists:
                await ctx.work.retention.remove_taken_off(group.id, (name,), ctx.today - UNDOABLE)
    told = group.settings.keeping.told
    if (told is None or told <= ctx.today - QUARTER) and await removes_soon(ctx, group):
        await ctx.work.groups.settle(group, replace(group.settings.keeping, told=ctx.today))
        await _warn(ctx, group)


async def _warn(ctx: Context, group: Group) -> None:
    """Add a line about it to the coordinators' next daily message."""
    wanted = {(KEEPING, member.id): ctx.today for member in await coordinators(ctx, group)}
    await reconcile(ctx, group, f"keeping:{group.id}", wanted)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A rule in a group: its months, how many records go within the time asked for, and whether that is put off."""

    name: str
    what: str
    months: int
    coming: int
    held: PutOff | None

    @property
    def facts(self) -> TemplateFacts:
        """Return the facts of the page about one rule."""
        until, reason = (self.held.until, self.held.reason) if self.held else (None, None)
        return {"what": self.what, "months": self.months, "coming": self.coming, "until": until, "reason": reason}


async def upcoming(ctx: Context, group: Group, within: timedelta = AHEAD) -> list[Upcoming]:
    """Return every rule as the coordinator sees it, with what goes within this time."""
    found = []
    for name, rule in rules(ctx).items():
        limit = add_months(ctx.today, -months(group, name, rule)) + within
        hold = held(group, name)
        coming = await rule.count(ctx, group, limit)
        found.append(Upcoming(name, called(ctx, name), months(group, name, rule), coming, hold))
    return found


async def removes_soon(ctx: Context, group: Group) -> bool:
    """True if something is removed within a month, and that is not put off for longer."""
    later, found = ctx.today + WARNING, await upcoming(ctx, group, WARNING)
    return any(one.coming and (one.held is None or one.held.until < later) for one in found)
