"""Reads digits as people write and say them: in words, as letters that look like them, with ornaments between."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count

from bot.identities.words import number_word, number_words, pattern

Place = tuple[int, int]
_Run = list[tuple[str, int, int]]  # the digits that each word stands for, and where it begins and ends
_WORD = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = re.compile(r"[\s,.\-–—/()]{1,3}(?:(?:och|streck|bindestreck|minus|mellanslag)[\s]{1,3})?")
LEAST_SPOKEN, WHOLE = 4, 9  # digits that are more than a count, if some are words; and the least of a telephone
_OTHERS = re.compile(r"(?![0-9])\d")  # of other alphabets
_LOOKALIKES = re.compile(r"(?<![^\W\d_])[\doOIlSB](?:[\s\-_.~/()]{0,3}[\doOIlSB]){5,}(?![^\W\d_])")
_LEAST_DIGITS = 4  # among letters that look like some
_AS_DIGITS = str.maketrans("oOIlSB", "001158")
# Stars, hearts and the like between digits, as in advertisements; not the signs of times, sums, dates and shares.
_ORNAMENTS = re.compile(r"(?<=[\d)])(?:\s?(?:[^\w\s.,:;/()+%\-–'’\"“”«»§&]|[*_]|\.{2,5})){1,4}\s?(?=[\d(])")


def figures(text: str) -> str:
    """Return the text with letters among digits as the digits they look like, and ornaments between as spaces.

    Its length stays the same.
    """
    text = _OTHERS.sub(lambda match: str(unicodedata.digit(match[0])), text)
    text = _LOOKALIKES.sub(_as_digits, text)
    return _ORNAMENTS.sub(lambda match: " " * len(match[0]), text)


def _as_digits(match: re.Match[str]) -> str:
    digits = sum(sign.isdigit() for sign in match[0])
    return match[0].translate(_AS_DIGITS) if digits >= _LEAST_DIGITS else match[0]


def spoken(text: str) -> tuple[str, list[Place]]:
    """Return the text with runs of number words as digits, and the original place of each character.

    A run of too few digits to point somebody out is left: "fyra män" is a count.
    """
    signs: list[str] = []
    places: list[Place] = []
    at = 0
    for run in _runs(text):
        start, end = run[0][1], run[-1][2]
        signs += text[at:start], *(digits for digits, *_ in run)
        places += zip(range(at, start), count(at + 1), strict=False)
        places += (place for digits, *place in run for _ in digits)  # type: ignore[misc]
        at = end
    places += zip(range(at, len(text)), count(at + 1), strict=False)
    return "".join((*signs, text[at:])), places


def _runs(text: str) -> Iterator[_Run]:
    """Yield runs of digits and number words, some of them words, and long enough to count."""
    run: _Run = []
    for digits, start, end in (*_read(text), ("", len(text), len(text))):
        if not digits or (run and not _BETWEEN.fullmatch(text, run[-1][2], start)):
            if _is_spoken(text, run):
                yield run
            run = []
        if digits:
            if run and run[-1][0] == "100":  # "hundra sjuttiofyra", "sju hundra femtio"
                run[-1] = ("1" if len(run) < 2 or len(run[-2][0]) != 1 else "", *run[-1][1:])
            run.append((digits, start, end))


def _is_spoken(text: str, run: _Run) -> bool:
    worded = sum(len(digits) for digits, start, _ in run if not text[start].isdigit())
    said = sum(len(digits) for digits, *_ in run)
    begins = bool(run) and not text[run[0][1]].isdigit()  # "noll 70 …", but not "07.00–19.00 sju dagar"
    return (worded >= 2 and said >= LEAST_SPOKEN) or (begins and said >= WHOLE)


def _read(text: str) -> _Run:
    """Return each word with the digits it stands for; the "fyra" of "de sista fyra" stands for none."""
    cues = {place for match in pattern(r"\b{last_four}").finditer(text) for place in range(*match.span())}
    return [
        ("" if word.start() in cues else word[0] if word[0].isdigit() else _digits(word[0].lower()), *word.span())
        for word in _WORD.finditer(text)
    ]


def _digits(word: str) -> str:
    """Return the digits of a word made of numbers alone: "åttiofem" is 85, "nittonhundraåttiofem" 1985; else empty."""
    if len(word) > 60:
        return ""
    digits, rest, tens, value = "", word, False, ""
    while rest:
        found = number_word().match(rest)
        if found is None:
            return ""
        last, value, rest = value, number_words()[found[0]], rest[found.end() :]
        if value == "":  # "hundra" after "nitton" adds no digit of its own; alone it is 100, and "sjuhundra" 700
            if len(last) < 2:
                digits, tens = (digits or "1") + ("" if rest else "00"), False
            continue
        digits = digits[:-1] + value if tens and len(value) == 1 and value != "0" else digits + value
        tens = len(value) == 2 and value[1] == "0" and value != "10"
    return digits
