"""Rows of a register in words: in a list with headings and sums, as a card. What a register lacks is in `gaps`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.views.names import SHOWN, Wording, cut
from flows.answers import folded
from flows.definitions.model import Question, Register
from flows.enums import DAYS
from flows.fields import NumberField, ScaleField
from flows.figures.results import area_means
from flows.figures.tallies import Tally, tally
from flows.timing import yearly
from flows.values import Value, Values, parts, pointed_id
from messages.language import SEPARATOR
from messages.voice import TemplateFacts
from storage.records.records import Row

NOTES = "notes"  # beside a row's answers: what was said about it
COLUMN = 40  # characters of an answer in a row's line
MONTHS = 6  # months told above a list, the latest ones
BAR, LONGEST_BAR = "▇", 8


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field of a row in words; without a value where it has not been filled in."""

    short: str
    value: str | None


class RowWording(Wording):
    """The words for rows of a register."""

    @property
    def register(self) -> Register:
        """How the rows are shown and looked after; only registers have rows."""
        assert self.exercise.register is not None
        return self.exercise.register

    def row_title(self, row: Row) -> str:
        """Return a row's title: the answer to the question that names it."""
        named = self.exercise.question(self.register.title)
        for question in (named, *self.exercise.questions):  # a row that the bot added has no name yet
            value = row.values.get(question.id)
            if value is not None and (shown := self.value(question, value).strip()):  # a choice can be left empty
                return shown
        return str(row.number)

    def task_title(self, row: Row) -> str:
        """Return what a row is called as a task; where its name is whoever does it, by what the list is and says."""
        if self.register.title != self.exercise.taker:
            return self.row_title(row)
        told = (self.exercise.question(name) for name in self.register.columns if name != self.register.title)
        what = next((self.value(q, row.values[q.id]) for q in told if row.values.get(q.id) not in (None, [])), None)
        return f"{self.words['title']}: {what}" if what else self.words["title"]

    def begun_title(self, begun: Values) -> str | None:
        """Return what a row that is not saved yet is called: its name, else the first of its answers."""
        asked = (self.exercise.question(self.register.title), *self.exercise.questions)
        every = (self.value(q, begun[q.id]) for q in asked if begun.get(q.id) is not None)
        return next((cut(text, 40) for text in every), None)

    def row_columns(self, row: Row) -> list[str]:
        """Return what a row's line says after its title."""
        return self._columns(row, self.register.columns, COLUMN)

    def row_recalled(self, row: Row) -> list[str]:
        """Return what a row says after its title where a later exercise recalls it."""
        recalled = self.register.recalled
        return self._columns(row, recalled, SHOWN) if recalled else self.row_columns(row)

    def _columns(self, row: Row, names: Sequence[str], most: int) -> list[str]:
        """Return a row's answers to these questions, each of at most so many characters; not its title once more."""
        title, asked = self.row_title(row), [self.exercise.question(name) for name in names]
        options = [option for q in asked for option in q.options]
        told = ((q, row.values[q.id]) for q in asked if row.values.get(q.id) not in (None, []))
        return [one for q, value in told if (one := cut(self._column(q, value, options), most)) != title]

    def row_line(self, row: Row) -> TemplateFacts:
        """Return a row's line in a list; `told`: its answers say already who does it, and until when."""
        return {
            "number": row.number,
            "title": cut(self.row_title(row), 60),
            "columns": self.row_columns(row),
            "assignee": self.scene.member(row.assignee) if row.assignee else None,
            "left": (row.assignee or row.due) is not None and not self._taken(row),
            "due": row.due,
            "told": self._tells(row, self.register.columns),
            "state": row.state,
            "year": self.year(yearly.current(self.exercise, row.values)) if row.state == "open" else "",
            "years_done": [self.year(year) for year in yearly.done(self.exercise, row.values)],
        }

    def _tells(self, row: Row, names: Collection[str]) -> bool:
        """Return True if these answers of a row name whoever it is given to now, and the day by which."""
        taker, due = self.exercise.taker, self.register.due
        if row.due is None or not {taker, due}.issubset({*names, self.register.title}):
            return False
        who, by = pointed_id(row.values.get(taker)), row.values.get(due)
        return who is not None and (who, by) == (row.assignee, row.due.isoformat())

    def year(self, year: str) -> str:
        """Return the name of one of a row's years; empty for none."""
        return self.option(self.exercise.question(self.register.yearly), year) if year else ""

    def _column(self, question: Question, value: Value, options: Sequence[str]) -> str:
        """Return an answer for a list; a number says of what, and an option that two have: “År 1: 4”, “Kommer: Ja”."""
        shown = self.value(question, value)
        if isinstance(question.field, NumberField) or any(options.count(option) > 1 for option in question.options):
            return f"{self.short(question.id)}: {shown}"
        return f"{self.short(question.id)} {shown}" if isinstance(question.field, ScaleField) else shown

    def row_fields(self, row: Row) -> list[FieldLine]:
        """Return every field of a row but its title."""
        asked = (q for q in self.exercise.questions if q.id != self.register.title or q.id not in row.values)
        return [
            FieldLine(self.short(q.id), self.value(q, row.values[q.id]) if q.id in row.values else None)
            for q in asked
            if q.applies(row.values)
        ]

    def row_card(self, row: Row) -> TemplateFacts:
        """Return a row's card: its title, and every other field below."""
        title = self.row_title(row)
        return {
            **self.row_line(row),
            "title": title,
            "fields": self.row_fields(row),
            "told": self._tells(row, row.values),
            "version": row.version,
            "areas": self.areas([row]),
            "register": self.words["title"],
            "notes": row.values.get(NOTES, []),
            "nobody_here": self._nobody_here(row),
        }

    def _nobody_here(self, row: Row) -> str | None:
        """Return the name that a task was given to in its own field, if it is nobody's of the group."""
        if self.exercise.taker == self.register.title or row.assignee is not None:
            return None
        named = row.values.get(self.exercise.taker)
        return str(named["name"]) if isinstance(named, Mapping) and "name" in named else None

    def row_text(self, row: Row) -> str:
        """Return all words of a row, to be searched."""
        asked = (q for q in self.exercise.questions if q.applies(row.values) and row.values.get(q.id) is not None)
        shown = (self.value(q, row.values[q.id]) for q in asked)
        who = [self.scene.member(row.assignee)] if row.assignee else []
        return folded("\n".join([*shown, *who]))

    def laid_out(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows in the list's order: by number, or by the questions of its layout."""
        by = [self.exercise.question(name) for name in self.exercise.layout]
        return sorted(rows, key=lambda row: ([self._place(q, row.values.get(q.id)) for q in by], row.number))

    def _place(self, question: Question, value: Value) -> tuple[int, str]:
        """Return an answer's sort key: options in their order, rows by name; no answer comes last."""
        if not (named := parts(value)):
            return len(question.options) + 1, ""
        first = named[0]
        if question.kind in DAYS:
            return 0, str(first)
        if isinstance(first, Mapping):
            return 0, self.row_name(first).casefold()
        return (question.options.index(first) if first in question.options else len(question.options)), ""

    def headings(self, rows: Sequence[Row]) -> dict[int, str | None]:
        """Return the headings by row: the answer of the layout, if it differs from the row before."""
        by = next(map(self.exercise.question, self.exercise.layout), None)
        if by is None or by.kind in DAYS:  # each row would have its own
            return dict.fromkeys((row.id for row in rows), None)
        found, last = dict[int, str | None](), None
        for row in rows:
            value = row.values.get(by.id)
            heading = self.value(by, value) if value is not None else self.voice.label("no_heading")
            found[row.id] = heading if heading != last else None
            last = heading
        return found

    def tallies(self, rows: Sequence[Row]) -> list[str]:
        """Return how many rows give which answer: a line for each question that the register counts by."""
        lines: list[str] = []
        for question in map(self.exercise.question, self.exercise.tallied):
            found = tally(question, (row.values for row in rows))
            if question.field.a_day:
                lines += self._by_month(found)
            elif found:
                options = ({"option": self.option(question, one.name), "count": one.count} for one in found)
                counts = SEPARATOR.join(self.voice.label("tally.option", facts) for facts in options)
                lines.append(self.voice.label("tally.line", {"short": self.short(question.id), "counts": counts}))
        return lines

    def _by_month(self, found: Sequence[Tally]) -> Iterator[str]:
        """Yield a line with a bar for each of the latest months."""
        most = max((one.count for one in found), default=1)
        for one in found[-MONTHS:]:
            bar = BAR * max(round(LONGEST_BAR * one.count / most), 1)
            facts = {"month": f"{one.name}-01", "bar": bar, "count": one.count, "days": one.days}
            yield self.voice.label("tally.month", facts)

    def _taken(self, row: Row) -> bool:
        """True if somebody who is still there has taken the row on."""
        taker = self.scene.members.get(row.assignee or 0)
        return row.assignee is not None and (taker is None or taker.state != "left")

    def _due(self, row: Row) -> date | None:
        """Return a row's due date, from its own field while nobody has taken it on."""
        said = row.values.get(self.register.due)
        return row.due or (yearly.due(self.exercise, row.values, date.fromisoformat(said)) if said else None)

    def areas(self, rows: Sequence[Row]) -> list[TemplateFacts]:
        """Return the mean of each area of the register over these rows."""
        means = area_means(self.register.areas, [row.values for row in rows])
        return [
            {"title": self.words[f"area.{area}"], "mean": self.voice.rules.number(mean)} for area, mean in means.items()
        ]
