"""A whole number that is written, the usual ones also tapped."""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.buttons import Button, Keyboard
from flows.enums import Kind
from flows.fields.base import Numbered, Standing, There
from flows.toml_table import TomlTable
from flows.values import Value

MOST = 7  # numbers on a row; others are written
MANY = 1_000_000  # as good as no bound


@dataclass(frozen=True, slots=True)
class NumberField(Numbered):
    """A whole number from `low` to `high`."""

    low: int = 1
    high: int = MANY
    advise: tuple[int, ...] = ()  # the lowest and highest that are recommended: any other is met with a word

    kind = Kind.NUMBER

    @classmethod
    def of(cls, table: TomlTable) -> "NumberField":
        """Read the keys that only a number can have."""
        low, high = table.get("low", int, 1), table.get("high", int, MANY)
        return cls(low, high, _span(table, "advise"))

    def mistakes(self, table: TomlTable) -> None:
        """Bounds that are none."""
        if self.low >= self.high:
            table.wrong("low", "must be below high")

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
