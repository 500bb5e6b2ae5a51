"""Plain text as people see it, and as Telegram quotes it."""

from hashlib import sha256


def fingerprint(text: str) -> str:
    """Return a short hash of a plain text, however it is spaced, by which a copy is recognised."""
    return sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
