"""A fast stand-in for the Bot API, and the people behind it: whoever is asked with buttons taps the first one.

It checks nothing (the sandbox does that) and is written for speed alone, so that what is measured is the bot. Each
person answers as soon as the next question has come (a closed loop), until the bot asks nothing more. Run as a process:

    python -m tests.bench.standin PORT PEOPLE DELAY_MS START

It prints one JSON line when all people are done: answers, seconds, latencies in milliseconds (from a tap being ready to
be fetched until the next question came).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs

FIRST = 1_000_000
DONE = "bench-done"  # a message that holds this asks nothing more


class People:
    """Everybody's chats: what waits to be fetched by the bot, and what each is waiting for."""

    def __init__(self, count: int, start: str) -> None:
        self.count = count
        self.queue: list[bytes] = []
        self.waiting = asyncio.Event()
        self.update_id = 1
        self.message_id = 1
        self.asked_at: dict[int, float] = {}
        self.latencies: list[float] = []
        self.finished: set[int] = set()
        self.began = 0.0
        self.start = start

    def begin(self) -> None:
        """Everyone writes the command that starts the conversation."""
        self.began = time.perf_counter()
        for person in range(FIRST, FIRST + self.count):
            entity = [{"type": "bot_command", "offset": 0, "length": len(self.start.split()[0])}]
            self.put(person, {"message": {**self._message(person), "text": self.start, "entities": entity}})

    def put(self, person: int, update: dict[str, Any]) -> None:
        """An update is ready to be fetched."""
        update["update_id"] = self.update_id
        self.update_id += 1
        self.asked_at[person] = time.perf_counter()
        self.queue.append(json.dumps(update).encode())
        self.waiting.set()

    def heard(self, person: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The bot says something to a person, who taps the first button."""
        if method == "sendMessage":
            self.message_id += 1
            message_id = self.message_id
        else:
            message_id = int(params["message_id"])
        markup = params.get("reply_markup")
        markup = json.loads(markup) if isinstance(markup, str) else markup
        message = {**self._message(person, message_id), "text": params.get("text", ""), "from": BOT}
        if person in self.asked_at:
            self.latencies.append(1000 * (time.perf_counter() - self.asked_at.pop(person)))
        if DONE in params.get("text", ""):
            self.finished.add(person)
        elif markup and markup.get("inline_keyboard"):
            query = {
                "id": str(self.update_id),
                "from": {"id": person, "is_bot": False, "first_name": f"P{person}"},
                "chat_instance": "1",
                "data": markup["inline_keyboard"][0][0]["callback_data"],
                "message": {**message, "reply_markup": markup},
            }
            self.put(person, {"callback_query": query})
        return message

    def _message(self, person: int, message_id: int = 0) -> dict[str, Any]:
        self.message_id += not message_id
        chat = {"id": person, "type": "private", "first_name": f"P{person}"}
        sender = {"id": person, "is_bot": False, "first_name": f"P{person}"}
        return {"message_id": message_id or self.message_id, "date": int(time.time()), "chat": chat, "from": sender}

    async def fetch(self, offset: int, limit: int, patience: float) -> bytes:
        """getUpdates: everything that is ready, or what comes within the time."""
        if not self.queue:
            self.waiting.clear()
            try:
                await asyncio.wait_for(self.waiting.wait(), patience)
            except TimeoutError:
                return b'{"ok":true,"result":[]}'
        some, self.queue = self.queue[:limit], self.queue[limit:]
        return b'{"ok":true,"result":[' + b",".join(some) + b"]}"


BOT = {"id": 42, "is_bot": True, "first_name": "Bot", "username": "bench_bot", "can_read_all_group_messages": False}


class Door:
    """The least of HTTP/1.1 that the clients need: keep-alive, Content-Length and chunked bodies."""

    def __init__(self, people: People, delay: float) -> None:
        self.people, self.delay = people, delay
        self.calls = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
                body = await self._body(reader, headers)
                method = first.split(" ")[1].rpartition("/")[2].partition("?")[0]
                if self.delay:
                    await asyncio.sleep(self.delay)
                answer = await self._answer(method, _params(body, headers))
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
                )
                writer.write(answer)
                if self.delay:
                    await asyncio.sleep(self.delay)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @staticmethod
    async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int((await reader.readline()).strip() or b"0", 16):
                body += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
            return body
        return await reader.readexactly(int(headers.get("content-length", 0)))

    async def _answer(self, method: str, params: dict[str, Any]) -> bytes:
        self.calls += 1
        match method:
            case "getUpdates":
                limit, timeout = int(params.get("limit", 100)), float(params.get("timeout", 0))
                return await self.people.fetch(int(params.get("offset", 0)), limit, timeout)
            case "getMe":
                result: Any = BOT
            case "sendMessage" | "editMessageText" if int(params["chat_id"]) > 0:
                result = self.people.heard(int(params["chat_id"]), method, params)
            case "sendMessage" | "editMessageText":  # a group: nobody there taps anything
                chat = {"id": int(params["chat_id"]), "type": "group", "title": "G"}
                result = {"message_id": 1, "date": int(time.time()), "chat": chat, "from": BOT, "text": ""}
            case _:
                result = True
        return json.dumps({"ok": True, "result": result}).encode()


def _params(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    if not body:
        return {}
    if "json" in headers.get("content-type", ""):
        return dict(json.loads(body))
    return {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


async def main(port: int, count: int, delay_ms: float, start: str) -> None:
    """Serve until everyone is done, then print the figures."""
    people = People(count, start)
    door = Door(people, delay_ms / 2000)
    server = await asyncio.start_server(door.serve, "127.0.0.1", port)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)  # the bot is up: go
    people.begin()
    before = -1
    while len(people.finished) < count:
        await asyncio.sleep(0.02)
        if time.perf_counter() - people.began > 300 and before == len(people.latencies):
            break
        before = len(people.latencies)
    seconds = time.perf_counter() - people.began
    figures = {
        "people": count,
        "finished": len(people.finished),
        "answers": len(people.latencies),
        "seconds": seconds,
        "answers_per_second": len(people.latencies) / seconds,
        "p50_ms": percentile(people.latencies, 0.50),
        "p99_ms": percentile(people.latencies, 0.99),
        "calls": door.calls,
    }
    print(json.dumps(figures), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]))
