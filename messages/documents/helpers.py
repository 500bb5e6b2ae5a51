"""Helpers for single templates: counts, special tables, empty forms."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any

from flows.enums import ExerciseRole, Field, How, Kind
from flows.fields import ScaleField, TextField
from flows.fields.text import can_be_reached
from flows.figures.figures import enough
from flows.figures.statistics import Series
from messages.documents.adopted import counted_from, signatures, year_in_short
from messages.documents.blocks import LYING, Source, laid
from messages.documents.minutes import between, minutes, todo_table
from messages.documents.parts import Parts
from messages.documents.pictures.indicators import area_means_of, areas_of
from messages.documents.pictures.mapping import kinds_of_actors
from messages.documents.pictures.statistics import preliminary
from messages.documents.plan_tables import counted_year, facts_table, year_ends, year_grid
from messages.documents.routine_tables import calls, card_calls, chain_table, law, roles
from messages.documents.template import Markdown, lines, named
from messages.figures import figures_in_words, in_words, legend
from messages.structure.blocks import Bullets, Span, Table

CLOCK = re.compile(r"(?:kl\.? *)?(\d{1,2}[.:]\d\d(?: ?[–-] ?\d{1,2}[.:]\d\d)?)[ :–-]+(\S.*)", re.DOTALL)
CLOCK_OF_DAY = re.compile(r"\d[.:]\d\d$")
MOST_ACROSS = 5  # options that stand beside each other in a table


def questions(parts: Parts, exercise: str) -> list[tuple[str, str]]:
    """The questions of an exercise with their short names."""
    return [(q.id, parts.short(exercise, q.id)) for q in parts.exercise(exercise).questions]


def options(parts: Parts, exercise: str, question: str) -> list[tuple[str, str]]:
    """The options of a choice with their names."""
    words = parts.spoken(exercise)
    return [(option, words.option(question, option)) for option in parts.exercise(exercise).question(question).options]


def counted(parts: Parts, exercise: str) -> Markdown:
    """Make tables of how many chose what, by question; questions that share their options share a table."""
    asked = parts.exercise(exercise)
    tables: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for question in (one for one in asked.questions if one.kind is Kind.CHOICE):
        said = (s.value for s in parts.round(exercise).said if s.question == question.id)
        votes = Counter(option for value in said for option in (value if question.many else [value]))
        if votes:
            names = tuple(name for _, name in options(parts, exercise, question.id))
            row = (parts.short(exercise, question.id), *(str(votes[o] or "–") for o in question.options))
            tables.setdefault(names, []).append(row)
    return parts.keep(*(_votes(parts.words("label.asked"), names, rows) for names, rows in tables.items()))


def _votes(asked: str, names: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    """Make a table with options across and questions down, or the other way round if there are too many options."""
    if len(names) <= MOST_ACROSS:
        return laid((asked, *names), rows, (1 - 0.15 * len(names), *(0.15 for _ in names)))
    header, *lines = zip((asked, *names), *rows, strict=True)
    return laid(header, (line for line in lines if set(line[1:]) != {"–"}))


def across(parts: Parts, exercise: str, what: str, *names: str) -> Markdown:
    """What was answered of each thing, a row each, with these questions beside each other; nothing where none was.

    `what`: what the things are.
    """
    answers = (
        (called, *(parts.answer(exercise, name, item) for name in names)) for item, called in parts.items(exercise)
    )
    rows = [(called, *(said or "–" for said in cells)) for called, *cells in answers if any(cells)]
    header = (what, *(parts.short(exercise, name) for name in names))
    return parts.keep(laid(header, rows)) if rows else Markdown("")


def within_reach(
    parts: Parts, register: str, names: list[str], where: str, otherwise: str, **which: str
) -> list[list[str]]:
    """Return rows with these answers and where each thing is: a number or an address, or else what to do `otherwise`.

    A shelf or a board is only of use to whoever has it at hand.
    """
    return [
        [*(row[name] for name in names), row[where] if can_be_reached(row[where]) else otherwise]
        for row in parts.rows(register, **which)
    ]


def changed(parts: Parts, exercise: str) -> str:
    """Return the day on which an exercise was last changed; empty if it has nothing."""
    on = parts.changed(exercise)
    return parts.dated(on) if on else ""


def by_organisation(parts: Parts, exercise: str, question: str) -> list[tuple[str, str]]:
    """Return the organisations that have answered, each with what it said."""
    asked = parts.exercise(exercise).question(question)
    return [
        (parts.material.names.organisations.get(s.organisation, "–"), parts.value(exercise, asked, s.value))
        for s in parts.round(exercise).said
        if s.question == question and s.organisation is not None
    ]


def advert_counts(parts: Parts, register: str, day: str) -> Markdown:
    """Advertisements for each month, where they are so many that none stands alone (`enough`).

    Names and nationalities stay in the register, and so do the sites: a paper that others read leads nobody there.
    """
    seen = Counter(str(row.values[day])[:7] for row in parts.stored(register))
    told = {month: enough(count) for month, count in sorted(seen.items())}
    rows = tuple((parts.voice.rules.month(f"{m}-01"), str(in_words(parts.voice, n))) for m, n in told.items())
    header = parts.words.each("advert", "month", "count")
    notes = [parts.words("year_table.meaning"), *legend(parts.voice, told.values())]
    return parts.keep(laid(header, rows, (0.5, 0.5)), Source("\n".join(notes), ())) if rows else Markdown("")


def area_means(parts: Parts) -> Markdown:
    """The mean of each area with the number of actors behind it, where these differ: below the picture stands one."""
    mean = parts.voice.rules.mean
    areas = area_means_of(parts)
    if len({area.count for area in areas}) < 2:
        return Markdown("")
    found = [(area.name, mean(area.mean), str(area.count)) for area in areas]
    header = parts.words.each("means", "area", "mean", "count")
    return parts.keep(laid(header, found, (0.5, 0.25, 0.25)))


def facts_list(parts: Parts, facts: list[tuple[str, str]]) -> Markdown:
    """Return when, where and the like, a line each; what is not settled is left out."""
    told = tuple((Span(f"{name}: ", strong=True), Span(said)) for name, said in facts if said)
    return parts.keep(Bullets(told)) if told else Markdown("")


def schedule(parts: Parts, text: str) -> Markdown:
    """A programme: what begins at which hour as a table, if each line begins with one; otherwise as it was written."""
    found = [CLOCK.fullmatch(line) for line in lines(text)]
    if len(found) < 2 or not all(found):
        return parts.prose(text)
    header = (parts.words("schedule.clock"), parts.words("schedule.what"))
    return parts.keep(laid(header, ((one[1], one[2]) for one in found if one), (0.16, 0.84)))


def until(parts: Parts, begins: str, programme: str) -> str:
    """Return when something begins, and until when where the last line of its programme says so."""
    planned = lines(programme)
    last = CLOCK.fullmatch(planned[-1]) if planned else None
    if not (last and CLOCK_OF_DAY.search(begins)):
        return begins
    _, stretches, until = last[1].replace("-", "–").partition("–")
    closing = any(last[2].lower().startswith(word) for word in parts.words("schedule.closing").split())
    ends = until.strip() if stretches else last[1] if closing else ""
    return f"{begins}–{ends}" if ends else begins


def year_table(parts: Parts, *, told: bool = False) -> Markdown:
    """The statistics as a table, and what they do not say. `told`: only of years of which some figure is told."""
    years = [year for year in parts.material.years if not told or year.tells]
    if not years:
        return Markdown("")
    rows = [
        (year.name, *figures_in_words(parts.voice, year.figures())) for year in sorted(years, key=attrgetter("year"))
    ]
    whole = (date(year.year, 12, 31) for year in years if not year.preliminary)
    parts.dates += [day for day in whole if day <= parts.material.today]  # no paper is older than its figures
    header = (parts.words("label.year"), *parts.words.each("series", *Series))
    legend_to_it = legend(parts.voice, chain.from_iterable(year.figures() for year in years))
    notes = [parts.words("year_table.meaning"), *legend_to_it, *counted_from(parts, years), *preliminary(parts, years)]
    return parts.keep(laid(header, rows, (0.14, 0.215, 0.215, 0.215, 0.215)), Source("\n".join(notes), ()))


def empty_fields(parts: Parts, exercise: str, columns: int, height: float, names: Sequence[str] = ()) -> Markdown:
    """Room to write for each question, or for those in `names`, so many beside each other."""
    asked = [q for q in parts.exercise(exercise).questions if not names or q.id in names]
    spoken = parts.spoken(exercise)
    blocks = []
    for first in range(0, len(asked), columns):
        line = asked[first : first + columns]
        header = tuple(spoken[f"question.{q.id}.text"] for q in line)
        blocks.append(Table(header, (("",) * len(line),), (1 / len(line),) * len(line), height))
    return parts.keep(*blocks)


def empty_rows(
    parts: Parts, exercise: str, names: list[str], rows: int, height: float, widths: list[float]
) -> Markdown:
    """An empty table of these questions, on paper that lies."""
    header = [parts.short(exercise, name) for name in names]
    return parts.keep(laid(header, [[""] * len(names)] * rows, widths, line=LYING, height=height))


def indicator_form(parts: Parts) -> Markdown:
    """The twelve statements by their areas, the figures to ring in, one box for each area's mean, and room for what is
    asked in words.
    """
    exercise = parts.process.with_role(ExerciseRole.INDICATORS)
    spoken = parts.spoken(exercise.id)
    asked = [q for q in exercise.questions if isinstance(q.field, ScaleField | TextField)]
    text = {q.id: spoken[f"question.{q.id}.text"] for q in asked}
    rows = tuple(
        (parts.words(f"area.{area.id}") if place == 0 else "", text[question], *"12345", "")
        for area in areas_of(parts)
        for place, question in enumerate(area.questions)
    )
    each = len(rows) // len(areas_of(parts))
    header = (parts.words("label.area"), parts.words("label.statement"), *"12345", parts.words("means.written"))
    actor = Table((spoken[f"question.{exercise.field(Field.ACTOR).id}.text"],), (("",),), (1.0,), 0.75)
    written = tuple(text[q.id] for q in asked if q.kind is Kind.TEXT)  # beside each other: all is one page in any face
    boxes = Table(written, (("",) * len(written),), (1 / len(written),) * len(written), 1.4)
    return parts.keep(actor, Table(header, rows, (0.17, 0.48, *(0.05,) * 5, 0.1), 0.6, shared=(0, 7), each=each), boxes)


def conclusion_text(parts: Parts, exercise: str) -> str:
    """Return what the group concluded, empty if nothing."""
    return parts.round(exercise).conclusion or ""


def stair_meanings(parts: Parts) -> Markdown:
    """Return what the levels mean that the group agreed on, of the stairs of its ambition; a line each."""
    levels = parts.exercise(parts.process.with_role(ExerciseRole.AMBITION).id)
    spoken, found = parts.spoken(levels.id), []
    for field in (Field.NOW, Field.WANTED):
        agreed = parts.raw(*parts.place(ExerciseRole.AMBITION_TOGETHER, field))
        if agreed:
            found.append((parts.short(levels.id, levels.field(field).id), spoken[f"meaning.{agreed}"]))
    return facts_list(parts, found)


def consent(parts: Parts, exercise: str) -> str:
    """Return the outcome of a decision that everybody was asked to consent to; empty if nobody was."""
    return parts.round(exercise).consent


def the_rest(parts: Parts) -> tuple[str, ...]:
    """Return the exercises that no document draws on and in which the group has concluded something, by step.

    A register has a table of its own, and what is private is no document's.
    """
    drawn = named(parts.material.language)
    there = (parts.exercise(name) for step in parts.process.steps for name in step.exercises)
    rest = (e for e in there if e.id not in drawn and e.how is not How.ROWS and not e.private)
    return tuple(e.id for e in rest if conclusion_text(parts, e.id))


HELPERS: tuple[Callable[..., Any], ...] = (
    questions,
    options,
    counted,
    by_organisation,
    advert_counts,
    area_means,
    kinds_of_actors,
    facts_list,
    schedule,
    until,
    calls,
    card_calls,
    chain_table,
    roles,
    law,
    year_table,
    empty_fields,
    empty_rows,
    indicator_form,
    facts_table,
    year_grid,
    counted_year,
    year_ends,
    minutes,
    between,
    signatures,
    year_in_short,
    todo_table,
    conclusion_text,
    stair_meanings,
    across,
    within_reach,
    changed,
    consent,
    the_rest,
)


def helpers(parts: Parts) -> Mapping[str, Any]:
    """Return all helpers by the names that templates use."""
    return parts.helpers | {helper.__name__: partial(helper, parts) for helper in HELPERS}
