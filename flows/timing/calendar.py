"""The calendar of a group (P.3): meetings laid from a start date and a length, moved by hand, and the rhythm after.

No proposed meeting falls on a weekend, in July, or on a day that `closed` names (the caller knows the holidays, and the
days before them that nobody plans for). What the coordinator decides by hand is never refused: it comes with concerns.
"""

from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise

from flows.dates.months import add_months
from flows.definitions.model import Step

Closed = Callable[[date], bool]
When = tuple[date, time | None]  # a day, and a time if one is given

RECOMMENDED_MONTHS = (12, 18)  # P.3
WHOLE_DAY = 300  # minutes; a session as long as this begins in the morning
MORNING, AFTERNOON = time(9, 0), time(13, 0)
WITHIN_STEP = 2  # weeks between two sessions of a step, in the same measure as `own_weeks`
NETWORK_MEETINGS = (6, 4)  # a year: the first year afterwards, and every later one (8.2)
NETWORK_MINUTES, REVIEW_MINUTES = 120, 120
FIRST = 0  # the number of the extra meeting that is the network's first one
JULY = 7


class MeetingKind(StrEnum):
    """What a meeting is for."""

    SESSION = "session"  # of a step
    NETWORK = "network"
    REVIEW = "review"  # the yearly look at plan and routine
    EXTRA = "extra"  # one that the group has booked besides, of no step or year; only by hand it is moved


RHYTHM = (MeetingKind.NETWORK, MeetingKind.REVIEW)  # those of the years after the last step


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting. `sequence` grows with every change, as calendar programs want it (RFC 5545, 3.8.7.4)."""

    kind: MeetingKind
    part: int  # the step, or the year after the end, counted from 1; 0 of an extra one, but of FIRST the event's round
    number: int  # within the step or year, or among the extra ones, counted from 1; or FIRST
    of: int
    on: date
    at: time  # wall time in the town
    minutes: int
    sequence: int = 0

    @property
    def id(self) -> str:
        """Return what the meeting is called for as long as it exists, whenever it is held: "session-2-1"."""
        return f"{self.kind}-{self.part}-{self.number}"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the network meets after the last step, and when it looks back on its year.

    `counts`: meetings in the first year, and in every later one. `review`: the day of the first yearly look, or about
    it unless it is `chosen`; without one a look closes each year. `like`: a day whose weekday the meetings are on, else
    the end's.
    """

    counts: Sequence[int] = NETWORK_MEETINGS
    review: date | None = None
    like: date | None = None
    chosen: bool = True


USUAL = Rhythm()


@dataclass(frozen=True, slots=True)
class Concern:
    """A warning about a date chosen by hand; it refuses nothing.

    `name`: weekend | july | closed | past | order (not after the meeting that comes before it).
    """

    name: str
    meeting: str


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """A change before it is made: the meetings as they would be, each that moves with how it was, and warnings."""

    meetings: tuple[Meeting, ...]
    changes: tuple[tuple[Meeting, Meeting], ...]
    concerns: tuple[Concern, ...]
    added: tuple[Meeting, ...] = ()
    removed: tuple[Meeting, ...] = ()

    @property
    def alters(self) -> bool:
        """True if the change would alter any meeting."""
        return bool(self.changes or self.added or self.removed)


def workable(day: date, closed: Closed) -> bool:
    """True if a meeting may be proposed for this day."""
    return day.weekday() < 5 and day.month != JULY and not closed(day)


def advice(start: date, months: int, today: date) -> tuple[str, ...]:
    """Return the names of the warnings about a start and a length: short | long | past | today. None refuses it."""
    found = ["short"] if months < RECOMMENDED_MONTHS[0] else ["long"] if months > RECOMMENDED_MONTHS[1] else []
    found += ["past"] if start < today else ["today"] if start == today else []
    return tuple(found)


# -- laying ----------------------------------------------------------------------------------------------------------
def propose(
    steps: Sequence[Step], start: date, months: int, closed: Closed, *, today: date, spread: Iterable[int] = ()
) -> tuple[Meeting, ...]:
    """The sessions of these steps over so many months, in order, on different days, the last one within the length.

    `spread`: the steps whose whole days are spread out over shorter meetings. Where the length holds fewer workable
    days than there are sessions, the last ones come after it. Nothing is laid before `today`, from which on there can
    be meetings: what has begun goes on from there.
    """
    spread = frozenset(spread)
    planned = [meeting for step in steps for meeting in sessions_of(step, start, spread=step.number in spread)]
    if not planned:
        return ()
    begin, end = max(start, today), add_months(start, months)
    if end <= begin:
        end = add_months(begin, months)
    return lay_out(planned, _places(steps, spread), begin, end, closed)


def lay_out(
    planned: Sequence[Meeting], places: Sequence[float], begin: date, end: date, closed: Closed
) -> tuple[Meeting, ...]:
    """Give each of these meetings its own workable day, in order: at its place between begin (0) and end (1)."""
    days = _workable_days(begin, end, len(planned), closed)
    laid: list[Meeting] = []
    first = 0
    for place, meeting in enumerate(planned):
        target = _same_weekday(days[round(places[place] * (len(days) - 1))], begin)  # July and holidays take no time
        if target > end:
            target -= timedelta(7)
        last = len(days) - (len(planned) - place)  # so that the ones to come have room
        index = _closest(days, target, first, last)
        laid.append(replace(meeting, on=days[index]))
        first = index + 1
    return tuple(laid)


