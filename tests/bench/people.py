"""The people behind the stand-in: whoever is asked something taps the first button, as soon as it has come.

That is a closed loop: nobody taps twice before the bot has answered. First everybody begins (`begin`) and waits with
the first question before them, so that what is measured afterwards (`go`) is answers and nothing else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.bench.questions import DONE, MARK

Crowd = tuple[int, int, str]
"""Some people: the first user id, how many, and what the link that they come by holds."""

BOT = {"id": 42, "is_bot": True, "first_name": "Bot", "username": "bench_bot", "can_read_all_group_messages": False}


class People:
    """Everybody's private chat with the bot. `deliver` takes an update, as JSON, that is ready to be fetched."""

    def __init__(self, crowds: Iterable[Crowd], deliver: Callable[[bytes], None]) -> None:
        self._starts = {first + n: f"/start {word}".strip() for first, count, word in crowds for n in range(count)}
        self.users, self._deliver = list(self._starts), deliver
        self._update_id = self._message_id = int(1000 * time.time())  # above all that a database has seen before
        self._awake = False  # before they begin, they read and answer nothing
        self._held: dict[int, dict[str, Any]] | None = {}  # the taps on the first question, until all may go
        self._asked_at: dict[int, float] = {}  # of those who have tapped an answer and wait for what comes next
        self.latencies: list[float] = []  # milliseconds, from the tap being ready until the next message has come
        self.finished: set[int] = set()

    # -- what they do ------------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """Everyone comes by the link that starts the conversation."""
        self._awake = True
        for person, start in self._starts.items():
            entity = [{"type": "bot_command", "offset": 0, "length": len("/start")}]
            self._put({"message": {**self._message(person), "text": start, "entities": entity}})

    def asked(self) -> int:
        """How many have the first question before them."""
        return len(self._held or ())

    def all_asked(self) -> bool:
        """Whether everyone has."""
        return self.asked() == len(self.users)

    def go(self) -> None:
        """Everyone answers."""
        held, self._held = self._held or {}, None
        for person, tap in held.items():
            self._asked_at[person] = time.perf_counter()
            self._put(tap)

    def heard(self, person: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The bot says something to a person; the message as Telegram returns it."""
        text, markup = params.get("text", ""), params.get("reply_markup")
        markup = json.loads(markup) if isinstance(markup, str) else markup
        message = self._message(person, int(params["message_id"]) if method.startswith("edit") else 0)
        message |= {"text": text, "from": BOT}
        keys = (markup or {}).get("inline_keyboard", [])
        if self._awake and person in self._starts and (keys or DONE in text):
            if person in self._asked_at:
                self.latencies.append(1000 * (time.perf_counter() - self._asked_at.pop(person)))
            if DONE in text:
                self.finished.add(person)
            elif "callback_data" in keys[0][0]:
                self._tap(person, message | {"reply_markup": markup}, keys[0][0]["callback_data"], MARK in text)
        return message

    # -- how that looks to the bot -----------------------------------------------------------------------------------
    def _tap(self, person: int, message: dict[str, Any], data: str, answers: bool) -> None:
        update = {
            "callback_query": {
                "id": str(person * 1000 + len(self.latencies) % 1000),
                "from": {"id": person, "is_bot": False, "first_name": f"P{person}"},
                "chat_instance": "1",
                "data": data,
                "message": message,
            }
        }
        if answers and self._held is not None:
            self._held[person] = update
            return
        if answers:
            self._asked_at[person] = time.perf_counter()
        self._put(update)

    def _message(self, person: int, message_id: int = 0) -> dict[str, Any]:
        self._message_id += not message_id
        chat = {"id": person, "type": "private", "first_name": f"P{person}"}
        sender = {"id": person, "is_bot": False, "first_name": f"P{person}"}
        return {"message_id": message_id or self._message_id, "date": int(time.time()), "chat": chat, "from": sender}

    def _put(self, update: dict[str, Any]) -> None:
        update["update_id"] = self._update_id
        self._update_id += 1
        self._deliver(json.dumps(update).encode())
