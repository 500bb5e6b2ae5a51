"""Stretches of days that name no first and last one: "nästa vecka", "v 40–42", "två veckor", "tills vidare"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flows.dates.date_patterns import any_of
from flows.dates.date_words import DateWords
from flows.dates.months import add_months

Span = tuple[date, date]  # the first and the last day
WEEK = timedelta(days=7)
SUNDAY = timedelta(days=6)  # after a Monday


@dataclass(frozen=True)
class SpanWords:
    """What people may write for a stretch of days in a language; `[read.spans]` in its language.toml explains each."""

    this_week: tuple[str, ...]
    whole: tuple[str, ...]
    lasting: tuple[str, ...]
    ahead: tuple[str, ...]
    open_ended: Mapping[str, int]
    reasons: tuple[str, ...]
    besides: tuple[str, ...]
    returning: tuple[str, ...]
    beyond: tuple[str, ...]
    holidays: Mapping[str, str]


def _follows(first: int, last: int, end: date) -> bool:
    """True if the week that ends that day, the last, comes right after the first, perhaps over the turn of the year."""
    return end.isocalendar().week == last and (end - WEEK).isocalendar().week == first


class SpanReader:
    """Reads stretches of days in the words of one language."""

    def __init__(self, words: SpanWords, dates: DateWords) -> None:
        self._words, self._dates = words, dates
        self._reasons = re.compile(rf"\b(?:{any_of(words.reasons)})\b")
        self._besides = re.compile(rf"^(?:(?:{any_of(words.besides)}) )+|(?: (?:{any_of(words.besides)}))+$")
        self._returning = re.compile(rf"(?:{any_of(words.returning)}) (.+)")
        self._whole = re.compile(rf"^(?:{any_of(words.whole)}) ")
        week, to, also = any_of(dates.week), any_of(("-", "–", *dates.until)), any_of(dates.also)
        self._weeks = re.compile(
            rf"(?:{week}) ?(\d{{1,2}})(?: ?(?:{to}|(?P<also>{also})) ?(?:(?:{week}) ?)?(\d{{1,2}}))?"
        )
        self._also = re.compile(rf" (?:{also}) ")
        amount = rf"(\d{{1,3}}|{any_of(dates.numbers)}) ({any_of(dates.units)})"
        self._lasts = re.compile(rf"(?:(?:{any_of(words.lasting)}) )?{amount}")
        self._ahead = re.compile(rf"(?:{any_of(words.ahead)}) {amount}")

    def read(self, text: str, today: date) -> list[Span]:
        """Return the stretch that these words mean, seen from `today`: none or one. One that has begun begins today."""
        words = " ".join(text.lower().split()).rstrip(".!")
        if months := self._words.open_ended.get(words):
            return [(today, add_months(today, months))]
        words = self._whole.sub("", words)
        monday = today - timedelta(days=today.weekday())
        if words in self._words.this_week:
            return [(today, monday + SUNDAY)]
        if words in self._dates.next_week:
            return [(monday + WEEK, monday + WEEK + SUNDAY)]
        if match := self._weeks.fullmatch(words):
            first, last = int(match[1]), int(match[3] or match[1])
            found = self._numbered(first, last, today)
            return [] if match["also"] and not any(_follows(first, last, end) for _, end in found) else found
        if match := self._lasts.fullmatch(words):
            after = self._after(match[1], match[2], today)
            return [(today, after - timedelta(days=1))] if after > today else []
        if (match := self._ahead.fullmatch(words)) and self._dates.units[match[2]].get("days") == WEEK.days:
            there = self._after(match[1], match[2], monday)
            return [(there, there + SUNDAY)]
        if words in self._dates.months:
            return self._month(self._dates.months.index(words) + 1, today)
        return []

    def holidays(self, text: str) -> list[str]:
        """Return the holidays that these words name, and nothing else, from the first to the last: "jul och nyår"."""
        words = self._whole.sub("", " ".join(text.lower().split()).rstrip(".!"))
        parts = self._also.split(words)
        return [self._words.holidays[part] for part in parts] if set(parts) <= self._words.holidays.keys() else []

    def bare(self, text: str) -> str:
        """Return the text in lower case without the reason for an absence, and what is said around it, which say
        nothing of when: "nej förresten, sjuk hela veckan tror jag"."""
        return self._besides.sub("", " ".join(self._reasons.sub(" ", text.lower()).replace(",", " ").split()))

    def back_on(self, text: str) -> str:
        """Return the words for the day on which somebody is there again: "kommer tillbaka måndag"; "" for none."""
        found = self._returning.fullmatch(text)
        return found[1] if found else ""

    def goes_beyond(self, word: str) -> bool:
        """True for a word after which a stretch is not meant itself: "efter" in "efter jul"."""
        return word.lower() in self._words.beyond

    def _after(self, count: str, unit: str, today: date) -> date:
        many, of = int(count) if count.isdigit() else self._dates.numbers[count], self._dates.units[unit]
        return add_months(today, many * of["months"]) if "months" in of else today + many * timedelta(**of)

    @staticmethod
    def _numbered(first: int, last: int, today: date) -> list[Span]:
        """Return weeks by their numbers (ISO 8601): the next ones that are not over."""
        for year in (today.isocalendar().year, today.isocalendar().year + 1):
            try:
                begins, ends = (
                    date.fromisocalendar(year, first, 1),
                    date.fromisocalendar(year + (last < first), last, 7),
                )
            except ValueError:
                continue  # few years have a week 53
            if ends >= today:
                return [(max(begins, today), ends)]
        return []

    @staticmethod
    def _month(month: int, today: date) -> list[Span]:
        year = today.year + (month < today.month)
        begins = date(year, month, 1)
        return [(max(begins, today), add_months(begins, 1) - timedelta(days=1))]
