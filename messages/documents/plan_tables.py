"""The tables that a text which is decided on needs: its facts, and what is done for a goal year by year."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from flows.dates.months import add_months
from flows.definitions.model import Question
from flows.enums import Kind
from flows.timing import yearly
from messages.documents.blocks import laid
from messages.documents.facts import RowInWords
from messages.documents.material import RegisterRow
from messages.documents.parts import Parts
from messages.documents.template import Markdown, cleaned
from messages.structure.blocks import Heading, Table

THERE, DONE = "●", "✓"  # planned for a year, and done in it
NUMBER, YEAR = 0.055, 0.085  # shares of the line
SHARES = {Kind.DATE: 0.14, Kind.CHOICE: 0.105}  # … of columns with little in them; the others share what is left
WHAT = 1.4  # what is done is so much wider than those others
LETTERS = 94  # on the line of a table with as many figures as this one


def facts_table(parts: Parts, facts: Sequence[tuple[str, str]]) -> Markdown:
    """Return what is true of the document, a line each. What nobody has told yet stands there as open."""
    header = (parts.words("facts.what"), parts.words("facts.said"))
    rows = tuple((cleaned(name), cleaned(said) or parts.words("facts.open")) for name, said in facts)
    return parts.keep(laid(header, rows, (0.34, 0.66)))


def year_grid(parts: Parts, register: str, columns: Sequence[str], goal: str = "", number: int = 0) -> Markdown:
    """The rows of a register that serve a goal, numbered below it ("2.1"), with a mark in each of their years.

    `columns`: what is done, the question that points at the goals, the choice of years, and what else is told; days
    are figures. With no goal, the rows that serve none.
    """
    what, along, across, *more = columns
    asked = {question.id: question for question in parts.exercise(register).questions}
    rows, others = _serving(parts, register, asked[along], goal)
    if not rows:
        return Markdown("")
    told = [asked[name] for name in more if any(row[name] for row in (*rows, *others))]  # else it has no column
    years = asked[across].options
    header = (
        parts.words("plan.number"),
        parts.short(register, what),
        *_years(parts, register, across, years),
        *(parts.short(register, question.id) for question in told),
    )
    cells = [
        (
            f"{number or parts.words('plan.no_goal')}.{place}",
            row[what],
            *(_mark(parts, register, row["stored"], year) for year in years),
            *(_told(question, row) or "–" for question in told),
        )
        for place, row in enumerate([*rows, *others], 1)
    ]
    fixed = [SHARES.get(question.kind, 0.0) for question in told]
    left = (1 - NUMBER - YEAR * len(years) - sum(fixed)) / (WHAT + fixed.count(0.0))
    widths = (NUMBER, left * WHAT, *(YEAR,) * len(years), *(share or left for share in fixed))
    heading = () if goal else (Heading(2, parts.words("plan.other")),)
    alike = laid(header, cells, widths, line=LETTERS)  # all goals' tables have the same columns
    return parts.keep(*heading, Table(header, tuple(cells[: len(rows)]), alike.widths, crowded=alike.crowded))


def _serving(parts: Parts, register: str, along: Question, goal: str) -> tuple[list[RowInWords], list[RowInWords]]:
    """Return the rows that serve a goal, or none of the known ones if it is empty, and the others."""
    goals = parts.exercise(along.field.register)
    known = {row[goals.register.title] for row in parts.rows(goals.id)} if goals.register else set()
    found: dict[bool, list[RowInWords]] = {True: [], False: []}
    for row in parts.rows(register):
        found[_serves(row["stored"], along.id, goal, known)].append(row)
    return found[True], found[False]


def _told(question: Question, row: RowInWords) -> str:
    """Return what a row tells in a column; a day as figures, which have room on one line."""
    stored: RegisterRow = row["stored"]
    return str((stored.values.get(question.id) or "") if question.kind is Kind.DATE else row[question.id])


def _serves(row: RegisterRow, along: str, goal: str, known: Collection[str]) -> bool:
    """True if a row serves a goal; with no goal, whether it serves none of those that are known."""
    served = {cleaned(name) for name in row.values.get(along) or ()}
    return goal in served if goal else not served.intersection(known)


def _mark(parts: Parts, register: str, row: RegisterRow, year: str) -> str:
    """Return a row's mark in a year: planned, done, or none."""
    exercise = parts.exercise(register)
    if year not in yearly.years(exercise, row.values):
        return ""
    return DONE if row.state == "done" or year in yearly.done(exercise, row.values) else THERE


def _years(parts: Parts, register: str, across: str, years: Sequence[str]) -> tuple[str, ...]:
    """Return what the years are called, with the calendar's years once it is known when the first one begins."""
    named = tuple(parts.spoken(register).option(across, year) for year in years)
    if not (begins := parts.begins()):
        return named
    return tuple(f"{name}\n{_span(add_months(begins, 12 * place))}" for place, name in enumerate(named))


def counted_year(parts: Parts) -> int:
    """Return the year of the plan whose outcome was told last; the first one while none was."""
    outcomes = parts.material.outcomes.values()
    return max((year for told in outcomes for year, value in enumerate(told, 1) if value is not None), default=1)


def year_ends(parts: Parts, year: int, *, ahead: bool = False) -> str:
    """Return the last day of a year of the plan; empty until it is known when the first one begins.

    `ahead`: empty as well once that day has been.
    """
    if not (begins := parts.begins()):
        return ""
    last = add_months(begins, 12 * year) - timedelta(days=1)
    return "" if ahead and last < parts.material.today else parts.dated(last)


def _span(begins: date) -> str:
    """The calendar's years in a year of the plan: "2027", or "26/27" where it goes over New Year."""
    last = add_months(begins, 11)
    return str(begins.year) if last.year == begins.year else f"{begins:%y}/{last:%y}"
