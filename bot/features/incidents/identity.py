"""What in a free text points out a person: numbers, telephones, addresses, accounts, plates, names.

A note must hold none of it, so it is looked for before anything is stored. Better a word too many than a person given
away; but a note on places and authorities must come through. Nothing here logs, stores, or puts what it found into an
error. What it cannot find stands in SECURITY.md: a person can be pointed out in plain words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from personnummer import personnummer
from phonenumbers import Leniency, PhoneNumberMatcher, is_valid_number, parse
from phonenumbers.phonenumberutil import NumberParseException

from bot.features.incidents.names import lists, names_in

MOST = 16_000  # characters looked at; a longer text is refused before it comes here


class Identity(StrEnum):
    """What was found."""

    NUMBER = "number"  # personal identity, coordination or reserve number
    PHONE = "phone"
    MAIL = "mail"
    LINK = "link"
    ACCOUNT = "account"
    PLATE = "plate"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of a text, from `start` up to `end`. It holds no text, so that it can be shown and counted safely."""

    kind: Identity
    start: int
    end: int


def find(text: str) -> list[Finding]:
    """Everything in the text that points out a person, in order, none over another; the kind named first wins."""
    text = text[:MOST]
    found: list[Finding] = []
    for kind, finder in _FINDERS.items():
        for start, end in finder(text):
            if not any(start < other.end and other.start < end for other in found):
                found.append(Finding(kind, start, end))
    return sorted(found, key=lambda finding: finding.start)


# -- numbers -----------------------------------------------------------------------------------------------------------
_GAP = r"[\s.\-–—/]?"
# The day in eight digits or in six, then four more, with anything that people put between them.
_SPACED = tuple(
    re.compile(rf"(?<!\d)(?=((?:\d{_GAP}){{{digits}}}\s?[-–+]?\s?(?:\d\s?){{3}}\d)(?!\d))") for digits in (8, 6)
)
_UNMISTAKABLE = re.compile(r"(?<!\d)(?:\d{2})?\d{2}(\d{2})(\d{2})\s?[-–+]\s?(?:\d{4}|[TRSUWXJKLMN]\d{3})(?!\d)")


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Numbers of the Swedish population register, with and without century, spaces, hyphen or plus."""
    for pattern in _SPACED:
        for match in pattern.finditer(text):
            if _is_personal(re.sub(r"\D", "", match[1])):
                yield match.start(1), match.end(1)
    for match in _UNMISTAKABLE.finditer(text):  # also with a slip of the pen in it, or letters of a reserve number
        month, day = int(match[1]), int(match[2])
        if 1 <= month <= 12 and (1 <= day <= 31 or 61 <= day <= 91):
            yield match.start(), match.end()


def _is_personal(digits: str) -> bool:
    """True for ten or twelve digits with a real day and the right check digit.

    The library gets a century in any case, as it would ask the clock for it.
    """
    if len(digits) == 12:
        return digits[:2] in ("18", "19", "20") and personnummer.valid(digits)
    return len(digits) == 10 and any(personnummer.valid(century + digits) for century in ("19", "20", "18"))


# -- telephones --------------------------------------------------------------------------------------------------------
PUBLIC = frozenset({"112", "11414", "1177", "020390000", "0856228200", "116111", "116000", "020505050"})
_RUN = re.compile(r"(?<![\d,])(?:\+|00)?\d(?:[\s.\-–/()]{0,3}\d){6,14}(?!\d)")


def _phones(text: str) -> Iterator[tuple[int, int]]:
    """Telephone numbers, Swedish or with a country's code; numbers where help is to be had may stand in a note."""
    for match in PhoneNumberMatcher(text, "SE", leniency=Leniency.VALID):
        if re.sub(r"\D", "", match.raw_string) not in PUBLIC and not _is_a_date(match.raw_string):
            yield match.start, match.end
    for found in _RUN.finditer(text):  # written with odd spaces, which the library takes for something else
        digits = re.sub(r"[^\d+]", "", found[0])
        if digits not in PUBLIC and _is_phone(digits) and not _is_a_date(found[0]):
            yield found.start(), found.end()


def _is_phone(digits: str) -> bool:
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not digits.startswith(("0", "+")):
        return False
    try:
        return is_valid_number(parse(digits, "SE"))
    except NumberParseException:
        return False


