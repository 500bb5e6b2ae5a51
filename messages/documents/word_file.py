"""A Word file while it is written: its paragraphs, in their styles."""

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.shared import Length
from docx.text.paragraph import Paragraph as WordParagraph

from messages.documents.blocks import Document
from messages.documents.word_base import letterhead
from messages.documents.word_fields import linked, right_to_left
from messages.documents.word_styles import set_styles
from messages.structure.blocks import Inline, plain


class WordFile:
    """The file that a document is written into, in the program's own look or on the town's letterhead."""

    def __init__(self, document: Document) -> None:
        self.document = document
        own = letterhead(document)
        self.lettered = own is not None
        self.word = own or docx.Document()
        set_styles(self.word, document, own=self.lettered)
        # Looked up once: the library goes through all of them each time one is set, which took half of the time.
        usual = self.word.styles.default(WD_STYLE_TYPE.PARAGRAPH)
        self._styles = {style.name: None if style == usual else style.style_id for style in self.word.styles}
        self.room = Length(0)  # the width that text and tables have, once pages are set

    def paragraph(self, text: Inline, style: str) -> WordParagraph:
        """Add a paragraph in a style."""
        paragraph = self.styled(self.word.add_paragraph(), style)
        self.runs(paragraph, text)
        return paragraph

    def styled(self, paragraph: WordParagraph, style: str) -> WordParagraph:
        """Set the style of a paragraph, by the name that Word has for it."""
        paragraph._p.style = self._styles[style]
        return paragraph

    def runs(self, paragraph: WordParagraph, text: Inline) -> None:
        """Add text to a paragraph; telephone numbers are links, and what goes from right to left does so."""
        if right_to_left(plain(text)):
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for span in text:
            for run in linked(paragraph, span.text):
                run.bold, run.italic = span.strong or None, span.emphasis or None
                if right_to_left(span.text):
                    run.font.rtl = True
