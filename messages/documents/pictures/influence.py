"""The actor matrix of 3.3 as influence against support."""

from flows.enums import ExerciseRole, Field, Picture
from messages.documents.blocks import Figure
from messages.documents.facts import Facts


def figure(facts: Facts) -> Figure | None:
    """A field of five by five with numbered actors, and who has which number."""
    matrix = facts.process.with_role(ExerciseRole.ACTOR_MATRIX)
    name, influence, support = (matrix.field(f).id for f in (Field.ACTOR, Field.INFLUENCE, Field.SUPPORT))
    actors = [
        {"number": place, "name": row[name], "influence": stored[influence], "support": stored[support]}
        for place, row in enumerate(facts.rows(matrix.id), 1)
        if {influence, support} <= (stored := row["stored"].values).keys()
    ]
    if not actors:
        return None
    labels = ("across", "up", "low", "high", "against", "favour", "carry", "win")
    return facts.drawn(Picture.INFLUENCE, {"actors": actors}, labels, actors=actors)
