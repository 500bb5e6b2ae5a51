"""The demonstration's finished town: a transcript that is played once, kept, and taken up again at each start."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.demo import snapshot
from bot.demo.serve import play
from bot.demo.snapshot import Snapshot
from bot.demo.town import Town, town
from bot.demo.transcript import Differs, group_id
from bot.sandbox.world import Message
from messages.documents.catalogue import DOCUMENTS, completeness
from messages.documents.material import Material
from storage.records.records import Row
from tests.bot.documents import material
from tests.remembered import assert_remembered_rightly

READ, MOSTLY = 700, 500  # signs of a message before anything is unfolded, and in nineteen of twenty
PAPERS = 5  # messages with a paper that somebody asked to read in the chat
GLANCE = 400  # signs of where to turn that are read before anything is unfolded
SMALL = "Det är 2026-03-02 9.00\nMed: Alva, Bo\nDet är 2026-03-05 14.30\nAlva: /steg\n> Alva: Steg 0"


@asynccontextmanager
async def taken_up(kept: Snapshot, folder: Path) -> AsyncIterator[Town]:
    """The town as the demonstration takes it up, in a folder of its own."""
    kept.copy_data(folder / "data")
    async with town(folder, world=kept.world(), master_key=kept.master_key) as goes_on:
        yield goes_on


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A transcript of a few lines in the place of the long one, and a cache of its own; its folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(snapshot, "transcript", lambda _language: SMALL)
    return tmp_path / "cache" / "stadsbot"


def test_it_is_played_once(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first start plays the town; the next ones find it. When its words have changed, the old one goes."""
    assert snapshot.there() is None
    first = snapshot.played()
    assert snapshot.played() == snapshot.there() == first
    assert small.stat().st_mode & 0o777 == first.folder.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(snapshot, "_fingerprint", lambda _language: "changed")
    assert snapshot.there() is None
    assert snapshot.played().folder.name == "changed"
    assert not first.folder.exists()


@pytest.mark.slow
@pytest.mark.usefixtures("small")
async def test_the_door_into_a_new_town() -> None:
    """Whoever goes in waits for no limit of Telegram's, as the clock here stands still: the first exercise is open."""
    finished = await asyncio.to_thread(snapshot.played)
    stop, opened = asyncio.Event(), asyncio.get_running_loop().create_future()
    playing = asyncio.create_task(play(0, finished, stop=stop, opened=opened.set_result, monotonic=lambda: 0.0))
    url = await asyncio.wait_for(opened, 30)
    async with aiohttp.ClientSession(url, headers={"Origin": url}) as session:
        async with session.post("/opening", json={}) as answer:
            person = (await answer.json())["result"]["person"]
        async with session.get("/world") as answer:
            world = await answer.json()
    stop.set()
    await playing
    chat = next(chat for chat in world["chats"] if chat["id"] == person)
    assert "I gång: Engagemang" in json.dumps(chat, ensure_ascii=False)


