"""The entities that Telegram finds by itself in plain text: commands, mentions, tags, addresses."""

import re

from . import utf16
from .wire import Wire

_TLD = "se|nu|org|com|net|eu|me|info|io|app|dev|no|dk|fi|de|uk"
_FOUND = re.compile(
    rf"""
    (?P<url>https?://[^\s<>"]+ | (?<![\w@./-])(?:[\w-]+\.)+(?:{_TLD})\b(?:/[^\s<>"]*)?(?!@))
    | (?P<email>(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-zA-Z]{{2,}})
    | (?P<bot_command>(?<![\w/<>])/[a-zA-Z0-9_]{{1,64}}(?:@[a-zA-Z0-9_]{{3,32}})?(?![\w/@]))
    | (?P<mention>(?<![\w@])@[a-zA-Z0-9_]{{3,32}}\b)
    | (?P<hashtag>(?<![\w\#])\#(?=\w*[^\W\d])\w{{1,256}})
    """,
    re.VERBOSE,
)
_SIGNS = re.compile(r"[/@.#]")


def detect(text: str) -> list[Wire]:
    """The entities in a text that nobody marked up, in order."""
    if not _SIGNS.search(text):
        return []
    found = []
    for match in _FOUND.finditer(text):
        kind = str(match.lastgroup)
        span = match.group()
        if kind == "url":
            span = span.rstrip(".,:;!?)'\"")
        offset = utf16.length(text[: match.start()])
        found.append({"type": kind, "offset": offset, "length": utf16.length(span)})
    return found


def merge(marked: list[Wire], text: str) -> list[Wire]:
    """Add what Telegram finds by itself to entities that the sender marked; code and links are left alone."""
    closed = [(e["offset"], e["offset"] + e["length"]) for e in marked if e["type"] in ("code", "pre", "text_link")]
    found = [
        e
        for e in detect(text)
        if not any(start < e["offset"] + e["length"] and e["offset"] < end for start, end in closed)
    ]
    return in_order(marked + found)


def in_order(entities: list[Wire]) -> list[Wire]:
    """Return entities in Telegram's order: by beginning, the longest first."""
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
