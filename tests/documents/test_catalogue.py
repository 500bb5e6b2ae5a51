import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import flows
import messages
from bot.__main__ import main
from flows.definitions.loader import load_process, the_process
from flows.enums import ExerciseRole
from flows.figures.figures import NotTold
from flows.run.state import Phase
from flows.timing.calendar import Meeting, MeetingKind, rhythm
from flows.timing.journey import where
from messages.documents import tables, template
from messages.documents.blocks import Missing, Source
from messages.documents.catalogue import DOCUMENTS, Reader, about, completeness, entries, meant, needs, title
from messages.documents.compose import compose
from messages.documents.document_words import Words, words_of
from messages.documents.editions import Edition
from messages.documents.facts import Facts
from messages.documents.make import NoSuchForm, filename, make
from messages.documents.material import Approval, ApprovalLine, CheckedIn, Material, Round, Said, Swap, Version, Year
from messages.documents.own_look import OwnLook
from messages.documents.pictures import KINDS, answers, figure, foot
from messages.documents.slide_layouts import KEPT
from messages.documents.standing import numbers
from messages.structure.blocks import Bullets, Heading, Table
from messages.voice import Voice
from tests.documents.answered import DAY, with_answers, with_rows
from tests.documents.in_chat import as_chat as in_chat

# What the writers themselves say, besides what stands in the blocks.
WRITERS = ("style_source", "style_missing", "style_cell", "style_table", "page", "continued", "town", "date", "logo")
TEMPLATES = template.SPOKEN / "sv" / "documents"


