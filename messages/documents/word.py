"""A document as Word: real styles, headings, tables with header rows, page numbers, and Swedish as its language."""

import io

from docx.enum.text import WD_BREAK, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Pt

from messages.documents.blocks import Block, Document, Figure, Missing, Notes, PageBreak, Source
from messages.documents.endings import kept_at_end
from messages.documents.pdf import drawable_logo, pages_of
from messages.documents.reproducible import steadied
from messages.documents.word_fields import (
    ANCHOR,
    anchored,
    field_mark,
    instruction,
    leading,
)
from messages.documents.word_file import WordFile
from messages.documents.word_pages import begin_paper, between_margins, set_pages, set_properties
from messages.documents.word_pictures import add_logo, add_picture
from messages.documents.word_tables import add_table, end_table, keep_with_next
from messages.structure.blocks import Bullets, Heading, Paragraph, Quote, Span, Table


def write(document: Document) -> bytes:
    """The document as .docx."""
    return _Writer(document).written()


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.file = WordFile(document)
        self.word = self.file.word
        self.chapters = 0  # headings of the first level so far
        set_pages(self.file)
        set_properties(self.file)

    def written(self) -> bytes:
        self._opening()
        blocks, contents = self.document.blocks, self.document.contents
        annex = self._annex()
        kept = kept_at_end(blocks)
        for place, (block, following) in enumerate(zip(blocks, (*blocks[1:], None), strict=True)):
            if contents and isinstance(block, Heading):  # after what is true of the document, as in the PDF
                self._contents()
                contents = ""
            annexed = annex is not None and place > annex and following is not None
            before = len(self.word.paragraphs)
            if self.document.apart and isinstance(block, PageBreak):
                begin_paper(self.file, following)
            elif place != annex:
                self._block(block)
            if isinstance(block, Table):
                end_table(self.file, following)
                if place in kept:
                    keep_with_next(self.word.tables[-1].rows[-1])
            elif place in kept or annexed or _stays(block, following):
                for paragraph in self.word.paragraphs[before:]:
                    paragraph.paragraph_format.keep_with_next = True
        if self.document.footer:
            self._kept_with_foot()
            self.file.paragraph((Span(self.document.footer),), self.document.labels["style_source"])
        made = io.BytesIO()
        self.word.save(made)
        return steadied(made.getvalue())

    def _annex(self) -> int | None:
        """Return the place of the break before a single annex; as in the PDF it is below the text where it has room."""
        breaks = [place for place, block in enumerate(self.document.blocks) if isinstance(block, PageBreak)]
        return breaks[0] if len(breaks) == 1 and not self.document.apart else None

    def _opening(self) -> None:
        document = self.document
        if not self.file.lettered and (logo := drawable_logo(document.own)):
            add_logo(self.file, logo)
        self.file.paragraph((Span(document.town),), "Subtitle")
        self.file.paragraph((Span(document.title),), "Title")
        if document.line:
            self.file.paragraph((Span(document.line),), document.labels["style_source"])

    def _contents(self) -> None:
        """A table of contents that Word keeps up to date: each line leads to its heading, and knows its page.

        The numbers are fields; until a program has counted its pages (Word does when the file is opened) they are those
        of the same document as PDF.
        """
        self.file.paragraph((Span(self.document.contents),), "TOC Heading")
        headings = [block for block in self.document.blocks if isinstance(block, Heading) and block.level == 1]
        numbers = pages_of(self.document)
        edge = between_margins(self.word.sections[0])
        last = len(headings) - 1
        for place, heading in enumerate(headings):
            paragraph = self.file.styled(self.word.add_paragraph(), "toc 1")
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
        last = self.document.blocks[-1] if self.document.blocks else None
        if isinstance(last, Table):
            gap = self.word.paragraphs[-1]
            keep_with_next(self.word.tables[-1].rows[-1])
            gap.paragraph_format.keep_with_next = True
        elif self.word.paragraphs and not isinstance(last, PageBreak):
            self.word.paragraphs[-1].paragraph_format.keep_with_next = True

    # -- blocks --------------------------------------------------------------------------------------------------
    def _block(self, block: Block) -> None:
        labels = self.document.labels
        match block:
            case Heading(level, text):
                paragraph = self.file.paragraph((Span(text),), f"Heading {level}")
                if level == 1:
                    anchored(paragraph, self.chapters)
                    self.chapters += 1
            case Paragraph(text):
                self.file.paragraph(text, "Normal")
            case Bullets(items, numbered):
                for item in items:
                    self.file.paragraph(item, "List Number" if numbered else "List Bullet")
            case Quote(text):
                self.file.paragraph(text, "Intense Quote")
            case Missing(_, text):
                self.file.paragraph((Span(text),), labels["style_missing"])
            case Source(text, _, _):
                self.file.paragraph((Span(text),), labels["style_source"])
            case Table():
                add_table(self.file, block)
            case Figure():
                add_picture(self.file, block)
            case Notes():
                return
            case PageBreak():
                line = self.file.styled(self.word.add_paragraph(), labels["style_cell"])
                line.paragraph_format.line_spacing = Pt(1)  # what is left of it stands on top of what follows
                line.add_run().add_break(WD_BREAK.PAGE)


def _stays(block: Block, following: Block | None) -> bool:
    """True if a block stays on the page of what follows: of its source, a table or code that it leads to, its text."""
    if isinstance(following, Source):
        return not isinstance(block, Source)
    led_to = isinstance(following, Table) or (isinstance(following, Figure) and following.kind == "qr")
    leads = led_to and isinstance(block, Paragraph | Bullets)
    return leads or (isinstance(block, Paragraph) and all(span.strong for span in block.text))
