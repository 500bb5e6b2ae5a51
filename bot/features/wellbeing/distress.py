"""Hears in a text whether its writer is in need, or sees somebody who is (P.9), and how sure that is.

It reads one text, remembers nothing and tells nobody; what follows is decided in `hearing`, as it also depends on where
the text was written. A group that writes about violence all day must not get an alarm each time: so of oneself only
the first person counts, and nothing that is supposed, cited or denied. The phrases are in
`messages/<language>/distress.toml`; what is heard, and what is taken for it, is measured in `tests/care`.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final
from unicodedata import name, normalize

from bot.channel.limits import LONGEST
from bot.features.wellbeing import need_rules
from bot.features.wellbeing.heard import Heard, Need, Sure
from bot.features.wellbeing.need_rules import Unheard
from bot.features.wellbeing.tongues import heard_abroad
from bot.identities.finder import kinds_in
from flows.identities import Handling
from messages.concepts import without_marks, words_of
from messages.language import Language

LANGUAGE = "sv"
_SENTENCE = re.compile(r"[.!?\n;]+|\bmen\b")
_CLAUSE = re.compile(r"[,.!?\n;]+")  # somebody may write in two languages at once
_CITED = re.compile(r"[”\"“„»«][^”\"“„»«]*[”\"“„»«]")
_WORDS = re.compile(r"[^\w']+")
_NAMED = re.compile(r"(?<=[\w,)”\"] )[A-ZÅÄÖ]\w+")  # a capital, and no sentence begins there
_SLOT = re.compile(r"\{(\w+)\}")
EITHER: Final = frozenset({Need.VIOLENCE, Need.DESPAIR})  # in doubt there are lines for both
FEW: Final = 4  # words that are too few to be told something
NEAR: Final = 6  # words before a phrase in which an "if" still governs it
FOREIGN: Final = 0.5  # the share of letters that are not Latin, from which a text is in another language


def listen(text: str, *, generously: bool = False) -> Heard | None:
    """Return what is heard in a text; None if it speaks of nobody in need.

    `generously`: where nothing is asked less is enough, as a false alarm costs one message.
    """
    plain = _CITED.sub(" ", normalize("NFC", text[:LONGEST]))
    return _listen(plain, generously)


@lru_cache(maxsize=2)  # several ask about a text, one after the other
def _listen(plain: str, generously: bool) -> Heard | None:
    if heard := _abroad(plain):
        return heard
    found = [heard for sentence in _SENTENCE.split(plain) if (heard := _own(sentence))]
    words = words_of(plain, _plain_spellings())
    found += need_rules.heard_in(words, _left_of(plain) if generously else None)[:1]
    if not found and (foreign := heard_abroad(words_of(plain, {}))):
        return foreign
    if not found:
        return None
    best = max(found, key=lambda one: (one.sure, not one.seen))
    tongue = best.tongue or next((one.tongue for one in map(_own, _CLAUSE.split(plain)) if one and one.tongue), "")
    if best.seen and _rules().is_english.search(_folded(plain)):
        tongue = "en"
    return Heard(best.sure, _needs(found, best, plain, generously), best.seen, tongue)


def _needs(found: Iterable[Heard], best: Heard, plain: str, generously: bool) -> frozenset[Need]:
    needs = {need for one in found if one.sure is best.sure for need in one.needs}
    if generously and best.sure is Sure.LEANS and needs == {Need.VIOLENCE} and not best.seen:
        needs |= EITHER
    return frozenset(needs | ({Need.CHILD} if _rules().child.search(_folded(plain)) else set()))


def listen_at_last(text: str) -> Heard | None:
    """Return what may be heard in a stranger's text of which nothing else was understood: one thing is enough then."""
    rules, words = _language(), words_of(_CITED.sub(" ", text[:LONGEST]), _plain_spellings())
    if len(words) <= FEW or rules.own_words.heard(text) is not None or rules.thanks(text):
        return None
    found = next(iter(need_rules.heard_in(words, Unheard.NOTHING)), None)
    return replace(found, needs=found.needs | EITHER) if found else None


def may_go_on(text: str) -> bool:
    """True if a text may go on with a cry that came just before: "han står i trappan", "rum 12"."""
    return len(words_of(text, _plain_spellings())) <= FEW or tells_of(text, *need_rules.SOMEBODY)


def points_out(text: str) -> bool:
    """True if a text may let somebody be found of whom it tells: by a number, an address, a room, or whatever has a
    name. A false alarm costs no more than that the text leaves its writer's chat."""
    return bool(_NAMED.search(text) or tells_of(text, "whereabouts") or Handling.REFUSE.refuses(kinds_in(text)))


def tells_of(text: str, *concepts: str, but: str = "") -> bool:
    """True if a text speaks of one of these concepts of `need.toml`, and not of that."""
    spoken = need_rules.spoken_of(words_of(text, _plain_spellings()))
    return not spoken.isdisjoint(concepts) and but not in spoken


