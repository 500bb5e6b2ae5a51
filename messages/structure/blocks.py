"""The blocks of which messages and documents are made. Each door writes them in its own way; none is known here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, assert_never

STYLES: Final = {"b": "strong", "i": "emphasis", "s": "gone", "u": "new", "c": "code", "h": "hidden"}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one style; "\\n" is a line break.

    `gone` and `new` show what a text no longer says, and says now; `code` is copied as it stands; `hidden` shows when
    one taps it.
    """

    text: str
    strong: bool = False
    emphasis: bool = False
    gone: bool = False
    new: bool = False
    code: bool = False
    hidden: bool = False
    link: str = ""

    @property
    def style(self) -> str:
        """The letters of its styles, by `STYLES`."""
        return "".join([letter for letter, name in STYLES.items() if getattr(self, name)])

    def of(self, text: str) -> "Span":
        """Return another text in the same style."""
        return replace(self, text=text)


Inline: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, level 1–3; in documents below the document's title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Inline


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `numbered` where the order matters.

    `marks`: what stands before each item, if it is no bullet, and no count from one: "3.", "☐".
    """

    items: tuple[Inline, ...]
    numbered: bool = False
    marks: tuple[str, ...] = ()

    def mark(self, place: int) -> str:
        """Return what stands before the item at this place, where a list is lines."""
        if self.marks:
            return self.marks[place]
        return f"{place + 1}." if self.numbered else "•"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row. `widths` are shares of the line; `height`: cm in each row to write in by hand.

    `crowded`: its longest words do not fit beside each other, so words are cut. `each`: how many rows share one cell in
    the columns of `shared`, which has the first one's text.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    height: float = 0.0
    crowded: bool = False
    shared: tuple[int, ...] = ()
    each: int = 1


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation: somebody's own words, or words that are set apart."""

    text: Inline


@dataclass(frozen=True, slots=True)
class Fold:
    """What is there to unfold; a heading that it begins with is its title. No fold lies in another."""

    blocks: "Body"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What has been done of what somebody asked for: "✓ Sparat". It stands first."""

    text: Inline


@dataclass(frozen=True, slots=True)
class BlankLine:
    """An empty line: what stands without one belongs together."""


Block: TypeAlias = Heading | Paragraph | Bullets | Quote | Fold | Receipt | BlankLine  # of a message
Body: TypeAlias = tuple[Block, ...]
LETTERS: Final[dict[type[Paragraph | Quote | Receipt], str]] = {Paragraph: "p", Quote: "q", Receipt: "r"}  # in JSON
OF_TEXT: Final = {letter: kind for kind, letter in LETTERS.items()}
Stored: TypeAlias = "list[str | int | Stored]"  # JSON


def plain(text: Inline) -> str:
    """The text without its styles."""
    return "".join(span.text for span in text)


def shortened(text: str, most: int) -> str:
    """A text on one line, cut with "…" where it has more than `most` letters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"


def said(text: str) -> Body:
    """Return a plain text as a message."""
    return (Paragraph((Span(text),)),) if text else ()


def stored(body: Body) -> Stored:
    """Return the blocks as short JSON."""
    return [_stored(block) for block in body]


def _stored(block: Block) -> Stored:
    match block:
        case BlankLine():
            return []
        case Heading(level, text):
            return ["h", text, level]
        case Paragraph(text) | Quote(text) | Receipt(text):
            return [LETTERS[type(block)], _spans(text)]
        case Bullets(items):
            return ["l", [_spans(item) for item in items], list(map(block.mark, range(len(items))))]
        case Fold(blocks):
            return ["f", stored(blocks)]
        case _:
            assert_never(block)


def _spans(text: Inline) -> Stored:
    return [[one.text, one.style, *([one.link] if one.link else [])] for one in text]


def restored(body: Stored) -> Body:
    """Return the blocks that were stored so. Raises ValueError for what none was stored as."""
    return tuple([_restored(block) for block in body])


def _restored(block: "str | int | Stored") -> Block:
    match block:
        case []:
            return BlankLine()
        case ["h", str(title), int(level)]:
            return Heading(level, title)
        case ["p" | "q" | "r" as letter, list(text)]:
            return OF_TEXT[letter](_read(text))
        case ["l", list(items), list(marks)]:
            return listed(tuple([_read(item) for item in items if isinstance(item, list)]), tuple(map(str, marks)))
        case ["f", list(inside)]:
            return Fold(restored(inside))
        case _:
            raise ValueError


def _read(text: Stored) -> Inline:
    return inline([[str(part) for part in one] for one in text if isinstance(one, list)])


def inline(spans: Iterable[Sequence[str]]) -> Inline:
    """Return the text of these stretches: each its words, the letters of its styles, and where it leads."""
    return tuple([_span(*one) for one in spans])


def _span(text: str, style: str, link: str = "") -> Span:
    if not (style or link):
        return Span(text)
    return Span(text, **{STYLES[letter]: True for letter in style}, link=link)


def listed(items: tuple[Inline, ...], marks: tuple[str, ...]) -> Bullets:
    """Return a list of a message, whose items have these marks."""
    return Bullets(items, numbered=marks[0][0].isdecimal(), marks=() if set(marks) == {"•"} else marks)
