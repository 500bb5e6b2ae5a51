"""Asking for documents, pictures and tables, and getting them."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.context.sealed_actions import LONGEST, Action
from bot.demo.invented import Invented
from bot.demo.screen import said
from bot.demo.town import GROUP, WORKER, Town, town
from bot.demo.transcript import begin, gathered
from bot.features.documents import handlers
from bot.views.shared_buttons import PICTURE
from messages.documents.catalogue import DOCUMENTS, completeness, entries
from messages.documents.pictures import KINDS
from messages.language import Language
from storage.records.records import Group
from tests import seeded_town
from tests.bot.documents import content, files, material, open_plan, text_of


# -- asking and getting ------------------------------------------------------------------------------------------------
async def test_empty_group_gets_a_draft(tmp_path: Path) -> None:
    """A group that has answered nothing gets a sound plan that says what is missing, and its page is itself again."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await open_plan(played, "Alva")
        page = said(played.find("Alva", "Saknas"))
        await played.tap("Alva", "PDF")
        (file,) = files(played, "Alva")
        assert "Saknas" in text_of(content(played, file))
        assert "Det här är ett utkast: 9 övningar är inte färdiga." in played.last("Alva")
        after = said(played.find("Alva", "Saknas"))
        assert after == f"{page}\n\nSenaste utkastet: nummer 1, 11 januari."


async def test_unchanged_file_is_not_sent_up_again(tmp_path: Path) -> None:
    """While nothing changes, a file that Telegram has is sent by its id; once something changes, it is made anew."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Samverkansplan: aktiviteter")
        for name in ("Alva", "Bo"):
            await open_plan(played, name)
            await played.tap(name, "PDF")
        first, second = files(played, "Alva") + files(played, "Bo")
        assert first["file_id"] == second["file_id"]  # what is sent up again gets an id of its own
        async with played.bot.store.work() as work:
            await work.rows.add(1, "activities", {"activity": "Besöka alla hotell", "year": ["year1"]}, author=None)
        await played.tap("Alva", "PDF")
        assert files(played, "Alva")[-1]["file_id"] != first["file_id"]
        assert "Ändrat sedan sist: Delmål och aktiviteter." in played.last("Alva")


async def test_two_ask_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people who ask for the same at once both get it, and it is made once; who taps twice gets it once."""
    made = []
    do = WORKER.do

    async def counted(*args: Any) -> Any:
        made.append(args[1])
        return await do(*args)

    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        for name in ("Alva", "Bo"):
            await open_plan(played, name)
        monkeypatch.setattr(WORKER, "do", counted)
        for name in ("Alva", "Alva", "Bo"):
            message, row, column, _ = played.button(name, "Word")
            played.sandbox.act(
                played.person(name), "press", chat=played.person(name), message_id=message.id, row=row, col=column
            )
        await played.settle()
        assert made == ["plan"]
        assert len(files(played, "Alva")) == len(files(played, "Bo")) == 1


async def test_in_the_group(tmp_path: Path) -> None:
    """Asked for in the group's chat, a document comes there."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.write("Bo", "/dokument", chat=GROUP)
        await played.tap("Bo", "Så ser det ut hos oss", chat=GROUP)
        await played.tap("Bo", "PDF", chat=GROUP)
        assert len(files(played, "Bo", GROUP)) == 1
        assert not files(played, "Bo")


async def test_slash_in_the_town(tmp_path: Path) -> None:
    """A town whose name holds a slash gets files that every disk takes."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        async with played.bot.store.work() as work:
            await work.groups.update(1, title="Kärngruppen i Övre/Nedre Exempel")
        await open_plan(played, "Alva")
        await played.tap("Alva", "Word")
        assert files(played, "Alva")[0]["file_name"].startswith(
            "Samverkansplan mot människohandel och prostitution – Övre-Nedre Exempel – "
        )


@pytest.mark.parametrize(
    ("title", "name"),
    [("Kärngruppen i Exempelstad", "Exempelstad"), ("Nätverket i Ås", "Ås"), ("Exempelstads kärngrupp",) * 2],
)
def test_town_in_the_title(title: str, name: str) -> None:
    """Documents are about the town that a chat's title names."""
    assert Language("sv").town_of(title) == name


