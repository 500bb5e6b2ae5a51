"""Telegram, played on this machine, with an eye on who calls: it notes each call down, and can kill the caller."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from aiohttp import web

from bot.sandbox import ApiError, Sandbox
from bot.sandbox.http import make_app
from tests.crash.evidence import Call
from tests.crash.points import HEADER

ALREADY = ("message is not modified", "message to delete not found")  # as good as done
# Life, row and queue of the call being played.
_caller: ContextVar[tuple[int, int, str]] = ContextVar("caller", default=(0, 0, ""))


class Telegram:
    """The sandbox behind its HTTP door."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.calls: list[Call] = []
        self.arrived = 0  # calls other than polls
        self.polled_at: dict[int, float] = {}  # the first poll of each life, on the monotonic clock
        self._point, self._left = "", 0
        self._kill: Callable[[str], None] = lambda _: None
        self._played = sandbox.call
        sandbox.call = self._call  # type: ignore[method-assign]

    def trap(self, point: str, nth: int, kill: Callable[[str], None]) -> None:
        """Have the n-th call that comes out of the outbox kill its caller, at that point."""
        self._point, self._left, self._kill = point, nth, kill

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """Open the door while the block runs; gives its address."""
        app = make_app(self.sandbox, page=False)
        app.middlewares.append(_note_caller)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    def _call(self, method: str, given: Mapping[str, Any], **more: Any) -> Any:
        life, row, queue = _caller.get()
        if method == "getUpdates":
            if life not in self.polled_at:
                self.polled_at[life] = time.monotonic()
            return self._played(method, given, **more)
        self.arrived += 1
        if row:
            self._reached("sender.arrived")
            if self._dying():
                raise ApiError(500, "Internal Server Error")  # nobody hears it
        refused = ""
        try:
            return self._played(method, given, **more)
        except ApiError as error:
            refused = "" if any(words in error.description for words in ALREADY) else error.description
            raise
        finally:
            self.calls.append(Call(time.monotonic(), life, row, _chat(given), method, refused, queue))
            if row and not refused:
                self._reached("sender.taken")

    def _reached(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                self._kill(point)

    def _dying(self) -> bool:
        return self._point == "sender.arrived" and self._left == 0


def _chat(given: Mapping[str, Any]) -> int:
    """The chat a call is about; that of a command list stands in its scope. 0 for a call about none."""
    scope = given.get("scope") or {}
    told: Mapping[str, Any] = json.loads(scope) if isinstance(scope, str) else scope
    return int(given.get("chat_id") or told.get("chat_id") or 0)


@web.middleware
async def _note_caller(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    life, row, queue = [*request.headers.get(HEADER, "0 0").split(), ""][:3]  # what is in no queue names none
    _caller.set((int(life), int(row), queue))
    return await handler(request)
