import concurrent.futures
import io
import itertools
import multiprocessing
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pptx
import pypdf
import pytest
from pptx.enum.shapes import PP_PLACEHOLDER

from flows.definitions.loader import the_process
from flows.enums import ExerciseRole
from messages.documents.blocks import Figure
from messages.documents.catalogue import DOCUMENTS, entries
from messages.documents.compose import compose
from messages.documents.make import fingerprint, make
from messages.documents.material import Material
from messages.structure.blocks import Heading, Table
from tests.documents.answered import with_rows
from tests.documents.conformity import faults
from tests.documents.conftest import file_of

LONG = ("plan", "mapping_report", "journey")


def text_of(pdf: bytes) -> str:
    """All text of a PDF."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_pdf_is_accessible(document: str, town: Material) -> None:
    """Every PDF is tagged, says its title and language, is PDF/UA-1 and PDF/A-2a, and brings all its fonts along."""
    reader = pypdf.PdfReader(io.BytesIO(file_of(document, "pdf", town)))
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] in ("sv", "sv-SE")
    assert reader.metadata is not None
    assert reader.metadata.title == compose(document, town).title
    said = root["/Metadata"].get_object().get_data().decode()
    for claim in ("<pdfuaid:part>1<", "<pdfaid:part>2<", "<pdfaid:conformance>A<"):
        assert claim in said
    intents = [intent.get_object() for intent in root["/OutputIntents"]]
    assert [intent["/S"] for intent in intents] == ["/GTS_PDFA1"]
    assert intents[0]["/DestOutputProfile"].get_object().get_data()
    assert not reader.is_encrypted
    assert not {"/OpenAction", "/AA"} & set(root)
    pages: Any = reader.pages
    for page in pages:
        for font in (page["/Resources"].get("/Font") or {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(inner)


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_pdf_keeps_its_standards(document: str, town: Material) -> None:
    """Every PDF is what it says it is, PDF/UA-1 and PDF/A-2a, by the rules of a library that did not make it."""
    forms = [form for form in DOCUMENTS[document].forms if form.startswith("pdf")]
    assert {form: faults(file_of(document, form, town)) for form in forms} == {form: [] for form in forms}


@pytest.mark.parametrize(
    ("kept", "lost", "rule"),
    [
        (b"pdfaid:part", b"pdfaxx:part", "PDFA2A"),
        (b"pdfuaid:part", b"pdfuaxx:part", "PDFUA1"),
        (b"/Lang", b"/Lanx", "PDFUA1"),
    ],
)
def test_a_pdf_that_breaks_its_standards_is_found(kept: bytes, lost: bytes, rule: str, town: Material) -> None:
    """The library that holds the PDFs to their standards finds what one has lost that they ask for."""
    broken = faults(file_of("network", "pdf", town).replace(kept, lost))
    assert [fault for fault in broken if fault.startswith(rule)]


@pytest.mark.slow
@pytest.mark.parametrize("document", [e.id for e in DOCUMENTS.values() if "docx" in e.forms])
def test_word_has_structure(document: str, town: Material) -> None:
    """A Word file has real headings, header rows that repeat, Swedish as its language, the town and page numbers."""
    made = compose(document, town)
    opened = docx.Document(io.BytesIO(file_of(document, "docx", town)))
    tables, paragraphs = list(opened.tables), list(opened.paragraphs)
    if made.layout == "flyer":  # whose first table is no table but the band that its title stands in
        paragraphs += tables.pop(0).cell(0, 0).paragraphs
    styles = [str(p.style.name) for p in paragraphs if p.style]
    assert "Title" in styles
    wanted = [type(block).__name__ for block in made.blocks].count("Heading")
    assert sum(style.startswith("Heading ") for style in styles) == wanted
    assert 'w:val="sv-SE"' in opened.styles.element.xml
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in tables)
    section = opened.sections[0]
    one_page = made.layout in ("card", "flyer")  # with no number, and the town once
    assert ("PAGE" in section.footer._element.xml) is not one_page
    if made.layout != "form" and not one_page:
        assert town.town in section.header.paragraphs[0].text
    if made.layout == "report":  # the title stands large on the first page, and not once more above it
        assert not section.first_page_header.paragraphs[0].text
        assert "PAGE" in section.first_page_footer._element.xml
    if document in LONG:
        assert "TOC " in opened.element.xml
    for shape in opened.inline_shapes:
        assert shape._inline.docPr.get("descr")


def test_plan_and_routine_say_what_matters(town: Material) -> None:
    """The plan shows vision, sub-goals, who does what, and the approvals; the routine its numbers, in both forms."""
    plan, routine = text_of(file_of("plan", "pdf", town)), text_of(file_of("routine", "pdf", town))
    for words in (
        "Exempelstad ser vi varandra",
        "Ha en jourlista",
        "Planen mot våld i nära relationer",
        "28/29",
        "Enhetschefen",
        "Ändrat sedan version 1",
    ):
        assert words in plan.replace("\n", " ")
    assert "070-174 06 30" in routine.replace("\u2011", "-").replace("\xa0", " ")
    word = docx.Document(io.BytesIO(file_of("routine", "docx", town)))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert "070-174\xa006\xa030" in cells, "a number is not parted at the end of a line"


def test_word_is_no_old_file(town: Material) -> None:
    """Word opens it without compatibility mode; its properties are ours, and each picture is named by what it shows."""
    content = file_of("plan", "docx", town)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "thumbnail" in name or name.endswith("app.xml")]
        assert re.search(r'w:name="compatibilityMode"[^>]*w:val="15"', archive.read("word/settings.xml").decode())
    opened = docx.Document(io.BytesIO(content))
    assert opened.core_properties.keywords == f"{opened.core_properties.title}, {town.town}"
    assert opened.core_properties.subject
    assert all(not str(shape._inline.docPr.get("name")).startswith("Picture") for shape in opened.inline_shapes)
    told = pypdf.PdfReader(io.BytesIO(file_of("plan", "pdf", town))).metadata
    assert told is not None
    assert str(told.subject).startswith(f"{town.town}, SN 2025/0417, Version 2, godkänd den 26 augusti 2026")
    core = docx.Document(io.BytesIO(content)).core_properties
    assert core.category == "SN 2025/0417"
    assert core.content_status.startswith("Version 2, godkänd den 26 augusti 2026")
    assert town.town in str(told.get("/Keywords"))


def test_word_has_a_table_of_contents_that_leads_on(town: Material) -> None:
    """Each chapter stands in the table of contents with its page, as a link to its heading, before Word has counted."""
    opened = docx.Document(io.BytesIO(file_of("plan", "docx", town)))
    lines = [p for p in opened.paragraphs if p.style and p.style.name == "toc 1"]
    headings = [p for p in opened.paragraphs if p.style and p.style.name == "Heading 1"]
    told = [re.fullmatch(r"(.+)\t(\d+)", line.hyperlinks[0].text) for line in lines]
    assert [found[1] for found in told if found] == [heading.text for heading in headings]
    pages = [int(found[2]) for found in told if found]
    assert pages == sorted(pages)
    printed = pypdf.PdfReader(io.BytesIO(file_of("plan", "pdf", town))).pages
    for heading, page in zip(headings, pages, strict=True):
        assert heading.text in printed[page - 1].extract_text()
    for line, heading in zip(lines, headings, strict=True):
        assert f'w:name="{line.hyperlinks[0].fragment}"' in heading._p.xml


def test_a_new_table_in_word_looks_like_ours(town: Material) -> None:
    """Header row and washed rows belong to the table style, so that a table that somebody adds has them too."""
    opened = docx.Document(io.BytesIO(file_of("plan", "docx", town)))
    style = opened.styles["Tabell"].element.xml
    assert re.search(r'w:type="firstRow".*?0B4F6C', style, re.DOTALL)
    assert "band2Horz" in style
    assert all("w:shd" not in table.rows[0]._tr.xml for table in opened.tables)


def test_card_is_one_page(town: Material) -> None:
    """The card is one page to fold, whatever the chain holds."""
    assert len(pypdf.PdfReader(io.BytesIO(file_of("card", "pdf", town))).pages) == 1


def fullness(page: pypdf.PageObject) -> float:
    """How far down a page its text reaches, from 0 to 1, without what stands in the foot."""
    lowest = []

    def seen(text: str, user: list[float], at: list[float], _font: object, _size: float) -> None:
        height = at[4] * user[1] + at[5] * user[3] + user[5]
        if text.strip() and height > FOOT:
            lowest.append(height)

    page.extract_text(visitor_text=seen)
    return (TOP - min(lowest)) / (TOP - FOOT)


TOP, FOOT = 842 - 73, 65  # points from the bottom of an A4 page: where a report's text begins and ends


def test_the_booklet_has_no_half_empty_page(town: Material) -> None:
    """Pictures and text follow each other so that no page of the booklet but its last is left half-empty."""
    whole = pypdf.PdfReader(io.BytesIO(file_of("journey", "pdf", town))).pages
    assert min(map(fullness, whole[:-1])) > 0.7


def test_an_invitation_is_one_page(town: Material) -> None:
    """The letter with its programme has room on one page, and the code to answer by stands above it."""
    (page,) = pypdf.PdfReader(io.BytesIO(file_of("invitation", "pdf", town))).pages
    said = page.extract_text()
    assert said.index("Svara senast") < said.index("Svara här") < said.index("Vad som händer")


def test_the_network_signs_too(town: Material) -> None:
    """While nobody is in the network, its role description has lines for it beside those of the core group.

    An organisation that is known, but has said nothing, has none.
    """
    names = replace(town.names, network=(), organisations={**town.names.organisations, 9: "Stadshotellet"})
    asked = replace(town, names=names)
    came = replace(town, names=replace(names, network=("Stadshotellet",)))
    alone, joined = (compose("network", made).blocks for made in (asked, came))
    lines = [
        next(b for b in blocks if isinstance(b, Table) and "Underskrift" in b.header).rows for blocks in (alone, joined)
    ]
    assert [row[0] for row in lines[0]] == [*sorted(town.names.core), "", "", ""]
    assert [row[0] for row in lines[1]] == sorted([*town.names.core, "Stadshotellet"])


def test_lines_of_a_cell_stay_apart_in_word(town: Material) -> None:
    """Each number in the routine's chain stands on a line of its own, also after a number with a hyphen."""
    chain = next(
        t
        for t in docx.Document(io.BytesIO(file_of("routine", "docx", town))).tables
        if len(t.columns) == 4 and t.cell(0, 0).text == "Led"
    )
    said = chain.cell(1, 2).paragraphs[0].text.replace("\xa0", " ")
    assert said == "Dagtid: 070-174 06 21\nKväll, natt och helg: 114 14"


