"""The finished town's papers agree: what two of them tell, they tell alike. And its archive package is sound."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.context.context import Actor, Context
from bot.demo import snapshot
from bot.demo.transcript import group_id
from bot.features.documents import archive, archive_files, archive_package
from bot.features.documents.load_material import material_of
from flows.enums import ExerciseRole, Field
from flows.phone import dialled, services_in
from messages.documents.catalogue import DOCUMENTS
from messages.documents.compose import compose
from messages.documents.facts import Facts
from messages.documents.material import Material
from messages.documents.standing import numbers
from messages.structure.blocks import Table
from tests.bot.documents import material
from tests.bot.eark import NOT_TO_BE_HAD, validated
from tests.documents.in_chat import as_chat
from tests.test_finished_town import taken_up

TITLE = "Kärngruppen i Färdigstad"
OF_THE_PAPER = {  # what a paper says of itself, and of the vote on it
    *("Beslut", "Gäller från", "Gäller till", "Prövas nästa gång", "Besked", "Textens version", "Beslutsdatum"),
    *("Beslutat av", "Datum", "Vad som ändrades", "Övning", "Så nås de"),
}
ISO = re.compile(r"\b\d{4}-\d\d-\d\d\b")
TELEPHONE = re.compile(r"\b0\d{1,3}-\d[\d ]+\d")
LEADING = re.compile(r"^[\d.]+ +")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """The finished town's material."""

    async def loaded() -> Material:
        async with taken_up(await asyncio.to_thread(snapshot.played), tmp_path_factory.mktemp("town")) as goes_on:
            goes_on.title = TITLE
            async with goes_on.bot.store.work() as work:
                group = await group_id(goes_on, work)
            return await material(goes_on, group)

    return asyncio.run(loaded())


def statements(document: str, material: Material) -> Iterator[tuple[str, str, str]]:
    """What a paper's tables tell: of what, what, and how it stands there, each day written in one way."""
    rules = Facts(material).voice.rules
    for table in (block for block in compose(document, material).blocks if isinstance(block, Table)):
        for row in table.rows:
            cells = [ISO.sub(lambda found: rules.long_date(found[0]), str(cell)) for cell in row]
            subject = LEADING.sub("", cells[0])
            told = zip([""] if len(cells) == 2 else table.header[1:], cells[1:], strict=True)
            yield from ((subject, str(what), said) for what, said in told if said and not subject.isdecimal())


@pytest.mark.slow
def test_what_two_papers_tell_they_tell_alike(finished: Material) -> None:
    """Whatever stands in a table of two papers (a date, a figure, who answers for it) stands alike in both."""
    told = defaultdict[tuple[str, str], dict[str, set[str]]](lambda: defaultdict(set))
    for document in DOCUMENTS:
        for subject, what, said in statements(document, finished):
            if not OF_THE_PAPER.intersection((subject, what)):
                told[subject, what][said].add(document)
    shared = {place: found for place, found in told.items() if len(set().union(*found.values())) > 1}
    assert len(shared) >= 10
    assert {place: dict(found) for place, found in shared.items() if len(found) > 1} == {}


@pytest.mark.slow
def test_each_number_on_paper_is_one_that_is_answered(finished: Material) -> None:
    """No paper has a number that neither the routine, the facts about the town nor a help line has; and the social
    emergency service and whoever takes a report about a child have one number each on all of them.
    """
    facts = Facts(finished)
    town = finished.rounds[facts.process.with_role(ExerciseRole.TOWN).id].said
    known = numbers(finished) | {number for one in town for number in services_in(str(one.value))}
    known |= {n for one in facts.voice.help_lines.lines.values() for n in services_in(one.number)}
    papers = {document: as_chat(compose(document, finished)) for document in DOCUMENTS}
    on_paper = {document: TELEPHONE.findall(text) for document, text in papers.items()}
    strange = {document: {dialled(number) for number in there} - known for document, there in on_paper.items()}
    assert {document: found for document, found in strange.items() if found} == {}
    night, day = (str(facts.raw(*facts.place(ExerciseRole.TOWN, field))) for field in (Field.EMERGENCY, Field.CHILDREN))
    said = [found for text in papers.values() for found in re.findall(r"[Ss]ocialjouren[: på]+([\d -]+\d)", text)]
    assert set(said) == {night}
    assert len(said) >= 3
    said = [
        found for text in papers.values() for found in re.findall(r"[Oo]rosanmälan[^\d\n]*agtid: ([\d -]+\d)", text)
    ]
    assert set(said) == {day}
    assert len(said) >= 2


@pytest.mark.slow
def test_a_part_that_asks_is_told_of_with_one_mark(finished: Material) -> None:
    """A heading that is a question keeps its mark in the list of changes, and gets no full stop after it."""
    papers = [as_chat(compose(document, finished)) for document in DOCUMENTS]
    assert any("Var finns de, och vem möter dem? Nytt:" in text for text in papers)
    assert [text for text in papers if "?." in text or "!." in text] == []


@pytest.mark.slow
async def test_an_e_archive_takes_the_whole_town(tmp_path: Path) -> None:
    """E-ARK's own validator finds no fault in the package of a town that has come to the end, with all its papers."""
    kept = await asyncio.to_thread(snapshot.played)
    async with taken_up(kept, tmp_path / "town") as goes_on, goes_on.bot.store.work() as work:
        goes_on.title = TITLE
        ctx = Context(goes_on.bot.services, work, goes_on.sandbox.now())
        group = await work.groups.get(await group_id(goes_on, work))
        member = next(one for one in await work.members.active(group.id) if one.coordinator)
        whole = await material_of(ctx, group)
        actor = Actor(await work.people.get(member.person_id), group, member)
        files = await archive_files.files_of(ctx, actor, whole)
        label = await archive._label(ctx, group, whole, files)
    made = tmp_path / "package.zip"
    made.write_bytes(archive_package.package(files, label))
    assert len(files) >= 100
    found = validated(made)
    assert found["structure"] == "WELLFORMED"
    assert found["errors"].keys() == NOT_TO_BE_HAD
