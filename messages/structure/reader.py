"""Reads the small Markdown of messages into blocks, line by line.

`# ` and `## ` begin a heading, `- ` and `1. ` an item, `> ` a quotation; `>>>` opens what is folded and `<<<` ends it;
an empty line is one. A line that begins with ✓ before all others is a receipt. Within a line `**` and `*` switch strong
and emphasised text on and off, and ` code. A line's end is one, as phones show it. Lines that begin with the same sign,
such as ✓, are a list as well.

What a template fills in is held: it lies between two signs of its own, and what could be taken for Markdown in it is
written otherwise until the text has been read. So no answer can become a heading, and nothing needs escaping.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

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
    inline,
    listed,
    restored,
    stored,
)
from messages.structure.layout import DONE

FIRST, LAST, KEPT, STYLED, SHOWN, END = "\ue000\ue001\ue002\ue003\ue004\ue005"
_MARKUP = "*`<>\n"
_OTHERS = "\ue010\ue011\ue012\ue013\ue014"
_HOLD: Final = {**dict.fromkeys(range(0xE000, 0xE020), None), **str.maketrans(_MARKUP, _OTHERS), ord("\r"): None}
_FREE: Final = str.maketrans(_OTHERS, _MARKUP)
_FENCE: Final = re.compile(r"\n?(>>>|<<<)[ \n]?")
_MARK: Final = re.compile(rf"(?:{FIRST}(\d{{1,2}}){LAST}|(\d{{1,2}}))\. |([^\w\s…/(”\ue000-\uf8ff]\ufe0f?) ")
_TOKEN: Final = re.compile(rf"({END}|\*\*|\*|`|{STYLED}[^{SHOWN}]*{SHOWN})")
_TOGGLES: Final = {"**": "b", "*": "i", "`": "c"}
_GAPS: Final = re.compile(r"\n{3,}")
_ODD: Final = re.compile(f"[{_MARKUP}\r\ue000-\ue01f]")
_HELD: Final = re.compile(f"[{_OTHERS}]")


def hold(value: Body | Inline | str | float | date | None) -> str:
    """Return what a template fills in as the reader may see it: words, a stretch of text with styles, or blocks."""
    if isinstance(value, tuple):
        blocks = tuple(one for one in value if not isinstance(one, Span))
        kept = f"{KEPT}{json.dumps(stored(blocks), ensure_ascii=False).translate(_HOLD)}" if blocks else ""
        return kept or "".join(_styled(one) for one in value if isinstance(one, Span))
    text = str(value)
    if _ODD.search(text):
        text = _GAPS.sub("\n\n", text).translate(_HOLD)
    return f"{FIRST}{text}{LAST}" if text else ""


def _styled(span: Span) -> str:
    text = f"{FIRST}{span.text.translate(_HOLD)}{LAST}"
    return f"{STYLED}{span.style};{span.link.translate(_HOLD)}{SHOWN}{text}{END}" if span.style or span.link else text


Run: TypeAlias = tuple[str, str, str]  # words, the letters of their styles, where they lead
Runs: TypeAlias = list[Run]


class _Line(NamedTuple):
    kind: str  # h, p, q, l (an item), m (begins with a sign), gap, fold, end, kept
    mark: str = ""
    runs: Runs = []  # noqa: RUF012 - of lines without words, and never changed


_GAP: Final = _Line("gap")


def read(text: str, unbroken: Callable[[str], str] = str) -> Body:
    """Return the blocks of a text. `unbroken` holds together what no line may break in: sign for sign, in all words."""
    lines, on = list[_Line](), ""
    for raw in (_FENCE.sub(r"\n\1\n", text) if ">>>" in text or "<<<" in text else text).split("\n"):
        line, on = _line(raw, on)
        lines.append(line)
    _release(lines, unbroken)
    body, outside = list[Block](), list[Block]()
    folded = False
    for (kind, _), several in groupby(lines, _alike):
        if kind in ("fold", "end"):
            if folded and (inside := tidy(body)):
                outside.append(Fold(inside))
            elif not folded:
                outside = body
            body, folded = ([], True) if kind == "fold" else (outside, False)
        elif kind != "gap":
            body += _blocks(kind, list(several), first=not (folded or body))
        elif body:
            body.append(BlankLine())
    return tidy([*outside, *([Fold(inside)] if (inside := tidy(body)) else [])] if folded else body)


def _alike(line: _Line) -> tuple[str, str]:
    return line.kind, line.mark if line.kind == "m" else ""


def tidy(blocks: Iterable[Block]) -> Body:
    """Return the blocks with one empty line in a row at most, and none at the ends: conditions in templates leave some.

    Text that stands together is one paragraph, items that follow each other are one list, what leads has air before it.
    """
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else _NOTHING
        if isinstance(block, BlankLine) and isinstance(last, BlankLine):
            continue
        if isinstance(block, Bullets) and isinstance(last, BlankLine) and _is_plain_list(found[-2:-1], block):
            found.pop()
        elif _leads(block, last):
            found.append(BlankLine())
        if isinstance(block, Paragraph) and isinstance(last, Paragraph):
            both = (*last.text, Span("\n"), *block.text)
            found[-1] = Paragraph(_inline([(span.text, span.style, span.link) for span in both]))
        else:
            found.append(block)
    if found and isinstance(found[-1], BlankLine):
        found.pop()
    return tuple(found)


_NOTHING: Final = BlankLine()


def _is_plain_list(before: Sequence[Block], block: Bullets) -> bool:
    return not block.numbered and any(isinstance(one, Bullets) and not one.numbered for one in before)


def _leads(block: Block, last: Block) -> bool:
    """True if a block begins something new right under another: a heading, or a line in bold after a list."""
    if isinstance(block, Paragraph):
        return isinstance(last, Bullets) and any(span.strong for span in block.text[:1])
    return isinstance(block, Heading) and not isinstance(last, BlankLine | Heading)


def _blocks(kind: str, lines: Sequence[_Line], *, first: bool) -> Iterator[Block]:
    match kind:
        case "h":
            yield from (Heading(len(line.mark), "".join(text for text, _, _ in line.runs)) for line in lines)
        case "q":
            yield Quote(_joined(lines))
        case "l":
            for _, alike in groupby(lines, lambda line: line.mark == "•"):
                yield _listed(list(alike))
        case "m" if len(lines) > 1:
            yield _listed(lines)
        case "m" if first and lines[0].mark == DONE:
            yield Receipt(_inline(lines[0].runs))
        case "m":
            yield Paragraph(_inline([(f"{lines[0].mark} ", "", ""), *lines[0].runs]))
        case "kept":
            yield from (block for line in lines for block in restored(json.loads(line.runs[0][0])))
        case _:
            yield Paragraph(_joined(lines))


def _listed(lines: Sequence[_Line]) -> Block:
    return listed(tuple(_inline(line.runs) for line in lines), tuple(line.mark for line in lines))


def _line(raw: str, on: str) -> tuple[_Line, str]:
    """Return a line, and the styles that are still on at its end; `on` are those that the line before left so."""
    if not raw or raw.isspace():
        return _GAP, ""
    kind, mark, rest = _kind(raw)
    if kind in ("fold", "end"):
        return _Line(kind), ""
    if kind == "kept":
        return _Line(kind, "", [(rest.translate(_FREE), "", "")]), ""
    runs, on = _runs(rest.replace(FIRST, "").replace(LAST, "").rstrip(), on)
    return _Line(kind, mark, runs) if any(not text.isspace() for text, _, _ in runs) else _GAP, on


def _kind(raw: str) -> tuple[str, str, str]:
    """Return of which kind a line is, the mark that it begins with, and the rest of it."""
    match raw[0]:
        case "#" if (rest := raw.lstrip("#"))[:1] == " ":
            return "h", raw[: len(raw) - len(rest)], rest[1:]
        case "-" if raw[1:2] == " ":
            return "l", "•", raw[2:]
        case ">" if raw[1:2] == " ":
            return "q", "", raw[2:]
        case ">" | "<" if raw[:3] in (">>>", "<<<"):
            return "fold" if raw[0] == ">" else "end", "", ""
        case sign if sign == KEPT:
            return "kept", "", raw[1:]
        case sign if not sign.isalpha() and (found := _MARK.match(raw)):
            number, rest = found[1] or found[2], raw[found.end() :]
            return ("l", f"{number}.", rest) if number else ("m", found[3], rest)
        case _:
            return "p", "", raw


def _runs(rest: str, on: str) -> tuple[Runs, str]:
    """Return the stretches of a line, and what is still on at its end."""
    runs, own, link = Runs(), "", ""
    for place, piece in enumerate(_TOKEN.split(rest)):
        if not place % 2:
            if piece:
                runs.append((piece, on + own, link))
        elif letter := _TOGGLES.get(piece):
            on = on.replace(letter, "") if letter in on else on + letter
        elif piece == END:
            own = link = ""
        else:
            own, _, link = piece[1:-1].translate(_FREE).partition(";")
    return runs, on


def _release(lines: Sequence[_Line], unbroken: Callable[[str], str]) -> None:
    """Put the signs of what was held into their places, and hold together what must be, across whatever styles it."""
    texts = [line.runs for line in lines if line.kind != "kept"]
    whole = "\n".join(["".join([text for text, _, _ in runs]) for runs in texts])
    free, at = unbroken(whole.translate(_FREE) if _HELD.search(whole) else whole), 0
    if free == whole:
        return
    for runs in texts:
        for place, (text, style, link) in enumerate(runs):
            runs[place] = (free[at : at + len(text)], style, link)
            at += len(text)
        at += 1


def _joined(lines: Sequence[_Line]) -> Inline:
    """Return the lines as one text."""
    if len(lines) == 1:
        return _inline(lines[0].runs)
    return _inline([run for line in lines for run in (_NEXT, *line.runs)][1:])


_NEXT: Final[Run] = ("\n", "", "")


def _inline(runs: Sequence[Run]) -> Inline:
    """Return the stretches as one text; those in the same style are one."""
    found: Runs = []
    for run in runs:
        if found and found[-1][1:] == run[1:]:
            found[-1] = (found[-1][0] + run[0], *run[1:])
        else:
            found.append(run)
    return inline(found)
