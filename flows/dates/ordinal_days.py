"""Days by their place in a month: "den femtonde", "första måndagen i mars", "sista fredagen i nästa månad".

They are put into figures, so that what stands beside them, such as an hour, is read as it is beside any other date.
"""

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flows.dates.date_patterns import any_of

WEEKS: int = 5  # in a month no weekday comes more often


@dataclass(frozen=True)
class OrdinalWords:
    """What people may write for a place in a month; `[read.places]` in a language's language.toml explains each."""

    numbers: Mapping[str, int]
    last: tuple[str, ...]
    weekday: tuple[str, ...]
    day: tuple[str, ...]
    of: tuple[str, ...]
    this_month: tuple[str, ...]
    next_month: tuple[str, ...]


class OrdinalReader:
    """Puts such days of one language into figures."""

    def __init__(self, words: OrdinalWords, weekdays: Sequence[str], months: Sequence[str], ending: str) -> None:
        """`ending`: what stands after a day's number, as in "15:e"."""
        self._words, self._weekdays, self._months, self._ending = words, weekdays, months, ending
        these, called = any_of((*words.this_month, *words.next_month)), any_of(months)
        few = [word for word, number in words.numbers.items() if number <= WEEKS]
        month = rf"(?:(?P<near>{these})|(?P<month>{called})(?: (?P<year>\d{{4}}))?)"
        endings, of = any_of(words.weekday), any_of(words.of)
        self._nth = re.compile(
            rf"\b(?P<nth>{any_of(few)}|(?P<last>{any_of(words.last)})) "
            rf"(?:(?P<weekday>{any_of(weekdays)})(?:{endings})?|(?P<day>{any_of(words.day)})) (?:{of}) {month}\b"
        )
        self._last_of = re.compile(rf"\b(?P<nth>(?P<last>{any_of(words.last)}))(?: (?:{of}))? {month}\b")
        self._number = re.compile(rf"\b(?:{any_of(words.numbers)})\b")

    def in_figures(self, text: str, today: date, *, past: bool = False) -> str:
        """The text with these days in figures: the next ones, or the last ones (`past`), seen from `today`.

        What no month has stays as it is.
        """
        for pattern in (self._nth, self._last_of):
            text = pattern.sub(lambda match: self._day(match.groupdict(), match[0], today, past=past), text)
        return self._number.sub(lambda match: f"{self._words.numbers[match[0]]}{self._ending}", text)

    def _day(self, said: Mapping[str, str | None], as_it_is: str, today: date, *, past: bool) -> str:
        for year, month in self._meant(said, today, past=past):
            day = self._in_month(said, year, month)
            if day is None:
                return as_it_is
            if said["year"] or (day <= today if past else day >= today):
                return day.isoformat()
        return as_it_is

    def _meant(self, said: Mapping[str, str | None], today: date, *, past: bool) -> list[tuple[int, int]]:
        """The years and months that can be meant, the nearest first."""
        way = -1 if past else 1
        if said["near"]:
            first = today.year * 12 + today.month - 1 + (said["near"] in self._words.next_month)
            near = (first, first + way) if said["near"] in self._words.this_month else (first,)
            return [(place // 12, place % 12 + 1) for place in near]
        month = self._months.index(said["month"] or "") + 1
        if said["year"]:
            return [(int(said["year"]), month)]
        nearest = today.year + way * (way * month < way * today.month)
        return [(nearest, month), (nearest + way, month)]

    def _in_month(self, said: Mapping[str, str | None], year: int, month: int) -> date | None:
        """The day of this month that is meant; None if it has none, such as a fifth Monday."""
        if not 1 <= year <= date.max.year:
            return None
        days = [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]
        if weekday := said.get("weekday"):
            days = [day for day in days if day.weekday() == self._weekdays.index(weekday)]
        place = len(days) if said["last"] else self._words.numbers[said["nth"] or ""]
        return days[place - 1] if place <= len(days) else None
