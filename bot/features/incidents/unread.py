"""Tells readers that an incident waits, never what it says; and the coordinators, if it has waited too long.

It comes in each one's daily message. Only if somebody is in danger now, or a child may be exposed, are the readers told
at once. While none of them reads it, it goes on: an hour later to whoever coordinates, then to the group, and to all of
them each morning until it is read. Who reads and is silent then is as good as not there (`pressing`).
"""

from collections.abc import Container, Iterable, Sequence
from datetime import date, datetime, timedelta

from bot.context.context import Actor, Context
from bot.context.events import CoordinatorsChanged, NobodyReads, ReporterWaits
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import is_reader
from bot.features.incidents import chat_cleanup, incident_readers
from bot.features.incidents.urgent import LATELY, SOON, is_urgent, next_look, press, presses
from bot.reminders import next_message, open_items
from bot.reminders.holidays import is_holiday
from bot.reminders.kinds import CONTACT, SINCE, UNREAD, WAITS
from flows.enums import Field
from flows.timing.pacing import MOST, USUAL, at_wall
from storage.records.open_items import OpenItem
from storage.records.records import Group, Incident, Member
from storage.records.schedule import Due

FOLLOW = "follow"  # with UNREAD the kinds of rows in the schedule, which refer to the incident
UNREAD_AFTER = timedelta(days=3)  # those whose turn it is not are told, and whoever coordinates
CONTACT_WITHIN = timedelta(days=3)
DAY_AFTER = timedelta(days=1)  # … and whoever wished it hears that nobody has, as with any wish
TOLD_AGAIN = LATELY  # at the earliest after another notice: so one tells of more incidents than one
FOLLOW_AFTER = timedelta(days=14)  # and then each time twice as long, as many times as any item is reminded of
CONTACTED = "contacted"  # the follow-up: the reporter wanted a call, and had it
COUNTED_FROM = 3  # incidents, from which on whoever coordinates is told how many: one alone would tell who


async def tell_readers(ctx: Context, group: Group, incident: Incident) -> None:
    """Tell the readers that an incident was logged; the group is not told.

    They take turns: one is told first, the others only if nobody has read it three days later. A reader who has logged
    it is told like the others, as leaving them out would give them away.
    """
    named = await incident_readers.of(ctx, group)
    first = _whose_turn(await incident_readers.able(ctx, group) or named, incident.id)
    await _tell(ctx, first, WAITS, incident.id)
    await _tell(ctx, [one for one in named if one not in first], WAITS, incident.id, on=ctx.today + UNREAD_AFTER)
    at_once = is_urgent(ctx, incident)
    for open_item in await ctx.work.open_items.about(group.id, _ref(incident.id)):
        if at_once and await _tell_now(ctx, group, open_item.person_id, incident):
            await ctx.work.open_items.update(open_item.id, state="told")
            await next_message.schedule_next(ctx, open_item.person_id)
    if not await listening(ctx, group):
        await _tell_of_nobody(ctx, group, incident, at_once=at_once)
    await watch(ctx, group, incident)


def _whose_turn(among: Sequence[Member], incident_id: int) -> Sequence[Member]:
    """Return whom an incident is told first, whatever it says: by its number, so that each has as many."""
    there = sorted(among, key=lambda member: member.id)
    return [there[incident_id % len(there)]] if there else []


async def _tell_of_nobody(ctx: Context, group: Group, incident: Incident, *, at_once: bool) -> None:
    """Tell whoever coordinates that nobody is there who reads, so that they can name somebody."""
    leading = await open_items.coordinators(ctx, group)
    await _tell(ctx, leading, UNREAD, incident.id)
    for member in leading if at_once else ():
        await press(ctx, group, member.person_id, ctx.key("open_it", "safety", group.id))
    away = await ctx.work.absences.away_on(ctx.today)
    if at_once and all(member.person_id in away for member in leading):
        ctx.events.append(NobodyReads(group.id))


async def pressing(ctx: Context, group: Group) -> bool:
    """True if something urgent is unread, and nobody is there who could read it, or all who are have been silent."""
    there = await incident_readers.able(ctx, group)
    for incident in await _unseen(ctx, group):
        if is_urgent(ctx, incident):
            look = await ctx.work.schedule.waiting(UNREAD, _ref(incident.id))
            if not there or (look is not None and look.visit > SOON):
                return True
    return False


async def listening(ctx: Context, group: Group) -> list[Member]:
    """Return those who read and are there to be told: nobody, while something urgent lies unread for too long."""
    return [] if await pressing(ctx, group) else await incident_readers.able(ctx, group)


async def _unseen(ctx: Context, group: Group) -> list[Incident]:
    """Return what nobody has read as it is now."""
    found = [await ctx.work.incidents.get(number) for number in await ctx.work.incidents.open_numbers(group.id)]
    return [incident for incident in found if not await is_read(ctx, group, incident.id)]


