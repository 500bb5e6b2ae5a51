"""The network's statistics (I.3): four series a year, divided by kind, area and the like, and small cells hidden.

Pure. An incident counts on the day it happened and a follow-up on its own day, whichever year they were noted in. What
leaves the circle of readers goes through `hide`: numbers from 1 to 4 are not shown, nor any other that gives them away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

SMALL = 5  # a number below this, but not 0, could point somebody out
UNKNOWN = "unknown"  # the category of what was not said


class Series(StrEnum):
    """What the network counts, as in its chart."""

    REPORTED = "reported"  # incidents that may concern trafficking or prostitution
    EXPOSED = "exposed"  # possibly exposed persons documented
    TALKS = "talks"  # support talks held
    SUPPORT = "support"  # long-term support begun


@dataclass(frozen=True, slots=True)
class Fact:
    """So many of a series on a day. `of` names its categories by dimension (kind, area, known); none is unknown."""

    series: Series
    day: date
    number: int = 1
    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """One line of numbers that add up: by category, with their sum. None is a number that is hidden, or no sum."""

    name: str
    cells: Mapping[str, int | None]
    total: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Categories down, columns across. Only columns add up; there are no sums across."""

    categories: tuple[str, ...]
    columns: tuple[Column, ...]


def yearly(facts: Iterable[Fact], earlier: Mapping[tuple[int, Series], int]) -> Table:
    """The four series per year. Figures entered by hand are added to what was logged in the same year."""
    numbers: dict[str, dict[str, int]] = {}
    for fact in facts:
        _add(numbers, str(fact.day.year), fact.series, fact.number)
    for (year, series), number in earlier.items():
        _add(numbers, str(year), series, number)
    columns = (Column(year, {s: numbers[year].get(s, 0) for s in Series}, None) for year in sorted(numbers))
    return Table(tuple(Series), tuple(columns))


def quarterly(facts: Iterable[Fact], year: int) -> Table:
    """The quarters of a year, a column for each series. Its sum is the year's, which the yearly table shows too."""
    quarters = tuple(f"{year}-{quarter}" for quarter in range(1, 5))
    numbers: dict[str, dict[str, int]] = {series: dict.fromkeys(quarters, 0) for series in Series}
    for fact in facts:
        if fact.day.year == year:
            _add(numbers, fact.series, quarters[(fact.day.month - 1) // 3], fact.number)
    return Table(quarters, tuple(Column(name, cells, sum(cells.values())) for name, cells in numbers.items()))


def divided(facts: Iterable[Fact], series: Series, dimension: str, categories: Sequence[str]) -> Table:
    """One series per year, divided by the categories of a dimension and what was not said.

    What has several categories counts in each, so a column's sum can be more than the series' figure for the year.
    """
    numbers: dict[str, dict[str, int]] = {}
    for fact in facts:
        if fact.series is series:
            for category in fact.of.get(dimension) or (UNKNOWN,):
                _add(numbers, str(fact.day.year), category if category in categories else UNKNOWN, fact.number)
    kept = tuple(c for c in (*categories, UNKNOWN) if any(c in cells for cells in numbers.values()))
    columns = (
        Column(year, {c: numbers[year].get(c, 0) for c in kept}, sum(numbers[year].values()))
        for year in sorted(numbers)
    )
    return Table(kept, tuple(columns))


def hide(table: Table) -> Table:
    """The table as it may be shown to everybody.

    In each column the cells from 1 to 4 are hidden, and then the smallest others, until at least two are hidden that
    together make 5 or more: so none can be worked out from the sum. A sum below 5 is hidden with
    its whole column, and never any other sum, as they may be known from elsewhere. A 0 is shown, for it is nobody.
    """
    return Table(table.categories, tuple(_hide_column(column) for column in table.columns))


def closed(facts: Iterable[Fact], today: date) -> list[Fact]:
    """The facts of quarters that are over. A figure that grows by one while one looks on tells when, perhaps who."""
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return [fact for fact in facts if fact.day < first]


def _hide_column(column: Column) -> Column:
    if column.total is not None and 0 < column.total < SMALL:
        return Column(column.name, dict.fromkeys(column.cells), None)
    cells = {category: number or 0 for category, number in column.cells.items()}
    hidden = {category for category, number in cells.items() if 0 < number < SMALL}
    if column.total is not None and hidden:
        for category in sorted(cells, key=lambda c: cells[c]):
            if len(hidden) > 1 and sum(cells[c] for c in hidden) >= SMALL:
                break
            if cells[category]:
                hidden.add(category)
    shown = {category: None if category in hidden else number for category, number in cells.items()}
    return Column(column.name, shown, column.total)


def _add(numbers: dict[str, dict[str, int]], column: str, category: str, number: int) -> None:
    cells = numbers.setdefault(column, {})
    cells[category] = cells.get(category, 0) + number
