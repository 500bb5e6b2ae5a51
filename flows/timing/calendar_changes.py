"""Change a group's calendar by what it decides: steps 6 and 7 as whole days or spread out, and the rhythm after.

As with a move nothing is refused; what is unwise is named, and what follows is shown before it is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flows.definitions.model import Step
from flows.timing.calendar import (
    RHYTHM,
    WITHIN_STEP,
    CalendarChange,
    Closed,
    Meeting,
    MeetingKind,
    Rhythm,
    When,
    begin_of,
    compare,
    follow,
    lay_out,
    ordered,
    rhythm,
    sessions_of,
)


@dataclass(frozen=True, slots=True)
class StepForm:
    """How a step is to be held: whole days or `spread` out.

    Several `days` are all of them; a single one is the first, and the others are proposed from there `until` the last
    day.
    """

    spread: bool
    days: Sequence[When] = ()
    until: date | None = None


def reshape_step(
    meetings: Sequence[Meeting], step: Step, closed: Closed, *, today: date, wanted: StepForm
) -> CalendarChange:
    """The meetings of a step in its other form, or in the same one on other days.

    What comes after the step follows along where it would begin too early. Meetings that have been held stay.
    """
    until, meetings = wanted.until, ordered(meetings)
    sooner, own, after, extra = ([m for m in meetings if _lies(m, step.number) == where] for where in range(4))
    coming = _since(own, today)
    held = own[: len(own) - len(coming)]
    form = list(sessions_of(step, today, spread=wanted.spread))
    days = sorted((d for d in wanted.days if d[0] >= today), key=lambda d: d[0])
    if len(days) > 1 and form:
        new = [replace(form[0], on=on, at=at or form[0].at) for on, at in days]
    elif not days and _same_form(own, form) and (until is None or own[-1].on <= until):
        new = coming
    else:
        earliest = max([today - timedelta(1), *(m.on for m in _since(sooner, today))]) + timedelta(1)
        new = _proposed(form[len(held) :], coming, replace(wanted, days=days), earliest, closed)
    of = len(held) + len(new)
    new = [replace(m, number=n, of=of) for n, m in enumerate(new, len(held) + 1)]
    if new and after and after[0].on <= new[-1].on:
        before = own[-1].on if own else after[0].on - timedelta(weeks=WITHIN_STEP)
        after = list(follow(after, new[-1].on - before, new[-1].on, closed))
    return compare(meetings, ordered([*sooner, *held, *new, *after, *extra]), closed, today=today)


def _since(meetings: Sequence[Meeting], day: date) -> list[Meeting]:
    return [meeting for meeting in meetings if meeting.on >= day]


def _days(meetings: Sequence[Meeting], kind: MeetingKind) -> list[date]:
    return [meeting.on for meeting in meetings if meeting.kind is kind]


def _lies(meeting: Meeting, step: int) -> int:
    """Return 0 for a meeting before a step, 1 for one of it, 2 for one after it, 3 for one beside all steps."""
    if meeting.kind is MeetingKind.SESSION:
        return 1 + (meeting.part > step) - (meeting.part < step)
    return 2 if meeting.kind in RHYTHM else 3


def _same_form(own: Sequence[Meeting], form: Sequence[Meeting]) -> bool:
    return bool(own) and [m.minutes for m in own] == [m.minutes for m in form]


def _proposed(
    form: Sequence[Meeting], coming: Sequence[Meeting], wanted: StepForm, earliest: date, closed: Closed
) -> list[Meeting]:
    """Lay these meetings evenly between the given day, or where the step begins now, and the last day."""
    if not form:
        return []
    days = wanted.days
    span = timedelta(weeks=WITHIN_STEP * max(len(form) - 1, 1))
    begin = days[0][0] if days else coming[0].on if coming else earliest + timedelta(weeks=WITHIN_STEP)
    end = wanted.until or max(begin + span, coming[-1].on if coming else begin)
    if end < begin and not days:
        begin = max(earliest, end - span)
    places = [n / max(len(form) - 1, 1) for n in range(len(form))]
    laid = list(lay_out(form, places, begin, end, closed))
    if days:  # a day that somebody wrote is kept, even a Saturday
        laid[0] = replace(laid[0], on=days[0][0], at=days[0][1] or laid[0].at)
    return laid


def reshape_rhythm(
    meetings: Sequence[Meeting],
    closed: Closed,
    *,
    today: date,
    wanted: Rhythm,
    begins: date | None = None,
) -> CalendarChange:
    """The years after the end as they are wanted, on the weekday that they have had.

    The first time that a group says so, on the day `begins`, its first year begins: when the steps end or, if that has
    been, that day. What has been held since stays; of later times, all that has been held.
    """
    others = [m for m in meetings if m.kind not in RHYTHM]
    after = [m for m in meetings if m.kind in RHYTHM]
    first = [m for m in after if m.part == 1]
    begin = begin_of(first) if first else max(_days(others, MeetingKind.SESSION), default=today)
    if begins is not None:
        begin = max(begin, begins)
    held = [m for m in after if (begins or date.min) <= m.on < today]
    year = max((m.part + 1 for m in held if m.kind is MeetingKind.REVIEW), default=1)
    years = range(year, max([year + 1, *(m.part for m in after)]) + 1)
    kept, like = {m.id for m in held}, next(iter(_days(first, MeetingKind.NETWORK)), None)
    laid = rhythm(begin, closed, years, replace(wanted, like=like))
    new = [m for m in _since(list(laid), today) if m.id not in kept]
    return compare(meetings, ordered([*others, *held, *new]), closed, today=today)
