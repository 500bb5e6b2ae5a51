"""The door to the network: what arrives, and what is said of a call that failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from telegram.error import TimedOut

from bot.wire.network import BrokenOff, Network, NotSent
from bot.wire.telegram import Telegram
from storage.records import Attachment

TOKEN = "7000000001:canary-token-canary-token-canary-to"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    """An open door."""
    door = Network(2)
    await door.initialize()
    yield door
    await door.shutdown()


@pytest.fixture
async def served() -> AsyncIterator[Callable[[Handler], Awaitable[str]]]:
    """A server on this machine that answers every call with the handler; gives its address."""
    runners: list[web.AppRunner] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


async def test_a_call_arrives_whole(network: Network, served: Callable[[Handler], Awaitable[str]]) -> None:
    """Texts with å, ä, ö and emoji, keyboards and files arrive as they were given."""
    seen: list[object] = []

    async def answer(request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            seen.append(await request.json())
        else:
            form = await request.post()
            part = form["document"]
            assert isinstance(part, web.FileField)
            seen.append((form["caption"], part.filename, part.file.read()))
        return web.json_response({"ok": True, "result": {"message_id": 5}})

    url = await served(answer)
    bot = Telegram(TOKEN, base_url=f"{url}/bot", request=network, get_updates_request=network)
    keyboard = {"inline_keyboard": [[{"text": "Ja 🙂", "callback_data": "x"}]]}
    assert await bot.call("sendMessage", {"chat_id": 1, "text": "Åäö", "reply_markup": keyboard}) == {"message_id": 5}
    file = Attachment("document", "plan åäö.pdf", b"%PDF")
    assert await bot.call("sendDocument", {"chat_id": 1, "caption": "Planen"}, [file]) == {"message_id": 5}
    assert seen == [
        {"chat_id": 1, "text": "Åäö", "reply_markup": keyboard},
        ("Planen", "plan åäö.pdf", b"%PDF"),
    ]


async def test_nobody_there(network: Network) -> None:
    """A call that found no connection is known not to have arrived."""
    with pytest.raises(NotSent):
        await network.post(f"http://127.0.0.1:9/bot{TOKEN}/getMe")


async def test_the_line_breaks(network: Network, served: Callable[[Handler], Awaitable[str]]) -> None:
    """A connection that is lost before the answer leaves it open whether the call was carried out."""

    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    with pytest.raises(BrokenOff):
        await network.post(f"{await served(hang_up)}/bot{TOKEN}/sendMessage")


@pytest.mark.parametrize("chunked", [True, False])
async def test_the_line_breaks_within_the_answer(
    network: Network, served: Callable[[Handler], Awaitable[str]], chunked: bool
) -> None:
    """Half an answer is none: it is as open as without one whether the call was carried out."""

    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if chunked:
            response.enable_chunked_encoding()
        else:
            response.content_length = 1000
        await response.prepare(request)
        await response.write(b'{"ok":true,"result":{"mess')
        assert request.transport is not None
        request.transport.abort()
        return response

    with pytest.raises(BrokenOff):
        await network.post(f"{await served(half)}/bot{TOKEN}/sendMessage")


async def test_no_answer_in_time(network: Network, served: Callable[[Handler], Awaitable[str]]) -> None:
    """An answer that does not come is a time-out, and no error holds the token."""

    async def never(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    url = await served(never)
    with pytest.raises(TimedOut) as raised:
        await network.post(f"{url}/bot{TOKEN}/sendMessage", read_timeout=0.05)
    assert TOKEN not in repr(raised.value) + repr(raised.value.__cause__) + repr(raised.value.__context__)
