"""What makes an incident urgent, how people are told of that, and when it is looked at whether it has been read."""

from datetime import date, datetime, time, timedelta

from bot.context.context import Context
from bot.context.message import Key
from bot.reminders import next_message
from flows.enums import ExerciseRole, Field, Mark
from flows.timing.pacing import LATEST, USUAL, at_wall
from storage.json_records import JsonObject
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Incident

SOON = 2  # looks that come an hour apart; then it is looked each morning, and after a while each week
LATELY = timedelta(days=14)
HALF, HOUR, DAY, WEEK = timedelta(minutes=30), timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def presses(ctx: Context, values: JsonObject) -> set[Field]:
    """Return what makes an incident urgent: somebody is in danger now, or a child may be exposed."""
    asked = ctx.services.process.with_role(ExerciseRole.INCIDENT)
    return {name for name in (Field.DANGER, Field.MINORS) if asked.field(name).says(values.get(name), Mark.YES)}


def is_urgent(ctx: Context, incident: Incident) -> bool:
    """True if somebody is in danger now, or a child may be exposed."""
    return bool(presses(ctx, incident.values))


def is_day(ctx: Context) -> bool:
    """True in the hours in which an unread incident is passed on from one to the next, weekends too."""
    return USUAL <= ctx.now.astimezone(ctx.services.zone).time() < LATEST


def next_look(ctx: Context, looked: int, logged_on: date) -> datetime:
    """Return when to look next whether an incident has been read, after so many looks; urgent or not, weekends too.

    The first come by day at a full hour, half an hour to an hour and a half on: the file must tell neither which is
    urgent nor, by the minute, when somebody logged it.
    """
    hour = ctx.now.astimezone(ctx.services.zone) + HALF
    if hour.time() != time(hour.hour):
        hour += HOUR
    at = time(hour.hour)
    if looked < SOON and at <= LATEST and hour.date() == ctx.today:
        return at_wall(ctx.today, max(at, USUAL), ctx.services.zone)
    wait = DAY if looked < SOON or ctx.today - logged_on < LATELY else WEEK
    return at_wall(ctx.today + wait, USUAL, ctx.services.zone)


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
