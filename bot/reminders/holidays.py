"""Swedish holidays, by the `holidays` library: days without reminders, and days for which no meeting is proposed."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import holidays
from holidays.constants import BANK, DE_FACTO, OPTIONAL, PUBLIC

from flows.timing.pacing import WORKDAYS

if TYPE_CHECKING:
    from holidays.countries.sweden import Sweden


def _sweden() -> type[Sweden]:
    """Load Sweden's class by the place of its file: its package would load those of all countries, at each start."""
    spec = spec_from_file_location("sweden", Path(holidays.__file__).with_name("countries") / "sweden.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    sweden: type[Sweden] = module.Sweden
    return sweden


# Years are worked out when first asked for. Midsummer, Christmas and New Year's Eve are free in fact if not in law.
_SWEDEN = _sweden()
_FREE = _SWEDEN(categories=(PUBLIC, DE_FACTO), include_sundays=False)
_SHORT = _SWEDEN(categories=(BANK, OPTIONAL), include_sundays=False)


@lru_cache(1024)  # days of some three years: each group's are looked at each day
def is_holiday(day: date) -> bool:
    """True on a public holiday, or a day that is one in practice; weekends are not counted."""
    return day in _FREE


def working_day_before(day: date) -> date:
    """Return the last day before this one that is neither in a weekend nor a holiday."""
    day -= timedelta(1)
    while day.weekday() not in WORKDAYS or is_holiday(day):
        day -= timedelta(1)
    return day


def working_day_after(day: date) -> date:
    """Return the first day after this one that is neither in a weekend nor a holiday."""
    day += timedelta(1)
    while day.weekday() not in WORKDAYS or is_holiday(day):
        day += timedelta(1)
    return day


def working_days_from(day: date, count: int) -> date:
    """Return the day that many working days after this one."""
    for _ in range(count):
        day = working_day_after(day)
    return day


def days_off(name: str, today: date) -> tuple[date, date]:
    """Return the first and last day of the days off in a row around the next holiday of this name that is not over.

    The name is the Swedish calendar's in `holidays`. Raises ValueError if that has none of this name.
    """
    three = range(today.year, today.year + 3)
    calendar = _SWEDEN(categories=(PUBLIC, DE_FACTO), years=three, include_sundays=False, language="sv")
    for day in sorted(calendar.get_named(name, "exact")):
        last = working_day_after(day) - timedelta(1)
        if last >= today:
            return max(working_day_before(day) + timedelta(1), today), last
    raise ValueError("no holiday has this name")


def off_holidays(day: date) -> date:
    """Return the day itself; if it is a holiday, the next working day."""
    return working_day_after(day) if is_holiday(day) else day


def is_avoided(day: date) -> bool:
    """True on a day that nobody plans a meeting for.

    Holidays, the short days before them, the day after Ascension Day, and the weeks from Christmas to Epiphany.
    """
    return day in _FREE or day in _SHORT or (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 6)