def leaves(data: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The dotted paths of all words."""
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_needs_are_told(document: str, empty: Material) -> None:
    """In a group that has answered nothing, a document names what it waits for, and only that, as the list of
    documents does."""
    named = set(compose(document, empty).missing)
    assert set(completeness(document, empty).missing) == named == set(needs(document, empty.language))
    assert named or document.startswith("form_") or document == "minutes"  # which may have no session yet


@pytest.mark.parametrize("document", DOCUMENTS)
def test_finished_town_lacks_nothing(document: str, town: Material) -> None:
    """With everything answered, nothing is said to be missing, and every part says where it comes from."""
    made = compose(document, town)
    assert [block.text for block in made.blocks if isinstance(block, Missing)] == []
    assert completeness(document, town).share == 1
    assert made.blocks
    drawn = [exercise for block in made.blocks if isinstance(block, Source) for exercise in block.exercises]
    assert set(drawn) <= set(the_process().exercises)


def test_a_new_exercise_reaches_a_document(town: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a group concludes in an exercise that two files have added stands in the booklet, with where it is from."""
    for room, folder in ((flows, "process"), (messages, "sv")):
        shutil.copytree(Path(room.__file__ or "").parent / folder, tmp_path / folder)
    arguments = ["new", "3.4", "managers", "--process", str(tmp_path / "process"), "--messages", str(tmp_path)]
    assert main(arguments) == 0
    words = tmp_path / "sv" / "3.4-managers.toml"
    words.write_text(words.read_text(encoding="utf-8").replace('title = "FYLL I"', 'title = "Cheferna på hotellen"'))
    process, voice = load_process(tmp_path / "process"), Voice("sv", tmp_path)
    monkeypatch.setattr("messages.documents.facts.the_process", lambda: process)
    monkeypatch.setattr("messages.documents.facts.voice_of", lambda _: voice)
    said = (Said("first", "De vill veta mer.", DAY), Said("second", "yes", DAY))
    answered = replace(town, rounds={**town.rounds, "managers": Round(said, "Vi bjuder in dem i mars.", DAY)})
    made = compose("journey", answered)
    there = repr(made.blocks)
    assert "Det vi också har kommit fram till" in there
    assert "Från övningen ”Cheferna på hotellen”" in there
    assert "Vi bjuder in dem i mars." in there
    assert "De vill veta mer." not in there, "what each one wrote alone stays in the chat"
    assert "managers" in {e for block in made.blocks if isinstance(block, Source) for e in block.exercises}
    assert "Cheferna på hotellen" not in repr(compose("journey", town).blocks)


def test_half_an_answer_counts_half(town: Material, empty: Material) -> None:
    """How complete a document is grows with each question, and what is begun but not done is still listed."""
    said = town.rounds["network_role"].said
    half = Material(town.town, town.today, rounds={"network_role": type(town.rounds["network_role"])(said[:3])})
    assert completeness("network", half).share == pytest.approx(3 / 9)
    assert completeness("network", half).missing == ("network_role",)
    assert completeness("network", empty).share == 0


def test_every_exercise_and_template_is_known() -> None:
    """The catalogue names only exercises that exist, and there is no template that no document uses."""
    process = the_process()
    for entry in entries():
        assert set(needs(entry.id, "sv")) <= set(process.exercises), entry.id
    used = {f"{document}.md.j2" for document in DOCUMENTS}
    whole = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.j2"))
    loose = [p.name for p in TEMPLATES.glob("*.j2") if p.name not in used and f'"{p.name}"' not in whole]
    assert loose == []


def test_everything_has_a_name(empty: Material) -> None:
    """Each thing in the list has a title, a sentence that goes with it, and a file name."""
    for entry in entries():
        assert title(entry.id, empty)
        assert about(entry.id, empty).endswith(".")
        for form in entry.forms:
            assert filename(entry.id, form, empty).endswith(f".{form.partition('-')[0]}")


def test_no_word_is_unused(town: Material, empty: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word of the documents is asked for by something."""
    asked = {f"label.{name}" for name in (*WRITERS, *KEPT.values(), "theme")}  # the last are the layouts of slides
    real = Words.get

    def noted(words: Words, path: str) -> str | None:
        asked.add(path)
        return real(words, path)

    monkeypatch.setattr(Words, "get", noted)
    beside = Meeting(MeetingKind.EXTRA, 0, 1, 1, empty.today, time(13), 60)
    begun = replace(
        empty,
        years=(Year(2026, 12, NotTold.WITHHELD, 5, preliminary=True),),
        progress=where(the_process(), [(1, "commitment", Phase.OPEN)], [0]),
        calendar=(*rhythm(empty.today, lambda day: False), beside),
        checkins=(CheckedIn(empty.today, 2), CheckedIn(empty.today, None)),
        own=OwnLook(law="Ring kommunjuristen först."),
        versions={"plan": (Version(1, empty.today, {"Borttaget": "1", "Bakgrund": "2"}, adopted=empty.today),)},
    )
    begun = with_rows(begun, "chain", [{"link": "discovery", "what": "Ser", "daytime": "0123-100 00 " * 400}])
    places = [{"place": name} for name in ("Stationen", *(f"Plats {n}" for n in range(20)))]  # too many for a picture
    begun = with_rows(begun, "places", places)
    begun = with_rows(begun, "mapping_plan", [{"task": "Fråga"}])
    begun = with_rows(begun, "activities", [{"activity": "Träffas"}])  # of no subgoal
    begun = with_rows(begun, "actors", [{"name": "Taxi", "places": ("Stationen",)}, {"name": "Biblioteket"}])
    begun = with_rows(begun, "vulnerable_groups", [{"group": "Hemlösa"}])
    begun = with_answers(begun, "plan_frame", {"starts": "2027-03-01"})
    begun = with_answers(begun, "yearly_review", {"learned": "Mycket"})
    register = the_process().with_role(ExerciseRole.INDICATORS).register
    assert register is not None
    seen = [dict(row.values) for row in town.registers["indicators"]]
    one_area = {"actor": ("Badet",), **dict.fromkeys(register.areas[0].questions, 2)}
    begun = with_rows(begun, "indicators", [*seen, one_area])
    anew = with_rows(town, "vulnerable_groups", [{"group": f"Grupp {n}"} for n in range(9)])  # unlike the one kept
    anew = replace(anew, rounds={name: found for name, found in anew.rounds.items() if name != "plan_frame"})
    before = {"mapping_report": (Edition("mapping_report", town).at_hand,)}
    anew = replace(anew, versions=before, outcomes={1: (3, None, None)}, links={})
    lines = (
        ApprovalLine("Polisen"),
        ApprovalLine("Taxi", asked=False),
        ApprovalLine("Badet", asked=False, word="Ja", earlier=1),
        ApprovalLine("Hotellet", "return", empty.today, overruled="Vi provar."),
    )
    asked_again = Approval(3, final=False, lines=lines)
    begun = replace(begun, approvals={"plan_approval": asked_again, "routine_approval": asked_again})
    many = [{**row.values, "actor": (f"Aktör {n}",)} for n, row in enumerate(town.registers["chain"] * 3)]
    dressed = with_rows(replace(town, own=OwnLook(law="Fråga först.")), "chain", many)
    unchanged = replace(empty, versions={"plan": (Edition("plan", empty).at_hand,)})
    counted = replace(town, rounds={**town.rounds, "figures": Round((Said("figure", 4, town.today, "#1"),))})
    for material in (dressed, empty, begun, anew, counted):
        tables.workbook(material, None)
        for document in DOCUMENTS:
            compose(document, material)
        for kind in (*KINDS, *(f"{answers.NAME}.{name}" for name in the_process().exercises)):
            figure(kind, Facts(material))
        for entry in entries():
            about(entry.id, material)
            title(entry.id, material)
    assert Edition("plan", unchanged).differences
    assert [entry.id for entry in meant("kort", DOCUMENTS.values(), town)] == ["card"]
    given_out = replace(dressed, versions={"card": (Edition("card", town).at_hand,)})
    assert "vem du ringer" in Edition("card", given_out).differences
    foot(Facts(town))
    filename("form_swot", "pdf", town)
    held = (replace(Edition("routine", town).at_hand, adopted=town.approvals["routine_approval"].on()),)
    put_right = with_answers(replace(town, versions={"routine": held}), "town", {"emergency": "070-174 06 99"})
    names = replace(put_right.names, swaps=(Swap("0123-100 10", "0123-100 20", town.today),))
    compose("routine", replace(put_right, names=names))
    called = replace(put_right.names, checked=dict.fromkeys(numbers(put_right), town.today))
    compose("card", replace(put_right, names=called))
    assert {path for path in leaves(words_of("sv").data) if path not in asked} == set()


def test_what_guests_may_have(town: Material) -> None:
    """Guests get invitations and empty forms only; nothing that holds what the group found out."""
    assert {entry.id for entry in entries() if entry.reader is Reader.GUEST} == {"invitation", "flyer", "programme"}
    assert all(entry.id.startswith("form_") for entry in entries() if entry.reader is Reader.ANYONE)


def test_a_form_that_is_not_there(town: Material) -> None:
    """Asking for slides of the plan is answered with the forms it has."""
    with pytest.raises(NoSuchForm, match="docx, pdf"):
        make("plan", "pptx", town)


def test_unsigned_lines_tell_no_one_apart(town: Material) -> None:
    """What people wrote stands in the order of the alphabet at each question: the order of the people would tell."""
    asked = {Facts(town).short("celebration", q.id) for q in the_process().exercises["celebration"].questions}
    blocks = compose("journey", town).blocks
    told = [b for head, b in pairwise(blocks) if isinstance(head, Heading) and head.text in asked]
    listed = [[span.text for (span,) in b.items] for b in told if isinstance(b, Bullets)]
    assert any(len(lines) > 1 for lines in listed)
    assert listed == [sorted(lines, key=str.casefold) for lines in listed]


def test_file_names(town: Material) -> None:
    """A town with a slash, and titles with question marks, give names that every file system takes."""
    other = Material('Å/"stad"', town.today)
    on = town.today.isoformat()
    assert filename("feedback", "pdf", other) == f"Återkoppling – Å-stad – {on}.pdf"
    assert filename("form_swot", "pdf", other) == "SWOT – tom mall – Å-stad.pdf"
    assert filename("table.chain", "xlsx", other) == f"Rutin – kedjan – Å-stad – {on}.xlsx"
    assert Path(filename("plan", "docx", Material("x" * 300, town.today))).suffix == ".docx"


def test_a_version_does_not_overwrite_the_one_before(town: Material) -> None:
    """The file's name has the version and the day of its newest part, also where the town's name is endless."""
    for called in (town, replace(town, town="x" * 300)):
        made = compose("plan", called)
        name = filename("plan", "docx", called)
        assert name.endswith(f" – {made.edition.replace(',', '')} – {made.on.isoformat()}.docx")
        assert len(name) < 140


def test_a_card_has_the_day_of_its_routine(town: Material) -> None:
    """Routine and card of one version have one day in their names, that of its approval."""
    approved = town.approvals["routine_approval"]
    last = replace(approved.lines[0], on=date(2027, 2, 4))
    later = replace(town, approvals={**town.approvals, "routine_approval": replace(approved, lines=(last,))})
    ends = [filename(document, "pdf", later).partition("Version")[2] for document in ("routine", "card")]
    assert ends == [" 1 – 2027-02-04.pdf"] * 2


def test_adverts_that_are_few_are_hidden(town: Material) -> None:
    """The mapping tells how many advertisements a month had from five on, as fewer could point somebody out; and it
    leads nobody to a site.
    """
    made = compose("mapping_report", town)
    table = next(b for b in made.blocks if isinstance(b, Table) and b.header[-1] == "Annonser")
    assert table.rows == (("februari 2026", "5"), ("mars 2026", "redovisas inte"))
    assert "sida-ett" not in repr(made)
    few = with_rows(town, "adverts", [{"date": "2026-02-02", "site": "sida-ett.example"}] * 4)
    told = in_chat(compose("mapping_report", few))
    assert "februari 2026: redovisas inte" in told
    assert re.search(r"räknat annonser", told)


def test_the_chat_reads_tables_with_their_headings(town: Material) -> None:
    """Read in the chat, whom to call stands below its part of the day, and each cell has its column's heading."""
    routine, yearly = in_chat(compose("routine", town)), in_chat(compose("yearly", town))
    day, night = (
        routine.index("Dagtid\n1. Socialtjänsten"),
        routine.index("Kväll, natt och helg\n1. Social"),
    )
    assert day < routine.index("Så nås de: 070-174 06 23") < night < routine.index("Så nås de: 070-174 06 30")
    assert "• 2025\nRapporterade händelser: 16\n" in yearly
    assert "Senast: 2026-12-15\nLäge: Gjort" in in_chat(compose("plan", town))
    assert "• Ansvarar för rutinen: Samordnaren" in routine
