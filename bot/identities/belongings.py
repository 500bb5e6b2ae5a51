"""Finds a person's belongings: accounts and cards, cars, and street addresses."""

import re
from collections.abc import Iterator

from bot.identities.numbers import Span
from bot.identities.words import listed, pattern

# -- accounts ----------------------------------------------------------------------------------------------------------
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z]{2}\s?\d{2}(?:[\s-]?[A-Za-z0-9]{2,4}){3,8}(?:\s[A-Za-z0-9])?)(?![A-Za-z0-9])"
)
_CARD = re.compile(r"(?<!\d)\d{4}(?:[\s.\-]?[\d*xX•]{4}){3}(?![\dxX])")
_BANK = re.compile(
    r"(?<!\d)\d{4}-\d[,\s/]{1,3}\d(?:[\s.\-]?\d){5,10}(?!\d)|(?<!\d)\d{4}[,\s-]{1,2}\d{2,3}[\s.]\d{3}[\s.]?\d{3}[\s-]\d(?!\d)"
)
_SAID = r"\b{account_cue}{gap}((?<!\d)\d(?:[\s.\-,/*]{0,3}[\d*]){3,19})(?![\s.]?\d)(?!\s?{amount})"
_BY_BANK = (
    r"\b{bank_cue}{gap}((?<!\d)(?!(?:19|20)\d\d-\d\d-)\d(?:[\s.\-,/*]{0,3}[\d*]){6,19})"
    r"(?!\d)(?!\s?{amount})"
)
_WALLET = re.compile(r"\b(?:bc1[a-z0-9]{20,71}|0x[a-fA-F0-9]{30,40}|[13T][1-9A-HJ-NP-Za-km-z]{25,34})\b")
_SAID_WALLET = r"\b{wallet_cue}{gap}((?=[a-z]{0,30}\d)[a-z\d]{12,80})\b"
_COLLECTING = re.compile(r"90\d?-?\s?\d{2}")  # a "90-konto", for gifts to a supervised organisation


def accounts(text: str) -> Iterator[Span]:
    """Yield bank and giro accounts, international ones, payment cards, and wallets of digital money."""
    for match in _IBAN.finditer(text):
        if _is_iban(re.sub(r"[\s-]", "", match[1]).upper()):
            yield match.span(1)
    for match in pattern(r"\biban{gap}([a-z]{2}\s?\d{2}[\s\da-z]{8,36})").finditer(text):
        yield match.span(1)
    for match in pattern(_SAID_WALLET).finditer(text):
        yield match.span(1)
    for shape in (_CARD, _BANK, _WALLET):
        for match in shape.finditer(text):
            yield match.span()
    for match in pattern(r"(?<![\d-])\d{3,4}-\d{4}\s{account_cue}(?![^\W_])").finditer(text):
        yield match.span()
    for match in pattern(_BY_BANK).finditer(text):
        yield match.span(1)
    for match in pattern(_SAID).finditer(text):
        if not _COLLECTING.match(match[1]) and len(re.sub(r"\D", "", match[1])) >= 4:
            yield match.span(1)


