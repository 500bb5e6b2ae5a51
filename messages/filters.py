"""How dates, numbers and lists are written in Swedish."""

from collections.abc import Iterable
from datetime import date, datetime, time

MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")


def day(value: str | date) -> str:
    """An ISO date or a date as "torsdag 14 mars 2027"."""
    when = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year}"


def short_day(value: str | date) -> str:
    """An ISO date or a date as "14 mars"."""
    when = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{when.day} {MONTHS[when.month - 1]}"


def month(value: str | date) -> str:
    """An ISO date or a date as "mars 2027"."""
    when = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{MONTHS[when.month - 1]} {when.year}"


def clock(value: datetime | time) -> str:
    """The time of day as "kl. 9.05"."""
    return f"kl. {value.hour}.{value.minute:02}"


def joined(items: Iterable[str]) -> str:
    """ "a, b och c"; empty for none."""
    *first, last = list(items) or [""]
    return f"{', '.join(first)} och {last}" if first else last


def weekdays(days: Iterable[int]) -> str:
    """Days of the week (0 is Monday) as "mån–fre" where they follow on each other, else "mån, ons"."""
    found = sorted(days)
    names = [WEEKDAYS[day][:3] for day in found]
    if len(found) > 2 and found[-1] - found[0] == len(found) - 1:
        return f"{names[0]}–{names[-1]}"
    return ", ".join(names)


def number(value: float) -> str:
    """At most one decimal, with a comma: 2,5 and 3."""
    rounded = round(value, 1)
    return str(int(rounded)) if rounded == int(rounded) else str(rounded).replace(".", ",")


def plural(count: int, one: str, many: str) -> str:
    """ "1 fråga", "3 frågor"."""
    return f"{count} {one if count == 1 else many}"


FILTERS = {
    "day": day,
    "short_day": short_day,
    "month": month,
    "clock": clock,
    "joined": joined,
    "number": number,
    "plural": plural,
    "weekdays": weekdays,
}
