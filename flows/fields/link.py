"""An address on the web."""

from dataclasses import dataclass
from datetime import date

from flows.dates.dates import DateReader
from flows.enums import Kind
from flows.fields.base import FieldType
from flows.fields.text import ADDRESS
from flows.input_errors import Problem, Trouble
from flows.values import Value


@dataclass(frozen=True, slots=True)
class LinkField(FieldType):
    """An address on the web, whole."""

    kind = Kind.LINK
    words = True

    def _read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        """Read "exempel.se/a" as "https://exempel.se/a". Words beside an address are trouble."""
        found = ADDRESS.fullmatch(text)
        return f"{(found[1] or 'https://').lower()}{found[2]}" if found else Trouble(Problem.LINK)
