"""Texts as people write them: made plain, taken apart, and found among labels. Pure; the words are chosen elsewhere."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from flows.input_errors import Problem, Trouble

_Item = TypeVar("_Item")
SLIGHT = 20  # characters, under which a text is hardly an answer that somebody misses
LONGEST = 16_000  # characters in one answer: four full messages, and a document page can hold it


class Stance(StrEnum):
    """What somebody says in their own words to whether they stand behind something."""

    YES = "yes"
    CONDITIONAL = "conditional"  # "ja, om chefen går med på det", "nej, inget behöver ändras": neither outright
    NO = "no"
    NO_BECAUSE = "no_because"  # and why


BARE = 2  # words of a yes or a no that says nothing else: "nej tack"


def bare(stance: Stance | None, text: str) -> Stance | None:
    """Return a yes or a no that says nothing else; under a "why" it only tells whether they want to say."""
    return stance if stance in (Stance.YES, Stance.NO) and len(text.split()) <= BARE else None


def is_slight(text: str) -> bool:
    """True for a few words, or a question: nobody need be reminded of what it could have answered."""
    text = clean(text)
    return len(text) < SLIGHT or text.endswith("?")


def clean(text: str) -> str:
    """Return the text trimmed, without control and direction-changing characters, which can make it read as another.

    A text of nothing but invisible characters is empty.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or not (unicodedata.category(c) in {"Cc", "Cs"} or c in _BIDI))
    text = "".join(kept).strip()
    return text if any(unicodedata.category(c)[0] not in "CZ" for c in text) else ""


def plain(text: str) -> str:
    """Return the text as it is searched: cleaned, wide and small forms made ordinary (NFKC), no invisible characters.

    All dashes are one.
    """
    kinds = ((c, unicodedata.category(c)) for c in unicodedata.normalize("NFKC", clean(text)))
    return "".join("-" if kind == "Pd" else c for c, kind in kinds if kind != "Cf")


def folded(text: str) -> str:
    """Return the text as it is compared in a search: without case, and without the marks on letters (å is a)."""
    apart = unicodedata.normalize("NFKD", plain(text).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def unfit(text: str) -> Trouble | None:
    """Return what is wrong with a cleaned text of any kind: it is empty, or has more than `LONGEST` characters."""
    if not text:
        return Trouble(Problem.EMPTY)
    return Trouble(Problem.TOO_LONG, {"most": LONGEST}) if len(text) > LONGEST else None


def lines(text: str) -> list[str]:
    """Return the lines of a text that are not empty, without the bullets or numbers of a list."""
    return [line for line in (line.strip(" \t-–•*") for line in text.split("\n")) if line]


def named_option(labels: Mapping[str, str], text: str) -> str | None:
    """Return the option that a text names by its label, or by the words with which only its label begins, or goes on
    after its first word: "vi godkänner" of "Ja, vi godkänner den"."""
    said = _bare(text)
    if not said:
        return None
    bare = {option: _bare(label) for option, label in labels.items()}
    found = [o for o, label in bare.items() if label == said] or [
        o for o, label in bare.items() if f"{label} ".startswith(f"{said} ")
    ]
    if not found and " " in said:
        found = [o for o, label in labels.items() if f"{_bare(label.partition(',')[2])} ".startswith(f"{said} ")]
    return found[0] if len(found) == 1 else None


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", folded(text)))


def whole(arg: str) -> int | None:
    """A button's argument as a whole number, None for anything else."""
    return int(arg) if arg.isdecimal() and len(arg) <= 18 else None


def at_place(values: Sequence[_Item], place: str) -> _Item | None:
    """The value at this place, as a button names it; None for a place that is none."""
    number = whole(place)
    return None if number is None or number >= len(values) else values[number]
