"""A bot that does nothing but ask on, with no library at all: what the stand-in can take from anybody at most.

python -m tests.bench.bots.nothing URL
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import uvloop

from tests.bench.questions import COUNT, DONE, OPTIONS, TEXT

CONNECTIONS = 8
MARKUP = {"inline_keyboard": [[{"text": option, "callback_data": option}] for option in OPTIONS]}


class Line:
    """One connection, one call at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def call(self, method: str, params: dict[str, Any]) -> bytes:
        """The body of the answer."""
        body = json.dumps(params).encode()
        self._writer.write(
            b"POST /bot/%s HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (method.encode(), len(body), body)
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        return await self._reader.readexactly(int(head.rpartition(b": ")[2]))


async def speak(line: Line, waiting: asyncio.Queue[dict[str, Any]], answered: Counter[int]) -> None:
    """Take updates from the queue: stop the spinner, and ask the next question."""
    while True:
        update = await waiting.get()
        query = update.get("callback_query")
        if query is None:
            chat = update["message"]["chat"]["id"]
            await line.call("sendMessage", {"chat_id": chat, "text": TEXT.format(n=1), "reply_markup": MARKUP})
            continue
        chat = query["from"]["id"]
        answered[chat] += 1
        number = answered[chat]
        text = TEXT.format(n=number + 1) if number < COUNT else "Det var allt." if number == COUNT else DONE
        params = {"chat_id": chat, "message_id": query["message"]["message_id"], "text": text, "reply_markup": MARKUP}
        await line.call("answerCallbackQuery", {"callback_query_id": query["id"]})
        await line.call("editMessageText", params)


async def main(url: str) -> None:
    """Run until killed."""
    address = urlsplit(url)
    lines = [
        Line(*await asyncio.open_connection(address.hostname, address.port, limit=1 << 24))
        for _ in range(CONNECTIONS + 1)
    ]
    waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    answered: Counter[int] = Counter()
    speaking = [asyncio.create_task(speak(line, waiting, answered)) for line in lines[1:]]
    print("up", flush=True)
    while not any(task.done() for task in speaking):
        for update in json.loads(await lines[0].call("getUpdates", {"limit": 100, "timeout": 30}))["result"]:
            waiting.put_nowait(update)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1]))
