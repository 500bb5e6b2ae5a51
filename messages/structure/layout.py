"""A message as lines, as all doors show it that have nothing but lines: Telegram, a terminal, and its plain words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, assert_never

from messages.structure.blocks import BlankLine, Body, Bullets, Fold, Heading, Inline, Paragraph, Quote, Receipt, Span

DONE: Final = "✓"  # before a receipt


@dataclass(frozen=True, slots=True)
class Signs:
    """How a door marks what a line is; plain text marks nothing."""

    span: Callable[[Span], str] = lambda span: span.text
    heading: Callable[[str], str] = str
    quote: Callable[[str], str] = str
    fold: Callable[[str], str] = str


PLAIN: Final = Signs()


def laid_out(body: Body, signs: Signs = PLAIN) -> str:
    """Return the message as lines."""
    return "\n".join(_lines(body, signs))


def _lines(body: Body, signs: Signs) -> Iterator[str]:
    def written(text: Inline) -> str:
        return "".join(map(signs.span, text))

    for block in body:
        match block:
            case BlankLine():
                yield ""
            case Heading(_, text):
                yield signs.heading(text)
            case Paragraph(text):
                yield written(text)
            case Bullets(items):
                for place, item in enumerate(items):
                    yield f"{block.mark(place)} {written(item)}"
            case Receipt(text):
                yield f"{DONE} {written(text)}"
            case Quote(text):
                yield signs.quote(written(text))
            case Fold(inside):
                yield signs.fold(laid_out(inside, signs))
            case _:
                assert_never(block)
