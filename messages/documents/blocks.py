"""A document as plain data: the blocks of messages, and those that only documents have.

One description serves Word, PDF, slides and the chat, and knows none of them.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from messages.documents.own_look import OwnLook
from messages.structure.blocks import Bullets, Heading, Paragraph, Quote, Table

SPACE = re.compile(r"[ \t\n]+")  # where a line may end; not at a space that does not break
SHORTEST = 9  # letters that a word is cut to at most, with the room beside it, where the columns are too narrow
LINE = 88  # letters on a line of a table across an A4 page, in its smaller size, less the room between columns
LYING = 120  # the same on a form, whose paper lies


def laid(
    header: Iterable[str],
    rows: Iterable[Iterable[str]],
    widths: Iterable[float] = (),
    *,
    line: int = LINE,
    height: float = 0.0,
) -> Table:
    """Make a table with the wished widths, but no column narrower than its longest word, on a line of `line` letters.

    A narrow column takes room from the others; if all the longest words have no room together, the longest are cut.
    """
    lines = [tuple(header), *map(tuple, rows)]
    wishes = tuple(widths) or (1.0,) * len(lines[0])
    columns = zip(*lines, strict=True)
    whole = [max(len(word) for cell in column for word in (*SPACE.split(cell), "")) + 3 for column in columns]
    most = max(whole)
    while sum(min(word, most) for word in whole) > line and most > SHORTEST:
        most -= 1
    words = [min(word, most) for word in whole]
    least = [word / max(line, sum(words)) for word in words]
    found = _spread([width / sum(wishes) for width in wishes], least)
    return Table(lines[0], tuple(lines[1:]), found, height, sum(whole) > line)


def _spread(wished: Sequence[float], least: Sequence[float]) -> tuple[float, ...]:
    """Return the wished shares of a line, none below its `least`: those that would be take room from the others."""
    narrow: set[int] = set()
    while True:
        room = 1 - sum(least[at] for at in narrow)
        free = sum(width for at, width in enumerate(wished) if at not in narrow)
        found = [least[at] if at in narrow else width / free * room for at, width in enumerate(wished)]
        pressed = {at for at, width in enumerate(found) if width < least[at] - 1e-9}
        if not pressed:
            return tuple(found)
        narrow |= pressed


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture by the name of its kind (a file in `pictures/`), what it shows, and the same in words."""

    kind: str
    data: Mapping[str, Any]
    alt: str


def lines(table: Table) -> int:
    """Return how many lines the rows of a table have across an A4 page, about."""
    letters = [max(1, int(LINE * width)) for width in table.widths]
    return sum(
        max(
            sum(max(1, math.ceil(len(part) / wide)) for part in cell.split("\n"))
            for cell, wide in zip(row, letters, strict=True)
        )
        for row in table.rows
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """A gap: what has not been answered yet, and in which exercise it will be."""

    exercise: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """The exercises that the part above comes from, and when it was last changed."""

    text: str
    exercises: tuple[str, ...]
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """A speaker's notes to a slide. Other forms leave them out."""

    text: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A break: what follows begins a new page (or slide)."""


Block = Heading | Paragraph | Bullets | Table | Quote | Figure | Missing | Source | Notes | PageBreak


def is_part(block: Block) -> bool:
    """True for a heading of the first level, under which a part of a text stands."""
    return isinstance(block, Heading) and block.level == 1


def by_part(blocks: Iterable[Block], beginning: str) -> Iterator[tuple[str, Block]]:
    """Yield each block with the name of the part that it stands in; what comes before the first is the `beginning`."""
    here = beginning
    for block in blocks:
        here = block.text if isinstance(block, Heading) and is_part(block) else here
        yield here, block


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. `layout` says how its pages are set: report | slides | card | flyer | form."""

    id: str
    title: str
    town: str
    on: date
    dated: str  # `on` in words
    edition: str  # "Version 2", that it is a draft, or the day where it has no versions
    language: str  # BCP 47
    line: str = ""  # what stands below the title: the day, the version, and when that was approved
    meanwhile: str = ""  # which version holds until this one is approved, or how many of its numbers were called right
    layout: str = "report"
    draft: str = ""  # the word across each page while it is not final; empty when it is
    contents: str = ""  # the heading of the table of contents; empty for a short document
    footer: str = ""
    apart: bool = False  # what begins a page is a paper of its own
    blocks: tuple[Block, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)  # the writers' own words: "Sida", "forts."
    own: OwnLook | None = None  # the town's own logo and letterhead
    reference: str = ""  # the authority's number of the matter, for the file's properties

    @property
    def missing(self) -> tuple[str, ...]:
        """The exercises that the document still waits for, each once."""
        return tuple(dict.fromkeys(block.exercise for block in self.blocks if isinstance(block, Missing)))
