"""The page's doors, tried by hand: nothing breaks, and nothing is told to whom it is not for."""

import asyncio
import hashlib
import sqlite3

import pytest
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from bot.demo.town import GROUP
from bot.page.form_fields import number_of
from bot.page.web_app import whence
from tests.page.test_both import Both, both
from tests.page.test_exercise import begun, fill

__all__ = ["both"]

LOOKS = ("/", "/samtal", "/dokument", "/kalender", "/konto", "/tillganglighet", "/ring", "/sida.css", "/sida.js")
# Tables that note when something was done for the last time, or that somebody is there.
OF_TIMES = {"meta", "sqlite_sequence", "update_log"}


def state(both: Both) -> str:
    """A fingerprint of all that is stored."""
    database = sqlite3.connect(f"file:{both.town.bot.store.path}?mode=ro", uri=True)
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    told = hashlib.sha256()
    for name in names:
        if name not in OF_TIMES:
            rows = sorted(map(repr, database.execute(f"SELECT * FROM {name}")))  # noqa: S608 - names from the schema
            told.update(f"{name}{rows}".encode())
    database.close()
    return told.hexdigest()


async def test_a_look_changes_nothing(both: Both) -> None:
    """Every page, opened by whoever coordinates and by a stranger, leaves the database as it was."""
    alva, stranger = await both.signed_in("Alva"), both.page.browser()
    await both.town.settle()
    await alva.open("/")
    paths = [*LOOKS, *(path for path in alva.links.values() if path.startswith("/"))]
    before = state(both)
    for path in paths:
        await alva.open(path)
        assert alva.status == 200, path
        await stranger.open(path)
        assert GROUP not in stranger.text, path
    assert state(both) == before
    await both.write(alva, "/ring")
    assert state(both) != before, "what is done would be seen"


async def test_every_answer_has_the_headers(both: Both) -> None:
    """Also what no handler answers, a file and a refusal: nothing may be shown elsewhere or kept, and no software is
    named."""
    client = both.page.browser().client
    asked = [("GET", path) for path in (*LOOKS, "/nowhere", "/gor")]
    asked += [(method, "/") for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "HEAD")]
    asked += [("POST", path) for path in ("/gor", "/l/x", "/logga/x")]
    for method, path in asked:
        async with client.request(method, path, allow_redirects=False) as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"], (method, path)
            assert answer.headers["Cache-Control"] == "no-store", (method, path)
            assert "Server" not in answer.headers, (method, path)


async def test_a_broken_request_is_answered_with_the_headers(both: Both) -> None:
    """What is no request at all is refused before any route is looked for: that answer is as safe as the others."""
    where = URL(both.page.address)
    for sent in (
        b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
        b"GET " + b"/a" * 9000 + b"\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection(where.host, where.port)
        writer.write(sent)
        head = (await reader.read()).partition(b"\r\n\r\n")[0].decode()
        writer.close()
        assert " 400 " in head, head
        assert "Content-Security-Policy: default-src 'none'" in head, head
        assert "Server:" not in head, head


async def test_ten_open_pages_of_one_person(both: Both) -> None:
    """The eleventh is told of nothing; somebody else's is, and the place of a page that was closed is free."""
    alva, bo = await both.signed_in("Alva"), await both.signed_in("Bo")
    lines = [await alva.client.get("/handelser") for _ in range(10)]
    assert {line.status for line in lines} == {200}
    async with alva.client.get("/handelser") as answer:
        assert answer.status == 503
    async with bo.client.get("/handelser") as answer:
        assert answer.status == 200
    lines.pop().close()
    status = 503
    while status == 503:  # it is free as soon as the line is, also if there is nothing to tell
        async with alva.client.get("/handelser") as answer:
            status = answer.status
    for line in lines:
        line.close()


async def test_addresses_that_are_none(both: Both) -> None:
    """A mistyped address is told as everything else is; one that takes forms alone, opened anew, leads to the start."""
    alva = await both.signed_in("Alva")
    for path in ("/mina", "/samtal/", "/sida.map"):
        await alva.open(path)
        assert alva.status == 404
        assert "Till startsidan" in alva.links
        assert "script-src 'self'" in alva.headers["Content-Security-Policy"]
    for path in ("/gor", "/kod", "/konto/ut", "/mail"):
        await alva.open(path)
        assert (alva.status, alva.path) == (200, "/")
    assert "Logga en händelse" in alva.text, "she has not been signed out by it"


async def test_anothers_buttons(both: Both) -> None:
    """A button, a group and a file of somebody else's do nothing in one's own browser."""
    alva, bo = await both.signed_in("Alva"), await both.signed_in("Bo")
    await both.write(alva, "/skydd")
    action = alva.form("Radera gruppen").fields["action"]
    await alva.open("/")
    group = alva.links[GROUP].rsplit("/", 1)[-1].partition("#")[0]
    await bo.open("/samtal")
    form = bo.form("Skicka")
    async with bo.client.post("/gor", data={**form.fields, "action": action}) as answer:
        assert "Radera hela" not in await answer.text()
    async with bo.client.post("/gor", data={**form.fields, "action": action, "group": group}) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("given", ["", "1", "0", "å", "9" * 400, "-1e9"])
def test_a_forms_own_number(given: str) -> None:
    """A number that is none of a form's is never one of Telegram's updates."""
    assert number_of({"number": given}) < 0


@pytest.mark.parametrize(("remote", "proxied"), [("127.0.0.1", True), ("172.18.0.1", True), ("93.184.216.34", False)])
def test_whose_limit(remote: str, proxied: bool) -> None:
    """A proxy, on this machine or on a container's host, is believed whence a call comes; nobody else is."""
    calls = [make_mocked_request("GET", "/", {"X-Forwarded-For": f"9.9.9.{n}"}).clone(remote=remote) for n in (1, 2)]
    assert (whence(calls[0]) != whence(calls[1])) == proxied


async def test_a_form_half_filled_for_a_week(both: Both) -> None:
    """What was saved of a sheet is there a week later, in another browser too."""
    bo = await begun(both)
    name = next(name for name, value in bo.form("Spara").options if value == "yes")
    await fill(bo, "keep", (name, "yes"))
    await both.town.wind(days=7)
    later = await both.at_exercise(await both.signed_in("Bo"))
    assert later.form("Spara").ticked == [(name, "yes")]


async def test_two_windows(both: Both) -> None:
    """What another window has answered meanwhile stands; an older page sent once more takes nothing back."""
    first = await begun(both)
    second = await both.at_exercise(await both.signed_in("Bo"))
    names = [name for name, value in first.form("Spara").options if value == "yes"]
    for browser, name in ((first, names[0]), (second, names[1])):
        await fill(browser, "keep", (name, "yes"))
    await first.open(first.path)
    assert {(names[0], "yes"), (names[1], "yes")} <= set(first.form("Spara").ticked)


async def test_a_session_that_ended_while_one_wrote(both: Both) -> None:
    """A sheet sent after the session has ended comes back with all that was written, and says that nothing is kept."""
    bo = await begun(both)
    form = bo.form("Spara")
    comment = next(name for name in form.asked if name.startswith("k:"))
    await both.town.wind(days=38)  # thirty, to the end of the week
    data = {**form.fields, comment: "Det jag tänkte & skrev", "done": "1"}
    async with bo.client.post(bo.path, data=data) as answer:
        await bo.read(answer)
    assert bo.status == 401
    assert "Inget är sparat" in bo.text
    assert "Det jag tänkte & skrev" in bo.text
