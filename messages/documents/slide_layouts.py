"""The slide show that slides are put into: 16:9, three layouts with names in the document's language, and one master.

All that slides have in common is in them, so that a slide added by hand looks like the others.
"""

import re
from copy import deepcopy
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Cm, Emu, Pt

from messages.documents.blocks import Document

WIDTH, HEIGHT, MARGIN = Cm(33.867), Cm(19.05), Cm(2)
ROOM = Emu(WIDTH - 2 * MARGIN)
TOP, LOW = Cm(4), Cm(16)  # of what stands between the title and the source
FACE, ACCENT, FAINT = "Calibri", "0B4F6C", "5F6C7B"
KEPT = {0: "slide_title", 1: "slide_text", 5: "slide_picture"}  # the library's layouts, and what ours are called
TITLE, CONTENT, PICTURE = range(3)
SOURCE = 13  # the place of a slide's source, by the number that placeholders have
RUNNING = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)  # the library leaves them out of new slides
BOXES = {
    PP_PLACEHOLDER.TITLE: (MARGIN, Cm(1.2), ROOM, Cm(2.2)),
    PP_PLACEHOLDER.BODY: (MARGIN, TOP, ROOM, LOW - TOP),
    PP_PLACEHOLDER.FOOTER: (MARGIN, Cm(17.6), Cm(20), Cm(0.9)),
    PP_PLACEHOLDER.SLIDE_NUMBER: (WIDTH - MARGIN - Cm(4), Cm(17.6), Cm(4), Cm(0.9)),
}
FIRST = {PP_PLACEHOLDER.CENTER_TITLE: (Cm(5.2), Cm(3.6)), PP_PLACEHOLDER.SUBTITLE: (Cm(9.2), Cm(3))}
DECORATION = """<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative
xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>"""
BAR = f"""<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="91" name="">{DECORATION}</p:cNvPr>
<p:cNvSpPr/>
<p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{Cm(0.9)}" cy="{HEIGHT}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="{ACCENT}"/></a:solidFill><a:ln><a:noFill/>
</a:ln></p:spPr></p:sp>"""
DRAFT = f"""<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="92" name="">{DECORATION}</p:cNvPr>
<p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm rot="-1500000">
<a:off x="{MARGIN}" y="{Cm(6.5)}"/>
<a:ext cx="{ROOM}" cy="{Cm(6)}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody>
<a:bodyPr wrap="none" anchor="ctr"/><a:lstStyle/><a:p><a:pPr algn="ctr"/><a:r><a:rPr sz="13800" b="1"><a:solidFill>
<a:srgbClr val="%s"><a:alpha val="14000"/></a:srgbClr></a:solidFill></a:rPr><a:t>%s</a:t></a:r></a:p></p:txBody>
</p:sp>"""
BEHIND = (
    f'<p:bg {nsdecls("p", "a")}><p:bgPr><a:solidFill><a:srgbClr val="{ACCENT}"/></a:solidFill>'
    "<a:effectLst/></p:bgPr></p:bg>"
)
FIRST_SIZES = {PP_PLACEHOLDER.CENTER_TITLE: 4800, PP_PLACEHOLDER.SUBTITLE: 2400}  # hundredths of a point
FIRST_LEVEL = (
    '<a:lvl1pPr {space} marL="0" indent="0" algn="l"><a:buNone/><a:defRPr sz="{size}"><a:solidFill>'
    '<a:srgbClr val="FFFFFF"/></a:solidFill></a:defRPr></a:lvl1pPr>'
)
SOURCE_BOX = f"""<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="90" name="%s"/><p:cNvSpPr><a:spLocks noGrp="1"/>
</p:cNvSpPr><p:nvPr><p:ph type="body" sz="quarter" idx="{SOURCE}"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm>
<a:off x="{MARGIN}" y="{Cm(16.3)}"/><a:ext cx="{ROOM}" cy="{Cm(1.2)}"/></a:xfrm></p:spPr><p:txBody>
<a:bodyPr anchor="b"><a:normAutofit/></a:bodyPr><a:lstStyle><a:lvl1pPr marL="0" indent="0"><a:buNone/>
<a:defRPr sz="1400" b="0"><a:solidFill><a:srgbClr val="{FAINT}"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>
<a:p><a:r><a:rPr/><a:t>%s</a:t></a:r></a:p></p:txBody></p:sp>"""


