"""Cutting a long message into several.

A channel allows so many UTF-16 units in a message. It is cut between blocks if possible, best at an empty line, else
between the items of a list, lines, words, or at last characters. What is folded goes on folded, under its title.
"""

from collections.abc import Sized
from dataclasses import replace
from itertools import accumulate
from typing import Final, assert_never

from messages.structure.blocks import (
    BlankLine,
    Block,
    Body,
    Bullets,
    Fold,
    Heading,
    Inline,
    Paragraph,
    Quote,
    Receipt,
    Span,
    plain,
)
from messages.structure.layout import DONE, laid_out
from messages.structure.reader import tidy

TITLE: Final = 4  # a title of at most this share of a part is said again in the next
LEAST: Final = 2  # a part is at least this share of what it may hold, before it is cut within a block instead


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def cut(body: Body, limit: int) -> list[Body]:
    """Return the message in parts of at most `limit` units each; one part if it fits."""
    parts: list[Body] = []
    while size(body) > limit:
        part, body = _first(body, limit)
        parts.append(tidy(part))
        body = tidy(body)
    return [part for part in (*parts, body) if part]


def size(body: Body) -> int:
    """Return how long a message is, in units."""
    return units(laid_out(body))


def _first(body: Body, room: int) -> tuple[Body, Body]:
    """Return what of too long a message fits, at least a character, and the rest."""
    ends = list(accumulate(size((block,)) + 1 for block in body))
    fits = sum(end - 1 <= room for end in ends)
    gaps = [place for place in range(fits) if isinstance(body[place], BlankLine) and ends[place] * LEAST > room]
    whole = gaps[-1] if gaps else fits
    while whole and isinstance(body[whole - 1], Heading | BlankLine):  # which stands with what follows it
        whole -= 1
    if whole and ends[whole - 1] * LEAST > room:
        return body[:whole], body[whole:]
    left = room - (ends[fits - 1] if fits else 0)
    alone = not fits or (left * LEAST > room and not whole)  # under nothing but headings
    within, rest = _halves(body[fits], left, alone=alone)
    return (*body[:fits], *within), (*rest, *body[fits + 1 :])


def _halves(block: Block, room: int, *, alone: bool) -> tuple[Body, Body]:
    """Return what of a block fits into so many units, which may be nothing unless it stands `alone`, and the rest."""
    match block:
        case BlankLine():
            return (), ()
        case Heading(level, title):
            begun, rest = _cut(title, room, alone=alone)
            return _some(Heading(level, begun), begun), _some(Heading(level, rest), rest)
        case Paragraph(text) | Quote(text):
            first, more = _parted(text, room, alone=alone)
            return _some(replace(block, text=first), first), _some(replace(block, text=more), more)
        case Receipt(text):
            first, more = _parted(text, room - units(f"{DONE} "), alone=alone)
            return ((Receipt(first),), _some(Paragraph(more), more)) if first else ((), (block,))
        case Bullets():
            return _of_list(block, room, alone=alone)
        case Fold(inside):
            return _of_fold(inside, room, alone=alone)
        case _:
            assert_never(block)


def _of_fold(inside: Body, room: int, *, alone: bool) -> tuple[Body, Body]:
    """What is folded goes on in a fold of its own, under the same title."""
    title = inside[:1] if isinstance(inside[0], Heading) and size(inside[:1]) * TITLE < room else ()
    if room < 1 and not alone:
        return (), (Fold(inside),)
    begun, rest = _first(inside, room)
    if not alone and (begun in ((), title) or size(begun) > room):  # as one character may not fit
        return (), (Fold(inside),)
    return (Fold(begun),), (Fold((*title, *tidy(rest))),)


def _of_list(block: Bullets, room: int, *, alone: bool) -> tuple[Body, Body]:
    lines = [size((_part(block, place, place + 1),)) + 1 for place in range(len(block.items))]
    fits = sum(end - 1 <= room for end in accumulate(lines))
    if fits or not alone:
        return _some(_part(block, 0, fits), block.items[:fits]), _some(_part(block, fits), block.items[fits:])
    item = (Span(f"{block.mark(0)} "), *block.items[0])
    first, rest = _halves(Paragraph(item), room, alone=True)
    return first, (*rest, *_some(_part(block, 1), block.items[1:]))


def _part(block: Bullets, start: int, end: int | None = None) -> Bullets:
    items = block.items[start:end]
    return Bullets(items, marks=tuple(block.mark(start + place) for place in range(len(items))))


def _some(block: Block, inside: Sized) -> Body:
    return (block,) if inside else ()


def _cut(text: str, room: int, *, alone: bool) -> tuple[str, str]:
    """Return the beginning of a text that fits, up to a line's end or a word's, and the rest."""
    most = len(text.encode("utf-16-le")[: 2 * max(room, 0)].decode("utf-16-le", "ignore"))
    if most == len(text):
        return text, ""
    for end in ("\n\n", "\n", " "):
        if (at := text.rfind(end, most // 2, most + 1)) > 0:
            return text[:at], text[at:].lstrip()
    return (text[: max(most, 1)], text[max(most, 1) :]) if alone else ("", text)


def _parted(text: Inline, room: int, *, alone: bool) -> tuple[Inline, Inline]:
    """Return the same of a text with styles."""
    whole = plain(text)
    begun, rest = _cut(whole, room, alone=alone)
    return _stretch(text, 0, len(begun)), _stretch(text, len(whole) - len(rest), len(whole))


def _stretch(text: Inline, start: int, end: int) -> Inline:
    ends = accumulate(len(span.text) for span in text)
    cuts = [(span, at - len(span.text)) for span, at in zip(text, ends, strict=True)]
    return tuple(span.of(piece) for span, at in cuts if (piece := span.text[max(0, start - at) : max(0, end - at)]))
