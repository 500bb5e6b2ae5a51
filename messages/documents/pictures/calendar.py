"""The calendar: the meetings of each step, and what comes after the last one, month by month."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flows.timing.calendar import Meeting, MeetingKind
from messages.documents.blocks import Figure
from messages.documents.facts import Facts

LETTERED = 600  # days of a calendar in which each month has room for its letter


def figure(facts: Facts) -> Figure | None:
    """A line for each step with a mark for each meeting, under the months."""
    meetings = sorted(facts.material.calendar, key=lambda meeting: (meeting.on, meeting.at))
    if not meetings:
        return None
    first, last = meetings[0].on.replace(day=1), _next_month(meetings[-1].on)
    length = (last - first).days

    def share(day: date) -> float:
        return (day - first).days / length

    rules = facts.voice.rules
    by_row = sorted(meetings, key=_row)
    rows: list[dict[str, Any]] = []
    for _, group in groupby(by_row, key=_row):
        together = list(group)
        begin, end = together[0].on, together[-1].on
        written = rules.short_day if begin.year == end.year else rules.long_date
        rows.append(
            {
                "name": _name(facts, together[0]),
                "marks": [share(meeting.on) for meeting in together],
                "when": " – ".join(written(day) for day in dict.fromkeys((begin, end))),
                "count": len(together),
            }
        )
    months, month = [], first
    named = range(1, 13) if length <= LETTERED else range(1, 13, 3)
    while month < last:
        letter = rules.months[month.month - 1][:1].upper() if month.month in named else ""
        months.append({"name": letter, "at": share(month), "year": month.year})
        month = _next_month(month)
    today = facts.material.today
    now, label = share(today) if first <= today <= last else None, facts.words("picture.calendar.today")
    return facts.drawn("calendar", {"rows": rows}, rows=rows, months=months, today=now, today_label=label)


def on_paper(facts: Facts) -> tuple[Figure, ...]:
    """The calendar without today's line: a page is dated by what it holds, and read on any day."""
    whole = figure(facts)
    return (replace(whole, data={**whole.data, "today": None}),) if whole else ()


def _row(meeting: Meeting) -> tuple[int, int]:
    """Steps in their order, then the network's meetings, those beside its rhythm too, then the yearly look."""
    kinds = list(MeetingKind)
    return kinds.index(_kind(meeting)), meeting.part if meeting.kind is MeetingKind.SESSION else 0


def _kind(meeting: Meeting) -> MeetingKind:
    return MeetingKind.NETWORK if meeting.kind is MeetingKind.EXTRA else meeting.kind


def _name(facts: Facts, meeting: Meeting) -> str:
    if meeting.kind is MeetingKind.SESSION:
        return f"{meeting.part}. {facts.voice.book('process')[f'step.{meeting.part}.title']}"
    return facts.words(f"picture.calendar.{_kind(meeting)}")


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
