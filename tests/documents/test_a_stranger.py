"""What a records officer, a communicator and a board member saw who looked at the documents for the first time."""

import io
import zipfile
from dataclasses import replace

import docx
import pptx
import pypdf
import pytest
from docx.oxml.ns import qn

from messages.documents import pdf
from messages.documents.blocks import Block, Figure
from messages.documents.compose import below, compose
from messages.documents.facts import Facts
from messages.documents.make import filename, make
from messages.documents.material import Material
from messages.documents.pictures import on_paper
from messages.structure.blocks import Bullets, Heading, Paragraph, Quote, Span, Table
from tests.documents.answered import with_answers, with_rows
from tests.documents.conformity import faults
from tests.documents.conftest import file_of
from tests.documents.test_files import text_of


def said(blocks: tuple[Block, ...]) -> str:
    """The running text of blocks: paragraphs, quotes and points."""
    lines = [
        line
        for b in blocks
        for line in (b.items if isinstance(b, Bullets) else (b.text,) if isinstance(b, Paragraph | Quote) else ())
    ]
    return "\n".join("".join(span.text for span in line) for line in lines)


# -- Word ------------------------------------------------------------------------------------------------------------
def test_a_picture_in_word_is_between_the_margins(town: Material) -> None:
    """A picture says that it has no room around it: LibreOffice would move it by 3 mm."""
    word = docx.Document(io.BytesIO(file_of("routine", "docx", town)))
    shown = [shape._inline for shape in word.inline_shapes]
    assert shown
    assert all(one.get(side) == "0" for one in shown for side in ("distT", "distB", "distL", "distR"))


def test_a_code_in_word_stays_with_its_text(town: Material) -> None:
    """What leads to a code to scan is on the page of the code."""
    word = docx.Document(io.BytesIO(file_of("routine", "docx", town)))
    (led,) = (p for p in word.paragraphs if p.text.startswith("Skanna koden"))
    assert led.paragraph_format.keep_with_next


@pytest.mark.parametrize("document", ["mapping_report", "routine", "plan", "journey"])
def test_the_last_line_in_word_is_no_page_of_its_own(document: str, town: Material) -> None:
    """Who made a document, and whom to call, stands with the end of its text."""
    word = docx.Document(io.BytesIO(file_of(document, "docx", town)))
    assert word.paragraphs[-1].text.startswith("Gjord av kärngruppen")
    assert word.paragraphs[-2].paragraph_format.keep_with_next


def test_a_short_annex_in_word_stands_below_the_text(town: Material) -> None:
    """An annex that has room below the text has it in Word too, and is not parted."""
    word = docx.Document(io.BytesIO(file_of("routine", "docx", town)))
    assert not any(br.get(qn("w:type")) == "page" for br in word.element.iter(qn("w:br")))
    at = next(n for n, p in enumerate(word.paragraphs) if p.text.startswith("Bilaga"))
    assert all(p.paragraph_format.keep_with_next for p in word.paragraphs[at + 1 : -1])


def test_a_face_that_is_not_there_is_replaced_by_one_without_serifs(town: Material) -> None:
    """Where Calibri is not installed the program takes another face of its kind."""
    with zipfile.ZipFile(io.BytesIO(file_of("invitation", "docx", town))) as file:
        fonts = file.read("word/fontTable.xml").decode()
    (calibri,) = (part for part in fonts.split("<w:font ") if part.startswith('w:name="Calibri"'))
    assert '<w:family w:val="swiss"/>' in calibri


# -- the routine and its card ----------------------------------------------------------------------------------------
def test_nobody_is_sent_to_the_number_that_did_not_answer(town: Material) -> None:
    """Where nobody answers one is told of another number, and what follows up later needs none."""
    (chain,) = (
        b for b in compose("routine", town).blocks if isinstance(b, Table) and b.header[-1] == "Om ingen svarar"
    )
    for row in chain.rows:
        if row[0] == "Uppföljning och utvärdering":
            assert row[-1] == "–"
        else:
            assert "112" in row[-1]
            assert not ("070-174 06 30" in row[-1] and "070-174 06 30" in row[2])


