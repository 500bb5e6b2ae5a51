"""Pictures in a Word file, each with its words, as large as its letters need and the page has room for."""

import io
from dataclasses import replace

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from messages.documents.blocks import Figure
from messages.documents.own_look import on_page
from messages.documents.pictures import Frame, height_of, png
from messages.documents.word_file import WordFile

TALLEST, PAGE = Cm(17), Cm(22)  # of a picture, usually and at most
WIDTHS, CODE = (360, 520, 680), 190  # points that a picture is drawn wide, and a code to scan
USUAL, FLOOR = 0.82, 0.69  # how much smaller a picture stands between text, and where its letters fall below 7 points
NARROW = 2  # points of white around a picture; a paragraph has its own


def add_picture(file: WordFile, block: Figure) -> None:
    """Add a picture, or a code to scan, with what it shows in words."""
    code = block.kind == "qr"
    shown = replace(block, data={**block.data, "side": "small"}) if code else block
    factor, width = (1.0, CODE) if code else _drawn(file, shown)
    paragraph = file.word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made = io.BytesIO(png(shown, file.document.on, 5, Frame(width, NARROW)))
    shape = paragraph.add_run().add_picture(made, width=min(Pt(width * factor), file.room))
    for side in ("distT", "distB", "distL", "distR"):  # where nothing is said, some programs move it by 3 mm
        shape._inline.set(side, "0")
    shape._inline.docPr.set("descr", block.alt)
    shape._inline.docPr.set("name", str(block.data.get("title") or file.document.title))


def add_logo(file: WordFile, logo: bytes) -> None:
    """The town's logo, at the right above the title."""
    paragraph = file.word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    shape = paragraph.add_run().add_picture(io.BytesIO(logo), width=Cm(on_page(logo)))
    said = file.document.labels["logo"]
    shape._inline.docPr.set("descr", f"{said} {file.document.town}")
    shape._inline.docPr.set("name", said)


def _drawn(file: WordFile, block: Figure) -> tuple[float, int]:
    """Return how much smaller a picture becomes, and how many points wide it is drawn, for the largest letters.

    As in the PDF: usually a little smaller and as wide as the text, and as tall as a page before it can't be read.
    """
    found = 0.0, WIDTHS[0]
    for tallest in (TALLEST, PAGE):
        for width in (int(file.room.pt / USUAL), *WIDTHS):
            factor = min(
                USUAL,
                file.room / Pt(width),
                tallest / Pt(height_of(png(block, file.document.on, 1, Frame(width, NARROW)))),
            )
            found = max(found, (factor, width), key=lambda one: one[0])
            if found[0] >= USUAL:
                return found
        if found[0] >= FLOOR:
            break
    return found
