"""The Word file that a document is written into: the program's own, or the town's letterhead without its text."""

import io
import re
import zipfile
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.opc.packuri import PackURI
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.parts.numbering import NumberingPart
from docx.section import _Footer, _Header
from docx.shared import Cm
from docx.styles.style import BaseStyle
from docx.styles.styles import Styles

from messages.documents.blocks import Document
from messages.documents.own_look import OwnLook

FACE = "Calibri"  # there on every office computer, and LibreOffice has its like
UNREADABLE = (OpcError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError)  # the last of a broken XML
SANS = re.compile(rb'(<w:font w:name="%b">(?:(?!</w:font>).)*<w:family w:val=")auto' % FACE.encode(), re.DOTALL)
ZONE = Cm(2.5)  # room at the end of a line that is left empty rather than that a word is parted
AFTER_HYPHENS = ("w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")
LISTS = {"List Bullet": ("bullet", "•"), "List Number": ("decimal", "%1.")}
FIRST_ID = 900  # of our lists in somebody else's file
LEVEL = (
    '<w:abstractNum {space} w:abstractNumId="{id}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">'
    '<w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{sign}"/><w:lvlJc w:val="left"/>'
    '<w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>'
)


def letterhead(document: Document) -> WordDocument | None:
    """Return the town's Word file, emptied; None if there is none that can be read, or the layout needs its own."""
    if document.own is None or not document.own.reference or document.layout != "report":
        return None
    return opened(document.own)


def opened(own: OwnLook) -> WordDocument | None:
    """A town's own Word file without what stood in it; None if it can't be read."""
    try:
        word = docx.Document(io.BytesIO(own.reference))
        body = word.element.body
        for child in list(body):
            if child.tag != qn("w:sectPr"):
                body.remove(child)
        _lists(word)
    except UNREADABLE:
        return None
    return word


def _lists(word: WordDocument) -> None:
    """Lists that the letterhead has no style for get one, with their bullets and numbers."""
    for place, (name, (kind, sign)) in enumerate(LISTS.items()):
        if name in word.styles:
            continue
        numbering, id = _numbering(word), FIRST_ID + place
        made = parse_xml(LEVEL.format(space=nsdecls("w"), id=id, kind=kind, sign=sign))
        first = numbering.find(qn("w:num"))  # all descriptions stand before the lists that follow them
        numbering.append(made) if first is None else first.addprevious(made)
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{id}"><w:abstractNumId w:val="{id}"/></w:num>'))
        style = add_style(word.styles, name, builtin=True)
        style.base_style = normal(word.styles)
        style.element.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{id}"/></w:numPr>')
        )


def add_style(styles: Styles, name: str, *, builtin: bool = False, table: bool = False) -> Any:
    """A new style; `builtin` where Word knows one of that name. What can be set on it depends on its kind."""
    kind = WD_STYLE_TYPE.TABLE if table else WD_STYLE_TYPE.PARAGRAPH
    return styles.add_style(name, kind, builtin=builtin)  # type: ignore[no-untyped-call]


def normal(styles: Styles) -> BaseStyle | None:
    """The style that paragraphs have when nothing is said; not every program calls it so."""
    return next((found for found in styles if found.name == "Normal"), None)


def _numbering(word: WordDocument) -> BaseOxmlElement:
    """The part with the file's lists, made where the file has none."""
    part = word.part
    if all(relation.reltype != RELATIONSHIP_TYPE.NUMBERING for relation in part.rels.values()):
        empty = f"<w:numbering {nsdecls('w')}/>".encode()
        place = PackURI("/word/numbering.xml")
        made = NumberingPart.load(place, CONTENT_TYPE.WML_NUMBERING, empty, part.package)
        part.relate_to(made, RELATIONSHIP_TYPE.NUMBERING)
    element: BaseOxmlElement = part.numbering_part.element
    return element


def says_something(page_edge: _Header | _Footer) -> bool:
    """True if a letterhead's head or foot has words or a picture of its own."""
    edge = page_edge._element
    return bool("".join(edge.itertext()).strip()) or any(True for _ in edge.iter(qn("w:drawing"), qn("w:pict")))


def counts_pages(foot: _Footer) -> bool:
    """True if a letterhead's foot has a field for the number of the page."""
    edge = foot._element
    told = [str(field.get(qn("w:instr"), "")) for field in edge.iter(qn("w:fldSimple"))]
    told += [field.text or "" for field in edge.iter(qn("w:instrText"))]
    return any("PAGE" in instruction.split() for instruction in told)


def hyphenated(word: WordDocument, name: str) -> None:
    """Let a word that is wider than its column be parted by a hyphen, as in the PDF; running text has room for all."""
    tabs = word.settings.element.find(qn("w:defaultTabStop"))
    tabs.addnext(_valued("w:hyphenationZone", str(ZONE.twips)))
    tabs.addnext(_valued("w:autoHyphenation", "1"))
    for style, held in ((normal(word.styles), "1"), (word.styles[name], "0")):
        if style is not None:
            stays = _valued("w:suppressAutoHyphens", held)
            style.element.get_or_add_pPr().insert_element_before(stays, *AFTER_HYPHENS)


def _valued(tag: str, value: str) -> BaseOxmlElement:
    made = OxmlElement(tag)
    made.set(qn("w:val"), value)
    return made


def modern(word: WordDocument) -> None:
    """Mark the file as one of Word 2013 or later, against compatibility mode, and remove the library's leftovers."""
    settings = word.settings.element
    compatibility = settings.find(qn("w:compat"))
    if compatibility is None:
        compatibility = OxmlElement("w:compat")
        settings.append(compatibility)
    for found in compatibility.findall(qn("w:compatSetting")):
        if found.get(qn("w:name")) == "compatibilityMode":
            found.set(qn("w:val"), "15")
    for relation in word.part.rels.values():
        if relation.reltype.endswith("/fontTable"):  # a program without the face takes one without serifs
            fonts = relation.target_part
            fonts._blob = SANS.sub(rb"\g<1>swiss", fonts.blob)
        if relation.reltype.endswith("/theme"):  # a new heading or table takes its face from here
            theme = relation.target_part
            theme._blob = re.sub(rb'(<a:latin typeface=")[^"]*', rb"\g<1>" + FACE.encode(), theme.blob)
    package = word.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith(("/thumbnail", "/extended-properties")):
            del package.rels[key]
