"""The yearly report's figures are held against the register: each says how many there were, or rightly why not."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.figures.figures import SMALL, NotTold
from flows.figures.statistics import Count, Fact, Figures, Series, figures_until, publication, told_years
from messages.documents.compose import compose
from messages.documents.facts import Facts
from messages.documents.make import make
from messages.documents.material import Material, Year
from messages.documents.pictures import figure
from messages.structure.blocks import Table
from tests.documents.in_chat import as_chat

YEARS = (2027, 2028, 2029)
QUARTERS = tuple(f"{year}-{quarter}" for year in YEARS for quarter in (1, 2, 3, 4))
UNKNOWN, WITHHELD = "ingen uppgift", "redovisas inte"
NAMES = ("Rapporterade händelser", "Personer som kan vara utsatta", "Stödsamtal", "Personer med långsiktigt stöd")


@dataclass(frozen=True)
class Incident:
    """One that happened in a quarter and was logged then or later: how many were exposed, if that was said, and what
    followed at once.
    """

    happened: int
    logged: int
    exposed: int | None
    talks: int
    support: bool

    def counted(self, number: int) -> list[Fact]:
        """What it counts as."""
        day = date(YEARS[self.happened // 4], self.happened % 4 * 3 + 1, 20)
        said = Fact(Series.EXPOSED, day, self.exposed or 0, {}, number, unsaid=self.exposed is None)
        followed = [Series.TALKS] * self.talks + [Series.SUPPORT] * self.support
        return [Fact(Series.REPORTED, day, 1, {}, number), said, *(Fact(one, day, 1, {}, number) for one in followed)]


quarter = st.integers(0, len(QUARTERS) - 1)
incident = st.builds(
    lambda happened, late, exposed, talks, support: Incident(happened, happened + late, exposed, talks, support),
    quarter,
    st.sampled_from((0, 0, 0, 1, 5)),
    st.one_of(st.none(), st.integers(1, 9)),
    st.sampled_from((0, 0, 0, 1, 3)),
    st.booleans(),
)
busy = st.builds(lambda one, times: [one] * times, incident, st.integers(1, 9))  # several alike in a quarter
register = st.lists(busy, max_size=12).map(lambda groups: [one for group in groups for one in group])


def known(log: Sequence[Incident], now: int) -> list[Fact]:
    """What has been logged by the end of a quarter."""
    facts = (one.counted(number) for number, one in enumerate(log) if one.logged <= now)
    return [fact for counted in facts for fact in counted]


def reported(log: Sequence[Incident], until: int = len(QUARTERS)) -> Material:
    """What a yearly report is made of after so many quarters, with each of them published when it was over."""
    published: dict[str, Figures] = {}
    for now, name in enumerate(QUARTERS[:until]):
        published[name] = publication(figures_until(known(log, now), name), published.values())
    years = tuple(Year(int(column.name), *column.cells.values()) for column in told_years(published, {}).columns)
    return Material("Exempelstad", date(2030, 2, 1), years=years)


def table_of(material: Material) -> dict[int, tuple[str, ...]]:
    """The table of the report: what stands in each year, in words."""
    tables = (block for block in compose("yearly", material).blocks if isinstance(block, Table))
    table = next(table for table in tables if table.header[1:] == NAMES)
    return {int(str(row[0])): tuple(map(str, row[1:])) for row in table.rows}


def expected(log: Sequence[Incident], series: Series) -> dict[int, str]:
    """What the report is to say of a series, by a pile: what is logged is laid on it, and told once it is enough."""
    told: dict[int, str] = {}
    pile: list[Fact] = []
    for now, name in enumerate(QUARTERS):
        year = int(name[:4])
        pile += [
            fact
            for number, one in enumerate(log)
            if one.logged == now
            for fact in one.counted(number)
            if fact.series is series
        ]
        few = sum(fact.number for fact in pile)
        if 0 < min(few, len({fact.incident for fact in pile if fact.number})) < SMALL:
            said = WITHHELD
        else:
            said = str(few) if few or not pile else UNKNOWN
            pile.clear()
        told[year] = both(told.get(year, "0"), said)
    return told


def both(one: str, other: str) -> str:
    """What two quarters say together: a number before a word, and a word before nought."""
    numbers = [int(said) for said in (one, other) if said.isdecimal()]
    if sum(numbers):
        return str(sum(numbers))
    return WITHHELD if WITHHELD in (one, other) else UNKNOWN if UNKNOWN in (one, other) else "0"


def editions(log: Sequence[Incident]) -> Iterator[tuple[dict[int, tuple[str, ...]], str]]:
    """The report as it is taken out after each quarter: its table, and all of it in words."""
    for until in range(1, len(QUARTERS) + 1):
        material = reported(log, until)
        yield table_of(material), as_chat(compose("yearly", material))


def is_taken_apart(log: Sequence[Incident]) -> bool:
    """True if somebody who has kept every edition works out a few by taking one from another."""
    before: dict[tuple[int, int], int] = {}
    for table, said in editions(log):
        for (year, place), word in {(y, n): w for y, row in table.items() for n, w in enumerate(row)}.items():
            if word.isdecimal():
                if 0 < int(word) - before.get((year, place), 0) < SMALL:
                    return True
                before[year, place] = int(word)
            elif before.get((year, place)):
                return True  # a number that was told is not taken back: the edition before tells what is hidden
        if any(not now.isdecimal() for now in re.findall(r": ([^:\n]*?) \(året före", said)):
            return True
    return False


def held_against(log: Sequence[Incident]) -> None:
    """Hold each figure of the report against what is expected from the register."""
    told = table_of(reported(log))
    for place, series in enumerate(Series):
        assert {year: row[place] for year, row in told.items()} == expected(log, series)


@settings(max_examples=100, deadline=None)
@given(register)
def test_each_figure_of_the_yearly_report_is_so(log: list[Incident]) -> None:
    """Over random years a number is what has come to the register, nought if nothing has; *ingen uppgift* stands where
    something has and nobody said how many, and *redovisas inte* where few are held back, and nowhere else.
    """
    held_against(log)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(register)
def test_each_figure_of_a_thousand_reports_is_so(log: list[Incident]) -> None:
    """The same over a thousand towns of three years each."""
    held_against(log)


@settings(max_examples=60, deadline=None)
@given(register)
def test_one_edition_taken_from_another_leaves_no_few(log: list[Incident]) -> None:
    """Over random years nobody who has kept the report of each quarter is left with one to four, by taking one edition
    from another; what has been told stays told; and a word has no year before beside it.
    """
    assert not is_taken_apart(log)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(register)
def test_one_edition_taken_from_another_leaves_no_few_in_a_thousand_towns(log: list[Incident]) -> None:
    """The same over a thousand."""
    assert not is_taken_apart(log)


def test_an_edition_that_told_too_much_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were each quarter told as it is, six and then two more, the two would be what is left of eight."""
    log = [Incident(0, 0, None, 0, support=False)] * 6 + [Incident(1, 1, None, 0, support=False)] * 2
    assert not is_taken_apart(log)

    def careless(known: Figures, before: Iterable[Figures]) -> Figures:
        told = [figures["reported"] for figures in before]
        return {**known, "reported": known["reported"].beyond(sum(told, Count()))}

    monkeypatch.setattr("tests.documents.test_yearly_figures.publication", careless)
    assert is_taken_apart(log)


