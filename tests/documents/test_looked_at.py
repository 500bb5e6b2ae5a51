"""What readers who looked at every page objected to."""

import io
from dataclasses import replace
from datetime import date, time

import docx
import pypdf
import pytest
import typst
from docx.oxml.ns import qn

from flows.timing.calendar import Meeting, MeetingKind
from messages.documents.blocks import Block, Figure, Source
from messages.documents.compose import compose
from messages.documents.document_words import words_of
from messages.documents.endings import kept_at_end
from messages.documents.facts import Facts
from messages.documents.make import make
from messages.documents.material import Approval, ApprovalLine, CheckedIn, Material
from messages.documents.pictures import figure, on_paper
from messages.documents.slides import _lines
from messages.documents.typeset import _inputs
from messages.structure.blocks import Heading, Paragraph, Quote, Table, plain
from tests.documents.answered import with_answers, with_rows
from tests.documents.conftest import file_of
from tests.documents.in_chat import as_chat


def lines_of(pdf: bytes) -> list[str]:
    """The lines of all pages, as they are set."""
    return [line for page in pypdf.PdfReader(io.BytesIO(pdf)).pages for line in page.extract_text().splitlines()]


@pytest.fixture(scope="module")
def crowded(town: Material) -> Material:
    """A town in which one group can be at twenty places."""
    group = town.registers["vulnerable_groups"][0].values["group"]
    places = [{"place": f"En plats med långt namn nummer {n}", "groups": (group,)} for n in range(20)]
    return with_rows(town, "places", places)


def test_no_row_runs_off_a_slide(crowded: Material) -> None:
    """A row of a table that is taller than a slide goes on on the next one, and the slide has its title there too."""
    lowest = []

    def seen(text: str, user: list[float], at: list[float], _font: object, _size: float) -> None:
        if text.strip():
            lowest.append(at[5] * user[3] + user[5])

    pages = pypdf.PdfReader(io.BytesIO(make("mapping_presentation", "pdf", crowded))).pages
    told = [page.extract_text(visitor_text=seen) for page in pages]
    assert min(lowest) > 0
    assert any("möter dem? (forts.)" in page for page in told)


def test_slides_say_nothing_by_dashes(crowded: Material) -> None:
    """A table on a slide of PowerPoint is told in lines, without the dashes that stand for nothing."""
    blocks = [block for block in compose("mapping_presentation", crowded).blocks if isinstance(block, Table)]
    said = ["".join(span.text for span in line) for line in _lines([*blocks])]
    assert said
    assert not any("– –" in line or line.endswith("–") for line in said)


def test_no_number_is_parted_in_a_picture(town: Material) -> None:
    """Of three telephone numbers in a row of the chain's picture, none is cut by the end of a line on a phone."""
    numbers = [f"070-123 {n:02} 00" for n in range(12)]
    rows = [
        {"link": "discovery", "what": "Ringer", "actor": ("Jouren",), "daytime": ", annars ".join(numbers[n : n + 3])}
        for n in range(0, 12, 3)
    ]
    shown = figure("flow", Facts(with_rows(town, "chain", rows)))
    assert shown is not None
    data = {"kind": shown.kind, "data": shown.data, "width": 360, "inset": 14, "foot": ""}
    made = typst.compile(**_inputs("picture", data), format="pdf")
    flat = [line.replace("\xa0", " ").replace("\u2011", "-") for line in lines_of(bytes(made))]
    assert [number for number in numbers if not any(number in line for line in flat)] == []


def test_a_hidden_number_is_no_difference(town: Material) -> None:
    """Where the advertisements of a month are hidden, no sum beside the table tells how many they are."""
    said = as_chat(compose("mapping_report", town))
    assert "redovisas inte" in said
    assert "räknat annonser och" in said


def test_a_time_plan_has_both_its_days(town: Material) -> None:
    """While only one of its days is decided, the report says nothing of the time rather than half a sentence."""
    whole = with_answers(town, "mapping_timeline", {"start": "2027-02-01", "ready": "2027-05-28"})
    assert "Tidsplan: från den 1 februari" in as_chat(compose("mapping_report", whole))
    half = with_answers(town, "mapping_timeline", {"start": "2027-02-01"})
    assert "Tidsplan" not in as_chat(compose("mapping_report", half)).replace("Tidsplan för kartläggningen", "")


