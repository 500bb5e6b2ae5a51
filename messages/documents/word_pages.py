"""The pages of a Word file: paper, margins, what stands above and below each page, and what the file says of itself."""

from docx.enum.section import WD_SECTION
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section, _Footer, _Header
from docx.shared import Cm, Length
from docx.text.paragraph import Paragraph as WordParagraph

from messages.documents.blocks import Block
from messages.documents.reproducible import as_property, noon
from messages.documents.word_base import counts_pages, hyphenated, modern, says_something
from messages.documents.word_draft import draft_mark
from messages.documents.word_fields import field
from messages.documents.word_file import WordFile
from messages.structure.blocks import Heading, Span


def set_pages(file: WordFile) -> None:
    """Set paper and margins, the line above and below each page, and the mark of a draft."""
    section = file.word.sections[0]
    if not file.lettered:
        _measures(section)
    file.room = between_margins(section)
    heads = _heads(file, section)
    if not (file.lettered and any(map(says_something, heads))):
        _running(file, section.header.paragraphs[0], file.document.title, file.document.town)
    if file.document.draft:
        for head in heads:
            line = head.paragraphs[0] if head.paragraphs else head.add_paragraph()
            draft_mark(line, file.document.draft)
    left = file.document.edition
    if file.document.apart:
        left = next((block.text for block in file.document.blocks if isinstance(block, Heading)), left)
    for foot in (section.footer, *((section.first_page_footer,) if len(heads) > 1 else ())):
        if not counts_pages(foot):
            _numbered(file, foot, left)


def begin_paper(file: WordFile, following: Block | None) -> None:
    """Begin a page that is a paper of its own: its foot is its own, and its pages are counted from one."""
    section = file.word.add_section(WD_SECTION.NEW_PAGE)
    section.different_first_page_header_footer = False
    number = OxmlElement("w:pgNumType")
    number.set(qn("w:start"), "1")
    section._sectPr.insert_element_before(number, "w:cols", "w:docGrid")
    if file.lettered:
        return
    section.footer.is_linked_to_previous = False
    _numbered(file, section.footer, following.text if isinstance(following, Heading) else file.document.edition)


def set_properties(file: WordFile) -> None:
    """Say in the file what it is, whose, in which language and of which day: never who made it on which machine."""
    core = file.word.core_properties
    if not file.lettered:
        modern(file.word)
        hyphenated(file.word, file.document.labels["style_cell"])
    town = as_property(file.document.town)
    core.subject, core.keywords = (
        as_property(file.document.edition),
        as_property(f"{file.document.title}, {file.document.town}"),
    )
    core.title, core.author, core.language = as_property(file.document.title), town, file.document.language
    core.category, core.content_status = as_property(file.document.reference), as_property(file.document.line)
    core.last_modified_by, core.comments, core.revision = town, "", 1
    core.created = core.modified = noon(file.document.on).replace(tzinfo=None)


def _measures(section: Section) -> None:
    """Paper and margins of the house."""
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin, section.bottom_margin, section.footer_distance = Cm(2.2), Cm(1.9), Cm(1)


def _heads(file: WordFile, section: Section) -> list[_Header]:
    """Make the page headers; the first page of a report has none, as its title is on the page."""
    if not file.lettered:
        section.different_first_page_header_footer = True
        section.first_page_header.is_linked_to_previous = False
    first = section.different_first_page_header_footer
    return [section.header, *((section.first_page_header,) if first else ())]


def _numbered(file: WordFile, foot: _Footer, left: str) -> None:
    """Fill in the foot of a page: what it belongs to, and its number."""
    own = says_something(foot)  # of the town's own: version and page stand below it
    line = foot.add_paragraph() if own or not foot.paragraphs else foot.paragraphs[0]
    footer = _running(file, line, left, f"{file.document.labels['page']} ")
    field(footer, "PAGE")
    footer.add_run(" / ")
    field(footer, "SECTIONPAGES" if file.document.apart else "NUMPAGES")


def _running(file: WordFile, paragraph: WordParagraph, left: str, right: str) -> WordParagraph:
    """The line above or below every page."""
    edge = between_margins(file.word.sections[0])
    paragraph.paragraph_format.tab_stops.add_tab_stop(edge, WD_TAB_ALIGNMENT.RIGHT)
    file.runs(paragraph, (Span(f"{left}\t{right}"),))
    return paragraph


def between_margins(section: Section) -> Length:
    """Return how wide the text of a page is; a letterhead may leave out what Word takes for granted."""
    left, right = section.left_margin or Cm(0), section.right_margin or Cm(0)
    return Length((section.page_width or Cm(21)) - left - right)
