"""The door to the network: what arrives, and what is said of a call that failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from aiohttp import web
from telegram.error import TimedOut

from bot.errors import StartError
from bot.telegram.client import Telegram
from bot.telegram.network import BrokenOff, Network, NotSent
from storage.records.records import Attachment

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
    assert raised.value.__cause__ is raised.value.__context__ is None
    assert TOKEN not in repr(raised.value)


async def test_no_connection_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes the line and then does not even shake hands has been told nothing."""
    monkeypatch.setattr("bot.telegram.network.CONNECT_PATIENCE", timedelta(seconds=0.05))
    silent, over = Network(1), asyncio.Event()

    async def listen(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    await silent.initialize()
    with pytest.raises(NotSent):
        await silent.post(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot{TOKEN}/getMe")
    over.set()
    await silent.shutdown()
    server.close()


async def test_a_line_put_down_between_two_calls(network: Network) -> None:
    """A server that ends its connections while nobody speaks loses no call."""
    put_down = asyncio.Semaphore(0)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"ok":true,"result":true}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        writer.write_eof()
        await reader.read()  # to its end: the other side has seen ours, so that what it says next is not said to nobody
        writer.close()
        put_down.release()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot{TOKEN}/getMe"
    for _ in range(3):
        assert await network.post(url) is True
        await put_down.acquire()
    server.close()


async def test_more_calls_than_lines(network: Network, served: Callable[[Handler], Awaitable[str]]) -> None:
    """Calls beyond the number of connections wait for their turn, and none is lost."""
    most = now = 0

    async def answer(_request: web.Request) -> web.Response:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return web.json_response({"ok": True, "result": True})

    url = await served(answer)
    calls = (network.post(f"{url}/bot{TOKEN}/sendMessage") for _ in range(20))
    assert await asyncio.gather(*calls) == [True] * 20
    assert 1 <= most <= 2


async def test_no_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without certificate authorities is told what it lacks."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.setenv(name, "/nowhere")
    with pytest.raises(StartError, match="ca-certificates"):
        await Network(1).initialize()
