import io
import math
import re
from dataclasses import replace
from itertools import pairwise, product

import docx
import pypdf
import pytest

from flows.definitions.loader import the_process
from flows.enums import ExerciseRole
from flows.figures.figures import NotTold
from messages.documents.blocks import PageBreak
from messages.documents.catalogue import DOCUMENTS, entries
from messages.documents.compose import compose
from messages.documents.make import make, picture
from messages.documents.material import Approval, ApprovalLine, Material, Year
from messages.documents.pictures import KINDS
from messages.structure.blocks import Heading, Table
from tests.documents.answered import log_of, with_answers, with_rows
from tests.documents.conformity import faults
from tests.documents.conftest import file_of
from tests.documents.in_chat import as_chat

NASTY = "=cmd|'/C calc'!A0 {{ town }} <w:p> *fet* # | _x_ <b>&amp; 👩‍👩‍👧 مرحبا بكم"


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def smallest(pdf: bytes) -> float:
    """The size of the smallest letters on any page, in points, as they stand on the paper."""
    sizes = []

    def seen(text: str, user: list[float], at: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.append(size * math.hypot(at[2], at[3]) * math.hypot(user[2], user[3]))

    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=seen)
    return min(sizes)


def words_of(content: bytes) -> str:
    """All text of a Word file."""
    opened = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in opened.paragraphs), *cells])


@pytest.mark.parametrize(("id", "form"), [("flyer", "pdf"), ("programme", "pdf")])
def test_an_event_without_day_and_place(id: str, form: str, empty: Material) -> None:
    """A draft of the poster and the programme can be made before day and place are set."""
    begun = with_answers(empty, "event", {"purpose": "Att bli fler"})
    assert len(make(id, form, begun)) > 500


@pytest.mark.parametrize("id", ["invitation", "flyer", "programme", "guests"])
def test_a_cancelled_event(id: str, town: Material) -> None:
    """Each document of an event says that it has been cancelled, and not before it has."""
    assert "Inställt" in as_chat(compose(id, replace(town, event_off=True)))
    assert "Inställt" not in as_chat(compose(id, town))


@pytest.mark.parametrize("id", ["invitation", "flyer", "programme"])
def test_nobody_is_asked_to_come_to_what_is_cancelled(id: str, town: Material) -> None:
    """The letter, the poster and the programme of a cancelled event ask nobody to come or to answer."""
    asking = re.compile(r"(?i)\bvälkommen\b|\bkom(mer)?\b|svara senast|svara oss|QR-kod|innan du går")
    assert asking.search(as_chat(compose(id, town)))
    assert not asking.search(as_chat(compose(id, replace(town, event_off=True))))


@pytest.mark.parametrize(
    ("id", "form"), [(e.id, f) for e in entries() for f in e.forms if not e.id.startswith("table.")]
)
def test_an_empty_group(id: str, form: str, empty: Material) -> None:
    """A group that has answered nothing gets a sound file of every kind."""
    assert len(make(id, form, empty)) > 500


def test_no_picture_of_nothing(empty: Material) -> None:
    """There is no picture while there is nothing to draw."""
    assert [kind for kind in KINDS if picture(kind, empty)] == []


def test_eighty_activities(town: Material) -> None:
    """A plan with eighty activities holds each of them, under a header row on each page."""
    rows = [
        {
            "activity": f"Aktivitet {n} – något som vi ska göra tillsammans",
            "subgoal": ("Hotellen",),
            "year": ["year1"],
            "responsible": ("Socialtjänsten i Exempelstad",),
            "status": "planned",
        }
        for n in range(1, 81)
    ]
    crowded = with_rows(town, "activities", rows)
    found = pages(make("plan", "pdf", crowded))
    assert all(f"Aktivitet {n} " in " ".join(found).replace("\n", " ") for n in range(1, 81))
    assert sum("Aktivitet 1" in page or "Ansvarig" in page for page in found) >= 3
    assert "Aktivitet 80" in words_of(make("plan", "docx", crowded))


