"""The HTTP door: the Bot API on loopback, and beside it the page's door for the demo (page_door.py)."""

import asyncio
import errno
import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler

from . import files
from .exchange import Exchange, Reply
from .page_door import PageDoor
from .params import Files
from .sandbox import Sandbox
from .stage import NO_DEMO, Demo, Stage
from .wire import Wire

_THIS_MACHINE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
NEIGHBOURS = 20  # ports that are tried, from the wanted one on
_LARGEST_BODY = files.UPLOAD_LIMIT + files.MEGABYTE


@web.middleware
async def here_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keep other sites out of both doors: a name of theirs that leads a browser here, and what their pages post."""
    origin = request.headers.get("Origin")
    if not _THIS_MACHINE.fullmatch(request.host) or (origin and origin.partition("://")[2] != request.host):
        raise web.HTTPForbidden(text="This is played on this machine only.")
    return await handler(request)


class BotDoor:
    """`/bot<token>/<method>` with parameters in query, form, multipart or JSON, and `/file/bot<token>/<path>`."""

    def __init__(self, sandbox: Sandbox, exchange: Exchange) -> None:
        self._sandbox = sandbox
        self._exchange = exchange

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses of this door, with their handlers."""
        return [
            web.route("*", "/bot{token}/{method}", self.call),
            web.get("/file/bot{token}/{path:.+}", self.file),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Handle one call of the Bot API."""
        try:
            given, uploads = await _parameters(request)
        except ValueError:
            return _answer(Reply(400, b'{"ok":false,"error_code":400,"description":"Bad Request: can\'t parse JSON"}'))
        except web.HTTPRequestEntityTooLarge:
            return _answer(Reply(413, b'{"ok":false,"error_code":413,"description":"Request Entity Too Large"}'))
        token, method = request.match_info["token"], request.match_info["method"]
        reply = await self._exchange.play(token, method, given, uploads)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if reply.dropped and request.transport:
            request.transport.abort()
        return _answer(reply)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """The content of a file that getFile has told the path of."""
        stored = files.by_path(self._sandbox.world, request.match_info["path"])
        if stored is None or request.match_info["token"] != self._sandbox.token:
            return _answer(Reply(404, b'{"ok":false,"error_code":404,"description":"Not Found"}'))
        return web.Response(body=stored.data, content_type="application/octet-stream")


def _answer(reply: Reply) -> web.Response:
    kind = "application/json" if reply.body.startswith(b"{") else "text/html"
    return web.Response(status=reply.status, body=reply.body, content_type=kind)


async def _parameters(request: web.Request) -> tuple[Wire, Files]:
    """The parameters of a request and its uploaded parts. Raises ValueError for JSON that is none."""
    given: Wire = dict(request.query)
    uploads: dict[str, tuple[str, bytes, str]] = {}
    if request.content_type == "application/json":
        body = json.loads(await request.text() or "{}")
        if not isinstance(body, dict):
            raise ValueError("an object was expected")
        return given | body, uploads
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            uploads[name] = (value.filename, value.file.read(), value.content_type)
        else:
            given[name] = value.decode() if isinstance(value, bytes | bytearray) else value
    return given, uploads


def make_app(sandbox: Sandbox, *, page: bool = True, demo: Demo = NO_DEMO) -> web.Application:
    """The web application: the bot's door, and the page's unless `page` is False."""
    app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[here_only])
    exchange = Exchange(sandbox, real_time=True)
    app.add_routes(BotDoor(sandbox, exchange).routes())
    if page:
        stage = Stage(
            f"town-{secrets.token_hex(4)}",
            sandbox,
            exchange,
            demo.next_reminder,
            demo.others,
            demo.pass_by,
            demo.transcript,
            opening=demo.opening,
            window=demo.window,
        )
        door = PageDoor(stage, demo.projector, demo.works)
        app.add_routes(door.routes())
        app.middlewares.append(door.guard)
    return app


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    """Listen at the port, or at the next one above it that nobody else has."""
    last = min(port + NEIGHBOURS, 65_535) if port else 0
    for tried in range(port, last + 1):
        try:
            await web.TCPSite(runner, host, tried).start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE or tried == last:
                raise
        else:
            return


async def _reached(host: str, port: int) -> None:
    """Call at the door from outside, as a browser will. Raises OSError."""
    _, writer = await asyncio.open_connection(host, port)
    writer.close()


@asynccontextmanager
async def serve(
    sandbox: Sandbox, *, host: str = "127.0.0.1", port: int = 0, page: bool = True, demo: Demo = NO_DEMO
) -> AsyncIterator[str]:
    """Open the door while the block runs; gives its address, such as http://127.0.0.1:8080.

    A port that is taken gives way to the next free one; port 0 takes any. Raises OSError where no port can be had, or
    this machine does not reach itself.
    """
    app = make_app(sandbox, page=page, demo=demo)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        taken = runner.addresses[0][1]
        await _reached(host, taken)
        yield f"http://{host}:{taken}"
    finally:
        await runner.cleanup()
