"""The statistics per year in the network's four series (I.3)."""

from flows.statistics import Series
from messages.documents.blocks import Figure
from messages.documents.facts import Facts
from messages.documents.material import NOT_KNOWN


def figure(facts: Facts) -> Figure | None:
    """A group of four bars for each year; the last ten years at most."""
    years = sorted(facts.material.years, key=lambda year: year.year)[-10:]
    if not years:
        return None
    words = facts.words
    few = words("picture.statistics.few")
    rows = [
        {
            "year": str(y.year) + ("*" if y.preliminary else ""),
            "values": [getattr(y, name) for name in Series],
            "texts": [str(y.shown(name, few)) for name in Series],
        }
        for y in years
    ]
    shown = {text for row in rows for text in row["texts"]}
    told = {"hidden": few in shown, "unknown": NOT_KNOWN in shown, "preliminary": any(y.preliminary for y in years)}
    data = {
        "title": words("picture.statistics.title"),
        "series": [words(f"series.{name}") for name in Series],
        "years": rows,
        "most": max(1, *(value or 0 for row in rows for value in row["values"])),
        "note": " ".join(words(f"picture.statistics.{name}") for name, so in told.items() if so),
    }
    return Figure("statistics", data, words("picture.statistics.alt", years=rows, series=data["series"]))


def on_paper(facts: Facts) -> tuple[Figure, ...]:
    """The figure, unless no bar of it would be seen: the table above it says as much."""
    seen = any(getattr(year, name) for year in facts.material.years for name in Series)
    shown = figure(facts) if seen else None
    return (shown,) if shown else ()
