"""A number on a scale, such as 1–5."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flows.answers import whole
from flows.buttons import Button, Keyboard
from flows.dates.dates import DateReader
from flows.enums import Kind
from flows.fields.base import Numbered, Says, Standing, There
from flows.input_errors import Problem, Trouble
from flows.values import Value

HALF_SAID: Final = 5  # words in which a number is named and no reason given
_PARTS: Final = re.compile(r"\d[.,/]\d|^\s*-")  # of a number: it is none of the scale


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
        """Read a number in figures or in words, perhaps half said ("typ 4"); of two ("2 kanske 3") it is asked which. A
        reason is a reason, even if it holds a number.
        """
        found = self._named(text, dates)
        if len(found) == 1:
            return found[0]
        if found:
            return Trouble(Problem.SCALE_BETWEEN, {"numbers": [str(number) for number in found]})
        return Trouble(Problem.CHOOSE) if any(c.isalpha() for c in text) else self.number(text)

    def _named(self, text: str, dates: DateReader) -> list[int]:
        """Return the numbers of the scale that a text names beside nothing but words that say roughly."""
        said = [] if _PARTS.search(text) else re.findall(r"\d+|[^\W\d_]+", text.casefold())
        rough = dates.words.roughly if len(said) > 1 else ()  # "en 4", while "en" alone is a number
        numbers = {word: dates.words.numbers.get(word, whole(word)) for word in said if word not in rough}
        named = {word: number for word, number in numbers.items() if number is not None}
        rest = [word for word in numbers if word not in named]
        inside = all(self.low <= number <= self.high for number in named.values())
        return list(dict.fromkeys(named.values())) if inside and not rest and len(said) <= HALF_SAID else []

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
