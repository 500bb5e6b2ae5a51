"""A document as Word: real styles, headings, tables with header rows, page numbers, and Swedish as its language."""

import io
from collections.abc import Iterable
from dataclasses import replace

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section, _Footer, _Header
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as WordParagraph

from messages.documents.blocks import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Inline,
    Missing,
    Notes,
    PageBreak,
    Paragraph,
    Quote,
    Source,
    Span,
    Table,
    lines,
)
from messages.documents.endings import kept_at_end
from messages.documents.own_look import on_page
from messages.documents.pdf import drawable_logo, pages_of
from messages.documents.pictures import Frame, height_of, png
from messages.documents.reproducible import as_property, noon, steadied
from messages.documents.word_base import hyphenated, letterhead, modern, says_something
from messages.documents.word_draft import draft_mark
from messages.documents.word_fields import (
    ANCHOR,
    anchored,
    field,
    field_mark,
    instruction,
    leading,
    right_to_left,
    unparted,
)
from messages.documents.word_poster import band
from messages.documents.word_styles import ACCENT, GRID, set_styles, shading

LYING = ("card", "form")
TALLEST, PAGE = Cm(17), Cm(22)  # of a picture, usually and at most
WIDTHS, CODE = (360, 520, 680), 190  # points that a picture is drawn wide, and a code to scan
USUAL, FLOOR = 0.82, 0.69  # how much smaller a picture stands between text, and where its letters fall below 7 points
NARROW = 2  # points of white around a picture; a paragraph has its own
KEPT_WHOLE = 600  # characters; a row that holds more may be split between pages
SHORT, LOW = 7, 11  # rows of a table that is not parted between pages, and lines that they have at most


