"""Tables in a Word file: header rows, rows that are not parted, and what stays on one page."""

from collections.abc import Iterable

from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml import OxmlElement
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import _Row

from messages.documents.blocks import Block, Source, lines
from messages.documents.word_file import WordFile
from messages.documents.word_styles import ACCENT, GRID, shading
from messages.structure.blocks import Heading, Span, Table

KEPT_WHOLE = 600  # characters; a row that holds more may be split between pages
SHORT, LOW = 7, 11  # rows of a table that is not parted between pages, and lines that they have at most


def add_table(file: WordFile, block: Table) -> None:
    """Add a table; one to sign in has lines all around and rows to write in."""
    table = file.word.add_table(rows=1, cols=len(block.header))
    table.style = GRID if block.height else file.document.labels["style_table"]
    table.autofit = False
    for column, width in zip(table.columns, _widths(file, block), strict=True):
        column.width = width
    _row(file, table.rows[0], block.header, block, head=True)
    for cells in block.rows:
        _row(file, table.add_row(), cells, block)
    for column in block.shared:
        for first in range(1, len(block.rows) + 1, block.each):
            table.cell(first, column).merge(table.cell(first + block.each - 1, column))
    short = len(block.rows) <= SHORT and lines(block) <= LOW
    if short:  # stands together, as in the PDF
        for row in list(table.rows)[:-1]:
            keep_with_next(row)
    elif len(block.rows) > 1:  # no page ends with the first row of a table
        keep_with_next(table.rows[1])


def end_table(file: WordFile, following: Block | None) -> None:
    """Part tables that would otherwise become one, and keep a table's source on its page."""
    if isinstance(following, Source):
        keep_with_next(file.word.tables[-1].rows[-1])
    else:  # also above a heading: LibreOffice would keep the whole table with it, and so heading and text apart
        gap = file.styled(file.word.add_paragraph(), file.document.labels["style_cell"])
        gap.paragraph_format.line_spacing = Pt(1 if isinstance(following, Heading) else 6)


def keep_with_next(row: _Row) -> None:
    """Keep a row on the page of what follows it."""
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _widths(file: WordFile, table: Table) -> list[Length]:
    return [Length(int(file.room * share)) for share in table.widths]


def _row(file: WordFile, row: _Row, cells: Iterable[str], table: Table, *, head: bool = False) -> None:
    properties = row._tr.get_or_add_trPr()
    texts = list(cells)
    if max(map(len, texts)) < KEPT_WHOLE:
        properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    if table.height and not head:
        row.height, row.height_rule = Cm(table.height * 0.93), WD_ROW_HEIGHT_RULE.AT_LEAST
    lined = head and bool(table.height)  # has lines all around, and so another style
    for cell, text, width in zip(row.cells, texts, _widths(file, table), strict=True):
        cell.width = width
        file.runs(cell.paragraphs[0], (Span(text, strong=lined),))
        file.styled(cell.paragraphs[0], file.document.labels["style_cell"])
        if head:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        if lined:
            cell._tc.get_or_add_tcPr().append(shading(ACCENT))
            for run in cell.paragraphs[0].runs:
                run.font.color.rgb = RGBColor.from_string("FFFFFF")