def _is_iban(signs: str) -> bool:
    """True with the right check digits (ISO 13616), whatever words follow."""
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
_MASKED = re.compile(
    rf"(?<![^\W_]){_LETTER}{{3}}[ \-]?(?=[?*_]{{0,2}}\d)[\d?*_]{{3}}(?<!\d\d\d)(?![^\W_?*])", re.IGNORECASE
)
_DIGITS_APART = (
    r"(?<![^\W_])([a-hj-pr-uwxyz]{3})[ \-]{1,2}(?:\d \d ?\d|\d\d \d|(?:{digit}\s){2}{digit})(?![^\W_])(?!\s?[\d\-:])"
)
_SPELT = (
    r"\b{letter_name}(?:[\s,\-]{1,2}{letter_name}){1,2}[\s,\-]{1,2}(?:\d\s?\d\s?[a-z\d]\b|(?:{digits}[\s,]{0,2}){1,3})"
)
# Of other countries: Romania, Germany, Poland, Denmark, Norway, Lithuania …
_UNITS = "TKR|SEK|KRR|DKK|NOK|EUR|USD|KVM|KWH|GBP|PLN|RON|CHF|MIL|ORD"
_FOREIGN = re.compile(
    r"(?<![^\W_])(?:[A-Z]{1,2}[ \-]\d{2,3}[ \-]?[A-Z]{3}|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}[ \-]?\d{1,4}|"
    r"[A-Z]{2}[ \-]?\d{2} \d{3}|W[A-Z]{1,2} \d{4,5}[A-Z]?|"
    r"[A-Z]{1,2}-\d{3}-[A-Z]{1,2}|[A-Z]{2}-\d{2}-[A-Z]{2}|"
    r"\d{1,3}-[A-Z]{2,3}-\d{1,3}|[A-Z]{2} \d{3} ?[A-Z]{2}|[A-Z]{2} ?\d{3}-[A-Z]{2}|"
    rf"(?:\d{{3}} ?(?!{_UNITS})[A-Z]{{3}}|\d{{4}} ?(?!{_UNITS})[BCDFGHJ-NPR-TV-Z]{{3}})|"
    r"[A-Z]{2}[ \-]?\d{4}[ \-]?[A-Z]{2}|[A-Z]{2}\d{2} ?[A-Z]{3}|(?!SJ)[A-Z]{2} ?\d{5})(?![^\W_])"
)
_SAID_PLATE = (
    r"\b{plate_cue}{gap}(?:{vehicle}\s)?"
    r"((?<![^\W_])(?=[a-z0-9 :\-]{0,14}\d)(?=[a-z0-9 \-]{0,14}[a-z])"
    r"(?:[a-z]{1,4}[ :\-]?\d|(?-i:[A-Z]{1,3}[ \-][A-Z]{1,2})[ \-]?\d|\d{1,4}[ \-]?[a-z]{1,3}\b)"
    r"(?:[ \-]?(?:[a-z]{1,3}(?![a-zåäö])|\d{1,4})){0,3})"
)
_HALF = (
    r"\b{plate_cue}[^.\n]{0,25}?\b(?:börja\w{0,3}|slut\w{0,3}|början|innehåll\w{0,3})\s(?:på|med|är)?\s?"
    r"((?:[A-Z]\s?){2,3}|\d{2,3})\b"
)


_OWN = r"\b(?:personlig|egen|eget)\s{plate_cue}{gap}((?-i:[A-ZÅÄÖ0-9][A-ZÅÄÖ0-9 ]{1,6}))(?![^\W_])"


def plates(text: str) -> Iterator[Span]:
    """Yield number plates: Swedish ones of both forms, common foreign ones, and what is said to be one."""
    for match in _PLATE.finditer(text):
        if match[1].lower() not in listed("short_words") or (match[2] == "" and not match[1].islower()):
            yield match.span()
    for shape in (_APART, _FOREIGN, _MASKED, pattern(_SPELT)):
        for match in shape.finditer(text):
            if match[0][-3:].lower() not in listed("short_words", "organisations"):  # "200 LSS"
                yield match.span()
    for match in pattern(_DIGITS_APART).finditer(text):
        if match[1].lower() not in listed("short_words"):
            yield match.span()
    for shape_said in (_SAID_PLATE, _HALF, _OWN):
        for match in pattern(shape_said).finditer(text):
            if not (match[1][0].isdigit() and match[1].rpartition(" ")[2] in listed("short_words")):
                yield match.span(1)


