"""A document as slides: each heading of the first level begins one, and what does not fit goes on to the next."""

import io
import math
from collections.abc import Iterator
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Cm, Pt

from messages.documents.blocks import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Inline,
    Missing,
    Paragraph,
    Quote,
    Source,
    Span,
    Table,
)
from messages.documents.pictures import png
from messages.documents.reproducible import noon, steadied

WIDTH, HEIGHT, MARGIN = Cm(33.867), Cm(19.05), Cm(2)
LINE, LINES = 68, 9  # characters to a line and lines to a slide, at this size
SIZE = Pt(26)
RGB: Any = RGBColor  # the library has no types for it
ACCENT, FAINT = RGB(0x0B, 0x4F, 0x6C), RGB(0x5F, 0x6C, 0x7B)
TITLE, CONTENT, TITLE_ONLY = 0, 1, 5  # the layouts of the library's own template


def write(document: Document) -> bytes:
    """The document as .pptx, 16:9."""
    show: Any = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    core = show.core_properties
    core.title, core.author, core.language = document.title, document.town, document.language
    core.last_modified_by, core.revision = document.town, 1
    core.created = core.modified = noon(document.on).replace(tzinfo=None)
    _opening(show, document)
    for title, blocks in _groups(document.blocks):
        for place, lines in enumerate(_filled(blocks)):
            heading = title if place == 0 else f"{title} ({document.labels['continued']})"
            _text_slide(show, document, heading, lines)
        for block in blocks:
            if isinstance(block, Figure):
                _picture_slide(show, document, title, block)
    made = io.BytesIO()
    show.save(made)
    return steadied(made.getvalue())


def _groups(blocks: tuple[Block, ...]) -> Iterator[tuple[str, list[Block]]]:
    """The blocks slide by slide."""
    title, group = "", list[Block]()
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            if group:
                yield title, group
            title, group = block.text, []
        else:
            group.append(block)
    if group:
        yield title, group


def _lines(blocks: list[Block]) -> Iterator[Inline]:
    """The text of a slide, a paragraph each."""
    for block in blocks:
        match block:
            case Heading(_, text):
                yield (Span(text, strong=True),)
            case Paragraph(text) | Quote(text):
                yield text
            case Bullets(items, _, _):
                yield from items
            case Missing(_, text):
                yield (Span(text, emphasis=True),)
            case Table(rows=rows):
                yield from ((Span(" – ".join(cell for cell in row if cell)),) for row in rows)
            case Source() | Figure() | _:
                continue


def _filled(blocks: list[Block]) -> Iterator[list[Inline]]:
    """The lines in portions that fit on a slide; a text longer than a slide is cut between words and goes on."""
    portion, used = list[Inline](), 0
    for line in _lines(blocks):
        for piece in _pieces(line):
            needed = max(1, math.ceil(sum(len(span.text) for span in piece) / LINE))
            if portion and used + needed > LINES:
                yield portion
                portion, used = [], 0
            portion.append(piece)
            used += needed
    if portion:
        yield portion


def _pieces(line: Inline) -> Iterator[Inline]:
    text = "".join(span.text for span in line)
    if len(text) <= LINE * LINES:
        yield line
        return
    while text:
        cut = text.rfind(" ", 0, LINE * LINES) if len(text) > LINE * LINES else len(text)
        cut = cut if cut > 0 else LINE * LINES
        yield (Span(text[:cut]),)
        text = text[cut:].lstrip()


def _opening(show: Any, document: Document) -> None:
    slide = show.slides.add_slide(show.slide_layouts[TITLE])
    title, below = slide.shapes.title, slide.placeholders[1]
    _place(title, MARGIN, Cm(5.5), WIDTH - 2 * MARGIN, Cm(3.4))
    _place(below, MARGIN, Cm(9.4), WIDTH - 2 * MARGIN, Cm(2.6))
    _say(title.text_frame.paragraphs[0], (Span(document.title),), document, Pt(44), ACCENT, strong=True)
    when = document.dated
    edition = "" if document.edition == when else f" · {document.edition}"
    _say(below.text_frame.paragraphs[0], (Span(f"{document.town}\n{when}{edition}"),), document, Pt(22), FAINT)


def _text_slide(show: Any, document: Document, title: str, lines: list[Inline]) -> None:
    slide = show.slides.add_slide(show.slide_layouts[CONTENT])
    _title(slide, document, title)
    body = slide.placeholders[1]
    _place(body, MARGIN, Cm(4.1), WIDTH - 2 * MARGIN, HEIGHT - Cm(5.6))
    frame = body.text_frame
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(8)
        _say(paragraph, line, document, SIZE)


def _picture_slide(show: Any, document: Document, title: str, block: Figure) -> None:
    slide = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
    _title(slide, document, title)
    picture = slide.shapes.add_picture(io.BytesIO(png(block, document.on, 5)), 0, 0)
    factor = min((WIDTH - 2 * MARGIN) / picture.width, (HEIGHT - Cm(4.6)) / picture.height)
    picture.width, picture.height = int(picture.width * factor), int(picture.height * factor)
    picture.left, picture.top = (WIDTH - picture.width) // 2, Cm(3.7)
    picture._element.nvPicPr.cNvPr.set("descr", block.alt)


def _title(slide: Any, document: Document, title: str) -> None:
    shape = slide.shapes.title
    _place(shape, MARGIN, Cm(1.3), WIDTH - 2 * MARGIN, Cm(2))
    _say(shape.text_frame.paragraphs[0], (Span(title),), document, Pt(32), ACCENT, strong=True)


def _place(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = left, top, width, height


def _say(
    paragraph: Any, line: Inline, document: Document, size: Any, colour: Any = None, *, strong: bool = False
) -> None:
    """Text in a paragraph, at the left, with its language."""
    paragraph.alignment = 1  # left
    for span in line:
        for part, text in enumerate(span.text.split("\n")):
            if part:
                paragraph.add_line_break()
            run = paragraph.add_run()
            run.text, run.font.size, run.font.name = text, size, "Calibri"
            run.font.bold, run.font.italic = span.strong or strong, span.emphasis
            if colour is not None:
                run.font.color.rgb = colour
            run._r.get_or_add_rPr().set("lang", document.language)
