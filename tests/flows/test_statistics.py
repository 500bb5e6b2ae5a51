from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from flows.figures.figures import SMALL, NotTold
from flows.figures.statistics import (
    UNKNOWN,
    Count,
    Fact,
    Figures,
    Series,
    divided,
    figures_until,
    publication,
    quarterly,
    to_publish,
    told_divided,
    told_quarters,
    told_years,
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
    found = quarterly([fact("2027-12-31"), fact("2028-01-01", Series.TALKS)], 2027, date(2028, 1, 2))
    by_series = {column.name: list(column.cells.values()) for column in found.columns}
    assert by_series[Series.REPORTED] == [0, 0, 0, 1]
    assert by_series[Series.TALKS] == [0, 0, 0, 0]


def test_what_nobody_knows_is_not_zero() -> None:
    """A series that was left out of an earlier year is unknown; in a year with a log, nothing logged is none."""
    unknown = dict.fromkeys((Series.EXPOSED, Series.TALKS, Series.SUPPORT), NotTold.UNKNOWN)
    table = yearly([fact("2021-05-01")], {(2020, Series.REPORTED): 34})
    assert [column.cells for column in table.columns] == [
        {Series.REPORTED: 34, **unknown},
        {Series.REPORTED: 1, Series.EXPOSED: 0, Series.TALKS: 0, Series.SUPPORT: 0},
    ]
    assert told_years({}, {(2020, Series.REPORTED): 34}).columns[0].cells == {Series.REPORTED: 34, **unknown}


def test_who_did_not_say_how_many_is_counted_apart() -> None:
    """Of incidents without a number it is told how many; where nobody said one, there is none, and not 0."""
    day, said, unsaid = date(2021, 5, 1), Series.EXPOSED, Fact(Series.EXPOSED, date(2021, 5, 1), 0, unsaid=True)
    one = yearly([Fact(Series.REPORTED, day), unsaid], {}).columns[0]
    assert (one.cells[said], one.unsaid) == (NotTold.UNKNOWN, {said: 1})
    both = yearly([unsaid, unsaid, Fact(said, day, 3)], {}).columns[0]
    assert (both.cells[said], both.unsaid) == (3, {said: 2})
    assert quarterly([unsaid], 2021, day).columns[1].unsaid == {"2021-2": 1}


def test_quarters_to_come_are_left_out() -> None:
    """On 11 April the third and fourth quarter have not been, and are no zeros."""
    assert quarterly([fact("2027-02-01")], 2027, date(2027, 4, 11)).categories == ("2027-1", "2027-2")


def test_several_kinds_count_in_each() -> None:
    """An incident of two kinds stands under both, one that said nothing under unknown."""
    facts = [fact("2027-03-01", kind=("sexual", "labour")), fact("2027-03-02", kind=("labour",)), fact("2027-03-03")]
    table = divided(facts, Series.REPORTED, "kind", ("sexual", "labour", "begging"))
    assert table.categories == ("sexual", "labour", UNKNOWN)
    assert table.columns[0].cells == {"sexual": 1, "labour": 2, UNKNOWN: 1}


def test_figures_outside_the_circle_wait_for_the_quarter() -> None:
    """A number that everybody sees does not grow by one on the evening of the incident."""
    facts = [fact("2027-03-31"), fact("2027-04-01")]
    assert to_publish(facts, [], date(2027, 3, 31)) == []
    assert to_publish(facts, [], date(2027, 6, 30)) == ["2027-1"]
    assert to_publish(facts, ["2027-1"], date(2028, 1, 1)) == ["2027-2", "2027-3", "2027-4"]
    assert {name for name, count in figures_until(facts, "2027-1").items() if count.number} == {Series.REPORTED}
    assert figures_until(facts, "2027-1")[Series.REPORTED] == Count(1, 1)


def numbers(known: Figures, *published: Figures) -> Figures:
    """What is published of a quarter, without that there was none."""
    return {name: count for name, count in publication(known, published).items() if count.number}


def incidents(count: int, day: str, first: int = 0, **of: tuple[str, ...]) -> list[Fact]:
    """So many incidents on a day."""
    return [Fact(Series.REPORTED, date.fromisoformat(day), 1, of, first + n) for n in range(count)]


def test_one_incident_with_seven_exposed_shows_nothing() -> None:
    """Five people are not enough where one incident is behind them, nor five incidents behind fewer people."""
    day = date(2027, 2, 1)
    assert numbers(figures_until([Fact(Series.EXPOSED, day, 7, {}, 1)], "2027-1")) == {}
    several = [Fact(Series.EXPOSED, day, 1, {}, n) for n in range(5)]
    assert numbers(figures_until(several, "2027-1")) == {Series.EXPOSED: Count(5, 5)}
    assert numbers(figures_until([Fact(Series.TALKS, day, 1, {}, 1)] * 9, "2027-1")) == {}


def test_what_is_logged_late_counts_in_a_later_quarter() -> None:
    """A quarter that was published stays as it was: a late log alone does not move it, nor the next, 7 to 8."""
    facts = incidents(7, "2027-02-01")
    first = publication(figures_until(facts, "2027-1"), [])
    facts += incidents(1, "2027-02-02", first=50)
    assert numbers(figures_until(facts, "2027-2"), first) == {}
    facts += incidents(4, "2027-08-02", first=60)
    third = numbers(figures_until(facts, "2027-3"), first, {})
    told = {"2027-1": first, "2027-2": {}, "2027-3": third}
    assert third == {Series.REPORTED: Count(5, 5)}
    assert told_years(told, {}).columns[0].cells[Series.REPORTED] == 12
    assert told_quarters(told, 2027).columns[0].cells == {"2027-1": 7, "2027-2": NotTold.WITHHELD, "2027-3": 5}


def test_figures_by_hand_lift_no_single_incident() -> None:
    """Forty that were entered beside one that was logged show forty, and not 41."""
    told = {"2027-1": publication(figures_until(incidents(1, "2027-02-01"), "2027-1"), [])}
    assert told_years(told, {(2027, Series.REPORTED): 40}).columns[0].cells[Series.REPORTED] == 40
    assert told_years({}, {(2026, Series.TALKS): 3}).columns[0].cells[Series.TALKS] is NotTold.WITHHELD


def test_the_part_that_is_left_is_no_single_incident() -> None:
    """Of seven in two parts of town, five in one would tell of the two in the other: neither is told."""
    facts = incidents(5, "2027-02-01", area=("Norr",)) + incidents(2, "2027-02-01", first=9, area=("Hamnen",))
    assert numbers(figures_until(facts, "2027-1")) == {Series.REPORTED: Count(7, 7)}
    facts += incidents(5, "2027-02-01", first=20, area=("Hamnen",))
    told = {"2027-1": publication(figures_until(facts, "2027-1"), [])}
    assert told_divided(told, "area", ("Hamnen", "Norr")).columns[0].cells == {"Hamnen": 7, "Norr": 5}


@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8), st.sampled_from("abc"), st.integers(0, 9)), max_size=60)
)
def test_no_two_looks_differ_by_a_few(logged: list[tuple[int, int, str, int]]) -> None:
    """Whenever things happen and are logged, no number and no difference between two looks has few incidents in it."""
    ends = [f"{2027 + n // 4}-{n % 4 + 1}" for n in range(8)]
    published: dict[str, Figures] = {}
    for now, quarter in enumerate(ends, 1):
        known = [
            Fact(series, date(2027 + (when - 1) // 4, (when - 1) % 4 * 3 + 2, 1), number, {"area": (area,)}, n)
            for n, (when, late, area, exposed) in enumerate(logged)
            if max(when, late) <= now
            for series, number in ((Series.REPORTED, 1), (Series.EXPOSED, exposed))
        ]
        published[quarter] = publication(figures_until(known, quarter), published.values())
        for name, figure in published[quarter].items():
            assert not figure.number or min(figure.number, figure.incidents) >= SMALL
            told = sum(one[name].number for one in published.values() if name in one)
            assert told <= figures_until(known, quarter)[name].number


def test_what_nobody_has_is_nought_and_what_nobody_said_is_unknown() -> None:
    """Six incidents of which nobody said how many were exposed: unknown; no talks: nought; one support: withheld."""
    day = date(2027, 2, 1)
    unsaid = [Fact(Series.EXPOSED, day, 0, {}, n, unsaid=True) for n in range(6)]
    facts = [*incidents(6, "2027-02-01"), *unsaid, Fact(Series.SUPPORT, day, 1, {}, 1)]
    told = told_years({"2027-1": publication(figures_until(facts, "2027-1"), [])}, {}).columns[0].cells
    assert list(told.values()) == [6, NotTold.UNKNOWN, 0, NotTold.WITHHELD]


def test_where_few_are_held_back_no_part_says_none() -> None:
    """Of seven in two parts of town that are held back, no third part tells that it has none."""
    before = incidents(9, "2026-02-01", area=("Söder",))
    few = incidents(5, "2027-02-01", 10, area=("Norr",)) + incidents(2, "2027-02-01", 20, area=("Hamnen",))
    told = {"2026-1": publication(figures_until(before, "2026-1"), [])}
    told["2027-1"] = publication(figures_until([*before, *few], "2027-1"), told.values())
    years = told_divided(told, "area", ("Hamnen", "Norr", "Söder")).columns
    assert [dict(year.cells) for year in years] == [{"Söder": 9}, {"Söder": NotTold.WITHHELD}]


def test_figures_by_hand_that_are_few_are_no_difference() -> None:
    """Three by hand beside seven that were published: the year tells seven, as its quarters do."""
    told = {"2027-1": publication(figures_until(incidents(7, "2027-02-01"), "2027-1"), [])}
    assert told_years(told, {(2027, Series.REPORTED): 3}).columns[0].cells[Series.REPORTED] == 7
