import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo import serve as demo
from bot.demo.snapshot import Snapshot
from bot.demo.town import START
from bot.sandbox.http import serve
from bot.sandbox.sandbox import TOKEN, Sandbox
from bot.sandbox.stage import Demo
from bot.sandbox.world import World


class Page:
    """What the page's script does: JSON requests to its own server."""

    session: aiohttp.ClientSession

    def __init__(self, town: Any) -> None:
        self.town = town
        self.reminder: datetime | None = None
        self.spared: list[int] | None = None

    async def send(self, path: str, body: dict[str, Any], method: str = "POST") -> dict[str, Any]:
        """A request with a JSON body; its answer."""
        async with self.session.request(method, path, json=body) as response:
            return dict(await response.json())

    async def world(self, since: int = 0) -> dict[str, Any]:
        """The world as the page sees it."""
        async with self.session.get("/world", params={"since": since}) as response:
            return dict(await response.json())

    async def next_reminder(self) -> datetime | None:
        """What the demo would know."""
        return self.reminder

    def others(self, spared: list[int]) -> int:
        """What the demo would do."""
        self.spared = spared
        return 4


@pytest.fixture
async def page(town: Any) -> AsyncIterator[Page]:
    """The page's door on a real socket."""
    visitor = Page(town)
    async with (
        serve(town.sandbox, demo=Demo(visitor.next_reminder, visitor.others)) as url,
        aiohttp.ClientSession(url) as visitor.session,
    ):
        yield visitor


async def test_serves_the_page_and_nothing_else(page: Page) -> None:
    """The page and its own files come with a strict content policy; nothing outside its folder does."""
    async with page.session.get("/") as response:
        assert response.status == 200
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    async with page.session.get("/page.css") as response:
        assert response.status == 200
    for path in ("/nothing.js", "/..%2fhttp.py", "/README.md"):
        async with page.session.get(path) as response:
            assert response.status == 404


async def test_world_shows_chats_as_people_see_them(page: Page) -> None:
    """Messages come with safe HTML, keyboards, quotes and Swedish service lines; the log of calls has no token."""
    town = page.town
    markup = {
        "inline_keyboard": [
            [
                {"text": "Ja", "callback_data": "1"},
                {"text": "Nät", "url": "https://example.org"},
                {"text": "Kopiera", "copy_text": {"text": "https://example.org/1"}},
            ]
        ]
    }
    number = town.say("<b>Hej</b> &lt;du&gt;", chat=town.group, parse_mode="HTML", reply_markup=markup)
    town.act(town.bo, "send_text", chat=town.group, text="/svar", reply_to=number)
    asking = {"force_reply": True, "input_field_placeholder": "Skriv här", "selective": True}
    mention = f'<a href="tg://user?id={town.bo}">Bo</a>, vad tycker du?'
    town.say(mention, chat=town.group, parse_mode="HTML", reply_markup=asking)
    town.act(town.bo, "start", payload="till_gruppen")
    world = await page.world()
    group, private = (next(c for c in world["chats"] if c["id"] == id) for id in (town.group, town.bo))
    assert private["messages"][-1]["text"] == "/start", "what a link carries does not show"
    created, added, hello, reply, ask = group["messages"]
    assert created["service"] == "Anna Berg skapade gruppen"
    assert added["service"] == "Anna Berg lade till Stad för stad"
    assert hello["html"] == "<b>Hej</b> &lt;du&gt;"
    assert [button["kind"] for button in hello["keyboard"][0]] == ["callback", "url", "copy"]
    assert hello["keyboard"][0][2]["copy"] == "https://example.org/1"
    assert reply["reply_to"] == {"id": number, "name": "Stad för stad", "text": "Hej <du>"}
    assert ask["force_reply"] == {"placeholder": "Skriv här", "for_ids": [town.bo]}
    assert group["members"][0] == {"id": town.anna, "status": "creator"}
    assert town.sandbox.token not in str(world)


async def test_visitor_plays_people(page: Page) -> None:
    """Acts, new people and groups, renaming, and refusals as one Swedish sentence."""
    cissi = (await page.send("/people", {"name": "Cissi Dal"}))["result"]["id"]
    assert (await page.send(f"/people/{cissi}", {"name": "Cissi Ek"}, "PATCH"))["ok"] is True
    group = (await page.send("/groups", {"title": "Ny", "owner": cissi, "members": [page.town.anna]}))["result"]["id"]
    assert (await page.send("/act", {"person": cissi, "action": "add_bot", "chat": group}))["ok"] is True
    world = await page.world()
    assert next(one["name"] for one in world["people"] if one["id"] == cissi) == "Cissi Ek"
    assert next(chat["bot_status"] for chat in world["chats"] if chat["id"] == group) == "member"
    for body in (
        {"person": cissi, "action": "send_text", "chat": cissi, "text": "hej"},
        {"person": 1, "action": "start"},
        {"person": "x", "action": "start"},
        {"person": cissi, "action": "__init__"},
        {"person": cissi, "action": "send_text", "chat": [], "text": 5},
    ):
        answer = await page.send("/act", body)
        assert answer["ok"] is False
        assert answer["error"].endswith(".")


async def test_sent_files_can_be_opened(page: Page) -> None:
    """A picture shows; a file that a browser might run is only offered for saving."""
    town = page.town
    town.act(town.anna, "send_photo", chat=town.anna)
    town.act(town.anna, "send_document", chat=town.anna, name="sida.html", data=b"<script>")
    chat = next(chat for chat in (await page.world())["chats"] if chat["id"] == town.anna)
    photo, document = (message["media"] for message in chat["messages"][-2:])
    async with page.session.get(photo["url"]) as response:
        assert response.content_type == "image/png"
    async with page.session.get(document["url"]) as response:
        assert response.headers["Content-Disposition"] == "attachment"
    assert document["name"] == "sida.html"


