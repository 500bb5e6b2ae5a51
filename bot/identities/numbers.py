"""Finds numbers of people: personal identity numbers in all forms, their last four digits, and days of birth."""

import re
from collections.abc import Iterator

from personnummer import personnummer

from bot.identities.words import number_word, number_words, pattern

Span = tuple[int, int]

# -- digits, also those in words ---------------------------------------------------------------------------------------
_WORD = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = re.compile(r"[\s,.\-–—/]{1,3}(?:(?:och|streck|bindestreck|minus|mellanslag)[\s]{1,3})?")
LEAST_SPOKEN = 4  # digits in words that are more than a count


def spoken(text: str) -> tuple[str, list[Span]]:
    """Return the text with runs of number words as digits, and the original place of each character.

    A run of too few digits to point somebody out is left: "fyra män" is a count.
    """
    runs: list[list[tuple[str, int, int]]] = [[]]
    cues = iter([*(m.span() for m in pattern(r"\b{last_four}").finditer(text)), (len(text) + 1, len(text) + 1)])
    cue = next(cues)
    for word in _WORD.finditer(text):
        while word.start() >= cue[1]:
            cue = next(cues)
        digits = "" if word.start() >= cue[0] else word[0] if word[0].isdigit() else _digits(word[0].lower())
        if not digits or (runs[-1] and not _BETWEEN.fullmatch(text, runs[-1][-1][2], word.start())):
            runs.append([])
        if digits:
            if runs[-1] and runs[-1][-1][0] == "100":  # "hundra sjuttiofyra", "sju hundra femtio"
                runs[-1][-1] = ("1" if len(runs[-1]) < 2 or len(runs[-1][-2][0]) != 1 else "", *runs[-1][-1][1:])
            runs[-1].append((digits, *word.span()))
    signs: list[str] = []
    spans: list[Span] = []
    at = 0
    for run in runs:
        worded = sum(len(digits) for digits, start, _ in run if not text[start].isdigit())
        if worded < 2 or sum(len(digits) for digits, _, _ in run) < LEAST_SPOKEN:
            continue
        signs.append(text[at : run[0][1]])
        spans += ((place, place + 1) for place in range(at, run[0][1]))
        for digits, start, end in run:
            signs.append(digits)
            spans += [(start, end)] * len(digits)
        at = run[-1][2]
    return "".join((*signs, text[at:])), [*spans, *((place, place + 1) for place in range(at, len(text)))]


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


# -- personal identity numbers -----------------------------------------------------------------------------------------
_GAP = r"[\s.\-–—/,]{0,2}"
# The day in eight digits or in six, then four more, with anything that people put between them.
_SPACED = tuple(
    re.compile(rf"(?<!\d)(?=((?:\d{_GAP}){{{digits}}}\s?[-–+]?\s?(?:\d{_GAP}){{3}}\d)(?!\d))") for digits in (8, 6)
)
_DIGIT_BY_DIGIT = re.compile(r"(?:\d\s){6}[-–+]\s(?:\d\s){3}\d")
# The day and four more with a sign between, also with a wrong digit, or with the letters of a reserve number.
_UNMISTAKABLE = re.compile(
    r"(?<!\d)(?:\d{2})?\d{2}[\s.\-/]?(\d{2})[\s.\-/]?(\d{2})\s?[-–+/]\s?(?:\d{4}|[TRSUWXJKLMN][A-Z]?\d{2,3}|[xX*]{4})(?![\d-])"
)
# A day and four more, with a sign or nothing between, whether the last one is right or not.
_LIKELY = re.compile(
    r"(?<![\d\-+.])(?<!\d\s)(?!0\d{9})(?:\d{2})?\d{2}(\d{2})(\d{2})(?:\s?[(:._=]?\s?|\s)\d{4}\)?(?![\d\-]|[.,]\d)"
)
_CENTURY = re.compile(r"(?<!\d)(?:19|20)\d\d[\s.\-/]?(\d\d)[\s.\-/]?(\d\d)\s?[-–+]?\s?\d{2}\s?\d{2}(?!\d)")


def personal_numbers(text: str) -> Iterator[Span]:
    """Yield numbers of the Swedish population register, with and without century, spaces, hyphen or plus."""
    for shape in _SPACED:
        for match in shape.finditer(text):
            digits = re.sub(r"\D", "", match[1])
            mistyped = len(digits) == 12 or _DIGIT_BY_DIGIT.fullmatch(match[1])  # nothing else is written so
            if _is_personal(digits) or (mistyped and _is_of_a_day(digits)):
                yield match.start(1), match.end(1)
    for shape in (_UNMISTAKABLE, _CENTURY):
        for match in shape.finditer(text):
            if _is_day(match[1], match[2], more=60):
                yield match.span()
    for match in _LIKELY.finditer(text):
        if _is_day(match[1], match[2], more=60) and not pattern("{order_cue}$").search(
            text[max(0, match.start() - 30) : match.start()]
        ):
            yield match.span()
    for match in pattern(r"\b{number_cue}{gap}[.…*xX\-]{0,8}\s?(\d{4})(?!\d)").finditer(text):
        yield match.span(1)
    for match in pattern(r"\b{number_cue}{gap}(\d(?:[\s.\-–/]{0,3}[\dxX*]){5,11})").finditer(text):
        yield match.span(1)
    for match in pattern(r"\b{last_four}{gap}((?<!\d)\d(?:[\s,\-]{0,2}\d){3}(?![\s-]?\d))").finditer(text):
        yield match.span(1)
    for match in pattern(r"(?<![\d-])-?(\d{4})(?!\d){gap}{as_last_four}").finditer(text):
        yield match.span(1)


