"""What our small HTML says once the markup is read: as Telegram quotes it, and as people see it."""

import re
from hashlib import sha256
from html import unescape

_TAG = re.compile(r"<[^>]+>")


def plain(html: str) -> str:
    """HTML as the text it stands for."""
    return unescape(_TAG.sub("", html))


def fingerprint(text: str) -> str:
    """A short mark of what a plain text says, however it is spaced: by it a copy is known, and nothing is read."""
    return sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
