"""Finds what points out a person in a free text, by kind: numbers, contacts, accounts, cars, streets, full names.

It searches before anything is kept, in the text as `flows.answers.plain` makes it, in time that grows with its length.
Better a false alarm than a person given away; but a text on places and authorities must pass. Nothing here logs,
stores, or puts a find into an error. SECURITY.md says what it cannot find: a person can be described in plain words.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.identities import numbers
from bot.identities.checks import Span
from bot.identities.full_names import names_in
from bot.identities.rules import Searched, rules
from bot.identities.words import pattern
from flows.answers import plain
from flows.figures.statistics import Series
from flows.identities import Identity

MOST = 16_000  # characters looked at; a longer text is refused before it comes here


@dataclass(frozen=True, slots=True)
class Find:
    """A find: the plain text from `start` up to `end`. It holds no text, so that it can be shown and counted."""

    kind: Identity
    start: int
    end: int


def find(text: str, known: Iterable[str] = ()) -> list[Find]:
    """Return all finds in a text, in order, none overlapping; of two kinds the one searched first wins.

    `known`: names and numbers that may be written, such as those of members, organisations and the town's places.
    """
    text = plain(text)[:MOST]
    said, places = numbers.spoken(text)
    said = numbers.figures(said)
    taken = bytearray(len(text))
    for start, end in _known_in(text, known):
        taken[start:end] = b"k" * (end - start)
    found = []
    written, heard = Searched(text), Searched(said)
    for kind in _KINDS:
        spans = [span for rule in rules(kind) for span in rule.spans(written)]
        if kind in _BY_DIGITS and said != text:
            of_said = (span for rule in rules(kind) for span in rule.spans(heard))
            spans[:0] = [(places[start][0], places[end - 1][1]) for start, end in of_said]
        if kind is Identity.NAME:
            spans[:0] = names_in(text)
        for here in (Find(kind, *span) for span in spans):
            if not any(taken[here.start : here.end].replace(b"k", b"\0")) and not _is_known(text, taken, here):
                taken[here.start : here.end] = b"f" * (here.end - here.start)
                found.append(here)
    return sorted(found, key=lambda finding: finding.start)


def kinds_in(text: str, known: Iterable[str] = ()) -> tuple[Identity, ...]:
    """Return the kinds found in a text, each once."""
    return tuple(dict.fromkeys(finding.kind for finding in find(text, known)))


def tells_of_few(text: str) -> bool:
    """True if a text counts one to four people or incidents: figures that the statistics would not show."""
    return bool(pattern(r"(?<![\w,.–-]){few}").search(plain(text)[:MOST]))


def counted_in(text: str) -> set[Series]:
    """Return the series of the statistics of which a text says how many there were, in figures or in words."""
    said = plain(text)[:MOST]
    number = r"(?<![\w,.–-])(?:\d{1,4}|{digits})\s"
    return {series for series in Series if pattern(f"{number}{{counted_{series}}}").search(said)}


def pieces(text: str) -> list[str]:
    """Return the words of the finds, to recognise them later, never to show them."""
    text = plain(text)
    return [text[finding.start : finding.end] for finding in find(text)]


def _known_in(text: str, known: Iterable[str]) -> Iterator[Span]:
    """Yield where known names are in the text, as whole words, also in the genitive, and numbers however spaced."""
    low, places = text.lower(), []
    if len(low) != len(text):  # a letter that is two in lower case
        low = text
    digits = [(sign, place) for place, sign in enumerate(text) if sign.isdigit()]
    figures, places = "".join(sign for sign, _ in digits), [place for _, place in digits]
    for one in {" ".join(plain(name).lower().split()) for name in known}:
        if sum(sign.isdigit() for sign in one) >= 6 and not any(sign.isalpha() for sign in one):
            number = re.sub(r"\D", "", one)
            for at in _each(figures, number):
                yield places[at], places[at + len(number) - 1] + 1
            continue
        for at in _each(low, one) if len(one) > 2 else ():
            end = at + len(one)
            end += low.startswith("s", end)
            if not (low[at - 1 : at].isalnum() or low[end : end + 1].isalnum()):
                yield at, end


def _each(text: str, piece: str) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        yield at
        at = text.find(piece, at + len(piece))


def _is_known(text: str, taken: bytearray, here: Find) -> bool:
    return all(taken[place] or not text[place].isalnum() for place in range(here.start, here.end))


# The kinds in the order in which they are searched.
_KINDS = (
    Identity.NUMBER,
    Identity.MAIL,
    Identity.PROFILE,
    Identity.LINK,
    Identity.ACCOUNT,
    Identity.PHONE,
    Identity.BIRTH,
    Identity.PLATE,
    Identity.ADDRESS,
    Identity.NAME,
    Identity.DESCRIBED,
)
_BY_DIGITS = frozenset({Identity.NUMBER, Identity.ACCOUNT, Identity.PHONE, Identity.BIRTH})
