"""A document as the chat shows it, as a message: a list for each table, as a phone has no columns to read it from."""

from collections.abc import Iterator, Sequence

from messages.documents.blocks import Block, Document, Figure, Missing, Notes, PageBreak, Source, is_part
from messages.structure import blocks as said
from messages.structure.blocks import BlankLine, Body, Bullets, Heading, Inline, Paragraph, Quote, Span, Table
from messages.structure.reader import tidy

NOTHING = ("", "–")  # cells that say nothing


def write(document: Document) -> Body:
    """The whole document; the sender cuts it where it is longer than a message. Pictures are there in words."""
    below = " · ".join(filter(None, (document.town, document.edition, document.meanwhile)))
    numbering, blocks = document.labels["number"], document.blocks
    shown = [block for place, block in enumerate(blocks) if not _told_below(blocks, place)]
    written = (one for block in shown for one in (*_block(block, numbering), BlankLine()))
    return tidy((Heading(1, document.title), Paragraph((Span(below),)), BlankLine(), *written))


def _told_below(blocks: Sequence[Block], place: int) -> bool:
    """True for a picture in a part with a table, which says the same."""
    if not isinstance(blocks[place], Figure):
        return False
    heads = [n for n, block in enumerate(blocks) if is_part(block)]
    begins = max((n for n in heads if n < place), default=0)
    ends = min((n for n in heads if n > place), default=len(blocks))
    return any(isinstance(block, Table) for block in blocks[begins:ends])


def _block(block: Block, numbering: str) -> Iterator[said.Block]:
    match block:
        case Heading(level, text):
            yield Heading(min(level + 1, 3), text)
        case Paragraph() | Bullets() | Quote():
            yield block
        case Table(header=header, rows=rows):
            yield from _table(header, rows, numbering)
        case Missing(_, text):
            yield said.listed(((Span(text),),), ("☐",))
        case Source(text, _, _) | Figure(alt=text):
            yield Paragraph((Span(text, emphasis=True),))
        case Notes() | PageBreak():
            return


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], numbering: str) -> Iterator[said.Block]:
    """Each row as an item, every cell with its column's heading.

    The first cell names the row. Rows that are numbered (their first heading is `numbering`) are so here too, and what
    the second column is of, such as a part of the day, stands above them.
    """
    numbered = header[0] == numbering and len(header) > 2
    if numbered:
        yield Heading(3, header[1])
    if rows:
        made = [_row(header, row, numbered=numbered) for row in rows]
        yield said.listed(tuple(item for _, item in made), tuple(mark for mark, _ in made))


def _row(header: Sequence[str], row: Sequence[str], *, numbered: bool) -> tuple[str, Inline]:
    """Return an item's mark and its text: what names the row, and the other cells."""
    counted, first = row[0].isdecimal() and len(row[0]) < len("2026"), 2 if numbered else 1
    cells = _labelled(header[first:], row[first:])
    more = "".join(f": {cell}" if len(header) == 2 else f"\n{head}: {cell}" for head, cell in cells)
    rest = (Span(more),) if more else ()
    if numbered:
        return f"{row[0]}." if counted else row[0], (Span(row[1]), *rest)
    name = f"{header[0]} {row[0]}" if counted else row[0]  # a version, which its number alone does not say
    if name in NOTHING:  # such as a meeting without a theme
        name = next((cell for cell in row if cell not in NOTHING), name)
    return "•", (Span(name, strong=True), *rest)


def _labelled(header: Sequence[str], row: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each cell that says something, with its heading; two of them where a column holds two things."""
    for head, cell in zip(header, row, strict=True):
        heads, lines = head.split("\n"), cell.split("\n")
        pairs = zip(heads, lines, strict=True) if len(heads) == len(lines) else [(" ".join(heads), cell)]
        yield from (pair for pair in pairs if pair[1] not in NOTHING)
