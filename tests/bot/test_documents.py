import io
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from bot.context.context import Context
from bot.context.permissions import Role
from bot.context.sealed_actions import LONGEST, Action
from bot.demo.invented import Invented
from bot.demo.town import GROUP, WORKER, Town, town
from bot.demo.transcript import begin, gathered
from bot.features.documents import handlers, job_runner
from bot.features.documents.load_material import material_of
from bot.views.shared_buttons import PICTURE
from flows.model import Picture
from messages.documents.catalogue import DOCUMENTS, completeness, entries
from messages.documents.material import Material
from messages.documents.pictures import KINDS
from messages.documents.render_request import PICTURE as A_PICTURE
from messages.language import Language
from storage.records import Group
from tests import seeded_town
from tests.bot import mortal

PLAN = "Samverkansplan mot"


def files(played: Town, name: str, chat: str = "privat") -> list[dict[str, Any]]:
    """The documents that the bot has sent to a chat, oldest first."""
    return [m.content["document"] for m in played.messages(name, chat) if "document" in m.content]


def content(played: Town, file: dict[str, Any]) -> bytes:
    """What a file holds."""
    stored = played.sandbox.file(file["file_id"])
    assert stored is not None
    return stored.data


def text_of(pdf: bytes) -> str:
    """The words of a PDF."""
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


async def open_plan(played: Town, name: str) -> None:
    """Leaf to the collaboration plan."""
    await played.write(name, "/dokument")
    await played.tap(name, "Fler")
    await played.tap(name, "Fler")
    await played.tap(name, PLAN)


async def material(played: Town, number: int = 1) -> Material:
    """What the group's documents are made of now."""
    async with played.bot.store.work() as work:
        ctx = Context(played.bot.services, work, played.sandbox.now())
        return await material_of(ctx, await work.groups.get(number))


# -- asking and getting ------------------------------------------------------------------------------------------------
async def test_empty_group_gets_a_draft(tmp_path: Path) -> None:
    """A group that has answered nothing gets a sound plan that says what is missing, and its page is itself again."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await open_plan(played, "Alva")
        page = played.find("Alva", "Saknas").content["text"]
        await played.tap("Alva", "PDF")
        (file,) = files(played, "Alva")
        assert "Saknas" in text_of(content(played, file))
        assert "Det här är ett utkast: 9 övningar är inte färdiga." in played.last("Alva")
        after = played.find("Alva", "Saknas").content["text"]
        assert after == f"{page}\n\nSenast gjord: version 1, 11 januari."


async def test_missing_exercise_is_a_button(tmp_path: Path) -> None:
    """What a document lacks is one tap away."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.write("Alva", "/dokument")
        await played.tap("Alva", "Är vi redo?")
        await played.tap("Alva", "Gå till: Är ni redo?")
        assert "Sätt i gång" in played.keys("Alva")


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


async def test_file_that_telegram_has_lost_is_made_anew(tmp_path: Path) -> None:
    """An id that Telegram no longer knows costs a second try, and nobody sees that."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await open_plan(played, "Alva")
        await played.tap("Alva", "PDF")
        (first,) = files(played, "Alva")
        lost = played.sandbox.world.files.pop(first["file_id"])
        await played.tap("Alva", "PDF")
        assert content(played, files(played, "Alva")[-1]) == lost.data


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
        await played.tap("Bo", "Läget i korthet", chat=GROUP)
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


# -- trouble -----------------------------------------------------------------------------------------------------------
async def test_worker_that_dies_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the worker dies midway, the document is made by the next one."""
    monkeypatch.setattr(job_runner, "fulfil", partial(mortal.once, tmp_path / "died"))
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await open_plan(played, "Alva")
        await played.tap("Alva", "PDF")
        assert (tmp_path / "died").exists()
        assert len(files(played, "Alva")) == 1


async def test_worker_that_dies_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What kills its worker twice is given up in words, and the page shows no longer that it is being made."""
    monkeypatch.setattr(job_runner, "fulfil", mortal.always)
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await open_plan(played, "Alva")
        await played.tap("Alva", "PDF")
        assert "gick inte att skriva" in played.last("Alva")
        assert "ögonblick" not in "".join(played.texts("Alva"))
        assert await played.bot.job_runner.drain() == 0


async def test_what_is_waited_for_survives_a_restart(tmp_path: Path) -> None:
    """When the bot is stopped before it has begun to make what was asked for, it makes it after the next start."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await open_plan(played, "Alva")
        message, row, column, _ = played.button("Alva", "PDF")
        alva = played.person("Alva")
        played.sandbox.act(alva, "press", chat=alva, message_id=message.id, row=row, col=column)
        await played.bot.poller.poll(0)
        await played.restart()
        await played.settle()
        assert len(files(played, "Alva")) == 1


async def test_erased_while_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document of a group that is erased while it is made goes to nobody."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await open_plan(played, "Alva")
        do = WORKER.do

        async def erasing(*args: Any) -> Any:
            made = await do(*args)
            async with played.bot.store.work() as work:
                await work.groups.erase(1)
            return made

        monkeypatch.setattr(WORKER, "do", erasing)
        await played.tap("Alva", "PDF")
        assert not files(played, "Alva")


