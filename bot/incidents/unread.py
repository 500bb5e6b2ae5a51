"""Those who read incidents: told that something waits, never what; the coordinators, when it has waited too long."""

from datetime import datetime, time, timedelta

from bot.agenda.holidays import is_holiday
from bot.core.desk import Desk
from flows.pacing import at_wall
from storage.records import Due, Group, Incident, Member

UNREAD, FOLLOW = "unread", "follow"  # kinds of the agenda's rows; what they refer to is the incident
UNREAD_AFTER = timedelta(days=3)
FOLLOW_AFTER = timedelta(days=14)
MORNING = time(9)


async def readers(desk: Desk, group: Group) -> list[Member]:
    """The members whom the group has named to read incidents, as far as they still are here."""
    named = group.settings.get("readers", [])
    return [m for m in await desk.work.members.of_group(group.id) if m.id in named and m.state == "active"]


async def tell_readers(desk: Desk, group: Group, incident: Incident, *, but: Member | None = None) -> None:
    """Something has come. It is not told in the group."""
    for reader in await readers(desk, group):
        if but is None or reader.id != but.id:
            await _tell(desk, group, reader, incident)
    await desk.work.agenda.put(UNREAD, morning(desk, UNREAD_AFTER), group_id=group.id, ref=f"incident:{incident.id}")
    await desk.work.agenda.put(FOLLOW, morning(desk, FOLLOW_AFTER), group_id=group.id, ref=f"incident:{incident.id}")


async def fire(desk: Desk, group: Group, due: Due) -> None:
    """An incident has waited: unread for days, or without anything having come of it."""
    incident = await desk.work.incidents.lookup(int(due.ref.partition(":")[2]))
    if incident is None or incident.state != "open":
        return
    seen = await desk.work.access_log.was_opened(group.id, incident.id)
    if due.kind == UNREAD and not seen:
        for member in await desk.work.members.of_group(group.id):
            if member.coordinator and member.state == "active":
                await _tell(desk, group, member, incident, unread=True)
    elif due.kind == FOLLOW and not await desk.work.incidents.has_outcome(incident.id):
        for reader in await readers(desk, group):
            await _tell(desk, group, reader, incident)
        await desk.work.agenda.put(FOLLOW, morning(desk, FOLLOW_AFTER), group_id=group.id, ref=due.ref)


def morning(desk: Desk, after: timedelta) -> datetime:
    """Nine in the morning of the first working day so many days from now."""
    day = desk.today + after
    while day.weekday() > 4 or is_holiday(day):
        day += timedelta(days=1)
    return at_wall(day, MORNING, desk.house.zone)


async def _tell(desk: Desk, group: Group, member: Member, incident: Incident, *, unread: bool = False) -> None:
    """One sentence that says nothing to whoever else sees the phone."""
    person = await desk.work.people.get(member.person_id)
    if person.reach != "reachable" or person.stopped:
        return
    verb = ("safety", "") if unread else ("openinc", str(incident.id))
    keys = [[desk.key("open_it", verb[0], group.id, verb[1])]]
    slot = f"{'unread' if unread else 'incident'}:{incident.id}"
    await desk.to_person(person.id, "something_waits", {}, keys, about=group.id, slot=slot, context={"once": True})