@pytest.mark.slow
@pytest.mark.parametrize("text", ["ord " * 1000, "x" * 4000, "rad\n" * 800, NASTY * 50, "مرحبا " * 600])
def test_long_answers(text: str, town: Material) -> None:
    """4 000 characters, in whatever shape, stand whole in Word and PDF."""
    written = text[:4000].strip()
    crowded = with_answers(town, "vision", {"vision": written, "goals": written})
    compact = "".join(written.split())
    assert compact in "".join(words_of(make("plan", "docx", crowded)).split())
    found = pages(make("plan", "pdf", crowded))
    assert len(found) < 45
    assert max(len(line) for page in found for line in page.splitlines() if ". . ." not in line) < 140  # none runs over


@pytest.mark.slow
def test_long_answers_in_tables_and_on_one_page(town: Material) -> None:
    """Long texts in the cells of a table, on slides and on the card make no page run over."""
    row = {"link": "discovery", "what": "w" * 4000, "actor": ("ord " * 500,), "daytime": "070 " * 200}
    crowded = with_rows(town, "chain", [row] * 12)
    assert make("routine", "pdf", crowded)
    assert make("routine", "docx", crowded)
    slides = with_rows(town, "public_material", [{"title": "t" * 400, "source": "police", "about_us": "ord " * 1000}])
    assert make("mapping_presentation", "pptx", slides)


def test_what_people_write_stays_text(town: Material) -> None:
    """Formulas, templates, tags, emoji and Arabic stand in every form exactly as they were written."""
    crowded = with_answers(replace(town, town=f"Stad/{NASTY}"), "vision", {"vision": NASTY, "goals": NASTY})
    assert NASTY in words_of(make("plan", "docx", crowded))
    assert "{{ town }} <w:p> *fet* #" in " ".join(pages(make("plan", "pdf", crowded))).replace("\n", " ")
    assert NASTY in as_chat(compose("plan", crowded))


@pytest.mark.parametrize(
    "script", ["å ä ö é ł ș", "Привет", "你好", "مرحبا", "ሰላም", "สวัสดี", "שלום", "Tiếng Việt", "👍🙏🏽❤️☎"]
)
def test_every_script_has_its_letters(script: str, town: Material) -> None:
    """A PDF claims PDF/UA only if no letter of it is missing from the fonts, and it does."""
    crowded = with_answers(town, "coordination", {"responsibility": script, "tasks": script, "skills": script})
    assert b"pdfuaid" in make("coordination", "pdf", crowded)


def test_a_letter_that_no_font_has(town: Material) -> None:
    """A letter that no font has costs the document the claim, not the group its document."""
    crowded = with_answers(town, "coordination", {"responsibility": "𓀀 hieroglyf", "tasks": "a", "skills": "b"})
    content = make("coordination", "pdf", crowded)
    assert b"pdfuaid" not in content
    assert "hieroglyf" in pages(content)[0]


def test_an_organisation_without_an_answer(town: Material) -> None:
    """Where one organisation has said nothing, the others' approvals are printed, and nothing is made up."""
    given = town.approvals["plan_approval"]
    lines = tuple(line if number else ApprovalLine(line.organisation) for number, line in enumerate(given.lines))
    made = replace(town, approvals={"plan_approval": Approval(given.version, final=False, lines=lines)})
    table = words_of(make("plan", "docx", made))
    assert table.count("Ja, vi godkänner den") == sum(line.yes for line in given.lines) - 1
    assert table.count("Inte svarat") == 1


