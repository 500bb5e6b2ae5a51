import io
import re
from dataclasses import replace
from datetime import time
from itertools import groupby
from pathlib import Path

import pypdf
import pytest
import typst
from PIL import Image

import messages
from flows.figures.figures import NotTold
from flows.timing.calendar import Meeting, MeetingKind
from messages.documents.blocks import Figure
from messages.documents.compose import compose
from messages.documents.facts import Facts
from messages.documents.make import picture
from messages.documents.material import CheckedIn, Material, RegisterRow, Round, Said, Year
from messages.documents.parts import Parts
from messages.documents.pictures import KINDS, figure, foot, on_paper
from messages.documents.render_request import fulfil
from messages.documents.routine_tables import too_full
from messages.documents.typeset import _inputs
from messages.structure.blocks import Table
from tests.documents.answered import DAY, with_answers, with_rows


@pytest.mark.parametrize("kind", KINDS)
def test_sharp_and_told(kind: str, town: Material) -> None:
    """Every picture is 1080 pixels wide, within what Telegram takes, not blank, and has its text alternative."""
    drawn = picture(kind, town)
    assert drawn is not None
    image = Image.open(io.BytesIO(drawn[0]))
    assert image.width == 1080
    assert image.width + image.height <= 10_000
    assert len(image.convert("L").getcolors(256) or []) > 1
    assert len(drawn[1]) > 20
    assert "None" not in drawn[1]
    assert picture(kind, town) == drawn


@pytest.mark.parametrize("exercise", ["commitment", "direction", "ambition"])
def test_answers_of_any_exercise(exercise: str, town: Material) -> None:
    """What many have answered is drawn, whatever the exercise, and told in words; nothing answered, nothing drawn."""
    drawn = picture(f"answers.{exercise}", town)
    assert drawn is not None
    assert Image.open(io.BytesIO(drawn[0])).width == 1080
    assert any(sign.isdigit() for sign in drawn[1])
    assert figure(f"answers.{exercise}", Facts(Material("Exempelstad", DAY))) is None


def test_a_no_is_the_darkest_tone(town: Material) -> None:
    """Yes, doubtful and no are tones of one hue from left to right, each much darker than the one before: none is green
    or red, and they are told apart in grey."""
    said = tuple(Said("hard", value, DAY) for value in ("yes", "no", "doubtful", "yes"))
    drawn = picture("answers.commitment", replace(town, rounds={**town.rounds, "commitment": Round(said)}))
    assert drawn is not None
    image = Image.open(io.BytesIO(drawn[0])).convert("RGB")
    pixels = list(zip(*[iter(image.tobytes())] * 3, strict=True))
    lines = (pixels[start : start + image.width] for start in range(0, len(pixels), image.width))
    wide = ([tone for tone, pixels in groupby(line) if len(list(pixels)) > 100] for line in lines)
    *_, tones, _edge = (found for line in wide if len(found := [tone for tone in line if tone != (255, 255, 255)]) == 3)
    assert all(red <= green <= blue for red, green, blue in tones)
    yes, doubtful, no = (sum(tone) / 3 for tone in tones)
    assert yes - 50 > doubtful > no + 50


NUMBER = "Mottagningen 0123-100 00, annars växeln 0123-105 00"


def shown(kind: str, material: Material) -> Figure:
    """A picture that must be there."""
    found = figure(kind, Facts(material))
    assert found is not None
    return found


def test_what_many_wrote_is_read_aloud_as_sentences(town: Material) -> None:
    """Notes that end with a full stop or a question mark get no second mark, and the others get their stop."""
    noted = with_answers(town, "swot_insights", {"strengths": "Vi känner varandra nu.\nRäcker tiden?\nKorta vägar"})
    assert ": Vi känner varandra nu. Räcker tiden? Korta vägar. " in shown("swot", noted).alt


def test_readiness_tells_the_spread(town: Material) -> None:
    """The text alternative of readiness has each part's mean, spread and the sum."""
    alt = shown("readiness", town).alt
    assert "Politisk vilja: 2,8 i snitt, svar från 2 till 4." in alt
    assert "27,7 av 40" in alt


