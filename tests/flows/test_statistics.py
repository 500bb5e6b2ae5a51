from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.statistics import (
    SMALL,
    UNKNOWN,
    Column,
    Fact,
    Series,
    Table,
    closed,
    divided,
    hide,
    quarterly,
    yearly,
)

HELSINGBORG = {2017: 10, 2018: 23, 2019: 30, 2020: 34, 2021: 36, 2022: 90}


def fact(day: str, series: Series = Series.REPORTED, number: int = 1, **of: tuple[str, ...]) -> Fact:
    """So many of a series on a day."""
    return Fact(series, date.fromisoformat(day), number, of)


def test_earlier_years_stand_beside_what_was_logged() -> None:
    """The chart begins before the bot did: figures entered by hand stand in their years, beside what was logged."""
    earlier = {(year, Series.REPORTED): number for year, number in HELSINGBORG.items()}
    table = yearly([fact("2022-12-30"), fact("2023-01-02", number=3, series=Series.EXPOSED)], earlier)
    assert [column.name for column in table.columns] == ["2017", "2018", "2019", "2020", "2021", "2022", "2023"]
    assert [column.cells[Series.REPORTED] for column in table.columns] == [10, 23, 30, 34, 36, 91, 0]
    assert table.columns[-1].cells[Series.EXPOSED] == 3


def test_december_is_december() -> None:
    """What happened in December and was noted in January counts in December; a talk in January counts there."""
    found = quarterly([fact("2027-12-31"), fact("2028-01-01", Series.TALKS)], 2027)
    by_series = {column.name: list(column.cells.values()) for column in found.columns}
    assert by_series[Series.REPORTED] == [0, 0, 0, 1]
    assert by_series[Series.TALKS] == [0, 0, 0, 0]


def test_a_quarter_cannot_be_worked_out_from_the_year() -> None:
    """The year's figure is shown elsewhere, so a small quarter is hidden together with another."""
    facts = [fact("2027-02-01", number=9), fact("2027-05-01", number=8), fact("2027-08-01", number=3)]
    column = hide(quarterly(facts, 2027)).columns[0]
    assert list(column.cells.values()) == [9, None, None, 0]
    assert column.total == 20


def test_several_kinds_count_in_each() -> None:
    """An incident of two kinds stands under both, one that said nothing under unknown."""
    facts = [fact("2027-03-01", kind=("sexual", "labour")), fact("2027-03-02", kind=("labour",)), fact("2027-03-03")]
    table = divided(facts, Series.REPORTED, "kind", ("sexual", "labour", "begging"))
    assert table.categories == ("sexual", "labour", UNKNOWN)
    assert table.columns[0].cells == {"sexual": 1, "labour": 2, UNKNOWN: 1}
    assert table.columns[0].total == 4


def test_figures_outside_the_circle_wait_for_the_quarter() -> None:
    """A number that everybody sees does not grow by one on the evening of the incident."""
    facts = [fact("2027-03-31"), fact("2027-04-01")]
    assert closed(facts, date(2027, 6, 30)) == facts[:1]
    assert closed(facts, date(2027, 7, 1)) == facts


@pytest.mark.parametrize(
    ("cells", "hidden"),
    [
        ((7, 3, 9), "ab"),
        ((1, 1, 20), "abc"),
        ((4, 4, 9), "ab"),
        ((0, 0, 3), "abc"),
        ((5, 0, 6), ""),
        ((2, 0, 6), "ac"),
    ],
)
def test_what_is_hidden(cells: tuple[int, ...], hidden: str) -> None:
    """Small numbers are hidden, and as few others as will do."""
    shown = hide(_table_of(cells)).columns[0].cells
    assert "".join(category for category, number in shown.items() if number is None) == hidden


def _table_of(*columns: tuple[int, ...]) -> Table:
    names = tuple("abcdefgh"[: len(columns[0])])
    return Table(
        names, tuple(Column(str(2020 + n), dict(zip(names, c, strict=True)), sum(c)) for n, c in enumerate(columns))
    )


def _readings(column: Column) -> Iterator[Mapping[str, int]]:
    """Yield every way to fill in the hidden cells of a column that agrees with all that is shown.

    Whoever reads the table knows the rule too: a hidden cell beside a sum is not 0, and a hidden sum is below 5.
    """
    hidden = [category for category, number in column.cells.items() if number is None]
    known = sum(number for number in column.cells.values() if number is not None)
    sums, least = ([column.total], 1) if column.total is not None else (range(1, SMALL), 0)
    for total in sums:
        rest = total - known
        for filling in product(range(least, max(rest, 0) + 1), repeat=len(hidden)):
            if sum(filling) == rest:
                yield dict(zip(hidden, filling, strict=True))


@example([(1, 1, 1, 1)])
@given(st.lists(st.lists(st.integers(0, 12), min_size=4, max_size=4).map(tuple), min_size=1, max_size=3))
def test_no_hidden_cell_can_be_worked_out(columns: list[tuple[int, ...]]) -> None:
    """With all that is shown, sums and the rule itself, every hidden number could still be another."""
    table = _table_of(*columns)
    for before, after in zip(table.columns, hide(table).columns, strict=True):
        assert all(number is None or number == before.cells[c] for c, number in after.cells.items())
        assert all(number is None or number == 0 or number >= SMALL for number in after.cells.values())
        readings = list(_readings(after))
        for category, number in after.cells.items():
            if number is None:
                assert len({reading[category] for reading in readings}) > 1


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8).map(tuple))
def test_sums_that_are_known_elsewhere_stay(cells: tuple[int, ...]) -> None:
    """A year's sum is the same in every table, so it is shown in all of them or in none."""
    (column,) = hide(_table_of(cells)).columns
    assert column.total == (None if 0 < sum(cells) < SMALL else sum(cells))