def _is_personal(digits: str) -> bool:
    """True for ten or twelve digits with a real day and the right check digit.

    The library is always given a century, as it would else ask the clock.
    """
    if len(digits) == 12:
        return digits[:2] in ("18", "19", "20") and personnummer.valid(digits)
    mobile = digits[:2] == "07" and int(digits[4:6]) > 60  # also a telephone number; it is found as one
    return (
        len(digits) == 10 and not mobile and any(personnummer.valid(century + digits) for century in ("19", "20", "18"))
    )


def _is_of_a_day(digits: str) -> bool:
    """True for ten digits that begin with a day, or twelve with its century too, whatever the check digit."""
    century, (month, day) = digits[:-10], (digits[-8:-6], digits[-6:-4])
    return century in ("", "18", "19", "20") and _is_day(month, day, more=60)


def _is_day(month: str, day: str, more: int = 0) -> bool:
    """True for a day of a year; `more` is what coordination numbers add to the day."""
    return 1 <= int(month) <= 12 and (1 <= int(day) <= 31 or 1 <= int(day) - more <= 31)


# -- days of birth -----------------------------------------------------------------------------------------------------
_NUMERIC = (
    r"(?:\d{4}|\d{2})[\s.\-–/]?\d{2}[\s.\-–/]?\d{2}|\d{4}[.\-–/]\d{1,2}[.\-–/]\d{1,2}|"
    r"\d{1,2}\s?[./\-]\s?\d{1,2}(?:\s?[./\-,]?\s?(?:\d{4}|-?\d{2}))?"
)
_YEAR = r"(?:[\s,]{1,2}(?:år\s)?-?(?:\d{4}|\d{2}\b|{digits}))?"
_NAMED = (
    rf"(?:den\s)?(?:\d{{1,2}}(?::?[ae]|(?:st|nd|rd|th)(?:\sof)?)?|{{ordinal}}|{{digits}})\.?\s{{month}}(?![^\W_]){_YEAR}"
    rf"|{{month}}\s(?:\d{{1,2}}(?:st|nd|rd|th)?\b{_YEAR}|(?:19|20)\d\d\b)|{{holiday}}{_YEAR}"
    rf"|{{month}}\s-?(?:\d{{2}}|\d{{4}}),?\s(?:den\s)?\d{{1,2}}\b|\d{{1,2}}\s{{month}}/{{month}}\s\d{{2,4}}"
    rf"|(?:den\s)?{{ordinal}}\s(?:i\s)?{{ordinal}}\b{_YEAR}|\d{{1,2}}:?[ae]\si\s\d{{1,2}}:?[ae]\b{_YEAR}"
    rf"|\d{{1,2}}[.\s](?:x?i{{1,3}}|i?[vx]|vi{{1,3}})[.\s](?:\d{{4}}|\d{{2}})\b"
)
# A full date in a year in which people may be born, and too long ago for a plan or an event.
_OLD = re.compile(
    r"(?<![\d\-/.])(?:(?:19[3-9]\d|200\d|201[0-5])[\-/.]?(?P<m>\d{2})[\-/.]?(?P<d>\d{2})"
    r"|(?P<d2>\d{1,2})[\-/.](?P<m2>\d{1,2})[\-/.](?:19[3-9]\d|200\d|201[0-5]))(?![\d]|[\-/.]\d)"
)
_OLD_NAMED = (
    r"(?<!\d)(?!1\sj(?:an|ul))(?:(?:\d{1,2}|{ordinal})\s?{month}|{month}\s\d{1,2}(?:st|nd|rd|th)?,?)"
    r"\s?(?:19[3-9]\d|200\d|201[0-5])\b"
)
_SIX = re.compile(
    r"(?<![\d\-/.:])(?:[3-9]\d|0\d|1[0-5])(?P<m>\d{2})(?P<d>\d{2})(?![\d%]|[\-/.:]\d|\s?(?:kr|st|kronor)\b)"
)


def births(text: str) -> Iterator[Span]:
    """Yield days of birth: those named as such, and those in a year long past."""
    for match in pattern(
        rf"\b{{born}}{{gap}}(?:{{weekday}}\s)?(?<!\d)"
        rf"((?:(?:år\s)?(?:-?\d{{2}}|\d{{4}})[,\s]{{1,3}}(?:den\s)?)?(?:{_NAMED})|{_NUMERIC})(?!\d)"
    ).finditer(text):
        yield match.span(1)
    for match in pattern(rf"(?<!\d)({_NAMED}|{_NUMERIC}){{gap}}{{as_born}}").finditer(text):
        yield match.span(1)
    for match in pattern(_OLD_NAMED).finditer(text):
        yield match.span()
    for shape in (_OLD, _SIX):
        for match in shape.finditer(text):
            found = match.groupdict()
            if _is_day(found["m"] or found["m2"], found["d"] or found["d2"]):
                yield match.span()
