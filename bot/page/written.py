"""Writes what is said as a page shows it: real headings, lists, quotations, and what unfolds."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType
from typing import Final, assert_never
from urllib.parse import urlsplit

from markupsafe import Markup

from bot.page.contact_links import with_numbers
from messages.structure.blocks import (
    BlankLine,
    Body,
    Bullets,
    Fold,
    Heading,
    Inline,
    Paragraph,
    Quote,
    Receipt,
    Span,
)
from messages.structure.layout import DONE

TAGS: Final = {"b": "strong", "i": "em", "s": "del", "u": "ins", "c": "code", "h": "span"}
SCHEMES: Final = frozenset({"https", "http", "tel", "mailto"})
NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PageWriter:
    """Writes messages for one page.

    `address` maps a link to one here; `unfold` is the title of what is folded without one; the telephone `numbers` can
    be rung; the `commands` are buttons that write them, or lead to a page. The first heading is one of `level`.
    """

    address: Callable[[str], str] = str
    unfold: str = "…"
    numbers: Sequence[str] = ()
    commands: Mapping[str, str] = field(default_factory=lambda: NONE)
    level: int = 3

    def write(self, body: Body) -> Markup:
        """Return the message for the page."""
        return Markup("\n".join(self._blocks(body)))  # noqa: S704 - made of our own tags, and of escaped text

    def _blocks(self, body: Body) -> Iterator[str]:
        depth = 0  # of the heading above: none is left out on the way down
        for block in body:
            match block:
                case BlankLine():
                    pass
                case Heading(level, text):
                    depth = min(level, depth + 1)
                    tag = f"h{self.level + depth - 1}"
                    yield f"<{tag}>{self._words(text)}</{tag}>"
                case Paragraph(text):
                    yield f"<p>{self._inline(text)}</p>"
                case Receipt(text):
                    yield f'<p class="receipt">{DONE} {self._inline(text)}</p>'
                case Bullets(numbered=numbered, marks=marks):
                    yield from self._list(block, own=bool(marks) and not numbered)
                case Quote(text):
                    yield f"<blockquote>{self._inline(text)}</blockquote>"
                case Fold(inside):
                    titled = isinstance(inside[0], Heading)
                    title = inside[0].text if isinstance(inside[0], Heading) else self.unfold
                    yield f"<details><summary>{escape(title, quote=False)}</summary>"
                    yield from self._blocks(inside[titled:])
                    yield "</details>"
                case _:
                    assert_never(block)

    def _list(self, block: Bullets, *, own: bool) -> Iterator[str]:
        """A list, whose items may have signs of their own instead of dots and numbers."""
        tag = "ol" if block.numbered else "ul"
        yield f'<{tag} class="marked">' if own else f"<{tag}>"
        for place, item in enumerate(block.items):
            number = f' value="{block.mark(place)[:-1]}"' if block.numbered else ""
            yield f"<li{number}>{f'{escape(block.mark(place))} ' if own else ''}{self._inline(item)}</li>"
        yield f"</{tag}>"

    def inline(self, text: Inline) -> Markup:
        """Return a line for the page."""
        return Markup(self._inline(text))  # noqa: S704 - likewise

    def _inline(self, text: Inline) -> str:
        return "".join(map(self._span, text))

    def _span(self, span: Span) -> str:
        linked = bool(span.link) and urlsplit(span.link).scheme in SCHEMES
        text = (
            with_numbers(span.text, () if linked else self.numbers) if linked or span.code else self._words(span.text)
        )
        for letter in span.style:
            text = f"<{TAGS[letter]}>{text}</{TAGS[letter]}>"
        return f'<a href="{escape(self.address(span.link))}" rel="noreferrer">{text}</a>' if linked else text

    def _words(self, said: str) -> str:
        """Return a text with what can be rung, and with each command as a button that writes it."""
        out, end = [], 0
        for found in self._commands.finditer(said):
            button = f'<button form="kommando" name="text" value="{found[0]}" class="command">{found[0]}</button>'
            if page := self.commands[found[0][1:]]:
                button = f'<a href="{page}">{found[0]}</a>'
            out += [with_numbers(said[end : found.start()], self.numbers), button]
            end = found.end()
        return "".join([*out, with_numbers(said[end:], self.numbers)])

    @property
    def _commands(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w/])/(?:{'|'.join(self.commands)})(?![\w/@])" if self.commands else "(?!)")
