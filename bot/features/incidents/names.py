"""Likely full names in a Swedish text: two words with capitals, no place, no organisation, no start of a sentence.

The lists are in names.toml. A name that is a place as well counts as a name after a given name, and as a place before
words such as "gata" and "kyrka".
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:[-'’:][^\W\d_]+)*")
_NEXT_TO = re.compile(r"[ \t\u00a0]{1,3}")
_STARTS = re.compile(r"(?:^|[.!?:;•\n\r(\"”»–—]|\s[-*])\s*[\"”»(]*$")
_PARTICLES = frozenset(
    ("von", "af", "de", "la", "al", "el", "bin", "ibn", "van", "der", "den", "dos", "da", "di", "del")
)
_SURE = frozenset(
    ("familjen", "fru", "herr", "fröken", "efternamn", "efternamnet")
)  # a surname follows, whichever it is
_SAID = _SURE | {"heter", "hette", "kallas", "kallad", "namn", "namnet", "förnamn"}
_DEFINITE = ("en", "an", "et", "na", "ar", "er", "or", "ade", "ande", "ing", "ningen")


@dataclass(frozen=True, slots=True)
class Lists:
    """What is known of names, in lower case."""

    given: frozenset[str]
    also_words: frozenset[str]
    surname_endings: tuple[str, ...]
    places: frozenset[str]
    surname_places: frozenset[str]
    organisations: frozenset[str]
    kinds_of_places: frozenset[str]
    after_places: frozenset[str]
    place_endings: tuple[str, ...]
    starters: frozenset[str]
    short_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def shout(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each likely full name."""
    words = [_Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    for run in _runs(text, words):
        before, after = _neighbours(text, words, run)
        services = before is not None and before.low in lists().kinds_of_places
        if services or (after is not None and after.low in lists().after_places):
            continue
        for part in _people(text, run, before):
            yield part[0].start, part[-1].end
    yield from _in_lower_case(text, words)


def _runs(text: str, words: list[_Word]) -> Iterator[list[_Word]]:
    """Words with capitals that stand side by side, with the small words that names may hold (von, al, de)."""
    run: list[_Word] = []
    for place, word in enumerate(words):
        joined = bool(run) and _NEXT_TO.fullmatch(text, run[-1].end, word.start) is not None
        follows = words[place + 1] if place + 1 < len(words) else None
        inside = joined and word.low in _PARTICLES and follows is not None and follows.capital
        if inside or (word.capital and (joined or not run)):
            run.append(word)
            continue
        if run:
            yield run
        run = [word] if word.capital else []
    if run:
        yield run


def _neighbours(text: str, words: list[_Word], run: list[_Word]) -> tuple[_Word | None, _Word | None]:
    first, last = (bisect_left(words, word.start, key=lambda one: one.start) for word in (run[0], run[-1]))
    before = words[first - 1] if first and not text[words[first - 1].end : run[0].start].strip() else None
    after = words[last + 1] if last + 1 < len(words) and not text[run[-1].end : words[last + 1].start].strip() else None
    return before, after


def _people(text: str, run: list[_Word], before: _Word | None) -> Iterator[list[_Word]]:
    """The parts of a run that are people: places divide it, and a sentence's first word is left out."""
    known = lists()
    if run[0].low in known.kinds_of_places and not _is_given(run[0]):
        return
    starts = _STARTS.search(text, max(0, run[0].start - 6), run[0].start) is not None or run[0].start == 0
    part: list[_Word] = []
    for word in run:
        if _is_place(word, part[-1] if part else None) and not (not part and _is_given(word) and len(run) > 1):
            yield from _judged(part, starts and part[:1] == run[:1], before if part[:1] == run[:1] else None)
            part = []
        else:
            part.append(word)
    yield from _judged(part, starts and part[:1] == run[:1], before if part[:1] == run[:1] else None)


def _judged(part: list[_Word], starts: bool, before: _Word | None) -> Iterator[list[_Word]]:
    """The part, if it is a person's name."""
    known = lists()
    part = [w for w in part if not w.shout or len(w.text) > 2]  # BUP, HVB and the like are longer; II and AB are not
    if starts and part and not _is_given(part[0]):
        noun = part[0].low.endswith(_DEFINITE) and not (len(part) == 2 and _is_surname(part[1]))
        if part[0].low in known.starters or noun:
            part = part[1:]
    if len(part) == 1:
        said = before is not None and before.low in _SAID
        if said and before is not None and (before.low in _SURE or _is_given(part[0])):
            yield part
        return
    if len(part) < 2:
        return
    shouting = all(w.shout for w in part)
    if shouting and not _is_given(part[0]):
        return  # a heading, not a name
    yield part


def _in_lower_case(text: str, words: list[_Word]) -> Iterator[tuple[int, int]]:
    """A given name and a surname written without capitals."""
    known = lists()
    given = known.given - known.also_words
    for first, second in pairwise(words):
        if (
            not (first.capital and second.capital)
            and first.low in given
            and _NEXT_TO.fullmatch(text, first.end, second.start)
            and _is_surname(second)
            and second.low not in known.after_places
        ):
            yield first.start, second.end


def _is_given(word: _Word) -> bool:
    known = lists()
    parts = re.split(r"[-'’]", word.low)
    return word.low in known.given or any(part in known.given for part in parts) or word.low.rstrip("s") in known.given


def _is_surname(word: _Word) -> bool:
    endings = lists().surname_endings
    return len(word.text) > 4 and word.low.removesuffix("s").endswith(endings)


def _is_place(word: _Word, previous: _Word | None) -> bool:
    """True for a place or an organisation; after a given name some places are surnames."""
    known = lists()
    low, bare = word.low, word.low.removesuffix("s")
    if previous is not None and _is_given(previous) and (low in known.surname_places or bare in known.surname_places):
        return False
    named = {low, bare} & (known.places | known.organisations)
    return bool(named) or (len(low) > 6 and low.endswith(known.place_endings) and not _is_given(word))


@cache
def lists() -> Lists:
    """The lists of names.toml."""
    data = tomllib.loads(files("bot.features.incidents").joinpath("names.toml").read_text(encoding="utf-8"))
    words = {name: text.lower().split() for name, text in data.items()}
    ordered = {"surname_endings", "place_endings"}
    return Lists(**{name: tuple(found) if name in ordered else frozenset(found) for name, found in words.items()})  # type: ignore[arg-type]
