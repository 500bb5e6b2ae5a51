"""Finds ways to reach a person: telephones, mail, names and pages in social networks, links."""

import re
from collections.abc import Iterator

from phonenumbers import is_valid_number, parse
from phonenumbers.phonenumberutil import NumberParseException

from bot.identities.numbers import Span
from bot.identities.words import endings, listed, pattern

# -- telephones --------------------------------------------------------------------------------------------------------
_PHONE = re.compile(r"(?<![\d,])(?<!\d[.\-–/:])(?:\(?\+|\(?0)\)?(?:[\s.\-–/()\ufe0f\u20e3]{0,3}\d){6,15}(?!\d)")
_MOBILE = re.compile(r"0?7[02369]\d{6,8}|(?:46|0046|\+46)0?7[02369]\d{6,8}")
_NO_PLUS = re.compile(r"(?<![\d+\-.,/])46[\s\-]?\(?0?\)?7[02369](?:[\s\-]?\d){7}(?!\d)")
_ADORNED = re.compile(  # stars, hearts and the like between the digits, as in advertisements
    r"(?<![\d*])0(?:[\s*_|~•·=\u2000-\u33ff\ufe0f\U0001f000-\U0001faff]{0,4}\d){9}(?![\d*])"
)
_GROUPED = re.compile(r"(?<!\d)0\d{1,2}([,;:'’_*])\d{2,3}\1\d{2}\1\d{2,3}(?!\d)")
_BARE = re.compile(r"(?<![\d\-+.,/])0[1-9]\d{8,9}(?![\d\-])")  # of other countries, as they are written there
_ABROAD = re.compile(r"(?<![\d\-+.,/:])0[1-9]\d{1,3}[\s\-](?:\d{6,7}|\d{3}[\s\-]\d{3,4})(?![\d:%]|[\s\-.,/]\d)")
_RUSSIAN = re.compile(r"(?<![\d\-+])8[\s\-]?\(?9\d\d\)?[\s\-]?\d{3}[\s\-]?\d\d[\s\-]?\d\d(?!\d)")
_APART = (
    r"(?<!\d)0\d{1,3}[\s,\-]{1,4}(?:och\s)?(?:sen|sedan|därefter)\s\d(?:[\s\-]?\d){5,7}(?!\d)"
    r"|(?<!\d)\d(?:[\s\-]?\d){5,7}\s(?:med|plus)\s0\d{1,3}\s(?:framför|först|innan|före)"
)
_AS_PHONE = r"(?<![\d\-])\d(?:[\s\-]?\d){6,10}\s{as_phone}\b"
_PART = (
    r"\b(?:mobil|telefon|tele?fo?n|tel|n(?:um(?:me)?)?r)\w{0,8}\s(?:som\s)?(?:slut|börj)ar?(?:de)?\s(?:på|med)"
    r"\s\d[\d \-]{2,8}"
)
_NO_PHONE = re.compile(
    r"(?:[01]\d|2[0-3])[.:][0-5]\d\s?[-–]|\(?\d{1,2}[./\-]\d{1,2}[./\-](?:19|20)?\d\d\b|.{0,12}(?:19|20)\d\d[-./](?:0?\d|1[0-2])[-./]"
)
_OF_A_HOUSE = re.compile(r"(?:0|\+46|0046)(?:20|77[0-8])\d{5,7}$")  # free or shared cost: authorities and firms alone
_LETTER_O = re.compile(r"(?<=\d)[oO](?=[\s\-]?\d)|(?<=\d\s)[oO](?=\d)|(?<![^\W_])[oO](?=\d[\doO])")


def with_zeros(text: str) -> str:
    """Return the text with the letter O among digits as a zero; its length stays the same."""
    return _LETTER_O.sub("0", text)


