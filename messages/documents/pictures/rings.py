"""The three rings of 6.4: the core that is shared, the ways of working around it, and outermost what others see."""

from flows.enums import ExerciseRole, Field, Picture
from messages.documents.blocks import Figure
from messages.documents.facts import Facts

MOST = 4  # activities that are named in the outer ring
LONGEST = 160  # characters of one line in a ring


def figure(facts: Facts) -> Figure | None:
    """Return what the group has written of each ring; None before there is a vision or an activity."""
    words = facts.words
    core = facts.answer(*facts.place(ExerciseRole.VISION, Field.WHAT))
    ways = facts.answer(*facts.place(ExerciseRole.NETWORK_ROLE, Field.TASKS))
    register, what = facts.place(ExerciseRole.ACTIVITIES, Field.WHAT)
    seen = [str(row.values[what]) for row in facts.stored(register) if row.values.get(what)]
    if not core and not seen:
        return None
    practice = seen[:MOST]
    if len(seen) > MOST:
        practice.append(words("picture.rings.more", count=len(seen) - MOST))
    rings = [
        {"name": words(f"picture.rings.{name}"), "lines": [_short(one) for one in lines if one] or [none]}
        for none in (words("picture.rings.none"),)
        for name, lines in (("core", [core]), ("ways", [ways]), ("practice", practice))
    ]
    return facts.drawn(Picture.RINGS, {"rings": rings}, rings=rings)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rsplit(' ', 1)[0]} …"
