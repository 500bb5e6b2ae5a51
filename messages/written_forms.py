"""How a language writes days, hours, numbers and lists, by `[write]` in its language.toml."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flows.values import iso_day, time_of
from messages.structure.blocks import Body, Fold, Inline, Span, said

HOURS_ABOVE = 120  # minutes; what takes longer is told in hours
UNFOLDED = 160  # characters that a text may have before it is folded
HALF_A_YEAR = timedelta(183)  # days that people still mean without a year


class WrittenForms:
    """The written forms of one language; each method is a filter of templates, too."""

    months: Sequence[str]
    weekday_names: Sequence[str]
    _write: Mapping[str, Any]
    _decimal: str
    _last: str  # before the last of several: " och "
    _more: str
    _form: Callable[..., Any]  # which of a word's forms goes with a count

    def day(self, value: str | date) -> str:
        """An ISO date or a date as "torsdag 14 mars 2027"."""
        return self._dated("day", value)

    def the_day(self, value: str | date) -> str:
        """An ISO date or a date within a sentence, "måndagen den 25 januari"; the day is near, so without its year."""
        return self._dated("the_day", value)

    def long_date(self, value: str | date) -> str:
        """An ISO date or a date as "14 mars 2027"."""
        return self._dated("date", value)

    def short_day(self, value: str | date) -> str:
        """An ISO date or a date as "14 mars"."""
        return self._dated("short_day", value)

    def near_day(self, value: str | date, today: date) -> str:
        """An ISO date or a date as "14 mars", with its year where that could be taken for another."""
        day = as_date(value)
        near = day.year == today.year or abs(day - today) < HALF_A_YEAR
        return self.short_day(day) if near else self.long_date(day)

    def month(self, value: str | date) -> str:
        """An ISO date or a date as "mars 2027"."""
        return self._dated("month", value)

    def _dated(self, form: str, value: str | date) -> str:
        when = as_date(value)
        names = {"weekday": self.weekday_names[when.weekday()], "month": self.months[when.month - 1]}
        return str(self._write[form]).format(day=when.day, year=when.year, **names)

    def clock(self, value: datetime | time) -> str:
        """The time of day as "kl. 9.05"."""
        return str(self._write["clock"]).format(hour=value.hour, minute=f"{value.minute:02}")

    def moment(self, value: str) -> str:
        """A moment as it is kept, as "torsdag 14 mars 2027 kl. 13.00"; the day alone while its hour is not settled."""
        at = time_of(value)
        if at is None:
            return self.day(iso_day(value))
        return str(self._write["moment"]).format(day=self.day(iso_day(value)), clock=self.clock(at))

    def the_moment(self, value: str) -> str:
        """The same within a sentence, "måndagen den 25 januari kl. 13.00"; the day is near, so without its year."""
        at, day = time_of(value), self._dated("the_day", iso_day(value))
        return day if at is None else str(self._write["moment"]).format(day=day, clock=self.clock(at))

    def joined(self, items: Iterable[str]) -> str:
        """ "a, b och c"; empty for none."""
        *first, last = list(items) or [""]
        return f"{', '.join(first)}{self._last}{last}" if first else last

    def more(self, count: int) -> str:
        """Return how many more there are than a list shows: "3 till"."""
        return str(self._more.format(count=count))

    def weekdays(self, days: Iterable[int]) -> str:
        """Days of the week (0 is Monday) as "mån–fre" where they follow on each other, else "mån, ons"."""
        found = sorted(days)
        names = [self._write["weekdays"][day] for day in found]
        if len(found) > 2 and found[-1] - found[0] == len(found) - 1:
            return f"{names[0]}–{names[-1]}"
        return ", ".join(names)

    def number(self, value: float) -> str:
        """Return a number with at most one decimal, after the language's mark: 2,5 and 3."""
        rounded = round(value, 1)
        return str(int(rounded)) if rounded == int(rounded) else str(rounded).replace(".", self._decimal)

    def mean(self, value: float) -> str:
        """Return a mean with its one decimal, 2,0 too: it stands beside others."""
        return f"{value:.1f}".replace(".", self._decimal)

    def plural(self, count: int, *forms: str) -> str:
        """ "1 fråga", "3 frågor": the count with the one of the forms that the language's rule picks."""
        return f"{count} {forms[int(str(self._form(count=count)))]}"

    def duration(self, minutes: int) -> str:
        """Return how long something takes: "90 minuter", but "2 timmar", and above that "6 timmar 45 minuter"."""
        hours, rest = divmod(minutes, 60) if minutes > HOURS_ABOVE or minutes % 60 == 0 else (0, minutes)
        parts = (("hours", hours), ("minutes", rest))
        return " ".join(self.plural(count, *self._write[name]) for name, count in parts if count)

    def fold(self, text: str, most: int = UNFOLDED) -> Body:
        """Return the text; if it is longer than `most` characters, to be unfolded."""
        return (Fold(said(text)),) if len(text) > most else said(text)

    def link(self, text: str, to: str) -> Inline:
        """Return the text as a link."""
        return (Span(text, link=to),)

    def hidden(self, text: str) -> Inline:
        """Return the text so that it shows when one taps it."""
        return (Span(text, hidden=True),)


def as_date(value: str | date) -> date:
    """A date, also from its ISO text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
