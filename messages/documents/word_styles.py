"""The styles of a Word document: the same look as the PDF, which an editor can go on with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypedDict, Unpack

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.styles import Styles

from messages.documents.blocks import Document, Figure, Paragraph, plain
from messages.documents.pdf import sizes_of
from messages.documents.word_base import FACE, add_style, normal

ACCENT, FAINT, WARNING, AMBER, WASH = "0B4F6C", "5F6C7B", "FFF4D6", "E69F00", "EEF3F6"
WORDS_OWN = (
    "Heading",
    "List",
    "TOC",
    "Title",
    "Subtitle",
    "Intense",
    "Normal",
    "Header",
    "Footer",
)  # as Word has
HEADINGS = ("Heading", "Title", "TOC Heading")
SIDES = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="C9D1D9"/>' for side in ("bottom", "insideH"))
INK, WHITE, DANGER = "1F2933", "FFFFFF", "A4161A"
AFTER_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")
BAND = ("Subtitle", "Title", "Heading 1")  # what stands in the band on top of a poster, white on its colour
GRID = "Table Grid"
ALL_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
LINES = (
    "<w:tblPr {space}><w:tblBorders>"
    + "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in ALL_SIDES)
    + "</w:tblBorders></w:tblPr>"
)
TABLE = '<w:tblPr {space}><w:tblStyleRowBandSize w:val="1"/><w:tblBorders>{sides}</w:tblBorders></w:tblPr>'
PART = (
    '<w:tblStylePr {space} w:type="{part}"><w:rPr>{words}</w:rPr>'
    '<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{fill}"/></w:tcPr></w:tblStylePr>'
)
PARTS = {"firstRow": ('<w:b/><w:color w:val="FFFFFF"/>', ACCENT), "band2Horz": ("", WASH)}  # words, and what is behind


@dataclass(frozen=True, slots=True)
class Sizes:
    """The size, in points, of each kind of text, and the room that a cell has above and below its text."""

    text: float = 11
    title: float = 26
    heading: float = 16
    second: float = 13
    cell: float = 9.5
    quote: float = 11
    room: float = 2
    source: float = 4  # above what is small below the text


CARD = 0.85  # of the PDF's sizes: Word's face takes less room, the one put in its place where it is missing takes more
POSTER = Sizes(16, 24, 40, 24, source=18)
WITHOUT_CODE = {450: 24, 800: 20}  # the size of a poster's text where no code takes room, by its letters at most


def sizes_for(document: Document) -> Sizes:
    """Return the sizes of texts in a layout, in points; on a card as large as each of its halves has room for."""
    if document.layout == "flyer":
        return _of_poster(document)
    if document.layout != "card":
        return Sizes()
    left, right = (min(max(size * CARD, 7), 11) for size in sizes_of(document))
    return Sizes(right, left * 1.8, right * 1.35, 12, left, left * 1.6, left / 6)


def _of_poster(document: Document) -> Sizes:
    """Return larger sizes where there is no code, so that the page is filled as in the PDF."""
    texts = [plain(block.text) for block in document.blocks if isinstance(block, Paragraph)]
    if any(isinstance(block, Figure) for block in document.blocks):
        return POSTER
    size = next((size for most, size in WITHOUT_CODE.items() if sum(map(len, texts)) <= most), POSTER.text)
    return replace(POSTER, text=size, second=26)


def set_styles(word: WordDocument, document: Document, *, own: bool = False) -> None:
    """Give a Word document the house's styles and the document's language. Styles that it has of its `own` stay."""
    styles, labels = word.styles, document.labels
    language = OxmlElement("w:lang")
    for name, value in (("val", document.language), ("eastAsia", document.language), ("bidi", "ar-SA")):
        language.set(qn(f"w:{name}"), value)
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(language)
    before_us = {found.name for found in styles} if own else set()
    style = partial(_style, styles, before_us)
    sizes = sizes_for(document)
    style("Normal", sizes.text, after=6, line=1.12)
    style("Title", sizes.title, colour=ACCENT, bold=True, after=4)
    style("Subtitle", sizes.text, colour=FAINT, after=0, italic=False)
    for level, size, before in ((1, sizes.heading, 18), (2, sizes.second, 12), (3, sizes.text, 9)):
        style(f"Heading {level}", size, colour=ACCENT, bold=True, before=before, after=4)
    for name in ("List Bullet", "List Number", "List Paragraph"):
        style(name, sizes.text, after=3)
    loud = document.layout == "card"  # where the one quotation is whom to call in danger
    style("Intense Quote", sizes.quote, colour=WHITE if loud else INK, italic=False, bold=loud, before=6, after=8)
    for level, indent in ((1, 0), (2, 0.6)):
        if f"toc {level}" not in before_us:
            made = add_style(styles, f"toc {level}", builtin=True)
            made.base_style = normal(styles)
            made.paragraph_format.left_indent, made.paragraph_format.space_after = Cm(indent), Pt(1)
            made.paragraph_format.line_spacing = 1.0
    style("TOC Heading", 16, colour=ACCENT, bold=True, before=12, after=6)
    style(labels["style_source"], 9, colour=FAINT, before=sizes.source, after=10)
    style(labels["style_cell"], sizes.cell, before=sizes.room, after=sizes.room, line=1.0 if loud else 1.12)
    for name in ("Header", "Footer"):
        style(name, 9, colour=FAINT)
        if name not in before_us:
            styles[name].paragraph_format.tab_stops.clear_all()
    if labels["style_table"] not in before_us:
        _table_style(styles, labels["style_table"])
    if own and GRID not in before_us:  # for what is filled in by hand
        add_style(styles, GRID, builtin=True, table=True).element.append(parse_xml(LINES.format(space=nsdecls("w"))))
    if "Intense Quote" not in before_us:
        styles["Intense Quote"].paragraph_format.left_indent = Cm(0.4)
        styles["Intense Quote"].paragraph_format.right_indent = Cm(0)
        _barred(styles, "Intense Quote", *((DANGER, DANGER) if loud else (ACCENT, WASH)))
    if document.layout == "flyer" and not before_us:
        for name in BAND:
            styles[name].font.color.rgb = RGBColor.from_string(WHITE)
            styles[name].paragraph_format.space_before = styles[name].paragraph_format.space_after = Pt(0)
    if labels["style_missing"] not in before_us:
        style(labels["style_missing"], 10, before=3, after=6)
        _barred(styles, labels["style_missing"], AMBER, WARNING)


def _barred(styles: Styles, name: str, bar: str, behind: str, sides: Sequence[str] = ("left",)) -> None:
    """A bar at these sides of a style's paragraphs, and a colour behind them; such that follow each other are one."""
    paragraph = styles[name].element.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    for name_of_side in sides:
        side = OxmlElement(f"w:{name_of_side}")
        for key, value in (("val", "single"), ("sz", "24"), ("space", "8"), ("color", bar)):
            side.set(qn(f"w:{key}"), value)
        borders.append(side)
    paragraph.insert_element_before(borders, *AFTER_BORDERS)
    paragraph.insert_element_before(shading(behind), *AFTER_BORDERS[1:])


