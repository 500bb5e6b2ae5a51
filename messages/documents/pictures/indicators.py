"""The indicators of 2.7: the mean of each area, over the town and for each actor asked."""

from statistics import fmean
from typing import Any

from messages.documents.blocks import Figure
from messages.documents.facts import Facts
from messages.filters import number

AREAS = ("general", "sexual", "begging", "labour", "criminal", "domestic")


def means(facts: Facts) -> list[dict[str, float]]:
    """For each actor the mean of its two statements in each area."""
    found = []
    for row in facts.stored("indicators"):
        values: dict[str, list[int]] = {}
        for question, value in row.values.items():
            area = question.partition("_")[0]
            if area in AREAS and isinstance(value, int):
                values.setdefault(area, []).append(value)
        found.append({area: fmean(numbers) for area, numbers in values.items()})
    return found


def figure(facts: Facts) -> Figure | None:
    """A bar for each area, and a small table of actors."""
    per_actor = means(facts)
    words = facts.words
    areas: list[dict[str, Any]] = [
        {"name": words(f"area.{area}"), "mean": fmean([actor[area] for actor in per_actor if area in actor])}
        for area in AREAS
        if any(area in actor for actor in per_actor)
    ]
    if not areas:
        return None
    names = [str(row["actor"]) for row in facts.rows("indicators")]
    data = {
        "title": words("picture.indicators.title"),
        "areas": areas,
        "legend": words("picture.indicators.legend", count=len(names)),
    }
    alt = words("picture.indicators.alt", areas=[(a["name"], number(a["mean"])) for a in areas], actors=names)
    return Figure("indicators", data, alt)
