"""The statistics per year in the network's four series (I.3)."""

from flows.figures.figures import NotTold
from flows.figures.statistics import Series
from messages.documents.blocks import Figure
from messages.documents.facts import Facts
from messages.figures import in_words, legend

MOST, MOST_IN_WORDS = 10, 6  # years that have room; the table has them all


def figure(facts: Facts) -> Figure | None:
    """A group of four bars for each year: the last ten at most, fewer where words stand in the place of bars."""
    years = sorted(facts.material.years, key=lambda year: year.year)[-MOST:]
    if any(isinstance(told, NotTold) for year in years for told in year.figures()):
        years = years[-MOST_IN_WORDS:]
    if not years:
        return None
    words = facts.words
    rows = [
        {
            "year": str(y.year) + ("*" if y.preliminary else ""),
            "values": [None if isinstance(told, NotTold) else told for told in y.figures()],
            "texts": [str(in_words(facts.voice, told)) for told in y.figures()],
        }
        for y in years
    ]
    notes = legend(facts.voice, (told for y in years for told in y.figures()))
    notes += [words("picture.statistics.preliminary")] if any(y.preliminary for y in years) else []
    data = {
        "title": words("picture.statistics.title"),
        "series": [words(f"series.{name}") for name in Series],
        "years": rows,
        "most": max(1, *(value or 0 for row in rows for value in row["values"])),
        "note": " ".join(notes),
    }
    return Figure("statistics", data, words("picture.statistics.alt", years=rows, series=data["series"]))


def on_paper(facts: Facts) -> tuple[Figure, ...]:
    """The figure, unless no bar of it would be seen: the table above it says as much."""
    seen = any(isinstance(told, int) and told for year in facts.material.years for told in year.figures())
    shown = figure(facts) if seen else None
    return (shown,) if shown else ()