def test_a_year_with_one_incident() -> None:
    """One incident in a year is told nowhere in the report, nor that there was none, and no year before beside it."""
    told = reported([Incident(4, 4, 2, 1, support=False)])
    assert table_of(told)[2028] == (WITHHELD, WITHHELD, WITHHELD, "0")
    said = as_chat(compose("yearly", Material("Exempelstad", date(2029, 2, 1), years=told.years[:2])))
    assert f"Rapporterade händelser: {WITHHELD}" in said
    assert "(året före: 0)" in said  # of the long-term support, which is nought as well
    assert said.count("året före") == 1


def test_every_paper_says_the_same_of_a_figure() -> None:
    """Eleven incidents of which nobody said how many were exposed, five talks that are not told yet and no long-term
    support: summary, table, picture and workbook say so, in the same words, and no year before stands beside a word.
    """
    years = (Year(2026, 9, 11, 15, 0), Year(2027, 11, NotTold.UNKNOWN, NotTold.WITHHELD, 0))
    material = Material("Exempelstad", date(2028, 2, 1), years=years)
    words = ("11", UNKNOWN, WITHHELD, "0")
    assert table_of(material)[2027] == words
    said = as_chat(compose("yearly", material))
    lines = [f"{name}: {word}" for name, word in zip(NAMES, words, strict=True)]
    assert [line for line in lines if line in said] == lines
    assert re.findall(r"\(året före: \d+\)", said) == ["(året före: 9)", "(året före: 0)"]
    legend = "Redovisas inte: antalet är ett till fyra, inte räknat än, eller dolt"
    assert legend in said
    assert "färre än fem" not in said
    drawn = figure("statistics", Facts(material))
    assert drawn is not None
    assert drawn.data["years"][1]["texts"] == list(words)
    assert legend in drawn.data["note"]
    sheet = openpyxl.load_workbook(io.BytesIO(make("tables", "xlsx", material)))["Statistik"]
    assert [str(cell.value) for cell in sheet[3]] == ["2027", *words]
