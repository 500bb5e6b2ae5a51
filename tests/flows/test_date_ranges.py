"""Stretches of days in plain words: weeks, months, how long, until further notice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.language import Language

SWEDISH = Language("sv")
TODAY = date(2027, 1, 13)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("nästa vecka", date(2027, 1, 18), date(2027, 1, 24)),
        ("Hela nästa vecka.", date(2027, 1, 18), date(2027, 1, 24)),
        ("resten av veckan", TODAY, date(2027, 1, 17)),
        ("v 40", date(2027, 10, 4), date(2027, 10, 10)),
        ("vecka 40–42", date(2027, 10, 4), date(2027, 10, 24)),
        ("v. 1", date(2028, 1, 3), date(2028, 1, 9)),  # this year's is over
        ("v2", TODAY, date(2027, 1, 17)),  # it has begun
        ("v 51-2", date(2027, 12, 20), date(2028, 1, 16)),
        ("i två veckor", TODAY, date(2027, 1, 26)),
        ("10 dagar", TODAY, date(2027, 1, 22)),
        ("en månad", TODAY, date(2027, 2, 12)),
        ("om två veckor", date(2027, 1, 25), date(2027, 1, 31)),
        ("juli", date(2027, 7, 1), date(2027, 7, 31)),
        ("hela januari", TODAY, date(2027, 1, 31)),
        ("tills vidare", TODAY, date(2027, 4, 13)),
    ],
)
def test_read(text: str, first: date, last: date) -> None:
    """What people write when they will be away is a first and a last day."""
    assert SWEDISH.spans.read(text, TODAY) == [(first, last)]


@pytest.mark.parametrize(
    "text", ["", "v 54", "vecka", "om två dagar", "noll dagar", "snart", "nästa fredag", "v 40 kanske"]
)
def test_not_understood(text: str) -> None:
    """What is no stretch of days is none, so that the person is asked."""
    assert SWEDISH.spans.read(text, TODAY) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("jul", ["Juldagen"]),
        ("Över jul och nyår!", ["Juldagen", "Nyårsdagen"]),
        ("under påsken", ["Påskdagen"]),
        ("jul och fredag", []),
        ("och", []),
        ("", []),
    ],
)
def test_holidays(text: str, named: list[str]) -> None:
    """Holidays are understood by the names that people have for them, if nothing else is said."""
    assert SWEDISH.spans.holidays(text) == named


@given(st.dates(date(2025, 1, 1), date(2040, 1, 1)), st.integers(1, 53))
def test_a_week_is_one_to_come(today: date, number: int) -> None:
    """A week by its number is over today at the earliest, and within two years."""
    for first, last in SWEDISH.spans.read(f"v {number}", today):
        assert today <= first <= last < today + timedelta(days=740)
        assert last.isocalendar()[1:] == (number, 7)
