"""Reminders: few, at growing intervals, on the person's own days, in good time, and never doubled by a missed day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.timing.pacing import (
    MOST,
    DueItem,
    Hours,
    ReminderManner,
    at_wall,
    first_free_day,
    lead,
    next_day,
    next_message,
)

START = date(2027, 1, 4)  # a Monday
NEVER = frozenset[date]().__contains__
STOCKHOLM = ZoneInfo("Europe/Stockholm")

offsets = st.integers(0, 120)
days = offsets.map(lambda n: START + timedelta(n))
absences = st.lists(st.tuples(days, st.integers(0, 30)).map(lambda a: (a[0], a[0] + timedelta(a[1]))), max_size=2)
some_hours = st.builds(Hours, st.just(time(9)), st.frozensets(st.integers(0, 6), min_size=1), absences.map(tuple))
some_matters = st.lists(st.tuples(days, st.integers(0, 90)), min_size=1, max_size=6).map(
    lambda found: [DueItem(str(n), day, day + timedelta(long)) for n, (day, long) in enumerate(found)]
)
closings = st.frozensets(days, max_size=25).map(lambda found: found.__contains__)


def lived(
    open_items: list[DueItem], hours: Hours, closed: object, down: frozenset[int] = frozenset()
) -> tuple[dict[str, list[date]], dict[str, date]]:
    """Live through the days as the bot does, down on some of them: each matter's reminders and its handing over."""
    assert callable(closed)
    sent: dict[str, list[date]] = {open_item.key: [] for open_item in open_items}
    handed: dict[str, date] = {}
    state = {open_item.key: open_item for open_item in open_items}
    for n in range(500):
        today = START + timedelta(n)
        if n in down:
            continue
        opened = [m for m in state.values() if m.opened <= today and m.key not in handed]
        found = next_message(opened, hours, closed, today)
        if found and found.day == today:
            for open_item in found.open_items:
                sent[open_item.key].append(today)
                state[open_item.key] = replace(open_item, sent=open_item.sent + 1, last=today)
            handed |= dict.fromkeys((open_item.key for open_item in found.handed), today)
    return sent, handed


def between(first: date, last: date, hours: Hours, closed: object) -> int:
    """How many of the person's days there are after the first and up to the last."""
    assert callable(closed)
    return sum(hours.reachable(first + timedelta(n), closed) for n in range(1, (last - first).days + 1))


@pytest.mark.slow
@given(some_matters, some_hours, closings, st.frozensets(st.integers(0, 200), max_size=30))
def test_laws(open_items: list[DueItem], hours: Hours, closed: object, down: frozenset[int]) -> None:
    """Whatever is open, however often the bot is down: three reminders, on the person's days, then one hand-over."""
    assert callable(closed)
    sent, handed = lived(open_items, hours, closed, down)
    for open_item in open_items:
        reminded = sent[open_item.key]
        assert len(reminded) == MOST
        assert open_item.key in handed
        assert all(hours.reachable(day, closed) for day in [*reminded, handed[open_item.key]])
        assert reminded[0] > open_item.opened
        if not down:
            gaps = [
                between(a, b, hours, closed)
                for a, b in zip(reminded, [*reminded[1:], handed[open_item.key]], strict=True)
            ]
            assert gaps == sorted(gaps)
            assert gaps == [n * lead(open_item.opened, open_item.due) for n in (1, 2, 3)]
        else:
            assert reminded[0] < reminded[1] < reminded[2] < handed[open_item.key]


