"""The webhook: updates brought by Telegram instead of fetched, behind the operator's reverse proxy.

All waiting updates are taken in one transaction, as with a poll, and Telegram gets its 200 only after the commit. An
update without a 200 it brings again, for a day. So one may come twice, and those of different chats in any order; the
ids taken are stored one by one (`Poller.take`).
"""

import asyncio
import hmac
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from bot.channel.outcomes import Away, Declined, Unusable
from bot.dispatch.polling import BACK_OFF, LIMIT, Poller
from bot.errors import StartError, passes
from bot.logs import Log
from bot.telegram.channel import SECRET_HEADER, Channel
from storage.errors import StorageError
from storage.json_records import JsonObject

log = Log(__name__)

LARGEST_BODY = 1 << 20  # bytes; the longest message, with a quotation of another, has some forty thousand
MOST_WAITING = 1_000  # further ones get a 503, and are brought again
TURN = 30.0  # seconds until a sign of life is noted although nothing came
REFUSED_EXIT = 78  # EX_CONFIG


@dataclass(frozen=True, slots=True)
class _Brought:
    update: JsonObject
    taken: asyncio.Future[bool]


class Webhook:
    """Receives updates in the place of polling."""

    def __init__(self, poller: Poller, channel: Channel, url: str, secret: str, alive: Callable[[], None]) -> None:
        """`url`: where Telegram brings updates; `secret`: what it sends with each; `alive`: see `Watchdog`."""
        self._poller, self._channel, self._url, self._secret = poller, channel, url, secret
        self._alive = alive
        self._waiting: list[_Brought] = []
        self._came = asyncio.Event()

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes. Every path will do, as proxies may shorten it: the secret decides."""
        return [web.post("/{path:.*}", self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """Receive one update. 200 means that it is on the disk, 503 that it is to be brought again."""
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, self._secret.encode()):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):  # no JSON, or nested deeper than any update is
            return web.Response(status=400)
        if not isinstance(update, dict) or type(update.get("update_id")) is not int:
            return web.Response(status=400)
        if len(self._waiting) >= MOST_WAITING:
            return web.Response(status=503)
        brought = _Brought(update, asyncio.get_running_loop().create_future())
        self._waiting.append(brought)
        self._came.set()
        return web.Response(status=200 if await brought.taken else 503)

    async def run(self) -> None:
        """Take updates for ever. Raises StartError if Telegram refuses the address, and Damaged."""
        asking = asyncio.create_task(self._ask_telegram())
        asking.add_done_callback(lambda _: self._came.set())
        troubles = 0
        try:
            while True:
                self._alive()
                if asking.done():
                    asking.result()
                with suppress(TimeoutError):
                    async with asyncio.timeout(TURN):
                        await self._came.wait()
                try:
                    await self.turn()
                    troubles = 0
                except StorageError as error:
                    if not passes(error):
                        raise
                    log.warning("webhook_updates_rejected", error_type=type(error).__name__)
                    await asyncio.sleep(BACK_OFF[min(troubles, len(BACK_OFF) - 1)])
                    troubles += 1
        finally:
            asking.cancel()
            _tell(self._waiting, taken=False)

    async def turn(self) -> None:
        """Take the updates that wait now, or note a sign of life if none do. Raises StorageError."""
        batch, self._waiting = self._waiting[:LIMIT], self._waiting[LIMIT:]
        if not self._waiting:
            self._came.clear()
        try:
            await self._poller.take([brought.update for brought in batch], brought=True)
        except BaseException:
            _tell(batch, taken=False)
            raise
        _tell(batch, taken=True)

    async def _ask_telegram(self) -> None:
        """Tell Telegram where to bring updates, trying until it can be reached."""
        troubles = 0
        while True:
            try:
                await self._channel.bring_updates_to(self._url, self._secret)
                return
            except Declined:
                raise StartError(
                    "Telegram refuses to bring updates to STADSBOT_WEBHOOK_URL: it must be https, with a certificate "
                    "that is valid, on port 443, 80, 88 or 8443.",
                    REFUSED_EXIT,
                ) from None
            except (Away, Unusable) as error:
                log.warning("webhook_setup_failed", error_type=str(error))
                await asyncio.sleep(BACK_OFF[min(troubles, len(BACK_OFF) - 1)])
                troubles += 1


def _tell(batch: Iterable[_Brought], *, taken: bool) -> None:
    for brought in batch:
        if not brought.taken.done():
            brought.taken.set_result(taken)
