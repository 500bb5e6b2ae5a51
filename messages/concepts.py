"""Concepts in a text: which of the things that tables name it speaks of, and where. Which of them must meet for a text
to mean something, its reader decides.

A table is a list of phrases. In a phrase a word is itself, `word*` any word that begins so, `#` any number, `{name}`
whatever a table above says, "…" up to three words, "……" up to six, and ^ and $ the beginning and the end of a
sentence. All is without regard to case, to commas, and to the marks over letters, as many write without them; and a
long word may have one mistake in it.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Final

Span = tuple[int, int]  # from one word to before another
Spans = dict[str, list[Span]]
_Phrase = tuple[str, ...]

END: Final = "."  # among the words: where a sentence ends
_GAPS: Final = {"…": 3, "……": 6}
_MARKS: Final = re.compile(r"(?P<end>[.!;\n]+|\?)|(?P<word>[\w'’-]*\w)")
_OVER: Final = dict.fromkeys(range(0x300, 0x370))  # marks over letters
_LONG: Final = 7  # letters of a word in which one may be wrong
_MOST: Final = 300  # words of a text that is read with its mistakes


def plain(text: str) -> str:
    """Return a text in small letters, and without the marks over them."""
    return without_marks(text.lower())


def without_marks(text: str) -> str:
    """Return a text without the marks over its letters."""
    return text if text.isascii() else unicodedata.normalize("NFD", text).translate(_OVER)


def words_of(text: str, spellings: Mapping[str, str]) -> list[str]:
    """Return the words of a text as they are spelt, with `END` after each sentence and "?" after a question."""
    found: list[str] = []
    for mark in _MARKS.finditer(plain(text)):
        if word := mark["word"]:
            word = word.replace("’", "'").strip("-")
            found += spellings.get(word, word).split()
        elif mark["end"] == "?":
            found += ["?", END]
        elif found and found[-1] != END:
            found.append(END)
    return [*found, END] if found and found[-1] != END else found


class Concepts:
    """Tables of phrases. Raises `KeyError` for a phrase with a name that no table above it has."""

    def __init__(
        self,
        tables: Mapping[str, Iterable[str]],
        over: Set[str] = frozenset(),
        turned: tuple[str, Set[str]] = ("", frozenset()),
        *,
        mistakes: bool = True,
    ) -> None:
        """`over`: the words that no gap stands for. `turned`: a word that may stand before or after each of these, and
        is read as if it stood after: "inte kan" is "kan inte". `mistakes`: a long word may have one."""
        self._over = {plain(word) for word in over} | {END, "?"}
        self._turned = (plain(turned[0]), frozenset(map(plain, turned[1])))
        phrases = [(name, tuple(self._straight(_parsed(phrase)))) for name, given in tables.items() for phrase in given]
        order = {name: number for number, name in enumerate(tables)}
        for name, phrase in phrases:
            if any(order[part[1:-1]] >= order[name] for part in phrase if part.startswith("{")):
                raise KeyError(phrase)
        often = Counter(part for _, phrase in phrases for part in _literal(phrase))
        self._names = list(tables)
        self._by_rarest: dict[str, list[tuple[int, frozenset[str], _Phrase]]] = defaultdict(list)
        for name, phrase in phrases:
            words = _literal(phrase)
            rarest = min(words, key=lambda word: often[word], default="")
            self._by_rarest[rarest].append((order[name], frozenset(words), phrase))
        self._stems = {len(word) - 1 for word in often if word.endswith("*")}
        self._known = frozenset(often)
        self._near: dict[str, list[str]] = defaultdict(list)
        for word in often if mistakes else ():
            for less in _less(word.rstrip("*")):
                self._near[less].append(word)
        self._longest = max(map(len, self._near), default=0) + 1  # letters of a word that may be one with a mistake

    def spans(self, words: Sequence[str]) -> Spans:
        """Return where each concept stands that the words speak of."""
        words = self._straight(words)
        text = _Text(words, self._over, self._places(words))
        at_turn: dict[int, list[_Phrase]] = defaultdict(list)
        known = set(text.places)
        for word in ("", *text.places):
            for number, needed, phrase in self._by_rarest.get(word, ()):
                if needed <= known:
                    at_turn[number].append(phrase)
        for number in sorted(at_turn):
            here: dict[int, set[int]] = defaultdict(set)
            for phrase in at_turn[number]:
                for start, end in text.matches(phrase):
                    here[start].add(end)
            if here:
                text.found[self._names[number]] = here
        return {name: [(at, max(ends)) for at, ends in sorted(here.items())] for name, here in text.found.items()}

    def _straight(self, words: Sequence[str]) -> Sequence[str]:
        """Return words with the one that turns after those around which it does."""
        word, others = self._turned
        found = list(words)
        for at in range(len(found) - 1):
            if found[at] == word and found[at + 1] in others:
                found[at : at + 2] = found[at + 1], word
        return found

    def _places(self, words: Sequence[str]) -> dict[str, set[int]]:
        """Return where each word of the phrases stands."""
        stands: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(words):
            stands[word].append(at)
        found: dict[str, set[int]] = defaultdict(set)
        for word, places in stands.items():
            for known in self._all_of(word, len(words)):
                found[known].update(places)
        return found

    def _all_of(self, word: str, count: int) -> set[str]:
        """Return the words of phrases that a word is, or may be with a mistake in it."""
        stems = {f"{word[:length]}*" for length in self._stems if length <= len(word)}
        found = self._known & {word, *stems, *(("#",) if word.isdigit() else ())}
        if found or len(word) < _LONG or count > _MOST:
            return set(found)
        word = word[: self._longest + 1]  # one without end is none of them, but may begin so
        whole = {known for less in _less(word) for known in self._near.get(less, ()) if not known.endswith("*")}
        begun = (word[:length] for length in range(_LONG, len(word) + 1))
        return whole | {
            known
            for start in begun
            for less in _less(start)
            for known in self._near.get(less, ())
            if known.endswith("*") and known[0] == word[0]
        }


class _Text:
    """A text as its phrases are looked for: its words, where each known word stands, and the concepts found so far."""

    def __init__(self, words: Sequence[str], over: Set[str], places: Mapping[str, Set[int]]) -> None:
        self._words, self.places = words, places
        self.found: dict[str, dict[int, set[int]]] = {}
        self._stops = [len(words)] * (len(words) + 1)  # how far a gap reaches from each word
        for at in reversed(range(len(words))):
            self._stops[at] = at if words[at] in over else self._stops[at + 1]

    def matches(self, phrase: _Phrase) -> Set[Span]:
        """Return where a phrase stands: of all places where it may begin at once, part by part."""
        begins = phrase[0] == "^"
        rest = phrase[1:] if begins else phrase
        starts = self.found.get(rest[0][1:-1], {}) if rest[0].startswith("{") else self.places.get(rest[0], ())
        spans = {(at, at) for at in starts if not begins or at == 0 or self._words[at - 1] == END}
        for part in rest:
            if not spans:
                break
            spans = self._longer(spans, part)
        return spans

    def _longer(self, spans: Set[Span], part: str) -> set[Span]:
        """Return these spans with the next part of a phrase, those that it comes after."""
        if part in _GAPS:
            most, stops = _GAPS[part], self._stops
            return {(at, end) for at, last in spans for end in range(last, min(last + most, stops[last]) + 1)}
        if part == "$":
            return {(at, end) for at, end in spans if end >= len(self._words) or self._words[end] in (END, "?")}
        if part.startswith("{"):
            found = self.found.get(part[1:-1], {})
            return {(at, end) for at, last in spans for end in found.get(last, ())}
        there = self.places.get(part, ())
        return {(at, end + 1) for at, end in spans if end in there}


def _literal(phrase: _Phrase) -> list[str]:
    return [part for part in phrase if part not in _GAPS and part not in "^$" and not part.startswith("{")]


def _less(word: str) -> Iterator[str]:
    """Yield a long word, and what is left of it without each of its letters but the first."""
    if len(word) >= _LONG:
        yield word
        yield from {word[:at] + word[at + 1 :] for at in range(1, len(word))}


def _parsed(phrase: str) -> _Phrase:
    text = plain(phrase).replace("^", "^ ").replace("$", " $").replace("……", " …… ")
    return tuple(re.sub(r"(?<!…)…(?!…)", " … ", text).split())
