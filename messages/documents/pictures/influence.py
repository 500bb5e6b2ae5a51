"""The actor matrix of 3.3 as influence against support."""

from messages.documents.blocks import Figure
from messages.documents.facts import Facts


def figure(facts: Facts) -> Figure | None:
    """A field of five by five with numbered actors, and who has which number."""
    words = facts.words
    actors = [
        {"number": place, "name": row["actor"], "influence": stored["influence"], "support": stored["support"]}
        for place, row in enumerate(facts.rows("actor_matrix"), 1)
        if {"influence", "support"} <= (stored := row["stored"].values).keys()
    ]
    if not actors:
        return None
    data = {
        "title": words("picture.influence.title"),
        "actors": actors,
        **{name: words(f"picture.influence.{name}") for name in ("across", "up", "low", "high", "against", "favour")},
    }
    return Figure("influence", data, words("picture.influence.alt", actors=actors))
