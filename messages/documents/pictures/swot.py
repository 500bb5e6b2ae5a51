"""The four fields of 6.2: what the group has in common, or everyone's notes while it has not said that yet."""

from flows.enums import ExerciseRole, Field, Picture
from messages.documents.blocks import Figure
from messages.documents.facts import Facts
from messages.documents.template import lines

FIELDS = (Field.STRENGTHS, Field.WEAKNESSES, Field.OPPORTUNITIES, Field.THREATS)
MOST = 6  # notes in a field of the picture; the document lists all


def figure(facts: Facts) -> Figure | None:
    """Four fields, inner above, outer below."""
    fields = []
    agreed = {field: lines(facts.answer(*facts.place(ExerciseRole.SWOT_TOGETHER, field))) for field in FIELDS}
    for field in FIELDS:
        alone = facts.place(ExerciseRole.SWOT, field)
        notes = (
            agreed[field] if any(agreed.values()) else [line for text in facts.every(*alone) for line in lines(text)]
        )
        fields.append(
            {
                "name": facts.short(*alone),
                "notes": [_short(note) for note in notes[:MOST]],
                "more": max(0, len(notes) - MOST),
            }
        )
    if not any(field["notes"] for field in fields):
        return None
    return facts.drawn(Picture.SWOT, {"fields": fields}, ("inner", "outer"), fields=fields)


def _short(note: str) -> str:
    return note if len(note) <= 140 else f"{note[:139].rstrip()}…"
