"""What many have answered to the choices and scales of an exercise: a bar for each question, a part for each answer."""

from flows.fields import ScaleField, There
from messages.documents.blocks import Figure
from messages.documents.facts import Facts

NAME = "answers"
MOST = 12  # questions that a phone shows in one picture


def figure(facts: Facts, exercise: str) -> Figure | None:
    """A bar for each question that at least two have answered, as wide as all who answered it; None without any."""
    spoken = facts.spoken(exercise)
    parts = []
    for question in facts.exercise(exercise).questions:
        values = [str(one.value) for one in facts.said(exercise, question.id)]
        if question.field.counted and len(values) > 1:
            steps = list(question.field.choices(There())) if isinstance(question.field, ScaleField) else []
            names = steps or [spoken.option(question.id, option) for option in question.options]
            asked = steps or list(question.options)
            counts = list(map(values.count, asked))
            parts.append({"name": facts.short(exercise, question.id), "options": names, "counts": counts})
    if not parts:
        return None
    data = {"title": facts.name(exercise), "parts": parts[:MOST]}
    return Figure(NAME, data, facts.words("picture.answers.alt", title=facts.name(exercise), parts=parts[:MOST]))
