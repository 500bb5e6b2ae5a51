"""When each person is spoken to next: one message a day, over all groups and all that is open to them.

The agenda holds one row for each person. It is worked out anew whenever what they have open changes, and once more when
it comes; so nothing is planned that the database does not imply.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.agenda.holidays import is_holiday
from bot.agenda.kinds import FEWER, MANNER
from bot.core.desk import Desk
from flows import pacing
from flows.pacing import Hours
from storage.records import Habit, Matter, Person

DAY = "day"  # the kind of the agenda's rows
PAST_ABSENCES = timedelta(400)  # how far back absences count when the person's own days are


@dataclass(frozen=True, slots=True)
class Plan:
    """A person's next message: the day, what it speaks of, and what is handed to the coordinator that day."""

    day: date
    matters: list[Matter]
    handed: list[Matter]


async def aim(desk: Desk, person_id: int) -> None:
    """Set the moment of a person's next message, or none."""
    person, ref = await desk.work.people.get(person_id), f"person:{person_id}"
    habit = await desk.work.habits.of(person_id)
    found = await plan(desk, person, habit)
    if found is None:
        await desk.work.agenda.cancel(kind=DAY, ref=ref)
        return
    moment = pacing.at_wall(found.day, time.fromisoformat(habit.at), desk.house.zone)
    # Of all that falls on one moment, the nearest deadlines come first: a second later for each day there is left.
    nearest = min((date.fromisoformat(m.due) for m in found.matters), default=found.day)
    moment += timedelta(seconds=min(max((nearest - found.day).days, 0), 59))
    await desk.work.agenda.put(DAY, max(moment, desk.now), ref=ref)


async def hears(desk: Desk, person_id: int) -> bool:
    """Whether a person can and wants to hear from the bot at all."""
    person = await desk.work.people.get(person_id)
    return person.reach == "reachable" and not person.stopped


async def spoken(desk: Desk, person_id: int) -> None:
    """A person was told something of the bot's own accord, at once: that is enough for today."""
    await desk.work.habits.change(person_id, spoken=desk.today.isoformat())
    await aim(desk, person_id)


def by_daylight(desk: Desk) -> datetime:
    """Now, if a group can be spoken to unasked; else the next working day's morning."""
    here = desk.now.astimezone(desk.house.zone)
    if (
        pacing.EARLIEST <= here.time() < pacing.LATEST
        and here.weekday() in pacing.WORKDAYS
        and not is_holiday(desk.today)
    ):
        return desk.now
    day = desk.today if here.time() < pacing.EARLIEST else desk.today + timedelta(1)
    while day.weekday() not in pacing.WORKDAYS or is_holiday(day):
        day += timedelta(1)
    return pacing.at_wall(day, pacing.USUAL, desk.house.zone)


async def hours_of(desk: Desk, habit: Habit) -> Hours:
    """When a person may be spoken to."""
    absences = await desk.work.absences.of_person(habit.person_id, desk.today - PAST_ABSENCES)
    away = tuple((date.fromisoformat(a.first), date.fromisoformat(a.last)) for a in absences)
    return Hours(time.fromisoformat(habit.at), frozenset(map(int, habit.weekdays)), away)


async def plan(desk: Desk, person: Person, habit: Habit) -> Plan | None:
    """The next message, worked out from what the person has open now."""
    if not await hears(desk, person.id):
        return None
    muted = habit.muted.split()
    matters = {
        str(matter.id): matter
        for matter in await desk.work.matters.of_person(person.id)
        if matter.kind not in muted and (await desk.work.groups.get(matter.group_id)).state == "active"
    }
    if not matters:
        return None
    spoken = date.fromisoformat(habit.spoken) if habit.spoken else None
    first = pacing.first_free_day(desk.now.astimezone(desk.house.zone), spoken)
    paced = [_paced(matter) for matter in matters.values()]
    message = pacing.next_message(paced, await hours_of(desk, habit), is_holiday, first)
    if message is None:
        return None
    return Plan(message.day, [matters[m.key] for m in message.matters], [matters[m.key] for m in message.handed])


def _paced(matter: Matter) -> pacing.Matter:
    """A matter as the rules of pacing know it."""
    return pacing.Matter(
        str(matter.id),
        date.fromisoformat(matter.opened),
        date.fromisoformat(matter.due),
        MANNER[matter.kind],
        matter.sent,
        date.fromisoformat(matter.last) if matter.last else None,
        date.fromisoformat(matter.snoozed) if matter.snoozed else None,
        FEWER.get(matter.kind, pacing.MOST),
    )
