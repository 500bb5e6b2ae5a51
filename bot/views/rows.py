"""Rows of a register in words: in a list with headings and sums, as a card, and the register's gaps."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.views.names import SHOWN, Wording, cut
from flows.answers import folded
from flows.definitions.model import Gap, Question
from flows.definitions.register_rules import MissingParts, TaskState, gaps
from flows.enums import DAYS
from flows.fields import NumberField, OrganisationField, ScaleField
from flows.figures.results import area_means
from flows.figures.tallies import tally
from flows.timing import yearly
from flows.values import Value, Values, parts, pointed_id
from messages.language import SEPARATOR
from messages.voice import ExerciseWords, TemplateFacts, Voice
from storage.records.records import Row

NOTES = "notes"  # beside a row's answers: what was said about it
NAMED = 12  # rows named in one sentence
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

    def row_title(self, row: Row) -> str:
        """Return a row's title: the answer to the question that names it."""
        register = self.exercise.register
        assert register is not None  # only registers have rows
        named = self.exercise.question(register.title)
        for question in (named, *self.exercise.questions):  # a row that the bot added has no name yet
            value = row.values.get(question.id)
            if value is not None and (shown := self.value(question, value).strip()):  # a choice can be left empty
                return shown
        return str(row.number)

    def task_title(self, row: Row) -> str:
        """Return what a row is called as a task; where its name is whoever does it, by what the list is and says."""
        register = self.exercise.register
        if register is None or register.title != self.exercise.taker:
            return self.row_title(row)
        told = (self.exercise.question(name) for name in register.columns if name != register.title)
        what = next((self.value(q, row.values[q.id]) for q in told if row.values.get(q.id) not in (None, [])), None)
        return f"{self.words['title']}: {what}" if what else self.words["title"]

    def begun_title(self, begun: Values) -> str | None:
        """Return what a row that is not saved yet is called: its name, else the first of its answers."""
        register = self.exercise.register
        named = [q for q in self.exercise.questions if register and q.id == register.title]
        every = (self.value(q, begun[q.id]) for q in (*named, *self.exercise.questions) if begun.get(q.id) is not None)
        return next((cut(text, 40) for text in every), None)

    def row_columns(self, row: Row) -> list[str]:
        """Return what a row's line says after its title."""
        register = self.exercise.register
        return self._columns(row, register.columns, COLUMN) if register else []

    def row_recalled(self, row: Row) -> list[str]:
        """Return what a row says after its title where a later exercise recalls it."""
        register = self.exercise.register
        return self._columns(row, register.recalled, SHOWN) if register and register.recalled else self.row_columns(row)

    def _columns(self, row: Row, names: Sequence[str], most: int) -> list[str]:
        """Return a row's answers to these questions, each of at most so many characters; not its title once more."""
        title, asked = self.row_title(row), [self.exercise.question(name) for name in names]
        options = [option for q in asked for option in q.options]
        told = ((q, row.values[q.id]) for q in asked if row.values.get(q.id) not in (None, []))
        return [one for q, value in told if (one := cut(self._column(q, value, options), most)) != title]

    def row_line(self, row: Row) -> TemplateFacts:
        """Return a row's line in a list; `told`: its answers say already who does it, and until when."""
        register = self.exercise.register
        return {
            "number": row.number,
            "title": cut(self.row_title(row), 60),
            "columns": self.row_columns(row),
            "assignee": self.scene.member(row.assignee) if row.assignee else None,
            "left": (row.assignee or row.due) is not None and not self._taken(row),
            "due": row.due,
            "told": self._tells(row, register.columns if register else ()),
            "state": row.state,
            "year": self.year(yearly.current(self.exercise, row.values)) if row.state == "open" else "",
            "years_done": [self.year(year) for year in yearly.done(self.exercise, row.values)],
        }

    def _tells(self, row: Row, names: Collection[str]) -> bool:
        """Return True if these answers of a row name whoever it is given to now, and the day by which."""
        register = self.exercise.register
        if (
            register is None
            or row.due is None
            or not {self.exercise.taker, register.due}.issubset({*names, register.title})
        ):
            return False
        who, by = pointed_id(row.values.get(self.exercise.taker)), row.values.get(register.due)
        return who is not None and (who, by) == (row.assignee, row.due.isoformat())

    def year(self, year: str) -> str:
        """Return the name of one of a row's years; empty for none."""
        register = self.exercise.register
        return self.option(self.exercise.question(register.yearly), year) if register and year else ""

    def _column(self, question: Question, value: Value, options: Sequence[str]) -> str:
        """Return an answer for a list; a number says of what, and an option that two have: “År 1: 4”, “Kommer: Ja”."""
        shown = self.value(question, value)
        if isinstance(question.field, NumberField) or any(options.count(option) > 1 for option in question.options):
            return f"{self.short(question.id)}: {shown}"
        return f"{self.short(question.id)} {shown}" if isinstance(question.field, ScaleField) else shown

    def row_fields(self, row: Row) -> list[FieldLine]:
        """Return every field of a row but its title."""
        register = self.exercise.register
        assert register is not None
        return [
            FieldLine(
                self.words[f"question.{q.id}.short"],
                self.value(q, row.values[q.id]) if q.id in row.values else None,
            )
            for q in self.exercise.questions
            if (q.id != register.title or q.id not in row.values) and q.applies(row.values)
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
        register = self.exercise.register
        if register is None or self.exercise.taker == register.title or row.assignee is not None:
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
        layout = self.exercise.layout
        if not layout:
            return dict.fromkeys((row.id for row in rows), None)
        question, found, last = self.exercise.question(layout[0]), dict[int, str | None](), None
        if question.kind in DAYS:  # each row would have its own
            return dict.fromkeys((row.id for row in rows), None)
        for row in rows:
            value = row.values.get(question.id)
            heading = self.value(question, value) if value is not None else self.voice.label("no_heading")
            found[row.id] = heading if heading != last else None
            last = heading
        return found

    def tallies(self, rows: Sequence[Row]) -> list[str]:
        """Return how many rows give which answer: a line for each question that the register counts by."""
        label = self.voice.label
        lines = []
        for question in map(self.exercise.question, self.exercise.tallied):
            found = tally(question, (row.values for row in rows))
            if question.field.a_day:
                most = max((one.count for one in found), default=1)
                for one in found[-MONTHS:]:
                    bar = BAR * max(round(LONGEST_BAR * one.count / most), 1)
                    facts = {"month": f"{one.name}-01", "bar": bar, "count": one.count, "days": one.days}
                    lines.append(label("tally.month", facts))
            elif found:
                options = ({"option": self.option(question, one.name), "count": one.count} for one in found)
                counts = SEPARATOR.join(label("tally.option", facts) for facts in options)
                lines.append(label("tally.line", {"short": self.short(question.id), "counts": counts}))
        return lines

    def gaps(self, rows: Sequence[Row], today: date) -> list[str]:
        """Return the register's gaps, a sentence each."""
        register = self.exercise.register
        if register is None or not register.gaps:
            return []
        counting_rows = [row for row in rows if self.exercise.counts(row.values)]
        counting = [row.values for row in counting_rows]
        titles = [self.row_title(row) for row in counting_rows]
        standing = [TaskState(self._taken(row), self._due(row), row.state == "done") for row in counting_rows]
        options = {q.id: q.options for q in self.exercise.questions}
        linked = {
            q.id: [
                number
                for number, name in self.scene.rows.items()
                if name.register == q.field.register and not name.gone
            ]
            for q in self.exercise.questions
            if q.field.register
        }
        rules = [self._fitted(gap, options) for gap in register.gaps]
        missing = gaps(
            rules,
            options,
            counting,
            linked=linked,
            standing=standing,
            today=today,
            members=self._inside(counting_rows),
        )
        names = {number: name.title for number, name in self.scene.rows.items()}
        people = {number: member.name for number, member in self.scene.members.items()}
        named = Named(titles, self._gap_questions(), self.words, names, people)
        return gap_sentences(self.voice, self.words, self._of_others(missing, counting_rows), named)

    def _of_others(self, missing: Iterable[MissingParts], rows: Sequence[Row]) -> list[MissingParts]:
        """Leave out what rows lack that are about people who are or were in the group: the whole group reads this."""
        here = self._here(rows)
        left = [replace(gap, rows=tuple(place for place in gap.rows if rows[place] not in here)) for gap in missing]
        return [gap for gap, before in zip(left, missing, strict=True) if gap.rows or not before.rows]

    def _here(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows about those who are or were core members, in a register that counts its rows with them."""
        register = self.exercise.register
        if register is None or not any(gap.members for gap in register.gaps):
            return []
        core = [m for m in self.scene.members.values() if m.state in ("active", "left") and m.role == "core"]
        known = {(_first_name(member.name), member.organisation_id) for member in core}
        return [row for row in rows if self._known_as(row) in known]

    def loose(self, rows: Sequence[Row]) -> int:
        """Return how many open rows lack an assignee or a day, if the register requires these."""
        wanted = {gap.rule for gap in self.exercise.register.gaps} if self.exercise.register else set()
        left = [row for row in rows if row.state == "open"]
        return sum(
            ("taken" in wanted and not self._taken(row)) or ("dated" in wanted and self._due(row) is None)
            for row in left
        )

    def _taken(self, row: Row) -> bool:
        """True if somebody who is still there has taken the row on."""
        taker = self.scene.members.get(row.assignee or 0)
        return row.assignee is not None and (taker is None or taker.state != "left")

    def _due(self, row: Row) -> date | None:
        """Return a row's due date, from its own field while nobody has taken it on."""
        register = self.exercise.register
        said = row.values.get(register.due) if register and register.due else None
        return row.due or (yearly.due(self.exercise, row.values, date.fromisoformat(said)) if said else None)

    def _inside(self, rows: Sequence[Row]) -> dict[int, Values]:
        """Return the core group's members, with what they have said of themselves.

        If they are counted besides the rows, those who are among these are not counted twice.
        """
        register = self.exercise.register
        counted_too = register is not None and any(gap.members for gap in register.gaps)
        twice = {self._known_as(row) for row in rows} if counted_too else set()
        core = (m for m in self.scene.members.values() if m.state == "active" and m.role == "core")
        return {m.id: m.profile for m in core if (_first_name(m.name), m.organisation_id) not in twice}

    def _known_as(self, row: Row) -> tuple[str, int | None]:
        """Return whom a row is about: a first name, and the organisation if the register asks for it."""
        asked = next((q.id for q in self.exercise.questions if isinstance(q.field, OrganisationField)), "")
        return _first_name(self.row_title(row)), (row.values.get(asked) or {}).get("id")

    def _fitted(self, gap: Gap, options: Mapping[str, Sequence[str]]) -> Gap:
        """Limit a rule to what the group has chosen in another exercise, once it has."""
        chosen = self.scene.said.get(gap.options_from) if gap.options_from else None
        if chosen is None:
            return gap
        among = gap.options or options[str(gap.question)]
        return replace(
            gap, options=tuple(option for option in among if option in parts(chosen) and option not in gap.but)
        )

    def areas(self, rows: Sequence[Row]) -> list[TemplateFacts]:
        """Return the mean of each area of the register over these rows."""
        register = self.exercise.register
        means = area_means(register.areas, [row.values for row in rows]) if register else {}
        return [
            {"title": self.words[f"area.{area}"], "mean": self.voice.rules.number(mean)} for area, mean in means.items()
        ]

    def _gap_questions(self) -> dict[str, tuple[str, ...]]:
        assert self.exercise.register is not None
        return {g.id: tuple(q for q in (g.question, g.along) if q) for g in self.exercise.register.gaps}


def _first_name(name: str) -> str:
    return next(iter(name.casefold().split()), "")


@dataclass(frozen=True, slots=True)
class Named:
    """The names of things that rules can find missing."""

    titles: Sequence[str]  # of the rows that were looked at, in that order
    questions: Mapping[str, tuple[str, ...]]  # of each rule, whose options are missed
    options: ExerciseWords  # where those are called something
    rows: Mapping[int, str] = field(default_factory=dict)  # that could be pointed at
    people: Mapping[int, str] = field(default_factory=dict)


def gap_sentences(voice: Voice, words: ExerciseWords, missing: Iterable[MissingParts], named: Named) -> list[str]:
    """Return what rules found missing, in the words of `words`."""
    sentences = []
    for gap in missing:
        if gap.count is not None:
            filling = str(gap.count)
        elif gap.years:
            years = ({"year": year, "count": count, "least": least} for year, count, least in gap.years)
            filling = voice.rules.joined(voice.label("tally.year", facts) for facts in years)
        elif gap.unlinked:
            found = [named.rows[number] for number in gap.unlinked]
            filling = SEPARATOR.join([*found[:NAMED], *(["…"] if len(found) > NAMED else [])])
        elif gap.members:
            filling = voice.rules.joined(named.people[number] for number in gap.members)
        elif gap.rows:
            found = [named.titles[place] for place in gap.rows]
            more = len(found) - NAMED
            filling = SEPARATOR.join([*found[:NAMED], *([voice.rules.more(more)] if more > 0 else [])])
        else:
            filling = _options(named.options, named.questions[gap.gap], gap.options)
        sentences.append(words[f"gap.{gap.gap}.text"].replace("{missing}", filling))
    return sentences


def _options(words: ExerciseWords, questions: Sequence[str], options: Iterable[tuple[str, ...]]) -> str:
    """Return options by name; of two combined questions, what is missing of the second is in brackets."""
    found: dict[str, list[str]] = {}
    for first, *second in options:
        found.setdefault(words.option(questions[0], first), []).extend(
            words.option(questions[1], option).lower() for option in second
        )
    return SEPARATOR.join(f"{name} ({', '.join(lacking)})" if lacking else name for name, lacking in found.items())
