"""The people on the page: they look at it, and answer there as fast as it lets them.

A process of its own, so that what it does is not counted as the bot's:

    python -m tests.bench.visitors '{"port": 4711, "people": [[secret, token], …]}'

First everybody follows their link (`token`) and begins the exercise; then all of them at once, and each only when the
page has answered, look at each kind of page `LOOKS` times, and then answer to the end. It prints how many milliseconds
each took, by kind, as JSON. Each comes from an address of their own, as behind a proxy.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from urllib.parse import urlencode

import uvloop

from bot.page.sessions import cookie_name
from tests.bench.questions import COUNT, DONE, MARK

LOOKS = 5  # of each person at each kind of page
MOST_LOOKS = 50  # for something that is on its way
ANSWER = "answer"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PLACE = re.compile(rb"\r\nlocation: *(\S+)", re.IGNORECASE)
_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_FORM = re.compile(r'<form method="post" action="/gor" class="act">(.*?)</form>', re.DOTALL)

Times = dict[str, list[float]]


class Broken(Exception):
    """The page answered something else than it should have."""


class Visitor:
    """One person's browser, with one connection that stays open."""

    def __init__(self, port: int, number: int, secret: str) -> None:
        self._port = port
        self._head = (
            f"Host: 127.0.0.1\r\nCookie: {cookie_name(secure=False)}={secret}\r\n"
            f"X-Forwarded-For: 10.0.{number // 250}.{number % 250 + 1}\r\n"
        )
        self.shown = ""

    async def come(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)

    async def leave(self) -> None:
        """Close the connection."""
        self._writer.close()
        await self._writer.wait_closed()

    async def look(self, path: str) -> None:
        """Open an address. Raises Broken."""
        status, _ = await self._ask(f"GET {path} HTTP/1.1\r\n{self._head}\r\n")
        if status != 200:
            raise Broken(f"{path}: {status}\n{self.shown[:500]}")

    async def send(self, fields: dict[str, str]) -> None:
        """Send a form, and see where it leads. Raises Broken."""
        body = urlencode(fields)
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        status, place = await self._ask(f"POST /gor HTTP/1.1\r\n{self._head}{kind}\r\n{body}")
        if status != 303:
            raise Broken(f"a form: {status}\n{self.shown[:500]}")
        await self.look(place.partition("#")[0])

    def form(self, label: str = "", after: str = "") -> dict[str, str]:
        """The fields of the first button in what was said last that is called so (or is anything). Raises Broken."""
        said = self.shown[self.shown.rindex("<article") :] if not after else self.shown[self.shown.rindex(after) :]
        for form in _FORM.findall(said):
            if f"<button>{label}" in form or label in form.partition("<button")[2]:
                return dict(_FIELD.findall(form))
        raise Broken(f"no button {label!r}:\n{said[:800]}")

    async def _ask(self, request: str) -> tuple[int, str]:
        self._writer.write(request.encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        length, place = _LENGTH.search(head), _PLACE.search(head)
        self.shown = (await self._reader.readexactly(int(length[1]) if length else 0)).decode()
        return int(head[9:12]), place[1].decode() if place else ""


async def begin(visitor: Visitor, token: str) -> None:
    """Follow the link to the exercise, and have the first question before oneself."""
    await visitor.come()
    await visitor.look("/samtal")
    csrf = dict(_FIELD.findall(visitor.shown))["csrf"]
    await visitor.send({"csrf": csrf, "follow": token})
    while MARK not in visitor.shown:
        await visitor.send(visitor.form())


async def answer(visitor: Visitor, took: list[float]) -> None:
    """Answer all questions, and hand in; each time until the next question stands on the page."""
    for number in range(1, COUNT + 1):
        began = time.perf_counter()
        await visitor.send(visitor.form(after=MARK))
        if number < COUNT:
            await seen(visitor, f"{number + 1} av {COUNT}")
            took.append(1000 * (time.perf_counter() - began))
    await visitor.send(visitor.form("Lämna in"))
    await seen(visitor, DONE)


async def seen(visitor: Visitor, text: str) -> None:
    """Look at the conversation until this stands there, if it does not yet. Raises Broken."""
    for _ in range(MOST_LOOKS):
        if text in visitor.shown:
            return
        await visitor.look("/samtal")
    raise Broken(f"{text!r} does not come:\n{visitor.shown[-3000:]}")


async def measured(port: int, people: list[tuple[str, str]]) -> Times:
    """Let everybody do it."""
    visitors = [Visitor(port, number, secret) for number, (secret, _) in enumerate(people)]
    await asyncio.gather(*(begin(one, token) for one, (_, token) in zip(visitors, people, strict=True)))
    found: Times = {}

    async def looks(visitor: Visitor, path: str, took: list[float]) -> None:
        for _ in range(LOOKS):
            began = time.perf_counter()
            await visitor.look(path)
            took.append(1000 * (time.perf_counter() - began))

    await asyncio.gather(*(one.look("/") for one in visitors))
    places = [re.findall(r'href="(/(?:grupp|ovning)/[\w-]+)', one.shown) for one in visitors]
    kinds = {"home": "/", "conversation": "/samtal", "group": "/grupp/", "exercise": "/ovning/"}
    for kind, path in kinds.items():
        paths = [path if path in ("/", "/samtal") else next(p for p in mine if p.startswith(path)) for mine in places]
        took = found.setdefault(kind, [])
        await asyncio.gather(*(looks(one, where, took) for one, where in zip(visitors, paths, strict=True)))
    await asyncio.gather(*(one.look("/samtal") for one in visitors))
    await asyncio.gather(*(answer(one, found.setdefault(ANSWER, [])) for one in visitors))
    for one in visitors:
        await one.leave()
    return found


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measured(told["port"], told["people"]))), flush=True)