def test_actors_are_counted_once_they_are_known(town: Material) -> None:
    """Whoever has only been named is no part of what the mapping is built on."""
    known = [dict(row.values) for row in town.registers["actors"]]
    named = [*known, {"name": "Lokalpolisen"}, {"name": "Campingen"}]
    said = as_chat(compose("mapping_report", with_rows(town, "actors", named)))
    assert f"{len(known)} aktörer som möter människor" in said
    assert "Vi känner också till 2 aktörer som inte är beskrivna än" in said


def test_a_word_about_an_earlier_text_has_its_version(town: Material) -> None:
    """What somebody outside said to an earlier version stands beside that number, and who was not asked beside none."""
    lines = (
        ApprovalLine("Hamnen", asked=False, word="Ja, sa chefen.", earlier=1),
        ApprovalLine("Biblioteket", asked=False),
    )
    made = compose("routine", replace(town, approvals={"routine_approval": Approval(2, final=False, lines=lines)}))
    rows = {row[0]: row for block in made.blocks if isinstance(block, Table) for row in block.rows}
    assert rows["Hamnen"][2] == "1"
    assert rows["Hamnen"][1].startswith("Ja, sa chefen (gäller version 1;")
    assert rows["Biblioteket"][2] == "–"


def test_days_of_several_years_have_their_year(town: Material) -> None:
    """In the calendar and under the curve, days that are a year apart are told apart."""
    looks = tuple(Meeting(MeetingKind.REVIEW, n, 1, 1, date(2027 + n, 12, 1), time(13), 120) for n in range(2))
    checks = (CheckedIn(date(2026, 2, 4), 3), CheckedIn(date(2027, 2, 4), 3))
    facts = Facts(replace(town, calendar=looks, checkins=checks))
    calendar, curve = figure("calendar", facts), figure("checkins", facts)
    assert calendar is not None
    assert curve is not None
    assert calendar.data["rows"][0]["when"] == "1 december 2027 – 1 december 2028"
    assert [point["when"] for point in curve.data["points"]] == ["4 februari 2026", "4 februari 2027"]


def test_a_legend_names_what_is_there(town: Material) -> None:
    """Orange is explained where something is orange, and only there."""
    low = figure("indicators", Facts(town))
    rows = [
        {**row.values, **{q: 5 for q in row.values if isinstance(row.values[q], int)}}
        for row in town.registers["indicators"]
    ]
    high = figure("indicators", Facts(with_rows(town, "indicators", rows)))
    assert low is not None
    assert high is not None
    assert "range" not in low.data["legend"]
    assert "Orange" in high.data["legend"]


def test_the_booklet_holds_what_was_concluded(town: Material) -> None:
    """The booklet ends with what the group has concluded: no preparations, no cases that could be taken for people's,
    no firm that is weighed, and no telephone number that grows old.
    """
    blocks = compose("journey", town).blocks
    heads = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
    assert heads[-2:] == ["Så lever arbetet vidare", "Det vi också har kommit fram till"]
    last = blocks[blocks.index(Heading(1, "Det vi också har kommit fram till")) + 1 :]
    assert {type(block) for block in last} == {Heading, Quote, Source}
    assert not {"influence", "flow", "levels"} & {block.kind for block in blocks if isinstance(block, Figure)}
    said = as_chat(compose("journey", town))
    assert "Vem gör vad" not in said
    assert "070-174" not in said
    assert "Socialtjänsten i Exempelstad" in said


def test_the_invented_town_has_its_days_in_order(town: Material) -> None:
    """No start is before its decision, no version older than what it holds, no source older than the mapping."""
    decided, timeline = town.rounds["decision"], town.rounds["mapping_timeline"]
    start = next(s.value for s in decided.said if s.question == "start")
    assert decided.on is not None
    assert date.fromisoformat(start) >= decided.on
    first = town.versions["plan"][0].on
    parts = ("vision", "plan_frame", "marketing", "swot_insights")
    assert all(on and on <= first for on in (town.rounds[part].on for part in parts))
    begun, ready = (
        date.fromisoformat(next(s.value for s in timeline.said if s.question == q)) for q in ("start", "ready")
    )
    found = [row.on for name in ("vulnerable_groups", "branch_findings", "adverts") for row in town.registers[name]]
    assert begun <= min(found)
    assert max(found) <= ready
    to_be_ready = [date.fromisoformat(row.values["by"]) for row in town.registers["readiness_plan"]]
    assert max(to_be_ready) < begun


