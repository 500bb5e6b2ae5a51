"""Dates, numbers and lists in Swedish."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.language import Language

SWEDISH = Language("sv")


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_days_can_be_written_back(when: date) -> None:
    """A date as we write it can be written back to us, and an ISO text is the same as its date."""
    assert SWEDISH.dates.read_date(SWEDISH.day(when), date(2027, 3, 10)) == [when]
    assert SWEDISH.day(when.isoformat()) == SWEDISH.day(when)
    assert SWEDISH.short_day(when.isoformat()) == SWEDISH.short_day(when)


def test_days() -> None:
    """Days are written in full where the year matters, and short where it does not."""
    assert SWEDISH.day(date(2027, 3, 14)) == "söndag 14 mars 2027"
    assert SWEDISH.short_day("2027-03-14") == "14 mars"


@pytest.mark.parametrize(("hour", "minute", "text"), [(9, 5, "kl. 9.05"), (0, 0, "kl. 0.00"), (23, 59, "kl. 23.59")])
def test_clock(hour: int, minute: int, text: str) -> None:
    """The time of day with a point, as Swedes write it."""
    assert SWEDISH.clock(datetime(2027, 3, 14, hour, minute)) == text  # noqa: DTZ001 - a wall clock has no zone


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")]
)
def test_joined(items: list[str], text: str) -> None:
    """Lists end in "och"."""
    assert SWEDISH.joined(items) == SWEDISH.joined(iter(items)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(3, "3"), (3.0, "3"), (2.5, "2,5"), (2.04, "2"), (2.06, "2,1"), (0, "0"), (-0.04, "0"), (20.125, "20,1")],
)
def test_number(value: float, text: str) -> None:
    """At most one decimal, with a comma."""
    assert SWEDISH.number(value) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 frågor"), (1, "1 fråga"), (2, "2 frågor")])
def test_plural(count: int, text: str) -> None:
    """One is singular, everything else plural."""
    assert SWEDISH.plural(count, "fråga", "frågor") == text
