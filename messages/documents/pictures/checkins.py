"""How everyone was, over time (P.7), in three bands that give nobody away; a gap where too few answered."""

from messages.documents.blocks import Figure
from messages.documents.facts import Facts


def figure(facts: Facts) -> Figure | None:
    """The rounds as steps, with a gap for each round that too few answered."""
    checks = sorted(facts.material.checkins, key=lambda check: check.on)[-24:]
    if all(check.band is None for check in checks):
        return None
    facts.dates.append(checks[-1].on)
    rules = facts.voice.rules
    written = rules.short_day if checks[0].on.year == checks[-1].on.year else rules.long_date
    points = [{"when": written(c.on), "band": c.band} for c in checks]
    return facts.drawn("checkins", {"points": points}, ("good", "mixed", "bad", "legend"), points=points)