@pytest.mark.usefixtures("small")
def test_a_line_that_no_longer_holds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The demonstration opens all the same, with the town as far as it has come, and tells the line; a test stops."""
    monkeypatch.setattr(snapshot, "transcript", lambda _language: f"{SMALL}\n> Alva: något annat")
    with pytest.raises(Differs):
        snapshot.played()
    assert snapshot.played(strict=False).world().now().isoformat() == "2026-03-05T14:30:00+01:00"
    assert "finished-town.txt:6: > Alva: något annat" in capsys.readouterr().err
    assert snapshot.there() is None


@pytest.mark.usefixtures("small")
async def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """People, chats, buttons and the clock are as they were, and what is asked of the bot then it still knows."""
    kept = await _in_thread()
    async with taken_up(kept, tmp_path / "taken") as goes_on:
        assert goes_on.clock().isoformat() == "2026-03-05T14:30:00+01:00"
        assert "Steg 0" in goes_on.last("Alva")
        await goes_on.tap("Alva", "Nästa: Engagemang")
        assert "Engagemang" in goes_on.last("Alva")
        async with goes_on.bot.store.work() as work:
            assert [m.name for m in await work.members.of_group(await group_id(goes_on, work))] == ["Alva", "Bo"]


@pytest.mark.slow
async def test_the_whole_town(tmp_path: Path) -> None:
    """Every line of the transcript holds; what the town has done is remembered rightly and fills its documents."""
    kept = await _in_thread()
    async with taken_up(kept, tmp_path) as goes_on:
        goes_on.title = "Kärngruppen i Färdigstad"
        async with goes_on.bot.store.work() as work:
            group = await work.groups.get(await group_id(goes_on, work))
            runs = await work.runs.all_of(group.id)
            late = [row for run in runs for row in await work.rows.all(group.id, run.exercise) if _late(row, goes_on)]
        assert late == []
        found = await material(goes_on, group.id)
        assert _missing(found) == {}
        assert "Exempelstad" not in repr(found)
        await assert_remembered_rightly(goes_on.bot.store, goes_on.bot.services)
        await goes_on.write("Gunnel", "/steg")
        await goes_on.tap("Gunnel", "Steg 6")
        assert goes_on.keys("Gunnel")[-2:] == ["Avsluta steget", "Stegen"]  # no session is begun in a step that is done


@pytest.mark.slow
async def test_where_to_turn_is_short(tmp_path: Path) -> None:
    """At every hour /ring fits a glance: 112, one number of the routine, the social emergency service, somebody to talk
    to, and all else folded; in the group too."""
    async with taken_up(await _in_thread(), tmp_path) as goes_on:
        goes_on.title = "Kärngruppen i Färdigstad"
        for hours in (0, 8, 5, 11, 48):
            await goes_on.wind(hours=hours)
            for chat in ("privat", goes_on.title):
                await goes_on.write("Gunnel", "/ring", chat=chat)
                glance, _, folded = goes_on.last("Gunnel", chat).partition("Fler nummer")
                assert len(glance) <= GLANCE, f"{len(glance)} signs:\n{glance}"
                assert "114 14" in glance
                assert "Självmordslinjen 90101" in glance
                assert "Bris 116 111" in glance
                copied = [key.removeprefix("Kopiera ") for key in goes_on.keys("Gunnel", chat) if "Kopiera" in key]
                assert copied
                assert [number for number in copied if number not in glance] == []
                assert "Socialjouren" in glance
                assert "Hotell Exempel" in folded
                assert folded.count("Om ingen svarar") <= 1
                assert "statistik" not in (glance + folded).lower()


@pytest.mark.slow
async def test_screens_are_short() -> None:
    """No message shows more than a phone's screen unless somebody asked to read a paper; most show much less."""
    world = (await _in_thread()).world()
    said = [m for chat in world.chats.values() for m in chat.messages.values() if m.sender == world.bot.id]
    shown = [shown_of(message) for message in said if not message.service]
    assert sum(signs > READ for signs in shown) <= PAPERS
    assert sum(signs > MOSTLY for signs in shown) <= len(shown) / 20


def shown_of(message: Message) -> int:
    """How many signs of a message are seen before anything in it is unfolded."""
    text = str(message.content.get("text") or message.content.get("caption") or "")
    folds = message.content.get("entities") or message.content.get("caption_entities") or []
    folded = sum(int(e["length"]) for e in folds if e["type"] == "expandable_blockquote")
    return len(text.encode("utf-16-le")) // 2 - folded


def _late(row: Row, played: Town) -> bool:
    return row.due is not None and row.state == "open" and row.due < played.clock().date()


def _missing(found: Material) -> dict[str, tuple[str, ...]]:
    told = {document: completeness(document, found) for document in DOCUMENTS}
    return {document: one.missing for document, one in told.items() if one.share < 1}


async def _in_thread() -> Snapshot:
    """The town, played in a loop of its own."""
    return await asyncio.to_thread(snapshot.played)