def phones(text: str) -> Iterator[Span]:
    """Yield telephone numbers, Swedish or with a country code, but no helplines, which may be named."""
    for match in _PHONE.finditer(text):
        if _MOBILE.fullmatch(re.sub(r"\D", "", match[0])) or not _NO_PHONE.match(match[0]):
            yield from _longest(match)
    for shape in (_NO_PLUS, _ADORNED, _GROUPED, _BARE, _ABROAD, _RUSSIAN, *map(pattern, (_PART, _APART, _AS_PHONE))):
        for match in shape.finditer(text):
            if not _is_public(_digits(match[0])):
                yield match.span()
    for match in pattern(r"\b{phone_cue}{gap}((?<!\d)\+?\d(?:[\s.\-–/()]{0,3}\d){5,14})(?!\d)").finditer(text):
        if not _is_public(_digits(match[1])) and not _NO_PHONE.match(match[1]):
            yield match.span(1)


def _longest(match: re.Match[str]) -> Iterator[Span]:
    """Return the longest beginning of a run of digits that is a telephone number, as a count may follow."""
    ends = [place + 1 for place, sign in enumerate(match[0]) if sign.isdigit()]
    for end in reversed(ends):
        if end < len(match[0]) and match[0][end].isdigit():
            continue
        digits = _digits(match[0][:end])
        if _is_public(digits):
            return
        if _is_phone(digits):
            yield match.start(), match.start() + end
            return


def _is_public(digits: str) -> bool:
    return digits.lstrip("+") in listed("public_numbers") or _OF_A_HOUSE.match(digits) is not None


def _digits(raw: str) -> str:
    return re.sub(r"[^\d+]", "", raw.replace("(0)", ""))


def _is_phone(digits: str) -> bool:
    if _MOBILE.fullmatch(digits):
        return True
    if re.fullmatch(r"(?:\+|00)[1-9]\d{8,13}", digits):  # abroad ranges change, and no other number begins so
        return True
    try:
        return len(digits) > 7 and is_valid_number(parse("+" + digits[2:] if digits[:2] == "00" else digits, "SE"))
    except NumberParseException:
        return False


# -- mail --------------------------------------------------------------------------------------------------------------
_MAIL = (
    r"(?<![\w.+\-])[\w.+\-]{1,64}(?:\s{0,2}(?:@|[(\[{]\s?{at}\s?[)\]}]|(?<=\s)snabel-?\s?(?:a|at|en|ett|ä)\b|(?<=\s)(?:at|et|ät)(?=\s[\w\-]{1,63}\s{dot}\s))\s{0,2})"
    r"[\w\-]{1,63}(?:(?:\s?\.|\s\.\s|\s{0,2}(?:[(\[{]\s?{dot}\s?[)\]}]|(?<=\s){dot}\b)\s{0,2})[a-z][a-z\-]{1,30}){1,4}"
)
_PROVIDED = (
    r"(?<![\w.+\-])[\w.+\-]{2,64}\s{0,2}(?:@|[(\[]?\b{at}\b[)\]]?)\s{0,2}{provider}\b"
    r"(?:(?:\.|\s{1,2}(?:\.|{dot})\s{1,2})[a-z]{2,4}\b)?"
)


_NO_DOT = (  # the dot has become a space or a comma
    r"(?<![\w.+\-])[\w.+\-]{2,64}(?:@|\s{1,2}snabel-?\s?(?:a|at|en)\s{1,2})[\w\-]{2,63}[\s,;]{1,2}"
    r"(?:com|se|net|org|nu|eu|info|ru|ro|pl|de|example)\b"
)


def mails(text: str) -> Iterator[Span]:
    """Yield mail addresses, also with @ or dots in words, and those of well-known providers without their ending."""
    for shape in (_MAIL, _PROVIDED, _NO_DOT):
        for match in pattern(shape).finditer(text):
            yield match.span()


