"""The indicators of 2.7: the mean of each area over the town, from three actors on, as others than the group see it."""

from dataclasses import dataclass
from statistics import fmean

from flows.definitions.model import Area
from flows.enums import ExerciseRole, Field, Picture
from flows.figures.results import FEWEST_ACTORS
from messages.documents.blocks import Figure
from messages.documents.facts import Facts

HIGH = 3  # a mean from which its bar stands out


@dataclass(frozen=True, slots=True)
class AreaMean:
    """The mean of an area over the town, 1–5, and how many actors it is made of."""

    name: str
    mean: float
    count: int


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


def _actors(facts: Facts) -> set[str]:
    register, actor = facts.place(ExerciseRole.INDICATORS, Field.ACTOR)
    return {str(row[actor]) for row in facts.rows(register)}


def area_means_of(facts: Facts) -> list[AreaMean]:
    """Return the areas with enough answers that no single actor can be read from the mean."""
    per_actor = means(facts) if len(_actors(facts)) >= FEWEST_ACTORS else []
    return [
        AreaMean(facts.words(f"area.{area.id}"), fmean(known), len(known))
        for area in areas_of(facts)
        if len(known := [one[area.id] for one in per_actor if area.id in one]) >= FEWEST_ACTORS
    ]


def figure(facts: Facts) -> Figure | None:
    """A bar for each of those areas; None while there is none."""
    words, count = facts.words, len(_actors(facts))
    areas = area_means_of(facts)
    if not areas:
        return None
    mean = facts.voice.rules.mean
    bars = [{"name": a.name, "mean": a.mean, "text": mean(a.mean), "high": a.mean >= HIGH} for a in areas]
    legend = words("picture.indicators.legend", count=count, high=any(bar["high"] for bar in bars))
    said = {"areas": [(area.name, mean(area.mean)) for area in areas], "count": count}
    return facts.drawn(Picture.INDICATORS, said, areas=bars, legend=legend)
