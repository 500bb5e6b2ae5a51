"""HTTP servers on this machine: for Telegram's webhook, monitoring, and the page."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from types import MappingProxyType

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors import StartError
from bot.settings import Address

CANNOT_LISTEN_EXIT = 78  # EX_CONFIG
PARTING = 2.0  # seconds that requests under way are waited for at the end
PATIENCE = 20.0  # seconds within which a whole call comes on a connection, or it is ended
LOOKS = 4  # times within that at which connections are looked at


class _Patience:
    """Ends connections on which no whole request comes: half-open ones would add up until no other can be opened.

    The HTTP library itself would wait for the rest for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._calls: dict[object, web.Request] = {}  # by connection: the calls in hand

    @web.middleware
    async def note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note that there is a request; its answer may take its time."""
        self._calls[request.protocol] = request
        try:
            return await handler(request)
        finally:
            del self._calls[request.protocol]

    async def watch(self, server: web.Server) -> None:
        """End such connections, for ever."""
        idle: dict[web.RequestHandler, int] = {}  # at how many looks in a row a connection had no whole call
        while True:
            await asyncio.sleep(self._seconds / LOOKS)
            waiting = (door for door in server.connections if not self._is_whole(door))
            idle = {door: idle.get(door, 0) + 1 for door in waiting}
            for door in (door for door, looks in idle.items() if looks > LOOKS):
                door.force_close()

    def _is_whole(self, door: object) -> bool:
        return door in self._calls and self._calls[door].content.is_eof()


def with_headers(server: web.Server, headers: Mapping[str, str]) -> None:
    """Give every answer of a server these headers, and none that names our software.

    Also what no handler has made: a request that cannot be read reaches no route, so the application is told of none.
    """

    class Request(web.Request):
        async def _prepare_hook(self, response: web.StreamResponse) -> None:
            await super()._prepare_hook(response)
            response.headers.update(headers)
            response.headers.popall("Server", None)

    make: Callable[..., web.BaseRequest] = server.request_factory
    server.request_factory = partial(make, _cls=Request)


@asynccontextmanager
async def listening(
    routes: Iterable[web.RouteDef],
    address: Address,
    largest_body: int = 1024,
    patience: float = PATIENCE,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[tuple[str, int]]:
    """Serve at the address while the block runs; yields host and port (0 takes a free one). `headers`: of every answer.
    Raises StartError."""
    patient = _Patience(patience)
    app = web.Application(client_max_size=largest_body, middlewares=[patient.note])
    app.add_routes(routes)
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=PARTING, keepalive_timeout=patience, lingering_time=patience
    )
    await runner.setup()
    assert runner.server is not None  # it is set up
    with_headers(runner.server, headers)
    watching = asyncio.create_task(patient.watch(runner.server))
    try:
        try:
            await web.TCPSite(runner, address.host, address.port).start()
        except OSError as error:
            where = f"{address.host}:{address.port}"
            raise StartError(
                f"The bot cannot listen at {where} ({error.strerror}): set another, or free it.", CANNOT_LISTEN_EXIT
            ) from None
        host, port = runner.addresses[0][:2]
        yield host, port
    finally:
        watching.cancel()
        await runner.cleanup()
