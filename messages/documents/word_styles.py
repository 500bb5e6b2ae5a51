"""The styles of a Word document: the same look as the PDF, which an editor can go on with."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import TypedDict, Unpack

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.styles import Styles

from messages.documents.blocks import Document
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
GRID = "Table Grid"
ALL_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
LINES = (
    "<w:tblPr {space}><w:tblBorders>"
    + "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in ALL_SIDES)
    + "</w:tblBorders></w:tblPr>"
)
INK = "1F2933"
AFTER_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")
TABLE = '<w:tblPr {space}><w:tblStyleRowBandSize w:val="1"/><w:tblBorders>{sides}</w:tblBorders></w:tblPr>'
PART = (
    '<w:tblStylePr {space} w:type="{part}"><w:rPr>{words}</w:rPr>'
    '<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{fill}"/></w:tcPr></w:tblStylePr>'
)
PARTS = {"firstRow": ('<w:b/><w:color w:val="FFFFFF"/>', ACCENT), "band2Horz": ("", WASH)}  # words, and what is behind


TEXT = 11  # points


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
    style("Normal", TEXT, after=6, line=1.12)
    style("Title", 26, colour=ACCENT, bold=True, after=4)
    style("Subtitle", TEXT, colour=FAINT, after=0, italic=False)
    for level, size, before in ((1, 16, 18), (2, 13, 12), (3, TEXT, 9)):
        style(f"Heading {level}", size, colour=ACCENT, bold=True, before=before, after=4)
    for name in ("List Bullet", "List Number"):
        style(name, TEXT, after=3)
    style("Intense Quote", TEXT, colour=INK, italic=False, before=6, after=8)
    for level, indent in ((1, 0), (2, 0.6)):
        if f"toc {level}" not in before_us:
            made = add_style(styles, f"toc {level}", builtin=True)
            made.base_style = normal(styles)
            made.paragraph_format.left_indent, made.paragraph_format.space_after = Cm(indent), Pt(1)
            made.paragraph_format.line_spacing = 1.0
    style("TOC Heading", 16, colour=ACCENT, bold=True, before=12, after=6)
    style(labels["style_source"], 9, colour=FAINT, before=4, after=10)
    style(labels["style_cell"], 9.5, before=2, after=2, line=1.12)
    for name in ("Header", "Footer"):
        style(name, 9, colour=FAINT)
        if name not in before_us:
            styles[name].paragraph_format.tab_stops.clear_all()
    if labels["style_table"] not in before_us:
        _table_style(styles, labels["style_table"])
    if own and GRID not in before_us:  # for what is signed by hand
        add_style(styles, GRID, builtin=True, table=True).element.append(parse_xml(LINES.format(space=nsdecls("w"))))
    if "Intense Quote" not in before_us:
        styles["Intense Quote"].paragraph_format.left_indent = Cm(0.4)
        styles["Intense Quote"].paragraph_format.right_indent = Cm(0)
        _barred(styles, "Intense Quote", ACCENT, WASH)
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
