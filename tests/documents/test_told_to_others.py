"""What documents that others read leave to the core group's own papers."""

from dataclasses import replace
from typing import Any

import pytest

from messages.documents.catalogue import DOCUMENTS, Reader
from messages.documents.compose import compose
from messages.documents.facts import Facts
from messages.documents.material import Material
from messages.documents.pictures import figure
from tests.documents.answered import with_answers, with_rows
from tests.documents.in_chat import as_chat

OUTSIDE = [e.id for e in DOCUMENTS.values() if e.reader is not Reader.CORE and e.step is not None]


@pytest.mark.parametrize("document", OUTSIDE)
def test_no_firm_of_the_list_is_named_to_others(town: Material, document: str) -> None:
    """A firm that the group has put on its list stands in papers for others as the kind that it is."""
    listed: list[dict[str, Any]] = [
        {"name": "Sunes Biltvätt", "kind": "hotel", "contact": "no", "groups": ("Personer med beroende",)},
        {"name": "Kvarterskiosken", "kind": "hotel", "contact": "some", "places": ("Campingen",)},
        {"name": "Hamnkrogen"},
    ]
    said = as_chat(compose(document, with_rows(town, "actors", listed)))
    assert not [row["name"] for row in listed if str(row["name"]) in said]


def test_the_group_sees_its_own_map_with_names(town: Material) -> None:
    """The picture in the group's chat has the actors' names, as its list does."""
    drawn = figure("map", Facts(town))
    assert drawn is not None
    assert "Exempelbostäder" in drawn.data["columns"][2]["nodes"]


def test_a_role_names_nobody_of_the_group(town: Material) -> None:
    """Who said yes to the proposal stays in the group; the paper that all sign has their lines."""
    agreed = replace(town.rounds["coordination"], consent="Ja: Alva och Bashir.")
    said = as_chat(compose("coordination", replace(town, rounds={**town.rounds, "coordination": agreed})))
    assert "Bashir" not in said


def test_figures_that_fall_are_not_praised_as_rising(town: Material) -> None:
    """What stands beside a year's figures holds whichever way they go."""
    said = as_chat(compose("yearly", town))
    assert "Siffrorna stiger när fler berättar. Att de sjunker behöver inte" in said


@pytest.mark.parametrize("document", ["invitation", "flyer"])
def test_a_guest_without_a_code_reads_whom_to_answer(town: Material, document: str) -> None:
    """With no code to answer by, the one to ask is also the one to answer."""
    assert "Svar och frågor till" in as_chat(compose(document, replace(town, links={})))
    assert "Svar och frågor till" not in as_chat(compose(document, town))


@pytest.mark.parametrize("document", ["mapping_report", "mapping_presentation", "plan"])
def test_a_conversation_has_a_month_and_no_day(town: Material, document: str) -> None:
    """A source that is a conversation or an answer of an actor tells its month: the day could point somebody out."""
    said = as_chat(compose(document, town))
    days = ("5 mars 2026", "17 februari 2026", "2 mars 2026", "18 november 2025")
    assert not [day for day in days if day in said]
    assert "senast ändrat i " in said


def test_what_each_organisation_said_stands_below_what_it_was_asked(town: Material) -> None:
    """Read in a chat, which has no columns, the booklet still tells what the answers are answers to."""
    said = as_chat(compose("journey", town))
    assert "Kända för\n\n• Socialtjänsten i Exempelstad: Att det tar tid." in said


def test_no_slide_has_a_heading_and_nothing_below_it(town: Material) -> None:
    """Where too few actors have answered for a mean to be shown, nobody stands before an empty slide about them."""
    few = with_rows(town, "indicators", [dict(town.registers["indicators"][0].values)])
    assert "Vad aktörerna märker" not in as_chat(compose("mapping_presentation", few))
    assert "Vad aktörerna märker" in as_chat(compose("mapping_presentation", town))


def test_who_answers_for_a_child_is_told_without_the_number_for_the_day(town: Material) -> None:
    """The routine says when socialjouren answers, and not only that it does otherwise."""
    said = as_chat(compose("routine", with_answers(town, "town", {"emergency": "08-5"})))
    assert "sekretess hindrar det inte. Kvällar, nätter och helger svarar socialjouren: 08-5." in said


def test_a_month_is_one_month(town: Material) -> None:
    """The length that was decided on stands in the right number."""
    decided = {"decision": ["start"], "start": "2025-09-22", "months": 1}
    assert "vi räknar med att arbetet tar 1 månad." in as_chat(
        compose("start", with_answers(town, "decision", decided))
    )