# -- pictures and tables -----------------------------------------------------------------------------------------------
async def test_picture_with_its_words(tmp_path: Path) -> None:
    """The map comes as a picture, with the same in words folded under it; where there is nothing to draw, that is
    said."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await played.write("Alva", "/steg")
        await played.tap("Alva", "Visa som bild")
        assert "photo" in played.messages("Alva")[-1].content
        assert played.last("Alva").startswith("Vägen genom stegen.")
        words = played.messages("Alva")[-1].content["caption_entities"]
        assert "expandable_blockquote" in [part["type"] for part in words]
        await played.press("Alva", "mk", run=1, arg=f"{PICTURE}flow")
        assert "inget att rita" in played.last("Alva")


async def test_register_as_a_table(tmp_path: Path) -> None:
    """A register is had as a workbook straight from its list."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        async with played.bot.store.work() as work:
            await work.rows.add(1, "candidates", {"name": "=Nils", "sector": "police"}, author=None)
        await begin(played, "Rekrytera")
        await played.tap("Alva", "Öppna listan")
        await played.tap("Alva", "Excel")
        (file,) = files(played, "Alva")
        sheet = openpyxl.load_workbook(io.BytesIO(content(played, file))).active
        assert sheet is not None
        assert "=Nils" in [cell.value for cell in sheet[2]]
        assert all(cell.data_type != "f" for cell in sheet[2])


def test_every_button_fits() -> None:
    """Every document, table and picture can be asked for by a button, also in the hundred-thousandth group."""
    wanted = [*(handlers._short(e.id) for e in entries()), *(f"{PICTURE}{kind}" for kind in KINDS)]
    for name in wanted:
        action = Action("mk", 99_999, 4, name)
        assert len(f"{action.verb}.{action.run}.{action.ask}.{action.arg}") <= LONGEST
        assert handlers._reader(handlers._long(name)) is not None


# -- the finished town -------------------------------------------------------------------------------------------------
async def finished_town(played: Town) -> Group:
    """The demonstration's second group, as its coordinator meets it."""
    await seeded_town.furnish(played.sandbox, played.bot, Invented())
    played.people |= {user.first_name: id for id, user in played.sandbox.world.users.items()}
    await played.settle()
    await played.act("Gunnel", "start")
    async with played.bot.store.work() as work:
        return (await work.groups.all_active())[0]


async def test_finished_town(tmp_path: Path) -> None:
    """In the demonstration there is a town with everything done."""
    async with town(tmp_path) as played:
        group = await finished_town(played)
        found = await material(played, group.id)
        assert [d for d in DOCUMENTS if completeness(d, found).share < 1] == []
        assert "Exempelstad" not in repr(found)
        assert found.progress is not None
        assert [(step.number, step.state) for step in found.progress.steps if step.state != "done"] == [
            (8, "now"),  # the year's figures, which are asked for when the year has gone
        ]
        played.groups["Färdigstad"] = group.chat_id
        assert "● Samverkansplan" in played.last("Gunnel", "Färdigstad")  # what is adopted comes first
        assert "Dokument för Färdigstad" in played.last("Gunnel", "Färdigstad")


async def test_visitor_opens_plan_routine_and_statistics(tmp_path: Path) -> None:
    """A visitor of the finished town gets its plan, which says what is new in it, its routine, and its statistics."""
    async with town(tmp_path) as played:
        await finished_town(played)
        await open_plan(played, "Gunnel")
        await played.tap("Gunnel", "PDF")
        assert "version 1" in played.last("Gunnel")  # of the text that was approved
        assert "Ändrat sedan sist: Delmål och aktiviteter." in played.last("Gunnel")
        (plan,) = files(played, "Gunnel")
        assert "Ändringar" in text_of(content(played, plan))
        await played.tap("Gunnel", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK} Alla dokument")
        await played.tap("Gunnel", "Rutin för enskilda")
        await played.tap("Gunnel", "Word")
        await played.write("Gunnel", "/statistik")
        await played.tap("Gunnel", "Visa som bild")
        assert played.last("Gunnel").startswith("Statistik per år.")
        assert [file["file_name"].rpartition(".")[2] for file in files(played, "Gunnel")] == ["pdf", "docx"]
        async with played.bot.store.work() as work:
            assert await work.update_log.dead_letters() == []


async def test_read_in_the_chat(tmp_path: Path) -> None:
    """A document can be read where one is, without a file."""
    async with town(tmp_path) as played:
        await finished_town(played)
        await open_plan(played, "Gunnel")
        await played.tap("Gunnel", "Läs här")
        assert "I Färdigstad ser vi varandra" in "".join(played.texts("Gunnel"))
        assert not files(played, "Gunnel")
