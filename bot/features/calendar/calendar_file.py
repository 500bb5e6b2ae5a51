"""A group's meetings as a file for calendar programs (iCalendar, RFC 5545), by the `icalendar` library.

A meeting keeps its UID whenever it is held, and its SEQUENCE is raised with each change; so a newer file
moves what the calendar already has. Times are Swedish, and the file says when Sweden changes its clocks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from flows.timing.calendar import Meeting

PRODUCT = "-//Stad för stad-boten//SV"
DOMAIN = "stadsbot.invalid"  # a UID needs one that is nobody else's
SWEDEN = ZoneInfo("Europe/Stockholm")
UNKNOWN_LENGTH = timedelta(hours=2)  # so long a set day lasts in calendar programs
WINTER, SUMMER = timedelta(hours=1), timedelta(hours=2)  # from UTC


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A meeting and its name. `cancelled`: it is not held, and programs strike it out."""

    meeting: Meeting
    summary: str
    cancelled: bool = False
    about: str = ""  # what the meeting is for, and where it is changed
    place: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that the group has set. `id` stays the same when it is moved; `about`: its description."""

    on: date
    id: str
    summary: str
    about: str
    where: str = ""
    at: time | None = None  # where its hour is settled


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a file."""

    name: str  # the calendar's
    owner: str  # makes the UIDs unique to this group
    zone: ZoneInfo  # of the meetings' times
    now: datetime  # UTC


def write(head: Head, entries: Iterable[CalendarEntry], days: Iterable[Day] = ()) -> bytes:
    """Return the file."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", head.name)
    calendar.add_component(_clock_changes())
    for entry in entries:
        calendar.add_component(_event(head, entry))
    for day in days:
        calendar.add_component(_day(head, day))
    return bytes(calendar.to_ical())


def _clock_changes() -> Timezone:
    """Return the rule of clock changes (Directive 2000/84/EC): the last Sundays of March and October at 01:00 UTC.

    As a rule without an end: the library's own list of dates ends in 2037 and has the hour of spring wrong.
    """
    zone = Timezone()
    zone.add("tzid", SWEDEN.key)
    for season, month, hour, before, after in (
        (TimezoneDaylight(), 3, 2, WINTER, SUMMER),
        (TimezoneStandard(), 10, 3, SUMMER, WINTER),
    ):
        season.add("dtstart", datetime(1970, month, 29 if month == 3 else 25, hour))  # noqa: DTZ001 (wall time)
        season.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        season.add("tzoffsetfrom", before)
        season.add("tzoffsetto", after)
        zone.add_component(season)
    return zone


def _event(head: Head, entry: CalendarEntry) -> Event:
    meeting, event = entry.meeting, Event()
    begin = datetime.combine(meeting.on, meeting.at, tzinfo=head.zone).astimezone(SWEDEN)
    event.add("uid", f"{head.owner}-{meeting.id}@{DOMAIN}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", head.now)
    event.add("dtstart", begin)
    event.add("dtend", begin + timedelta(minutes=meeting.minutes))
    event.add("summary", entry.summary)
    if entry.place or entry.link:
        event.add("location", entry.place or entry.link)
    if told := "\n\n".join(filter(None, (entry.link, entry.about))):
        event.add("description", told)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    return event


def _day(head: Head, day: Day) -> Event:
    """Return an event of a whole day, or from its hour on.

    A later file is newer than an earlier one, so that a day that was moved moves there.
    """
    event = Event()
    event.add("uid", f"{head.owner}-{day.id}@{DOMAIN}")
    event.add("sequence", int(head.now.timestamp()) // 60)
    event.add("dtstamp", head.now)
    if day.at is None:
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))  # the day after the last one (RFC 5545, 3.6.1)
    else:
        begin = datetime.combine(day.on, day.at, tzinfo=head.zone).astimezone(SWEDEN)
        event.add("dtstart", begin)
        event.add("dtend", begin + UNKNOWN_LENGTH)
    event.add("summary", day.summary)
    event.add("description", day.about)
    if day.where:
        event.add("location", day.where)
    event.add("status", "CONFIRMED")
    return event
