"""Patterns made of the words by which a language writes dates."""

import re
from collections.abc import Iterable


def bare_words(text: str) -> str:
    """A text in lower case, with single spaces for commas and other space, without a full stop at its end."""
    return " ".join(text.lower().replace(",", " ").split()).rstrip(".")


def any_of(words: Iterable[str]) -> str:
    """A pattern that matches one of the words, the longest first; none matches nothing."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def sentence(sentence: str, number: str, unit: str) -> re.Pattern[str]:
    """The pattern of a sentence with a count and a unit."""
    found = re.escape(sentence).replace(r"\{count\}", f"(?P<count>{number})")
    return re.compile(found.replace(r"\{unit\}", f"(?P<unit>{unit})"))
