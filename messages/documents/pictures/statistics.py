"""The statistics per year in the network's four series (I.3)."""

from collections.abc import Iterable

from flows.figures.figures import Figure as Told
from flows.figures.figures import NotTold
from flows.figures.statistics import Series
from messages.documents.blocks import Figure
from messages.documents.facts import Facts
from messages.documents.material import Year
from messages.figures import figures_in_words, legend

MOST, MOST_IN_WORDS = 10, 6  # years that have room; the table has them all


def figure(facts: Facts) -> Figure | None:
    """A group of four bars for each year: the last ten at most, fewer where words stand in the place of bars."""
    years = sorted(facts.material.years, key=lambda year: year.year)[-MOST:]
    if any(isinstance(told, NotTold) for told in _told(years)):
        years = years[-MOST_IN_WORDS:]
    if not years:
        return None
    rows = [
        {
            "year": year.name,
            "values": [None if isinstance(told, NotTold) else told for told in year.figures()],
            "texts": figures_in_words(facts.voice, year.figures()),
        }
        for year in years
    ]
    series = list(facts.words.each("series", *Series))
    most = max(1, *(0 if isinstance(told, NotTold) else told for told in _told(years)))
    note = " ".join([*legend(facts.voice, _told(years)), *preliminary(facts, years)])
    said = {"years": rows, "series": series}
    return facts.drawn("statistics", said, series=series, years=rows, most=most, note=note)


def _told(years: Iterable[Year]) -> list[Told]:
    return [told for year in years for told in year.figures()]


def preliminary(facts: Facts, years: Iterable[Year]) -> list[str]:
    """Return what the star at a year says, where one of them has it."""
    return [facts.words("picture.statistics.preliminary")] if any(year.preliminary for year in years) else []


def on_paper(facts: Facts) -> tuple[Figure, ...]:
    """The figure, unless no bar of it would be seen: the table above it says as much."""
    shown = figure(facts) if any(year.tells for year in facts.material.years) else None
    return (shown,) if shown else ()
