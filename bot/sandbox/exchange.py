"""One HTTP exchange with the Bot API as both doors play it: the call, its answer's bytes, and the faults on the way."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta

from . import groups
from .errors import ApiError, conflict, flood
from .params import Files, chat_id
from .sandbox import Sandbox
from .wire import Given, Json

LONGEST_POLL = 50
"""Seconds; Telegram cuts longer timeouts down to this."""

_TAKEN_OVER = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(slots=True)
class Reply:
    """What comes back: nothing at all when `dropped`, else a status and a body, `delay` seconds late."""

    status: int = 200
    body: bytes = b""
    dropped: bool = False
    delay: float = 0.0


class Exchange:
    """Plays exchanges for a door. `real_time`: an empty long poll ends after real seconds; otherwise only the sandbox
    clock ends it, so that a test which drives that clock never sleeps."""

    def __init__(self, sandbox: Sandbox, *, real_time: bool) -> None:
        self.sandbox = sandbox
        self._real_time = real_time
        self._waiting: set[asyncio.Future[None]] = set()
        self._served: list[Json] = []
        sandbox.subscribe(self._wake)

    async def play(self, token: str, method: str, given: Given, files: Files) -> Reply:
        """Play one exchange."""
        struck = self.sandbox.faults.draw(method)
        if "drop_before" in struck:
            return Reply(dropped=True)
        if "error" in struck:
            return Reply(int(struck["error"]), b"<html><title>Bad Gateway</title></html>")
        try:
            result = await self._result(token, method, given, files, struck)
        except ApiError as refused:
            reply = Reply(refused.code, _dump(refused.as_json()))
        else:
            reply = Reply(200, _dump({"ok": True, "result": result}))
        if "garbage" in struck:
            reply = Reply(200, b"<html><title>OK</title></html>")
        reply.dropped = "drop_after" in struck
        reply.delay = struck.get("delay", 0.0)
        return reply

    async def _result(self, token: str, method: str, given: Given, files: Files, struck: dict[str, float]) -> Json:
        if "flood" in struck:
            raise flood(int(struck["flood"]))
        if "migrate" in struck:
            self._migrate(given.get("chat_id"))
        if method.lower() != "getupdates":
            return self.sandbox.call(method, given, token=token, files=files)
        return self._troubled(await self._poll(token, given), struck)

    def _migrate(self, target: Json) -> None:
        number = chat_id(target)
        place = self.sandbox.world.chats.get(number) if isinstance(number, int) else None
        if place and place.type == "group" and not place.migrated_to:
            owner = next(iter(place.members))
            groups.migrate(self.sandbox.world, place, owner)
            self.sandbox.touch()

    def _troubled(self, updates: list[Json], struck: dict[str, float]) -> list[Json]:
        """Updates with the asked-for repetitions and disorder."""
        given = self._served + updates if "duplicate" in struck else list(updates)
        self._served = updates or self._served
        if "reorder" in struck:
            self.sandbox.faults.shuffle(given)
        return given

    async def _poll(self, token: str, given: Given) -> list[Json]:
        """getUpdates with its timeout. A new waiting poll ends the one that waits, with 409."""
        updates: list[Json] = self.sandbox.call("getUpdates", given, token=token)
        patience = _timeout(given)
        if updates or not patience:
            return updates
        self.sandbox.poll += 1
        mine = self.sandbox.poll
        self.sandbox.touch()
        deadline = self.sandbox.now() + timedelta(seconds=patience)
        while not updates and self.sandbox.now() < deadline:
            changed = await self.changed(patience if self._real_time or self.sandbox.world.ticking else None)
            if self.sandbox.poll != mine:
                raise conflict(_TAKEN_OVER)
            updates = self.sandbox.call("getUpdates", given, token=token)
            if not changed:
                break
        return updates

    async def changed(self, seconds: float | None) -> bool:
        """Wait for the next change, at most so many real seconds (None: for ever). False if there was none."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait_for(waiter, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(waiter)
        return True

    def _wake(self, _version: int) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)


def _timeout(given: Given) -> int:
    try:
        return min(max(int(given.get("timeout") or 0), 0), LONGEST_POLL)
    except ValueError:
        return 0


def _dump(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
