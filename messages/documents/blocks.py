"""A document as plain data. One description serves Word, PDF, slides and the chat; it knows neither of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one style; "\\n" is a line break."""

    text: str
    strong: bool = False
    emphasis: bool = False


Inline = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, level 1–3 below the document's title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Inline


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `numbered` where the order matters, `ticks` where each item is something to tick off."""

    items: tuple[Inline, ...]
    numbered: bool = False
    ticks: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row. `widths` are shares of the line; `height`: cm in each row to write in by hand."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words, or words that deserve a place of their own."""

    text: Inline


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture by the name of its kind (a file in `pictures/`), what it shows, and the same in words."""

    kind: str
    data: Mapping[str, Any]
    alt: str


@dataclass(frozen=True, slots=True)
class Missing:
    """What has not been answered yet, and in which exercise it will be."""

    exercise: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Which exercises the part above comes from, and when it was last changed."""

    text: str
    exercises: tuple[str, ...]
    on: date | None = None


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a new page (or slide)."""


Block = Heading | Paragraph | Bullets | Table | Quote | Figure | Missing | Source | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. `layout` says how its pages are set: report | slides | card | flyer | form."""

    id: str
    title: str
    town: str
    on: date
    edition: str  # "Version 2 · 14 mars 2027", or that it is a draft
    language: str  # BCP 47
    layout: str = "report"
    contents: str = ""  # the heading of the table of contents; empty for a short document
    footer: str = ""
    blocks: tuple[Block, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)  # what writers say themselves: "Sida", "forts."

    @property
    def missing(self) -> tuple[str, ...]:
        """The exercises that the document still waits for, each once."""
        return tuple(dict.fromkeys(block.exercise for block in self.blocks if isinstance(block, Missing)))


def plain(text: Inline) -> str:
    """The text without its styles."""
    return "".join(span.text for span in text)
