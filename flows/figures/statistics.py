"""The network's statistics (I.3): four series a year, divided by kind, area and the like, and small cells hidden.

Pure. An incident counts on the day it happened and a follow-up on its own day, whichever year they were noted in. What
leaves the circle of readers is published by quarter, once: what is new since the last time (`publication`), where at
least five incidents stand behind it, or none. What is not yet enough, or was logged too late, counts in a later
quarter, and a year is the sum of what was published in it; so no two looks can be held against each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from flows.figures.figures import SMALL, Figure, NotTold, enough, together

UNKNOWN = "unknown"  # the category of what was not said


class Series(StrEnum):
    """What the network counts, as in its chart."""

    REPORTED = "reported"  # incidents that may concern trafficking or prostitution
    EXPOSED = "exposed"  # possibly exposed persons documented
    TALKS = "talks"  # support talks held
    SUPPORT = "support"  # long-term support begun


@dataclass(frozen=True, slots=True)
class Fact:
    """What counts in a series on a day: `number` of it.

    `of`: its categories by dimension (kind, area, known); in a dimension without any it counts as unknown.
    """

    series: Series
    day: date
    number: int = 1
    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    incident: int = 0  # which one it comes from
    unsaid: bool = False  # how many was not said: no 0


@dataclass(frozen=True, slots=True)
class Count:
    """A number, how many incidents stand behind it, and how many more did not say one."""

    number: int = 0
    incidents: int = 0
    unsaid: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.number + other.number, self.incidents + other.incidents, self.unsaid + other.unsaid)

    def beyond(self, told: "Count") -> "Count":
        """Return what there is beyond what has been told."""
        pairs = ((self.number, told.number), (self.incidents, told.incidents), (self.unsaid, told.unsaid))
        return Count(*(max(now - was, 0) for now, was in pairs))

    def told(self) -> Figure:
        """Return the figure that was published."""
        return NotTold.UNKNOWN if self.unsaid and not self.number else self.number


# By series; and what was reported, by "dimension:category". What is not there is withheld.
Figures = Mapping[str, Count]


@dataclass(frozen=True, slots=True)
class Column:
    """One line of figures by category."""

    name: str
    cells: Mapping[str, Figure]
    unsaid: Mapping[str, int] = field(default_factory=dict)  # of how many incidents the number was not said


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Categories down, columns across."""

    categories: tuple[str, ...]
    columns: tuple[Column, ...]


def yearly(facts: Iterable[Fact], earlier: Mapping[tuple[int, Series], int]) -> CrossTable:
    """The four series per year. Figures entered by hand are added to what was logged in the same year.

    Of a year in which nothing was logged only what was entered is known; in the others nothing logged is none.
    """
    numbers: dict[str, dict[str, int]] = {}
    unsaid: dict[str, dict[str, int]] = {}
    for fact in facts:
        numbers.setdefault(str(fact.day.year), dict.fromkeys(Series, 0))
        _count(fact, str(fact.day.year), fact.series, numbers, unsaid)
    for (year, series), number in earlier.items():
        _add(numbers, str(year), series, number)
    return CrossTable(tuple(Series), tuple(_column(year, numbers, unsaid, Series) for year in sorted(numbers)))


def quarterly(facts: Iterable[Fact], year: int, today: date) -> CrossTable:
    """The quarters of a year that have begun, a column for each series."""
    quarters = tuple(q for q in (f"{year}-{quarter}" for quarter in range(1, 5)) if q <= quarter_of(today))
    numbers: dict[str, dict[str, int]] = {series: dict.fromkeys(quarters, 0) for series in Series}
    unsaid: dict[str, dict[str, int]] = {}
    for fact in facts:
        if quarter_of(fact.day) in quarters:
            _count(fact, fact.series, quarter_of(fact.day), numbers, unsaid)
    return CrossTable(quarters, tuple(_column(name, numbers, unsaid, quarters) for name in numbers))


def divided(facts: Iterable[Fact], series: Series, dimension: str, categories: Sequence[str]) -> CrossTable:
    """One series per year, divided by the categories of a dimension and what was not said.

    What has several categories counts in each, so a column can add up to more than the series' figure for the year.
    """
    numbers: dict[str, dict[str, int]] = {}
    for fact in facts:
        if fact.series is series:
            for category in fact.of.get(dimension) or (UNKNOWN,):
                _add(numbers, str(fact.day.year), category if category in categories else UNKNOWN, fact.number)
    kept = tuple(c for c in (*categories, UNKNOWN) if any(c in cells for cells in numbers.values()))
    columns = (Column(year, {c: numbers[year].get(c, 0) for c in kept}) for year in sorted(numbers))
    return CrossTable(kept, tuple(columns))


# -- what everybody is told --------------------------------------------------------------------------------------------
def quarter_of(day: date) -> str:
    """The quarter of a day, such as "2027-1"."""
    return f"{day.year}-{(day.month - 1) // 3 + 1}"


def to_publish(facts: Iterable[Fact], published: Iterable[str], today: date) -> list[str]:
    """The quarters that are over and not published, the oldest first: from the first that has anything to tell."""
    last = max(published, default="")
    first = min((fact.day for fact in facts), default=today)
    quarters = (f"{year}-{n}" for year in range(first.year, today.year + 1) for n in range(1, 5))
    return [q for q in quarters if quarter_of(first) <= q < quarter_of(today) and q > last]


