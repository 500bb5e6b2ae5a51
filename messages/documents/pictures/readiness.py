"""Readiness (0.5): the mean of each part, and how far apart the answers are."""

from statistics import fmean

from flows.enums import ExerciseRole, Picture
from flows.fields import ScaleField
from messages.documents.blocks import Figure
from messages.documents.facts import Facts

WEAK = 3  # a mean at which a part stands out


def figure(facts: Facts) -> Figure | None:
    """A line from the lowest to the highest answer with a dot at the mean, and the sum."""
    exercise = facts.process.with_role(ExerciseRole.READINESS)
    said = facts.round(exercise.id).said
    parts = []
    for question in exercise.questions:
        values = [s.value for s in said if s.question == question.id]
        if isinstance(question.field, ScaleField) and values:
            parts.append(
                {
                    "name": facts.short(exercise.id, question.id),
                    "mean": fmean(values),
                    "text": facts.voice.rules.mean(fmean(values)),
                    "weak": fmean(values) <= WEAK,
                    "low": min(values),
                    "high": max(values),
                }
            )
    if not parts:
        return None
    figures = {"sum": sum(part["mean"] for part in parts), "most": 5 * len(parts)}
    told = facts.words("picture.readiness.sum", **figures)
    legend = facts.words("picture.readiness.legend", weak=any(part["weak"] for part in parts))
    return facts.drawn(Picture.READINESS, {"parts": parts, **figures}, parts=parts, sum=told, legend=legend)
