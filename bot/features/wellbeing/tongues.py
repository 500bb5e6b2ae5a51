"""Knows in which other language a text is, and whether its writer is in need: by its commonest words, no library.

Greek or Arabic letters tell it in `distress`; this is for what is written in ours. Words that Swedish has too count for
no language. The tables are in `messages/<language>/tongues.toml`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from bot.features.wellbeing.heard import Heard, Sure
from messages.concepts import END, Concepts

ENOUGH: Final = 2  # words of one language
SURE: Final = 3
SHARE: Final = 0.34  # of a text's words that are of one language, in a text that is in it
ENGLISH: Final = "en"  # Swedes write it too: it counts with a word of somebody in need


def heard_abroad(words: Sequence[str]) -> Heard | None:
    """Return what is heard in a text in another language that is written in our letters; None if it is in ours."""
    tongue, sure = spoken(words)
    if not tongue or (tongue == ENGLISH and not _read()[1].spans(words).get(ENGLISH)):
        return None
    return Heard(sure, tongue=tongue)


def spoken(words: Sequence[str]) -> tuple[str, Sure]:
    """Return the language that is not ours and that a text in our letters is in, and how sure that is; empty if none
    is."""
    count = sum(word not in (END, "?") for word in words) or 1
    hits = {tongue: sum(end - start for start, end in places) for tongue, places in _read()[0].spans(words).items()}
    ours = hits.pop("sv", 0)
    tongue, most = max(hits.items(), key=lambda one: one[1], default=("", 0))
    if most < ENOUGH or most < SHARE * count or most <= ours:
        tongue = ""
    return tongue, Sure.PERHAPS if most >= SURE and most > 2 * ours else Sure.LEANS


@cache
def _read() -> tuple[Concepts, Concepts]:
    book: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(
        files("messages").joinpath("sv", "tongues.toml").read_text(encoding="utf-8")
    )
    english = {ENGLISH: [*book["words"][ENGLISH], *book["needs"][ENGLISH]]}
    return Concepts({**book["words"], **english}, mistakes=False), Concepts(book["needs"], mistakes=False)