def test_means_have_the_same_decimals(town: Material) -> None:
    """Beside 2,3 stands 2,0, in the picture and in what is read aloud."""
    found = shown("indicators", town)
    assert "Tvingas begå brott: 2,0." in found.alt
    assert "2,0" in {area["text"] for area in found.data["areas"]}


def test_map_ties_what_belongs_together(town: Material) -> None:
    """Places are tied to the groups, and actors to the places they name; an actor without a place to its groups."""
    found = shown("map", town)
    assert "Barn och unga i familjehem: Chattar och appar; möts av Exempelstads Taxi · Påhittade skolan." in found.alt
    _, places, actors = (column["nodes"] for column in found.data["columns"])
    lines = found.data["lines"]
    to_actors = {(places[of], actors[to]) for column, of, after, to, *_ in lines if (column, after) == (1, 2)}
    assert ("Hotell och korttidsboenden", "Hotell Exempel") in to_actors
    straight = {actors[to] for column, _, after, to, *_ in lines if (column, after) == (0, 2)}
    assert {"Exempelbostäder", "Exempelstads vårdcentral"} <= straight


def test_map_draws_whom_an_actor_meets_where(empty: Material) -> None:
    """A line in the colour of each group that the actor meets at the place; straight where no place joins the two."""
    groups = tuple(
        RegisterRow(n, {"group": name}, DAY) for n, name in enumerate(("Hemlösa", "EU-medborgare", "Unga"), 1)
    )
    places = (
        RegisterRow(1, {"place": "Stationen", "groups": ("Hemlösa", "EU-medborgare")}, DAY),
        RegisterRow(2, {"place": "Nätet", "groups": ("Unga",)}, DAY),
    )
    actors = (
        RegisterRow(1, {"name": "Kommunhälsan", "groups": ("Hemlösa",), "places": ("Stationen",)}, DAY),
        RegisterRow(
            2, {"name": "Uppsökarna", "groups": ("Hemlösa", "EU-medborgare", "Unga"), "places": ("Stationen",)}, DAY
        ),
        RegisterRow(3, {"name": "Kiosken", "groups": (), "places": ("Stationen",)}, DAY),
    )
    registers = {"vulnerable_groups": groups, "places": places, "actors": actors}
    data = shown("map", Material(empty.town, DAY, registers=registers)).data
    named = [column["nodes"] for column in data["columns"]]
    drawn = {(named[a][n], named[b][m], colour) for a, n, b, m, colour, _ in data["lines"] if b == 2}
    assert drawn == {
        ("Stationen", "Kommunhälsan", 0),
        ("Stationen", "Uppsökarna", 0),
        ("Stationen", "Uppsökarna", 1),
        ("Unga", "Uppsökarna", 2),
        ("Stationen", "Kiosken", 7),
    }
    beside = [line[5] for line in data["lines"] if (named[line[2]][line[3]], line[0]) == ("Uppsökarna", 1)]
    assert beside == [0, 1]  # next to each other, and not one upon the other


def test_names_that_contain_each_other_are_told_apart(empty: Material) -> None:
    """“Hotell” is not “Hotell och vandrarhem, i hamnen”: rows are tied by whole names, commas and all."""
    names = ("Hotell", "Hotell och vandrarhem, i hamnen")
    places = tuple(RegisterRow(n, {"place": name}, DAY) for n, name in enumerate(names, 1))
    actors = (RegisterRow(1, {"name": "Taxi", "places": (names[1],)}, DAY),)
    found = shown("map", Material(empty.town, DAY, registers={"places": places, "actors": actors}))
    (line,) = found.data["lines"]
    assert found.data["columns"][1]["nodes"][line[1]] == names[1]


def test_hours_with_one_number_stand_together(town: Material) -> None:
    """In the flow chart a number that answers at all hours is written once."""
    boxes = shown("flow", town).data["links"][0]["boxes"]
    assert boxes[1]["reach"] == (("Dagtid, kväll, natt och helg", "070-174 06 22"),)