def test_the_log_begins_its_lines_with_a_capital(town: Material) -> None:
    """What changed at the beginning of a text begins a line of the log as a sentence does."""
    changed = with_answers(town, "routine_goal", {"signs": "Något annat"})
    chain = [{**row.values, "daytime": "0123-100 00"} for row in town.registers["chain"]]
    (first,) = changed.versions["routine"]
    changed = replace(changed, versions={"routine": (replace(first, parts={**first.parts, "inledningen": "0"}),)})
    asked = {"routine_approval": Approval(2, final=False, lines=(ApprovalLine("Polisen"),))}
    log = compose("routine", with_rows(replace(changed, approvals=asked), "chain", chain)).blocks
    tables = [block for block in log if isinstance(block, Table) and block.header[0] == "Version"]
    assert tables[0].rows[-1][2].startswith("Inledningen")


@pytest.mark.parametrize("document", ["network", "yearly"])
def test_whoever_is_in_the_network_takes_part(document: str, town: Material) -> None:
    """The role description and the yearly report name the organisations of the network beside the core group's."""
    joined = replace(town, names=replace(town.names, network=("Campingen",)))
    assert "Campingen" in as_chat(compose(document, joined))


def test_a_source_stays_with_a_long_table() -> None:
    """What comes along onto the last page with a short end is a whole: no source without the table that it is of."""

    def end(rows: int) -> list[Block]:
        table = Table(("Vem", "Svar"), tuple((str(n), "Ja") for n in range(rows)), (1, 1))
        return [Heading(1, "Först"), Heading(1, "Svar"), table, Source("Från", ()), Heading(1, "Ändringar"), table]

    assert kept_at_end(end(3)) == {3, 4}
    assert kept_at_end(end(10)) == {4}


def test_who_asks_is_no_actor_to_be_judged(town: Material) -> None:
    """The core group's own organisations are not told to be judged yet."""
    rows = [{"name": "Campingen"}, {"name": town.names.core[0]}]
    blocks = compose("actors", with_rows(town, "actors", rows)).blocks
    told = blocks[blocks.index(Heading(2, "Inte bedömda än")) + 1]
    assert isinstance(told, Paragraph)
    assert plain(told.text) == "Campingen."


def test_a_long_swedish_word_is_whole(town: Material) -> None:
    """A word of 24 letters that has room on a line of a picture is not cut in the middle."""
    word = "Underrättelseavdelningen"
    rows = [{"link": "discovery", "what": "ringer den som har jour", "actor": (f"Taxi, kiosk, hotell, {word}",)}]
    shown = figure("flow", Facts(with_rows(town, "chain", rows)))
    assert shown is not None
    data = {"kind": shown.kind, "data": shown.data, "width": 220, "inset": 14, "foot": ""}
    made = typst.compile(**_inputs("picture", data), format="pdf")
    assert any(word in line for line in lines_of(bytes(made)))


@pytest.mark.parametrize("document", ["routine", "card"])
def test_nothing_is_pointed_at_that_is_not_there(document: str, town: Material, empty: Material) -> None:
    """A routine without a chain sends nobody to a box with numbers, nor one without a link to a code."""
    said, whole = as_chat(compose(document, empty)), as_chat(compose(document, town))
    assert "Skanna koden" in whole
    assert "Ring den som står först" in whole
    assert "koden" not in said
    assert "Ring den som står först" not in said
    assert "/handelse" in said
    assert "114 14" in said


def test_everybody_in_the_invented_routine_has_said_something_of_it(town: Material) -> None:
    """Whoever answers for something in the chain stands among those who have approved the routine."""
    (approval,) = (one for name, one in town.approvals.items() if name.startswith("routine"))
    chain = {name for row in town.registers["chain"] for name in row.values["actor"]}
    assert chain <= {line.organisation for line in approval.lines if line.yes or line.word}


def test_a_year_that_was_counted_in_part_says_so(town: Material) -> None:
    """Where a town began within a year that the report shows, it says from when incidents are logged."""
    told = "Händelser loggas i boten sedan den 1 september 2025."
    assert as_chat(compose("yearly", town)).count(told) == 2
    assert told not in as_chat(compose("yearly", replace(town, began=date(2020, 9, 1))))