@pytest.mark.slow
@given(some_matters, some_hours, closings)
def test_in_good_time(open_items: list[DueItem], hours: Hours, closed: object) -> None:
    """Where the person has a day between opening and end, the first reminder comes before the end, not long before."""
    assert callable(closed)
    sent, _ = lived(open_items, hours, closed)
    for open_item in open_items:
        first, room = sent[open_item.key][0], between(open_item.opened, open_item.due - timedelta(1), hours, closed)
        assert (first < open_item.due) == (room > 0)
        if room:
            assert (
                between(first - timedelta(1), open_item.due - timedelta(1), hours, closed)
                <= lead(open_item.opened, open_item.due) + 2
            )


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (1, date(2027, 1, 5)),  # Tuesday, the day it ends: Monday was the day it was opened
        (2, date(2027, 1, 5)),
        (7, date(2027, 1, 8)),  # ends on a Monday: the Friday before, and a week is short
        (28, date(2027, 1, 25)),  # five working days before
        (364, date(2027, 12, 27)),
    ],
)
def test_near_and_far(window: int, expected: date) -> None:
    """What ends tomorrow is reminded of at once, what ends in a year a week before."""
    assert next_day(DueItem("", START, START + timedelta(window)), Hours(), NEVER, START) == expected


def test_an_absence_moves_a_reminder_to_the_return() -> None:
    """Someone who is away hears nothing, and is met on the first day back."""
    away = Hours(away=((date(2027, 1, 5), date(2027, 1, 31)),))
    assert next_day(DueItem("", START, START + timedelta(14)), away, NEVER, START) == date(2027, 2, 1)


def test_someone_away_for_good_is_left_in_peace() -> None:
    """No day of one's own, no reminder."""
    gone = Hours(away=((START, date(2040, 1, 1)),))
    assert next_day(DueItem("", START, START + timedelta(14)), gone, NEVER, START) is None
    assert next_message([DueItem("", START, START + timedelta(14))], gone, NEVER, START) is None


@pytest.mark.parametrize(("rests", "expected"), [(False, date(2027, 7, 5)), (True, date(2027, 8, 2))])
def test_july_is_quiet_of_what_nobody_booked(*, rests: bool, expected: date) -> None:
    """What was begun before July and rests is spoken of again in August; what somebody has booked is not put off."""
    late = DueItem("a", date(2027, 6, 1), date(2027, 6, 8), sent=1, last=date(2027, 6, 30), rests=rests)
    assert next_day(late, Hours(), NEVER, date(2027, 7, 3)) == expected


def test_what_rests_does_not_come_along_in_july() -> None:
    """A message that goes in July takes nothing along that rests."""
    booked = DueItem("a", date(2027, 7, 1), date(2027, 7, 30), ReminderManner.TELL)
    resting = DueItem("b", date(2027, 6, 1), date(2027, 8, 3), rests=True)
    message = next_message([booked, resting], Hours(), NEVER, date(2027, 7, 30))
    assert message is not None
    assert message.open_items == (booked,)


def test_remind_me_tomorrow() -> None:
    """A day that the person asks for is kept, and later ones are counted from it."""
    asked = DueItem("", START, START + timedelta(28), sent=1, last=date(2027, 1, 25), snoozed=date(2027, 1, 26))
    assert next_day(asked, Hours(), NEVER, date(2027, 1, 25)) == date(2027, 1, 26)
    again = replace(asked, sent=2, last=date(2027, 1, 26))
    assert next_day(again, Hours(), NEVER, date(2027, 1, 27)) == date(2027, 2, 9)


def test_five_days_down_is_one_message() -> None:
    """After an outage everything that was missed comes in one message, on the first day."""
    missed = [DueItem(str(n), START, START + timedelta(3 + n)) for n in range(5)]
    found = next_message(missed, Hours(), NEVER, date(2027, 1, 12))
    assert found is not None
    assert (found.day, [m.key for m in found.open_items]) == (date(2027, 1, 12), ["0", "1", "2", "3", "4"])


@pytest.mark.parametrize(
    ("manner", "due", "expected"),
    [
        (ReminderManner.TELL, date(2027, 1, 8), date(2027, 1, 8)),
        (ReminderManner.TELL, date(2027, 1, 9), date(2027, 1, 11)),  # a Saturday
        (ReminderManner.AHEAD, date(2027, 1, 8), date(2027, 1, 7)),
        (ReminderManner.AHEAD, date(2027, 1, 11), date(2027, 1, 8)),  # a Monday: the Friday before
        (ReminderManner.AHEAD, date(2027, 1, 5), date(2027, 1, 5)),  # there is no day before
    ],
)
def test_told_once(manner: ReminderManner, due: date, expected: date) -> None:
    """News comes on its day or on the person's last day before it, and never when they are not to be met."""
    assert next_day(DueItem("", START, due, manner), Hours(), NEVER, START) == expected


