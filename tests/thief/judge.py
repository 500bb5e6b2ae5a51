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
    wanted: bool = False  # whether it must be none


WAYS = {
    "backups": ("backup",),
    "and after each receipt": ("backup", "receipt"),
    "and in the midst of each": ("backup", "receipt", "midst"),
}
MIDST = "and in the midst of each"  # whoever copies the file over and over sees who is at something just now


def findings(victims: Victims) -> Iterator[Finding]:
    """Try everything."""
    truth = victims.truth
    for way, whens in WAYS.items():
        states = list(victims.loot(*whens))
        for trick, how in tricks.REPORTERS.items():
            yield _held("reporter", f"{trick} ({way})", how(states), truth.reporters, wanted=way != MIDST)
    sizes = {len(i["sealed"]) for state in states for i in state.get("incidents", []) if i["state"] == "open"}
    yield Finding("reporter", "lengths of sealed incidents that differ", len(sizes), len(sizes) - 1, len(sizes), True)
    states = list(victims.loot("backup", "answer"))
    yield _held("note", "owner of a note that was handed in", tricks.notes_by_owner(states), truth.writers)
    pairs = tricks.check_ins_by_copy(states, victims.opened)
    right = sum(truth.feelings.get(place) == score for place, score in pairs.items())
    yield Finding("check-in", "between two copies, with the key", len(pairs), right, len(truth.feelings))
    yield _by_order(victims)


def _by_order(victims: Victims) -> Finding:
    """The thief has the key, knows in which order people answered, and looks where the answers lie on the page.

    In the first round, while they lie on one page.
    """
    round_, order = victims.order[0]
    added = next((ids for ids in victims.added("check_in_answers") if len(ids) == len(order)), [])
    rows = {row["id"]: row for state in victims.loot("answer") for row in state.get("check_in_answers", [])}
    scores = [victims.opened("check_in_answers", rows[id]) for id in added]
    right = sum(victims.truth.feelings[round_, member] == score for member, score in zip(order, scores, strict=False))
    return Finding("check-in", "order on the page, with the key", len(scores), right, len(order))


def _held(what: str, trick: str, said: Named, truth: dict[int, int], *, wanted: bool = False) -> Finding:
    right = sum(truth.get(id) == who for id, who in said.items())
    return Finding(what, trick, len(said), right, len(truth), wanted)


def table(found: list[Finding]) -> str:
    """The table of what was tried."""
    lines = [f"{'what':10}{'how':88}{'said':>6}{'right':>7}{'of':>6}"]
    lines += [f"{f.what:10}{f.trick:88}{f.said:6}{f.right:7}{f.of:6}" for f in found]
    return "\n".join(lines)
