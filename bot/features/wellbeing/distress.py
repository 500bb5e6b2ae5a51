"""Recognises a cry for help in a text: for the writer themselves, and now (P.9).

It reads one text, remembers nothing and tells nobody. The answer is where to turn, so a false alarm costs a message,
and a miss costs more: still, a group that writes about violence all day must not get it each time. So only the first
person counts, and not what is supposed, cited or denied. The phrases are in
`messages/<language>/distress.toml`; hits and false alarms are measured in `tests/care`.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from unicodedata import normalize

LANGUAGE = "sv"
_SENTENCE = re.compile(r"[.!?\n;]+")
_CITED = re.compile(r"[”\"“„»«][^”\"“„»«]*[”\"“„»«]")
_WORDS = re.compile(r"[^\w']+")


def cries_for_help(text: str) -> bool:
    """True if a text says that its writer is afraid, in danger, or in despair."""
    return any(_cries(sentence) for sentence in _SENTENCE.split(_CITED.sub(" ", text)))


def sees_danger(text: str) -> bool:
    """True if a text tells of somebody else who may be in danger now."""
    words, rules = _folded(_CITED.sub(" ", text)), _rules()
    now = rules.sign.search(words) if rules.now.search(words) and rules.whom.search(words) else None
    sign = now or (rules.done_to.search(words) if rules.one_person.search(words) else None)
    if sign is None or rules.in_general.search(words):
        return False
    return rules.supposed.search(words[: sign.start()]) is None


def presses(text: str) -> bool:
    """True if a text may be meant for somebody who helps, and not as an answer."""
    return cries_for_help(text) or sees_danger(text)


def _cries(sentence: str) -> bool:
    words = _folded(sentence)
    said, comma, call = sentence.rpartition(",")
    if comma and "," not in said and _folded(call) in _rules().alone:  # "hon är skjuten, hjälp", and no list
        return True
    if _rules().opening.match(words):
        alone = words in _rules().alone
        sign = bool(re.match(r"\W*\w+( \w+)?\s*[,:–-]", sentence.strip()))
        if alone or sign or _rules().called.match(words):
            return True
    words = _rules().idiom.sub("", words)
    found = _rules().phrase.search(words)
    return found is not None and _rules().supposed.search(words[: found.start()]) is None


def _folded(text: str) -> str:
    """Return a text in lower case, without accents, with single spaces: "Jag är rädd!" is "jag ar radd"."""
    plain = "".join(c for c in normalize("NFD", text.lower().replace("’", "'")) if not 0x300 <= ord(c) < 0x370)
    return " ".join(_WORDS.sub(" ", plain).split())


class _Rules:
    """The phrases, as patterns for folded text."""

    def __init__(self, book: dict[str, list[str]]) -> None:
        gap = rf"(?: (?!(?:{_any(book['never'])})\b)\w+){{0,2}} "

        def any_of(phrases: Iterable[str]) -> str:
            return "|".join(gap.join(re.escape(_folded(part)) for part in phrase.split("…")) for phrase in phrases)

        before = rf"(?! (?:{_any(book['but_before'])})\b)"
        self.phrase = re.compile(
            rf"(?<![\w'])(?:(?:{any_of(book['phrases'])})\b|(?:{any_of(book['soft_phrases'])})\b{before})"
        )
        self.idiom = re.compile(rf"\b(?:{_any(book['idioms'])})\b")
        openings = _any(book["openings"])
        self.alone = {_folded(opening) for opening in book["openings"]}
        self.opening = re.compile(rf"(?:{openings})\b")
        self.called = re.compile(rf"(?:{openings}) (?:{_any(book['calls_for'])})\b{before}")
        self.now, self.whom, self.sign, self.one_person, self.done_to, self.in_general = (
            re.compile(rf"\b(?:{any_of(book[name])})\b")
            for name in ("now", "whom", "signs", "one_person", "done_to", "in_general")
        )
        self.supposed = re.compile(rf"\b(?:{_any(book['supposed'])})\b")


@cache
def _rules() -> _Rules:
    return _Rules(tomllib.loads(files("messages").joinpath(LANGUAGE, "distress.toml").read_text(encoding="utf-8")))


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(_folded(word)) for word in sorted(words, key=len, reverse=True))
