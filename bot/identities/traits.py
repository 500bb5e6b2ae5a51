"""What a word is: a name, a place, a word of ours. The rules for names are put together from these (`has`).

A trait is one of those below, or a list of identities.toml: of words, or of word endings if its name says so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from bot.identities.words import endings, is_spelt_as_ours, listed, names

_COMPOUND = re.compile(r"[^\W\d_a-zåäö]{2,}-[a-zåäö]+")  # "EU-medborgare", "HVB-hem"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it is, which one of them it is, and how it stands there."""

    text: str
    start: int = 0
    end: int = 0
    place: int = 0
    dotted: bool = False  # a dot follows
    heads: bool = False  # it begins a sentence or a line
    low: str = ""
    seen: dict[str, bool] = field(
        default_factory=dict, compare=False, repr=False
    )  # what was asked of it; words that stand alike share it

    @property
    def capital(self) -> bool:
        """True if it begins with a capital."""
        return self.text[0].isupper()

    @property
    def shout(self) -> bool:
        """True if it is in capitals."""
        return len(self.text) > 1 and self.text.isupper()


def has(word: Word | str | None, traits: str) -> bool:
    """True if a word has all these traits: "given !common|shout" is a given name, and no common word or in capitals.

    No word has none.
    """
    if word is None:
        return False
    if isinstance(word, str):
        word = Word(word, low=word.lower())
    if traits not in word.seen:
        word.seen[traits] = all(any(_trait(name)(word) != no for name, no in group) for group in _parsed(traits))
    return word.seen[traits]


@cache
def _parsed(traits: str) -> list[list[tuple[str, bool]]]:
    return [[(one.lstrip("!"), one[0] == "!") for one in group.split("|")] for group in traits.split()]


@cache
def _trait(name: str) -> Callable[[Word], bool]:
    if name in _TRAITS:
        return _TRAITS[name]
    if name.endswith("_endings"):
        return lambda word: word.low.endswith(endings(name))
    return lambda word: word.low in listed(name)


def _own(word: Word) -> tuple[str, str]:
    return word.low, word.low.removesuffix("s")


def _is_given(word: Word) -> bool:
    """A given name, or one that is made of such, also in the genitive."""
    given = names("given")
    return not given.isdisjoint({*_own(word), *re.split(r"[-'’]", word.low)})


def _is_double(word: Word) -> bool:
    """Several given names, tied: "per-erik"."""
    parts = set(word.low.split("-"))
    return len(parts) > 1 and parts <= names("given")


def _is_surname(word: Word) -> bool:
    ends = endings("surname_endings")
    return not names("surnames").isdisjoint(_own(word)) or (
        len(word.low) > 4 and any(own.endswith(ends) for own in _own(word))
    )


def _is_sure_surname(word: Word) -> bool:
    """A surname that is no place and no ordinary word."""
    bare, own = word.low.removesuffix("s"), set(_own(word))
    sure = not own.isdisjoint(names("surnames")) and own.isdisjoint(listed("places", "surname_words"))
    return sure or (len(bare) > 4 and bare.endswith(endings("sure_endings")))


def _is_place(word: Word) -> bool:
    """A place or an organisation."""
    named = not listed("places", "organisations").isdisjoint(_own(word))
    return named or (len(word.low) > 6 and word.low.endswith(endings("place_endings")) and not has(word, "given"))


def _is_known(word: Word) -> bool:
    """A given name, and nothing else."""
    words = listed("also_words", "common", "starters", "places", "organisations")
    return word.low in names("given") and (word.capital or word.low not in words)


def _is_code(word: Word) -> bool:
    """Capitals that cannot be said: the letters of a container, a form or an office."""
    return word.shout and word.text.isalpha() and len(word.text) < 6 and not re.search(r"[AEIOUYÅÄÖ]", word.text[:3])


_TRAITS: dict[str, Callable[[Word], bool]] = {
    "capital": lambda word: word.capital,
    "shout": lambda word: word.shout,
    "dotted": lambda word: word.dotted,
    "heads": lambda word: word.heads,
    "word": lambda word: True,
    "one": lambda word: len(word.text) == 1,
    "long": lambda word: len(word.text) > 2,
    "longer": lambda word: len(word.text) > 3,
    "compound": lambda word: _COMPOUND.fullmatch(word.text) is not None,
    "genitive": lambda word: word.low.endswith("s"),
    "foreign": lambda word: word.text[0] > "\u036f",  # in another alphabet
    "code": _is_code,
    "ours": lambda word: is_spelt_as_ours(word.low),
    "name": lambda word: word.low in names("given"),
    "family": lambda word: word.low in names("surnames"),
    "given": _is_given,
    "double": _is_double,
    "only_given": lambda word: has(word, "our_given !also_words"),
    "our_given": lambda word: word.low in listed("given"),
    "our_surname": lambda word: word.low in listed("surnames"),
    "surname": _is_surname,
    "sure_surname": _is_sure_surname,
    "known": _is_known,
    "maybe": lambda word: has(word, "one|name|surname|double|given|sure_surname"),
    "after_places_tied": lambda word: word.low.endswith(tuple(w for w in listed("after_places") if len(w) > 3)),
    "place": _is_place,
    "surname_place": lambda word: not listed("surname_places").isdisjoint(_own(word)),
    "ordinary": lambda word: not listed("common", "starters", "no_names").isdisjoint(_own(word)),
    "person": lambda word: has(word, "persons|titles|person_endings !no_persons|persons|titles"),
    "thing": lambda word: has(word, "definite_singular_endings !person"),
}
