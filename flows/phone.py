"""Telephone numbers in what people write: found, and compared by what is dialled, however they are spaced.

A time of day is no number, nor are hours or a lone digit: "måndag kl. 8" reaches nobody.
"""

import re

FEWEST = 3  # digits of a number that can be rung: 112
ONE_SERVICE = 7  # … of one that is a single service's: 112, 1177 and 114 14 are everybody's
_APART = "[ \\u00a0()/\\u2010-\\u2013-]*"  # what may stand between two digits
_WRITTEN = re.compile(rf"(?<![\d.:])\+?\d(?:{_APART}\d)*(?![.:]\d)")
_HOURS = re.compile(r"\d{1,2} ?[\u2010-\u2013-] ?\d{1,2}")  # "8–16"
_CALLING_CODE = re.compile(r"^(?:\+|00)46(?:0(?=\d))?")


def numbers_in(text: str) -> list[str]:
    """Return the telephone numbers in a text, as they are dialled within the country."""
    found = (dialled(written) for written in _WRITTEN.findall(text) if not _HOURS.fullmatch(written))
    return [number for number in found if len(number) >= FEWEST]


def dialled(written: str) -> str:
    """Return the digits of a number as they are dialled within the country: "+46 70-12" is "07012"."""
    return _CALLING_CODE.sub("0", "".join(sign for sign in written if sign.isdecimal() or sign == "+"))


def exchanged(before: str, after: str) -> tuple[str, str] | None:
    """Return the number that a text no longer has, and the one that has taken its place, as they were written.

    None if none has, several have, or it is one that many services share.
    """
    then, now = services_in(before), services_in(after)
    gone = [written for number, written in then.items() if number not in now]
    come = [written for number, written in now.items() if number not in then]
    return (gone[0], come[0]) if len(gone) == len(come) == 1 else None


def services_in(text: str) -> dict[str, str]:
    """Return the numbers in a text that are a single service's, as they are written, by what is dialled."""
    there = numbers_in(text)
    found = {dialled(written): written for written in _WRITTEN.findall(text)}
    return {number: written for number, written in found.items() if number in there and len(number) >= ONE_SERVICE}


def with_number(text: str, old: str, new: str) -> str:
    """Return the text with a number in the place of another, wherever that stands and however it is written."""
    return _WRITTEN.sub(lambda found: new if dialled(found[0]) == old else found[0], text)
