"""The in-process door: python-telegram-bot's network replaced by the sandbox, with nothing in between."""

from typing import Any
from urllib.parse import unquote

from telegram.error import TimedOut
from telegram.request import BaseRequest, RequestData

from bot.telegram.network import BrokenOff

from . import files
from .exchange import Exchange
from .params import Files
from .sandbox import Sandbox
from .wire import Wire

_PATIENCE = 5.0
"""Seconds that the library waits for an answer unless told otherwise."""


class SandboxRequest(BaseRequest):
    """A `telegram.request.BaseRequest` that calls the sandbox directly and obeys its faults.

    A dropped connection is BrokenOff, as over a real network (see bot.telegram.network). A delay that is longer than
    the caller's patience is a TimedOut at once (the call has taken effect); a shorter one is not waited for.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._exchange = Exchange(sandbox, real_time=False)

    @property
    def read_timeout(self) -> float | None:
        """The library adds this to a poll's own timeout."""
        return _PATIENCE

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Do nothing: there is nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Play one exchange with the Bot API."""
        if "/file/bot" in url:
            return self._download(url)
        token, _, name = url.rpartition("/bot")[2].partition("/")
        given = request_data.parameters if request_data else {}
        reply = await self._exchange.play(token, name, given, _uploads(request_data))
        if reply.dropped:
            raise BrokenOff("ServerDisconnectedError")
        if reply.delay >= (read_timeout if isinstance(read_timeout, int | float) else _PATIENCE):
            raise TimedOut
        return reply.status, reply.body

    def _download(self, url: str) -> tuple[int, bytes]:
        token, _, path = unquote(url).partition("/file/bot")[2].partition("/")
        stored = files.by_path(self._sandbox.world, path) if token == self._sandbox.token else None
        return (200, stored.data) if stored else (404, b'{"ok":false,"error_code":404,"description":"Not Found"}')


def _uploads(request_data: RequestData | None) -> Files:
    """The uploaded parts, their content read from open files where that is what they are."""
    parts: Wire = dict(request_data.multipart_data) if request_data else {}
    return {
        name: (filename, content if isinstance(content, bytes) else content.read(), mime)
        for name, (filename, content, mime) in parts.items()
    }
