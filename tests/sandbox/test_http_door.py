import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import requests
import telegram
from telebot import TeleBot, apihelper, types
from telegram.request import HTTPXRequest

from bot.sandbox.http import serve


@pytest.fixture
async def address(town: Any) -> AsyncIterator[str]:
    """The sandbox behind a real socket on loopback, without the page."""
    async with serve(town.sandbox, page=False) as url:
        yield url


@pytest.fixture
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    """A plain HTTP client."""
    async with aiohttp.ClientSession() as session:
        yield session


async def test_takes_query_form_multipart_and_json(town: Any, address: str, web: aiohttp.ClientSession) -> None:
    """The four ways of sending parameters lead to the same message."""
    url = f"{address}/bot{town.sandbox.token}/sendMessage"
    form = aiohttp.FormData({"chat_id": str(town.anna), "text": "hej"}, default_to_multipart=True)
    fields = {"chat_id": town.anna, "text": "hej"}
    for response in (
        await web.get(url, params=fields),
        await web.post(url, data=fields),
        await web.post(url, data=form),
        await web.post(url, json=fields),
    ):
        answer = await response.json()
        assert (response.status, answer["ok"], answer["result"]["text"]) == (200, True, "hej")


async def test_status_is_the_error_code(town: Any, address: str, web: aiohttp.ClientSession) -> None:
    """A refusal has the HTTP status of its error_code and Telegram's body."""
    response = await web.post(f"{address}/bot{town.sandbox.token}/sendMessage", json={"chat_id": town.bo, "text": "x"})
    assert response.status == 403
    assert await response.json() == {
        "ok": False,
        "error_code": 403,
        "description": "Forbidden: bot can't initiate conversation with a user",
    }
    async with web.post(f"{address}/bot{town.sandbox.token}/sendTelepathy") as response:
        assert response.status == 404
    response = await web.post(f"{address}/botabc/getMe")
    assert (response.status, (await response.json())["description"]) == (404, "Not Found")
    headers = {"Content-Type": "application/json"}
    async with web.post(f"{address}/bot{town.sandbox.token}/getMe", data=b"{oops", headers=headers) as response:
        assert response.status == 400


async def test_files_go_up_and_down(town: Any, address: str, web: aiohttp.ClientSession) -> None:
    """A multipart upload can be fetched again at the path that getFile tells, with the right token only."""
    form = aiohttp.FormData({"chat_id": str(town.anna)})
    form.add_field("document", b"innehall", filename="plan.txt")
    answer = await (await web.post(f"{address}/bot{town.sandbox.token}/sendDocument", data=form)).json()
    path = town.call("getFile", file_id=answer["result"]["document"]["file_id"])["file_path"]
    response = await web.get(f"{address}/file/bot{town.sandbox.token}/{path}")
    assert await response.read() == b"innehall"
    async with web.get(f"{address}/file/bot7:x/{path}") as response:
        assert response.status == 404


async def test_long_poll_waits_for_somebody_to_write(town: Any, address: str, web: aiohttp.ClientSession) -> None:
    """A waiting poll over HTTP is answered when a person writes."""
    offset = town.call("getUpdates")[-1]["update_id"] + 1
    url = f"{address}/bot{town.sandbox.token}/getUpdates"
    arrived = asyncio.Event()  # the sandbox notes a change when a poll begins to wait
    town.sandbox.subscribe(lambda _version: arrived.set())
    poll = asyncio.create_task(web.get(url, params={"offset": offset, "timeout": 20}))
    await arrived.wait()
    town.act(town.anna, "send_text", chat=town.anna, text="hej")
    answer = json.loads(await (await poll).read())
    assert [update["message"]["text"] for update in answer["result"]] == ["hej"]


async def test_dropped_connections_are_dropped(town: Any, address: str, web: aiohttp.ClientSession) -> None:
    """With the fault on, the socket closes without an answer; the call may have taken effect."""
    before = len(town.sandbox.chat(town.anna).messages)
    town.sandbox.faults.add("drop_after", times=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await web.post(f"{address}/bot{town.sandbox.token}/sendMessage", json={"chat_id": town.anna, "text": "x"})
    assert len(town.sandbox.chat(town.anna).messages) == before + 1
    town.sandbox.faults.add("error", value=502, times=1)
    async with web.post(f"{address}/bot{town.sandbox.token}/getMe") as response:
        assert (response.status, response.content_type) == (502, "text/html")


async def test_the_bots_library_talks_to_it_unchanged(town: Any, address: str) -> None:
    """python-telegram-bot with its own network and only another base URL sends, uploads, downloads and polls."""
    bot = telegram.Bot(
        town.sandbox.token,
        base_url=f"{address}/bot",
        base_file_url=f"{address}/file/bot",
        request=HTTPXRequest(),
        get_updates_request=HTTPXRequest(),
    )
    async with bot:
        assert (await bot.send_message(town.anna, "<i>Hej</i>", parse_mode="HTML")).text_html == "<i>Hej</i>"
        document = (await bot.send_document(town.anna, b"innehall", filename="plan.txt")).document
        assert document is not None
        assert bytes(await (await document.get_file()).download_as_bytearray()) == b"innehall"
        assert len(await bot.get_updates(timeout=5)) == 3


async def test_an_unrelated_client_library_talks_to_it(town: Any, address: str, monkeypatch: Any) -> None:
    """pyTelegramBotAPI, which shares no code with the bot's library, plays a whole conversation."""
    monkeypatch.setattr(apihelper, "API_URL", address + "/bot{0}/{1}")
    monkeypatch.setattr(apihelper, "FILE_URL", address + "/file/bot{0}/{1}")
    client = TeleBot(town.sandbox.token, threaded=False)
    with requests.Session() as session:
        monkeypatch.setattr(apihelper, "session", session)
        await asyncio.to_thread(_conversation, client, town)
    assert town.sandbox.toasts[-1]["text"] == "Tack!"


def _conversation(client: Any, town: Any) -> None:
    """Blocking calls of the second library, while the sandbox answers in the event loop."""
    assert client.get_me().username == "stadforstad_bot"
    updates = client.get_updates(timeout=1)
    assert updates[-1].message.text == "/start"
    keyboard = types.InlineKeyboardMarkup([[types.InlineKeyboardButton("Ja", callback_data="ja")]])
    sent = client.send_message(town.anna, "<b>Hej</b>", parse_mode="HTML", reply_markup=keyboard)
    assert (sent.text, sent.entities[0].type, sent.chat.first_name) == ("Hej", "bold", "Anna")
    town.act(town.anna, "press", chat=town.anna, message_id=sent.message_id, row=0, col=0)
    (pressed,) = client.get_updates(offset=updates[-1].update_id + 1, timeout=1)
    assert client.answer_callback_query(pressed.callback_query.id, "Tack!") is True
    assert client.edit_message_text("Klart", town.anna, sent.message_id).text == "Klart"
    document = client.send_document(town.anna, b"innehall", visible_file_name="plan.txt", caption="Planen")
    path = client.get_file(document.document.file_id).file_path
    assert client.download_file(path) == b"innehall"
    scope: Any = types.BotCommandScopeChat(town.anna)
    client.set_my_commands([types.BotCommand("hjalp", "Hjälp")], scope=scope)
    assert [member.status for member in client.get_chat_administrators(town.group)] == ["creator"]
    with pytest.raises(apihelper.ApiTelegramException, match="can't initiate conversation"):
        client.send_message(town.bo, "x")