# -- who may have what -------------------------------------------------------------------------------------------------
async def test_network_gets_its_own_documents(tmp_path: Path) -> None:
    """Someone of the network is offered what is for the network, and nothing else, not by an old button either."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        async with played.bot.store.work() as work:
            member = await work.members.find(1, played.person("Bo"))
            assert member is not None
            await work.members.update(member.id, role="network")
        await played.write("Bo", "/dokument")
        assert "Läget i korthet" in played.keys("Bo")
        assert not {"Är vi redo?", "Våra samverkansaktörer", "Tabeller", "Bilder"} & set(played.keys("Bo"))
        for verb, arg in (("mk", "readiness"), ("mk", f"{PICTURE}readiness"), ("mk", "t.actors"), ("mk", "tables")):
            await played.press("Bo", verb, run=1, arg=arg)
        await played.press("Bo", "docs", run=1, arg="tables")
        assert not files(played, "Bo")
        await played.tap("Bo", "Läget i korthet")
        await played.tap("Bo", "Word")
        assert len(files(played, "Bo")) == 1


async def test_whoever_has_left_gets_nothing(tmp_path: Path) -> None:
    """Someone who leaves the group before the document is made does not get it."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await open_plan(played, "Bo")
        message, row, column, _ = played.button("Bo", "PDF")
        bo = played.person("Bo")
        played.sandbox.act(bo, "press", chat=bo, message_id=message.id, row=row, col=column)
        played.sandbox.act(bo, "leave", chat=played.chat_id("Bo", GROUP))
        await played.settle()
        assert not files(played, "Bo")


async def test_nothing_that_is_not_shown_yet(tmp_path: Path) -> None:
    """Answers come into documents when they are revealed to the group, and not before."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Engagemang")
        await played.tap("Bo", "Börja")
        await played.tap("Bo", "Ja")
        assert "commitment" not in (await material(played)).rounds


async def test_notes_of_incidents_stay_out(tmp_path: Path) -> None:
    """What incidents add to documents is numbers, and small ones are hidden."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        async with played.bot.store.work() as work:
            seen = {"when": "2026-03-02", "kind": ["sexual"], "exposed": 2, "note": "kamomill"}
            await work.incidents.add(1, 1, seen, played.sandbox.now().date())
        found = await material(played)
        assert "kamomill" not in repr(found)
        assert [(year.year, year.reported, year.exposed) for year in found.years] == [(2026, None, None)]


# -- pictures and tables -----------------------------------------------------------------------------------------------
async def test_picture_with_its_words(tmp_path: Path) -> None:
    """The map comes as a picture, with the same in words under it; where there is nothing to draw, that is said."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await played.write("Alva", "/steg")
        await played.tap("Alva", "Visa som bild")
        assert "photo" in played.messages("Alva")[-1].content
        assert played.last("Alva").startswith("Vägen genom stegen.")
        await played.press("Alva", "mk", run=1, arg=f"{PICTURE}flow")
        assert "inget att rita" in played.last("Alva")


async def test_picture_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asked is told, with a word that nothing is lost, and the same button draws it once it can be drawn."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await played.write("Alva", "/steg")
        with monkeypatch.context() as broken:
            broken.setattr(job_runner, "fulfil", mortal.always)
            await played.tap("Alva", "Visa som bild")
        assert "Bilden gick inte att rita. Era svar är kvar." in played.last("Alva")
        await played.write("Alva", "/steg")
        await played.tap("Alva", "Visa som bild")
        assert "photo" in played.messages("Alva")[-1].content


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


def test_pictures_of_exercises_are_there() -> None:
    """An exercise is shown as a picture that can be drawn, and each role may have some document."""
    assert set(Picture) <= set(KINDS)
    assert handlers._reader(f"{A_PICTURE}nothing") is None
    assert set(handlers.LEAST.values()) == {Role.MEMBER, Role.NETWORK, Role.INVITED}


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
            (4, "now"),  # what each has found
            (8, "now"),  # the year's figures, which are asked for when the year has gone
        ]
        played.groups["Färdigstad"] = group.chat_id
        assert "Samverkansplan" not in played.last("Gunnel", "Färdigstad")  # on the third page of the list
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


# -- the code on the poster --------------------------------------------------------------------------------------------
async def test_the_code_on_the_poster_lets_guests_in(tmp_path: Path) -> None:
    """The link on the poster works until a coordinator changes it; before there is an event, there is none."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        assert "event" not in (await material(played)).links
        await begin(played, "Anordna ett event: ramen")
        await played.tap("Alva", "Skriv gruppens svar", chat=GROUP)
        await played.tap("Alva", "Börja")
        for text in ("Vi vill bli fler", "25 januari kl 13", "Folkets hus"):
            await played.write("Alva", text)
        await played.press("Alva", "mk", run=1, ask=1, arg="flyer")
        (poster,) = files(played, "Alva")
        printed = (await material(played)).links["event"]
        assert printed in text_of(content(played, poster)).replace("\n", "").replace(" ", "")
        await played.act("Greta", "open_link", url=printed)
        assert "Vad heter du?" in played.last("Greta")
        await played.press("Alva", "eventlink", run=1, arg="new")
        await played.act("Sven", "open_link", url=printed)
        assert "gäller inte längre" in played.last("Sven")
        changed = (await material(played)).links["event"]
        assert changed != printed
        await played.press("Alva", "eventlink", run=1, arg="0")
        assert "event" not in (await material(played)).links
        await played.press("Alva", "eventlink", run=1, arg="new")
        assert (await material(played)).links["event"] not in (printed, changed), "a closed link stays closed"
