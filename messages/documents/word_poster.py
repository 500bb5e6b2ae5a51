"""The band on top of a poster in Word, from edge to edge as in the PDF: a table of one cell."""

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm, Length
from docx.table import _Cell

from messages.documents.word_styles import ACCENT, shading

OUT = '<w:tblInd {space} w:w="{out}" w:type="dxa"/>'  # where it begins, from the text's edge
ROOM = "<w:tcMar {space}>{sides}</w:tcMar>"
SIDE = '<w:{side} w:w="{wide}" w:type="dxa"/>'
ABOVE, BELOW = Cm(2), Cm(1)


def band(word: WordDocument) -> _Cell:
    """Add the band to an empty document without upper margin, and return the cell to write into."""
    section = word.sections[0]
    left, right = section.left_margin or Length(0), section.right_margin or Length(0)
    table = word.add_table(rows=1, cols=1)
    table.autofit = False
    table._tbl.tblPr.append(parse_xml(OUT.format(space=nsdecls("w"), out=-left.twips)))
    cell: _Cell = table.cell(0, 0)
    cell.width = table.columns[0].width = section.page_width or Cm(21)
    room = {"top": ABOVE, "left": left, "bottom": BELOW, "right": right}
    sides = "".join(SIDE.format(side=side, wide=wide.twips) for side, wide in room.items())
    properties = cell._tc.get_or_add_tcPr()
    properties.append(shading(ACCENT))
    properties.append(parse_xml(ROOM.format(space=nsdecls("w"), sides=sides)))
    return cell
