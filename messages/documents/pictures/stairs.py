"""The five levels of 7.1 as stairs: where people see the group today, and where they want it to be."""

from messages.documents.blocks import Figure
from messages.documents.facts import Facts

LEVELS = ("receiver", "crisis", "team", "owner", "model")


def figure(facts: Facts) -> Figure | None:
    """Five steps with votes; what the group agreed on is marked."""
    said = facts.round("ambition").said
    agreed = {name: facts.raw("ambition_path", name) for name in ("now", "wanted")}
    if not said and not any(agreed.values()):
        return None
    words, spoken = facts.words, facts.spoken("ambition")
    steps = [
        {
            "name": spoken.option("now", level),
            "now": sum(s.question == "now" and s.value == level for s in said),
            "wanted": sum(s.question == "wanted" and s.value == level for s in said),
            "is_now": agreed["now"] == level,
            "is_wanted": agreed["wanted"] == level,
        }
        for level in LEVELS
    ]
    data = {
        "title": words("picture.stairs.title"),
        "steps": steps,
        "now": facts.short("ambition", "now"),
        "wanted": facts.short("ambition", "wanted"),
        "agreed": words("picture.stairs.agreed") if any(agreed.values()) else "",
    }
    return Figure("stairs", data, words("picture.stairs.alt", steps=steps))
