"""Folding: no message shows more than a phone's screen before somebody unfolds it.

What is folded are lists: rows of one kind, one below the other. Sentences are left as they stand, so who sees an
answer, what cannot be undone and where to turn are never hidden. Nothing is cut.
"""

import re
from collections.abc import Iterator

from bot.context.plain_text import plain

READ = 700  # characters that a message shows at most before anything is unfolded
SEEN = 120  # characters, about, that a folded quotation shows
LIST = 3  # rows that make a list; fewer do where they are long, as what people wrote can be
LONG = 2 * SEEN
_FOLDED = re.compile(r"<blockquote expandable>.*?</blockquote>", re.DOTALL)
_QUOTED = re.compile(r"<(blockquote|pre)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"</?[a-z][^>]*>")
_ROW = re.compile(r"\s*(?:</?[a-z][^>]*>)*\s*(?:(?P<number>\d+)\.\s|(?P<mark>[^\w\s<&])\S*\s)")


def unfolded(html: str) -> int:
    """Return how many characters of a message are seen before anything in it is unfolded."""
    return len(plain(_FOLDED.sub("", html))) + sum(min(SEEN, len(plain(found))) for found in _FOLDED.findall(html))


def folded(html: str, most: int = READ) -> str:
    """Return the message with as few of its lists folded as bring it to `most` characters, or all of them."""
    while (over := unfolded(html) - most) > 0:
        gains = {span: len(plain(html[slice(*span)])) - SEEN for span in _lists(html)}
        if not (gains := {span: gain for span, gain in gains.items() if gain > 0}):
            break
        enough = [span for span, gain in gains.items() if gain >= over]
        start, end = min(enough, key=gains.__getitem__) if enough else max(gains, key=gains.__getitem__)
        html = f"{html[:start]}<blockquote expandable>{html[start:end]}</blockquote>{html[end:]}"
    return html


def _lists(html: str) -> Iterator[tuple[int, int]]:
    """Where lists stand that are not quoted already: rows of one mark, each with all of its tags."""
    quoted = [found.span() for found in _QUOTED.finditer(html)]
    at, start, kind, rows = 0, 0, "", 0
    for line in [*html.split("\n"), ""]:
        row = _ROW.match(line)
        this = ("1" if row["number"] else row["mark"]) if row and _whole(line) else ""
        if any(begin <= at < end for begin, end in quoted):
            this = ""
        if this != kind:
            if kind and (rows >= LIST or at - start > LONG):
                yield start, at - 1
            start, kind, rows = at, this, 0
        rows += 1
        at += len(line) + 1


def _whole(line: str) -> bool:
    tags = _TAG.findall(line)
    closing = [tag for tag in tags if tag.startswith("</")]
    return len(closing) * 2 == len(tags)
