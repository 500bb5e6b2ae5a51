"""What makes an incident urgent, how people are told of that, and when it is looked at whether it has been read."""

from datetime import date, datetime, time, timedelta

from bot.context.context import Context
from bot.context.message import Key
from bot.reminders import next_message
from bot.reminders.holidays import is_holiday
from flows.enums import ExerciseRole, Field, Mark
from flows.timing.pacing import LATEST, USUAL, WORKDAYS, at_wall
from storage.json_records import JsonObject
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Incident

SOON = 2  # looks that come an hour apart; then it is looked each morning, and after a while each week
LATELY = timedelta(days=14)
# In which hours somebody reads what is urgent, as the town says: on working days by day, also at weekends, or always.
HOURS = WEEKDAYS, DAILY, ALWAYS = "weekdays", "daily", "always"
HALF, HOUR, DAY, WEEK = timedelta(minutes=30), timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def presses(ctx: Context, values: JsonObject) -> set[Field]:
    """Return what makes an incident urgent: somebody is in danger now, or a child may be exposed."""
    asked = ctx.services.process.with_role(ExerciseRole.INCIDENT)
    return {name for name in (Field.DANGER, Field.MINORS) if asked.field(name).says(values.get(name), Mark.YES)}


def is_urgent(ctx: Context, incident: Incident) -> bool:
    """True if somebody is in danger now, or a child may be exposed."""
    return bool(presses(ctx, incident.values))


def _is_working(day: date) -> bool:
    return day.weekday() in WORKDAYS and not is_holiday(day)


def _is_open(hours: str, at: datetime) -> bool:
    """True if somebody reads then: by day, or whenever it is."""
    by_day = USUAL <= at.time() < LATEST and (hours == DAILY or _is_working(at.date()))
    return hours == ALWAYS or by_day


def reads_from(ctx: Context, group: Group) -> datetime | None:
    """Return when somebody reads next, in the town's own time; None if somebody does now.

    Where the town has said nothing, that is not before a working day's morning.
    """
    hours, now = group.settings.reading or WEEKDAYS, ctx.now.astimezone(ctx.services.zone)
    if _is_open(hours, now):
        return None
    opens = now.replace(hour=USUAL.hour, minute=0, second=0, microsecond=0)
    while opens <= now or not _is_open(hours, opens):
        opens += DAY
    return opens


def next_look(ctx: Context, group: Group, looked: int, logged_on: date) -> datetime:
    """Return when to look next whether an incident has been read, after so many looks; urgent or not.

    The first come at a full hour, half an hour to an hour and a half on: the file must tell neither which is urgent
    nor, by the minute, when somebody logged it. They come in the hours in which the town has said that somebody reads;
    where it has said nothing, by day, weekends too.
    """
    hours = group.settings.reading or DAILY
    hour = ctx.now.astimezone(ctx.services.zone) + HALF
    if hour.time() != time(hour.hour):
        hour += HOUR
    at = time(hour.hour)
    by_day = at <= LATEST and hour.date() == ctx.today and (hours != WEEKDAYS or _is_working(ctx.today))
    if looked < SOON and (by_day or hours == ALWAYS):
        return at_wall(hour.date(), at if hours == ALWAYS else max(at, USUAL), ctx.services.zone)
    day = ctx.today + (DAY if looked < SOON or ctx.today - logged_on < LATELY else WEEK)
    while hours == WEEKDAYS and not _is_working(day):
        day += DAY
    return at_wall(day, USUAL, ctx.services.zone)


async def press(ctx: Context, group: Group, person_id: int, key: Key, *, stands_in: bool = False) -> bool:
    """Say that something is urgent, and can be opened, or (`stands_in`) that somebody is needed who takes it on.

    Returns False for somebody who does not want messages from the bot.
    """
    if not await next_message.hears(ctx, person_id):
        return False
    facts = {"town": await ctx.town_for(person_id, group), "stands_in": stands_in}
    once = MessageContext(once=True)
    await ctx.to_person(person_id, "something_presses", facts, [[key]], about=group.id, context=once)
    await next_message.spoken(ctx, person_id)
    return True
