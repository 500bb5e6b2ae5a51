"""What a records officer and a board look for in the papers that are laid before them."""

from dataclasses import replace

import pytest

from flows.figures.figures import NotTold
from messages.documents import invented_town
from messages.documents.blocks import Source
from messages.documents.compose import below, compose
from messages.documents.facts import Facts
from messages.documents.material import Material, Year
from messages.documents.pictures import KINDS, figure
from messages.structure.blocks import Bullets, Table, plain
from tests.documents.answered import with_answers, with_rows
from tests.documents.in_chat import as_chat

HOLDER = "Utvecklingsledaren i kommunens trygghetsgrupp, 1 september 2026–31 augusti 2028"


def facts_of(document: str, town: Material) -> dict[str, str]:
    """The table of facts that a paper begins with."""
    table = next(block for block in compose(document, town).blocks if isinstance(block, Table))
    return {row[0]: row[1] for row in table.rows}


@pytest.mark.parametrize("document", ["mapping_report", "start", "plan", "coordination", "network", "yearly"])
def test_a_paper_has_its_reference_number(town: Material, document: str) -> None:
    """Each paper that is filed says in which case."""
    assert facts_of(document, town)["Diarienummer"] == "SN 2025/0417"


def test_a_decision_says_who_took_it_and_when(town: Material) -> None:
    """The decision to begin names the day on which it was taken, and the mapping who made it."""
    assert facts_of("start", town)["Beslutat av"] == "Kärngruppen, 20 september 2025"
    assert "Kvinnojouren i Exempelstad" in facts_of("mapping_report", town)["Gjord av"]


def test_a_role_has_its_holder_and_the_day_of_its_text(town: Material) -> None:
    """A role description is as old as its text, though it is looked at again on a day that was settled later; it has
    no pros and cons. Before anybody holds the role, whom the group proposes.
    """
    made = compose("coordination", town)
    assert made.dated == "14 april 2026"
    assert facts_of("coordination", town)["Samordning"] == HOLDER
    assert "talar emot" not in repr(made.blocks)
    never = {name: found for name, found in town.rounds.items() if name != "town"}
    proposed = with_answers(replace(town, rounds=never), "coordination", {"proposed": "Två som delar på det"})
    assert facts_of("coordination", proposed)["Samordning"] == "Två som delar på det"


def test_a_plan_meets_its_risks(town: Material) -> None:
    """Below what can go wrong stands what is done about it, and who holds the coordination below its name."""
    said = as_chat(compose("plan", town))
    assert (
        said.index("Gemensamma hot")
        < said.index("Det vi gör åt riskerna")
        < said.index("varje ansvarig får en ersättare")
    )
    assert said.index("Samordningen") < said.index(HOLDER)


def test_a_report_asks_those_who_decide(town: Material) -> None:
    """A yearly report begins with what is asked of the board, and compares time and money with the plan; one that asks
    nothing says so, and one from before time and money were asked about has nothing of them.
    """
    said = as_chat(compose("yearly", town))
    assert said.index("Det här ber vi om") < said.index("Året i korthet")
    assert said.index("I planen:") < said.index("40 000") < said.index("Under året:")
    asks_nothing = as_chat(compose("yearly", with_answers(town, "yearly_review", {"learned": "Mycket"})))
    assert "Vi ber inte om något beslut den här gången." in asks_nothing
    assert "Tid och pengar" not in asks_nothing


def test_a_report_is_no_older_than_its_figures(town: Material) -> None:
    """What tells a whole year's figures has no day before that year's end."""
    early = {name: found for name, found in town.rounds.items() if name not in ("yearly_review", "keeping_alive")}
    assert compose("yearly", replace(town, rounds=early)).dated == "31 december 2026"


def test_the_same_source_stands_once(town: Material) -> None:
    """Parts of one exercise that follow each other have their source below the last, and each slide has its own."""
    sources = [block.text for block in compose("mapping_report", town).blocks if isinstance(block, Source)]
    assert len(sources) == len(set(sources))
    slides = [block.text for block in compose("mapping_presentation", town).blocks if isinstance(block, Source)]
    assert len(slides) > len(set(slides))


def test_the_plan_has_a_column_for_each_thing(town: Material) -> None:
    """Who, when and how far stand in columns of their own."""
    grid = next(b for b in compose("plan", town).blocks if isinstance(b, Table) and b.header[0] == "Nr")
    assert grid.header[-3:] == ("Ansvarig", "Senast", "Läge")
    assert grid.rows[0][-3:] == ("Hotell Exempel", "2027-06-15", "På gång")


def test_who_is_not_rated_is_told(town: Material) -> None:
    """An actor that the group has not talked about yet is named as such, and figures say how many answered."""
    made = compose(
        "actors", with_rows(town, "actor_matrix", [{"actor": ("Hotell Exempel",), "influence": 4, "support": 5}])
    )
    said = as_chat(made)
    assert "Inte bedömda än" in said
    assert "Exempelbostäder" in said.split("Inte bedömda än")[1].split("Från ")[0]
    levels = figure("levels", Facts(town))
    assert levels is not None
    assert "hur många av oss" in levels.data["legend"]


def test_the_card_and_the_routine_tell_the_same_steps() -> None:
    """Whoever knows the card by heart does what the routine says: there is one list of steps, in both."""
    town = invented_town.material()
    steps = [
        next(b.items for b in compose(document, town).blocks if isinstance(b, Bullets) and b.numbered)
        for document in ("routine", "card")
    ]
    assert steps[0] == steps[1]
    assert plain(steps[0][4]).startswith("Stanna kvar")


def test_a_year_without_figures_is_left_out_of_the_plan() -> None:
    """A year of which nothing is told says nothing in a plan; the yearly report, which is about it, says why."""
    town = invented_town.material()
    years = (Year(2026, 9, 11, 15, 0), Year(2027, *[NotTold.WITHHELD] * 4, preliminary=True))
    plan, report = (repr(compose(document, replace(town, years=years)).blocks) for document in ("plan", "yearly"))
    assert "'2026'" in plan
    assert "'2027*'" not in plan
    assert "'2027*'" in report
    assert "redovisas inte" not in plan
    nothing = compose("plan", replace(town, years=years[1:]))
    assert not [b for b in nothing.blocks if isinstance(b, Table) and b.header[:1] == ("År",)]


def test_newer_laws_are_a_question_to_the_lawyer() -> None:
    """The routine names newer laws by number, with the day on which their sources were read, interprets none of them,
    and has room for the answer.
    """
    said = as_chat(compose("routine", invented_town.material()))
    for words in ("2025:170", "2024/25:65", "De tolkas inte här", "lästa den 1 december 2026", "……"):
        assert words in said


def test_slides_give_the_towns_own_number_or_none() -> None:
    """A hall of people is told the emergency service's number, never that of whoever answers for the event."""
    town = with_answers(invented_town.material(), "event", {"contact": "Karin, 0123-100 00"})
    said = as_chat(compose("mapping_presentation", town))
    assert "0123-100 00" not in said
    assert "Socialjouren: 070-174 06 30" in said


def test_a_picture_with_firms_says_whom_it_is_for() -> None:
    """Pictures are what one forwards: those that name firms say that they are for the core group alone."""
    facts = Facts(invented_town.material())
    marked = {kind for kind in KINDS if "Bara för kärngruppen" in below(kind, facts)}
    assert marked == {"map", "influence"}
