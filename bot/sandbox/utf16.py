"""Telegram counts text in UTF-16 code units; Python in code points."""


def length(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) + sum(1 for char in text if char > "\uffff")


def at(text: str, units: int) -> int:
    """The Python index of the character that begins at a UTF-16 offset (the end of the text if it lies beyond)."""
    if text.isascii():
        return min(units, len(text))
    seen = 0
    for index, char in enumerate(text):
        if seen >= units:
            return index
        seen += 2 if char > "\uffff" else 1
    return len(text)