async def coordinators_changed(ctx: Context, group: Group, happened: CoordinatorsChanged) -> None:
    """Tell who coordinates now, a stand-in too, of what has waited too long or has nobody who reads it."""
    leading, read = await open_items.coordinators(ctx, group), bool(await listening(ctx, group))
    pressed = set[int]()
    for incident in await _unseen(ctx, group) if leading else ():
        if read and ctx.today - incident.logged_on < UNREAD_AFTER:
            continue
        new = await _untold(ctx, group, leading, incident.id)
        await _tell(ctx, new, UNREAD, incident.id)
        pressed |= {member.person_id for member in new if not read and is_urgent(ctx, incident)}
    for person_id in pressed:
        await press(ctx, group, person_id, ctx.key("open_it", "safety", group.id))


async def _untold(ctx: Context, group: Group, leading: Iterable[Member], incident_id: int) -> list[Member]:
    """Return those who coordinate and are not told yet that an incident waits."""
    told = {one.member_id for one in await ctx.work.open_items.unclosed(group.id, _ref(incident_id), UNREAD)}
    return [member for member in leading if member.id not in told]


async def is_read(ctx: Context, group: Group, incident_id: int) -> bool:
    """Return whether somebody has read an incident as it is now: what was corrected waits for all readers again."""
    waits = [one for one in await ctx.work.open_items.about(group.id, _ref(incident_id)) if one.kind == WAITS]
    again = bool(waits) and all(one.state != "closed" for one in waits)
    return not again and bool(await ctx.work.access_log.opened_by(group.id, incident_id))


async def watch(ctx: Context, group: Group, incident: Incident) -> None:
    """Schedule a look soon, has somebody read it; and one after weeks: is there a follow-up."""
    soon = next_look(ctx, group, 0, incident.logged_on)
    for kind, at in ((UNREAD, soon), (FOLLOW, morning(ctx, FOLLOW_AFTER))):
        await ctx.work.schedule.put(kind, at, group_id=group.id, ref=_ref(incident.id), visit=1)


async def fire(ctx: Context, group: Group, due: Due) -> None:
    """Handle an incident that has waited: unread, or without a follow-up."""
    incident = await ctx.work.incidents.lookup(int(due.ref.partition(":")[2]))
    if incident is None or incident.state != "open":
        return
    seen = await is_read(ctx, group, incident.id)
    if due.kind == UNREAD and not seen:
        await _chase(ctx, group, incident, due)
    elif due.kind == FOLLOW and not await ctx.work.incidents.has_outcome(incident.id):
        if due.visit > MOST:
            await _tell(ctx, await open_items.coordinators(ctx, group), UNREAD, incident.id)
            return
        await _tell(ctx, await incident_readers.of(ctx, group), SINCE if seen else WAITS, incident.id, again=True)
        later = morning(ctx, FOLLOW_AFTER * 2**due.visit)
        await ctx.work.schedule.put(FOLLOW, later, group_id=group.id, ref=due.ref, visit=due.visit + 1)


async def _chase(ctx: Context, group: Group, incident: Incident, due: Due) -> None:
    """Tell whoever coordinates of what has waited too long; what is urgent goes on to them soon, and then to the group.

    All who were told hear it again, as long as nobody has read it.
    """
    reading, leading = await incident_readers.able(ctx, group), await open_items.coordinators(ctx, group)
    urgent, heard = is_urgent(ctx, incident), bool(await listening(ctx, group))
    if urgent or ctx.today - incident.logged_on >= UNREAD_AFTER:
        await _tell(ctx, await _untold(ctx, group, leading, incident.id), UNREAD, incident.id)
    if urgent:
        for member in reading:
            await _tell_now(ctx, group, member.person_id, incident)
        for member in leading:
            if member not in reading:
                await press(ctx, group, member.person_id, ctx.key("open_it", "safety", group.id))
    later = next_look(ctx, group, due.visit, incident.logged_on)
    await ctx.work.schedule.put(UNREAD, later, group_id=group.id, ref=due.ref, visit=due.visit + 1)
    if urgent and (due.visit >= SOON or not heard):
        ctx.events.append(NobodyReads(group.id, again=due.visit > SOON))
        ctx.events.append(ReporterWaits(group.id, incident.id))


async def changed(ctx: Context, group: Group, before: Incident, after: Incident) -> None:
    """Let an incident wait to be read again that has become urgent, or whose reporter now wants to be contacted."""
    await struck(ctx, group, after)
    worse = presses(ctx, after.values) - presses(ctx, before.values)
    if worse or (after.values.get(Field.CONTACT) and not before.values.get(Field.CONTACT)):
        await tell_readers(ctx, group, after)


