"""Swedish holidays, by the `holidays` library: days without reminders, and days for which no meeting is proposed."""

from datetime import date

from holidays import country_holidays
from holidays.constants import BANK, DE_FACTO, OPTIONAL, PUBLIC

# Years are worked out when first asked for. Midsummer, Christmas and New Year's Eve are free in fact if not in law.
_FREE = country_holidays("SE", categories=(PUBLIC, DE_FACTO), include_sundays=False)
_SHORT = country_holidays("SE", categories=(BANK, OPTIONAL), include_sundays=False)


def is_holiday(day: date) -> bool:
    """True on a public holiday, or a day that is one in practice; weekends are not counted."""
    return day in _FREE


def is_avoided(day: date) -> bool:
    """True on a day that nobody plans a meeting for.

    Holidays, the short days before them, the day after Ascension Day, and the weeks from Christmas to Epiphany.
    """
    return day in _FREE or day in _SHORT or (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 6)
