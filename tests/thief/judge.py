"""What the thief found, held against the truth."""

from collections.abc import Iterator
from dataclasses import dataclass

from storage.table import pack
from tests.thief import tricks
from tests.thief.loot import Tables
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
    yield _held("note", "owner of a note that was handed in", tricks.notes_by_owner(states), truth.writers, wanted=True)
    notes = {who: list(said.values()) for who, said in truth.notes.items()}
    yield _said("note", tricks.notes_by_copy(states, victims.opened), notes)
    feelings = {who: [score] for who, score in truth.feelings.items()}
    yield _said("check-in", tricks.check_ins_by_copy(states, victims.opened), feelings)
    yield _by_order(victims, states)


def _by_order(victims: Victims, states: list[Tables]) -> Finding:
    """The thief has the key, knows in which order people answered the first round, and looks in which order it lies."""
    round_, order = victims.order[0]
    rows = {row["id"]: row for state in states for row in state.get("check_in_answers", [])}
    named = tricks.by_order(order, tricks.tally(rows[round_], victims.opened))
    right = sum(victims.truth.feelings[round_, member] == score for member, score in named.items())
    return Finding("check-in", "order of the answers, with the key", len(named), right, len(order), True)


def _said(what: str, said: tricks.Said, truth: tricks.Said) -> Finding:
    right = sum(sorted(map(pack, truth[who])) == sorted(map(pack, values)) for who, values in said.items())
    return Finding(
        what, "between copies from right before and after an answer, with the key", len(said), right, len(truth)
    )


def _held(what: str, trick: str, said: Named, truth: dict[int, int], *, wanted: bool = False) -> Finding:
    right = sum(truth.get(id) == who for id, who in said.items())
    return Finding(what, trick, len(said), right, len(truth), wanted)


def table(found: list[Finding]) -> str:
    """The table of what was tried."""
    lines = [f"{'what':10}{'how':88}{'said':>6}{'right':>7}{'of':>6}"]
    lines += [f"{f.what:10}{f.trick:88}{f.said:6}{f.right:7}{f.of:6}" for f in found]
    return "\n".join(lines)