def test_the_law_has_its_name(town: Material) -> None:
    """What the routine says of the law can be looked up."""
    text = said(compose("routine", town).blocks)
    for named in ("socialtjänstlagen", "OSL 10 kap. 23 §", "kapitel 25"):
        assert named in text


def test_the_annex_shows_what_was_agreed_on_and_nobodys_vote(town: Material) -> None:
    """The routine's stairs have no dots for what each one thought, and the levels that were agreed on are explained."""
    (stairs,) = (b for b in compose("routine", town).blocks if isinstance(b, Figure) and b.kind == "stairs")
    assert sum(step["now"] + step["wanted"] for step in stairs.data["steps"]) == 0
    assert "2. Den förberedda krishanteraren" in stairs.alt
    (voted,) = on_paper("stairs", Facts(town))
    assert isinstance(voted, Figure)
    assert sum(step["now"] for step in voted.data["steps"]) == 6
    assert "Någon annan slår larm" in said(compose("routine", town).blocks)
    undecided = {name: there for name, there in town.rounds.items() if name != "ambition_path"}
    assert on_paper("stairs", Facts(replace(town, rounds=undecided)), votes=0) == ()  # also in a draft


def test_a_card_says_from_when_it_holds_and_whom_to_tell(town: Material) -> None:
    """A card on a wall has the day of its approval, and says who puts right what is wrong on it."""
    card = compose("card", town)
    assert card.dated == "Gäller från 10 november 2026"
    assert "Är det något här som inte stämmer?" in said(card.blocks)
    unapproved = replace(town, approvals={})
    assert "Gäller från" not in compose("card", unapproved).dated


@pytest.mark.parametrize("words", range(14, 24))
def test_a_command_is_not_parted_from_its_slash(words: int, town: Material) -> None:
    """However long the line before it, /incident stands whole."""
    said_here = Paragraph((Span(f"{'ord ' * words}skriv /incident där."),))
    (page,) = pypdf.PdfReader(io.BytesIO(pdf.write(replace(compose("guests", town), blocks=(said_here,))))).pages
    assert any("/incident" in line for line in page.extract_text().splitlines())


def test_long_numbers_take_room_from_the_names_on_the_card(town: Material) -> None:
    """A line with three numbers is not three lines high."""
    numbers = "0123-100 00, annars 0123-105 00, sist 070-123 01 00"
    chain = [
        {"link": "first_contact", "what": "Svarar", "actor": ("Jouren",), "hours": ["daytime"], "daytime": numbers}
    ]
    shares = [
        next(b for b in compose("card", one).blocks if isinstance(b, Table)).widths[-1]
        for one in (town, with_rows(town, "chain", chain))
    ]
    assert shares[0] < shares[1]


def test_the_first_page_says_what_to_do_before_whom_to_call(town: Material) -> None:
    """Whoever opens the routine reads what to do right under the emergency number, also in a town with many actors."""
    blocks = compose("routine", town).blocks
    (steps,) = (n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == "Så gör du")
    first = next(n for n, block in enumerate(blocks) if isinstance(block, Table))
    assert steps < first


def test_no_task_is_cut_in_mid_sentence_on_the_card(town: Material) -> None:
    """What somebody does is its first clause where it is long, and left out where even that has no room on a line."""
    tasks = {  # what is written, and what stands on the card
        "Träffar personen samma dag, med tolk om det behövs, och frågar.": "Träffar personen samma dag",
        "Tar emot samtalet och gör en första bedömning tillsammans med kollegan i beredskap.": "",
        "Ordnar tolk": "Ordnar tolk",
    }
    chain = [
        {"link": "first_contact", "what": what, "actor": (f"Aktör {n}",), "daytime": f"0123-10{n} 00"}
        for n, what in enumerate(tasks)
    ]
    called = next(b for b in compose("card", with_rows(town, "chain", chain)).blocks if isinstance(b, Table))
    assert [row[1].partition("\n")[2] for row in called.rows] == list(tasks.values())