@pytest.fixture(scope="module")
def hostile(town: Material) -> Material:
    """A town with an emoji for a name, answers in Arabic, a goal of 4 000 characters, 80 activities, 18 links with four
    numbers each, and an organisation that said no."""
    goal = ("ett mål som aldrig tar slut " * 200)[:4000]
    people = [f"Verksamheten för vuxna nummer {n}" for n in range(18)]
    asked = {question.id: question for question in the_process().with_role(ExerciseRole.ROUTINE).questions}
    chain = [
        {
            "link": asked["link"].options[n % 4],
            "what": f"Gör sak {n}",
            "actor": (name,),
            **{hour: f"0123-{at}0{n:02} 0{at}, annars 0123-105 0{at}" for at, hour in enumerate(HOURS)},
        }
        for n, name in enumerate(people)
    ]
    activities = [{"activity": f"Aktivitet {n}", "year": ["year1"], "by": "2027-12-15"} for n in range(80)]
    made = replace(town, town="Å-stad 🧡", years=(Year(2026, *(NotTold.WITHHELD,) * 3, 0, preliminary=True),))
    for register, rows in (("subgoals", [{"goal": goal, "measure": "x", "by": "2029-06-30"}]), ("chain", chain)):
        made = with_rows(made, register, rows)
    made = with_rows(with_answers(made, "vision", {"vision": "مرحبا بكم", "goals": "نعم"}), "activities", activities)
    said_no = ApprovalLine("Kvinnojouren", "return", made.today, "Styrelsen")
    return replace(
        made, approvals={"plan_approval": Approval(2, final=False, lines=(said_no, ApprovalLine("Polisen")))}
    )


def test_an_annex_longer_than_a_page(town: Material) -> None:
    """However much a town has to say of its ambition, or does in its chain, the routine is set and whole."""
    long = with_answers(
        town, "ambition_path", {"takes": "Vi prövar rutinen. " * 200, "needs": "Tolk på kvällen. " * 200}
    )
    assert "Tolk på kvällen." in pages(make("routine", "pdf", long))[-1]


def test_a_town_with_more_than_anybody_has(town: Material) -> None:
    """Three hundred activities, and forty links whose actors have names in Chinese and Arabic: the plan has each of the
    one, the routine each of the other, and the card stays one page.
    """
    activities = [{"activity": f"Aktivitet {n} 名字", "year": ["year1"], "by": "2027-12-15"} for n in range(300)]
    links = the_process().with_role(ExerciseRole.ROUTINE).question("link").options
    names = ("陈警官", "منظمة الحماية")
    chain = [
        {"link": links[n % 4], "what": f"Gör sak {n}", "actor": (f"{names[n % 2]} {n}",)}
        | {hour: f"0123-{n:02}0 0{at}" for at, hour in enumerate(HOURS)}
        for n in range(40)
    ]
    made = with_rows(with_rows(town, "activities", activities), "chain", chain)
    told = {document: pages(make(document, "pdf", made)) for document in ("plan", "routine", "card")}
    assert len(set(re.findall(r"Aktivitet \d+", " ".join(told["plan"])))) == 300
    assert len(set(re.findall(r"Gör sak \d+", " ".join(told["routine"])))) == 40
    assert len(told["card"]) == 1


HOURS = ("daytime", "evening", "night", "weekend")


@pytest.mark.slow
@pytest.mark.parametrize("document", ["plan", "routine", "card", "yearly", "flyer", "invitation"])
def test_a_hostile_town_gets_sound_documents(document: str, hostile: Material) -> None:
    """Whatever a town has written, its documents keep the standards that they claim, and open in Word."""
    assert faults(file_of(document, "pdf", hostile)) == []
    if "docx" in DOCUMENTS[document].forms:
        assert words_of(file_of(document, "docx", hostile))


@pytest.mark.slow
@pytest.mark.parametrize("document", ["plan", "routine", "card", "yearly", "journey", "mapping_report", "actors"])
def test_letters_on_paper(document: str, town: Material, hostile: Material) -> None:
    """However much a town has, no letter on paper is smaller than 7 points, in pictures and beside codes to scan."""
    for material in (town, hostile):
        assert smallest(make(document, "pdf", material)) >= 6.99


@pytest.mark.slow
@pytest.mark.parametrize("document", ["plan", "routine", "mapping_report", "yearly", "journey"])
def test_no_page_begins_with_a_source(document: str, town: Material, hostile: Material) -> None:
    """What a text comes from, and the line that ends a document, never stand on top of a page, apart from the text."""
    for material in (town, hostile):
        for page in pages(make(document, "pdf", material))[1:]:
            below_the_head = [line for line in page.splitlines() if line.strip() not in ("UTKAST", "")][1:2]
            assert not any(line.startswith(("Från ", "Gjord av ")) for line in below_the_head), page[:200]


