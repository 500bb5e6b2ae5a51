"""Which days are free in Sweden, and which are avoided when meetings are planned."""

from datetime import date

import pytest

from bot.reminders.holidays import days_off, is_avoided, is_holiday, off_holidays
from flows.definitions.model import Question
from flows.enums import Audience
from flows.fields import DateField
from messages.language import Language


@pytest.mark.parametrize(
    "day",
    [
        (2027, 1, 1),
        (2027, 1, 6),
        (2027, 3, 26),
        (2027, 3, 29),
        (2028, 6, 6),
        (2027, 6, 25),
        (2027, 12, 24),
        (2038, 4, 26),
    ],
)
def test_holidays(day: tuple[int, int, int]) -> None:
    """Public holidays and the three eves are known, movable ones too, up to the latest Easter there can be."""
    assert is_holiday(date(*day))
    assert is_avoided(date(*day))


@pytest.mark.parametrize("day", [(2027, 4, 30), (2027, 5, 7), (2027, 1, 5), (2027, 12, 28), (2027, 3, 25)])
def test_days_beside_holidays(day: tuple[int, int, int]) -> None:
    """Short days, squeezed days and the days after Christmas are work days, but nobody plans a meeting then."""
    assert not is_holiday(date(*day))
    assert is_avoided(date(*day))


def test_an_ordinary_day() -> None:
    """An ordinary Tuesday is neither."""
    assert not is_holiday(date(2027, 3, 9))
    assert not is_avoided(date(2027, 3, 9))


@pytest.mark.parametrize(
    ("button", "today", "day"),
    [
        ("1", (2027, 12, 17), "2027-12-27"),  # Christmas Eve is a Friday
        ("1", (2027, 3, 19), "2027-03-30"),  # Good Friday
        ("1", (2027, 3, 20), "2027-03-27"),  # a Saturday is a day like others
        ("0", (2027, 12, 24), "2027-12-24"),  # today is today
    ],
)
def test_a_date_button_leaves_holidays_alone(button: str, today: tuple[int, int, int], day: str) -> None:
    """A day that a button comes to is moved to the next working day if it is a holiday."""
    question = Question("q", DateField(), Audience.GROUP)
    assert question.field.tap(button, date(*today), off_holidays) == day


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("jul", (2026, 12, 1), (2026, 12, 24), (2026, 12, 27)),  # Christmas Day is a Friday
        ("jul", (2026, 12, 26), (2026, 12, 26), (2026, 12, 27)),  # it has begun
        ("jul", (2026, 12, 28), (2027, 12, 24), (2027, 12, 26)),  # it is over
        ("nyår", (2026, 12, 1), (2026, 12, 31), (2027, 1, 3)),
        ("påsken", (2027, 1, 13), (2027, 3, 26), (2027, 3, 29)),
        ("midsommar", (2027, 1, 13), (2027, 6, 25), (2027, 6, 27)),
    ],
)
def test_days_off(
    name: str, today: tuple[int, int, int], first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    """What people call by the name of a holiday are all the days off beside it, weekends too."""
    (holiday,) = Language("sv").spans.holidays(f"Över {name}")
    assert days_off(holiday, date(*today)) == (date(*first), date(*last))


def test_every_holiday_that_is_understood_is_in_the_calendar() -> None:
    """No word in the language's file names a day that the calendar lacks; what the calendar lacks is refused."""
    spans = Language("sv").spans
    for words in ("julhelgen", "nyårshelgen", "påskhelgen", "kristi himmelsfärd", "pingst", "midsommarhelgen"):
        for holiday in spans.holidays(words):
            assert days_off(holiday, date(2027, 1, 13))[0].year == 2027
    with pytest.raises(ValueError, match="no holiday"):
        days_off("Jul", date(2027, 1, 13))
