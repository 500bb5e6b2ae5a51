"""The routine's chain (7.3) as a flow chart: from discovery to follow-up, who does what and how they are reached."""

from typing import Any

from messages.documents.blocks import Figure
from messages.documents.facts import Facts
from messages.filters import joined

LINKS = ("discovery", "first_contact", "protection", "follow_up")
HOURS = ("daytime", "evening", "weekend")


def figure(facts: Facts) -> Figure | None:
    """The four links, one under the other, with a box for each thing to do."""
    if not facts.rows("chain"):
        return None
    words, spoken = facts.words, facts.spoken("chain")
    links = [
        {
            "name": spoken.option("link", link),
            "boxes": [
                {
                    "what": _short(row["what"]),
                    "who": _short(row["actor"]),
                    "reach": _reach(facts, row),
                }
                for row in facts.rows("chain", link=link)
            ],
        }
        for link in LINKS
    ]
    data = {
        "title": words("picture.flow.title", town=facts.material.town),
        "links": links,
        "empty": words("picture.flow.empty"),
    }
    return Figure("flow", data, words("picture.flow.alt", links=links))


def _reach(facts: Facts, row: dict[str, Any]) -> list[list[str]]:
    """When which number is answered; hours with the same number stand together."""
    found: dict[str, list[str]] = {}
    for hour in HOURS:
        if row[hour]:
            found.setdefault(_short(row[hour], 44), []).append(facts.short("chain", hour).lower())
    return [[joined(hours)[:1].upper() + joined(hours)[1:], number] for number, hours in found.items()]


def _short(text: str, most: int = 90) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"
