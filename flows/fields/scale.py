"""A number on a scale, such as 1–5."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flows.buttons import Button, Keyboard
from flows.dates.dates import DateReader
from flows.enums import Kind
from flows.fields.base import Numbered, Says, Standing, There
from flows.input_errors import Problem, Trouble
from flows.values import Value


@dataclass(frozen=True, slots=True)
class ScaleField(Numbered):
    """A number from `low` to `high`, whose ends have words."""

    low: int = 1
    high: int = 5

    kind = Kind.SCALE
    tapped = True

    @property
    def counted(self) -> bool:
        """True: how many gave each number."""
        return True

    def _read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        """Read a number in figures or as the one word there is; a reason is a reason, even if it holds a number."""
        number = dates.words.numbers.get(text.casefold().rstrip(".!"))
        if number is not None and self.low <= number <= self.high:
            return number
        return Trouble(Problem.CHOOSE) if any(c.isalpha() for c in text) else self.number(text)

    def choices(self, there: There) -> Mapping[str, Value]:
        """Every number of the scale."""
        return {str(n): n for n in range(self.low, self.high + 1)}

    def offer(self, there: There, at: Standing) -> Keyboard:
        """Every number, beside each other."""
        return (tuple(Button("pick", n, "number") for n in self.choices(there)),)

    def picked(self, value: Value) -> tuple[str, ...]:
        """Return the number."""
        return () if value is None else (str(value),)

    def entered(self, value: Value) -> str:
        """Nothing: it is picked."""
        return ""

    def say(self, value: Value, says: Says) -> str:
        """The number, and of how many."""
        return says.scale(value, self.high) if isinstance(value, int) else says.text(str(value))
