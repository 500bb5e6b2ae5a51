"""What a group decides on its way alters its calendar, without losing, doubling or crossing a meeting."""

from collections import Counter
from datetime import date, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from flows.dates.months import add_months
from flows.definitions.loader import the_process
from flows.timing.calendar import (
    NETWORK_MEETINGS,
    CalendarChange,
    Meeting,
    MeetingKind,
    Rhythm,
    move_from,
    next_year,
    ordered,
    propose,
    rhythm,
    workable,
)
from flows.timing.calendar_changes import StepForm, reshape_rhythm, reshape_step

PROCESS = the_process()
START, END = date(2027, 1, 18), date(2028, 3, 18)
NEVER = frozenset[date]().__contains__
LAID = propose(PROCESS.steps[1:], START, 14, NEVER, today=START) + rhythm(END, NEVER)

todays = st.integers(0, 600).map(lambda n: START + timedelta(n))
ahead = st.integers(0, 300)
steps = st.sampled_from([6, 7])


def of_step(moved: CalendarChange, step: int) -> list[Meeting]:
    """The meetings of a step, as they would be."""
    return [m for m in moved.meetings if m.kind is MeetingKind.SESSION and m.part == step]


def test_six_short_meetings_instead_of_two_days() -> None:
    """Step 6 spread out: six short meetings on the group's weekday until the last day, and step 7 where it was."""
    two = [m for m in LAID if m.part == 6 and m.kind is MeetingKind.SESSION]
    last = next(m.on for m in LAID if m.part == 7) - timedelta(7)
    moved = reshape_step(LAID, PROCESS.step(6), NEVER, today=START, wanted=StepForm(spread=True, until=last))
    six = of_step(moved, 6)
    assert [(m.number, m.of, m.at, m.minutes) for m in six] == [(n, 6, time(13), 120) for n in range(1, 7)]
    assert (six[0].on, six[-1].on <= last) == (two[0].on, True)
    assert len({m.on.weekday() for m in six}) == 1
    assert (len(moved.changes), len(moved.added), len(moved.removed)) == (2, 4, 0)
    back = reshape_step(moved.meetings, PROCESS.step(6), NEVER, today=START, wanted=StepForm(spread=False, until=last))
    assert (len(of_step(back, 6)), len(back.removed)) == (2, 4)


@given(steps, st.booleans(), todays, ahead)
def test_a_form_is_laid_until_its_last_day(step: int, spread: bool, today: date, more: int) -> None:
    """In either form the coming meetings are in order, on workable days, and the step's are done by the day set."""
    until = today + timedelta(30 + more)
    moved = reshape_step(LAID, PROCESS.step(step), NEVER, today=today, wanted=StepForm(spread=spread, until=until))
    found = PROCESS.step(step)
    own, touched = of_step(moved, step), {m.id for m in (*moved.added, *(now for _, now in moved.changes))}
    held = [m for m in LAID if m.kind is MeetingKind.SESSION and m.part == step and m.on < today]
    assert own[: len(held)] == held
    assert len(own) == max(len(held), found.spread_sessions if spread else found.sessions)
    assert [m.number for m in own] == list(range(1, len(own) + 1))
    assert all(workable(m.on, NEVER) and m.on >= today for m in own if m.id in touched)
    assert all(a.on < b.on for a, b in pairwise(moved.meetings) if {a.id, b.id} & touched and a.kind is b.kind)
    sooner = max(m.on for m in LAID if m.part < step)
    if sooner + timedelta(7 * len(own)) < until:
        assert all(m.on <= until for m in own)
    assert all(now.sequence == old.sequence + 1 for old, now in moved.changes)
    assert len({m.id for m in moved.meetings}) == len(moved.meetings)


@given(steps, st.lists(ahead, min_size=2, max_size=9, unique=True))
def test_the_days_that_are_written_are_the_days(step: int, distances: list[int]) -> None:
    """A group that writes its days gets these and no others, be they Saturdays: then it is told."""
    days = sorted(START + timedelta(n) for n in distances)
    moved = reshape_step(
        LAID, PROCESS.step(step), NEVER, today=START, wanted=StepForm(spread=True, days=[(d, None) for d in days])
    )
    assert [m.on for m in of_step(moved, step)] == days
    weekend = {m.id for m in of_step(moved, step) if m.on.weekday() >= 5}
    assert {c.meeting for c in moved.concerns if c.name == "weekend"} == weekend


def test_one_day_is_the_first() -> None:
    """A single day that was written is when the step begins, with its hour; the others are proposed from there."""
    day = date(2027, 12, 1)
    form = StepForm(spread=True, days=[(day, time(10))], until=date(2028, 2, 28))
    moved = reshape_step(LAID, PROCESS.step(6), NEVER, today=START, wanted=form)
    six = of_step(moved, 6)
    assert (six[0].on, six[0].at, len(six), six[-1].on <= date(2028, 2, 28)) == (day, time(10), 6, True)


