"""The word across each page of a draft in Word, as Word's own watermarks are: a drawing in the header, behind the text.

It is VML (ECMA-376 part 4, 19), which Word writes itself for a watermark and LibreOffice reads; removing the header's
drawing, or Word's *Design > Watermark > Remove*, takes it away.
"""

from xml.sax.saxutils import quoteattr

from docx.oxml import parse_xml
from docx.text.paragraph import Paragraph

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office"'
)
WORD_ART = (
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
    '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/>'
    '<v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>'
    '<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t" o:connecttype="custom"/>'
    '<v:textpath on="t" fitshape="t"/></v:shapetype>'
)
STYLE = (
    "position:absolute;margin-left:0;margin-top:0;width:430pt;height:110pt;rotation:310;z-index:-251658752;"
    "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
    "mso-position-vertical:center;mso-position-vertical-relative:margin"
)


def draft_mark(paragraph: Paragraph, word: str) -> None:
    """Put the word into a paragraph of the header, so that it stands on every page."""
    said = quoteattr(word)
    run = paragraph.add_run()
    run.element.append(
        parse_xml(
            f'<w:pict {SPACES}>{WORD_ART}<v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" '
            f'type="#_x0000_t136" alt={said} style="{STYLE}" o:allowincell="f" fillcolor="#dbe5ea" stroked="f">'
            f'<v:textpath style="font-family:Calibri;font-size:1pt;font-weight:bold" string={said}/></v:shape>'
            "</w:pict>"
        )
    )