def rhythm(end: date, closed: Closed, years: Sequence[int] = (1, 2), wanted: Rhythm = USUAL) -> tuple[Meeting, ...]:
    """Lay the meetings after the last step (8.2): the network's, and once a year a look at plan and routine."""
    found: list[Meeting] = []
    for year in years:
        base, latest = add_months(end, 12 * (year - 1)), max((m.on for m in found), default=end)
        look = add_months(wanted.review, 12 * (year - years[0])) if wanted.review else None
        chosen = wanted.chosen and look == wanted.review
        found += a_year(
            year, base, latest, closed, replace(wanted, review=look, like=wanted.like or end, chosen=chosen)
        )
    return ordered(found)


def next_year(meetings: Iterable[Meeting], closed: Closed, counts: Sequence[int] = NETWORK_MEETINGS) -> list[Meeting]:
    """Lay the year after the last one in the calendar, wherever that was moved to; nothing if there is none."""
    after = [m for m in meetings if m.kind in RHYTHM]
    if not after:
        return []
    year = max(m.part for m in after)
    own = [m for m in after if m.part == year]
    look = next((add_months(m.on, 12) for m in own if m.kind is MeetingKind.REVIEW), None)
    latest = max(m.on for m in after)
    wanted = Rhythm(counts, look, like=own[0].on, chosen=False)
    return a_year(year + 1, add_months(begin_of(own), 12), latest, closed, wanted)


