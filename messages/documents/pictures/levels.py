"""Levels of collaboration (3.2): what people have lived, what they want, and which level fits each actor at first."""

from typing import Any

from messages.documents.blocks import Figure
from messages.documents.facts import Facts
from messages.filters import joined

LEVELS = ("networking", "coordination", "cooperation", "collaboration")


def figure(facts: Facts) -> Figure | None:
    """For each level two bars, and the actors that begin there."""
    said = facts.round("collaboration_levels").said
    lived = [option for s in said if s.question == "lived" for option in s.value]
    desired = [s.value for s in said if s.question == "desired"]
    first = {item: facts.raw("actor_levels", "first", item) for item, _ in facts.items("actor_levels")}
    if not (lived or desired or first):
        return None
    words, spoken = facts.words, facts.spoken("collaboration_levels")
    levels: list[dict[str, Any]] = [
        {
            "name": spoken.option("desired", level),
            "lived": lived.count(level),
            "desired": desired.count(level),
            "actors": joined(name for item, name in facts.items("actor_levels") if first[item] == level),
        }
        for level in LEVELS
    ]
    data = {
        "title": words("picture.levels.title"),
        "levels": levels,
        "most": max(1, *(level[key] for level in levels for key in ("lived", "desired"))),
        "lived": facts.short("collaboration_levels", "lived"),
        "desired": facts.short("collaboration_levels", "desired"),
        "begins": words("picture.levels.begins"),
    }
    return Figure("levels", data, words("picture.levels.alt", levels=levels))
