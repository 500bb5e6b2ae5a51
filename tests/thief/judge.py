"""What the thief found, held against the truth."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.thief import tricks
from tests.thief.tricks import Named
from tests.thief.victims import Victims


@dataclass(frozen=True)
class Finding:
    """What one trick gave."""

    what: str  # reporter, note or check-in
    trick: str
    said: int  # how often the thief was sure
    right: int
    of: int


def findings(victims: Victims) -> Iterator[Finding]:
    """Try everything."""
    truth, states = victims.truth, list(victims.loot())
    for trick, how in tricks.REPORTERS.items():
        yield _held("reporter", trick, how(states), truth.reporters)
    sizes = {len(i["sealed"]) for state in states for i in state.get("incidents", [])}
    of = len(truth.reporters)
    yield Finding("reporter", "lengths of sealed incidents that differ", len(sizes), len(sizes) - 1, of)
    yield _held("note", "owner of a note that was handed in", tricks.notes_by_owner(states), truth.writers)
    pairs = tricks.check_ins_by_copy(states, victims.opened)
    right = sum(truth.feelings.get(place) == score for place, score in pairs.items())
    yield Finding("check-in", "between two copies, with the key", len(pairs), right, len(truth.feelings))
    yield _by_order(victims)


def _by_order(victims: Victims) -> Finding:
    """The thief has the key, knows in which order people answered, and looks where the answers lie on the page."""
    newest = list(victims.loot())[-1].get("check_in_answers", [])
    round_, order = victims.order[-1]
    rows = {row["id"]: row for row in newest if row["check_in_id"] == round_}
    scores = [victims.opened("check_in_answers", rows[id]) for id in victims.added("check_in_answers") if id in rows]
    right = sum(victims.truth.feelings[round_, member] == score for member, score in zip(order, scores, strict=False))
    return Finding("check-in", "order on the page, with the key", len(scores), right, len(order))


def _held(what: str, trick: str, said: Named, truth: dict[int, int]) -> Finding:
    right = sum(truth.get(id) == who for id, who in said.items())
    return Finding(what, trick, len(said), right, len(truth))


def table(found: list[Finding]) -> str:
    """The table of what was tried."""
    lines = [f"{'what':10}{'how':62}{'said':>6}{'right':>7}{'of':>6}"]
    lines += [f"{f.what:10}{f.trick:62}{f.said:6}{f.right:7}{f.of:6}" for f in found]
    return "\n".join(lines)
