"""What people write in their own words that answers nothing: that they are away or back, that they leave, want a person
or have nothing to add, a question, a request, small talk. The rules are `<language>/own_words.toml`; it says how they
are written.

Hearing one says only what its writer is after. Whether it is meant so, and what it leads to, its reader decides.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

FILE: Final = "own_words.toml"
HERE: Final = Path(__file__).parent
SMILE: Final = "☺"  # a text without a letter
ASKS: Final = 10  # words of a short question, with its mark
SHORT: Final = 12  # words of what is only small talk by a word in it
CHAT: Final = 6  # words of small talk
STEM: Final = 4  # letters that a word has at least without its ending
MOST: Final = 25  # words: who writes more than that tells of something
_PART = re.compile(r"[.!;:,\n]+(?!\d)|(?<=\?)")  # of a text: a sentence, or what stands between commas
_APART = re.compile(r"[^\w?]+")
_SLOT = re.compile(r"\{(\w+)\}")
_OPEN = re.compile(r"…+|\{\w+\}|[*^$]")  # of a phrase: what may stand for several texts
_BEGINS: Final = {True: "^", False: r"(?<!\w)"}  # of a phrase: at the beginning of a part, or of a word
_ENDS: Final = {True: r"(?: \?)?$", False: r"(?!\w)"}
_GAPS: Final = {"……": r"(?: \w+){0,6} ", "…": r"(?: \w+){0,3} "}


class Means(StrEnum):
    """What somebody is after who writes in their own words."""

    AWAY = "away"
    BACK = "back"
    LEAVES = "leaves"
    PERSON = "person"
    QUESTION = "question"
    REQUEST = "request"
    TALK = "talk"
    NOTHING = "nothing"  # they have nothing to add
    TAKES_BACK = "takes_back"  # what they have just written is to go


class Phrase(NamedTuple):
    """What may stand in a part of a text, and the longest piece that stands in all that it hears: most are told by that
    alone not to be there, in a tenth of the time."""

    piece: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: what it hears, under which name the answer stands, which command that leads to, if one does, and examples
    for and against it.

    `calm`: it is no part of a cry that came just before. `asked`: it also counts under a question, where an honest
    answer may sound alike. `shrugged`: there is no more to say than that it is not known, with all ways that there are.
    `logging`: the answer's name where an incident is being logged; empty if it is not heard there. `openly`: everybody
    in the group may hear the answer, so it is given in the group's chat to whoever asks there.
    """

    id: str
    means: Means
    words: str
    command: str = ""
    asked: bool = True
    shrugged: bool = False
    calm: bool = False
    logging: str = ""
    openly: bool = False
    says: tuple[Phrase, ...] = ()
    meets: tuple[tuple[Phrase, ...], ...] = ()
    never: tuple[Phrase, ...] = ()
    hears: Sequence[str] = ()
    passes: Sequence[str] = ()

    def forbids(self, whole: str) -> bool:
        """True if something stands in a text with which it is not meant."""
        return any(piece in whole and pattern.search(whole) for piece, pattern in self.never)

    def said_in(self, parts: Iterable[str]) -> list[re.Match[str]]:
        """Return where its phrases stand in the parts of a text."""
        return [
            match for part in parts for piece, pattern in self.says if piece in part and (match := pattern.search(part))
        ]

    def meets_in(self, whole: str) -> bool:
        """True if all words of one of its meetings stand in a text, in any order."""
        return any(all(one.pattern.search(whole) for one in meets) for meets in self.meets)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in a text: the rule, and what of it is asked about ("vad är {about}?"), folded.

    `whole`: the text is that and nothing else: "är sjuk i dag", and not "jag är sjuk den 15 november".
    """

    rule: Rule
    about: str = ""
    whole: bool = False

    @property
    def means(self) -> Means:
        """What its writer is after."""
        return self.rule.means


class OwnWords:
    """The rules of one language, in their order. Raises `KeyError`, `TypeError` or `re.error` for one that cannot be
    read."""

    def __init__(self, language: str, folder: Path = HERE) -> None:
        book = tomllib.loads((folder / language / FILE).read_text(encoding="utf-8"))
        self._spelt: Mapping[str, str] = {_plain(word): _plain(meant) for word, meant in book["spellings"].items()}
        self._words = {slot: _any(words) for slot, words in book["words"].items()}
        self._besides = re.compile(rf"\b(?:{_any(book['besides'])})\b|\?")
        self._common = frozenset(map(_plain, book["common"]))
        self._opens = frozenset(map(_plain, book["opens"]))
        self._words["about"] = r"(?P<about>\w+(?: \w+){0,3}?)"
        self.rules: list[Rule] = []
        for row in book["rule"]:  # its fields are those of a rule, each with its default
            said = {field: self._phrases(row.get(field, ())) for field in ("says", "never")}
            meets = tuple(map(self._phrases, row.get("meets", ())))
            self.rules.append(Rule(**{"words": row["id"], **row, **said, "meets": meets, "means": Means(row["means"])}))
        self._talk = [rule for rule in self.rules if rule.means is Means.TALK]

    def heard(self, text: str, *, asked: bool = False) -> Heard | None:
        """Return what is heard in a text; None if nothing is. `asked`: it stands under a question."""
        parts = list(self._parts(text))
        whole = " ".join(parts)
        if len(whole.split()) > MOST or (asked and "\n" in text.strip()):  # several lines under a question are a list
            return None
        for rule in self._open_to(parts, whole, asked=asked):
            if found := rule.said_in(parts):
                return Heard(rule, found[0].groupdict().get("about") or "", self._is_whole(parts, found))
            if rule.meets_in(whole):
                return Heard(rule)
        return None

    def _open_to(self, parts: Sequence[str], whole: str, *, asked: bool) -> Iterator[Rule]:
        """Yield the rules that may hear a text, in their order: one of small talk only where nothing else is said."""
        chats = all(map(self._chats, parts)) and not (asked and len(parts) > 1)
        short = len(whole.split()) <= SHORT
        for rule in self.rules:
            fits = rule.means is not Means.TALK or chats or (short and rule.meets)
            if fits and (rule.asked or not asked) and not rule.forbids(whole):
                yield rule

    def _is_whole(self, parts: Iterable[str], found: Iterable[re.Match[str]]) -> bool:
        """True if nothing stands beside what was found but greetings and words that say nothing."""
        left = {part: part for part in parts}
        for match in found:
            rest = match.string[: match.start()] + match.string[match.end() :]
            left[match.string] = min(left[match.string], rest, key=len)
        return not any(self._besides.sub(" ", left[part]).strip() and not self._chats(part) for part in left)

    def _chats(self, part: str) -> bool:
        """True if a part of a text is small talk as a whole: a greeting before something else is no answer to that."""
        return len(part.split()) <= CHAT and any(rule.said_in((part,)) for rule in self._talk)

    def asks(self, text: str) -> bool:
        """True if a text is a short question and nothing else: "har Cia svarat?", and not "ja, men har vi tid?"."""
        first, *others = self._parts(text)
        words = first.split()
        return not others and words[-1] == "?" and words[0] in self._opens and len(words) <= ASKS

    def common(self, text: str, name: str) -> int:
        """Return how many words of a text, in any form, stand in a name: "är fikan bokad" has two of "boka fika"."""
        there = self._telling(name)
        return sum(any(_is_form_of(word, one) for one in there) for word in self._telling(text))

    def _telling(self, text: str) -> set[str]:
        """Return the words that say what a text is about."""
        words = " ".join(self._parts(text)).split()
        return {word for word in words if len(word) >= STEM and word not in self._common}

    def means(self, text: str) -> Means | None:
        """Return what the writer of a text is after; None if nothing is heard."""
        heard = self.heard(text)
        return heard.means if heard else None

    def mistakes(self) -> list[str]:
        """Return a sentence for each example that its rule does not hear, or that it hears and must not."""
        found = []
        for rule in self.rules:
            for text in rule.hears:
                heard = self.heard(text)
                if heard is None or heard.rule.id != rule.id:
                    found.append(f"{FILE}: “{rule.id}” does not hear “{text}”; mend `says`, or what stands before it")
            for text in rule.passes:
                heard = self.heard(text)
                if heard is not None and heard.rule.id == rule.id:
                    found.append(f"{FILE}: “{rule.id}” hears “{text}”, and must not; mend `says` or `never`")
        return found

    def _parts(self, text: str) -> Iterator[str]:
        if text.strip() and not any(map(str.isalnum, text)):
            yield SMILE
        for part in _PART.split(text.lower()):
            words = _APART.sub(" ", _plain(part).replace("?", " ? ")).split()
            if words:
                yield " ".join(self._spelt.get(word, word) for word in words)

    def _phrases(self, phrases: Iterable[str]) -> tuple[Phrase, ...]:
        return tuple(map(self._phrase, phrases))

    def _phrase(self, phrase: str) -> Phrase:
        """Return a phrase as a pattern for a folded part of a text; `^` and `$` are its beginning and its end."""
        start, end = phrase.startswith("^"), phrase.endswith("$")
        inner = self._gapped(phrase.removeprefix("^").removesuffix("$").strip())
        pieces = (" ".join(_plain(piece).split()) for piece in _OPEN.split(phrase))
        return Phrase(max(pieces, key=len), re.compile(f"{_BEGINS[start]}(?:{inner}){_ENDS[end]}"))

    def _gapped(self, phrase: str) -> str:
        for gap, between in _GAPS.items():
            if gap in phrase:
                return between.join(self._gapped(part.strip()) for part in phrase.split(gap))
        parts = _SLOT.split(phrase)
        return "".join(f"(?:{self._words[part]})" if i % 2 else _spaced(part) for i, part in enumerate(parts))


def _plain(text: str) -> str:
    """Return a text in small letters and without the marks over letters, as many write without them."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def _is_form_of(word: str, other: str) -> bool:
    """True if two words are the same but for their ending, or one is the beginning of the other: "fikan", "fika"."""
    least = max(STEM, min(len(word), len(other)) - 1)
    return word[:least] == other[:least]


def _spaced(text: str) -> str:
    """Return words as a pattern; a star at a word's end stands for any ending."""
    left, right = " " * text.startswith(" "), " " * (text.endswith(" ") and bool(text.strip()))
    return left + " ".join(re.escape(word).replace(r"\*", r"\w*") for word in _plain(text).split()) + right


def _any(words: Iterable[str]) -> str:
    return "|".join(_spaced(word) for word in sorted(words, key=len, reverse=True))
