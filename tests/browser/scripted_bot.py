"""A very small bot, so that the page can be tested by itself: it greets, asks, answers, and edits."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any

GREETING = "Hej! Jag följer er på vägen."
QUESTION = "Hur går det?"
ORGANISATION = "Vad heter din organisation?"
COMMANDS = [{"command": "hjalp", "description": "Vad boten kan"}, {"command": "svara", "description": "Svara nu"}]


class ScriptedBot:
    """Polls the sandbox over HTTP on a thread of its own until `stop`."""

    def __init__(self, url: str, token: str) -> None:
        self._host, self._token = url.removeprefix("http://"), token
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self, group: int) -> None:
        """Greet the group and begin to listen."""
        name = self.call("getMe")["username"]
        self.call("setMyCommands", commands=COMMANDS)
        door = _keys([{"text": "Jag är med", "url": f"https://t.me/{name}?start=vaxel"}])
        self.call("sendMessage", chat_id=group, text=GREETING, reply_markup=door)
        self._thread.start()

    def stop(self) -> None:
        """Finish the poll that is running, and end."""
        self._stopped.set()
        self._thread.join(timeout=5)

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of the Bot API; refusals are assertion errors."""
        connection = http.client.HTTPConnection(self._host, timeout=10)
        try:
            body = json.dumps(parameters)
            connection.request("POST", f"/bot{self._token}/{method}", body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        assert answer["ok"], answer
        return answer["result"]

    def _run(self) -> None:
        offset = 0
        while not self._stopped.is_set():
            for update in self.call("getUpdates", offset=offset, timeout=1):
                offset = update["update_id"] + 1
                if "callback_query" in update:
                    self._pressed(update["callback_query"])
                elif "message" in update and "text" in update["message"]:
                    self._wrote(update["message"])

    def _wrote(self, message: dict[str, Any]) -> None:
        chat, text = message["chat"]["id"], message["text"]
        if text.startswith("/start"):
            keys = _keys([{"text": mark, "callback_data": mark} for mark in ("Bra", "Sådär")], _ask_row())
            question = f"<b>{QUESTION}</b> {text[7:]}"
            self.call("sendMessage", chat_id=chat, text=question, parse_mode="HTML", reply_markup=keys)
        elif text.startswith("/hjalp"):
            self.call("sendMessage", chat_id=chat, text="Jag hjälper gärna till.")
        elif "reply_to_message" in message:
            self.call("sendMessage", chat_id=chat, text=f"{text} är antecknat.")

    def _pressed(self, query: dict[str, Any]) -> None:
        place = {"chat_id": query["message"]["chat"]["id"], "message_id": query["message"]["message_id"]}
        if query["data"] == "om":
            self.call("answerCallbackQuery", callback_query_id=query["id"], text="Bara du ser svaret.", show_alert=True)
        elif query["data"] == "org":
            self.call("answerCallbackQuery", callback_query_id=query["id"])
            ask = {"force_reply": True, "input_field_placeholder": "Organisationens namn"}
            self.call("sendMessage", chat_id=place["chat_id"], text=ORGANISATION, reply_markup=ask)
        else:
            self.call("answerCallbackQuery", callback_query_id=query["id"], text=f"Sparat: {query['data']}")
            self.call("editMessageText", **place, text=f"Ditt svar: {query['data']}", reply_markup=_keys(_ask_row()))


def _ask_row() -> list[dict[str, str]]:
    return [{"text": "Vem ser svaret?", "callback_data": "om"}, {"text": "Organisation", "callback_data": "org"}]


def _keys(*rows: list[dict[str, str]]) -> dict[str, Any]:
    return {"inline_keyboard": rows}