def _is_a_date(raw: str) -> bool:
    return re.search(r"(?:19|20)\d\d[-./](?:0?\d|1[0-2])[-./](?:[0-3]?\d)\b", raw) is not None


# -- addresses and accounts --------------------------------------------------------------------------------------------
_MAIL = re.compile(
    r"(?<![\w.+\-])[\w.+\-]{1,64}(?:@|\s?(?:\(at\)|\[at\]|\(a\)|\bsnabel-?a\b)\s?)"
    r"[\w\-]{1,63}(?:(?:\.|\s?\bpunkt\b\s?)[A-Za-z][\w\-]{1,30}){1,4}",
    re.IGNORECASE,
)
_TOP = (
    "se|nu|com|net|org|info|eu|io|me|ru|ro|bg|pl|ua|de|dk|no|fi|uk|biz|xxx|cc|to|tv|app|link|ly|be|gg|online|site|chat"
)
_LINK = re.compile(
    rf"https?\s?:\s?//\S+|\bwww\.\S+|\btg://\S+|(?<![\w.\-])(?:[a-z0-9åäö\-]{{1,63}}\.){{1,5}}(?:{_TOP})\b(?:/\S*)?",
    re.IGNORECASE,
)
_SERVICES = (
    r"insta(?:gram)?|snap(?:chat)?|tiktok|kik|telegram|whats\s?app|facebook|fb|messenger|onlyfans|discord|signal|tinder"
)
_AT = re.compile(r"(?<![\w@.])@[\w.]{2,}")
_SAID = re.compile(
    rf"\b(?:{_SERVICES}|användarnamn(?:et)?|användaren|kontot|profilen|nick(?:et)?)"
    r"(?:\s*[:=]\s*|\s+(?:är|heter|som heter|namnet)?\s*)(@?[\w.\-]{3,})",
    re.IGNORECASE,
)


def _accounts(text: str) -> Iterator[tuple[int, int]]:
    """Names of accounts: with @, or said after the service's name with signs that only accounts have."""
    for match in _AT.finditer(text):
        yield match.start(), match.end()
    for match in _SAID.finditer(text):
        said = match[1].rstrip(".-")
        explicit = re.search(r"[:=]", match[0][: match.start(1) - match.start()]) is not None
        if explicit or re.search(r"[\d_]|\w\.\w", said):
            yield match.start(1), match.start(1) + len(said)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return ((match.start(), match.end()) for match in pattern.finditer(text))


# -- plates ------------------------------------------------------------------------------------------------------------
# The Swedish letters leave out I, Q, V, Å, Ä, Ö, and O in the last place, which since 2019 may be a letter.
_PLATE = re.compile(
    r"(?<![A-Za-zÅÄÖåäö0-9])([A-HJ-PR-UWXYZ]{3})([\s\-]?)(\d{2}[A-HJ-NPR-UWXYZ\d])(?![A-Za-zÅÄÖåäö0-9])", re.IGNORECASE
)
_SAID_PLATE = re.compile(
    r"\b(?i:reg\.?\s?-?n(?:umme)?r|registreringsnummer|registreringsskylt(?:en)?|nummerplåt(?:en)?|(?:reg)?skylt(?:en)?)"
    r"[:.]?\s+(?:är\s+|var\s+)?"
    r"((?=[A-Za-z0-9 \-]*\d)(?=[A-Za-z0-9 \-]*[A-Za-z])[A-Z0-9]{1,4}(?:[ \-]?[A-Z0-9]{1,4}){1,3})"
)


def _plates(text: str) -> Iterator[tuple[int, int]]:
    """Swedish plates of both forms, and whatever is said to be a plate."""
    for match in _PLATE.finditer(text):
        if match[1].lower() not in lists().short_words:
            yield match.start(), match.end()
    for match in _SAID_PLATE.finditer(text):
        yield match.start(1), match.end(1)


_FINDERS = {
    Identity.NUMBER: _numbers,
    Identity.MAIL: lambda text: _matches(_MAIL, text),
    Identity.LINK: lambda text: _matches(_LINK, text),
    Identity.ACCOUNT: _accounts,
    Identity.PHONE: _phones,
    Identity.PLATE: _plates,
    Identity.NAME: names_in,
}