def test_a_no_is_told(hostile: Material) -> None:
    """A plan that an organisation has refused is a draft on each page, and says who said what and who has not."""
    found = pages(file_of("plan", "pdf", hostile))
    assert all("UTKAST" in page for page in found)
    last = " ".join(found).replace("\n", " ")
    assert re.search(r"Kvinnojouren .*vill ändra", last)
    assert re.search(r"Polisen .*Inte svarat", last)
    first = " ".join(found[0].split())
    assert "Väntar på Kvinnojouren (inte än, vi vill ändra något) och Polisen (inte svarat)" in first


def test_the_change_log_has_no_version_younger_than_an_answer_to_it(town: Material) -> None:
    """Where an activity is done after somebody refused the text, that version is no younger than their no."""
    said = next(iter(town.approvals.values())).lines[0]
    refused = Approval(2, final=False, lines=(replace(said, decision="return", yes=False),))
    log = log_of(compose("plan", replace(town, approvals={"plan_approval": refused})))
    assert isinstance(log, Table)
    assert log.rows[-1][:2] == ("2", "20 augusti 2026")


@pytest.mark.parametrize("document", ["mapping_report", "routine", "plan", "start", "network"])
def test_the_change_log_has_no_page_of_its_own(document: str, town: Material) -> None:
    """The log of changes stands below what it ends, before an annex, and never on top of a page."""
    for page in pages(file_of(document, "pdf", town))[1:]:
        assert [line for line in page.splitlines() if line.strip()][1] != "Ändringar"


def test_an_activity_with_a_day_alone(hostile: Material) -> None:
    """What nobody has told of an activity takes no lines in the plan, and no column in the yearly report."""
    plan, yearly = (compose(document, hostile).blocks for document in ("plan", "yearly"))
    grid = next(b for b in plan if isinstance(b, Table) and len(b.rows) == 80)
    assert grid.header[-1] == "Senast"
    assert {row[-1] for row in grid.rows} == {"2027-12-15"}
    listed = next(b for b in yearly if isinstance(b, Table) and len(b.rows) == 80)
    assert listed.header == ("Aktivitet", "Senast")


def test_a_meeting_without_a_subject(town: Material) -> None:
    """A meeting of which only the day is known, and that it is booked, does not stand in the yearly report."""
    day = {"date": "2027-03-18T13:00", "status": "booked"}
    booked = with_rows(town, "meetings", [day, {**day, "theme": "Barn och unga"}])
    table = next(b for b in compose("yearly", booked).blocks if isinstance(b, Table) and b.header[0] == "Tema")
    assert [row[0] for row in table.rows] == ["Barn och unga"]


def test_no_heading_stands_alone(empty: Material) -> None:
    """A part of which nothing is known yet has no heading."""
    for document in (entry.id for entry in entries() if "docx" in entry.forms):
        blocks = (*compose(document, empty).blocks, PageBreak())
        for block, following in pairwise(blocks):
            if isinstance(block, Heading):
                assert not isinstance(following, PageBreak), document
                assert not isinstance(following, Heading) or following.level > block.level, document


def test_what_goes_from_right_to_left(town: Material) -> None:
    """An answer in Arabic begins at the right edge, also where its source follows, in a list and in a cell."""
    said = "مرحبا بكم"
    asked = with_answers(town, "coordination", {"responsibility": said, "tasks": f"{said}\n{said}", "skills": said})
    left = []

    def seen(text: str, user: list[float], at: list[float], _font: object, _size: float) -> None:
        if any("\u0600" <= letter <= "\u06ff" or "\ufb50" <= letter <= "\ufefc" for letter in text):
            left.append(at[4] * user[0] + user[4])

    for page in pypdf.PdfReader(io.BytesIO(make("coordination", "pdf", asked))).pages:
        page.extract_text(visitor_text=seen)
    assert left
    assert min(left) > 595 / 2


