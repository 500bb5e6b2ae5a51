"""Reads the messages of versions before 0.14, which were kept as Telegram's HTML: copies of chats, the queue."""

import re
from html import unescape
from typing import Final

from messages.structure.blocks import Body
from messages.structure.layout import DONE
from messages.structure.reader import END, FIRST, SHOWN, STYLED, hold, read

_TAG: Final = re.compile(r"(</?[a-z][^>]*>|\n(?:• )?)")
_HEADING: Final = re.compile(r"(?m)^(?:(>>>)|)\*\*([^*\n]+)\*\*$")
_SIMPLE: Final = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "pre": "`"}
_STYLED: Final = {"s": "s", "u": "u", "tg-spoiler": "h"}
_LINK: Final = re.compile(r'<a href="([^"]*)"')


def from_html(text: str) -> Body:
    """Return the blocks of a message in Telegram's HTML; of a tag that no message had, its words."""
    quoted = False  # in a quotation that is not folded
    out: list[str] = []
    for place, piece in enumerate(_TAG.split(text)):
        if not place % 2:
            out.append(hold(unescape(piece)))
            continue
        name = piece.strip("</>").split(" ")[0]
        if piece[0] == "\n":
            out.append(f"\n{'> ' if quoted else ''}{'- ' if '•' in piece else ''}")
        elif name == "blockquote":
            ends, folds = piece[1] == "/", "expandable" in piece
            out.append(("" if quoted else "<<<") if ends else ">>>" if folds else "> ")
            quoted = not (ends or folds)
        elif name in _SIMPLE:
            out.append(_SIMPLE[name])
        elif piece[1] == "/":
            out.append(END)
        else:
            link = _LINK.match(piece)
            out.append(f"{STYLED}{_STYLED.get(name, '')};{hold(unescape(link[1]))[1:-1] if link else ''}{SHOWN}")
    marked = _HEADING.sub(lambda line: f"{line[1]}\n## {line[2]}" if line[1] else f"## {line[2]}", "".join(out))
    return read(marked.replace(f"{FIRST}{DONE} ", f"{DONE} {FIRST}", 1))