def test_the_cards_owner_can_be_reached(town: Material) -> None:
    """Whoever finds a mistake on the card reads there how to reach the one who mends it."""
    assert "Säg till: Samordnaren i kommunens trygghetsgrupp, 070-174 06 27" in as_chat(compose("card", town))


def test_the_role_of_the_coordination_says_when_and_who_signs(town: Material) -> None:
    """It says from when to when somebody coordinates, from when it holds, and their own organisation signs as well."""
    said = as_chat(compose("coordination", town))
    assert "1 september 2026–31 augusti 2028" in said
    assert "Gäller från: Den dag då alla har skrivit under" in said
    assert said.index("Socialtjänsten i Exempelstad") < said.index("Samordnarens egen organisation")


def test_a_wide_word_in_word_is_parted_by_a_hyphen(town: Material) -> None:
    """In Word's tables a name that is wider than its column gets a hyphen, as in the PDF; running text has none."""
    made = docx.Document(io.BytesIO(file_of("plan", "docx", town)))
    settings = made.settings.element
    order = [child.tag for child in settings]
    assert settings.find(qn("w:autoHyphenation")).get(qn("w:val")) == "1"
    assert order.index(qn("w:defaultTabStop")) + 1 == order.index(qn("w:autoHyphenation"))
    held = {
        name: made.styles[name].element.pPr.find(qn("w:suppressAutoHyphens")).get(qn("w:val"))
        for name in ("Normal", words_of("sv")("label.style_cell"))
    }
    assert list(held.values()) == ["1", "0"]


def test_what_is_done_has_more_room_than_a_dot(town: Material) -> None:
    """Where organisations have long names an activity still has more than twice the room of a mark in a year."""
    long = ("Regionkoordinatorn mot prostitution och människohandel",)
    rows = [{**row.values, "responsible": long} for row in town.registers["activities"]]
    made = compose("plan", with_rows(town, "activities", rows))
    grid = next(block for block in made.blocks if isinstance(block, Table) and block.rows[0][0] == "1.1")
    assert grid.widths[1] > 2 * grid.widths[2]


def test_a_heading_in_word_is_not_chained_to_the_table_above(town: Material) -> None:
    """Between a table and a heading is a line, or LibreOffice keeps the table with the heading, and the next page's
    text apart from it."""
    body = docx.Document(io.BytesIO(file_of("plan", "docx", town))).element.body
    after = [table.getnext() for table in body.iter(qn("w:tbl"))]
    styles = [found.pPr.pStyle.val for found in after if found.tag == qn("w:p") and found.pPr is not None]
    assert styles
    assert not [style for style in styles if style.startswith("Heading")]


def test_the_booklet_is_no_older_than_what_it_shows(town: Material) -> None:
    """A check-in of yesterday dates the booklet, and nothing in its calendar says which day is today."""
    yesterday = town.today.replace(day=town.today.day - 1)
    made = compose(
        "journey", replace(town, checkins=(CheckedIn(town.today.replace(day=1), 2), CheckedIn(yesterday, 3)))
    )
    assert made.on == yesterday
    amid = Facts(replace(town, today=town.calendar[0].on))
    alone, (drawn,) = figure("calendar", amid), on_paper("calendar", amid)
    assert alone
    assert alone.data["today"] is not None
    assert isinstance(drawn, Figure)
    assert drawn.data["today"] is None


def test_the_first_year_of_a_calendar_is_named(town: Material) -> None:
    """A calendar that begins late in the year names that year, too, on a phone, and the next one beside it."""
    days = (date(2025, 12, 1), date(2026, 6, 1), date(2027, 11, 1))
    meetings = tuple(Meeting(MeetingKind.NETWORK, 1, n, 3, day, time(13), 120) for n, day in enumerate(days, 1))
    shown = figure("calendar", Facts(replace(town, calendar=meetings)))
    assert shown is not None
    data = {"kind": shown.kind, "data": shown.data, "width": 360, "inset": 14, "foot": ""}
    said = " ".join(lines_of(bytes(typst.compile(**_inputs("picture", data), format="pdf"))))
    axis = said.partition("Nätverksträffar")[0].split()
    assert [year for year in axis if year.isdecimal()] == ["2025", "2026", "2027"]