def test_what_comes_after_follows_along() -> None:
    """Where the step takes longer than it had, everything after it moves along; where there is room nothing does."""
    seventh = next(m for m in LAID if m.part == 7)
    late = reshape_step(
        LAID, PROCESS.step(6), NEVER, today=START, wanted=StepForm(spread=True, until=seventh.on + timedelta(30))
    )
    assert {old.id for old, _ in late.changes} >= {seventh.id, "network-1-1", "review-2-1"}
    assert all(a.on < b.on for a, b in pairwise(late.meetings))
    early = reshape_step(
        LAID, PROCESS.step(6), NEVER, today=START, wanted=StepForm(spread=True, until=seventh.on - timedelta(7))
    )
    assert seventh.id not in {old.id for old, _ in early.changes}


def test_the_form_that_is_laid_already() -> None:
    """Two whole days were laid, and two whole days are wanted in time: nothing changes, and nothing is asked."""
    assert not reshape_step(LAID, PROCESS.step(6), NEVER, today=START, wanted=StepForm(spread=False, until=END)).alters


# -- afterwards ------------------------------------------------------------------------------------------------------
counts = st.tuples(st.integers(1, 12), st.integers(1, 12))


@given(todays, counts, ahead)
def test_as_often_as_the_group_says(today: date, wanted: tuple[int, int], look: int) -> None:
    """So many meetings in the first year, which begins now at the earliest, and later; the look is on its day."""
    review = today + timedelta(look)
    moved = reshape_rhythm(LAID, NEVER, today=today, wanted=Rhythm(wanted, review), begins=today)
    after = [m for m in moved.meetings if m.kind is not MeetingKind.SESSION]
    assert Counter((m.kind, m.part) for m in after) == {
        (MeetingKind.NETWORK, 1): wanted[0],
        (MeetingKind.REVIEW, 1): 1,
        (MeetingKind.NETWORK, 2): wanted[1],
        (MeetingKind.REVIEW, 2): 1,
    }
    assert next(m.on for m in after if m.id == "review-1-1") == review
    assert all(m.on >= today for m in after)
    assert len({m.on for m in after}) == len(after)


def test_decided_anew_in_the_second_year() -> None:
    """What has been held stays, and the next look is on the new day; the year that runs gets its new number."""
    today = date(2029, 6, 1)
    moved = reshape_rhythm(LAID, NEVER, today=today, wanted=Rhythm((6, 8), date(2029, 9, 3)))
    held = [m for m in LAID if m.on < today]
    assert set(held) <= set(moved.meetings)
    looks = {m.id: m.on for m in moved.meetings if m.kind is MeetingKind.REVIEW}
    assert looks["review-2-1"] == date(2029, 9, 3)
    assert sum(m.kind is MeetingKind.NETWORK and m.part == 3 for m in moved.meetings) == 8


def test_a_yes_that_waits_moves_nothing_that_has_been_held() -> None:
    """Whoever coordinates looks at the first decision months later: the year begins when it was taken, and what the
    network has met to since stays where it was."""
    decided, today = END, date(2028, 9, 1)
    moved = reshape_rhythm(LAID, NEVER, today=today, wanted=Rhythm((12, 4)), begins=decided)
    held = {m for m in LAID if m.kind is MeetingKind.NETWORK and m.on < today}
    assert held
    assert held <= set(moved.meetings)
    assert all(m.on >= today for m in moved.meetings if m.kind is MeetingKind.NETWORK and m not in held)


@given(st.integers(1, 40), st.integers(0, 60))
def test_year_after_year(years: int, later: int) -> None:
    """Each further year has its four meetings and a look a year after the last, also where a year was moved."""
    laid = [m for m in LAID if m.kind is not MeetingKind.SESSION]
    laid = [Meeting(**{**{n: getattr(m, n) for n in m.__slots__}, "on": m.on + timedelta(later)}) for m in laid]
    for year in range(3, 3 + years):
        new = next_year(laid, NEVER)
        assert [m.kind for m in new] == [MeetingKind.NETWORK] * NETWORK_MEETINGS[1] + [MeetingKind.REVIEW]
        assert {m.part for m in new} == {year}
        assert min(m.on for m in new) > max(m.on for m in laid)
        assert all(workable(m.on, NEVER) for m in new)
        assert abs((new[-1].on - add_months(laid[-1].on, 12)).days) <= 31
        laid += new
    assert next_year([], NEVER) == []


@given(todays, st.integers(0, 900), st.booleans())
def test_what_was_booked_by_hand_stays(today: date, later: int, spread: bool) -> None:
    """A meeting that the group has booked besides keeps its day, whatever is laid anew or moved around it."""
    extra = Meeting(MeetingKind.EXTRA, 0, 1, 1, START + timedelta(later), time(15), 120)
    laid = ordered([*LAID, extra])
    coming = next((m for m in LAID if m.kind is MeetingKind.SESSION and m.on >= today), LAID[0])
    for moved in (
        reshape_step(laid, PROCESS.step(6), NEVER, today=today, wanted=StepForm(spread=spread)),
        reshape_rhythm(laid, NEVER, today=today, wanted=Rhythm((3, 2)), begins=today),
        move_from(laid, coming.id, (coming.on + timedelta(7), None), NEVER, today=today),
    ):
        assert extra in moved.meetings
        assert extra.id not in {concern.meeting for concern in moved.concerns}
        without = [m for m in moved.meetings if m.id != extra.id]
        assert without == list(ordered(without))
    assert next_year([extra], NEVER) == []