def test_what_can_wait_comes_along() -> None:
    """How are you? comes in a message that goes anyway; by itself only on the last of the days that it can wait."""
    day = date(2027, 1, 12)
    question = DueItem("q", START, day, ReminderManner.TELL, patience=timedelta(9))
    alone = next_message([question], Hours(), NEVER, START)
    assert alone is not None
    assert (alone.day, [m.key for m in alone.open_items]) == (date(2027, 1, 21), ["q"])
    task = DueItem("t", START, date(2027, 1, 14), ReminderManner.TELL)
    together = next_message([question, task], Hours(), NEVER, START)
    assert together is not None
    assert (together.day, [m.key for m in together.open_items]) == (date(2027, 1, 14), ["q", "t"])
    before = next_message([question, replace(task, due=date(2027, 1, 11))], Hours(), NEVER, START)
    assert before is not None
    assert [m.key for m in before.open_items] == ["t"]  # it is not asked before its day


def test_nothing_comes_along_where_nothing_is_said() -> None:
    """A day on which something only goes to the coordinator is none on which the person is written to."""
    question = DueItem("q", START, START, ReminderManner.TELL, patience=timedelta(9))
    spent = DueItem("s", START, START, sent=MOST, last=START)
    found = next_message([question, spent], Hours(), NEVER, START)
    assert found is not None
    assert (found.open_items, found.handed) == ((), (spent,))


@given(some_matters, some_hours, closings, st.integers(0, 30))
def test_no_later_than_it_can_wait(open_items: list[DueItem], hours: Hours, closed: object, waits: int) -> None:
    """Whatever else is open, what can wait is told from its day on, and no later than when it can wait no more."""
    assert callable(closed)
    soft = DueItem("soft", START, START + timedelta(20), ReminderManner.TELL, patience=timedelta(waits))
    latest = next_day(replace(soft, due=soft.due + soft.patience), hours, closed, START)
    found = next_message([*open_items, soft], hours, closed, START)
    assert latest is None or (found is not None and found.day <= latest)
    if found is not None and soft in found.open_items:
        assert found.day >= soft.due


@pytest.mark.parametrize(
    ("now", "spoken", "expected"),
    [
        (time(9), None, START),
        (time(16, 59), date(2027, 1, 1), START),
        (time(17), None, date(2027, 1, 5)),
        (time(10), START, date(2027, 1, 5)),
    ],
)
def test_one_a_day_and_not_in_the_evening(now: time, spoken: date | None, expected: date) -> None:
    """A message that is late goes the same day until five o'clock, and never as the second of a day."""
    assert first_free_day(datetime.combine(START, now, tzinfo=STOCKHOLM), spoken) == expected


def test_every_day_until_2040_has_each_hour_once() -> None:
    """Whatever the clock change, each hour of each day is one moment, on that day, and moments keep their order."""
    before = datetime(2024, 1, 1, tzinfo=UTC)
    for n in range((date(2041, 1, 1) - date(2025, 1, 1)).days):
        day = date(2025, 1, 1) + timedelta(n)
        for at in (time(2), time(2, 30), time(3), time(9)):
            moment = at_wall(day, at, STOCKHOLM)
            there = moment.astimezone(STOCKHOLM)
            assert there.date() == day
            assert there.time() == at or (there.time() == time(3) and there.utcoffset() == timedelta(hours=2))
            assert moment >= before
            before = moment


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),  # skipped
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice
        (date(2026, 3, 29), time(9), datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
        (date(2026, 3, 28), time(9), datetime(2026, 3, 28, 8, 0, tzinfo=UTC)),
        (date(2028, 2, 29), time(9), datetime(2028, 2, 29, 8, 0, tzinfo=UTC)),
    ],
)
def test_clock_changes(day: date, at: time, utc: datetime) -> None:
    """On the night that has no half past two it is three; on the night that has two it is the first."""
    assert at_wall(day, at, STOCKHOLM) == utc