# -- minutes ---------------------------------------------------------------------------------------------------------
def test_minutes_of_a_meeting_are_a_paper_of_their_own(town: Material) -> None:
    """The foot of each page says which meeting's minutes it is of and which page of those, not of the file."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file_of("minutes", "pdf", town))).pages]
    assert len(pages) == 4
    assert all(page.count("Protokoll från") == 2 and "Sida 1 / 1" in page for page in pages)
    word = docx.Document(io.BytesIO(file_of("minutes", "docx", town)))
    feet = [(s.first_page_footer if s.different_first_page_header_footer else s.footer) for s in word.sections]
    assert [foot.paragraphs[0].text.partition(" · ")[0].partition("\t")[0] for foot in feet] == [
        "Protokoll från torsdag 5 november 2026 kl. 13.00",
        "Protokoll från torsdag 10 september 2026 kl. 13.00",
        "Protokoll från torsdag 11 juni 2026 kl. 9.00",
        "Protokoll från måndag 6 oktober 2025, steg\N{NO-BREAK SPACE}1",
    ]


def test_minutes_without_a_roll_have_a_line_for_it(town: Material) -> None:
    """Where nobody knows who was there the paper has a line to fill in; what was taken up has its exercise's number."""
    assert "Närvarande: ……" in said(
        compose("minutes", replace(town, sessions=replace(town.sessions, attended=()))).blocks
    )
    assert "Närvarande: ……" not in said(compose("minutes", town).blocks)
    assert "Dödsfällan (övning 1.5)" in said(compose("minutes", town).blocks)


def test_lines_to_sign_on_look_alike_in_word_and_pdf(town: Material) -> None:
    """The head of a table to sign in has its colour in Word too."""
    signed = docx.Document(io.BytesIO(file_of("minutes", "docx", town))).tables[-1]
    (behind,) = signed.cell(0, 0)._tc.iter(qn("w:shd"))
    assert behind.get(qn("w:fill")) == "0B4F6C"


# -- slides ----------------------------------------------------------------------------------------------------------
def test_the_table_for_the_map_has_no_empty_rows(town: Material) -> None:
    """Of many groups those are named that somebody meets somewhere; of many names in a cell it says how many more."""
    kept = [dict(row.values) for row in town.registers["vulnerable_groups"]]
    many = with_rows(town, "vulnerable_groups", [*kept, *({"group": f"Grupp {n}"} for n in range(20))])
    (shown,) = (b for b in compose("mapping_presentation", many).blocks if isinstance(b, Table))
    assert all(set(row[1:]) != {"–"} for row in shown.rows)
    assert not any(row[0].startswith("Grupp ") for row in shown.rows)


# -- the event -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("document", ["invitation", "flyer", "programme"])
def test_guests_read_the_events_day_and_no_other(document: str, town: Material) -> None:
    """What guests get says when the event begins and ends, and nowhere the day of the file; and how one answers
    without the code."""
    made = compose(document, town)
    text = " ".join(text_of(file_of(document, "pdf", town)).split())
    assert "21 maj 2026 kl. 13.00–15.30" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert made.dated not in text
    assert "QR-koden öppnar Telegram. Du kan också svara oss direkt." in text


@pytest.mark.parametrize(
    ("last", "until"),
    [
        ("15.20–15.30 Tack", "13.00–15.30"),
        ("15.30 Slut för i dag", "13.00–15.30"),
        ("15.20 Fika", "13.00"),
        ("Tack", "13.00"),
    ],
)
def test_the_end_is_told_where_the_programme_says_it(last: str, until: str, town: Material) -> None:
    """An end is told if the programme's last line has one, or is an end itself; otherwise how long it takes."""
    event = with_answers(
        town, "event", {"date": "2026-05-21T13:00", "length": "half_day", "programme": f"13.00 Fika\n{last}"}
    )
    text = said(compose("invitation", event).blocks)
    assert f"21 maj 2026 kl. {until}\n" in text
    assert ("Hur länge: en halv dag" in text) == (until == "13.00")


