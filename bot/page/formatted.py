"""Converts the bot's small HTML for the page: the same few tags and nothing else."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from types import MappingProxyType
from urllib.parse import urlsplit

from markupsafe import Markup

from bot.page.contact_links import with_numbers

TAGS = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "u": "u", "s": "s", "code": "code", "pre": "pre"}
HEADING = re.compile(r"\s*<strong>([^<]+)</strong>\n+")  # that a quotation begins with
WHOLE = frozenset({"a", "code", "pre"})  # whose text is no command to tap
NONE: Mapping[str, str] = MappingProxyType({})
SCHEMES = frozenset({"https", "http", "tel", "mailto"})


class _Page(HTMLParser):
    def __init__(
        self, address: Callable[[str], str], unfold: str, numbers: Sequence[str], commands: Mapping[str, str]
    ) -> None:
        super().__init__(convert_charrefs=True)
        self._numbers, self._pages = numbers, commands
        self._commands = re.compile(rf"(?<![\w/])/(?:{'|'.join(commands)})(?![\w/@])" if commands else "(?!)")
        self.out: list[str] = []
        self._address, self._unfold = address, unfold
        self._ends: list[tuple[str, str]] = []  # the tag that is open, and what ends it here
        self._folded = 0  # where the folded quotation that is open begins
        self._after_block = False  # which has a margin of its own, and needs no empty line

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in TAGS:
            self._open(tag, f"<{TAGS[tag]}>", f"</{TAGS[tag]}>")
        elif tag == "blockquote" and "expandable" in given:
            self._open(tag, "", "</blockquote></details>")
            self._folded = len(self.out)
        elif tag == "blockquote":
            self._open(tag, "<blockquote>", "</blockquote>")
        elif tag == "a" and urlsplit(given.get("href") or "").scheme in SCHEMES:
            self._open(tag, f'<a href="{escape(self._address(given["href"] or ""))}" rel="noreferrer">', "</a>")
        else:
            self._open(tag, "", "")

    def handle_endtag(self, tag: str) -> None:
        while self._ends:
            opened, end = self._ends.pop()
            if self._folded and opened == "blockquote":
                self._fold()
            self.out.append(end)
            if opened == tag:
                break
        self._after_block = tag == "blockquote"

    def handle_data(self, data: str) -> None:
        said = data.lstrip("\n") if self._after_block else data
        inside = {tag for tag, _ in self._ends}
        numbers = () if "a" in inside else self._numbers
        self.out.append(with_numbers(said, numbers) if inside & WHOLE else self._tappable(said))
        self._after_block = self._after_block and not data.strip()

    def _open(self, tag: str, begin: str, end: str) -> None:
        if tag == "blockquote" and self.out:
            self.out[-1] = self.out[-1].rstrip("\n")
        self.out.append(begin)
        self._ends.append((tag, end))

    def _tappable(self, said: str) -> str:
        """Return a text with what can be rung, and with each command as a button that writes it."""
        out, end = [], 0
        for found in self._commands.finditer(said):
            button = f'<button form="kommando" name="text" value="{found[0]}" class="command">{found[0]}</button>'
            if page := self._pages[found[0][1:]]:
                button = f'<a href="{page}">{found[0]}</a>'
            out += [with_numbers(said[end : found.start()], self._numbers), button]
            end = found.end()
        return "".join([*out, with_numbers(said[end:], self._numbers)])

    def _fold(self) -> None:
        """Fold what stands since the quotation began under its own heading; without one, under what is said for all."""
        inside = "".join(self.out[self._folded :])
        heading = HEADING.match(inside)
        title, rest = (heading[1], inside[heading.end() :]) if heading else (escape(self._unfold), inside)
        self.out[self._folded :] = [f"<details><summary>{title}</summary><blockquote>", rest]
        self._folded = 0


def formatted(
    text: str,
    *,
    address: Callable[[str], str] = str,
    unfold: str = "…",
    numbers: Sequence[str] = (),
    commands: Mapping[str, str] = NONE,
) -> Markup:
    """Return the text for the page. `address` maps a link to one here; `unfold` is the title of a folded quotation
    that has none; these telephone `numbers` can be rung, and these `commands` tapped, or lead to a page."""
    page = _Page(address, unfold, numbers, commands)
    page.feed(text)
    page.close()
    while page._ends:  # noqa: SLF001 - our own, a line above
        page.handle_endtag(page._ends[-1][0])  # noqa: SLF001
    return Markup("".join(page.out))  # noqa: S704 - made of the few tags above, and of escaped text
