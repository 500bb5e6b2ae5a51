"""What a language says about people, numbers and things: the lists and cues of messages/<language>/identities.toml."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGE = "sv"


@cache
def _book() -> dict[str, Any]:
    return tomllib.loads(files("messages").joinpath(LANGUAGE, "identities.toml").read_text(encoding="utf-8"))


@cache
def listed(name: str) -> frozenset[str]:
    """A list of words, in lower case."""
    return frozenset(_book()["lists"][name].lower().split())


@cache
def endings(name: str) -> tuple[str, ...]:
    """A list of how words end."""
    return tuple(_book()["lists"][name].lower().split())


@cache
def number_words() -> dict[str, str]:
    """The digits that a number in words stands for, longest words first; those of tens end in 0."""
    found: dict[str, str] = _book()["numbers"]
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


@cache
def pattern(text: str) -> re.Pattern[str]:
    """A pattern in which `{name}` stands for the cues of that name, and `{gap}` for a few small words in between.

    `{digits}` stands for a number in words, `{digit}` for one word of it.
    """
    one = rf"(?:{'|'.join(number_words())})"
    cues = {**_book()["cues"], "digit": one, "digits": rf"{one}(?:\s?{one}){{0,3}}\b"}
    while (filled := re.sub(r"\{([a-z_]+)\}", lambda m: f"(?:{cues[m[1]]})", text)) != text:
        text = filled
    return re.compile(text, re.IGNORECASE)