def test_small_numbers_stay_hidden(empty: Material) -> None:
    """A number that is too small to be shown is drawn and told as small, never as nought."""
    years = (Year(2026, 12, NotTold.WITHHELD, 5, 0),)
    found = shown("statistics", Material(empty.town, DAY, years=years))
    assert found.data["years"][0]["values"] == [12, None, 5, 0]
    assert "personer som kan vara utsatta redovisas inte" in found.alt
    assert found.data["note"].startswith("Redovisas inte: antalet är ett till fyra, ")
    unknown = Material(empty.town, DAY, years=(Year(2026, 12, 6, 5),))
    assert shown("statistics", unknown).data["note"] == "Ingen uppgift: ingen har sagt hur många."


def test_the_words_for_what_is_not_told_have_room(empty: Material) -> None:
    """Where words stand in the place of bars there are so few years that no word lies over another, nor is parted."""
    years = tuple(Year(year, 9, NotTold.UNKNOWN, NotTold.WITHHELD, 0) for year in range(2017, 2027))
    found = shown("statistics", Material(empty.town, DAY, years=years))
    assert [year["year"] for year in found.data["years"]] == [str(year) for year in range(2021, 2027)]
    data = {"kind": found.kind, "data": found.data, "width": 360, "inset": 14, "foot": ""}
    made = pypdf.PdfReader(io.BytesIO(bytes(typst.compile(**_inputs("picture", data), format="pdf"))))
    said = made.pages[0].extract_text().splitlines()
    assert [line.replace("\xa0", " ") for line in said].count("redovisas inte") == 6
    plain = Material(empty.town, DAY, years=tuple(Year(year, 9, 8, 7, 0) for year in range(2010, 2027)))
    assert len(shown("statistics", plain).data["years"]) == 10


def test_too_few_answers_are_a_gap(empty: Material) -> None:
    """A check-in that too few answered is a gap in the curve, and told as such."""
    checks = (CheckedIn(DAY, 2), CheckedIn(DAY.replace(day=19), None))
    assert "19 februari: för få svar." in shown("checkins", Material(empty.town, DAY, checkins=checks)).alt
    assert figure("checkins", Facts(Material(empty.town, DAY, checkins=checks[1:]))) is None


def test_crowded_cell(town: Material) -> None:
    """Thirty actors with the same influence and support are all in the picture and in its words."""
    rows = [{"actor": (f"Aktör {n}",), "influence": 4, "support": 4, "reason": "-"} for n in range(1, 31)]
    drawn = picture("influence", with_rows(town, "actor_matrix", rows))
    assert drawn is not None
    assert "Aktör 30: påverkan 4, stöd 4." in drawn[1]


def test_half_filled_rows(town: Material) -> None:
    """Rows that were begun and not finished are left out of what they cannot be drawn in."""
    assert figure("influence", Facts(with_rows(town, "actor_matrix", [{"actor": ("Någon",)}]))) is None
    assert figure("indicators", Facts(with_rows(town, "indicators", [{"actor": ("Någon",)}]))) is None


def long_chain(town: Material) -> Material:
    """A chain as real towns have it: 18 rows with two numbers for each part of the day."""
    links = ("discovery", "first_contact", "protection", "follow_up")
    return with_rows(
        town,
        "chain",
        [
            {
                "link": links[n % 4],
                "what": f"Gör uppgift {n}",
                "actor": (f"Aktör {n}",),
                "daytime": NUMBER,
                "night": NUMBER,
            }
            for n in range(18)
        ],
    )


def test_whoever_is_not_placed_is_named_below_the_map(town: Material) -> None:
    """Eleven actors that nobody has placed leave the map as large as it was, and are named in the chat alone."""
    stored = town.registers["actors"]
    more = tuple(RegisterRow(100 + n, {"name": f"Någon {n}"}, DAY) for n in range(11))
    crowded = replace(town, registers={**town.registers, "actors": (*stored, *more)})
    (printed,) = on_paper("map", Facts(crowded))
    assert isinstance(printed, Figure)
    (before,) = on_paper("map", Facts(town))
    assert isinstance(before, Figure)
    assert printed.data["columns"] == before.data["columns"]
    assert "Någon 10" in shown("map", crowded).data["loose"]
    assert not printed.data["loose"]


