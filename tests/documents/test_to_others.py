"""Papers that are filled in, sent or put up: they count instead of naming, say from whom and for whom they are, and
lead to what can be reached.
"""

import io
from dataclasses import replace

import openpyxl
import pypdf
import pytest

from messages.documents.blocks import Missing, PageBreak, Source
from messages.documents.catalogue import DOCUMENTS, Reader
from messages.documents.compose import compose
from messages.documents.material import Material, Round
from messages.structure.blocks import Heading, Paragraph, Table, plain
from tests.documents.answered import with_answers, with_rows
from tests.documents.conftest import file_of
from tests.documents.in_chat import as_chat


def headers(document: str, town: Material) -> list[tuple[str, ...]]:
    """Return the heads of a document's tables."""
    return [block.header for block in compose(document, town).blocks if isinstance(block, Table)]


def test_the_form_for_adverts_counts_and_names_nobody(town: Material) -> None:
    """On paper too an advert is a number: nobody's alias or nationality is asked for, it is for the core group alone,
    and it is said when the paper is torn up.
    """
    assert headers("form_adverts", town) == [("Datum", "Webbplats", "Antal", "Nya sedan sist", "Annat ni märkte")]
    said = " ".join(plain(block.text) for block in compose("form_adverts", town).blocks if isinstance(block, Paragraph))
    assert "Riv det när siffrorna är inskrivna i boten." in said
    assert DOCUMENTS["form_adverts"].reader is Reader.CORE


def test_a_form_on_which_firms_are_weighed_says_for_whom_it_is(town: Material) -> None:
    """Whoever finds the filled-in sheet on the table reads that it is the core group's working paper."""
    said = " ".join(plain(b.text) for b in compose("form_actor_matrix", town).blocks if isinstance(b, Paragraph))
    assert "arbetsmaterial, bara för kärngruppen" in said


def test_the_form_of_the_plan_has_its_parts(town: Material) -> None:
    """What the plan says of target groups and children, resources, risks and follow-up has its room on the form."""
    asked = " ".join(" ".join(header) for header in headers("form_plan", town))
    for part in ("vad behöver just barn och unga", "Hur mycket tid och pengar kräver planen", "Vem följer upp planen"):
        assert part in asked
    assert ("Vad kan hindra planen?", "Vad gör ni åt det?") in headers("form_plan", town)
    assert len(pypdf.PdfReader(io.BytesIO(file_of("form_plan", "pdf", town))).pages) == 3


def test_an_area_has_one_name_and_one_box(town: Material) -> None:
    """On the form with the twelve statements each area stands once, with one box for its mean, on
    one page; and it is said who gets the answers.
    """
    made = compose("form_indicators", town).blocks
    table = next(block for block in made if isinstance(block, Table) and len(block.rows) == 12)
    assert [row[0] for row in table.rows[::2]] == list(dict.fromkeys(row[0] for row in table.rows if row[0]))
    assert len(pypdf.PdfReader(io.BytesIO(file_of("form_indicators", "pdf", town))).pages) == 1
    assert isinstance(made[-1], Table)
    assert len(made[-1].header) == 2, "the room for words stands beside each other, on the page also in a wider face"
    assert "Svaret går till kärngruppen." in " ".join(plain(b.text) for b in made if isinstance(b, Paragraph))


def test_the_network_reads_what_was_agreed_and_nobodys_own_line(town: Material) -> None:
    """The SWOT in plan and booklet shows what the group has in common; who wrote alone is quoted nowhere, also while
    one of the fields is empty or nothing has been agreed on.
    """
    own = {str(said.value) for said in town.rounds["swot"].said}
    fewer = tuple(said for said in town.rounds["swot_insights"].said if said.question != "threats")
    rounds = {name: found for name, found in town.rounds.items() if name != "swot_insights"}
    for known in (
        town,
        replace(town, rounds={**town.rounds, "swot_insights": Round(fewer)}),
        replace(town, rounds=rounds),
    ):
        blocks = repr(compose("journey", known).blocks + compose("plan", known).blocks)
        agreed = {str(said.value) for said in known.rounds.get("swot_insights", Round()).said}
        assert not [line for line in own - agreed if line in blocks]