async def test_waits_for_changes(page: Page) -> None:
    """The page's long poll returns with the next change."""
    version = (await page.world())["version"]
    poll = asyncio.create_task(page.world(version))
    await asyncio.sleep(0.05)
    assert not poll.done()
    page.town.say("nytt")
    assert (await poll)["version"] > version


async def test_time_goes_by_as_the_demo_lets_it(town: Any) -> None:
    """Where the demo lets time go by step by step, the page's clock does so too; backwards it is refused."""
    passed: list[float] = []

    async def pass_by(seconds: float) -> None:
        passed.append(seconds)

    async with serve(town.sandbox, demo=Demo(pass_by=pass_by)) as url, aiohttp.ClientSession(url) as session:
        for seconds, well in ((86400, True), (-1, False)):
            async with session.post("/clock", json={"seconds": seconds}) as response:
                assert (await response.json())["ok"] is well
    assert passed == [86400]


async def test_clock_faults_and_others(page: Page) -> None:
    """The clock can be wound, also to the next reminder; faults are switched; the others can be let to answer."""
    before = page.town.sandbox.now()
    assert (await page.send("/clock", {"seconds": 3600}))["ok"] is True
    assert page.town.sandbox.now() == before + timedelta(hours=1)
    assert (await page.send("/clock", {"to": "next_reminder"}))["error"] == "Ingen påminnelse väntar."
    page.reminder = before + timedelta(days=2)
    await page.send("/clock", {"to": "next_reminder"})
    assert page.town.sandbox.now() == before + timedelta(days=2, seconds=1)
    assert (await page.send("/clock", {"seconds": -5}))["ok"] is False
    assert (await page.send("/faults", {"drop": 0.2, "delay": 2}))["result"] == {"drop": 0.2, "delay": 2}
    assert (await page.send("/faults", {"drop": 0}))["result"] == {"delay": 2}
    assert (await page.send("/faults", {"meteor": 1}))["ok"] is False
    assert (await page.send("/others", {"except": [page.town.anna]}))["result"] == 4
    assert page.spared == [page.town.anna]


async def test_other_sites_are_kept_out(page: Page) -> None:
    """A request from another site, or one that is not JSON, changes nothing."""
    body = {"person": page.town.anna, "action": "block_bot"}
    async with page.session.post("/act", json=body, headers={"Origin": "https://example.org"}) as response:
        assert response.status == 403
    async with page.session.post("/act", data='{"person": 1}', headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 415
    assert page.town.sandbox.world.users[page.town.anna].blocked is False


@pytest.mark.parametrize("path", ["/", "/world", "/app.js", "/files/1", "/bot{token}/getMe", "/file/bot{token}/x"])
async def test_only_this_machine(page: Page, path: str) -> None:
    """Both doors are shut to whoever comes by another name or from another site's page, with or without the token."""
    there = path.format(token=page.town.sandbox.token)
    for headers in (
        {"Host": "example.org"},
        {"Host": "127.0.0.1.example.org", "Origin": "http://127.0.0.1.example.org"},
        {"Host": "localhost:80:80"},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
    ):
        async with page.session.get(there, headers=headers) as response:
            assert response.status == 403
        async with page.session.post(there, data={"chat_id": 1}, headers=headers) as response:
            assert response.status == 403
    for host in ("localhost", "127.0.0.1:8080", "[::1]:8080"):
        async with page.session.get(there, headers={"Host": host}) as response:
            assert response.status != 403


async def test_the_demo_has_a_token_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """At each start Telegram's token is another one, so that nothing outside can name it."""
    tokens: list[str] = []

    class Begun(Exception):
        pass

    def begun(**given: Any) -> None:
        tokens.append(Sandbox(**given).token)
        raise Begun

    class Kept(Snapshot):
        def world(self) -> World:
            return Sandbox(start=START).world

    monkeypatch.setattr(demo, "Sandbox", begun)
    for _ in range(2):
        with pytest.raises(Begun):
            await demo.play(0, Kept(Path()), stop=asyncio.Event(), opened=print)
    assert len({*tokens, TOKEN}) == 3


async def test_older_messages_come_when_they_are_asked_for(page: Page) -> None:
    """The world holds the newest sixty of each chat, and as many more of one as the page asks for."""
    town = page.town
    for number in range(150):
        town.act(town.bo, "send_text", chat=town.group, text=f"Nummer {number}")
    shown = next(chat for chat in (await page.world())["chats"] if chat["id"] == town.group)
    assert (len(shown["messages"]), shown["older"]) == (60, 92)
    async with page.session.get("/world", params={"since": 0, "depth": f"{town.group}:140"}) as response:
        deeper = next(chat for chat in (await response.json())["chats"] if chat["id"] == town.group)
    assert (len(deeper["messages"]), deeper["older"]) == (140, 12)
    async with page.session.get("/world", params={"depth": "x:1"}) as response:
        assert response.status == 200


async def test_no_film_where_there_is_none(page: Page) -> None:
    """Without a projector, and without an opening, both are refused in a sentence."""
    assert "ingen stad" in (await page.send("/film", {"begin": True}))["error"]
    assert "redan i gång" in (await page.send("/opening", {}))["error"]