def test_slides(town: Material) -> None:
    """Each heading is a slide with a title; pictures have their text alternative."""
    opened = pptx.Presentation(io.BytesIO(file_of("mapping_presentation", "pptx", town)))
    titles = [slide.shapes.title.text for slide in opened.slides if slide.shapes.title]
    assert titles[0] == "Så ser det ut hos oss"
    assert "Människohandel och prostitution · " in opened.slides[0].placeholders[1].text_frame.text
    assert "Vad aktörerna märker" in titles
    pictures = [shape for slide in opened.slides for shape in slide.shapes if shape.shape_type == 13]
    assert pictures
    assert all(len(p._element.nvPicPr.cNvPr.get("descr")) > 40 for p in pictures)


def test_slides_can_be_gone_on_with(town: Material) -> None:
    """The show is 16:9 with layouts in Swedish; each slide has its number, day and source, and what to say to it.
    A slide's texts look as the master says, so that one added by hand looks like the others."""
    opened = pptx.Presentation(io.BytesIO(file_of("mapping_presentation", "pptx", town)))
    assert opened.slide_width is not None
    assert opened.slide_height is not None
    assert opened.slide_width / opened.slide_height == pytest.approx(16 / 9, abs=0.01)
    assert [layout.name for layout in opened.slide_layouts] == ["Titel", "Rubrik och text", "Rubrik och bild"]
    told = {}
    for slide in list(opened.slides)[1:]:
        kinds = {shape.placeholder_format.type: shape for shape in slide.placeholders}
        assert {PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER} <= set(kinds)
        assert all(shape.left + shape.width <= opened.slide_width for shape in slide.shapes)
        assert "sz=" not in slide.shapes.title._element.xml
        notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
        texts = " ".join(shape.text_frame.text for shape in slide.placeholders)
        told[slide.shapes.title.text] = (texts, notes)
    assert all(slide.has_notes_slide for slide in opened.slides)
    assert "Från Anordna ett event: upplägget (5.4)" in told["Det vi vet, anar och inte vet"][0]
    assert "Det ni vet: läs upp en sak i taget" in told["Det vi vet, anar och inte vet"][1]


