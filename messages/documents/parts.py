"""The pieces that templates put together: headings with answers, tables, pictures, sources, and what is missing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from flows.enums import Field, Kind, Mark
from messages.documents.blocks import Block, Missing, Notes, Source, laid
from messages.documents.facts import Facts, RowInWords
from messages.documents.material import Approval, Material
from messages.documents.pictures import on_paper
from messages.documents.template import Markdown, cleaned, lines
from messages.structure.blocks import Bullets, Heading, Paragraph, Quote, Span

KEPT = re.compile(r"```kept\n(\d+)\n```")
ESSAY = 160  # characters; lines that are longer are paragraphs, not points of a list


class Parts(Facts):
    """The facts of one document, with the blocks that its template asks for."""

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self.kept: list[Block] = []
        self.apart: list[Block] = []  # the blocks that are no part of the text, and make no new version

    def keep(self, *blocks: Block) -> Markdown:
        """Put blocks at this place of a template."""
        marks = []
        for block in blocks:
            marks.append(f"\n\n```kept\n{len(self.kept)}\n```\n\n")
            self.kept.append(block)
        return Markdown("".join(marks))

    def need(self, *exercises: str) -> Markdown:
        """Show a line for each of these exercises that has no answer yet."""
        return self.keep(*(self._missing(exercise) for exercise in exercises if not self.given(exercise)))

    def _missing(self, exercise: str, question: str | None = None) -> Missing:
        what = self.name(exercise) if question is None else self.short(exercise, question)
        return Missing(exercise, self.words("label.missing", what=what, number=self.exercise(exercise).serves[0]))

    def source(self, *exercises: str, by_month: bool = False, standing: bool = False) -> Markdown:
        """Show which exercises the part comes from, and when they were last changed; nothing if all are empty.

        `by_month`: without the day, which can be that of a conversation with somebody. `standing`: what changes is how
        far it has come, and not the text.
        """
        there = [exercise for exercise in exercises if self.given(exercise)]
        if not there:
            return Markdown("")
        on = max((d for exercise in there if (d := self.changed(exercise))), default=None)
        named = self.voice.rules.joined(dict.fromkeys(map(self.placed, there)))
        written = self.voice.rules.month if by_month else self.dated
        facts = {"on": written(on) if on else None, "by_month": by_month, "standing": standing}
        said = self.words("label.source", exercises=named, **facts)
        return self.keep(Source(said, tuple(there), on))

    def prose(self, text: str) -> Markdown:
        """An answer as paragraphs, or as a list where it was written one short thing a line."""
        return self.keep(*prose(text))

    def written(self, exercise: str, *questions: str, level: int = 2, source: bool = True) -> Markdown:
        """A shared exercise as it was written: a heading and the answer for each question, and where it comes from."""
        if not self.given(exercise):
            return self.need(exercise)
        blocks: list[Block] = []
        for question in questions or tuple(q.id for q in self.exercise(exercise).questions):
            text = self.answer(exercise, question)
            if text:
                blocks += [Heading(level, self.short(exercise, question)), *prose(text)]
            elif self.exercise(exercise).question(question).required:
                blocks.append(self._missing(exercise, question))
        return Markdown(self.keep(*blocks) + (self.source(exercise) if source else ""))

    def quotes(self, exercise: str, question: str, level: int = 3) -> Markdown:
        """List what each person wrote, unsigned, under the question's name. Choices are for `counted`.

        The lines stand in the order of the alphabet: in that of the people, whoever knows one line would know them all.
        """
        said = sorted(self.every(exercise, question), key=str.casefold)
        if not said or self.exercise(exercise).question(question).kind is Kind.CHOICE:
            return Markdown("")
        return self.keep(Heading(level, self.short(exercise, question)), Bullets(tuple((Span(text),) for text in said)))

    def conclusion(self, exercise: str) -> Markdown:
        """Return what the group concluded, as a quotation; nothing if it has not."""
        text = self.round(exercise).conclusion
        return self.keep(Quote((Span(cleaned(text)),))) if text else Markdown("")

    def table(
        self,
        register: str,
        *questions: str,
        widths: Iterable[float] = (),
        said: str = "",
        homes: str = "",
        **where: str,
    ) -> Markdown:
        """A register as a table of these questions (or "assignee", "due"), or that it is missing.

        A question that no row answers has no column.
        `homes`: the question of who it is, told with their organisation to whoever does not know them.
        `said`: a question without whose answer a row, put there for somebody to fill in, says nothing yet.
        """
        if not self.given(register):
            return self.need(register)
        rows = self._telling(register, (said,) if said else questions, where)
        if homes:
            self._at_home(rows, homes)
        if not rows:  # a row with nothing but its day and status (a meeting that is to come) says nothing yet
            return Markdown("")
        wished = tuple(widths) or (1.0,) * len(questions)
        shown = {q: width for q, width in zip(questions, wished, strict=True) if any(row[q] for row in rows)}
        header = tuple(self.words(f"label.{q}") if q in ("assignee", "due") else self.short(register, q) for q in shown)
        cells = tuple(tuple(row[q] or "–" for q in shown) for row in rows)
        return self.keep(laid(header, cells, shown.values()))

    def _at_home(self, rows: Iterable[RowInWords], question: str) -> None:
        """Add to each name that answers a question where that person works."""
        for row in rows:
            who = row["stored"].values.get(question)
            home = self.organisation_of(who.get("id")) if who else ""
            row[question] = f"{row[question]} ({home})" if home else row[question]

    def _telling(self, register: str, questions: Iterable[str], where: Mapping[str, str]) -> list[RowInWords]:
        """The rows of which one of these questions says more than a day and a status, and those that were held."""
        asked = self.exercise(register).questions
        marks = {q.id for q in asked if q.field.a_day or q.role is Field.STATUS}
        telling = [question for question in questions if question not in marks]
        been = self._held(register)
        rows = self.rows(register, **where)
        return [row for row in rows if row["number"] in been or any(row[question] for question in telling)]

    def _held(self, register: str) -> set[int]:
        """The numbers of the rows of what has been held: a meeting."""
        asked = self.exercise(register).questions
        held = ({q.id: option} for q in asked for option in q.marked(Mark.HELD))
        return {row.number for answer in held for row in self.stored(register, **answer)}

    def grid(
        self, header: Iterable[str], rows: Iterable[Iterable[str]], widths: Iterable[float] = (), height: float = 0.0
    ) -> Markdown:
        """A table of a template's own."""
        return self.keep(laid(header, ((cleaned(str(cell)) for cell in row) for row in rows), widths, height=height))

    def points(self, text: str) -> Markdown:
        """An answer as a list, a point for each line of it."""
        return self.keep(Bullets(tuple((Span(line),) for line in lines(text))))

    def notes(self, name: str) -> Markdown:
        """Add a speaker's notes to the slide."""
        return self.keep(Notes(self.words(f"notes.{name}")))

    def figure(self, kind: str, **least: int) -> Markdown:
        """A picture, or nothing while there is nothing to draw."""
        return self.keep(*on_paper(kind, self, **least))

    def approvals(self, exercise: str) -> Markdown:
        """Show which organisation approved which version, when, and by whom; who has not answered, and the outcome."""
        approval = self.material.approvals.get(exercise)
        return self.aside(self._standing(exercise, approval) if approval else self.need(exercise))

    def behind(self, exercise: str) -> str:
        """Name the organisations that have approved the text as it stands; empty if none has."""
        lines = self.material.approvals[exercise].lines if exercise in self.material.approvals else ()
        return self.voice.rules.joined(line.organisation for line in lines if line.yes)

    def awaited(self, exercise: str) -> str:
        """Name the organisations whose yes to the text as it stands is lacking, with what they said; empty if none."""
        approval, question = self.material.approvals.get(exercise), self.exercise(exercise).field(Field.DECISION)
        if approval is None or approval.final:
            return ""
        lacking = (line for line in approval.lines if line.asked and not (line.yes or line.aside or line.overruled))
        return self.voice.rules.joined(
            f"{line.organisation} ({said[:1].lower()}{said[1:]})"
            for line in lacking
            if (said := self.value(exercise, question, line.decision) or self.words("label.no_answer"))
        )

    def in_force(self, exercise: str) -> bool:
        """True if the organisations have approved the text as it stands, so that what was decided holds for it."""
        return self.share(exercise) == 1

    def approved_on(self, exercise: str) -> str:
        """Return the day on which the last organisation approved the text as it stands; empty before that."""
        approval = self.material.approvals.get(exercise)
        return self.dated(on) if approval and (on := approval.on()) else ""

    def approved_without(self, exercise: str) -> str:
        """Name the organisations of a text without a yes to it as it stands: set aside, overruled, or not asked."""
        lines = self.material.approvals[exercise].lines if exercise in self.material.approvals else ()
        lacking = (line for line in lines if not line.yes and (line.asked or line.earlier or not line.word))
        return self.voice.rules.joined(line.organisation for line in lacking)

    def beside(self, exercise: str, question: str) -> str:
        """Return an answer that tells something about the document, which is no older and no newer for it."""
        noted = len(self.dates)
        told = self.answer(exercise, question)
        self.beside_dates += self.dates[noted:]
        del self.dates[noted:]
        return told

    def aside(self, made: Markdown) -> Markdown:
        """Mark blocks that change by themselves, such as figures, as no part of the text: they make no new version."""
        self.apart += [self.kept[int(number)] for number in KEPT.findall(made)]
        return made

    def _standing(self, exercise: str, approval: Approval) -> Markdown:
        question, rows = self.exercise(exercise).field(Field.DECISION), []
        for line in approval.lines:
            decided = self.value(exercise, question, line.decision) if line.decision else self.words("label.no_answer")
            if not line.asked:
                decided = cleaned(line.word) or self.words("label.not_asked")
            if line.earlier:
                decided = self.words("label.earlier_word", version=line.earlier, word=decided.removesuffix("."))
            if line.overruled:
                decided = f"{decided}. {self.words('label.overruled', text=cleaned(line.overruled))}"
            on = self.dated(line.on) if line.on else "–"
            version = str(line.earlier or approval.version) if line.asked or line.word else "–"
            rows.append((line.organisation, decided, version, on, cleaned(line.signer or "–")))
        header = self.words.each("label", "organisation", "decision", "text_version", "decided_on", "signer")
        return self.keep(laid(header, rows, (0.22, 0.27, 0.1, 0.22, 0.19)))

    @cached_property
    def helpers(self) -> dict[str, Any]:
        """Return these methods by the names that templates use."""
        names = (
            "name short given answer beside every comments items rows need source prose written quotes conclusion "
            "table grid points notes figure approvals behind awaited in_force "
            "approved_on approved_without aside words"
        )
        return {name: getattr(self, name) for name in names.split()} | {
            "town": self.material.town,
            "organisations": sorted(self.material.names.core),
            "taking_part": sorted({*self.material.names.core, *self.material.names.network}),
            "years": self.material.years,
            "event_off": self.material.event_off,
            "link": self.material.links.get,
            "contacts": self.voice.contacts,
        }


def prose(text: str) -> Iterator[Block]:
    """Paragraphs, or a list where there are several short lines."""
    found = lines(text)
    if len(found) > 1 and all(len(line) <= ESSAY for line in found):
        yield Bullets(tuple((Span(line),) for line in found))
    else:
        yield from (Paragraph((Span(line),)) for line in found)
