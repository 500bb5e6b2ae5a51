"""A document as slides: each heading of the first level begins one, and what does not fit goes on to the next."""

import io
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pptx.enum.text import MSO_AUTO_SIZE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Pt

from messages.documents.blocks import Block, Document, Figure, Missing, Notes, Source
from messages.documents.pictures import Frame, png
from messages.documents.reproducible import as_property, noon, steadied
from messages.documents.slide_layouts import (
    CONTENT,
    LOW,
    PICTURE,
    ROOM,
    SOURCE,
    TITLE,
    TOP,
    WIDTH,
    add_slide,
    empty_show,
)
from messages.documents.word_fields import right_to_left
from messages.structure.blocks import Bullets, Heading, Inline, Paragraph, Quote, Span, Table, plain

# Characters to a line and lines to a slide, at the size of the master's text in a wide face; and between paragraphs.
LINE, LINES, BETWEEN = 50, 9.5, 0.3
SMALLER = (1, 0.9, 0.8, 0.75)  # times that size: the first at which all has room on one slide
GOES_ON = 0.8  # the size of what has no room on one
LONGEST = 8 * LINE  # characters of a paragraph on one slide
WIDTHS = (360, 440, 520, 600, 680)  # points, of which a picture is drawn in the one that suits it


def write(document: Document) -> bytes:
    """The document as .pptx, 16:9."""
    show = empty_show(document)
    core = show.core_properties
    town = as_property(document.town)
    core.title, core.author, core.language = as_property(document.title), town, document.language
    core.last_modified_by, core.revision = town, 1
    core.created = core.modified = noon(document.on).replace(tzinfo=None)
    groups = list(_groups(document.blocks))
    _opening(show, document, [] if groups and groups[0][0] else groups.pop(0)[1])
    for title, blocks in groups:
        size, portions = _filled(blocks)
        for place, lines in enumerate(portions):
            heading = title if place == 0 else f"{title} ({document.labels['continued']})"
            _beside(_text_slide(show, document, heading, lines, size), document, blocks)
        for block in blocks:
            if isinstance(block, Figure):
                _picture_slide(show, document, title, block, blocks)
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
            case Bullets(items, _):
                yield from items
            case Missing(_, text):
                yield (Span(text, emphasis=True),)
            case Table(rows=rows):
                yield from ((Span(" – ".join(cell for cell in row if cell not in ("", "–"))),) for row in rows)
            case Source() | Figure() | _:
                continue


def _filled(blocks: list[Block]) -> tuple[float, list[list[Inline]]]:
    """Return the size at which lines fit, and the portions that stand on a slide each."""
    for size in SMALLER:
        portions = list(_portions(blocks, size))
        if len(portions) <= 1:
            return size, portions
    return GOES_ON, list(_portions(blocks, GOES_ON))


def _portions(blocks: list[Block], size: float) -> Iterator[list[Inline]]:
    """Divide lines into portions that fit on a slide; a text longer than a slide is cut between words."""
    portion, used = list[Inline](), 0.0
    for line in _lines(blocks):
        for piece in _pieces(line):
            needed = max(1, math.ceil(sum(len(span.text) for span in piece) * size / LINE)) + BETWEEN
            if portion and (used + needed) * size > LINES:
                yield portion
                portion, used = [], 0.0
            portion.append(piece)
            used += needed
    if portion:
        yield portion


def _pieces(line: Inline) -> Iterator[Inline]:
    text = plain(line)
    if len(text) <= LONGEST:
        yield line
        return
    while text:
        cut = text.rfind(" ", 0, LONGEST) if len(text) > LONGEST else len(text)
        cut = cut if cut > 0 else LONGEST
        yield (Span(text[:cut]),)
        text = text[cut:].lstrip()


