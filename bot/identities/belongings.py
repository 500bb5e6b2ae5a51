"""What belongs to a person: accounts and cards, cars, and the street address where they live."""

import re
from collections.abc import Iterator

from bot.identities.numbers import Span
from bot.identities.words import listed, pattern

# -- accounts ----------------------------------------------------------------------------------------------------------
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2}\s?\d{2}(?:[\s-]?[A-Za-z0-9]{2,4}){3,8})(?![A-Za-z0-9])")
_CARD = re.compile(r"(?<!\d)\d{4}(?:[\s.\-]?\d{4}){3}(?!\d)")
_BANK = re.compile(
    r"(?<!\d)\d{4}-\d[,\s]{1,2}\d(?:[\s.\-]?\d){5,10}(?!\d)|(?<!\d)\d{4}[,\s-]{1,2}\d{2,3}[\s.]\d{3}[\s.]?\d{3}[\s-]\d(?!\d)"
)
_SAID = r"\b{account_cue}{gap}((?<!\d)\d(?:[\s.\-,/*]{0,2}[\d*]){3,19})(?!\d)"
_COLLECTING = re.compile(r"90\d?-?\s?\d{2}")  # an account that is watched over, for gifts to an organisation


def accounts(text: str) -> Iterator[Span]:
    """Accounts of a bank or giro, international ones, and payment cards."""
    for match in _IBAN.finditer(text):
        if _is_iban(re.sub(r"[\s-]", "", match[1]).upper()):
            yield match.span(1)
    for match in pattern(r"\biban{gap}([a-z]{2}\s?\d{2}[\s\da-z]{8,36})").finditer(text):
        yield match.span(1)
    for shape in (_CARD, _BANK):
        for match in shape.finditer(text):
            yield match.span()
    for match in pattern(_SAID).finditer(text):
        if not _COLLECTING.match(match[1]) and len(re.sub(r"\D", "", match[1])) >= 4:
            yield match.span(1)


def _is_iban(signs: str) -> bool:
    """True with the right check digits (ISO 13616), whatever words came to stand behind."""
    for end in range(len(signs), 14, -1):
        turned = signs[4:end] + signs[:4]
        if end <= 34 and int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1:
            return True
    return False


# -- cars --------------------------------------------------------------------------------------------------------------
# The Swedish letters leave out I, Q, V, Å, Ä, Ö, and O in the last place, which since 2019 may be a letter.
_LETTER = "[A-HJ-PR-UWXYZ]"
_NO_MORE = r"(?![A-Za-zÅÄÖåäö0-9])(?!\s?[-–]\s?\d)(?!\s\d{2,3}\b)(?!\s?(?:(?:kr|kronor|st)\b|:-))"
_PLATE = re.compile(
    rf"(?<![A-Za-zÅÄÖåäö0-9])({_LETTER}{{3}})([\s\-.]{{0,2}})(\d{{2}}[A-HJ-NPR-UWXYZ\d]){_NO_MORE}", re.IGNORECASE
)
_APART = re.compile(
    rf"(?<![^\W_]){_LETTER}[\s.\-]{_LETTER}[\s.\-]{_LETTER}[\s.\-]{{1,3}}\d[\s.\-]?\d[\s.\-]?[A-HJ-NPR-UWXYZ\d]{_NO_MORE}",
    re.IGNORECASE,
)
# Of other countries: Romania, Germany, Poland, Denmark, Norway, Lithuania …
_FOREIGN = re.compile(
    r"(?<![^\W_])(?:[A-Z]{1,2}[ \-]\d{2,3}[ \-]?[A-Z]{3}|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}[ \-]?\d{1,4}|"
    r"[A-Z]{2}[ \-]?\d{2} \d{3}|"
    r"[A-Z]{2}[ \-]?\d{4}[ \-]?[A-Z]{2}|[A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z]{2} ?\d{5}|W[A-Z]{1,2} \d{4,5}[A-Z]?)(?![^\W_])"
)
_SAID_PLATE = (
    r"\b{plate_cue}{gap}"
    r"((?<![^\W_])(?=[a-z0-9 \-]{0,14}\d)(?=[a-z0-9 \-]{0,14}[a-z])(?:[a-z]{1,4}[ \-]?\d|\d{1,3}[ \-]?[a-z]{1,3}\b)"
    r"(?:[ \-]?(?:[a-z]{1,3}(?![a-zåäö])|\d{1,4})){0,3})"
)
_HALF = (
    r"\b{plate_cue}[^.\n]{0,25}?\b(?:börja\w{0,3}|slut\w{0,3}|början|innehåll\w{0,3})\s(?:på|med|är)?\s?"
    r"((?:[A-Z]\s?){2,3}|\d{2,3})\b"
)


def plates(text: str) -> Iterator[Span]:
    """Plates of cars: Swedish ones of both forms, common foreign ones, and whatever is said to be one."""
    for match in _PLATE.finditer(text):
        if match[1].lower() not in listed("short_words") or (match[2] == "" and not match[1].islower()):
            yield match.span()
    for shape in (_APART, _FOREIGN):
        for match in shape.finditer(text):
            yield match.span()
    for shape_said in (_SAID_PLATE, _HALF):
        for match in pattern(shape_said).finditer(text):
            yield match.span(1)


# -- streets -----------------------------------------------------------------------------------------------------------
_STREET = (
    r"(?<![^\W_])((?:(?-i:[A-ZÅÄÖ])(?:[^\W\d_]|:){0,20}[\s\-:]{1,2}){0,3}[^\W\d_]{2,25}{street}|{street_apart})"
    r"\s{1,2}(?:nr\.?\s{0,2}|nummer\s)?(\d{1,3})(?:\s?[A-Ha-h](?![^\W_]))?(?![\d:%])(?![.,]\d)(?!\s{0,2}{unit})"
)
_FLAT = r"\b(?:lgh|lägenhet(?:snummer)?)\.?\s?(?:nr\.?\s?)?(\d{4})\b"


def addresses(text: str) -> Iterator[Span]:
    """Streets with a number, and flats by their number in the register of flats."""
    for match in pattern(_STREET).finditer(text):
        yield match.span()
    for match in pattern(_FLAT).finditer(text):
        yield match.span()
