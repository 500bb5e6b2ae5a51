"""A document as the chat shows it: Telegram's HTML, a line to each thing. What people wrote is escaped."""

from collections.abc import Iterator
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

PLAIN = 2  # columns of which the first says what the second is
ABREAST = 3  # columns that can be told apart on a phone by one line of headings above them
NONE = "–"  # a cell for what is not there


def write(document: Document) -> str:
    """The whole document; the sender splits it where it is longer than a message. Pictures are sent apart."""
    head = f"<b>{escape(document.title)}</b>\n{escape(document.town)} · {escape(document.edition)}"
    return "\n\n".join([head, *(text for block in document.blocks for text in _block(block))])


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(_, text):
            yield f"<b>{escape(text)}</b>"
        case Paragraph(text):
            yield _html(text)
        case Bullets(items, numbered, ticks, ticked):
            marks = (
                f"{n + 1}." if numbered else "•" if not ticks else "☑" if n in ticked else "☐"
                for n in range(len(items))
            )
            yield "\n".join(f"{mark} {_html(item)}" for mark, item in zip(marks, items, strict=True))
        case Table(header, rows):
            yield "\n".join(_lines(header, rows))
        case Quote(text):
            yield f"<blockquote>{_html(text)}</blockquote>"
        case Missing(_, text):
            yield f"☐ {escape(text)}"
        case Source(text, _, _):
            yield f"<i>{escape(text)}</i>"
        case Figure() | Notes() | PageBreak():
            return


def _lines(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """Yield a line for the headings and one for each row; in a wide table each cell has its heading beside it."""
    wide, numbered = len(header) > ABREAST, all(row[0].isdigit() or row[0] == NONE for row in rows)
    columns = header[1:] if numbered else header
    if PLAIN < len(header) <= ABREAST and any(columns):
        yield f"<b>{escape(' – '.join(filter(None, columns)))}</b>"
    for row in rows:
        mark = f"{row[0]}." if numbered and row[0] != NONE else "•"
        cells = row[1:] if numbered else row
        named = enumerate(zip(columns, cells, strict=True))
        told = (f"{name}: {cell}" if wide and n and name else cell for n, (name, cell) in named if cell)
        yield f"{mark} {escape(' – '.join(told))}"


def _html(text: Inline) -> str:
    parts = []
    for span in text:
        part = escape(span.text)
        part = f"<b>{part}</b>" if span.strong else part
        parts.append(f"<i>{part}</i>" if span.emphasis else part)
    return "".join(parts)
