"""Turns a template into blocks: jinja2 fills it in, markdown-it-py reads the result.

What people wrote never meets the Markdown parser: every value is written as hexadecimal digits between two private
characters, which mean nothing in Markdown, and turned back in the parsed text. So no answer can become a heading, a
link or a tag, and nothing needs escaping.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import bidirectional, category

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, nodes
from markdown_it import MarkdownIt
from markdown_it.token import Token

from messages.documents.blocks import Block, PageBreak, laid
from messages.language import Language
from messages.structure.blocks import Bullets, Heading, Inline, Paragraph, Quote, Span, Table, plain

SPOKEN = Path(__file__).parents[1]  # messages/, where the languages are
FIRST, LAST = "\ue000", "\ue001"
HELD = re.compile(f"{FIRST}([0-9a-f]*){LAST}")
# Control characters but tab and line end, halves of pairs, private and unassigned characters: no file format has a
# place for the first two, no font for the last two.
NOTHING = {"Cc", "Cs", "Co", "Cn"}


class TemplateWrong(Exception):
    """A template holds Markdown that documents do not have; the message names it and what to use instead."""


class Markdown(str):
    """Text that is Markdown already: what the helpers give, as against what a person wrote."""

    __slots__ = ()


def cleaned(text: str) -> str:
    """The text without characters that no file format can hold, with plain line ends."""
    plain_ends = re.sub("\r\n|[\r\u2028\u2029]", "\n", text)
    return "".join(c for c in plain_ends if c in "\n\t" or category(c) not in NOTHING).strip()


def isolated(text: str) -> str:
    """Return a name that stays by itself beside a date, also one that goes from right to left (Unicode's UAX 9)."""
    leftward = any(bidirectional(letter) in ("R", "AL") for letter in text)
    return f"\u2068{text}\u2069" if leftward else text


def held(value: Any) -> str:
    """Return a value as the parser may see it, in hexadecimal digits."""
    if isinstance(value, Markdown):
        return value
    text = "" if value is None else cleaned(str(value))
    return f"{FIRST}{text.encode().hex()}{LAST}" if text else ""


def released(text: str) -> str:
    """The text with every held value in its place."""
    return HELD.sub(lambda match: bytes.fromhex(match[1]).decode(), text)


def lines(text: str) -> list[str]:
    """Return the lines of a text without the bullets that people put before them."""
    return [line for line in (re.sub(r"^\s*(?:[-–—•*·]\s+)?", "", raw).strip() for raw in text.split("\n")) if line]


def brief(text: str, most: int = 110) -> str:
    """The beginning of a text, whole words, for a heading or a line in a table; all of it where it is short."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[:most].rsplit(' ', 1)[0].rstrip('.,;:– ')}…"


@cache
def environment(language: str) -> Environment:
    """The environment for a language's templates."""
    spoken = Language(language, SPOKEN)
    made = Environment(
        loader=FileSystemLoader(SPOKEN / language / "documents"),
        undefined=StrictUndefined,
        finalize=held,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - what is made is Markdown, and `finalize` holds every value back from it
    )
    made.filters.update(spoken.filters, lines=lines, brief=brief)
    made.globals["called"] = spoken.called
    return made


def render(language: str, template: str, facts: Mapping[str, Any], kept: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks of a template. `kept` is the list that the helpers in `facts` put their blocks into."""
    return tuple(read(environment(language).get_template(f"{template}.md.j2").render(facts), kept))


def constants(language: str, template: str) -> frozenset[str]:
    """Return the texts in the code of a template and of those that it includes, such as the ids of exercises."""
    found, waiting = set[str](), [f"{template}.md.j2"]
    for name in waiting:
        tree = environment(language).parse((SPOKEN / language / "documents" / name).read_text(encoding="utf-8"))
        found.update(one.value for one in tree.find_all(nodes.Const) if isinstance(one.value, str))
        waiting += filter(None, meta.find_referenced_templates(tree))
    return frozenset(found)


_parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["html_block", "html_inline"])


def read(markdown: str, kept: Sequence[Block] = ()) -> Iterator[Block]:
    """The blocks of a small Markdown: headings, paragraphs, lists, tables, quotes, rules (a new page), kept blocks."""
    tokens = _parser.parse(markdown)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        end = _end(tokens, place)
        block = _block(token, tokens[place + 1 : end], kept)
        if block and (token.type == "fence" or not _is_empty(block)):
            yield block
        place = end + 1


def _end(tokens: Sequence[Token], place: int) -> int:
    """Return the place of the token that closes the one opened here."""
    depth = 0
    for at in range(place, len(tokens)):
        depth += tokens[at].nesting
        if depth == 0:
            return at
    return len(tokens) - 1


def _block(token: Token, inside: Sequence[Token], kept: Sequence[Block]) -> Block | None:
    texts = [_spans(one) for one in inside if one.type == "inline"]
    match token.type:
        case "heading_open":
            return Heading(min(int(token.tag[1]), 3), plain(texts[0]).replace("\n", " "))
        case "paragraph_open":
            return Paragraph(texts[0])
        case "bullet_list_open" | "ordered_list_open":
            return Bullets(tuple(filter(plain, texts)), numbered=token.type.startswith("ordered"))
        case "blockquote_open":
            return Quote(tuple(span for text in texts for span in text))
        case "table_open":
            return _table(inside)
        case "hr":  # "****" is what is left of an empty answer that is to be bold
            return PageBreak() if token.markup.startswith("-") else None
        case "fence" if token.info == "kept":
            return kept[int(token.content)]
    raise TemplateWrong(f"“{token.type}”: use headings, paragraphs, lists, tables, quotes or the helpers")


def _is_empty(block: Block) -> bool:
    """True for what an empty answer leaves of a block."""
    match block:
        case Heading(text="") | Bullets(items=()):
            return True
        case Paragraph(text):
            return not plain(text)
    return False


def _table(inside: Sequence[Token]) -> Table:
    rows: list[tuple[str, ...]] = []
    for place, token in enumerate(inside):
        if token.type == "tr_open":
            cells = [t for t in inside[place : _end(inside, place)] if t.type == "inline"]
            rows.append(tuple(plain(_spans(cell)) for cell in cells))
    return laid(rows[0], rows[1:])


def _spans(inline: Token) -> Inline:
    spans: list[Span] = []
    strong = emphasis = False
    for token in inline.children or ():
        match token.type:
            case "strong_open" | "strong_close":
                strong = token.nesting > 0
            case "em_open" | "em_close":
                emphasis = token.nesting > 0
            case "softbreak" | "hardbreak":
                spans.append(Span(" " if token.type == "softbreak" else "\n"))
            case "text" | "code_inline":
                spans.append(Span(released(token.content), strong, emphasis))
            case _:
                raise TemplateWrong(f"“{token.type}” within a line: use plain text, **strong** or *emphasised*")
    return tuple(span for span in spans if span.text)


@cache
def named(language: str) -> frozenset[str]:
    """Every word that stands between quotation marks in a language's templates, such as the ids of exercises."""
    templates = environment(language).list_templates(extensions=["j2"])
    return frozenset().union(*(constants(language, name.removesuffix(".md.j2")) for name in templates))