def test_each_slide_of_a_draft_is_marked(town: Material, empty: Material) -> None:
    """Slides that lack something say so behind each one, the first too, in PowerPoint and as PDF; whole ones do not."""
    for material in (town, empty):
        show = pptx.Presentation(io.BytesIO(file_of("mapping_presentation", "pptx", material)))
        first, *others = (
            any("UTKAST" in text.text for text in behind.element.iter("{*}t"))
            for behind in (show.slide_layouts[0], show.slide_master)
        )
        printed = pypdf.PdfReader(io.BytesIO(file_of("mapping_presentation", "pdf", material))).pages
        marked = {first, *others, *("UTKAST" in page.extract_text() for page in printed)}
        assert marked == {material is empty}


def test_what_is_short_stands_on_one_slide(town: Material, empty: Material) -> None:
    """What is known, suspected and not known stands together, and nothing goes on to a slide with a single point; in a
    group with nothing yet what is missing is one slide, not one each."""
    for form, material in itertools.product(("pptx", "pdf"), (town, empty)):
        file = io.BytesIO(file_of("mapping_presentation", form, material))
        if form == "pptx":
            told = ["\n".join(s.text_frame.text for s in one.placeholders) for one in pptx.Presentation(file).slides]
        else:
            told = [page.extract_text() for page in pypdf.PdfReader(file).pages]
        assert not any("(forts.)" in slide for slide in told)
        if material is empty:
            assert sum("Saknas" in slide for slide in told) == 1
        else:
            assert any(
                "Det vi vet" in slide and "Det vi anar" in slide and "Det vi inte vet" in slide for slide in told
            )