def as_published(kept: Mapping[str, Sequence[int] | None]) -> Figures:
    """Read a quarter's figures as they are stored: by name what a `Count` holds, null for a series that is withheld."""
    return {name: Count(*told) for name, told in kept.items() if told}


def figures_until(facts: Iterable[Fact], quarter: str) -> Figures:
    """Add up all that happened until the end of a quarter, as it is known now."""
    numbers: dict[str, int] = dict.fromkeys(Series, 0)
    unsaid = Counter[str]()
    behind: dict[str, set[int]] = {}
    for fact in facts:
        if quarter_of(fact.day) > quarter:
            continue
        unsaid[fact.series] += fact.unsaid
        names = [str(fact.series)] if fact.number else []
        if fact.series is Series.REPORTED:
            names += [f"{name}:{c}" for name, categories in fact.of.items() for c in categories or (UNKNOWN,)]
        for name in names:
            numbers[name] = numbers.get(name, 0) + fact.number
            behind.setdefault(name, set()).add(fact.incident)
    return {name: Count(number, len(behind.get(name, ())), unsaid[name]) for name, number in numbers.items()}


def publication(known: Figures, published: Iterable[Figures]) -> Figures:
    """Return what is published of a quarter: what is new since everything published before, where it is enough.

    In a series nothing new is told as well, be it that there was none or that nobody said how many. The categories of a
    dimension are told all together, with the sum, once each of them that has anything new has enough: what is held back
    of one could be worked out from the others, in this quarter or in a later one. So they wait for it; that a category
    has none is not told.
    """
    before: dict[str, Count] = {}
    for then in published:
        before |= {name: before.get(name, Count()) + figure for name, figure in then.items()}
    new = {name: now.beyond(before.get(name, Count())) for name, now in known.items()}
    told = {name for name, figure in new.items() if min(figure.number, figure.incidents) >= SMALL}
    for dimension in {name.partition(":")[0] for name in new if ":" in name}:
        there = {name for name in new if name.startswith(f"{dimension}:") and new[name].number}
        if Series.REPORTED not in told or not there <= told:
            told -= there
    told |= {series for series in Series if series in new and not new[series].number}
    return {name: new[name] for name in sorted(told)}


def told_years(published: Mapping[str, Figures], earlier: Mapping[tuple[int, Series], int]) -> CrossTable:
    """The four series per year as everybody sees them. Figures entered by hand lift nothing over the threshold."""
    parts: dict[str, dict[Series, list[Figure]]] = {}
    for quarter, figures in published.items():
        for series in Series:
            parts.setdefault(quarter[:4], {}).setdefault(series, []).append(_told(figures, series))
    for (year, series), number in earlier.items():
        parts.setdefault(str(year), {}).setdefault(series, []).append(enough(number))
    columns = (Column(year, {s: together(parts[year].get(s, ())) for s in Series}) for year in sorted(parts))
    return CrossTable(tuple(Series), tuple(columns))


def told_quarters(published: Mapping[str, Figures], year: int) -> CrossTable:
    """The quarters of a year that have been published, a column for each series."""
    quarters = tuple(quarter for quarter in sorted(published) if quarter.startswith(f"{year}-"))
    columns = (Column(s, {q: _told(published[q], s) for q in quarters}) for s in Series)
    return CrossTable(quarters, tuple(columns) if quarters else ())


def told_divided(published: Mapping[str, Figures], dimension: str, categories: Sequence[str]) -> CrossTable:
    """Return what was reported per year by the categories of a dimension, as everybody sees it."""
    numbers: dict[str, dict[str, int]] = {}
    for quarter, figures in published.items():
        cells = numbers.setdefault(quarter[:4], {})
        for name, figure in figures.items():
            of, _, category = name.partition(":")
            if of == dimension:
                category = category if category in categories else UNKNOWN
                cells[category] = cells.get(category, 0) + figure.number
    kept = tuple(c for c in (*categories, UNKNOWN) if any(c in cells for cells in numbers.values()))
    columns = (Column(year, {c: numbers[year].get(c, NotTold.WITHHELD) for c in kept}) for year in sorted(numbers))
    return CrossTable(kept, tuple(columns))


def _told(figures: Figures, name: str) -> Figure:
    return figures[name].told() if name in figures else NotTold.WITHHELD


def _count(
    fact: Fact, column: str, category: str, numbers: dict[str, dict[str, int]], unsaid: dict[str, dict[str, int]]
) -> None:
    _add(numbers, column, category, fact.number)
    if fact.unsaid:
        _add(unsaid, column, category, 1)


def _column(
    name: str, numbers: Mapping[str, Mapping[str, int]], unsaid: Mapping[str, Mapping[str, int]], order: Iterable[str]
) -> Column:
    """Make a column of cells in this order; a cell for which nobody gave a number is unknown."""
    not_said, there = unsaid.get(name, {}), numbers[name]
    known = {c: there[c] for c in order if c in there and (there[c] or c not in not_said)}
    return Column(name, {c: known.get(c, NotTold.UNKNOWN) for c in order}, not_said)


def _add(numbers: dict[str, dict[str, int]], column: str, category: str, number: int) -> None:
    cells = numbers.setdefault(column, {})
    cells[category] = cells.get(category, 0) + number
