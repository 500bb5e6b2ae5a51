"""Who may have which document, and what of the town's is in none."""

from pathlib import Path

from bot.context.context import Context
from bot.context.permissions import Rank
from bot.demo.town import GROUP, town
from bot.demo.transcript import begin, gathered
from bot.features.documents import handlers
from bot.views.shared_buttons import PICTURE
from flows.enums import Picture
from flows.figures.figures import NotTold
from messages.documents.catalogue import DOCUMENTS
from messages.documents.pictures import KINDS
from messages.documents.render_request import PICTURE as A_PICTURE
from tests.bot.documents import content, files, material, open_plan, text_of


async def test_network_gets_its_own_documents(tmp_path: Path) -> None:
    """Someone of the network is offered what is for the network, and nothing else, not by an old button either."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        async with played.bot.store.work() as work:
            member = await work.members.find(1, played.person("Bo"))
            assert member is not None
            await work.members.update(member.id, role="network")
        await played.write("Bo", "/dokument")
        assert "Kartläggning av problembilden" in played.keys("Bo")
        assert not {"Från fråga till beslut", "Aktörer och kommunikation", "Tabeller", "Bilder"} & set(
            played.keys("Bo")
        )
        for verb, arg in (("mk", "start"), ("mk", f"{PICTURE}readiness"), ("mk", "t.actors"), ("mk", "tables")):
            await played.press("Bo", verb, run=1, arg=arg)
        await played.press("Bo", "docs", run=1, arg="tables")
        assert not files(played, "Bo")
        await played.tap("Bo", "Kartläggning av problembilden")
        await played.tap("Bo", "Word")
        assert len(files(played, "Bo")) == 1


async def test_the_way_back_from_what_is_theirs_no_more(tmp_path: Path) -> None:
    """Whoever has lost a document's role while it was made is led to the first page of what is theirs."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        async with played.bot.store.work() as work:
            ctx, group = Context(played.bot.services, work, played.sandbox.now()), await work.groups.get(1)
            member = await work.members.find(1, played.person("Bo"))
            assert member is not None
            assert await handlers.list_of(ctx, DOCUMENTS["start"], member, group)
            outside = await work.members.update(member.id, role="network")
            assert await handlers.list_of(ctx, DOCUMENTS["start"], outside, group) == "0"


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
        found, hidden = await material(played), (NotTold.WITHHELD, NotTold.WITHHELD)
        assert "kamomill" not in repr(found)
        assert [(year.year, year.reported, year.exposed) for year in found.years] == [(2026, *hidden)]


def test_pictures_of_exercises_are_there() -> None:
    """An exercise is shown as a picture that can be drawn, and each role may have some document."""
    assert set(Picture) <= set(KINDS)
    assert handlers._reader(f"{A_PICTURE}nothing") is None
    assert set(handlers.LEAST.values()) == {Rank.MEMBER, Rank.NETWORK, Rank.INVITED}


async def test_the_code_on_the_poster_lets_guests_in(tmp_path: Path) -> None:
    """The link on the poster works until a coordinator changes it; before there is an event, there is none."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        assert "event" not in (await material(played)).links
        await begin(played, "Anordna ett event: upplägget")
        await played.tap("Alva", "Skriv gruppens svar", chat=GROUP)
        await played.tap("Alva", "Börja")
        for text in ("Vi vill bli fler", "25 januari kl 13", "Folkets hus"):
            await played.write("Alva", text)
        await played.press("Alva", "mk", run=1, arg="flyer")
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
