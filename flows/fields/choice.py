"""One of some options, or several of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from flows.answers import at_place
from flows.buttons import Button, Keyboard, turn
from flows.dates.dates import DateReader
from flows.enums import Kind, Mark
from flows.fields.base import FieldType, OffHolidays, Says, Standing, There, all_of
from flows.input_errors import Problem, Trouble
from flows.toml_table import TomlTable
from flows.values import Value, parts

# Options to a page where they stand in columns: with the rest of the keyboard they leave the question in sight.
WIDE = 8
HINT = "hint"  # an advice in the exercise's own words


@dataclass(frozen=True, slots=True)
class Likely:
    """The options of a choice that are shown first, by the answer to an earlier choice about the same."""

    question: str
    options: tuple[tuple[str, tuple[str, ...]], ...]

    def first(self, answer: Value) -> tuple[str, ...]:
        """The options that this answer makes likely, in order; none without one."""
        given = answer if isinstance(answer, list | tuple) else (answer,)
        found = [option for one, options in self.options if one in given for option in options]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class ChoiceField(FieldType):
    """One of some options; with `many` several of them."""

    options: tuple[str, ...] = ()
    many: bool = False
    listed: Literal["", "areas"] = ""  # the options are what the group has listed so; left out while there are none
    advise: tuple[str, ...] = ()  # options that are recommended: any other is met with a kind word, and taken
    columns: int = 1  # so many buttons beside each other, and not more rows than a phone shows
    likely: Likely | None = None  # the options that come first
    hoped: str = ""  # the answer to hope for, so that it is seen where nobody gives it
    marks: tuple[tuple[Mark, tuple[str, ...]], ...] = ()  # what single options are to the program

    kind = Kind.CHOICE
    tapped = True

    @classmethod
    def of(cls, table: TomlTable) -> Self:
        """Read the keys that only a choice can have."""
        return table.record(cls, likely=_likely(table.table("likely")))

    def mistakes(self, table: TomlTable) -> None:
        """Options that are named and not there, and what only goes with one or with several."""
        for name, chosen in (
            ("advise", self.advise),
            ("hoped", (self.hoped,) if self.hoped else ()),
            ("likely", tuple(o for _, options in (self.likely.options if self.likely else ()) for o in options)),
            ("marks", tuple(option for _, options in self.marks for option in options)),
        ):
            if not set(chosen) <= set(self.options):
                table.wrong(name, f"names what is no option; use some of {', '.join(self.options)}")
        unlike, lone = bool(self.options) == bool(self.listed), self.marked(Mark.NONE) and not self.many
        table.refuse(
            ("options", unlike, "a choice needs options or a list of the group's, and only a choice has them"),
            ("marks", lone, "only of a choice that takes several answers can one be none of them"),
        )

    @property
    def advised_against(self) -> tuple[str, ...]:
        """The options that are met with a kind word."""
        return tuple(option for option in self.options if self.advise and option not in self.advise)

    @property
    def counted(self) -> bool:
        """True if one option is taken."""
        return not self.many

    def marked(self, mark: Mark) -> tuple[str, ...]:
        """Return the options with this mark."""
        return dict(self.marks).get(mark, ())

    def together(self, options: Sequence[str], newest: str = "") -> tuple[str, ...]:
        """Which of these may be ticked together: what says none gives way to the others, unless it came last."""
        none = self.marked(Mark.NONE)
        if newest in none:
            return (newest,)
        return tuple(option for option in options if option not in none) or tuple(options)

    def option_at(self, place: str) -> str | None:
        """The option at this place, as buttons name it (an id would not always fit in a button's 64 bytes)."""
        return at_place(self.options, place)

    def ticked(self, ticks: Sequence[str]) -> list[str]:
        """Return the options among these ticks, in their own order."""
        return [option for option in self.options if option in ticks]

    def _read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        return Trouble(Problem.CHOOSE)  # what names an option by its label is found by who knows the labels

    def tap(self, arg: str, today: date, off_holidays: OffHolidays | None = None) -> Value | Trouble:
        """Return the option at this place; where several are taken, a tap only ticks."""
        option = None if self.many else self.option_at(arg)
        return Trouble(Problem.CHOOSE) if option is None else option

    def choices(self, there: There) -> Mapping[str, Value]:
        """The options, each by its own name."""
        return {option: option for option in self.options}

    def offer(self, there: There, at: Standing) -> Keyboard:
        """The options, likely ones first; laid out in columns, a page of them at a time."""
        order = self.options
        if self.likely:
            told = at.draft.get(self.likely.question) or (there.told or {}).get(self.likely.question)
            first = self.likely.first(told)
            order = (*first, *(option for option in order if option not in first))
        pages: tuple[Button, ...] = ()
        if self.columns > 1 and len(order) > WIDE:
            page = min(at.offered.page, (len(order) - 1) // WIDE)
            pages = turn(page, more=(page + 1) * WIDE < len(order))
            order = order[page * WIDE :][:WIDE]
        buttons = [self._button(option, at) for option in order]
        rows = [tuple(buttons[i : i + self.columns]) for i in range(0, len(buttons), self.columns)]
        return (*rows, pages, (Button("ok", "", "ok"),) if self.many else ())

    def _button(self, option: str, at: Standing) -> Button:
        place, on = str(self.options.index(option)), option in at.ticked
        if not self.many:
            return Button("pick", place, "option")
        return Button("off" if on else "on", place, "ticked" if on else "unticked")

    def picked(self, value: Value) -> tuple[str, ...]:
        """Return the options that an answer is."""
        return tuple(map(str, parts(value)))

    def entered(self, value: Value) -> str:
        """Nothing: it is picked."""
        return ""

    def join(self, theirs: Value, mine: Value, between: str) -> Value:
        """Both people's ticks; of single options the later one."""
        return all_of(theirs, mine) if self.many else mine

    def say(self, value: Value, says: Says) -> str:
        """The names of the options."""
        return says.several([says.option(str(option)) for option in parts(value)])

    def advice(self, value: Value) -> str:
        """A kind word to what is not recommended."""
        return HINT if value in self.advised_against else ""


def _likely(table: TomlTable | None) -> Likely | None:
    """Return which options come first after which answer: `likely = { question = { answer = ["option"] } }`."""
    if table is None:
        return None
    if len(table.data) != 1 or not isinstance(answers := next(iter(table.data.values())), dict):
        table.wrong("likely", "must name one earlier choice, and for its answers the options that come first")
        return None
    (question,) = table.data
    inner = TomlTable(answers, f"{table.place} {question}", table.mistakes)
    return Likely(question, tuple((answer, inner.strings(answer)) for answer in answers))
