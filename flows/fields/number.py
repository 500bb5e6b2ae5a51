"""A whole number that is written, the usual ones also tapped."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from flows.buttons import Button, Keyboard
from flows.dates.dates import DateReader
from flows.enums import Kind
from flows.fields.base import Numbered, Standing, There
from flows.input_errors import Trouble
from flows.toml_table import TomlTable
from flows.values import Value

MOST = 7  # numbers on a row; others are written
IN_WORDS = 5  # words of a text in which one can be the number
MANY = 1_000_000  # as good as no bound


@dataclass(frozen=True, slots=True)
class NumberField(Numbered):
    """A whole number from `low` to `high`."""

    low: int = 1
    high: int = MANY
    advise: tuple[int, ...] = ()  # the lowest and highest that are recommended: any other is met with a word

    kind = Kind.NUMBER

    @classmethod
    def of(cls, table: TomlTable) -> Self:
        """Read the keys that only a number can have."""
        return table.record(cls, advise=_span(table, "advise"))

    def _read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        """Read a number in figures or, in a short text without any, in a word.

        A day is none ("15 februari"), nor is an article ("ett år").
        """
        if dates.read_date(text, today):
            return self.number("")
        words = re.findall(r"\w+", text.casefold())
        spelt = [str(n) for word in words if (n := dates.words.numbers.get(word, 0)) > 1 or (n and len(words) == 1)]
        in_words = len(words) <= IN_WORDS and not any(map(str.isdecimal, text))
        return self.number(" ".join(spelt) if in_words else text)

    @property
    def shown(self) -> tuple[int, ...]:
        """The span whose first numbers stand on buttons: what is recommended, or has a bound; empty for none."""
        return self.advise or ((self.low, self.high) if self.high < MANY else ())

    def choices(self, there: There) -> Mapping[str, Value]:
        """The first of the usual numbers."""
        if not self.shown:
            return {}
        lowest, highest = self.shown
        return {str(n): n for n in range(lowest, highest + 1)[:MOST]}

    def offer(self, there: There, at: Standing) -> Keyboard:
        """The usual numbers, beside each other."""
        return (tuple(Button("pick", n, "number") for n in self.choices(there)),) if self.shown else ()

    def advice(self, value: Value) -> str:
        """A word on a number outside of what is recommended."""
        if not self.advise or not isinstance(value, int):
            return ""
        return "advice.low" if value < self.advise[0] else "advice.high" if value > self.advise[1] else ""


def _span(table: TomlTable, key: str) -> tuple[int, ...]:
    """Read the lowest and the highest number of a span; empty if the table has none."""
    span = table.get(key, list, [])
    if span and (len(span) != 2 or not all(isinstance(n, int) for n in span)):
        table.wrong(key, "must be two whole numbers, the lowest and the highest")
        return ()
    return tuple(span)
