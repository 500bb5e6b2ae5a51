"""Gives documents and pictures the material in words: answers, rows, and how much of an exercise is there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flows.definitions.loader import the_process
from flows.definitions.model import Exercise, Question
from flows.dialogue.days_in_order import out_of_order
from flows.enums import DAYS, ExerciseRole, Field, How
from flows.values import Part
from messages.documents.blocks import Figure
from messages.documents.document_words import voice_of, words_of
from messages.documents.material import Material, RegisterRow, Round, Said
from messages.documents.template import cleaned
from messages.language import SEPARATOR
from messages.voice import ExerciseWords

RowInWords = dict[str, Any]  # a register's row: each answer in words by its question, and what `Facts.rows` adds


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of documents for what an answer names."""

    facts: "Facts"
    exercise: str
    question: Question

    def option(self, option: str) -> str:
        known = option in self.question.options
        return self.facts.spoken(self.exercise).option(self.question.id, option) if known else option

    def scale(self, number: int, of: int) -> str:
        return str(number)

    def day(self, iso: str) -> str:
        return self.facts.dated(iso)

    def moment(self, iso: str) -> str:
        return self.facts.voice.rules.moment(iso)

    def member(self, number: int) -> str:
        return self.facts.material.names.people.get(number, "–")

    def organisation(self, number: int) -> str:
        return self.facts.material.names.organisations.get(number, "–")

    def row(self, row: Part) -> str:
        return cleaned(str(row))

    def text(self, text: str) -> str:
        return cleaned(text)

    def several(self, names: Sequence[str]) -> str:
        return SEPARATOR.join(names)


