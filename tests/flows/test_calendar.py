"""The calendar: laid within its length and on workable days only, moved by hand without refusals."""

from collections import Counter
from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows.dates.months import add_months
from flows.definitions.loader import the_process
from flows.timing import calendar
from flows.timing.calendar import (
    Meeting,
    MeetingKind,
    advice,
    move,
    move_from,
    move_step,
    ordered,
    propose,
    rhythm,
    workable,
)

STEPS = the_process().steps[1:]
START = date(2027, 1, 18)
NEVER = frozenset[date]().__contains__

days = st.dates(date(2024, 1, 1), date(2040, 12, 31))
lengths = st.integers(0, 60)
holidays = st.frozensets(st.integers(0, 2000), max_size=150)


def closed_from(start: date, offsets: frozenset[int]) -> calendar.Closed:
    """A rule that closes the days at these distances from a start."""
    return frozenset(start + timedelta(n) for n in offsets).__contains__


@given(days, lengths, holidays, st.integers(-400, 400), st.sets(st.sampled_from([6, 7])))
def test_laid_in_order_on_workable_days(
    start: date, months: int, offsets: frozenset[int], ahead: int, spread: set[int]
) -> None:
    """Whatever is asked for, every session is laid, each later than the last, none on a free day or in the past."""
    closed, today = closed_from(start, offsets), start + timedelta(ahead)
    laid = propose(STEPS, start, months, closed, today=today, spread=spread)
    assert len(laid) == sum(s.spread_sessions if s.number in spread else s.sessions for s in STEPS)
    assert all(workable(m.on, closed) and m.on >= max(start, today) for m in laid)
    assert all(a.on < b.on for a, b in pairwise(laid))
    assert laid == ordered(laid)
    assert len({m.id for m in laid}) == len(laid)


@given(days, lengths, holidays)
def test_the_last_session_is_within_the_length_where_that_is_possible(
    start: date, months: int, offsets: frozenset[int]
) -> None:
    """A group that says fourteen months is done within them, if they hold as many workable days as sessions."""
    closed, end = closed_from(start, offsets), add_months(start, months)
    assume(end > start)
    room = sum(workable(start + timedelta(n), closed) for n in range((end - start).days + 1))
    laid = propose(STEPS, start, months, closed, today=start)
    assert (laid[-1].on <= end) == (room >= len(laid))


@given(days, st.integers(12, 18))
def test_a_recommended_length_leaves_time_between(start: date, months: int) -> None:
    """With a recommended length no two sessions are closer than a week, and the mapping gets the most time."""
    laid = propose(STEPS, start, months, NEVER, today=start)
    gaps = [sum(workable(a.on + timedelta(n), NEVER) for n in range((b.on - a.on).days)) for a, b in pairwise(laid)]
    assert min(gaps) >= 5
    assert laid[gaps.index(max(gaps))].part == 2


def test_a_group_gets_a_weekday_of_its_own() -> None:
    """A group that begins on a Monday meets on Mondays, unless that Monday is free."""
    laid = propose(STEPS, START, 14, NEVER, today=START)
    assert {m.on.weekday() for m in laid if m.on.month not in (6, 7, 8)} == {0}


def test_whole_days_begin_in_the_morning_and_can_be_spread() -> None:
    """Step 6 takes two whole days from nine o'clock, or six shorter meetings in the afternoon."""
    whole = [m for m in propose(STEPS, START, 14, NEVER, today=START) if m.part == 6]
    assert [(m.at, m.minutes) for m in whole] == [(time(9), 420)] * 2
    spread = [m for m in propose(STEPS, START, 14, NEVER, today=START, spread=[6]) if m.part == 6]
    assert [(m.at, m.minutes) for m in spread] == [(time(13), 120)] * 6


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (START + timedelta(1), 14, ()),
        (START + timedelta(1), 3, ("short",)),
        (START + timedelta(1), 40, ("long",)),
        (START, 3, ("short", "today")),
        (START - timedelta(30), 12, ("past",)),
        (START - timedelta(30), 3, ("short", "past")),
    ],
)
def test_odd_lengths_get_advice_and_are_laid_all_the_same(start: date, months: int, expected: tuple[str, ...]) -> None:
    """Three months, forty months or a start in the past: the bot says what it thinks, and lays the calendar."""
    assert advice(start, months, START) == expected
    assert len(propose(STEPS, start, months, NEVER, today=START)) == 11


def test_leap_day() -> None:
    """A start on 29 February is as good as any, and a year later ends on 28 February."""
    start = date(2028, 2, 29)
    laid = propose(STEPS, start, 12, NEVER, today=start)
    assert (laid[0].on, laid[-1].on <= date(2029, 2, 28)) == (start, True)


