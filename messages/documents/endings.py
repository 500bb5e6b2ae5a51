"""The ends of texts, which stay together: a page with nothing but the last answer, or the log, looks like a mistake."""

from collections.abc import Sequence
from itertools import pairwise

from messages.documents.blocks import Block, Figure, PageBreak, Source, is_part
from messages.structure.blocks import Bullets, Heading, Paragraph, Quote, Table

MOST_BLOCKS, MOST_LETTERS = 12, 800  # of an end that can stay together: about a third of a page
LONG_TABLE = 8  # rows; it may go on to the next page
LEAST_BLOCKS = 2  # what is no longer than this, a heading and a table, takes the end of what comes before it along


def kept_at_end(blocks: Sequence[Block]) -> frozenset[int]:
    """Return the places of the blocks that stay on the page of what follows them.

    An end is the last part (of the first level) of a text, or of what stands before an annex.
    """
    kept: set[int] = set()
    breaks = [place for place, block in enumerate(blocks) if isinstance(block, PageBreak)]
    for begins, ends in pairwise([0, *breaks, len(blocks)]):
        heads = [place for place in range(begins, ends) if is_part(blocks[place])]
        part = blocks[heads[-1] : ends] if len(heads) > 1 else ()
        if part and len(part) <= MOST_BLOCKS and sum(map(_letters, part)) <= MOST_LETTERS:
            along = len(part) <= LEAST_BLOCKS and not _below_long_table(blocks, heads[-1] - 1)
            kept.update(range(heads[-1] - along, ends - 1))
    return frozenset(kept)


def _below_long_table(blocks: Sequence[Block], place: int) -> bool:
    """True for the source of a table that is too long to come along: the source stays with it."""
    table = blocks[place - 1]
    return isinstance(blocks[place], Source) and isinstance(table, Table) and len(table.rows) >= LONG_TABLE


def _letters(block: Block) -> int:
    """Return about how many letters a block holds; a picture holds more than an end may."""
    match block:
        case Figure():
            return MOST_LETTERS + 1
        case Heading() | Source():
            return len(block.text)
        case Paragraph() | Quote():
            return sum(len(span.text) for span in block.text)
        case Bullets():
            return sum(len(span.text) for item in block.items for span in item)
        case Table():
            return sum(len(cell) for row in block.rows for cell in row)
    return 0
