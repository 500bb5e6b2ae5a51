"""A language's words for people, numbers and things: the lists and cues of messages/<language>/identities.toml.

And the rows of messages/<language>/identity-rules.toml, with their patterns.
"""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, TypedDict

LANGUAGE = "sv"


class RuleRow(TypedDict, total=False):
    """A row of a table of identity-rules.toml, which says what its fields mean."""

    why: str
    pattern: str
    case: bool
    words: bool
    near: str
    must: str
    unless: str
    not_behind: str
    none_of: list[str]
    check: str
    found: list[str]
    passes: list[str]


@cache
def _read(*path: str) -> dict[str, Any]:
    return tomllib.loads(files("messages").joinpath(*path).read_text(encoding="utf-8"))


def _book(table: str) -> dict[str, str]:
    found: dict[str, str] = _read(LANGUAGE, "identities.toml")[table]
    return found


def rule_rows(table: str) -> list[RuleRow]:
    """Return the rows of a table of rules; none if there is no such table."""
    found: list[RuleRow] = _read(LANGUAGE, "identity-rules.toml").get(table, [])
    return found


@cache
def trait_rows(table: str) -> tuple[dict[str, str], ...]:
    """Return what each row of a table of rules asks of words, by the words' names."""
    rows = _read(LANGUAGE, "identity-rules.toml")[table]
    return tuple({key: row[key] for key in row if key not in ("why", "found", "passes")} for row in rows)


@cache
def names_in_other_letters() -> frozenset[str]:
    """Names in letters that are not Latin and have no capitals."""
    return frozenset(_read("names.toml")["in_other_letters"].split())


@cache
def names(kind: str) -> frozenset[str]:
    """Names of a kind, "given" or "surnames", of our own lists and of messages/names.toml, and as they are simplified.

    Who has no key for a letter writes it without its marks: "Łukasz" is Lukasz. Å, ä and ö stay, as words would meet.
    """
    abroad, own = _read("names.toml")[kind].split(), listed(kind)
    return own | {simple for name in {*own, *abroad} if (simple := _simple(name)) not in listed("common")} | {*abroad}


@cache
def _thirds() -> dict[str, str]:
    return {letters[:2]: letters[2:] for letters in _read("letters.toml")["thirds"].split()}


def is_spelt_as_ours(word: str) -> bool:
    """True if a word's letters follow each other as in Swedish or English words, which those of many names do not."""
    whole, thirds = f"^{word.lower()}$", _thirds()
    return all(whole[place + 2] in thirds.get(whole[place : place + 2], "") for place in range(len(whole) - 2))


_WHOLE = str.maketrans("łøđ\u0131", "lodi")  # letters whose marks do not come apart


def _simple(name: str) -> str:
    if set(name) & set("åäö"):
        return name
    apart = unicodedata.normalize("NFKD", name.translate(_WHOLE))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@cache
def listed(*names: str) -> frozenset[str]:
    """Return the words of these lists, in lower case."""
    return frozenset(word for name in names for word in _book("lists")[name].lower().split())


@cache
def endings(name: str) -> tuple[str, ...]:
    """Return a list of word endings."""
    return tuple(_book("lists")[name].lower().split())


@cache
def number_words() -> dict[str, str]:
    """Return the digits of number words, longest words first; those of tens end in 0."""
    return dict(sorted(_book("numbers").items(), key=lambda item: -len(item[0])))


@cache
def number_word() -> re.Pattern[str]:
    """Return a pattern for the longest number word that a text begins with."""
    return re.compile("|".join(map(re.escape, number_words())))


@cache
def pattern(text: str, *, case: bool = False) -> re.Pattern[str]:
    """Return a pattern in which `{name}` stands for the cues of that name, and `{gap}` for a few small words.

    `{digits}` stands for a number in words, `{digit}` for one word of it. Without `case`, any letter may be a capital.
    """
    one = rf"(?:{'|'.join(number_words())})"
    cues = {
        **_book("cues"),
        **_read(LANGUAGE, "identity-rules.toml")["parts"],
        "digit": one,
        "digits": rf"{one}(?:\s?{one}){{0,3}}\b",
    }
    while (filled := re.sub(r"\{([a-z_]+)\}", lambda m: f"(?:{cues[m[1]]})", text)) != text:
        text = filled
    return re.compile(text, 0 if case else re.IGNORECASE)
