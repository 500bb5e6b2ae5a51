"""The calendar file, as another program's library (vobject) reads it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.calendar import calendar_file
from flows.timing.calendar import Meeting, MeetingKind

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
HEAD = calendar_file.Head("Exempelstad", "abc", STOCKHOLM, NOW)
SPRING = Meeting(MeetingKind.SESSION, 2, 1, 2, date(2027, 3, 29), time(13), 90, sequence=2)
WINTER = Meeting(MeetingKind.NETWORK, 1, 3, 6, date(2027, 12, 6), time(9), 120)


def read(*entries: calendar_file.CalendarEntry) -> Any:
    """The file of these entries, read by the other library."""
    written = calendar_file.write(HEAD, entries)
    return vobject.readOne(written.decode())


def test_another_library_reads_the_same_meetings() -> None:
    """Name, time and length come through; summer and winter time are told apart by the file's own zone rules."""
    read_back = read(
        calendar_file.CalendarEntry(SPRING, "Stad för stad: steg 2, möte 1"),
        calendar_file.CalendarEntry(WINTER, "Nätverksträff; nr 3, höst"),
    )
    first, second = read_back.vevent_list
    assert [e.summary.value for e in (first, second)] == ["Stad för stad: steg 2, möte 1", "Nätverksträff; nr 3, höst"]
    assert first.dtstart.value.astimezone(UTC) == datetime(2027, 3, 29, 11, 0, tzinfo=UTC)
    assert second.dtstart.value.astimezone(UTC) == datetime(2027, 12, 6, 8, 0, tzinfo=UTC)
    assert first.dtend.value - first.dtstart.value == timedelta(minutes=90)
    assert first.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == [read_back.vtimezone.tzid.value] == ["Europe/Stockholm"]
    assert read_back.method.value == "PUBLISH"


def test_a_moved_meeting_is_the_same_meeting() -> None:
    """After a move the UID is as before and the SEQUENCE higher, so Outlook moves the entry rather than adding one."""
    before = read(calendar_file.CalendarEntry(SPRING, "")).vevent
    moved = Meeting(MeetingKind.SESSION, 2, 1, 2, date(2027, 4, 12), time(10), 90, sequence=3)
    after = read(calendar_file.CalendarEntry(moved, "")).vevent
    assert before.uid.value == after.uid.value
    assert int(before.sequence.value) < int(after.sequence.value)


def test_each_meeting_of_each_group_is_its_own() -> None:
    """No two meetings share a UID, and neither do the same meetings of two groups."""
    (one,), (other,) = ([calendar_file.CalendarEntry(m, "")] for m in (SPRING, WINTER))
    assert read(one).vevent.uid.value != read(other).vevent.uid.value
    elsewhere = vobject.readOne(calendar_file.write(replace(HEAD, owner="xyz"), [one]).decode())
    assert read(one).vevent.uid.value != elsewhere.vevent.uid.value


def test_a_cancelled_meeting_is_struck_out() -> None:
    """What is not held any more is told as cancelled, as programs do not remove what is merely missing."""
    assert read(calendar_file.CalendarEntry(SPRING, "", cancelled=True)).vevent.status.value == "CANCELLED"


def test_lines_are_as_the_standard_wants_them() -> None:
    """CRLF, and no line longer than 75 bytes, also with å, ä and ö."""
    long = calendar_file.write(replace(HEAD, name="Ö"), [calendar_file.CalendarEntry(SPRING, "Räksmörgås " * 20)])
    lines = long.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in b"".join(lines)


@settings(max_examples=50, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2040, 12, 31)), st.times(time(4), time(23)), st.text(max_size=30))
def test_any_meeting_comes_through(day: date, at: time, summary: str) -> None:
    """Every day until 2040, clock changes too, at any hour that there is: what goes in is what comes out."""
    meeting = Meeting(MeetingKind.REVIEW, 1, 1, 1, day, at.replace(second=0, microsecond=0), 120)
    event = read(calendar_file.CalendarEntry(meeting, "x" + "".join(c for c in summary if c.isprintable()))).vevent
    expected = datetime.combine(day, meeting.at, tzinfo=STOCKHOLM)
    assert event.dtstart.value.astimezone(UTC) == expected.astimezone(UTC)
