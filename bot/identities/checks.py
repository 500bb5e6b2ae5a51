"""What rules ask of a find beyond its form: check digits, real days, telephone numbers, known names (`CHECKS`)."""

import re
from collections.abc import Callable

from personnummer import personnummer
from phonenumbers import is_valid_number, parse
from phonenumbers.phonenumberutil import NumberParseException

from bot.identities.traits import has
from bot.identities.words import endings, listed, pattern

Span = tuple[int, int]


def _where(match: re.Match[str]) -> Span:
    return match.span("it" if "it" in match.re.groupindex else 0)


def _said(match: re.Match[str]) -> str:
    return match["it" if "it" in match.re.groupindex else 0]


# -- numbers of the population register, days --------------------------------------------------------------------------
_DIGIT_BY_DIGIT = re.compile(r"(?:\d\s){6}[-–+]\s(?:\d\s){3}\d")


def _is_personal(match: re.Match[str]) -> bool:
    """A real day and the right check digit; or a day, where nothing else is written so."""
    digits = re.sub(r"\D", "", match["it"])
    mistyped = len(digits) == 12 or _DIGIT_BY_DIGIT.fullmatch(match["it"]) is not None
    return _is_of_a_day(digits) and (mistyped or _checks_out(digits))


def _checks_out(digits: str) -> bool:
    """The library is always given a century, as it would else ask the clock."""
    if len(digits) == 12:
        return digits[:2] in ("18", "19", "20") and personnummer.valid(digits)
    mobile = digits[:2] == "07" and int(digits[4:6]) > 60  # also a telephone number; it is found as one
    return not mobile and personnummer.valid("20" + digits)  # in which every day is that another century has


def _is_of_a_day(digits: str) -> bool:
    return digits[:-10] in ("", "18", "19", "20") and _is_day(digits[-8:-6], digits[-6:-4], more=60)


def _is_day(month: str, day: str, more: int = 0) -> bool:
    """True for a day of a year; `more` is what coordination numbers add to the day."""
    return 1 <= int(month) <= 12 and (1 <= int(day) <= 31 or 1 <= int(day) - more <= 31)


# -- telephones --------------------------------------------------------------------------------------------------------
_MOBILE = re.compile(r"0?7[02369]\d{6,8}|(?:46|0046|\+46)0?7[02369]\d{6,8}")
_OF_A_HOUSE = re.compile(r"(?:0|\+46|0046)(?:20|77[0-8])\d{5,7}$")  # free or shared cost: authorities and firms alone


def _phone(match: re.Match[str]) -> Span | None:
    """Return the longest beginning of a run of digits that is a telephone number, as a count may follow."""
    said, start = match["it"], match.start("it")
    if not _MOBILE.fullmatch(re.sub(r"\D", "", said)) and pattern("{no_phone}").match(said):
        return None
    for end in (place.end() for place in reversed(list(re.finditer(r"\d(?!\d)", said)))):
        digits = _digits(said[:end])
        if _is_public(digits):
            return None
        if _is_phone(digits):
            return start, start + end
    return None


def _is_public(digits: str) -> bool:
    return digits.lstrip("+") in listed("public_numbers") or _OF_A_HOUSE.match(digits) is not None


def _digits(raw: str) -> str:
    return re.sub(r"[^\d+]", "", raw.replace("(0)", ""))


def _is_phone(digits: str) -> bool:
    if _MOBILE.fullmatch(digits) or re.fullmatch(r"(?:\+|00)[1-9]\d{8,13}", digits):  # ranges abroad change
        return True
    try:
        return len(digits) > 7 and is_valid_number(parse("+" + digits[2:] if digits[:2] == "00" else digits, "SE"))
    except NumberParseException:
        return False


# -- the rest ----------------------------------------------------------------------------------------------------------
_FRONT_PAGE = re.compile(
    r"(?:(?P<who>[a-zåäö.\-]+)@|https?://)?(?:www\.)?(?P<site>[a-z0-9åäö\-]+)\.(?:se|nu|com|org|eu|net)/?"
)


def _is_private_page(match: re.Match[str]) -> bool:
    """Not the front page of an authority or a service that everybody knows, nor the mail of its office."""
    page = _FRONT_PAGE.fullmatch(_said(match).rstrip(".,;:!?)").lower())
    who = match[0].lower().partition("@")[0]
    if page is None or who in listed("offices"):
        return page is None and who not in listed("offices")
    public = page["site"] in listed("organisations", "public_sites") or page["site"].endswith(endings("public_endings"))
    return not (public and (page["who"] is None or page["who"] in listed("offices_there")))


def _is_iban(match: re.Match[str]) -> bool:
    """Right check digits (ISO 13616), whatever words follow."""
    signs = re.sub(r"[\s-]", "", match["it"]).upper()
    return any(
        int("".join(str(int(sign, 36)) for sign in signs[4:end] + signs[:4])) % 97 == 1
        for end in range(min(len(signs), 34), 14, -1)
    )


def _is_no_count(match: re.Match[str]) -> bool:
    said = _said(match)
    return not (said[0].isdigit() and said.rpartition(" ")[2].lower() in listed("short_words"))


def _is_among(kinds: str) -> Callable[[re.Match[str]], bool]:
    """True if a word of the find has these traits (`traits.has`)."""
    return lambda match: any(has(word, kinds) for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", _said(match)))


def _is_spelt_name(match: re.Match[str]) -> bool:
    """A name is spelt: what is put together begins with a known one."""
    spelt = re.sub(r"[\W\d_]", "", _said(match)).lower()
    return any(has(spelt[:end], "name|family") for end in range(4, len(spelt) + 1))


def _keeping(holds: Callable[[re.Match[str]], bool]) -> Callable[[re.Match[str]], Span | None]:
    return lambda match: _where(match) if holds(match) else None


CHECKS: dict[str, Callable[[re.Match[str]], Span | None]] = {
    "phone": _phone,
    **{
        name: _keeping(holds)
        for name, holds in {
            "personal": _is_personal,
            "day": lambda match: _is_day(match["m"], match["d"]),
            "day_or_more": lambda match: _is_day(match["m"], match["d"], more=60),
            "private": lambda match: not _is_public(_digits(_said(match))),
            "private_page": _is_private_page,
            "iban": _is_iban,
            "has_letter": lambda match: re.search(r"[^\W\d_]", _said(match)) is not None,
            "no_short_word_last": lambda match: match[0][-3:].lower() not in listed("short_words", "organisations"),
            "no_count": _is_no_count,
            "spelt_name": _is_spelt_name,
            "known_name": _is_among("known"),
            "any_name": _is_among("name|surname !common !starters"),
        }.items()
    },
}
