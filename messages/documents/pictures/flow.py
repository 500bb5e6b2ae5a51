"""The routine's chain (7.3) as a flow chart: from discovery to follow-up, who does what and how they are reached."""

from typing import Any

from flows.model import Exercise, ExerciseRole, Field, Picture
from messages.documents.blocks import Figure
from messages.documents.facts import Facts


def figure(facts: Facts) -> Figure | None:
    """The four links, one under the other, with a box for each thing to do."""
    routine = facts.process.with_role(ExerciseRole.ROUTINE)
    if not facts.rows(routine.id):
        return None
    link, what, actor = (routine.field(field) for field in (Field.LINK, Field.WHAT, Field.ACTOR))
    words, spoken = facts.words, facts.spoken(routine.id)
    links = [
        {
            "name": spoken.option(link.id, option),
            "boxes": [
                {
                    "what": _short(row[what.id]),
                    "who": _short(row[actor.id]),
                    "reach": _reach(facts, routine, row),
                }
                for row in facts.rows(routine.id, **{link.id: option})
            ],
        }
        for option in link.options
    ]
    data = {
        "title": words("picture.flow.title", town=facts.material.town),
        "links": links,
        "empty": words("picture.flow.empty"),
    }
    return Figure(Picture.FLOW, data, words("picture.flow.alt", links=links))


def _reach(facts: Facts, routine: Exercise, row: dict[str, Any]) -> list[list[str]]:
    """When which number is answered; hours with the same number stand together."""
    found: dict[str, list[str]] = {}
    for hour in routine.field(Field.HOURS).options:
        if row[hour]:
            found.setdefault(_short(row[hour], 44), []).append(facts.short(routine.id, hour).lower())
    named = ((facts.voice.rules.joined(hours), number) for number, hours in found.items())
    return [[name[:1].upper() + name[1:], number] for name, number in named]


def _short(text: str, most: int = 90) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"
