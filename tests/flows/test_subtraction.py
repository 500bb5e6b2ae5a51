"""Somebody with pencil and paper, and every figure that was ever published, works out nothing about a few incidents.

Each published figure is a sum of incidents that nobody outside sees: those of a part of town that came to be known in a
quarter. All of them together are linear equations. Whatever follows from these by adding and subtracting, over cells,
quarters, editions of one year and papers, is what a reader can work out; a paper prints sums of them, and another town
has other incidents, so that neither adds anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.figures.figures import SMALL
from flows.figures.statistics import Fact, Figures, Series, figures_until, publication

PARTS, QUARTERS = "abc", 6
ENDS = tuple(f"{2027 + n // 4}-{n % 4 + 1}" for n in range(QUARTERS))
Incident = tuple[int, int, str]  # the quarter in which it happened, how much later it was logged, and where
Atom = tuple[str, int]  # the incidents of a part of town that came to be known in a quarter
Row = dict[Atom, Fraction]

log = st.lists(
    st.tuples(
        st.integers(0, QUARTERS - 1), st.sampled_from((0, 0, 0, 1, 2)), st.sampled_from(PARTS), st.integers(1, 8)
    ),
    max_size=24,
).map(lambda groups: [(when, late, part) for when, late, part, times in groups for _ in range(times)])


def published(incidents: Sequence[Incident]) -> list[Figures]:
    """What stands in each quarter's publication."""
    told: list[Figures] = []
    for now, quarter in enumerate(ENDS):
        known = [
            Fact(Series.REPORTED, date(2027 + when // 4, when % 4 * 3 + 2, 1), 1, {"area": (part,)}, n)
            for n, (when, late, part) in enumerate(incidents)
            if when + late <= now
        ]
        told.append(publication(figures_until(known, quarter), told))
    return told


def equations(told: Sequence[Figures]) -> Iterator[Row]:
    """What each published figure is the sum of: all that had come to be known since that figure was told last."""
    since: dict[str, int] = {}
    for now, figures in enumerate(told):
        for name in (name for name in figures if name.partition(":")[0] in (Series.REPORTED, "area")):
            parts = name.partition(":")[2] or PARTS
            yield {(part, n): Fraction(1) for part in parts for n in range(since.get(name, 0), now + 1)}
            since[name] = now + 1


def reduced(row: Row, basis: Mapping[Atom, Row]) -> Row:
    """What is left of a row when all that is known is taken from it."""
    row = dict(row)
    for pivot, other in basis.items():
        if factor := row.get(pivot):
            for atom, value in other.items():
                row[atom] = row.get(atom, Fraction(0)) - factor * value
    return {atom: value for atom, value in row.items() if value}


def known_from(told: Sequence[Figures]) -> dict[Atom, Row]:
    """All that follows from what was published, as rows with a pivot each."""
    basis: dict[Atom, Row] = {}
    for row in equations(told):
        left = reduced(row, basis)
        if left:
            pivot = next(iter(left))
            scaled = {atom: value / left[pivot] for atom, value in left.items()}
            basis = {atom: reduced(other, {pivot: scaled}) for atom, other in basis.items()} | {pivot: scaled}
    return basis


def worked_out(incidents: Sequence[Incident]) -> list[tuple[str, int, int]]:
    """The parts of town and stretches of time of which a reader can work out that they hold one to four incidents."""
    basis, found = known_from(published(incidents)), []
    counts: dict[Atom, int] = {}
    for when, late, part in incidents:
        counts[part, when + late] = counts.get((part, when + late), 0) + 1
    for size in range(1, len(PARTS) + 1):
        for parts in combinations(PARTS, size):
            for first in range(QUARTERS):
                for last in range(first, QUARTERS):
                    wanted = {(part, n): Fraction(1) for part in parts for n in range(first, last + 1)}
                    few = sum(counts.get(atom, 0) for atom in wanted)
                    if 0 < few < SMALL and not reduced(wanted, basis):
                        found.append(("".join(parts), first, last))
    return found


@settings(max_examples=40, deadline=None)
@given(log)
def test_subtraction_gets_nothing_back(incidents: list[Incident]) -> None:
    """Over random years nobody works out that so few are in any parts of town, in any stretch of time."""
    assert worked_out(incidents) == []


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(log)
def test_subtraction_gets_nothing_back_in_a_thousand_towns(incidents: list[Incident]) -> None:
    """The same over a thousand."""
    assert worked_out(incidents) == []


def test_it_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were each part of town with five told, two in another one would be what is left of seven: the reader sees it."""
    seven = [(0, 0, "a")] * 5 + [(0, 0, "b")] * 2
    assert worked_out(seven) == []

    def careless(known: Figures, _: object) -> Figures:
        return {name: figure for name, figure in known.items() if figure.number >= SMALL}

    monkeypatch.setattr("tests.flows.test_subtraction.publication", careless)
    assert ("bc", 0, 0) in worked_out(seven)  # where c has none
