"""Plain text of the bot's small HTML: as people see it, and as Telegram quotes it."""

import re
from hashlib import sha256
from html import unescape

_TAG = re.compile(r"<[^>]+>")


def plain(html: str) -> str:
    """Return HTML as plain text."""
    return unescape(_TAG.sub("", html))


def fingerprint(text: str) -> str:
    """Return a short hash of a plain text, however it is spaced, by which a copy is recognised."""
    return sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