# -- social networks and links -----------------------------------------------------------------------------------------
_TOP = (
    "se|nu|com|net|org|info|eu|io|me|ru|ro|bg|pl|ua|de|dk|no|fi|uk|biz|xxx|cc|to|tv|app|link|ly|be|gg|"
    "online|site|chat|example"
)
_LINK = re.compile(
    rf"https?\s?:\s?//\S+|\bwww\.\S+|\btg://\S+|(?<![\w.\-@])(?:[a-z0-9åäö\-]{{1,63}}\.){{1,5}}(?:{_TOP})\b(?:/\S*)?",
    re.IGNORECASE,
)
_FRONT_PAGE = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9åäö\-]+)\.(?:se|nu|com|org|eu|net)/?")
_PAGE = (
    r"(?:https?://)?(?:[a-z]{1,12}\.){0,2}{network_page}(?:\s?/\s?|\s(?:slash|snedstreck)\s)@?[\w.\-]{2,}(?:[/?]\S*)?"
)
_AT = re.compile(r"(?<![\w@.])(?:@\s?[^\W\d_][\w.]{1,}|\$[a-z][\w]{3,30})", re.IGNORECASE)
_SAID = r"\b({network}|{handle})(\s*[:=]\s*|\s+(?:{handle}\s+)?(?:{is_called}\s+)?)[\"'”’]?(@?[\w.\-]{3,60})"
_ON = r"(?<![\w.@\-])([\w.\-]{3,40})[\"'”’]?\s+på\s+{network}\b"
_QUOTED = (
    r"\b(?:{network}|{handle})(?:\s{1,2}(?:{is_called}\s)?|\s?[:=]\s?)[\"'”’]([^\"'”’\n]{3,40})[\"'”’]"
    r"|[\"'”’]([^\"'”’\n]{3,40})[\"'”’]\spå\s{network}\b"
)
_ALONE = r"^\s*{network_alone}\s([\w.\-]{4,40})\s*$"  # the network and the name are all that is noted
_GOES_BY = r"\b{goes_by}\s[\"'”’]?([\w.\-]{3,40})[\"'”’]?(\s(?:på|i)\s{network}\b)?"
_PLURAL = ("er", "or", "ar", "rna")
_SIGNED = re.compile(
    r"(?<![\w@.\-/#])(?!(?:img|dsc|scan|bild|foto|fil|pxl|vid|punkt|bilaga|sida)_)"
    r"(?![\w.]{1,60}\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|txt|csv)\b)[^\W\d_][^\W_]{1,30}_[\w.]{1,40}\b"
    r"|(?<!\w)live:[\w.\-]{3,40}|(?<!\w)[\w.]{2,32}#\d{4}(?!\d)|(?<![\w/])/?u/[\w\-]{3,30}",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\d_]|\w\.\w|[a-zåäö][A-ZÅÄÖ]")  # that names in social networks have, and words have not


def profiles(text: str) -> Iterator[Span]:
    """Yield names in social networks: with @, in an address, or beside the network's name with signs of a name."""
    for match in pattern(_PAGE).finditer(text):
        yield match.span()
    for match in pattern(r"\b{network}@[\w.]{3,40}").finditer(text):
        yield match.span()
    for shape in (_AT, _SIGNED):
        for match in shape.finditer(text):
            yield match.span()
    for match in pattern(_QUOTED).finditer(text):
        yield match.span(match.lastindex or 0)
    for match in pattern(_ALONE).finditer(text):
        if match[1].lower() not in listed("common") and not match[1].endswith(_PLURAL):
            yield match.span(1)
    for match in pattern(_GOES_BY).finditer(text):
        if _SIGNS.search(match[1].rstrip(".-")) or (match[2] and match[1].lower() not in listed("common")):
            yield match.span(1)
    for match in pattern(_ON).finditer(text):
        if _SIGNS.search(match[1]) and re.search(r"[^\W\d_]", match[1]):
            yield match.span(1)
    for match in pattern(_SAID).finditer(text):
        said = match[3].rstrip(".-")
        explicit = ":" in match[2] or "=" in match[2] or match[2].strip() != ""
        named = (explicit and said.lower() not in listed("common")) or _SIGNS.search(said)
        if named and re.search(r"[^\W\d_]", said):
            yield match.start(3), match.start(3) + len(said)


def links(text: str) -> Iterator[Span]:
    """Yield web addresses, except the front page of an authority or a service that everybody knows."""
    for match in _LINK.finditer(text):
        site = _FRONT_PAGE.fullmatch(match[0].rstrip(".,;:!?)").lower())
        if site is None or not (
            site[1] in listed("organisations", "public_sites") or site[1].endswith(endings("public_endings"))
        ):
            yield match.span()