def _left_of(text: str) -> Unheard:
    """Return what is left of a text for the generous ear."""
    heard = _language().own_words.heard(text)
    return Unheard.ANSWER if heard is not None and heard.rule.asked and not heard.rule.shrugged else Unheard.SHRUG


def presses(text: str) -> bool:
    """True if a text may be meant for somebody who helps, and not as an answer."""
    return (heard := listen(text)) is not None and heard.sure > Sure.LEANS


# -- the writer --------------------------------------------------------------------------------------------------------
def _own(sentence: str) -> Heard | None:
    """Return what a sentence says of its writer."""
    words, rules = _folded(sentence), _rules()
    if (call := _call(sentence, words)) is not None:
        return call
    words = rules.idiom.sub("", words)
    clauses = [_folded(clause) for clause in sentence.split(",")]
    plain = [clause for clause in clauses if clause in words]  # without those that an idiom runs into
    for sure, needs, tongue, pattern, whole in rules.own:
        found = next(filter(None, map(pattern.fullmatch, plain)), None) if whole else pattern.search(words)
        if found is not None and (whole or not rules.supposes(words[: found.start()], len(clauses[0]))):
            now = Sure.LEANS if rules.past.search(words) else sure
            return _of_several(now, needs, tongue) if rules.ours(found[0]) else Heard(now, needs, tongue=tongue)
    return None


def _of_several(sure: Sure, needs: frozenset[Need], tongue: str) -> Heard:
    """Return what is heard where others beside the writer may be meant: at most perhaps, and no need by a leaning."""
    return Heard(min(sure, Sure.PERHAPS), frozenset() if sure is Sure.LEANS else needs, tongue=tongue)


def _call(sentence: str, words: str) -> Heard | None:
    """Return what is heard in a sentence that calls for help, in its beginning or at its end."""
    rules, (said, comma, call) = _rules(), sentence.rpartition(",")
    if comma and "," not in said and _folded(call) in rules.alone:  # "hon är skjuten, hjälp", and no list
        return Heard(Sure.CLEAR)
    sign = rules.sign.match(sentence.strip())
    if rules.opening.match(words) and (words in rules.alone or sign or rules.called.match(words)):
        return Heard(Sure.CLEAR, _all_in(words), tongue="en" if rules.english.match(words) else "")
    return None


def _all_in(words: str) -> frozenset[Need]:
    """Return the needs that somebody speaks of who calls for help."""
    return frozenset(need for _, needs, _, pattern, _ in _rules().own if pattern.search(words) for need in needs)


# -- in another language -----------------------------------------------------------------------------------------------
def _abroad(text: str) -> Heard | None:
    """Return what is heard in a text with a call for help in a language that is not ours, or in other letters.

    A greeting may be written in those, and an answer, so they alone only lean to it.
    """
    rules, words = _rules(), _folded(text)
    own = [tongue for tongue, signs in rules.letters.items() if set(signs) & set(text.lower())]
    called = {tongue: sum(map(len, pattern.findall(words))) for tongue, pattern in rules.foreign.items()}
    common = set(rules.scripts.values())
    tongue = max(called, key=lambda one: (called[one] > 0, one in own, called[one], one in common))  # many share words
    if called[tongue]:
        return Heard(Sure.CLEAR, tongue=tongue)
    letters = Counter(filter(str.isalpha, text))
    scripts = Counter[str]()
    for sign, often in letters.items():
        scripts[name(sign, "").partition(" ")[0]] += often
    script, count = next(iter(scripts.most_common(1)), ("LATIN", 0))
    if script == "LATIN" or count < FOREIGN * letters.total():
        return None
    return Heard(Sure.LEANS, tongue=next(iter(own), rules.scripts.get(script, "en")))


# -- the phrases -------------------------------------------------------------------------------------------------------
def _folded(text: str) -> str:
    """Return a text in small letters, as it is spelt, without accents and signs: "Ja e rädd!" is "jag ar radd"."""
    words = _WORDS.sub(" ", text.lower().replace("’", "'")).split()
    spelt = " ".join(_spellings().get(word, word) for word in words)
    return without_marks(spelt)


