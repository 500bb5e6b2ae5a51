"""Those who read incidents: told that something waits, never what; the coordinators, when it has waited too long.

It comes in each one's message of the day. Only where somebody is in danger now are the readers told at once.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from bot.context.context import Context
from bot.reminders import next_message, open_items
from bot.reminders.holidays import is_holiday
from bot.reminders.kinds import CONTACT, OUTCOME, UNREAD, WAITS
from flows.model import ExerciseRole, Field, Mark
from flows.pacing import MOST, at_wall
from storage.message_notes import MessageContext
from storage.records import Due, Group, Incident, Member

FOLLOW = "follow"  # with UNREAD the kinds of the agenda's rows; what they refer to is the incident
UNREAD_AFTER = timedelta(days=3)
CONTACT_WITHIN = timedelta(days=3)
TOLD_AGAIN = timedelta(days=28)  # at the earliest, of what nothing has come of: of more than one at once
FOLLOW_AFTER = timedelta(days=14)  # and then each time twice as long, as often as anything is reminded of
MORNING = time(9)


async def readers(ctx: Context, group: Group) -> list[Member]:
    """The members whom the group has named to read incidents, as far as they still are here."""
    named = group.settings.readers
    return [m for m in await ctx.work.members.active(group.id) if m.id in named]


async def tell_readers(ctx: Context, group: Group, incident: Incident) -> None:
    """Something has come. It is not told in the group.

    A reader who has logged it hears of it like the others: that one of them did not would tell who it was.
    """
    named = await readers(ctx, group)
    await _tell(ctx, named, WAITS, incident.id)
    danger = ctx.services.process.with_role(ExerciseRole.INCIDENT).field(Field.DANGER)
    at_once = danger.says(incident.values.get(Field.DANGER), Mark.YES)
    for open_item in await ctx.work.open_items.about(group.id, _ref(incident.id)):
        if at_once and await _tell_now(ctx, group, open_item.person_id, incident):
            await ctx.work.open_items.update(open_item.id, state="told")
            await next_message.schedule_next(ctx, open_item.person_id)
    await watch(ctx, group, incident.id)


async def watch(ctx: Context, group: Group, incident_id: int) -> None:
    """Look after some days whether somebody has read it, and whether anything has come of it."""
    for kind, after in ((UNREAD, UNREAD_AFTER), (FOLLOW, FOLLOW_AFTER)):
        await ctx.work.schedule.put(kind, morning(ctx, after), group_id=group.id, ref=_ref(incident_id), visit=1)


async def fire(ctx: Context, group: Group, due: Due) -> None:
    """An incident has waited: unread for days, or without anything having come of it."""
    incident = await ctx.work.incidents.lookup(int(due.ref.partition(":")[2]))
    if incident is None or incident.state != "open":
        return
    seen = await ctx.work.access_log.was_opened(group.id, incident.id)
    if due.kind == UNREAD and not seen:
        await _tell(ctx, await open_items.coordinators(ctx, group), UNREAD, incident.id)
    elif due.kind == FOLLOW and not await ctx.work.incidents.has_outcome(incident.id):
        if due.visit > MOST:
            await _tell(ctx, await open_items.coordinators(ctx, group), UNREAD, incident.id)
            return
        await _tell(ctx, await readers(ctx, group), OUTCOME, incident.id)
        later = morning(ctx, FOLLOW_AFTER * 2**due.visit)
        await ctx.work.schedule.put(FOLLOW, later, group_id=group.id, ref=due.ref, visit=due.visit + 1)


async def opened(ctx: Context, group: Group, incident: Incident, by: Member, *, wants: bool) -> None:
    """Someone has read it: it waits for them no more, and for the coordinators not either.

    Where whoever logged it `wants` to be contacted and nobody has been in touch yet, the reader is reminded of it.
    """
    if wants and incident.state == "open":
        due = ctx.today + CONTACT_WITHIN
        about = await ctx.work.open_items.about(group.id, _contact(incident.id))
        if by.id not in {open_item.member_id for open_item in about}:
            await ctx.work.open_items.put(by, CONTACT, _contact(incident.id), due, ctx.today)
            await next_message.schedule_next(ctx, by.person_id)
    for open_item in await ctx.work.open_items.about(group.id, _ref(incident.id)):
        if open_item.state == "open" and (open_item.kind == UNREAD or open_item.member_id == by.id):
            await ctx.work.open_items.update(open_item.id, state="told")
            await next_message.schedule_next(ctx, open_item.person_id)


async def contacted(ctx: Context, group: Group, incident_id: int) -> None:
    """Somebody has been in touch with whoever logged it: that is enough for all who read it."""
    await open_items.reconcile(ctx, group, _contact(incident_id), {})


async def withdrawn(ctx: Context, group: Group, incident_id: int) -> None:
    """It was taken back: nothing waits any more."""
    await contacted(ctx, group, incident_id)
    await open_items.reconcile(ctx, group, _ref(incident_id), {})
    for kind in (UNREAD, FOLLOW):
        await ctx.work.schedule.cancel(kind=kind, ref=_ref(incident_id))


def morning(ctx: Context, after: timedelta) -> datetime:
    """Nine in the morning of the first working day so many days from now."""
    day = ctx.today + after
    while day.weekday() > 4 or is_holiday(day):
        day += timedelta(days=1)
    return at_wall(day, MORNING, ctx.services.zone)


async def _tell(ctx: Context, members: Iterable[Member], kind: str, incident_id: int) -> None:
    """Let it stand in their next message of the day, as one sentence that tells nothing to whoever sees the phone."""
    for member in members:
        due = ctx.today
        if kind == OUTCOME:
            told = [
                one.last for one in await ctx.work.open_items.of_member(member.id) if one.kind == OUTCOME and one.last
            ]
            due = max([due, *(day + TOLD_AGAIN for day in told)])
        await ctx.work.open_items.put(member, kind, _ref(incident_id), due, ctx.today)
        await next_message.schedule_next(ctx, member.person_id)


async def _tell_now(ctx: Context, group: Group, person_id: int, incident: Incident) -> bool:
    """That something presses, now. False for someone who does not want to hear from the bot."""
    if not await next_message.hears(ctx, person_id):
        return False
    keys = [[ctx.key("open_it", "openinc", group.id, str(incident.id))]]
    await ctx.to_person(person_id, "something_presses", {}, keys, about=group.id, context=MessageContext(once=True))
    await next_message.spoken(ctx, person_id)
    return True


def _contact(incident_id: int) -> str:
    return f"contact:{incident_id}"


def _ref(incident_id: int) -> str:
    return f"incident:{incident_id}"