async def struck(ctx: Context, group: Group, incident: Incident) -> None:
    """Take what no longer stands in an incident from the readers' chats; nobody is reminded of a wish that is gone."""
    await chat_cleanup.put_away(ctx, group, incident)
    if not incident.values.get(Field.CONTACT):
        await contacted(ctx, group, incident.id)


async def opened(ctx: Context, group: Group, incident: Incident, by: Member, *, wants: bool) -> None:
    """Note that someone has read it: it no longer waits for them, nor for the coordinators.

    If the reporter `wants` to be contacted and nobody has been in touch yet, the reader is reminded of it.
    """
    if wants and incident.state == "open":
        due = ctx.today + CONTACT_WITHIN
        about = await ctx.work.open_items.unclosed(group.id, _contact(incident.id))
        if by.id not in {one.member_id for one in about}:
            await ctx.work.open_items.put(by, CONTACT, _contact(incident.id), due, ctx.today)
            await next_message.schedule_next(ctx, by.person_id)
    for open_item in await ctx.work.open_items.unclosed(group.id, _ref(incident.id), UNREAD, WAITS):
        if open_item.kind == UNREAD or open_item.member_id == by.id:
            await _close(ctx, open_item)


async def followed(ctx: Context, group: Group, incident_id: int, *, ended: bool) -> None:
    """Note that a follow-up was noted: nobody is asked any more whether anything has happened.

    `ended`: nor will they be in some weeks, as it has come to its end or nothing more is to be expected.
    """
    for open_item in await ctx.work.open_items.unclosed(group.id, _ref(incident_id), SINCE, UNREAD):
        await _close(ctx, open_item)
    if ended:
        await ctx.work.schedule.cancel(kind=FOLLOW, ref=_ref(incident_id))


async def _close(ctx: Context, open_item: OpenItem) -> None:
    await ctx.work.open_items.update(open_item.id, state="closed")
    await next_message.schedule_next(ctx, open_item.person_id)


