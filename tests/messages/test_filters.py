"""Dates, numbers and lists in Swedish."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import dates
from flows.dates import read_date
from messages import filters
from messages.filters import clock, day, joined, number, plural, short_day


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_days_can_be_written_back(when: date) -> None:
    """A date as we write it can be written back to us, and an ISO text is the same as its date."""
    assert read_date(day(when), date(2027, 3, 10)) == [when]
    assert day(when.isoformat()) == day(when)
    assert short_day(when.isoformat()) == short_day(when)


def test_days() -> None:
    """Days are written in full where the year matters, and short where it does not."""
    assert day(date(2027, 3, 14)) == "söndag 14 mars 2027"
    assert short_day("2027-03-14") == "14 mars"


def test_one_calendar() -> None:
    """Months and weekdays are called the same when they are read and when they are written."""
    assert (filters.MONTHS, filters.WEEKDAYS) == (dates.MONTHS, dates.WEEKDAYS)


@pytest.mark.parametrize(("hour", "minute", "text"), [(9, 5, "kl. 9.05"), (0, 0, "kl. 0.00"), (23, 59, "kl. 23.59")])
def test_clock(hour: int, minute: int, text: str) -> None:
    """The time of day with a point, as Swedes write it."""
    assert clock(datetime(2027, 3, 14, hour, minute)) == text  # noqa: DTZ001 - a wall clock has no zone


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")]
)
def test_joined(items: list[str], text: str) -> None:
    """Lists end in "och"."""
    assert joined(items) == joined(iter(items)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(3, "3"), (3.0, "3"), (2.5, "2,5"), (2.04, "2"), (2.06, "2,1"), (0, "0"), (-0.04, "0"), (20.125, "20,1")],
)
def test_number(value: float, text: str) -> None:
    """At most one decimal, with a comma."""
    assert number(value) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 frågor"), (1, "1 fråga"), (2, "2 frågor")])
def test_plural(count: int, text: str) -> None:
    """One is singular, everything else plural."""
    assert plural(count, "fråga", "frågor") == text
