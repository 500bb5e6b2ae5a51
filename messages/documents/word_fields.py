"""Parts of Word files that its library cannot make: fields, bookmarks, numbers that can be rung."""

import re
import unicodedata
from collections.abc import Iterator

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

ANCHOR = "_Toc{:05}"  # what a heading is found by
NUMBER = re.compile(r"\d[\d -]{3,14}\d")  # what is not parted at its spaces
PHONE = re.compile(r"\b(0\d[\d -]{4,13}\d|112|114 14|116 \d{3})\b")  # what can be rung with a tap


def anchored(paragraph: WordParagraph, number: int) -> None:
    """Give a heading the name that the table of contents finds it by."""
    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (begin, end):
        mark.set(qn("w:id"), str(number))
    begin.set(qn("w:name"), ANCHOR.format(number))
    paragraph._p.insert_element_before(begin, "w:r")
    paragraph._p.append(end)


def leading(paragraph: WordParagraph, anchor: str, text: str, number: str) -> None:
    """A line that leads to a heading, with the number of its page as a field."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), anchor)
    link.set(qn("w:history"), "1")
    before = len(paragraph._p)
    paragraph.add_run(text)
    field(paragraph, f"PAGEREF {anchor} \\h", number)
    for run in list(paragraph._p)[before:]:
        link.append(run)
    paragraph._p.append(link)


def linked(paragraph: WordParagraph, text: str) -> Iterator[Run]:
    """Add text whose telephone numbers can be rung with a tap, and found: they have plain hyphens. Yield its runs."""
    for place, piece in enumerate(PHONE.split(text)):
        if not piece:
            continue
        run = paragraph.add_run(NUMBER.sub(lambda number: number[0].replace(" ", "\N{NO-BREAK SPACE}"), piece))
        if place % 2:
            address = "tel:" + "".join(sign for sign in piece if sign.isdecimal())
            link = OxmlElement("w:hyperlink")
            link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
            paragraph._p.append(link)
            link.append(run._r)
        yield run


# -- fields --------------------------------------------------------------------------------------------------------
def field(paragraph: WordParagraph, told: str, shown: str = "1") -> None:
    """A field, and what stands there until it is counted."""
    field_mark(paragraph, "begin")
    instruction(paragraph, told)
    field_mark(paragraph, "separate")
    paragraph.add_run(shown)
    field_mark(paragraph, "end")


def field_mark(paragraph: WordParagraph, kind: str, *, dirty: bool = False) -> None:
    """Return where a field begins, where what it shows begins, or where it ends."""
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    if dirty:
        mark.set(qn("w:dirty"), "true")
    paragraph.add_run()._r.append(mark)


def instruction(paragraph: WordParagraph, text: str) -> None:
    """Return what a field counts or gathers."""
    told = OxmlElement("w:instrText")
    told.set(qn("xml:space"), "preserve")
    told.text = text
    paragraph.add_run()._r.append(told)


def right_to_left(text: str) -> bool:
    """True if the first letter with a direction goes from right to left."""
    first = next((kind for char in text if (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL")), "L")
    return first != "L"
