"""Names in other letters than ours, where a Swedish text holds a few words of them.

Scripts with capitals (Greek, Cyrillic, Armenian) write names with them. In the others a few words alone are taken for a
name, and a longer text for what somebody says.
"""

import re
from collections.abc import Iterator

from bot.identities.numbers import Span

_CAPITALS = r"(?:[\u0370-\u03ff\u1f00-\u1fff]|[\u0400-\u052f]|[\u0531-\u058f])"
_WITH_CAPITALS = re.compile(rf"(?<!\w){_CAPITALS}[\w'’\-]{{1,25}}(?:[ \t]{_CAPITALS}[\w'’\-]{{1,25}}){{1,3}}")
# Hebrew, Arabic, the scripts of India, Thai and Lao, Burmese, Georgian, Ethiopic, Khmer: words with spaces.
_SPACED = r"\u0590-\u06ff\u0750-\u077f\u0900-\u0eff\u1000-\u10ff\u1200-\u139f\u1780-\u17ff"
_WITHOUT = re.compile(rf"(?<![{_SPACED}])(?:[{_SPACED}'’\-]{{2,20}}[ \t]){{1,3}}[{_SPACED}]{{2,20}}(?!\s?[{_SPACED}])")
# Chinese, Japanese, Korean: two to five signs.
_SIGNS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_FEW_SIGNS = re.compile(rf"(?<![{_SIGNS}])(?<![{_SIGNS}]\s)[{_SIGNS}]{{1,4}}[ ·・]?[{_SIGNS}]{{1,4}}(?!\s?[{_SIGNS}])")


def in_other_letters(text: str) -> Iterator[Span]:
    """Yield start and end of what is likely a name in letters that are not Latin."""
    for match in _WITH_CAPITALS.finditer(text):
        if all(part[0].isupper() for part in re.split(r"[ \t]", match[0])):
            yield match.span()
    for shape in (_WITHOUT, _FEW_SIGNS):
        for match in shape.finditer(text):
            yield match.span()