def test_no_number_is_cut(hostile: Material) -> None:
    """Eighteen links with eight numbers each stand whole in the routine, in Word and as PDF."""
    numbers = {value for row in hostile.registers["chain"] for hour in HOURS for value in [str(row.values[hour])]}
    assert len(numbers) == 72
    for said in (words_of(file_of("routine", "docx", hostile)), " ".join(pages(file_of("routine", "pdf", hostile)))):
        flat = re.sub(r"\s", "", said.replace("\u2011", "-").replace("\xa0", " "))
        assert not {number for number in numbers if number.replace(" ", "") not in flat}


def test_a_year_with_three_incidents(hostile: Material) -> None:
    """Where a year has so few that they could be told by it, the report says that they are hidden, and no number."""
    said = " ".join(pages(file_of("yearly", "pdf", hostile))).replace("\n", " ")
    assert "Rapporterade händelser: redovisas inte" in said
    assert "Personer med långsiktigt stöd: 0" in said
    assert "År för år" not in said, "a picture of bars that are all hidden"


def test_a_long_goal_is_brief_in_tables_and_contents(hostile: Material) -> None:
    """A goal of 4 000 characters stands whole once in the plan, and elsewhere by its beginning."""
    plan = " ".join(pages(file_of("plan", "pdf", hostile))).replace("\n", " ")
    assert 140 < plan.count("aldrig tar slut") < 160
    assert 1 < " ".join(pages(file_of("yearly", "pdf", hostile))).count("aldrig tar") < 6


def test_sixty_nodes(town: Material) -> None:
    """A map of sixty nodes fits a picture that Telegram takes, and its text alternative names each of them."""
    groups, places, actors = ([f"{kind} nummer {n}" for n in range(20)] for kind in ("Grupp", "Plats", "Aktör"))
    crowded = with_rows(town, "vulnerable_groups", [{"group": name} for name in groups])
    crowded = with_rows(
        crowded, "places", [{"place": p, "groups": (g, groups[0])} for p, g in zip(places, groups, strict=True)]
    )
    crowded = with_rows(
        crowded,
        "actors",
        [
            {"name": a, "kind": "hotel", "groups": (g,), "places": (p,), "contact": "yes"}
            for a, g, p in zip(actors, groups, places, strict=True)
        ],
    )
    drawn = picture("map", crowded)
    assert drawn is not None
    width, height = (int.from_bytes(drawn[0][at : at + 4]) for at in (16, 20))
    assert width == 1080
    assert width + height <= 10_000
    assert all(name in drawn[1] for name in (*groups, *places, *actors))
    assert make("mapping_report", "pdf", crowded)


def test_held_back_rows_reach_no_file(town: Material) -> None:
    """What the police have shared with the core group only is in no document, table or picture."""
    secret = "Bara för kärngruppens ögon"
    row = {"title": secret, "period": secret, "picture": secret, "area": secret, "shareable": "group_only"}
    guarded = with_rows(town, "intelligence", [row, {**dict.fromkeys(row, "Delad"), "shareable": "yes"}])
    for document in DOCUMENTS:
        assert secret not in repr(compose(document, guarded)), document
    assert secret.encode() not in make("table.intelligence", "csv", guarded)
    assert "Delad" in repr(compose("mapping_report", guarded))


def test_answers_to_options_of_old(town: Material) -> None:
    """An answer to an option that the exercise no longer has is shown as it was stored, and breaks nothing."""
    old = with_rows(town, "activities", [{"activity": "a", "subgoal": ("b",), "year": ["year9"], "status": "gone"}])
    for document, form in product(("plan", "yearly"), ("docx", "pdf")):
        assert make(document, form, old)


def test_an_activity_stands_once_with_its_years(town: Material) -> None:
    """In the plan an activity of three years stands under its sub-goal once, numbered, with a mark in each year."""
    grid = next(b for b in compose("plan", town).blocks if isinstance(b, Table) and b.rows[0][0] == "1.1")
    assert grid.header[2] == "År 1\n26/27"
    assert grid.rows[0][2:5] == ("●", "●", "●")
    assert grid.rows[1][2:5] == ("✓", "", "")  # a year that is done