def begin_of(year: Sequence[Meeting]) -> date:
    """Return the day on which a year of these meetings begins: half a year before their middle, as they lie evenly."""
    days = [m.on for m in year if m.kind is MeetingKind.NETWORK] or [m.on for m in year]
    return add_months(date.fromordinal(sum(day.toordinal() for day in days) // len(days)), -6)


def a_year(year: int, base: date, latest: date, closed: Closed, wanted: Rhythm) -> list[Meeting]:
    """Lay the meetings of one year from `base` on, all later than `latest`."""
    count, review, like = wanted.counts[min(year, len(wanted.counts)) - 1], wanted.review, wanted.like or base
    found: list[Meeting] = []
    for number in range(1, count + 1):
        target = base + (add_months(base, 12) - base) * ((2 * number - 1) / (2 * count))
        latest = nearest(
            _same_weekday(target, like), latest, lambda day: closed(day) or (wanted.chosen and day == review)
        )
        found.append(Meeting(MeetingKind.NETWORK, year, number, count, latest, AFTERNOON, NETWORK_MINUTES))
    if review is None:
        review = nearest(add_months(base, 12), latest, closed)
    elif not wanted.chosen:
        taken = {m.on for m in found}
        review = nearest(review, base, lambda day: closed(day) or day in taken)
    return [*found, Meeting(MeetingKind.REVIEW, year, 1, 1, review, AFTERNOON, REVIEW_MINUTES)]


def sessions_of(step: Step, start: date, *, spread: bool) -> Iterator[Meeting]:
    """Return a step's meetings, whole days or spread out over shorter ones; all on `start`, to be laid out later."""
    spread = spread and step.spread_sessions > 0
    count = step.spread_sessions if spread else step.sessions
    minutes = step.spread_minutes if spread else step.session_minutes
    at = MORNING if minutes >= WHOLE_DAY else AFTERNOON
    return (Meeting(MeetingKind.SESSION, step.number, n, count, start, at, minutes) for n in range(1, count + 1))


def _places(steps: Sequence[Step], spread: frozenset[int]) -> list[float]:
    """Where between the beginning (0) and the end (1) each session belongs, as the steps weigh against each other."""
    gaps: list[int] = []
    for step in steps:
        count = sum(1 for _ in sessions_of(step, date.min, spread=step.number in spread))
        gaps += [WITHIN_STEP] * (count - 1) + [max(step.own_weeks, WITHIN_STEP)] if count else []
    weeks = list(accumulate(gaps[:-1], initial=0))  # the own work after the last session does not lie before it
    return [at / (weeks[-1] or 1) for at in weeks]


def _workable_days(begin: date, end: date, needed: int, closed: Closed) -> list[date]:
    days = [d for n in range((end - begin).days + 1) if workable(d := begin + timedelta(n), closed)]
    day = max(begin, end)
    while len(days) < needed:
        day += timedelta(1)
        if workable(day, closed):
            days.append(day)
    return days


def _same_weekday(target: date, model: date) -> date:
    """Return the day nearest to `target` that is the same weekday as `model`, so that a group keeps its weekday."""
    return target + timedelta((model.weekday() - target.weekday() + 3) % 7 - 3)


def _closest(days: Sequence[date], target: date, first: int, last: int) -> int:
    """The place, first to last, of the day that is closest to the target; of two, the earlier."""
    after = bisect_right(days, target, first, last + 1)
    return min((i for i in (after - 1, after) if first <= i <= last), key=lambda i: abs(days[i] - target))


def nearest(target: date, after: date, closed: Closed) -> date:
    """The workable day that is closest to the target and later than `after`; of two, the earlier.

    Raises ValueError if none lies within a thousand days.
    """
    target = max(target, after + timedelta(1))
    for distance in range(1000):
        for day in (target - timedelta(distance), target + timedelta(distance)):
            if day > after and workable(day, closed):
                return day
    raise ValueError("no workable day within a thousand")


# -- moving ----------------------------------------------------------------------------------------------------------
def move(meetings: Sequence[Meeting], id: str, to: When, closed: Closed, *, today: date) -> CalendarChange:
    """Move one meeting to this day (and time, if given), and nothing else. Raises KeyError for an unknown meeting."""
    return _moved(meetings, {id: _to(_find(meetings, id), *to)}, closed, today)


def move_step(meetings: Sequence[Meeting], step: int, on: date, closed: Closed, *, today: date) -> CalendarChange:
    """Let a step begin on this day; its later sessions follow at the same distance. Raises KeyError if it has none."""
    own = [m for m in meetings if m.kind is MeetingKind.SESSION and m.part == step]
    if not own:
        raise KeyError(step)
    return _moved(meetings, _shifted(own, on, None, closed), closed, today)


def move_from(meetings: Sequence[Meeting], id: str, to: When, closed: Closed, *, today: date) -> CalendarChange:
    """Move one meeting, and with it all that was laid to come after it. Raises KeyError for an unknown meeting."""
    found = _find(meetings, id)
    later = [found, *(m for m in list(meetings)[meetings.index(found) + 1 :] if m.kind is not MeetingKind.EXTRA)]
    return _moved(meetings, _shifted(later, *to, closed), closed, today)


def ordered(meetings: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """Sort meetings as they belong: by step and number whatever their dates, then those after the steps by date."""
    return tuple(
        sorted(
            meetings, key=lambda m: (0, m.part, m.number) if m.kind is MeetingKind.SESSION else (1, m.on.toordinal(), 0)
        )
    )


def _find(meetings: Iterable[Meeting], id: str) -> Meeting:
    for meeting in meetings:
        if meeting.id == id:
            return meeting
    raise KeyError(id)


def _to(meeting: Meeting, on: date, at: time | None = None) -> Meeting:
    return replace(meeting, on=on, at=at or meeting.at)


def _shifted(meetings: Sequence[Meeting], on: date, at: time | None, closed: Closed) -> dict[str, Meeting]:
    """Move the first to exactly this day, the others by as many days, each then to the nearest workable day."""
    first, *rest = meetings
    return {first.id: _to(first, on, at)} | {m.id: m for m in follow(rest, on - first.on, on, closed)}


def follow(meetings: Iterable[Meeting], by: timedelta, after: date, closed: Closed) -> Iterator[Meeting]:
    """Move meetings by so many days, each to the nearest workable day that is later than the one before."""
    for meeting in meetings:
        after = nearest(meeting.on + by, after, closed)
        yield _to(meeting, after)


def _moved(meetings: Sequence[Meeting], new: dict[str, Meeting], closed: Closed, today: date) -> CalendarChange:
    return compare(meetings, [new.get(m.id, m) for m in meetings], closed, today=today)


def compare(before: Iterable[Meeting], after: Iterable[Meeting], closed: Closed, *, today: date) -> CalendarChange:
    """Return the change from `before` to `after`, with its warnings; `after` is in the order of `ordered`."""
    was = {m.id: m for m in before}
    meetings = [replace(m, sequence=was[m.id].sequence) if m.id in was else m for m in after]
    meetings = [m if was.get(m.id, m) == m else replace(m, sequence=m.sequence + 1) for m in meetings]
    there = {m.id: m for m in meetings}
    changes = tuple((m, there[id]) for id, m in was.items() if there.get(id, m) != m)
    added, removed = (tuple(one[id] for id in one if id not in other) for one, other in ((there, was), (was, there)))
    touched = {m.id for m in (*added, *(now for _, now in changes))}
    return CalendarChange(tuple(meetings), changes, tuple(_concerns(meetings, touched, closed, today)), added, removed)


def _concerns(meetings: Sequence[Meeting], touched: Container[str], closed: Closed, today: date) -> Iterator[Concern]:
    """Yield what is to be warned of, about the meetings that are added or changed."""
    yield from (concern for m in meetings if m.id in touched for concern in _about(m, closed, today))
    for earlier, meeting in pairwise(m for m in meetings if m.kind is not MeetingKind.EXTRA):
        if meeting.on <= earlier.on and (earlier.id in touched or meeting.id in touched):
            yield Concern("order", meeting.id)


def _about(meeting: Meeting, closed: Closed, today: date) -> Iterator[Concern]:
    if meeting.on < today:
        yield Concern("past", meeting.id)
    if meeting.on.weekday() >= 5:
        yield Concern("weekend", meeting.id)
    elif meeting.on.month == JULY:
        yield Concern("july", meeting.id)
    elif closed(meeting.on):
        yield Concern("closed", meeting.id)