def empty_show(document: Document) -> Any:
    """A slide show without slides, in the house's look."""
    show: Any = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    layouts = list(show.slide_layouts)
    for place, layout in enumerate(layouts):
        if place in KEPT:
            layout.name = document.labels[KEPT[place]]
        else:
            show.slide_layouts.remove(layout)
    master = show.slide_master
    _theme(master, document)
    _styles(master)
    _placed(master)
    master.shapes._spTree.insert(2, parse_xml(BAR))
    if document.draft:  # behind all else of each slide
        master.shapes._spTree.insert(3, parse_xml(DRAFT % (ACCENT, document.draft)))
    for place, layout in enumerate(show.slide_layouts):
        _placed(layout, inherits=True)
        if place == TITLE:  # the opening slide is in the house's colour, with white words
            layout._element.set("showMasterSp", "0")
            layout._element.cSld.insert(0, parse_xml(BEHIND))
            if document.draft:
                layout.shapes._spTree.insert(2, parse_xml(DRAFT % ("FFFFFF", document.draft)))
        if place != TITLE:
            name = document.labels["style_source"]
            layout.shapes._spTree.append(parse_xml(SOURCE_BOX % (name, name)))
    return show


def add_slide(show: Any, layout: int, document: Document) -> Any:
    """A new slide with its footer and its number."""
    drawn = show.slide_layouts[layout]
    slide = show.slides.add_slide(drawn)
    if layout == TITLE:
        return slide
    for shape in drawn.placeholders:
        if shape.placeholder_format.type in RUNNING:
            slide.shapes._spTree.append(deepcopy(shape._element))
    for shape in slide.placeholders:
        if shape.placeholder_format.type == PP_PLACEHOLDER.FOOTER:
            _footer(shape.text_frame.paragraphs[0], f"{document.town} · {document.dated}")
    return slide


def _footer(paragraph: Any, text: str) -> None:
    """Add a line to the footer, with its own formatting, as not every program takes that from the master."""
    paragraph.alignment = PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text, run.font.size, run.font.name = text, Pt(12), FACE


def _placed(page: Any, *, inherits: bool = False) -> None:
    """Put the placeholders where they belong; a layout leaves it to the master, but for its title page."""
    for shape in list(page.placeholders):
        kind = shape.placeholder_format.type
        if kind in FIRST:
            shape.left, shape.width = MARGIN, ROOM
            shape.top, shape.height = FIRST[kind]
            listed = shape._element.txBody.find(qn("a:lstStyle"))
            for own in list(listed):
                listed.remove(own)
            listed.append(parse_xml(FIRST_LEVEL.format(space=nsdecls("a"), size=FIRST_SIZES[kind])))
        elif kind == PP_PLACEHOLDER.DATE:
            shape._element.getparent().remove(shape._element)  # the day stands in the footer
        elif inherits:
            for own in shape._element.spPr.findall("{*}xfrm"):
                shape._element.spPr.remove(own)
        elif kind in BOXES:
            shape.left, shape.top, shape.width, shape.height = BOXES[kind]


def _styles(master: Any) -> None:
    """Texts begin at the left, in the house's colours and sizes."""
    styles = master._element.find("{*}txStyles")
    for name, sizes in (("titleStyle", (3200,)), ("bodyStyle", (2800, 2400, 2000, 1800, 1800))):
        for level, size in enumerate(sizes, 1):
            properties = styles.find(f"{{*}}{name}/{{*}}lvl{level}pPr")
            properties.set("algn", "l")
            properties.find("{*}defRPr").set("sz", str(size))
    title = styles.find("{*}titleStyle/{*}lvl1pPr/{*}defRPr")
    title.set("b", "1")
    colour = title.find("{*}solidFill")
    colour.clear()
    colour.append(parse_xml(f'<a:srgbClr {nsdecls("a")} val="{ACCENT}"/>'))
    for shape in master.placeholders:
        if shape.placeholder_format.type == PP_PLACEHOLDER.FOOTER:
            for properties in shape._element.iter("{*}lvl1pPr"):
                properties.set("algn", "l")
        if shape.placeholder_format.type in RUNNING:
            for properties in shape._element.iter("{*}defRPr"):
                for fill in properties.findall("{*}solidFill"):
                    properties.remove(fill)
                properties.insert(0, parse_xml(f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{FAINT}"/></a:solidFill>'))


def _theme(master: Any, document: Document) -> None:
    """The theme's name, face and first colour, which new shapes and tables take up."""
    part = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    theme = part.blob.decode()
    theme = re.sub(r'(<a:theme [^>]*name=")[^"]*', lambda found: found[1] + document.labels["theme"], theme, count=1)
    theme = re.sub(r'(<a:latin typeface=")[^"]*', rf"\g<1>{FACE}", theme)
    theme = re.sub(r"<a:accent1>.*?</a:accent1>", f'<a:accent1><a:srgbClr val="{ACCENT}"/></a:accent1>', theme)
    part._blob = theme.encode()
