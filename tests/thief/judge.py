"""What the thief found, held against the truth."""

from collections.abc import Iterator
from dataclasses import dataclass

from storage.table import pack
from tests.thief import tricks
from tests.thief.loot import Tables
from tests.thief.victims import Victims


@dataclass(frozen=True)
class Finding:
    """What one trick gave."""

    what: str  # reporter, note or check-in
    trick: str
    said: int  # how often the thief was sure
    right: int  # and for what is said of reporters, right as well where everything was the same but who reported
    of: int
    wanted: bool = False  # whether it must be none


WAYS = {
    "backups": ("backup",),
    "and after each receipt": ("backup", "receipt"),
    "and in the midst of each": ("backup", "receipt", "midst"),
}
MIDST = "and in the midst of each"  # whoever copies the file over and over sees who is at something just now


def findings(victims: Victims, others: Victims) -> Iterator[Finding]:
    """Try everything. The others are the same town, but for each incident somebody else reported it."""
    truth = victims.truth
    for way, whens in WAYS.items():
        states, elsewhere = list(victims.loot(*whens)), list(others.loot(*whens))
        for trick, how in tricks.REPORTERS.items():
            said, there = how(states), how(elsewhere)
            right = sum(
                truth.reporters[id] == who and there.get(id) == others.truth.reporters[id] for id, who in said.items()
            )
            yield Finding("reporter", f"{trick} ({way})", len(said), right, len(truth.reporters), way != MIDST)
    sizes = {len(i["sealed"]) for state in states for i in state.get("incidents", []) if i["state"] == "open"}
    yield Finding("reporter", "lengths of sealed incidents that differ", len(sizes), len(sizes) - 1, len(sizes), True)
    states = list(victims.loot("backup", "answer"))
    drafts = tricks.drafts(list(victims.loot("backup", "answer", "draft")), victims.opened)
    yield _said("note", "what waits with its writer, with the key", drafts, truth.drafts, wanted=True)
    notes = {who: list(said.values()) for who, said in truth.notes.items()}
    feelings = {who: [score] for who, score in truth.feelings.items()}
    for what, by_copy, told in (
        ("note", tricks.notes_by_copy, notes),
        ("check-in", tricks.check_ins_by_copy, feelings),
    ):
        one: tricks.Said = {}
        for log in victims.logs():
            one |= by_copy(log, victims.opened)
        yield _said(what, "one copy and its log, with the key", one, told, wanted=True)
        several = by_copy(states, victims.opened)
        yield _said(what, "between copies from right before and after an answer, with the key", several, told)
    yield _by_order(victims, states)


def _by_order(victims: Victims, states: list[Tables]) -> Finding:
    """The thief has the key, knows in which order people answered each round, and looks in which order it lies."""
    rows = {row["id"]: row for state in states for row in state.get("check_in_answers", [])}
    said = right = of = 0
    for round_, order in victims.order:
        named = tricks.by_order(order, tricks.tally(rows[round_], victims.opened))
        said, of = said + len(named), of + len(order)
        right += sum(victims.truth.feelings[round_, member] == score for member, score in named.items())
    return Finding("check-in", "order of the answers, with the key", said, right, of, True)


def _said(what: str, trick: str, said: tricks.Said, truth: tricks.Said, *, wanted: bool = False) -> Finding:
    right = sum(sorted(map(pack, truth[who])) == sorted(map(pack, values)) for who, values in said.items())
    return Finding(what, trick, len(said), right, len(truth), wanted)


def table(found: list[Finding]) -> str:
    """The table of what was tried."""
    lines = [f"{'what':10}{'how':88}{'said':>6}{'right':>7}{'of':>6}"]
    lines += [f"{f.what:10}{f.trick:88}{f.said:6}{f.right:7}{f.of:6}" for f in found]
    return "\n".join(lines)
