"""A fast stand-in for the Bot API: the least of HTTP/1.1 and of Telegram that the bots need.

It checks nothing but, if asked to, Telegram's limits (by the sandbox's rule); it is written for speed, so that what is
measured is the bot. A process of its own, told what to do by words on its standard input, each answered by a line of
JSON (`Control`):

    python -m tests.bench.standin '{"people": [[1000000, 200, ""]], "delay_ms": 50}'
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import uvloop

from bot.sandbox import ApiError
from bot.sandbox.limits import Limits
from tests.bench.people import BOT, People

STUCK = 30.0  # seconds without a message after which nobody waits any longer
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_JSON = re.compile(rb"\r\ncontent-type: *application/json", re.IGNORECASE)

Reply = Callable[[bytes, str], None]


class Telegram:
    """What is behind the door: updates to fetch, and the methods."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.people = People(options.get("people", ()), self._deliver)
        self.limits = Limits()
        self.limits.enabled = bool(options.get("limits"))
        self.calls: Counter[str] = Counter()
        self.refused = 0
        self.sent_at: list[float] = []  # of messages to people
        self.first_poll: float | None = None  # by the clock that all processes of a machine share
        self._queue: list[bytes] = []
        self._poll: tuple[Reply, int, asyncio.TimerHandle] | None = None

    # -- updates -----------------------------------------------------------------------------------------------------
    def _deliver(self, update: bytes) -> None:
        self._queue.append(update)
        if self._poll is not None and len(self._queue) == 1:  # what is put in the same breath comes along
            asyncio.get_running_loop().call_soon(self._answer_poll)

    def poll(self, reply: Reply, params: dict[str, Any]) -> None:
        """getUpdates: answered as soon as there is something, or when the time is out."""
        self.first_poll = self.first_poll or time.monotonic()
        wait = asyncio.get_running_loop().call_later(float(params.get("timeout", 0)), self._answer_poll)
        self._poll = reply, int(params.get("limit", 100)), wait
        if self._queue:
            self._answer_poll()

    def _answer_poll(self) -> None:
        if self._poll is None:
            return
        (reply, limit, wait), self._poll = self._poll, None
        wait.cancel()
        some, self._queue = self._queue[:limit], self._queue[limit:]
        reply(b'{"ok":true,"result":[' + b",".join(some) + b"]}", "200 OK")

    # -- methods -----------------------------------------------------------------------------------------------------
    def call(self, method: str, params: dict[str, Any]) -> tuple[bytes, str]:
        """Any other method: the answer's body and status."""
        self.calls[method] += 1
        chat = int(params.get("chat_id", 0))
        if self.limits.enabled:
            try:
                self.limits.count(method, chat, time.monotonic())
            except ApiError as error:
                self.refused += 1
                return json.dumps(error.as_json()).encode(), f"{error.code} Refused"
        result: Any = True
        if method in ("sendMessage", "editMessageText"):
            if chat > 0:
                result = self.people.heard(chat, method, params)
                self.sent_at.append(time.monotonic())
            else:  # a group: nobody there taps anything
                place = {"id": chat, "type": "group", "title": "G"}
                number = int(params.get("message_id", 1))
                result = {"message_id": number, "date": int(time.time()), "chat": place, "from": BOT, "text": ""}
        elif method == "getMe":
            result = BOT
        return json.dumps({"ok": True, "result": result}).encode(), "200 OK"


class Door(asyncio.Protocol):
    """One connection, kept open. `delay`: seconds that everything takes on its way, in each direction."""

    def __init__(self, telegram: Telegram, delay: float) -> None:
        self._telegram, self._delay = telegram, delay
        self._transport: Any = None
        self._unread = b""

    def connection_made(self, transport: Any) -> None:
        """Called by the event loop. (uvloop's transports look like asyncio's, and are not.)"""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by the event loop: take every request that has come whole."""
        self._unread += data
        while (end := self._unread.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._unread, 0, end)
            stop = end + 4 + (int(length[1]) if length else 0)
            if len(self._unread) < stop:
                return
            head, body, self._unread = self._unread[:end], self._unread[end + 4 : stop], self._unread[stop:]
            self._later(self._take, head, body)

    def _later(self, step: Callable[..., None], *arguments: Any) -> None:
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, step, *arguments)
        else:
            step(*arguments)

    def _take(self, head: bytes, body: bytes) -> None:
        method = head.split(b" ", 2)[1].rpartition(b"/")[2].partition(b"?")[0].decode()
        params = _params(body, head)
        if method == "getUpdates":
            self._telegram.poll(self._reply, params)
        else:
            self._reply(*self._telegram.call(method, params))

    def _reply(self, body: bytes, status: str) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._later(self._write, head.encode() + body)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _params(body: bytes, head: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if _JSON.search(head):
        return dict(json.loads(body))
    return {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}


class Control:
    """The words on standard input, and what each answers."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    async def run(self) -> None:
        """Until standard input is closed."""
        loop = asyncio.get_running_loop()
        while word := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
            name, _, argument = word.partition(" ")
            print(json.dumps(await getattr(self, name)(argument)), flush=True)

    async def begin(self, _: str) -> dict[str, Any]:
        """Let everyone begin, and wait until each has the first question before them."""
        people = self._telegram.people
        people.begin()
        await self._until(people.all_asked, 3600)
        return {"asked": people.asked()}

    async def go(self, limit: str) -> dict[str, Any]:
        """Let everyone answer to the end, or for so many seconds."""
        people = self._telegram.people
        before = self._telegram.calls.total()
        began = time.perf_counter()
        people.go()
        whole = await self._until(lambda: len(people.finished) == len(people.users), float(limit))
        latencies, seconds = list(people.latencies), time.perf_counter() - began
        return {
            "whole": whole,
            "finished": len(people.finished),
            "answers": len(latencies),
            "seconds": seconds,
            "latencies": latencies,
            "calls": self._telegram.calls.total() - before,
        }

    async def polled(self, limit: str) -> dict[str, Any]:
        """When the bot first asked for updates, on the monotonic clock; None if it has not within so many seconds."""
        await self._until(lambda: self._telegram.first_poll is not None, float(limit))
        return {"at": self._telegram.first_poll}

    async def sent(self, _: str) -> dict[str, Any]:
        """How many messages to people have come, and how many calls were refused."""
        return {"sent": len(self._telegram.sent_at), "refused": self._telegram.refused}

    async def times(self, _: str) -> dict[str, Any]:
        """When each message to a person came, on the monotonic clock."""
        return {"at": self._telegram.sent_at, "refused": self._telegram.refused}

    async def _until(self, true: Callable[[], bool], limit: float) -> bool:
        """Wait so many seconds at most, and no longer than something happens."""
        end, moved, calls = time.monotonic() + limit, time.monotonic(), -1
        while not true():
            now = time.monotonic()
            if self._telegram.calls.total() != calls:
                calls, moved = self._telegram.calls.total(), now
            if now > end or now - moved > STUCK:
                return False
            await asyncio.sleep(0.002)
        return True


async def main(options: dict[str, Any]) -> None:
    """Serve until standard input is closed."""
    telegram = Telegram(options)
    delay = float(options.get("delay_ms", 0)) / 2000
    server = await asyncio.get_running_loop().create_server(lambda: Door(telegram, delay), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await Control(telegram).run()
    server.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(json.loads(sys.argv[1])))
