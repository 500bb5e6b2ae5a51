"""What every kind of question can be asked. Each kind answers for itself, in a file of its own.

A kind's record holds the keys that only it can have in a definition, and what cannot be said there cannot be wrong.
What others ask of a question whatever its kind has an answer here that fits most of them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Protocol, Self

from flows.answers import clean, unfit, whole
from flows.buttons import Keyboard
from flows.dates.date_patterns import bare_words
from flows.dates.dates import DateReader
from flows.enums import Kind, Mark
from flows.input_errors import Problem, Trouble
from flows.toml_table import TomlTable
from flows.values import Part, Pointer, Value, Values, parts, pointers

SHORT: Final = 3  # words of a number that is written out, with what it counts
_WHOLE = re.compile(r"-?\d+")
OffHolidays = Callable[[date], date]  # from a day to the nearest one that is no holiday


@dataclass(frozen=True, slots=True)
class Offer:
    """A row that can be chosen as an answer: "12" for the row of that id, "o3" for an organisation that is none yet."""

    arg: str
    title: str

    @property
    def value(self) -> Pointer:
        """The answer that choosing it gives."""
        return {"id": int(self.arg)} if self.arg.isdecimal() else {"name": self.title}


@dataclass(frozen=True, slots=True)
class There:
    """What there is to choose among, in this group and for this person."""

    me: int = 0
    members: tuple[int, ...] = ()
    organisations: tuple[int, ...] = ()
    offers: tuple[Offer, ...] = ()
    told: Values | None = None  # answers given before, by question
    before: tuple[str, ...] = ()  # earlier questions after the same, whose answer can be taken over


@dataclass(frozen=True, slots=True)
class Offered:
    """What is shown beneath a question or a summary."""

    page: int = 0  # of the buttons
    query: str = ""  # what is looked for among the rows
    readings: tuple[str, ...] = ()  # days or moments that a text can mean, or the one day that still lacks its hour


class Standing(Protocol):
    """Where a person stands with a question: the part of `flows.run.state.Visit` that its buttons depend on."""

    @property
    def row(self) -> int | None:
        """The saved row that is changed, None for a new one and for a sheet."""

    @property
    def draft(self) -> Values:
        """What the new row holds so far."""

    @property
    def ticked(self) -> tuple[str, ...]:
        """What is ticked and not yet said to be all."""

    @property
    def offered(self) -> Offered:
        """What is shown beneath it."""


class Says(Protocol):
    """The words for what answers name: of the chat, or of documents."""

    def option(self, option: str) -> str:
        """An option's name."""

    def scale(self, number: int, of: int) -> str:
        """A number of so many."""

    def day(self, iso: str) -> str:
        """A day, from its ISO form."""

    def moment(self, iso: str) -> str:
        """A day with its hour."""

    def member(self, number: int) -> str:
        """A member's name."""

    def organisation(self, number: int) -> str:
        """An organisation's name."""

    def row(self, row: Part) -> str:
        """The name of a row."""

    def text(self, text: str) -> str:
        """Somebody's own words."""

    def several(self, names: Sequence[str]) -> str:
        """Several names in a row."""


