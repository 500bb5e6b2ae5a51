"""The five levels of 7.1 as stairs: where people see the group today, and where they want it to be."""

from dataclasses import replace

from flows.enums import ExerciseRole, Field, Picture
from messages.documents.blocks import Figure
from messages.documents.facts import Facts


def figure(facts: Facts) -> Figure | None:
    """Five steps with votes; what the group agreed on is marked."""
    exercise = facts.process.with_role(ExerciseRole.AMBITION)
    now, wanted = exercise.field(Field.NOW), exercise.field(Field.WANTED)
    said = facts.round(exercise.id).said
    is_now, is_wanted = (facts.raw(*facts.place(ExerciseRole.AMBITION_TOGETHER, f)) for f in (Field.NOW, Field.WANTED))
    if not (said or is_now or is_wanted):
        return None
    spoken = facts.spoken(exercise.id)
    steps = [
        {
            "name": spoken.option(now.id, level),
            "now": sum(s.question == now.id and s.value == level for s in said),
            "wanted": sum(s.question == wanted.id and s.value == level for s in said),
            "is_now": is_now == level,
            "is_wanted": is_wanted == level,
        }
        for level in now.options
    ]
    agreed = facts.words("picture.stairs.agreed") if is_now or is_wanted else ""
    named = {"now": facts.short(exercise.id, now.id), "wanted": facts.short(exercise.id, wanted.id)}
    return facts.drawn(Picture.STAIRS, {"steps": steps}, steps=steps, agreed=agreed, **named)


def on_paper(facts: Facts, votes: int = 1) -> tuple[Figure, ...]:
    """The stairs; without `votes` what the group agreed on only, as others have no use for what each one thought.

    Nothing before it has agreed.
    """
    drawn = figure(facts)
    if drawn is None:
        return ()
    steps = drawn.data["steps"]
    if votes:
        return (drawn,)
    if not any(step["is_now"] or step["is_wanted"] for step in steps):
        return ()
    agreed = [{**step, "now": 0, "wanted": 0} for step in steps]
    alt = facts.words("picture.stairs.alt_agreed", steps=agreed)
    return (replace(drawn, data={**drawn.data, "steps": agreed, "agreed": ""}, alt=alt),)
