"""Hears need by what a text speaks of together: who, what is done to them, and where or when (P.9).

No phrase is long enough to be foreseen, but its parts are: "han" and "mitt pass" and "tog" meet in many sentences that
nobody has written yet. Which concepts there are, and which must meet, stands in `messages/<language>/need.toml`.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import Final, Required, TypedDict

from bot.features.wellbeing.heard import Heard, Need, Sure
from messages.concepts import END, Concepts, Spans

NEAR: Final = 7  # words after an "if" that it governs
AROUND: Final = frozenset(
    ("light", "quoted", "past", "long_ago", "everyday", "in_general", "at_work")
)  # which nothing voids
SOMEBODY: Final = frozenset(("i_alone", "power", "someone", "one", "place", "number", "now", "seen_now"))
TEXT: Final = -1  # where a concept stands that stands anywhere


class RuleRow(TypedDict, total=False):
    """A row as it stands in the file, which says what its fields mean."""

    sure: Required[str]
    need: str
    seen: bool
    asked: bool
    left: str
    all: list[list[str]]
    kinds: list[str]
    least: int
    within: str
    none: list[str]


class Unheard(IntEnum):
    """What is left of a text where nothing is asked, when what people ask or tell of the day is looked for in it."""

    NOTHING = 0  # nothing is heard in it
    SHRUG = 1  # a question or a request that has no answer
    ANSWER = 2  # it has one


@dataclass(frozen=True, slots=True)
class Rule:
    """Which concepts must meet, for a text to be heard so."""

    heard: Heard
    every: tuple[frozenset[str], ...]
    none: frozenset[str]
    kinds: frozenset[str]
    least: int
    in_text: bool
    asked: bool | None  # None: whether something is asked or not
    left: Unheard

    def hears(self, there: Mapping[int, Collection[str]], left: Unheard | None) -> bool:
        """True if they meet. `there`: the concepts of each sentence. `left`: None where something is asked."""
        if self.asked is (left is not None) or self.none & set(there[TEXT]) or (left is not None and left > self.left):
            return False
        return any(self._meet(set(names)) for at, names in there.items() if (at == TEXT) == self.in_text)

    def _meet(self, names: set[str]) -> bool:
        return all(one & names for one in self.every) and len(self.kinds & names) >= self.least


def heard_in(words: Sequence[str], left: Unheard | None = None) -> list[Heard]:
    """Return what is heard in the words of a text, the surest first. `left`: None where something is asked."""
    concepts, rules = _read()
    there = _there(words, concepts.spans(words), "supposing" if left is None else "fearing")
    return [rule.heard for rule in rules if rule.hears(there, left)]


def spoken_of(words: Sequence[str]) -> set[str]:
    """Return the concepts that a text speaks of."""
    return set(_read()[0].spans(words))


def _there(words: Sequence[str], spans: Spans, doubt: str) -> dict[int, set[str]]:
    """Return which concepts stand in each sentence, and in the text, without what is only supposed."""
    sentence = [0]
    for word in words:
        sentence.append(sentence[-1] + (word == END))
    said = sorted({end for _, end in spans.get("asserting", ())})
    doubts = sorted({end for _, end in spans.get(doubt, ())}.difference(said))
    void = {at for span in spans.get("void", ()) for at in range(*span)}
    found: dict[int, set[str]] = {TEXT: set()}
    ends = dict[str, int]()  # where each concept first ends: of what begins after it there is more
    for name, places in spans.items():
        for start, end in places:
            voided = name not in AROUND and not void.isdisjoint(range(start, end))
            since = _last(doubts, start)
            doubted = start < since + NEAR and sentence[since] == sentence[start] and _last(said, start) <= since
            if not (voided or doubted):
                found.setdefault(sentence[start], set()).add(name)
                found[TEXT].add(f"{name} twice" if start >= ends.get(name, len(words)) else name)
                ends.setdefault(name, end)
    return found


def _last(places: Sequence[int], at: int) -> int:
    """Return the last of these places, in their order, that is not after that word; far before the text if none is."""
    return places[now - 1] if (now := bisect_right(places, at)) else -NEAR


def _rule(row: RuleRow) -> Rule:
    needs = frozenset({Need(row["need"])} if "need" in row else ())
    return Rule(
        heard=Heard(Sure[row["sure"].upper()], needs, seen=row.get("seen", False)),
        every=tuple(map(frozenset, row.get("all", ()))),
        none=frozenset(row.get("none", ())),
        kinds=frozenset(row.get("kinds", ())),
        least=row.get("least", 0),
        in_text=row.get("within") == "text",
        asked=row.get("asked"),
        left=Unheard[row.get("left", "answer").upper()],
    )


@cache
def _read() -> tuple[Concepts, list[Rule]]:
    book = tomllib.loads(files("messages").joinpath("sv", "need.toml").read_text(encoding="utf-8"))
    rules = sorted(map(_rule, book["rule"]), key=lambda rule: -rule.heard.sure)
    return Concepts(book["concepts"], frozenset(book["over"]), (book["turns"], frozenset(book["around"]))), rules