class StyleLook(TypedDict, total=False):
    """The look of a style: what is left out is as the style it is based on has it, and no space."""

    colour: str
    bold: bool
    italic: bool
    before: float  # points of space, as `after`
    after: float
    line: float  # times the size


def _style(styles: Styles, before_us: Collection[str], name: str, size: float, **look: Unpack[StyleLook]) -> None:
    if name in before_us:
        return
    if name not in styles:
        made = add_style(styles, name, builtin=name.startswith(WORDS_OWN))
        made.base_style = normal(styles)
    style, colour = styles[name], look.get("colour")
    style.font.size, style.font.bold, style.font.italic = Pt(size), look.get("bold"), look.get("italic")
    if before_us:  # the letterhead's own face, and its own colour for what is like a heading
        if "Heading 1" in before_us and name.startswith(HEADINGS):
            style.base_style, colour = styles["Heading 1"], None
    else:
        style.font.name = FACE
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:cs"), "Arial")  # Calibri has no Arabic
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)
    style.paragraph_format.space_before = Pt(look.get("before", 0))
    style.paragraph_format.space_after = Pt(look.get("after", 0))
    style.paragraph_format.widow_control = True
    if "line" in look:
        style.paragraph_format.line_spacing = look["line"]
    for spacing in properties.findall(qn("w:spacing")):
        properties.remove(spacing)  # the template's headings are spaced out
    if name in ("Title", "Intense Quote"):
        for border in style.element.pPr.findall(qn("w:pBdr")):
            style.element.pPr.remove(border)


def _table_style(styles: Styles, name: str) -> None:
    """Thin lines between the rows, a dark header row with white words, and every other row washed."""
    style = add_style(styles, name, table=True)
    style.base_style = next((found for found in styles if found.name == "Normal Table"), None)
    style.element.append(parse_xml(TABLE.format(space=nsdecls("w"), sides=SIDES)))
    for part, (words, fill) in PARTS.items():
        style.element.append(parse_xml(PART.format(space=nsdecls("w"), part=part, words=words, fill=fill)))


def shading(colour: str) -> BaseOxmlElement:
    """A background for a paragraph or a cell."""
    made = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        made.set(qn(f"w:{key}"), value)
    return made