def test_long_past_start_goes_on_from_today() -> None:
    """A start and an end that both have been: the same length counts from today."""
    laid = propose(STEPS, date(2020, 1, 1), 12, NEVER, today=START)
    assert laid[0].on == START
    assert date(2027, 11, 1) < laid[-1].on <= add_months(START, 12)


def test_nothing_to_lay() -> None:
    """No steps, no meetings."""
    assert propose((), START, 12, NEVER, today=START) == ()


# -- moving ----------------------------------------------------------------------------------------------------------
LAID = propose(STEPS, START, 14, NEVER, today=START) + rhythm(date(2028, 3, 18), NEVER)


@given(st.sampled_from(LAID), days, st.one_of(st.none(), st.times()))
def test_one_is_moved_alone(meeting: Meeting, on: date, at: time | None) -> None:
    """Moving one meeting puts it exactly there and touches no other; what is unwise about it is told, not refused."""
    moved = move(LAID, meeting.id, (on, at), NEVER, today=START)
    (now,) = [m for m in moved.meetings if m.id == meeting.id]
    assert (now.on, now.at) == (on, at or meeting.at)
    assert [old.id for old, _ in moved.changes] in ([], [meeting.id])
    assert now.sequence == meeting.sequence + len(moved.changes)
    assert any(c.name in ("weekend", "july") for c in moved.concerns) == bool(moved.changes and not workable(on, NEVER))


@given(st.sampled_from(LAID), st.integers(1, 300), holidays)
def test_everything_after_follows(meeting: Meeting, later: int, offsets: frozenset[int]) -> None:
    """Moving everything after keeps the order, on workable days, and raises every moved meeting's sequence by one."""
    closed = closed_from(START, offsets)
    moved = move_from(LAID, meeting.id, (meeting.on + timedelta(later), None), closed, today=START)
    place = LAID.index(meeting)
    assert moved.meetings[:place] == LAID[:place]
    tail = moved.meetings[place:]
    assert all(a.on < b.on for a, b in pairwise(tail))
    assert all(workable(m.on, closed) for m in tail[1:])
    assert all(now.sequence == old.sequence + 1 for old, now in moved.changes)
    assert {old.id for old, _ in moved.changes} == {m.id for m, n in zip(LAID, moved.meetings, strict=True) if m != n}


def test_a_step_is_moved_as_a_whole() -> None:
    """Both sessions of step 2 move, nothing else does, and it is told that step 3 now comes too early."""
    second, third = ([m for m in LAID if m.kind is MeetingKind.SESSION and m.part == n] for n in (2, 3))
    moved = move_step(LAID, 2, third[0].on, NEVER, today=START)
    assert [old.id for old, _ in moved.changes] == [m.id for m in second]
    assert "order" in {c.name for c in moved.concerns}


def test_what_is_unwise_is_named() -> None:
    """A Saturday, a day in July, a holiday and a day that has been each have a name of their own."""
    first, eve = LAID[0].id, date(2027, 12, 24)
    for on, name in [
        (date(2027, 3, 6), "weekend"),
        (date(2027, 7, 6), "july"),
        (eve, "closed"),
        (START - timedelta(7), "past"),
    ]:
        moved = move(LAID, first, (on, None), frozenset({eve}).__contains__, today=START)
        assert name in {concern.name for concern in moved.concerns}


def test_unknown_meetings() -> None:
    """A button for a meeting that is no more is an error of its own kind."""
    with pytest.raises(KeyError):
        move(LAID, "session-99-1", (START, None), NEVER, today=START)
    with pytest.raises(KeyError):
        move_step(LAID, 99, START, NEVER, today=START)


# -- afterwards ------------------------------------------------------------------------------------------------------
@given(days, holidays)
def test_the_network_goes_on(end: date, offsets: frozenset[int]) -> None:
    """Six meetings the first year and four the next, and each year a look at plan and routine; never on a free day."""
    closed = closed_from(end, offsets)
    kept = rhythm(end, closed)
    assert Counter((m.kind, m.part) for m in kept) == {
        (MeetingKind.NETWORK, 1): 6,
        (MeetingKind.REVIEW, 1): 1,
        (MeetingKind.NETWORK, 2): 4,
        (MeetingKind.REVIEW, 2): 1,
    }
    assert all(workable(m.on, closed) and m.on > end for m in kept)
    assert all(a.on < b.on for a, b in pairwise(kept))
    assert kept == ordered(kept)