class _Rules:
    """The phrases, as patterns for folded text."""

    def __init__(self, book: Mapping[str, "list[str] | dict[str, list[str]]"]) -> None:
        lists = {key: value for key, value in book.items() if isinstance(value, list)}
        tables = {key: value for key, value in book.items() if isinstance(value, dict)}
        self._words = {slot: _any(words) for slot, words in tables["words"].items()}
        skipped = rf"(?: (?!(?:{_any(lists['never'])})\b)\w+)"
        self._gaps = {"……": rf"{skipped}{{0,5}} ", "…": rf"{skipped}{{0,2}} "}
        before = rf"(?! (?:{_any(lists['but_before'])})\b)"
        self.own = [
            (sure, *_about(table), re.compile(rf"(?<![\w'])(?:{self._any_of(phrases)})\b{end}"), whole)
            for sure in sorted(Sure, reverse=True)
            for whole in (False, True)
            for table, phrases in tables.get(f"whole_{sure.name}".lower() if whole else sure.name.lower(), {}).items()
            for end in ("" if whole or sure is Sure.CLEAR else before,)
        ]
        self.is_english = re.compile(rf"\b(?:{_any(lists['english_words'])})\b")
        self.idiom = re.compile(rf"\b(?:{self._any_of(lists['idioms'])})\b")
        every = [*lists["openings"], *lists["english_openings"]]
        openings = _any(every)
        self.english = re.compile(rf"(?:{_any(lists['english_openings'])})\b")
        self.alone = {_folded(opening) for opening in every}
        self.opening = re.compile(rf"(?:{openings})\b")
        self.sign = re.compile(rf"\W*\w+(?: \w+)?\s*,(?! (?:{'|'.join(lists['calls_no_one'])}))")
        self.called = re.compile(rf"(?:{openings}) (?:{_any(lists['calls_for'])})\b{before}")
        self._supposed = re.compile(rf"\b(?:{_any(lists['supposed'])})\b")
        self.past = re.compile(rf"\b(?:{_any(lists['past'])})\b")
        self._known = re.compile(rf"\b(?:{_any(lists['known'])})\b ?")
        self._first = re.compile(rf"(?:{_any(lists['supposed_first'])})\b")
        self._we = re.compile(rf"\b(?:{_any(lists['we'])})\b")
        self._about = re.compile(rf"\b(?:{_any(lists['about'])})\b")
        self.child = re.compile(rf"\b(?:{_any(tables['child']['signs'])})\b")
        self.foreign = {tongue: re.compile(_calls(words)) for tongue, words in tables["foreign"].items()}
        self.scripts: dict[str, str] = {script: str(tongue) for script, tongue in tables["scripts"].items()}
        self.letters: dict[str, str] = {tongue: str(signs) for tongue, signs in tables["letters"].items()}

    def supposes(self, before: str, clause: int) -> bool:
        """True if what comes after these words is only supposed: "om någon". `clause`: how long the first one is."""
        before = self._known.split(before)[-1]
        words = self._about.sub("", before).split()
        first = len(before) < clause and self._first.match(before)
        return bool(first or self._supposed.search(" ".join(words[-NEAR:])))

    def ours(self, found: str) -> bool:
        """True if a phrase speaks of more than its writer: a whole workplace may be meant by "they threaten us"."""
        return self._we.search(found) is not None

    def _any_of(self, phrases: Iterable[str]) -> str:
        return "|".join(map(self._pattern, phrases))

    def _pattern(self, phrase: str) -> str:
        """Return the pattern of a phrase with its gaps ("…") and its words to choose from ("{me}")."""
        for gap in self._gaps:
            if gap in phrase:
                return self._gaps[gap].join(self._pattern(part.strip()) for part in phrase.split(gap))
        if phrase.startswith("^"):
            return f"^(?:{self._pattern(phrase[1:])})"
        parts = _SLOT.split(phrase)
        return "".join(f"(?:{self._words[part]})" if i % 2 else _spaced(part) for i, part in enumerate(parts))


def _about(table: str) -> tuple[frozenset[Need], str]:
    """Return the need and the language of a table of phrases: `despair`, `english`, `english_despair`, `any`."""
    parts = table.split("_")
    return frozenset(Need(part) for part in parts if part in set(Need)), "en" if "english" in parts else ""


def _calls(phrases: Iterable[str]) -> str:
    """Return phrases as a pattern of whole words; of those in letters that need no spaces, as they are."""
    latin = [phrase for phrase in phrases if name(phrase[0], "").startswith("LATIN")]
    other = [re.escape(_folded(phrase)) for phrase in phrases if phrase not in latin]
    return "|".join([*([rf"(?<![\w'])(?:{_any(latin)})(?![\w'])"] if latin else []), *other])


def _spaced(text: str) -> str:
    """Return folded words as a pattern that keeps the spaces at the ends."""
    left, right = " " * text.startswith(" "), " " * (text.endswith(" ") and bool(text.strip()))
    return left + re.escape(_folded(text)) + right


@cache
def _spellings() -> Mapping[str, str]:
    found: dict[str, str] = tomllib.loads(_text())["spellings"]
    return found


@cache
def _language() -> Language:
    return Language(LANGUAGE)


@cache
def _plain_spellings() -> Mapping[str, str]:
    return {without_marks(word): without_marks(meant) for word, meant in _spellings().items()}


@cache
def _rules() -> _Rules:
    return _Rules(tomllib.loads(_text()))


def _text() -> str:
    return files("messages").joinpath(LANGUAGE, "distress.toml").read_text(encoding="utf-8")


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(_folded(word)) for word in sorted(words, key=len, reverse=True))
