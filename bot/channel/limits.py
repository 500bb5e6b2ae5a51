"""What a message can hold in the narrowest of the channels."""

from itertools import groupby
from typing import Final
from unicodedata import combining

TEXT: Final = 3900  # UTF-16 units in a message; Telegram, the narrowest, takes some two hundred more
CAPTION: Final = 1000  # UTF-16 units under a photo or a document; Telegram takes some twenty more
LONGEST: Final = 20_000  # characters that are taken of one text; the dialogue has its own, lower bounds, and says so
NOTICE: Final = 200  # characters over the chat
AT_ONCE: Final = 100  # messages that can be deleted together
MARKS: Final = 30  # on one letter, as in UAX #15's "stream-safe text"; the most that any language has is a handful


def legible(text: str) -> str:
    """Return a text as people write them: with no more marks on a letter than `MARKS`.

    To put marks in order takes a time that grows with the square of how many stand together.
    """
    if not any(map(combining, text)):
        return text
    runs = (
        "".join(run)
        for run in (
            list(signs)[: MARKS if marks else None] for marks, signs in groupby(text, lambda sign: combining(sign) > 0)
        )
    )
    return "".join(runs)