def write(document: Document) -> bytes:
    """The document as .docx."""
    return _Writer(document).written()


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        own = letterhead(document)
        self.lettered = own is not None
        self.word = own or docx.Document()
        set_styles(self.word, document, own=self.lettered)
        # Looked up once: the library goes through all of them each time one is set, which took half of the time.
        usual = self.word.styles.default(WD_STYLE_TYPE.PARAGRAPH)
        self._styles = {style.name: None if style == usual else style.style_id for style in self.word.styles}
        self.chapters = 0  # headings of the first level so far
        self._into: WordDocument | _Cell = self.word  # where paragraphs go: a poster's first ones into its band
        self._rest = document.blocks  # those that do not belong to the opening
        self._one_page = document.layout in ("card", "flyer")  # needs no running head, and has no page number
        self._page()
        self._properties()

    def written(self) -> bytes:
        self._opening()
        blocks, contents = self._rest, self.document.contents
        annex = self._annex()
        kept = kept_at_end(blocks) if self.document.layout == "report" else frozenset[int]()
        for place, (block, following) in enumerate(zip(blocks, (*blocks[1:], None), strict=True)):
            if contents and isinstance(block, Heading):  # after what is true of the document, as in the PDF
                self._contents()
                contents = ""
            before = len(self.word.paragraphs)
            if self.document.apart and isinstance(block, PageBreak):
                self._own_paper(following)
            elif place != annex:
                self._block(block)
            if isinstance(block, Table):
                self._after_table(block, following)
                if place in kept:
                    _keep_with_next(self.word.tables[-1].rows[-1])
            elif place in kept or _stays(block, following) or (annex is not None and place > annex and following):
                for paragraph in self.word.paragraphs[before:]:
                    paragraph.paragraph_format.keep_with_next = True
        if self.document.layout == "card":
            held = " · ".join(filter(None, (self.document.edition, self.document.meanwhile)))
            self._paragraph((Span(held),), self.document.labels["style_source"])
        if self.document.footer and self.document.layout in ("report", "flyer"):
            self._kept_with_foot()
            self._paragraph((Span(self.document.footer),), self.document.labels["style_source"])
        made = io.BytesIO()
        self.word.save(made)
        return steadied(made.getvalue())

    def _annex(self) -> int | None:
        """Return the place of the break before a single annex; as in the PDF it is below the text where it has room."""
        breaks = [place for place, block in enumerate(self._rest) if isinstance(block, PageBreak)]
        return breaks[0] if len(breaks) == 1 and self.document.layout == "report" and not self.document.apart else None

    # -- the whole -----------------------------------------------------------------------------------------------
    def _page(self) -> None:
        section = self.word.sections[0]
        form = self.document.layout == "form"
        if not self.lettered:
            self._measures(section, form=form)
        self.room = between_margins(section)
        if self.document.layout == "card":
            columns = section._sectPr.find(qn("w:cols"))
            columns.set(qn("w:num"), "2")
            columns.set(qn("w:space"), "1248")
            columns.set(qn("w:sep"), "1")  # where it is folded
            self.room = Length((self.room - Cm(2.2)) // 2)  # as much between the halves as at both edges
        heads = self._heads(section)
        if not self._one_page and not form and not (self.lettered and any(map(says_something, heads))):
            self._running(section.header.paragraphs[0], self.document.title, self.document.town)
        if self.document.draft:
            for head in heads:
                line = head.paragraphs[0] if head.paragraphs else head.add_paragraph()
                if self.document.layout == "flyer":  # above it is nothing
                    line.paragraph_format.line_spacing = Pt(1)
                draft_mark(line, self.document.draft)
        if self._one_page:
            return
        feet = [section.footer, *((section.first_page_footer,) if self.lettered and len(heads) > 1 else ())]
        if self.lettered and any(map(says_something, feet)):
            return
        left = self.document.footer if form else self.document.edition
        if self.document.apart:
            left = next((block.text for block in self._rest if isinstance(block, Heading)), left)
        for foot in (section.footer, *((section.first_page_footer,) if len(heads) > 1 else ())):
            self._numbered(foot, left)

    def _numbered(self, foot: _Footer, left: str) -> None:
        """Fill in the foot of a page: what it belongs to, and its number."""
        footer = self._running(foot.paragraphs[0], left, f"{self.document.labels['page']} ")
        field(footer, "PAGE")
        footer.add_run(" / ")
        field(footer, "SECTIONPAGES" if self.document.apart else "NUMPAGES")

    def _own_paper(self, following: Block | None) -> None:
        """Begin a page that is a paper of its own: its foot is its own, and its pages are counted from one."""
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        section.different_first_page_header_footer = False
        number = OxmlElement("w:pgNumType")
        number.set(qn("w:start"), "1")
        section._sectPr.insert_element_before(number, "w:cols", "w:docGrid")
        if self.lettered:
            return
        section.footer.is_linked_to_previous = False
        self._numbered(section.footer, following.text if isinstance(following, Heading) else self.document.edition)

    def _measures(self, section: Section, *, form: bool) -> None:
        """Paper and margins of the house."""
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        margin = Cm(2.3)
        if self.document.layout in LYING:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Cm(29.7), Cm(21)
            margin = Cm(1.1) if self.document.layout == "card" else Cm(1.5)
        section.left_margin = section.right_margin = margin
        edges = {"form": (Cm(1.1), Cm(1.2)), "card": (margin, margin), "flyer": (Cm(0), Cm(1.2))}
        section.top_margin, section.bottom_margin = edges.get(self.document.layout, (Cm(2.2), Cm(1.9)))
        section.footer_distance = Cm(0.6) if form else Cm(1)
        if self.document.layout == "flyer":
            section.header_distance = Cm(0)

    def _heads(self, section: Section) -> list[_Header]:
        """Make the page headers; the first page of a report has none, as its title is on the page."""
        if not self.lettered and self.document.layout == "report":
            section.different_first_page_header_footer = True
            section.first_page_header.is_linked_to_previous = False
        first = section.different_first_page_header_footer
        return [section.header, *((section.first_page_header,) if first else ())]

    def _running(self, paragraph: WordParagraph, left: str, right: str) -> WordParagraph:
        """The line above or below every page."""
        edge = between_margins(self.word.sections[0])
        paragraph.paragraph_format.tab_stops.add_tab_stop(edge, WD_TAB_ALIGNMENT.RIGHT)
        self._runs(paragraph, (Span(f"{left}\t{right}"),))
        return paragraph

    def _properties(self) -> None:
        core = self.word.core_properties
        if not self.lettered:
            modern(self.word)
            hyphenated(self.word, self.document.labels["style_cell"])
        town = as_property(self.document.town)
        core.subject, core.keywords = (
            as_property(self.document.edition),
            as_property(f"{self.document.title}, {self.document.town}"),
        )
        core.title, core.author, core.language = as_property(self.document.title), town, self.document.language
        core.last_modified_by, core.comments, core.revision = town, "", 1
        core.created = core.modified = noon(self.document.on).replace(tzinfo=None)

    def _opening(self) -> None:
        document = self.document
        if not self.lettered and document.layout in ("report", "flyer") and (logo := drawable_logo(document.own)):
            self._logo(logo)
        if document.layout == "flyer":
            self._poster_head()
            return
        if document.layout == "card":
            self._paragraph((Span(f"{document.town} · {document.dated}"),), "Subtitle")
        elif document.layout != "form":
            self._paragraph((Span(document.town),), "Subtitle")
        self._paragraph((Span(document.title),), "Title")
        if document.layout == "form":
            blanks = f"{document.labels['town']}: {document.town}    {document.labels['date']}: ____________"
            self._paragraph((Span(blanks),), document.labels["style_source"])
            return
        if document.line and not self._one_page:  # a card has it below
            self._paragraph((Span(document.line),), document.labels["style_source"])

    def _poster_head(self) -> None:
        """The band on top of a poster, with the town, the title and the headline."""
        self._into = cell = band(self.word)
        self._runs(self._styled(cell.paragraphs[0], "Subtitle"), (Span(self.document.town),))
        self._paragraph((Span(self.document.title),), "Title")
        if self._rest and isinstance(self._rest[0], Heading):
            self._block(self._rest[0])
            self._rest = self._rest[1:]
        self._into = self.word
        self._styled(self.word.add_paragraph(), self.document.labels["style_cell"])

    def _logo(self, logo: bytes) -> None:
        """The town's logo, at the right above the title."""
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        shape = paragraph.add_run().add_picture(io.BytesIO(logo), width=Cm(on_page(logo)))
        said = self.document.labels["logo"]
        shape._inline.docPr.set("descr", f"{said} {self.document.town}")
        shape._inline.docPr.set("name", said)

    def _contents(self) -> None:
        """A table of contents that Word keeps up to date: each line leads to its heading, and knows its page.

        The numbers are fields; until a program has counted its pages (Word does when the file is opened) they are those
        of the same document as PDF.
        """
        self._paragraph((Span(self.document.contents),), "TOC Heading")
        headings = [block for block in self.document.blocks if isinstance(block, Heading) and block.level == 1]
        numbers = pages_of(self.document)
        edge = between_margins(self.word.sections[0])
        last = len(headings) - 1
        for place, heading in enumerate(headings):
            paragraph = self._styled(self.word.add_paragraph(), "toc 1")
            paragraph.paragraph_format.tab_stops.add_tab_stop(edge, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            if place == 0:
                field_mark(paragraph, "begin", dirty=True)
                instruction(paragraph, r'TOC \o "1-1" \h \z \u')
                field_mark(paragraph, "separate")
            number = str(numbers[place]) if place < len(numbers) else ""
            leading(paragraph, ANCHOR.format(place), f"{heading.text}\t", number)
            if place == last:
                field_mark(paragraph, "end")
                paragraph.paragraph_format.space_after = Pt(18)

    def _kept_with_foot(self) -> None:
        """Let what ends the text stay with the line below it, which says nothing on a page of its own."""
        last = self._rest[-1] if self._rest else None
        if isinstance(last, Table):
            gap = self.word.paragraphs[-1]
            _keep_with_next(self.word.tables[-1].rows[-1])
            gap.paragraph_format.keep_with_next = True
        elif self.word.paragraphs and not isinstance(last, PageBreak):
            self.word.paragraphs[-1].paragraph_format.keep_with_next = True

    # -- blocks --------------------------------------------------------------------------------------------------
    def _block(self, block: Block) -> None:
        labels = self.document.labels
        match block:
            case Heading(level, text):
                paragraph = self._paragraph((Span(text),), f"Heading {level}")
                if level == 1:
                    anchored(paragraph, self.chapters)
                    self.chapters += 1
            case Paragraph(text):
                self._paragraph(text, "Normal")
            case Bullets(items, numbered, ticks, ticked):
                for place, item in enumerate(items):
                    shown = (Span("☑ " if place in ticked else "☐ "), *item) if ticks else item
                    self._paragraph(shown, "List Paragraph" if ticks else "List Number" if numbered else "List Bullet")
            case Quote(text):
                self._paragraph(text, "Intense Quote")
            case Missing(_, text):
                self._paragraph((Span(text),), labels["style_missing"])
            case Source(text, _, _):
                self._paragraph((Span(text),), labels["style_source"])
            case Table():
                self._table(block)
            case Figure():
                self._picture(block)
            case Notes():
                return
            case PageBreak():
                kind = WD_BREAK.COLUMN if self.document.layout == "card" else WD_BREAK.PAGE
                line = self._styled(self.word.add_paragraph(), labels["style_cell"])
                line.paragraph_format.line_spacing = Pt(1)  # what is left of it stands on top of what follows
                line.add_run().add_break(kind)

    def _paragraph(self, text: Inline, style: str) -> WordParagraph:
        paragraph = self._styled(self._into.add_paragraph(), style)
        self._runs(paragraph, text)
        return paragraph

    def _styled(self, paragraph: WordParagraph, style: str) -> WordParagraph:
        paragraph._p.style = self._styles[style]
        return paragraph

    def _runs(self, paragraph: WordParagraph, text: Inline, *, strong: bool = False) -> None:
        if right_to_left("".join(span.text for span in text)):
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for span in text:
            run = unparted(paragraph, span.text)
            run.bold, run.italic = (span.strong or strong) or None, span.emphasis or None
            if right_to_left(span.text):
                run.font.rtl = True

    def _table(self, block: Table) -> None:
        table = self.word.add_table(rows=1, cols=len(block.header))
        table.style = GRID if block.height else self.document.labels["style_table"]
        table.autofit = False
        for column, width in zip(table.columns, self._widths(block), strict=True):
            column.width = width
        self._row(table.rows[0], block.header, block, head=True)
        for cells in block.rows:
            self._row(table.add_row(), cells, block)
        for column in block.shared:
            for first in range(1, len(block.rows) + 1, block.each):
                table.cell(first, column).merge(table.cell(first + block.each - 1, column))
        short = len(block.rows) <= SHORT and lines(block) <= LOW
        if self.document.layout == "report" and short:  # stands together, as in the PDF
            for row in list(table.rows)[:-1]:
                _keep_with_next(row)
        elif len(block.rows) > 1:  # no page ends with the first row of a table
            _keep_with_next(table.rows[1])

    def _after_table(self, block: Table, following: Block | None) -> None:
        """Part tables that would otherwise become one, and keep a table's source on its page."""
        if isinstance(following, Source):
            _keep_with_next(self.word.tables[-1].rows[-1])
        else:  # also above a heading: LibreOffice would keep the whole table with it, and so heading and text apart
            gap = self._styled(self.word.add_paragraph(), self.document.labels["style_cell"])
            gap.paragraph_format.line_spacing = Pt(1 if isinstance(following, Heading) else 6)

    def _widths(self, table: Table) -> list[Length]:
        return [Length(int(self.room * share)) for share in table.widths]

    def _row(self, row: _Row, cells: Iterable[str], table: Table, *, head: bool = False) -> None:
        properties = row._tr.get_or_add_trPr()
        texts = list(cells)
        if max(map(len, texts)) < KEPT_WHOLE:
            properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        if table.height and not head:
            row.height, row.height_rule = Cm(table.height * 0.93), WD_ROW_HEIGHT_RULE.AT_LEAST
        lined = bool(table.height)
        for place, (cell, text, width) in enumerate(zip(row.cells, texts, self._widths(table), strict=True), 1):
            cell.width = width
            number = self.document.layout == "card" and place == len(texts)  # what is looked for
            self._runs(cell.paragraphs[0], (Span(text),), strong=number or (head and lined))
            self._styled(cell.paragraphs[0], self.document.labels["style_cell"])
            if head:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
            if head and lined:  # a form has lines all around, and so another style
                cell._tc.get_or_add_tcPr().append(shading(ACCENT))
                for run in cell.paragraphs[0].runs:
                    run.font.color.rgb = RGBColor.from_string("FFFFFF")

    def _picture(self, block: Figure) -> None:
        code = block.kind == "qr"
        shown = (
            replace(block, data={**block.data, "side": "large" if self.document.layout == "flyer" else "small"})
            if code
            else block
        )
        factor, width = (1.0, CODE) if code else self._drawn(shown)
        paragraph = self.word.add_paragraph()
        if code or self.document.layout == "report":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        made = io.BytesIO(png(shown, self.document.on, 5, Frame(width, NARROW)))
        shape = paragraph.add_run().add_picture(made, width=min(Pt(width * factor), self.room))
        for side in ("distT", "distB", "distL", "distR"):  # where nothing is said, some programs move it by 3 mm
            shape._inline.set(side, "0")
        shape._inline.docPr.set("descr", block.alt)
        shape._inline.docPr.set("name", str(block.data.get("title") or self.document.title))

    def _drawn(self, block: Figure) -> tuple[float, int]:
        """Return how much smaller a picture becomes, and how many points wide it is drawn, for the largest letters.

        As in the PDF: usually a little smaller and as wide as the text, and as tall as a page before it can't be read.
        """
        found = 0.0, WIDTHS[0]
        for tallest in (TALLEST, PAGE):
            for width in (int(self.room.pt / USUAL), *WIDTHS):
                factor = min(
                    USUAL,
                    self.room / Pt(width),
                    tallest / Pt(height_of(png(block, self.document.on, 1, Frame(width, NARROW)))),
                )
                found = max(found, (factor, width), key=lambda one: one[0])
                if found[0] >= USUAL:
                    return found
            if found[0] >= FLOOR:
                break
        return found


def _keep_with_next(row: _Row) -> None:
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _stays(block: Block, following: Block | None) -> bool:
    """True if a block stays on the page of what follows: of its source, a table or code that it leads to, its text."""
    if isinstance(following, Source):
        return not isinstance(block, Source)
    led_to = isinstance(following, Table) or (isinstance(following, Figure) and following.kind == "qr")
    leads = led_to and isinstance(block, Paragraph | Bullets)
    return leads or (isinstance(block, Paragraph) and all(span.strong for span in block.text))


def between_margins(section: Section) -> Length:
    """Return how wide the text of a page is; a letterhead may leave out what Word takes for granted."""
    left, right = section.left_margin or Cm(0), section.right_margin or Cm(0)
    return Length((section.page_width or Cm(21)) - left - right)