def test_letters_of_the_map_are_large_on_a_slide(town: Material) -> None:
    """A room reads the map: its letters are at least 11 points on a slide that is 720 points wide."""
    sizes: dict[str, float] = {}

    def seen(text: str, user: list[float], at: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes[text.strip()] = abs(user[3] * at[3]) * size

    for page in pypdf.PdfReader(io.BytesIO(file_of("mapping_presentation", "pdf", town))).pages:
        page.extract_text(visitor_text=seen)
    assert min(size for text, size in sizes.items() if text in ("Campingen", "Chattar och appar")) >= 11


def test_slides_as_pdf_have_no_slide_without_a_title(town: Material) -> None:
    """In the PDF too a picture stands on the slide of its title, so there are as many slides as titles."""
    headings = [block for block in compose("mapping_presentation", town).blocks if isinstance(block, Heading)]
    titles = [block.text for block in headings if block.level == 1]
    pages = pypdf.PdfReader(io.BytesIO(file_of("mapping_presentation", "pdf", town))).pages
    assert len(pages) == 1 + len(titles)
    for page, title in zip(pages[1:], titles, strict=True):
        assert title in page.extract_text().replace("\n", " ")


def test_mapping_begins_with_what_matters(town: Material) -> None:
    """The report begins with what is known, suspected and not known; means stand with the number behind them,
    area by area where these differ.
    """
    blocks = compose("mapping_report", town).blocks
    first = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
    assert first[:4] == ["Det vi vet, anar och inte vet", "Underlag", "Slutsatser", "Förslag"]
    drawn = next(block for block in blocks if isinstance(block, Figure) and block.kind == "indicators")
    assert "svar från 3 aktörer" in drawn.data["legend"]
    fewer = [dict(row.values) for row in town.registers["indicators"]]
    fewer += [{**fewer[0], "actor": ("Campingen",)}]
    register = the_process().with_role(ExerciseRole.INDICATORS).register
    assert register is not None
    fewer[0] = {name: value for name, value in fewer[0].items() if name not in register.areas[0].questions}
    blocks = compose("mapping_report", with_rows(town, "indicators", fewer)).blocks
    (means,) = (block for block in blocks if isinstance(block, Table) and block.header[-1] == "Antal svar")
    assert {row[-1] for row in means.rows} == {"3", "4"}


def test_a_poster_says_what_it_is_about(town: Material, empty: Material) -> None:
    """Subject, day, hour, place, whom to ask and the code to answer by; nothing of the group's own purpose, and no
    stray sign where a group has nothing yet."""
    poster = " ".join(text_of(file_of("flyer", "pdf", town)).split())
    for words in (
        "Människohandel finns här också",
        "21 maj 2026 kl. 13.00",
        "070-174 06 23",
        "Svara senast den 12 maj 2026",
    ):
        assert words in poster.replace("\u2011", "-").replace("\xa0", " ")
    assert "vilja göra något åt det med oss" not in poster
    for document in ("flyer", "invitation"):
        assert "*" not in text_of(file_of(document, "pdf", empty))


@pytest.mark.parametrize("document", ["plan", "mapping_presentation", "form_swot", "flyer"])
def test_a_number_in_a_heading_is_no_trouble(document: str, town: Material) -> None:
    """A town or a goal with a number in its name stands in running heads and contents, which have no links in them."""
    named = with_rows(replace(town, town="Ring 070-174 06 30"), "subgoals", [{"goal": "Alla ringer 0123-100 00"}])
    assert faults(file_of(document, "pdf", named)) == []


@pytest.mark.parametrize("document", ["card", "routine"])
def test_each_number_can_be_rung_and_found(document: str, town: Material) -> None:
    """On a phone a number of the paper is rung with a tap; a search for it as it is written finds it, on any page."""
    pages = pypdf.PdfReader(io.BytesIO(file_of(document, "pdf", town))).pages
    links = [note.get_object() for page in pages for note in page.get("/Annots", ())]
    rung = {link["/A"]["/URI"] for link in links if "/A" in link and "/URI" in link["/A"]}
    written = docx.Document(io.BytesIO(file_of("routine", "docx", town)))
    targets = {relation.target_ref for relation in written.part.rels.values() if relation.is_external}
    assert {"tel:112", "tel:11414", "tel:0701740623", "tel:0701740630"} <= rung & targets
    assert not any("tel:" in link and len(link) < len("tel:112") for link in rung | targets)
    found = " ".join(page.extract_text() for page in pages).replace("\xa0", " ")
    assert "070-174 06 30" in found
    assert "070-174\xa006\xa030" in written.element.xml
    assert "\u2011" not in found + written.element.xml


def test_forms_are_for_paper(town: Material) -> None:
    """An empty form is a lying A4, which a printer can make larger."""
    page = pypdf.PdfReader(io.BytesIO(file_of("form_swot", "pdf", town))).pages[0]
    wanted = 297, 210
    assert (page.mediabox.width, page.mediabox.height) == pytest.approx([mm / 25.4 * 72 for mm in wanted], abs=1)


def test_word_keeps_a_short_table_on_one_page(town: Material) -> None:
    """The facts of a document, and who has approved it, are not parted between two pages of Word."""
    tables = docx.Document(io.BytesIO(file_of("routine", "docx", town))).tables
    facts = next(table for table in tables if table.cell(0, 0).text == "Om dokumentet")
    assert all(cell.paragraphs[0].paragraph_format.keep_with_next for row in facts.rows[:-1] for cell in row.cells)


def test_word_parts_a_tall_table_between_its_rows(town: Material) -> None:
    """A subgoal whose few activities take much of a page leaves no half page empty above it; no page ends with the
    first of them."""
    first, *others = (row.values for row in town.registers["activities"])
    told = "Besöka alla hotell och prata med dem som arbetar i receptionen. " * 8
    rows = [{**row, "activity": told, "subgoal": first["subgoal"]} for row in (first, *others[:4])]
    tables = docx.Document(io.BytesIO(file_of("plan", "docx", with_rows(town, "activities", rows)))).tables
    tall = next(table for table in tables if table.rows[1].cells[1:] and told[:40] in table.rows[1].cells[1].text)
    kept = [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in tall.rows]
    assert kept == [True, True, False, False, False, False]


def test_forms_hold_every_part_of_their_template(town: Material) -> None:
    """What the method's own templates ask for has its place on ours: a comment on each actor, the mean of each area,
    and the activities of each sub-goal year by year.
    """
    headers = {
        form: [block.header for block in compose(f"form_{form}", town).blocks if isinstance(block, Table)]
        for form in ("actor_matrix", "indicators", "plan")
    }
    assert headers["actor_matrix"][0][-2:] == ("Kontaktperson", "Kommentar")
    assert headers["indicators"][1][-1] == "Snitt för området"
    assert ("Delmål", "År 1", "År 2", "År 3") in headers["plan"]


@pytest.mark.parametrize(
    ("document", "form"), [("plan", "docx"), ("plan", "pdf"), ("mapping_presentation", "pptx"), ("tables", "xlsx")]
)
def test_same_content_same_file(document: str, form: str, town: Material) -> None:
    """The same material gives the same bytes, so a file can be kept until something changes; a change is noticed."""
    assert make(document, form, town) == make(document, form, town)
    other = Material("Annanstad", town.today, rounds=town.rounds, registers=town.registers)
    assert fingerprint(document, form, town) == fingerprint(document, form, town)
    assert fingerprint(document, form, town) != fingerprint(document, form, other)


def test_archives_are_whole(town: Material) -> None:
    """Office files are sound archives without a moment of making in them."""
    for form, document in (("docx", "routine"), ("pptx", "mapping_presentation"), ("xlsx", "tables")):
        with zipfile.ZipFile(io.BytesIO(file_of(document, form, town))) as archive:
            assert archive.testzip() is None
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.slow
def test_in_a_worker_process(town: Material) -> None:
    """A document is made in another process from what can be sent there, and is the same as one made here."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        assert pool.submit(make, "plan", "pdf", town).result() == file_of("plan", "pdf", town)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_all(town: Material, tmp_path: Path) -> None:
    """LibreOffice opens and converts every Word file, slide show and workbook."""
    made = []
    for entry in entries():
        for form in set(entry.forms) & {"docx", "pptx", "xlsx"}:
            path = tmp_path / f"{entry.id}-{form}.{form}"
            path.write_bytes(make(entry.id, form, town))
            made.append(path)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path / "out", *made],
        check=True,
        capture_output=True,
    )
    assert {p.stem for p in (tmp_path / "out").glob("*.pdf")} == {p.stem for p in made}