def _opening(show: Any, document: Document, blocks: list[Block]) -> None:
    slide = add_slide(show, TITLE, document)
    _say(slide.shapes.title.text_frame.paragraphs[0], (Span(document.title),), document)
    _say(slide.placeholders[1].text_frame.paragraphs[0], (Span(f"{document.town}\n{document.line}"),), document)
    _noted(slide, document, blocks)


def _text_slide(show: Any, document: Document, title: str, lines: list[Inline], size: float) -> Any:
    """Add a slide with these lines, `size` times as large as they would be; return it."""
    slide = add_slide(show, CONTENT, document)
    _say(slide.shapes.title.text_frame.paragraphs[0], (Span(title),), document)
    frame = slide.placeholders[1].text_frame
    if size < 1:
        frame.auto_size = MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
        frame._txBody.bodyPr.normAutofit.set("fontScale", str(int(size * 100_000)))
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(8)
        if all(span.strong or span.emphasis for span in line):  # leads or ends a list, and is no point of it
            _unlisted(paragraph)
        if right_to_left(plain(line)):
            properties = paragraph._p.get_or_add_pPr()
            properties.set("rtl", "1")
            properties.set("algn", "r")
        _say(paragraph, line, document)
    return slide


def _unlisted(paragraph: Any) -> None:
    """Take the bullet from a paragraph."""
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", "0")
    properties.set("indent", "0")
    properties.append(parse_xml(f"<a:buNone {nsdecls('a')}/>"))


def _picture_slide(show: Any, document: Document, title: str, block: Figure, blocks: list[Block]) -> None:
    """Add a slide with a picture, drawn at the width that makes its letters largest."""
    slide = add_slide(show, PICTURE, document)
    _say(slide.shapes.title.text_frame.paragraphs[0], (Span(title),), document)
    block = replace(block, data={**block.data, "slide": True})
    shapes = [_shape(png(block, document.on, 1, Frame(width)), width) for width in WIDTHS]
    width = max(shapes)[1]
    picture = slide.shapes.add_picture(io.BytesIO(png(block, document.on, 3, Frame(width))), 0, 0)
    factor = min(ROOM / picture.width, (LOW - TOP) / picture.height)
    picture.width, picture.height = int(picture.width * factor), int(picture.height * factor)
    picture.left, picture.top = (WIDTH - picture.width) // 2, TOP
    picture.name, picture._element.nvPicPr.cNvPr.attrib["descr"] = title, block.alt
    _beside(slide, document, blocks)


def _shape(content: bytes, width: int) -> tuple[float, int]:
    """Return how large a picture's letters become on a slide, and the width that it was drawn with.

    A PNG says its width and height, in pixels, from its 17th byte on.
    """
    wide, tall = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    return round(min(ROOM / wide, (LOW - TOP) / tall)), width


def _beside(slide: Any, document: Document, blocks: list[Block]) -> None:
    """Add to a slide where its content comes from, and what the speaker may say."""
    place = next(shape for shape in slide.placeholders if shape.placeholder_format.idx == SOURCE)
    sources = " ".join(dict.fromkeys(block.text for block in blocks if isinstance(block, Source)))
    if sources:
        _say(place.text_frame.paragraphs[0], (Span(sources),), document)
    else:
        place._element.getparent().remove(place._element)
    _noted(slide, document, blocks)


def _noted(slide: Any, document: Document, blocks: list[Block]) -> None:
    """Add the speaker's notes to a slide."""
    notes = [block.text for block in blocks if isinstance(block, Notes)]
    if notes:
        _say(slide.notes_slide.notes_text_frame.paragraphs[0], (Span("\n".join(notes)),), document)


def _say(paragraph: Any, line: Inline, document: Document) -> None:
    """Put text into a paragraph, with its language; the layout gives the look."""
    for span in line:
        for part, text in enumerate(span.text.split("\n")):
            if part:
                paragraph.add_line_break()
            run = paragraph.add_run()
            run.text, run.font.bold, run.font.italic = text, span.strong or None, span.emphasis or None
            run._r.get_or_add_rPr().set("lang", document.language)