async def waiting(ctx: Context, member: Member) -> dict[int, set[str]]:
    """Return what waits for a reader, by incident: to read (`WAITS`), to follow up, somebody to be in touch with."""
    found: dict[int, set[str]] = {}
    for one in await ctx.work.open_items.unclosed_of(member.id, WAITS, SINCE, CONTACT):
        found.setdefault(_number(one), set()).add(one.kind)
    incidents = {number: await ctx.work.incidents.lookup(number) for number in found}
    return {number: what for number, what in found.items() if (i := incidents[number]) and i.state == "open"}


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return what waits for somebody who reads incidents, as one thing with its numbers."""
    if not is_reader(actor.member, actor.group) or not (there := (await waiting(ctx, actor.member)).values()):
        return []
    counts = {kind: sum(kind in what for what in there) for kind in (WAITS, CONTACT, SINCE)}
    return [OpenThing(Kind.READING, counts, (ctx.key("read_incidents", "incs", actor.group.id),))]


async def overdue(ctx: Context, group: Group) -> tuple[int, int]:
    """Return how many incidents have waited too long: to be read at all, and for a follow-up."""
    told = [await ctx.work.incidents.lookup(number) for number in await _told_of(ctx, group)]
    there = [incident.id for incident in told if incident is not None and incident.state == "open"]
    seen = [number for number in there if await is_read(ctx, group, number)]
    return len(there) - len(seen), len(seen)


async def _told_of(ctx: Context, group: Group) -> set[int]:
    """Return the incidents of which whoever coordinates is told that they wait."""
    return {
        _number(one)
        for member in await open_items.coordinators(ctx, group)
        for one in await ctx.work.open_items.unclosed_of(member.id, UNREAD)
        if one.ref != incident_readers.NOBODY_READS
    }


async def remind(ctx: Context, group: Group) -> list[Member]:
    """Remind the readers, as a coordinator asks, in their next daily message."""
    told = await incident_readers.of(ctx, group)
    for number in await _told_of(ctx, group):
        seen = await is_read(ctx, group, number)
        await _tell(ctx, told, SINCE if seen else WAITS, number)
    return told


async def contacted(ctx: Context, group: Group, incident_id: int) -> None:
    """Close the item of all readers: one has contacted the reporter, or nobody is to."""
    await open_items.reconcile(ctx, group, _contact(incident_id), {})


async def read_by_others(ctx: Context, group: Group, *no_more: Member) -> None:
    """Remind nobody of incidents who reads them `no_more`, and take them from their chat; whoever reads hears of those
    that wait for a call, or are corrected and unread since. Where nobody reads, whoever coordinates hears of these."""
    reading, told = await incident_readers.of(ctx, group), await _told_of(ctx, group)
    for member in no_more:
        await chat_cleanup.take_all(ctx, group, member)
    for number in await ctx.work.incidents.open_numbers(group.id):
        incident, opened = await ctx.work.incidents.get(number), await ctx.work.access_log.opened_by(group.id, number)
        left = bool(reading) and number in told and {member.id for member in reading}.isdisjoint(opened)
        again = bool(opened) and (left or not await is_read(ctx, group, number))
        known = await _close_others(ctx, incident, reading, again=again)
        if again:
            await _wait_again(ctx, group, incident, reading, known)
        elif opened and CONTACT not in known:
            await _hand_on_call(ctx, incident, reading)


async def _wait_again(
    ctx: Context, group: Group, incident: Incident, reading: Sequence[Member], known: Container[str]
) -> None:
    """Let an incident that was read wait for those who read now, and for whoever coordinates where nobody does.

    `known`: the kinds of what waits for those who read.
    """
    if not reading:
        await _tell_of_nobody(ctx, group, incident, at_once=is_urgent(ctx, incident))
    elif WAITS not in known:
        await _tell(ctx, reading, WAITS, incident.id)


async def _close_others(ctx: Context, incident: Incident, reading: list[Member], *, again: bool) -> set[str]:
    """Close what waits for those who do not read an incident any more; return what waits for those who do."""
    named, kinds = {member.id for member in reading}, (WAITS, SINCE, CONTACT)
    refs = _ref(incident.id), _contact(incident.id)
    there = [one for ref in refs for one in await ctx.work.open_items.unclosed(incident.group_id, ref, *kinds)]
    for one in there:
        if one.member_id not in named:
            await _close(ctx, one)
            if again and one.kind == WAITS:  # left closed, it would say that it was read
                await ctx.work.open_items.remove(one.id)
    return {one.kind for one in there if one.member_id in named}


async def _hand_on_call(ctx: Context, incident: Incident, reading: list[Member]) -> None:
    """Let those who read an incident now contact its reporter, if that is wished and nobody has."""
    if incident.values.get(Field.CONTACT) and not await ctx.work.incidents.is_noted(incident.id, CONTACTED):
        for member in reading:
            await ctx.work.open_items.put(member, CONTACT, _contact(incident.id), ctx.today + CONTACT_WITHIN, ctx.today)
            await next_message.schedule_next(ctx, member.person_id)


async def gone(ctx: Context, group: Group, member: Member) -> None:
    """Close what reminds of contacting somebody who is to be erased: nobody is left to be in touch with."""
    for incident in await ctx.work.incidents.all_of(group.id):
        if (incident.values.get(Field.CONTACT) or {}).get("id") == member.id:
            await contacted(ctx, group, incident.id)
            await chat_cleanup.put_away(ctx, group, incident)


async def withdrawn(ctx: Context, group: Group, incident: Incident) -> None:
    """Close all items of an incident that was withdrawn, and let it leave the readers' chats."""
    await chat_cleanup.put_away(ctx, group, incident)
    await contacted(ctx, group, incident.id)
    await open_items.reconcile(ctx, group, _ref(incident.id), {})
    for kind in (UNREAD, FOLLOW):
        await ctx.work.schedule.cancel(kind=kind, ref=_ref(incident.id))


def morning(ctx: Context, after: timedelta) -> datetime:
    """Return nine in the morning of the first working day so many days from now."""
    day = ctx.today + after
    while day.weekday() > 4 or is_holiday(day):
        day += timedelta(days=1)
    return at_wall(day, USUAL, ctx.services.zone)


async def _tell(
    ctx: Context, members: Iterable[Member], kind: str, incident_id: int, *, on: date | None = None, again: bool = False
) -> None:
    """Open an item for their daily message, today's or that of another day; its sentence tells a bystander nothing."""
    for member in members:
        due = on or ctx.today
        if again:
            mine = await ctx.work.open_items.of_member(member.id)
            told = [one.last for one in mine if one.kind in (WAITS, SINCE) and one.last]
            due = max([due, *(day + TOLD_AGAIN for day in told)])
        await ctx.work.open_items.put(member, kind, _ref(incident_id), due, ctx.today)
        await next_message.schedule_next(ctx, member.person_id)


async def _tell_now(ctx: Context, group: Group, person_id: int, incident: Incident) -> bool:
    """Tell a reader at once that something is urgent. Returns False if they do not want messages from the bot."""
    return await press(ctx, group, person_id, ctx.key("open_it", "openinc", group.id, str(incident.id)))


def _number(open_item: OpenItem) -> int:
    """Return the incident that an item is about."""
    return int(open_item.ref.partition(":")[2])


def _contact(incident_id: int) -> str:
    return f"contact:{incident_id}"


def _ref(incident_id: int) -> str:
    return f"incident:{incident_id}"
