"""Schedules each person's next message: one a day, over all groups and all open items.

The schedule has one row for each person. It is computed again whenever their open items change, and once more when it
is due; so nothing is planned that the database does not imply.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.context.context import Context
from bot.context.permissions import asked_anew
from bot.reminders.holidays import is_holiday
from bot.reminders.kinds import (
    ALIKE,
    BOOKED,
    CHECK_IN,
    CHECK_IN_MARGIN,
    FEWER,
    MANNER,
    PATIENCE,
    PENDING,
    RENEW,
    RESTING,
    TASK,
)
from flows.timing import pacing
from flows.timing.pacing import Hours
from storage.records.notification_preferences import NotificationPreference
from storage.records.open_items import OpenItem
from storage.records.records import Member, Person

DAY = "day"  # the kind of rows in the schedule
PAST_ABSENCES = timedelta(400)  # how far back absences count when the person's own days are


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """A person's next message: the day, its open items, and those handed to the coordinator that day."""

    day: date
    open_items: list[OpenItem]
    handed: list[OpenItem]


async def schedule_next(ctx: Context, person_id: int) -> None:
    """Schedule a person's next message, or none."""
    person, ref = await ctx.work.people.get(person_id), f"person:{person_id}"
    habit = await ctx.work.notification_preferences.of(person_id)
    found = await plan(ctx, person, habit)
    if found is None:
        await ctx.work.schedule.cancel(kind=DAY, ref=ref)
        return
    moment = pacing.at_wall(found.day, habit.at, ctx.services.zone)
    # Of all that falls on one moment, the nearest deadlines come first: a second later for each day there is left.
    nearest = min((m.due for m in found.open_items), default=found.day)
    moment += timedelta(seconds=min(max((nearest - found.day).days, 0), 59))
    await ctx.work.schedule.put(DAY, max(moment, ctx.now), ref=ref)


async def hears(ctx: Context, person_id: int) -> bool:
    """True if a person can and wants to be written to at all."""
    person = await ctx.work.people.get(person_id)
    return person.reach == "reachable" and not person.stopped


async def hearing(ctx: Context, members: Iterable[Member]) -> list[Member]:
    """Return those of these members who can and want to be written to at all."""
    return [member for member in members if await hears(ctx, member.person_id)]


async def spoken(ctx: Context, person_id: int) -> None:
    """Note that a person was written to unasked: no other such message today."""
    await ctx.work.notification_preferences.change(person_id, spoken=ctx.today)
    await schedule_next(ctx, person_id)


def by_daylight(ctx: Context) -> datetime:
    """Return now, if a group may be written to unasked; else the next working day's morning."""
    here = ctx.now.astimezone(ctx.services.zone)
    if (
        pacing.EARLIEST <= here.time() < pacing.LATEST
        and here.weekday() in pacing.WORKDAYS
        and not is_holiday(ctx.today)
    ):
        return ctx.now
    day = ctx.today if here.time() < pacing.EARLIEST else ctx.today + timedelta(1)
    while day.weekday() not in pacing.WORKDAYS or is_holiday(day):
        day += timedelta(1)
    return pacing.at_wall(day, pacing.USUAL, ctx.services.zone)


async def hours_of(ctx: Context, habit: NotificationPreference) -> Hours:
    """Return when a person may be written to."""
    absences = await ctx.work.absences.of_person(habit.person_id, ctx.today - PAST_ABSENCES)
    away = tuple((a.first, a.last) for a in absences)
    return Hours(habit.at, frozenset(map(int, habit.weekdays)), away)


async def plan(ctx: Context, person: Person, habit: NotificationPreference) -> PlannedMessage | None:
    """Return the next message, computed from the person's open items."""
    if not await hears(ctx, person.id):
        return None
    muted = habit.muted.split()
    open_items = {
        str(open_item.id): open_item
        for open_item in await ctx.work.open_items.of_person(person.id)
        if ALIKE.get(open_item.kind, open_item.kind) not in muted and await _is_spoken_of(ctx, open_item)
    }
    if not open_items:
        return None
    spoken = habit.spoken
    first = pacing.first_free_day(ctx.now.astimezone(ctx.services.zone), spoken)
    paced = [await _paced(ctx, open_item) for open_item in open_items.values()]
    message = pacing.next_message(paced, await hours_of(ctx, habit), is_holiday, first)
    if message is None:
        return None
    return PlannedMessage(
        message.day, [open_items[m.key] for m in message.open_items], [open_items[m.key] for m in message.handed]
    )


async def _is_spoken_of(ctx: Context, open_item: OpenItem) -> bool:
    """True if the bot and the member are in the group; before a new promise is accepted, only that counts."""
    if (await ctx.work.groups.get(open_item.group_id)).state != "active":
        return False
    member = await ctx.work.members.lookup(open_item.member_id)
    return open_item.kind in (RENEW, PENDING) or member is None or not asked_anew(member)


async def _paced(ctx: Context, open_item: OpenItem) -> pacing.DueItem:
    """Return an open item as `flows.timing.pacing` has it."""
    return pacing.DueItem(
        str(open_item.id),
        open_item.opened,
        open_item.due,
        MANNER[open_item.kind],
        open_item.sent,
        open_item.last,
        open_item.snoozed,
        most_of(open_item),
        _rests(open_item),
        await _patience(ctx, open_item),
    )


async def _patience(ctx: Context, open_item: OpenItem) -> timedelta:
    """Return how long an item may wait for a message that goes anyway; a check-in for most of its round."""
    if open_item.kind != CHECK_IN:
        return PATIENCE.get(open_item.kind, timedelta())
    check_in = await ctx.work.check_ins.get(int(open_item.ref.partition(":")[2]))
    return max(check_in.until - open_item.due - CHECK_IN_MARGIN, timedelta())


def most_of(open_item: OpenItem) -> int:
    """Return how many reminders of an item there are before the coordinator is told."""
    return FEWER.get(open_item.kind, pacing.MOST)


def _rests(open_item: OpenItem) -> bool:
    """True if an item rests in July: it was not begun then, and nobody has set a day in July for it."""
    if open_item.kind not in RESTING:
        return False
    in_july = open_item.opened.month == pacing.JULY or (open_item.kind == TASK and open_item.due.month == pacing.JULY)
    return not (open_item.kind in BOOKED and in_july)
