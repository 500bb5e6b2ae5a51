"""Dates in figures: "2027-03-14", "14/3", "14.3.27"."""

import re
from datetime import date


def iso(words: str, today: date) -> list[date] | None:
    """Year, month and day, with or without hyphens."""
    match = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})", words)
    return those_that_are([(int(match[1]), int(match[2]), int(match[3]))]) if match else None


def slashed(words: str, today: date) -> list[date] | None:
    """Day/month, as Swedes write it; the year may follow."""
    match = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})(?:[/. -]+(\d{4}|\d{2}))?", words)
    if not match:
        return None
    return day_and_month(int(match[1]), int(match[2]), match[3], today)


def day_and_month(day: int, month: int, year: str | None, today: date) -> list[date]:
    """The day in this year, or the next one to come if there is none."""
    if year is not None:
        return those_that_are([(int(year) + (2000 if len(year) == 2 else 0), month, day)])
    # 29 February may be up to eight years away.
    for candidate in range(today.year, today.year + 9):
        found = those_that_are([(candidate, month, day)])
        if found and found[0] >= today:
            return found
    return []


def those_that_are(parts: list[tuple[int, int, int]]) -> list[date]:
    """Those of the parts that are dates of the calendar."""
    found = []
    for year, month, day in parts:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found