def test_a_map_that_could_not_be_read_is_a_table(town: Material) -> None:
    """On paper a map with more names below each other than a page has room for is a table of the same."""
    places = [{"place": f"Plats {n}", "groups": ("Unga",)} for n in range(19)]
    groups = [{"group": "Unga"}, {"group": "Som ingen har placerat"}]
    crowded = with_rows(with_rows(town, "vulnerable_groups", groups), "places", places)
    (told,) = on_paper("map", Facts(crowded))
    assert isinstance(told, Table)
    assert [row[0] for row in told.rows] == ["Unga"]
    assert "Plats 18" in told.rows[0][1]


def test_the_card_names_whom_it_has_no_room_for(town: Material) -> None:
    """Five lines for each part of the day, those who act alone and in the chain's order; the others are named."""
    full = long_chain(town)
    assert too_full(Parts(full)) == ["Aktör 2", "Aktör 6", "Aktör 10", "Aktör 14"]
    day = next(b for b in compose("card", full).blocks if isinstance(b, Table))
    assert [row[1].split("\n")[0] for row in day.rows] == ["Aktör 1", "Aktör 5", "Aktör 9", "Aktör 13", "Aktör 17"]
    assert too_full(Parts(town)) == []


def test_pictures_are_read_on_a_phone() -> None:
    """No text in a picture is smaller than 11 pixels on a phone of 390: 10.2 points of its 360."""
    folder = Path(messages.__file__).parent / "documents"
    house = (folder / "layout" / "house.typ").read_text()
    found = re.search(r"#let least = ([0-9.]+)pt", house)
    shrunk = re.search(r"#let small\(body\) = text\(size: ([0-9.]+)em", house)
    base = re.search(r"set text\(size: ([0-9.]+)pt", (folder / "pictures" / "all.typ").read_text())
    assert found
    assert shrunk
    assert base
    least = float(found[1])
    assert least * 390 / 360 > 11
    assert float(base[1]) * float(shrunk[1]) >= least
    for drawn in (folder / "pictures").glob("*.typ"):
        for size in re.findall(r"text\([^)]*?size: ([0-9.]+)pt", drawn.read_text()):
            assert float(size) >= least, drawn.name


def test_a_picture_passed_on_says_whose_it_is(town: Material) -> None:
    """Under each picture that leaves the chat stand the town, the day of its newest part, and who made it."""
    facts = Facts(town)
    assert figure("swot", facts)
    assert foot(facts) == "Exempelstad · 16 juli 2026 · Kärngruppens egna uppgifter"
    made = fulfil("picture.swot", "png", town, ())
    elsewhere = fulfil("picture.swot", "png", replace(town, town="Annanstad"), ())
    assert made
    assert elsewhere
    assert made.fingerprint != elsewhere.fingerprint
    assert made.content != elsewhere.content


def test_the_map_says_what_its_dashes_mean(town: Material) -> None:
    """The line that joins a group and an actor past all places is explained where it stands."""
    assert "Streckad" in str(shown("map", town).data["dashed"])


@pytest.mark.parametrize("kind", [kind for kind in MeetingKind if kind is not MeetingKind.SESSION])
def test_each_kind_of_meeting_has_its_row(kind: MeetingKind, town: Material) -> None:
    """The calendar's picture names a row for every kind of meeting; a session is named by its step. A meeting that the
    network's list has beside its rhythm is the network's, as in the yearly report and the minutes."""
    meeting = Meeting(kind, 1, 1, 1, DAY, time(13), 120)
    drawn = figure("calendar", Parts(replace(town, calendar=(meeting,))))
    assert drawn is not None
    called = MeetingKind.NETWORK if kind is MeetingKind.EXTRA else kind
    assert [row["name"] for row in drawn.data["rows"]] == [Facts(town).words(f"picture.calendar.{called}")]
    both = replace(meeting, kind=MeetingKind.NETWORK), replace(meeting, kind=MeetingKind.EXTRA)
    drawn = figure("calendar", Parts(replace(town, calendar=both)))
    assert drawn is not None
    assert [row["count"] for row in drawn.data["rows"]] == [2]


def test_a_map_with_a_single_column_is_on_no_paper(empty: Material) -> None:
    """Actors alone, before there are groups and places, make no map in a document."""
    actors = [{"name": "Taxi", "kind": "transport"}, {"name": "Badet", "kind": "leisure"}]
    with_actors = Facts(with_rows(empty, "actors", actors))
    assert figure("map", with_actors) is not None
    assert on_paper("map", with_actors) == ()
