"""Who needs help is met, and an honest answer is undisturbed: measured on texts by somebody who has seen no rules.

`corpus/open.toml` may be learnt from. Another half, `corpus/locked.toml`, is kept by somebody else and laid there to be
scored: nobody who works on the phrases reads it, so this prints shares, and never a text. Shown with `-rP`.
"""

import os
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.features.wellbeing.distress import listen, listen_at_last
from bot.features.wellbeing.hearing import Outcome, Where, decide

HERE = Path(__file__).parent / "corpus"
NEED: Final = ("danger_self", "despair", "witness", "foreign", "disclosure")
# All other places: where nothing is asked.
PLACES: Final = {"question_open": Where.QUESTION, "shared": Where.SHARED, "case": Where.CASE}
FEAR: Final = "fear_answer"  # written where fear, or a case, is what is asked for
# Of the half that was at hand: the least share of each kind that is met with numbers, and the most of others disturbed.
MET: Final = {"danger_self": 0.85, "despair": 0.9, "witness": 0.95, "foreign": 0.95}
DISTURBED: Final = 0.02
# Of any half, all kinds together.
MET_UNSEEN, DISTURBED_UNSEEN = 0.65, 0.05


def outcome(said: str, where: Where, *, stranger: bool = False) -> Outcome | None:
    """What becomes of a text that is written there; None if nobody in need is heard in it.

    What nothing else was understood of is heard at last from a stranger, who is told numbers all the same.
    """
    heard = listen(said, generously=where is Where.NOTHING)
    if heard is None and stranger:
        heard = listen_at_last(said)
    return decide(heard, where) if heard is not None else None


def scored(half: Path) -> Iterator[tuple[str, str, bool]]:
    """Each text of a half: its kind, where it was written, and whether it is taken for somebody's in need.

    It is, if it is answered or shown back; where nothing is asked, also if it gets a kind word. An answer that is kept
    is undisturbed, with a line under its receipt or without.
    """
    for text in tomllib.loads(half.read_text(encoding="utf-8"))["text"]:
        where = PLACES.get(text["place"], Where.NOTHING)
        yield (
            text["kind"],
            text["place"],
            outcome(text["said"], where, stranger=text["place"] == "stranger") not in (None, Outcome.KEEP),
        )
        if text["kind"] == FEAR:
            yield text["kind"], "where it is asked for", outcome(text["said"], Where.MEANT) not in (None, Outcome.KEEP)


def shares(half: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """How many of each kind, at each place, are taken for somebody's in need, and of how many."""
    found: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for kind, place, taken in scored(half):
        for key in ((kind, place), (kind, "all")):
            found[key] = (found[key][0] + taken, found[key][1] + 1)
    return found


def together(found: dict[tuple[str, str], tuple[int, int]], kinds: set[str]) -> float:
    """The share of all texts of these kinds."""
    counted = [found[kind, "all"] for kind in kinds]
    return sum(taken for taken, _ in counted) / sum(count for _, count in counted)


@pytest.mark.parametrize("half", sorted(HERE.glob("*.toml")), ids=lambda half: half.stem)
def test_who_is_met(half: Path, record_property: Callable[[str, object], None]) -> None:
    """Whoever needs help is met, mostly; whoever answers, asks, jokes or is away is not, nearly ever."""
    found = shares(half)
    for (kind, place), (taken, count) in sorted(found.items()):
        record_property(f"{kind}, {place}", taken / count)
        sys.stdout.write(f"{kind:14}{place:24}{taken:4} of {count:3}\n")
    others = {kind for kind, _ in found} - set(NEED)
    met, disturbed = together(found, set(NEED)), together(found, others)
    sys.stdout.write(f"met {met:.0%}, disturbed {disturbed:.1%}\n")
    assert met >= MET_UNSEEN
    assert disturbed <= DISTURBED_UNSEEN


def test_each_kind_that_was_at_hand() -> None:
    """Of the open half, nearly all of each kind that needs help are met, and nearly none of the others disturbed."""
    found = shares(HERE / "open.toml")
    for kind, least in MET.items():
        taken, count = found[kind, "all"]
        assert taken / count >= least, kind
    for kind in {kind for kind, _ in found} - set(NEED):
        taken, count = found[kind, "all"]
        assert taken <= max(1, DISTURBED * count), kind


def test_an_honest_answer_is_kept() -> None:
    """Where fear or a case is asked for, none of the open half's answers about it is disturbed."""
    taken, count = shares(HERE / "open.toml")[FEAR, "where it is asked for"]
    assert (taken, count > 0) == (0, True)


def the_table() -> str:
    """The shares of all halves, kind by place, as a table: who is met, or of the others disturbed."""
    halves = {half.stem: shares(half) for half in sorted(HERE.glob("*.toml"))}
    lines = ["| kind | place | " + " | ".join(halves) + " |", "|---|---|" + "---|" * len(halves)]
    for kind, place in sorted({key for found in halves.values() for key in found}):
        cells = [found.get((kind, place)) for found in halves.values()]
        told = [f"{cell[0]} of {cell[1]}" if cell else "–" for cell in cells]
        lines.append(f"| {kind} | {place} | " + " | ".join(told) + " |")
    return "\n".join(lines)


def test_the_table_is_written_down() -> None:
    """The README beside this has the shares as they are: `STADSBOT_RENEW=1 pytest tests/care/test_corpus.py`."""
    readme = HERE.parent / "README.md"
    before = readme.read_text(encoding="utf-8")
    start = before.index("| kind | place |")
    if os.environ.get("STADSBOT_RENEW"):
        readme.write_text(before[:start] + the_table() + "\n", encoding="utf-8")
    assert readme.read_text(encoding="utf-8")[start:].strip() == the_table()
