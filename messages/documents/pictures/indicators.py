"""The indicators of 2.7: the mean of each area over the town, from three actors on, as others than the group see it."""

from statistics import fmean
from typing import Any

from flows.model import Area, ExerciseRole, Field, Picture
from flows.results import FEWEST_ACTORS
from messages.documents.blocks import Figure
from messages.documents.facts import Facts


def areas_of(facts: Facts) -> list[Area]:
    """The scales that belong together, by area."""
    register = facts.process.with_role(ExerciseRole.INDICATORS).register
    return list(register.areas) if register else []


def means(facts: Facts) -> list[dict[str, float]]:
    """For each actor the mean of its statements in each area."""
    found = []
    for row in facts.stored(facts.process.with_role(ExerciseRole.INDICATORS).id):
        values = {a.id: [row.values[q] for q in a.questions if q in row.values] for a in areas_of(facts)}
        found.append({area: fmean(numbers) for area, numbers in values.items() if numbers})
    return found


def figure(facts: Facts) -> Figure | None:
    """A bar for each area that so many actors have answered about that none of them can be read from the mean."""
    register, actor = facts.place(ExerciseRole.INDICATORS, Field.ACTOR)
    actors = {str(row[actor]) for row in facts.rows(register)}
    per_actor = means(facts) if len(actors) >= FEWEST_ACTORS else []
    words = facts.words
    areas: list[dict[str, Any]] = [
        {"name": words(f"area.{area.id}"), "mean": fmean(known)}
        for area in areas_of(facts)
        if len(known := [one[area.id] for one in per_actor if area.id in one]) >= FEWEST_ACTORS
    ]
    if not areas:
        return None
    data = {
        "title": words("picture.indicators.title"),
        "areas": areas,
        "legend": words("picture.indicators.legend", count=len(actors)),
    }
    number = facts.voice.rules.number
    alt = words("picture.indicators.alt", areas=[(a["name"], number(a["mean"])) for a in areas], count=len(actors))
    return Figure(Picture.INDICATORS, data, alt)
