"""The styles of a Word document: the same look as the PDF, which an editor can go on with."""

from functools import partial
from typing import Any, TypedDict, Unpack

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from messages.documents.blocks import Document

FACE = "Calibri"  # there on every office computer, and LibreOffice has its like
ACCENT, FAINT, WARNING, AMBER = "0B4F6C", "5F6C7B", "FFF4D6", "E69F00"


def set_styles(word: Any, document: Document) -> None:
    """Give a new Word document the house's styles and the document's language."""
    styles, labels = word.styles, document.labels
    language = OxmlElement("w:lang")
    for name, value in (("val", document.language), ("eastAsia", document.language), ("bidi", "ar-SA")):
        language.set(qn(f"w:{name}"), value)
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(language)
    style = partial(_style, styles)
    card = document.layout == "card"
    style("Normal", 9.5 if card else 11, after=6, line=1.12)
    style("Title", 20 if card else 26, colour=ACCENT, bold=True, after=4)
    style("Subtitle", 11, colour=FAINT, after=0, italic=False)
    for level, size, before in ((1, 16, 18), (2, 13, 12), (3, 11, 9)):
        style(f"Heading {level}", size * (0.8 if card else 1), colour=ACCENT, bold=True, before=before, after=4)
    for name in ("List Bullet", "List Number", "List Paragraph"):
        style(name, 9.5 if card else 11, after=3)
    style("Intense Quote", 12, colour=ACCENT, italic=True, bold=False, before=6, after=8)
    for level, indent in ((1, 0), (2, 0.6)):
        made = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = styles["Normal"]
        made.paragraph_format.left_indent, made.paragraph_format.space_after = Cm(indent), Pt(2)
    for name in (labels["style_source"], labels["style_missing"], labels["style_cell"]):
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    style(labels["style_source"], 9, colour=FAINT, before=4, after=10)
    style(labels["style_cell"], 8 if card else 9.5, before=2, after=2)
    for name in ("Header", "Footer"):
        style(name, 9, colour=FAINT)
        styles[name].paragraph_format.tab_stops.clear_all()
    style(labels["style_missing"], 10, before=3, after=6)
    paragraph = styles[labels["style_missing"]].element.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    left = OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "24"), ("space", "8"), ("color", AMBER)):
        left.set(qn(f"w:{name}"), value)
    borders.append(left)
    paragraph.insert_element_before(borders, "w:shd", "w:spacing", "w:ind")
    paragraph.insert_element_before(shading(WARNING), "w:spacing", "w:ind")
    _table_style(styles, labels["style_table"])


class Look(TypedDict, total=False):
    """How a style looks: what is left out is as the style it is based on has it, and no space."""

    colour: str
    bold: bool
    italic: bool
    before: float  # points of space, as `after`
    after: float
    line: float  # times the size


def _style(styles: Any, name: str, size: float, **look: Unpack[Look]) -> None:
    style = styles[name]
    style.font.name, style.font.size = FACE, Pt(size)
    style.font.bold, style.font.italic = look.get("bold"), look.get("italic")
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:cs"), "Arial")  # Calibri has no Arabic
    if "colour" in look:
        style.font.color.rgb = RGBColor.from_string(look["colour"])
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


def _table_style(styles: Any, name: str) -> None:
    """Thin lines between the rows, nothing else."""
    style = styles.add_style(name, WD_STYLE_TYPE.TABLE)
    style.base_style = styles["Normal Table"]
    properties = OxmlElement("w:tblPr")
    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        border = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "C9D1D9")):
            border.set(qn(f"w:{key}"), value)
        borders.append(border)
    properties.append(borders)
    style.element.append(properties)


def shading(colour: str) -> Any:
    """A background for a paragraph or a cell."""
    made = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        made.set(qn(f"w:{key}"), value)
    return made


def modern(word: Any) -> None:
    """Word of 2013 and later takes the file as its own, without compatibility mode; the library's leftovers go."""
    settings = word.settings.element
    compatibility = settings.find(qn("w:compat"))
    if compatibility is None:
        compatibility = OxmlElement("w:compat")
        settings.append(compatibility)
    for found in compatibility.findall(qn("w:compatSetting")):
        if found.get(qn("w:name")) == "compatibilityMode":
            found.set(qn("w:val"), "15")
    package = word.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith(("/thumbnail", "/extended-properties")):
            del package.rels[key]