class FieldType:
    """What sort of answer a question takes. The base of all kinds."""

    __slots__ = ()
    kind: ClassVar[Kind]
    tapped: ClassVar[bool] = False  # its answer is one of a few that are always there: words beside them are a comment
    words: ClassVar[bool] = False  # its answer is what a person wrote, so that it can point somebody out
    points: ClassVar[bool] = False  # its answer points at a person, an organisation or a row
    a_day: ClassVar[bool] = False  # its answer is a day, with or without its hour
    one_line: ClassVar[bool] = True  # it is written on one line of a form

    @property
    def options(self) -> tuple[str, ...]:
        """The options of a choice, in order."""
        return ()

    @property
    def many(self) -> bool:
        """True if it takes several answers."""
        return False

    @property
    def hoped(self) -> str:
        """The option to hope for, so that it is seen where nobody takes it; empty for none."""
        return ""

    @property
    def register(self) -> str:
        """The register whose rows it points at; empty for none."""
        return ""

    @property
    def counted(self) -> bool:
        """True if an answer is a single one of a few, so that it can be counted how many gave each."""
        return False

    def marked(self, mark: Mark) -> tuple[str, ...]:
        """The options with this mark."""
        return ()

    def read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        """Return the value that a person means by this text, as plain JSON, or the trouble with it."""
        text = clean(text)
        return unfit(text) or self._read(text, today, dates)

    def _read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        """Read a cleaned text that is neither empty nor too long."""
        return text

    def tap(self, arg: str, today: date, off_holidays: OffHolidays | None = None) -> Value | Trouble:
        """Return the value that a button stands for. A forged or outdated argument is trouble, never an error."""
        return Trouble(Problem.CHOOSE)

    def choices(self, there: There) -> Mapping[str, Value]:
        """What there is to choose among, by the button's argument."""
        return {}

    def offer(self, there: There, at: Standing) -> Keyboard:
        """The buttons with which it is answered."""
        return ()

    def picked(self, value: Value) -> tuple[str, ...]:
        """Which of its choices an answer is, by their arguments."""
        return ()

    def entered(self, value: Value) -> str:
        """What stands in the line of a form that holds this answer, beside what is picked."""
        return "" if value is None else str(value)

    def join(self, theirs: Value, mine: Value, between: str) -> Value:
        """Two people's answers as one, where they can stand together; else the later one, `mine`."""
        return mine

    def say(self, value: Value, says: Says) -> str:
        """Return an answer as people read it."""
        return says.text(str(value))

    def advice(self, value: Value) -> str:
        """The name of the advice that an answer is met with; empty for none. The answer is taken all the same."""
        return ""

    @classmethod
    def of(cls, table: TomlTable) -> Self:
        """Read the keys that only this kind of question can have."""
        return table.record(cls)

    def mistakes(self, table: TomlTable) -> None:
        """Note on the table what its keys say that does not fit together."""


class Pointing(FieldType):
    """What person, organisation and row have in common: an answer has an id, or the name of what is to be made."""

    __slots__ = ()
    words = True
    points = True

    def _read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        return {"name": " ".join(text.split())[:120]}

    def tap(self, arg: str, today: date, off_holidays: OffHolidays | None = None) -> Value | Trouble:
        """Return what the id on the button points at."""
        number = whole(arg)
        return Trouble(Problem.CHOOSE) if number is None else {"id": number}

    def picked(self, value: Value) -> tuple[str, ...]:
        """Return the ids that an answer points at."""
        return tuple(str(one["id"]) for one in pointers(value) if "id" in one)

    def entered(self, value: Value) -> str:
        """Return the names of what is to be made."""
        return ", ".join(str(one["name"]) for one in pointers(value) if "name" in one)


class Numbered(FieldType):
    """What scale and number have in common."""

    __slots__ = ()
    low: int
    high: int

    def _read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        return self.number(_in_figures(text, dates.words.numbers))

    def number(self, text: str) -> int | Trouble:
        """The one whole number in a text such as "14 månader", within the bounds; none or several are trouble."""
        found = _WHOLE.findall(text)
        number = int(found[0]) if len(found) == 1 and len(found[0]) <= 9 else None
        if number is None or not self.low <= number <= self.high:
            return Trouble(Problem.NUMBER, {"low": self.low, "high": self.high})
        return number

    def mistakes(self, table: TomlTable) -> None:
        """Bounds that are none."""
        if self.low >= self.high:
            table.wrong("low", "must be below high")

    def tap(self, arg: str, today: date, off_holidays: OffHolidays | None = None) -> Value | Trouble:
        """Return the number on the button."""
        return Trouble(Problem.CHOOSE) if whole(arg) is None else self.number(arg)


def _in_figures(text: str, numbers: Mapping[str, int]) -> str:
    """Return a short text with the number that it begins with in figures: "två tjejer"; not what only ends in one."""
    words = bare_words(text).split()
    if len(words) > SHORT or not words or words[0] not in numbers or " ".join(words[:2]) in numbers:
        return text
    return " ".join([str(numbers[words[0]]), *words[1:]])


def all_of(theirs: Value, mine: Value) -> Value:
    """Return several ticks with those of another, each once."""
    return [*parts(theirs), *(one for one in parts(mine) if one not in parts(theirs))]