class Facts:
    """The material in words, for one document or picture. It notes what was drawn on, and its dates."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.words = words_of(material.language)
        self.voice = voice_of(material.language)
        self.process = the_process()
        self.dates: list[date] = []
        self.beside_dates: list[date] = []  # of what is told beside the text, which is no older and no newer for it
        self.drawn_on: set[str] = set()  # the exercises that something was found in
        self.listed: set[str] = set()  # the registers whose rows were asked for
        self.told: set[tuple[str, str]] = set()  # the exercises and questions whose answers were asked for

    @property
    def tells_numbers(self) -> bool:
        """True if the chain of the routine was asked for, with the numbers that people call."""
        return self.process.with_role(ExerciseRole.ROUTINE).id in self.listed

    # -- in words ------------------------------------------------------------------------------------------------
    def exercise(self, exercise: str) -> Exercise:
        """The definition of an exercise."""
        return self.process.exercises[exercise]

    def place(self, role: ExerciseRole, field: Field) -> tuple[str, str]:
        """Return the ids of the exercise and the question with these roles."""
        exercise = self.process.with_role(role)
        return exercise.id, exercise.field(field).id

    def spoken(self, exercise: str) -> ExerciseWords:
        """The words of an exercise."""
        return self.voice.exercise(exercise)

    def drawn(self, kind: str, said: Mapping[str, Any], labels: Iterable[str] = (), **shown: Any) -> Figure:
        """A picture of what is shown, with its title and these labels, and with what is `said` of it in words."""
        place, town = f"picture.{kind}", self.material.town
        named = {one: self.words(f"{place}.{one}") for one in labels}
        titled = {"title": self.words(f"{place}.title", town=town), **named}
        return Figure(kind, {**titled, **shown}, self.words(f"{place}.alt", town=town, **said))

    def name(self, exercise: str) -> str:
        """The title of an exercise."""
        return self.spoken(exercise)["title"]

    def placed(self, exercise: str) -> str:
        """The title of an exercise with what it serves: "Kedjan (7.1)"."""
        return f"{self.name(exercise)} ({self.exercise(exercise).serves[0]})"

    def short(self, exercise: str, question: str) -> str:
        """The short name of a question."""
        return self.spoken(exercise)[f"question.{question}.short"]

    def value(self, exercise: str, question: Question, value: Any) -> str:
        """Return a stored value as people read it; an option that no longer exists is shown by its id."""
        return "" if value is None else question.field.say(value, _Said(self, exercise, question))

    def dated(self, value: str | date) -> str:
        """A date as documents write it: "14 mars 2027"."""
        return self.voice.rules.long_date(value)

    # -- answers -------------------------------------------------------------------------------------------------
    def round(self, exercise: str) -> Round:
        """The round of an exercise, an empty one if there is none."""
        found = self.material.rounds.get(exercise, Round())
        changed = found.changed()
        if changed:
            self.dates.append(changed)
            self.drawn_on.add(exercise)
        return found

    def given(self, *exercises: str) -> bool:
        """True if anything has been answered in any of these exercises."""
        return any(self.share(exercise) > 0 for exercise in exercises)

    def share(self, exercise: str) -> float:
        """Return how much of an exercise is answered, 0–1; of a shared one, of its required questions."""
        if self.exercise(exercise).how is How.ROWS:
            return float(bool(self.rows(exercise)))
        if self.exercise(exercise).approves:  # once begun, it is not done until the text is final
            approval = self.material.approvals.get(exercise)
            return 0.0 if approval is None else 1.0 if approval.final else 0.5
        said = self.material.rounds.get(exercise, Round()).said
        if self.exercise(exercise).how is not How.GROUP or self.exercise(exercise).for_each:
            return float(bool(said))
        values = {s.question: s.value for s in said}
        astray = out_of_order(self.exercise(exercise), values, self.material.today)
        asked = self.exercise(exercise).questions
        needed = {q.id for q in asked if (q.required and q.applies(values)) or q.id in astray}
        return len((values.keys() - astray.keys()) & needed) / len(needed) if needed else float(bool(said))

    def said(self, exercise: str, question: str, item: str = "") -> list[Said]:
        """Every answer to a question as it is stored."""
        return [s for s in self.round(exercise).said if s.question == question and s.item == item]

    def answer(self, exercise: str, question: str, item: str = "") -> str:
        """The one answer to a question, empty if there is none."""
        return next(iter(self.every(exercise, question, item)), "")

    def raw(self, exercise: str, question: str, item: str = "") -> Any:
        """The one answer as it is stored, None if there is none."""
        return next((s.value for s in self.said(exercise, question, item)), None)

    def every(self, exercise: str, question: str, item: str = "") -> list[str]:
        """Every answer to a question, each wording once."""
        self.told.add((exercise, question))
        asked = self.exercise(exercise).question(question)
        texts = (self.value(exercise, asked, s.value) for s in self.said(exercise, question, item))
        return list(dict.fromkeys(filter(None, texts)))

    def comments(self, exercise: str, question: str, item: str = "") -> list[str]:
        """Every comment on a question."""
        return list(dict.fromkeys(cleaned(s.comment) for s in self.said(exercise, question, item) if s.comment))

    def items(self, exercise: str) -> list[tuple[str, str]]:
        """The items that were answered about, with their names."""
        keys = dict.fromkeys(s.item for s in self.round(exercise).said if s.item)
        return [(key, self._item(exercise, key)) for key in keys]

    def _item(self, exercise: str, item: str) -> str:
        """Return an item's name: from the words, of the row "#4" of a register, or as the group has named it."""
        for_each = self.exercise(exercise).for_each
        if for_each and for_each.register and item.startswith("#"):
            register = self.exercise(for_each.register)
            assert register.register is not None
            found = [r for r in self.rows(for_each.register) if f"#{r['number']}" == item]
            return found[0][register.register.title] if found else item
        return self.voice.item(self.exercise(exercise), self.spoken(exercise), item) or cleaned(item)

    def begins(self) -> date | None:
        """Return the first day of the plan, by which its years are counted; None until it is told."""
        first = self.raw(*self.place(ExerciseRole.PLAN_FRAME, Field.BEGINS))
        return date.fromisoformat(str(first)) if first else None

    # -- registers -----------------------------------------------------------------------------------------------
    def rows(self, register: str, **where: str) -> list[RowInWords]:
        """The rows that may be shown, in words, with `number`, `state`, `assignee`, `due` and the `stored` row.

        `where` keeps the rows whose stored answer is (or holds) the one given.
        """
        return [self._row(register, row) for row in self.stored(register, **where)]

    def stored(self, register: str, **where: str) -> list[RegisterRow]:
        """The rows that may be shown, as they are stored."""
        self.listed.add(register)
        described = self.exercise(register).register
        withheld = described.withheld if described else ()
        kept = []
        for row in self.material.registers.get(register, ()):
            if row.state == "removed" or any(row.values.get(name) in options for name, options in withheld):
                continue
            self.dates.append(row.on)
            self.drawn_on.add(register)
            if all(wanted in _ticks(row.values.get(name)) for name, wanted in where.items()):
                kept.append(row)
        first = self.exercise(register).layout[:1]
        by_day = [name for name in first if self.exercise(register).question(name).kind in DAYS]
        return sorted(kept, key=lambda row: ([str(row.values.get(name) or "") for name in by_day], row.number))

    def _row(self, register: str, row: RegisterRow) -> RowInWords:
        questions = self.exercise(register).questions
        return {q.id: self.value(register, q, row.values.get(q.id)) for q in questions} | {
            "number": row.number,
            "state": row.state,
            "assignee": self.material.names.people.get(row.assignee, "") if row.assignee else "",
            "responsible_for": self.organisation_of(row.assignee),
            "due": self.dated(row.due) if row.due else "",
            "stored": row,
        }

    def organisation_of(self, person: int | None) -> str:
        """Return where somebody works: what documents that leave the group name instead of them."""
        return self.material.names.organisations.get(self.material.names.belongs.get(person or 0, 0), "")

    def changed(self, exercise: str) -> date | None:
        """The day that anything in an exercise or register was last changed."""
        if self.exercise(exercise).how is How.ROWS:
            return max((row.on for row in self.stored(exercise)), default=None)
        return self.round(exercise).changed()


def _ticks(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
