"""A document as the chat shows it: Telegram's HTML, a line to each thing. What people wrote is escaped."""

from collections.abc import Iterator, Sequence
from html import escape

from messages.documents.blocks import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Inline,
    Missing,
    Notes,
    PageBreak,
    Paragraph,
    Quote,
    Source,
    Table,
)

NOTHING = ("", "–")  # cells that say nothing


def write(document: Document) -> str:
    """The whole document; the sender splits it where it is longer than a message. Pictures are there in words."""
    below = " · ".join(filter(None, (document.town, document.edition, document.meanwhile)))
    head = f"<b>{escape(document.title)}</b>\n{escape(below)}"
    numbering, blocks = document.labels["number"], document.blocks
    shown = [block for place, block in enumerate(blocks) if not _told_below(blocks, place)]
    return "\n\n".join([head, *(text for block in shown for text in _block(block, numbering))])


def _told_below(blocks: Sequence[Block], place: int) -> bool:
    """True for a picture in a part with a table, which says the same."""
    if not isinstance(blocks[place], Figure):
        return False
    heads = [n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.level == 1]
    begins = max((n for n in heads if n < place), default=0)
    ends = min((n for n in heads if n > place), default=len(blocks))
    return any(isinstance(block, Table) for block in blocks[begins:ends])


def _block(block: Block, numbering: str) -> Iterator[str]:
    match block:
        case Heading(_, text):
            yield f"<b>{escape(text)}</b>"
        case Paragraph(text):
            yield _html(text)
        case Bullets(items, numbered):
            marks = (f"{n + 1}." if numbered else "•" for n in range(len(items)))
            yield "\n".join(f"{mark} {_html(item)}" for mark, item in zip(marks, items, strict=True))
        case Table(header=header, rows=rows):
            yield _table(header, rows, numbering)
        case Quote(text):
            yield f"<blockquote>{_html(text)}</blockquote>"
        case Missing(_, text):
            yield f"☐ {escape(text)}"
        case Source(text, _, _):
            yield f"<i>{escape(text)}</i>"
        case Figure(alt=alt):
            yield f"<i>{escape(alt)}</i>"
        case Notes() | PageBreak():
            return


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], numbering: str) -> str:
    """Each row as a point, every cell with its column's heading: a phone has no columns to read it from.

    The first cell names the row. Rows that are numbered (their first heading is `numbering`) are so here too, and what
    the second column is of, such as a part of the day, stands above them.
    """
    lines = []
    numbered = header[0] == numbering and len(header) > 2
    if numbered:
        lines.append(f"<b>{escape(header[1])}</b>")
    first = 2 if numbered else 1
    for row in rows:
        dot = "." if row[0].isdecimal() and len(row[0]) < len("2026") else ""
        name = f"{header[0]} {row[0]}" if dot else row[0]  # a version, which its number alone does not say
        if name in NOTHING:  # such as a meeting without a theme
            name = next((cell for cell in row if cell not in NOTHING), name)
        lines.append(f"{escape(row[0])}{dot} {escape(row[1])}" if numbered else f"• <b>{escape(name)}</b>")
        cells = list(_labelled(header[first:], row[first:]))
        if len(header) == 2:
            lines[-1] += "".join(f": {escape(cell)}" for _, cell in cells)
        else:
            lines += [f"{escape(head)}: {escape(cell)}" for head, cell in cells]
    return "\n".join(lines)


def _labelled(header: Sequence[str], row: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each cell that says something, with its heading; two of them where a column holds two things."""
    for head, cell in zip(header, row, strict=True):
        heads, said = head.split("\n"), cell.split("\n")
        pairs = zip(heads, said, strict=True) if len(heads) == len(said) else [(" ".join(heads), cell)]
        yield from (pair for pair in pairs if pair[1] not in NOTHING)


def _html(text: Inline) -> str:
    parts = []
    for span in text:
        part = escape(span.text)
        part = f"<b>{part}</b>" if span.strong else part
        parts.append(f"<i>{part}</i>" if span.emphasis else part)
    return "".join(parts)