def test_a_list_of_guests_is_thrown_away(town: Material) -> None:
    """Whoever holds the list of guests reads until when it is kept."""
    assert "Kasta den efteråt" in said(compose("guests", town).blocks)


# -- the core group's own papers ---------------------------------------------------------------------------------------
def test_a_table_of_votes_has_a_head_for_its_questions(town: Material) -> None:
    """No cell of a table's head is empty."""
    tables = [block for block in compose("start", town).blocks if isinstance(block, Table)]
    assert tables
    assert all(all(table.header) for table in tables)


def test_no_page_ends_with_the_first_row_of_a_table(town: Material) -> None:
    """Wherever on a page a long table begins, its head stands with two rows at least, and with what leads to it."""
    (several,) = (b for b in compose("routine", town).blocks if isinstance(b, Table) and b.header[0] == "Led")
    long = replace(several, rows=tuple((f"Rad {n}", "ord " * 40, "x", "y") for n in range(12)))
    for lines in range(24, 38):
        before = tuple(Paragraph((Span(f"Stycke {n}"),)) for n in range(lines))
        made = replace(compose("routine", town), blocks=(*before, Heading(1, "Kedjan"), long), contents="")
        for page in pypdf.PdfReader(io.BytesIO(pdf.write(made))).pages:
            text = page.extract_text()
            if "Om ingen svarar" in text and "Rad 0" in text:
                assert "Rad 1" in text
                assert "Kedjan" in text


def test_arabic_goes_its_way_on_a_slide(town: Material) -> None:
    """What begins in a script that goes from right to left is set so on slides of PowerPoint, too."""
    arabic = with_answers(town, "event", {"snapshot": "نريد مدينة آمنة للجميع"})
    show = pptx.Presentation(io.BytesIO(make("mapping_presentation", "pptx", arabic)))
    lines = [p for slide in show.slides for s in slide.shapes if s.has_text_frame for p in s.text_frame.paragraphs]
    (line,) = (one for one in lines if one.text.startswith("نريد"))
    assert line._p.pPr is not None
    assert line._p.pPr.get("rtl") == "1"
    assert not any(one._p.pPr is not None and one._p.pPr.get("rtl") for one in lines if one is not line)


def test_a_name_from_right_to_left_leaves_the_date_whole(town: Material) -> None:
    """An Arabic town's name is set apart from the day beside it, in papers and under pictures, and no other one is."""
    arabic = replace(town, town="مدينة", approvals={})
    assert compose("card", arabic).town == "\u2068مدينة\u2069"
    assert below("map", Facts(arabic)).startswith("\u2068مدينة\u2069 · ")
    assert faults(make("card", "pdf", arabic)) == []
    assert filename("card", "pdf", arabic).count("مدينة") == 1
    assert "\u2068" not in filename("card", "pdf", arabic) + compose("card", town).town


# -- pictures --------------------------------------------------------------------------------------------------------
def test_the_chains_picture_says_of_which_version_it_is(town: Material) -> None:
    """Nobody rings by an old picture: under the chain stands the routine's version and when it was approved."""
    assert (
        below("flow", Facts(town))
        == "Exempelstad · Version 1, godkänd den 10 november 2026 · Kärngruppens egna uppgifter"
    )
    unasked = below("flow", Facts(replace(town, approvals={})))
    assert unasked.endswith(", utkast, inte godkänt än · Kärngruppens egna uppgifter")
    assert "utkast" not in below("swot", Facts(town))
    assert "godkänd" not in below("swot", Facts(town))


@pytest.mark.parametrize(("kind", "told"), [("levels", "hur många av oss"), ("map", "Linjen har gruppens färg")])
def test_a_picture_says_what_its_signs_mean(kind: str, told: str, town: Material) -> None:
    """A number has its unit, and a colour its meaning."""
    (shown,) = on_paper(kind, Facts(town))
    assert isinstance(shown, Figure)
    assert told in repr(shown.data)
