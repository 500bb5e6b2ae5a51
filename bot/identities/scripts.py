"""Finds names in other scripts than the Latin one, if a Swedish text holds a few words of them.

Scripts with capitals (Greek, Cyrillic, Armenian) write names with them, if not in haste. Thai, Lao, Burmese and Khmer
have a space in a name and none between words. In the others (Hebrew, Arabic, those of India, Georgian, Ethiopic), and
without capitals, a few words amid ours are taken for a name, and alone if a known name is among them; a longer text is
what somebody says.
"""

import re
from collections.abc import Iterator

from bot.identities.checks import Span
from bot.identities.words import names_in_other_letters

_CASED = r"\u0370-\u03ff\u1f00-\u1fff\u0400-\u052f\u0531-\u058f"
_CAPITALS = r"(?:[\u0370-\u03ff\u1f00-\u1fff]|[\u0400-\u052f]|[\u0531-\u058f])"
_WITH_CAPITALS = re.compile(rf"(?<!\w){_CAPITALS}[\w'’\-]{{1,25}}(?:[ \t]{_CAPITALS}[\w'’\-]{{1,25}}){{1,3}}")
_SPACED = r"\u0590-\u06ff\u0750-\u077f\u0900-\u0dff\u10a0-\u10ff\u1200-\u139f"
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_FEW = r"(?<![{0}])(?:[{0}'’\-]{{2,20}}[ \t]){{1,3}}[{0}]{{2,20}}(?!\s?[{0}])"
_WORDS, _PARTS = re.compile(_FEW.format(_SPACED + _CASED)), re.compile(_FEW.format(_UNSPACED))
_THE = "\u0627\u0644"  # the Arabic article, which many surnames begin with
_CALLED = re.compile(  # "the name is", in Arabic
    r"(?<!\w)(?:\u0627\u0644)?\u0627\u0633\u0645(?:\u0647\u0627|\u0647|\u064a)?\s(?:\u0647\u0648\s|\u0647\u064a\s)?"
    r"(?P<it>[\u0600-\u06ff]{2,20}\s[\u0600-\u06ff]{2,20})"
)
_OURS = re.compile(r"[a-zåäö]", re.IGNORECASE)
# Chinese, Japanese, Korean: two to five signs.
_SIGNS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_FEW_SIGNS = re.compile(rf"(?<![{_SIGNS}])(?<![{_SIGNS}]\s)[{_SIGNS}]{{1,4}}[ ·・]?[{_SIGNS}]{{1,4}}(?!\s?[{_SIGNS}])")

_LOANED = re.compile(r"[\u30a0-\u30ff]{2,10}[ ·・=][\u30a0-\u30ff]{2,10}")  # names from abroad, as Japanese writes them


def in_other_letters(text: str) -> Iterator[Span]:
    """Yield start and end of what is likely a name in letters that are not Latin."""
    for match in _WITH_CAPITALS.finditer(text):
        if all(part[0].isupper() for part in re.split(r"[ \t]", match[0])):
            yield match.span()
    ours = _OURS.search(text) is not None
    for match in _WORDS.finditer(text):
        words = match[0].split()
        if ours or names_in_other_letters() & {*words, *(word.removeprefix(_THE) for word in words)}:
            yield match.span()
    for match in _CALLED.finditer(text):
        yield match.span("it")
    for shape in (_PARTS, _LOANED, _FEW_SIGNS):
        for match in shape.finditer(text):
            yield match.span()