# -- streets -----------------------------------------------------------------------------------------------------------
_NAMED = r"(?:(?-i:[A-ZÅÄÖ])(?:[^\W\d_]|:){0,20}[\s\-:]{1,2}){0,3}"
_HOUSE = (
    r"\d{1,3}(?::\d{1,3})?(?:\s?[A-Ha-h](?![^\W_]))?"
    r"(?!\d|:(?!an?\b)|%)(?![.,]\d|\s?-\s?0\d)(?!\s{0,2}(?:{unit}|{month}(?![^\W_])))"
)
_NUMBER = r",?\s{0,2}(?:nr\.?\s{0,2}|nummer\s)|\s{0,2}"
_STREETS = (
    rf"(?<![^\W_])(?!{{no_street}})(?:{_NAMED}[^\W\d_]{{2,25}}{{street}}|{{street_apart}}|{{street_alone}})(?:{_NUMBER}){_HOUSE}",
    rf"(?<![^\W_])(?!{{no_street}}){_NAMED}(?-i:[A-ZÅÄÖ])[^\W\d_]{{1,20}}{{street_maybe}}(?:{_NUMBER}){_HOUSE}",
    rf"(?<![^\W_]){_NAMED}{{street_short}}\s{{0,2}}{_HOUSE}",
    # the number in words, or before the street
    (
        rf"(?<![^\W_]){_NAMED}[^\W\d_]{{2,25}}{{street}}\s{{1,2}}(?:nummer\s)?(?!ett?\s|en\s)"
        r"{digits}(?=\s?[,.!?)\n]|\s?$|\s[a-h]\b)"
    ),
    (
        rf"\b(?:{{number_before}}\.?\s?\d{{1,3}}\s?[a-h]?|\d{{1,3}}\s?:?an)"
        rf"\s(?:på|i|vid)\s{_NAMED}[^\W\d_]{{2,25}}{{street}}\b"
    ),
    r"\bc/o\s[^\W\d_]{2,25}|\b(?:postlåda|postbox|postfack)\s\d{1,5}\b",
    rf"(?<![^\W_]){{street_abroad}}\s?{_HOUSE}|(?<!\d)\d{{1,4}}[A-Z]?\s(?:(?-i:[A-Z])[^\W\d_]{{1,20}}\s){{1,2}}(?-i:{{street_english}})\b",
    rf"^\s?[^\W\d_]{{2,20}}{{street_maybe}}\s{{1,2}}{_HOUSE}(?=\s?(?:[,.;\n]|$))",
    # a village or a farm and its number, alone or behind a comma
    rf"^\s?[^\W\d_]{{2,20}}{{village}}\s{_HOUSE}\s?$",
    rf"(?:^|[,;:\n])\s?{_NAMED}(?-i:[A-ZÅÄÖ])[^\W\d_]{{1,20}}{{village}}\s{_HOUSE}(?=\s?(?:[,.;\n]|$))",
    rf"\badr(?:ess(?:en)?)?\.?(?:\sär)?[\s:]{{1,3}}(?:[^\W\d_]{{2,25}}\s){{1,3}}{_HOUSE}",
    # any name with a number where somebody is said to live
    rf"\b{{dwelling}}[\s:,]{{1,3}}(?:(?-i:[A-ZÅÄÖ])[^\W\d_]{{2,25}}\s){{1,3}}(?:{_NUMBER})?{_HOUSE}",
    r"\b{flat}\.?\s?-?(?:nr\.?\s?)?(?:\d{4}|(?<=lgh\s)\d{2,3})\b(?!\s{0,2}{unit})",
    r"\bbox\s\d{2,5}\b(?!\s{0,2}{unit})|\b{postcode}\.?\s\d{3}\s?\d{2}\b",
    r"(?<![\d\-])(?<![\d\-]\s)(?!114 14)\d{3} \d{2}\s(?-i:[A-ZÅÄÖ][a-zåäö]{2,})",
    r"\b{door_code}{gap}\d{4}\b|(?<![\d.])\d{2}\.\d{4,10}[,\s]{1,3}\d{1,3}\.\d{4,10}(?!\d)",
)


def addresses(text: str) -> Iterator[Span]:
    """Yield streets with a number, rural homes, flats by their register number, post boxes, and coordinates."""
    for shape in _STREETS:
        for match in pattern(shape).finditer(text):
            yield match.span()