def test_knowledge_leads_to_what_can_be_reached(town: Material) -> None:
    """On the sheet to share at work stand numbers and addresses; for a shelf, a folder or a colleague, whom to ask; and
    it says for whom it is.
    """
    rows = [
        {"title": "Stödtelefonen", "area": ["authorities", "tools"], "use": "Ärenden", "where": "020-390 000"},
        {"title": "Broschyren", "area": ["rights"], "use": "Att ge bort", "where": "Receptionen, andra hyllan"},
        {"title": "Mallen", "area": ["tools"], "use": "Samtal", "where": "exempelstad.example/mall"},
        {"title": "Listan", "area": ["other"], "use": "Oro"},
    ]
    known = with_rows(town, "knowledge", [{**row, "kind": "tool", "reader": ["own", "network"]} for row in rows])
    whole = compose("knowledge", known).blocks
    sheet = whole[next(n for n, block in enumerate(whole) if isinstance(block, PageBreak)) :]  # a page of its own
    (table,) = [block for block in sheet if isinstance(block, Table)]
    assert [(row[0], row[-1].replace("\u2011", "-").replace("\u00a0", " ")) for row in table.rows] == [
        ("Stödtelefonen", "020-390 000"),
        ("Broschyren", "Fråga kärngruppen."),
        ("Mallen", "exempelstad.example/mall"),
        ("Listan", "Fråga kärngruppen."),
    ]
    first = next(block for block in sheet if isinstance(block, Paragraph))
    assert plain(first.text).startswith("Det här är för dig som arbetar i någon av organisationerna bakom")


def test_a_message_has_somebody_and_a_day(town: Material) -> None:
    """The communication plan says who sees to each message, by when, or that nobody does yet; a label stands once."""
    first = next(b for b in compose("actors", town).blocks if isinstance(b, Table) and len(b.header) > 4)
    assert first.header[3:5] == ("Ansvarig", "Klart senast")
    assert all("–" not in row[3:5] for row in first.rows)
    labels = [head for header in headers("actors", town)[-3:] for head in header[1:]]
    assert len(labels) == len(set(labels)) == 9
    nobodys = replace(
        town,
        registers={
            **town.registers,
            "communication_plan": tuple(
                replace(row, assignee=None, due=None) for row in town.registers["communication_plan"]
            ),
        },
    )
    assert "Ingen ansvarar för något budskap än." in as_chat(compose("actors", nobodys))


def test_a_letter_has_a_sender_and_a_day(town: Material, empty: Material) -> None:
    """Who gets what a town says of the method can answer: it has its day, whom it is from, and whom to reach."""
    said = as_chat(compose("feedback", with_answers(town, "event", {"contact": "Karin, 0123-100 00"})))
    assert "Exempelstad den 12 december 2026" in said
    assert "Kärngruppen i Exempelstad" in said
    assert "Kontakt: Karin, 0123" in said
    assert "Kontakt: …" in as_chat(compose("feedback", empty))
    assert not [block for block in compose("feedback", town).blocks if isinstance(block, Heading | Source)]


@pytest.mark.parametrize("table", ["table.actor_matrix", "table.guests", "table.candidates", "tables"])
def test_a_list_says_that_it_stays_in_the_core_group(table: str, town: Material) -> None:
    """A list of actors, guests or candidates in a file says on its first sheet, and on paper, for whom it is."""
    book = openpyxl.load_workbook(io.BytesIO(file_of(table, "xlsx", town)))
    said = "arbetsmaterial, bara för kärngruppen"
    assert said in str(book["Om filen"]["A2"].value)
    assert all(said in str(sheet.oddFooter.left.text) for sheet in book.worksheets[1:2])


def test_a_long_goal_fills_no_page_of_the_booklet(town: Material) -> None:
    """A sub-goal that is an essay is told in short; what is left out stands in the plan."""
    long = with_rows(town, "subgoals", [{"goal": "ett mål som aldrig tar slut " * 100}])
    assert len(as_chat(compose("journey", long))) - len(as_chat(compose("journey", town))) < 160
    assert not [block for block in compose("journey", long).blocks if isinstance(block, Missing)]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"first": 6, "later": 4}, "6 gånger det första året, sedan 4 gånger om året"),
        ({"first": 1, "later": 1}, "1 gång det första året, sedan 1 gång om året"),
        ({"first": 6}, "6 gånger det första året"),
    ],
)
def test_how_often_the_network_meets(town: Material, answers: dict[str, int], said: str) -> None:
    """Once is not many times, and what is not answered yet leaves no hole in the line."""
    tables = [
        b for b in compose("network", with_answers(town, "keeping_alive", answers)).blocks if isinstance(b, Table)
    ]
    assert ("Träffas", said) in [row for table in tables for row in table.rows]
