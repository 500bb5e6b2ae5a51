"""Reckoning in months, and in weeks of the year."""

import calendar
from datetime import date


def add_months(start: date, months: int) -> date:
    """The same day of the month so many months on, or the month's last day if it is shorter."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def weeks_in(year: int) -> int:
    """Return the number of weeks in a year: 28 December is always in the last one."""
    return date(year, 12, 28).isocalendar().week
