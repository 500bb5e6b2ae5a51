"""Splitting a long text into several messages.

A channel allows so many UTF-16 units in a message, counting the markup. A text is cut between paragraphs if possible,
else between lines, words, or at last characters; never inside a tag, an entity such as &amp; or a character.
Tags that are open at a cut are closed there and opened again in the next part.
"""

import re
from bisect import bisect_right
from itertools import accumulate

_PIECE = re.compile(r"<[^>]+>|&[a-z0-9#]+;|\s+|[^<&\s]+|.", re.DOTALL)
_TAG = re.compile(r"</?[a-z][^>]*>")
_OPENING = re.compile(r"<([a-z-]+)[^>]*>")


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def split(html: str, limit: int) -> list[str]:
    """Split a text into parts that each are valid HTML of at most `limit` units; one part if it fits.

    A part without anything but tags and white space is left out, as it would be refused.
    """
    if units(html) <= limit:
        return [html]
    parts: list[str] = []
    part: list[str] = []
    size = 0
    for piece in _pieces(html, limit // 4):
        while size + _growth(piece) > limit and not all(map(_is_tag, part)):
            cut = _best_cut(part)
            parts.append(_finished(part[:cut]))
            part = [*_open_at(part[:cut]), *_without_leading_space(part[cut:])]
            size = sum(map(_growth, part))
        part.append(piece)
        size += _growth(piece)
    parts.append(_finished(part))
    return [text for text in parts if _TAG.sub("", text).strip()]


def _pieces(html: str, longest: int) -> list[str]:
    """Tags, entities, white space and words; a word too long for a message is cut between characters."""
    pieces: list[str] = []
    for piece in _PIECE.findall(html):
        if _is_tag(piece) or piece[0] == "&":
            pieces.append(piece)
        else:
            step = max(1, longest // 2)  # a character takes at most two units
            pieces += [piece[i : i + step] for i in range(0, len(piece), step)]
    return pieces


def _is_tag(piece: str) -> bool:
    return _TAG.fullmatch(piece) is not None


def _growth(piece: str) -> int:
    """Return how many units a part grows by: an opening tag counts with its closing one, which then counts nothing."""
    if piece.startswith("</"):
        return 0
    return units(piece) + (units(_closing(piece)) if _is_tag(piece) else 0)


def _open_at(pieces: list[str]) -> list[str]:
    """The opening tags that are not closed by the end of these pieces."""
    stack: list[str] = []
    for piece in pieces:
        if piece.startswith("</"):
            if stack:
                stack.pop()
        elif piece.startswith("<") and _OPENING.fullmatch(piece):
            stack.append(piece)
    return stack


def _closing(tag: str) -> str:
    name = _OPENING.fullmatch(tag)
    assert name is not None
    return f"</{name[1]}>"


def _finished(pieces: list[str]) -> str:
    return "".join(pieces).rstrip() + "".join(map(_closing, reversed(_open_at(pieces))))


def _best_cut(pieces: list[str]) -> int:
    """Return where to cut: at the last empty line, line's end or space in the latter half; else at the end."""
    reached = list(accumulate(map(units, pieces)))
    first = bisect_right(reached, reached[-1] // 2)
    for wanted in ("\n\n", "\n", " "):
        for place in range(len(pieces) - 1, first, -1):
            if pieces[place].isspace() and wanted in pieces[place]:
                return place
    return len(pieces)


def _without_leading_space(pieces: list[str]) -> list[str]:
    return pieces[1:] if pieces and pieces[0].isspace() else pieces
