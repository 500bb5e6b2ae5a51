"""Levels of collaboration (3.2): what people have lived, what they want, and which level fits each actor at first."""

from typing import Any

from flows.enums import ExerciseRole, Field, Picture
from messages.documents.blocks import Figure
from messages.documents.facts import Facts


def figure(facts: Facts) -> Figure | None:
    """For each level two bars, and the actors that begin there."""
    exercise, lives = facts.place(ExerciseRole.LEVELS, Field.LIVED)
    _, wishes = facts.place(ExerciseRole.LEVELS, Field.DESIRED)
    begins = facts.place(ExerciseRole.FIRST_LEVELS, Field.FIRST)
    lived = [option for one in facts.said(exercise, lives) for option in one.value]
    desired = [one.value for one in facts.said(exercise, wishes)]
    first = {item: facts.raw(*begins, item) for item, _ in facts.items(begins[0])}
    if not (lived or desired or first):
        return None
    joined = facts.voice.rules.joined
    spoken = facts.spoken(exercise)
    levels: list[dict[str, Any]] = [
        {
            "name": spoken.option(wishes, level),
            "lived": lived.count(level),
            "desired": desired.count(level),
            "actors": joined(name for item, name in facts.items(begins[0]) if first[item] == level),
        }
        for level in facts.exercise(exercise).question(wishes).options
    ]
    most = max(1, *(level[key] for level in levels for key in ("lived", "desired")))
    named = {"lived": facts.short(exercise, lives), "desired": facts.short(exercise, wishes)}
    return facts.drawn(Picture.LEVELS, {"levels": levels}, ("begins", "legend"), levels=levels, most=most, **named)
