"""Writes down what is played on the page as a transcript: what people did, and what the bot showed them after it."""

import re
from collections.abc import Mapping

from bot.demo.screen import Screen
from bot.demo.transcript import DEEDS, MEDIA
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import Message
from storage.json_records import Json

DAY, HOUR, MINUTE = 86_400, 3_600, 60  # seconds
_DEED = {act: word for word, act in DEEDS.items()}
_MEDIUM = {act: word for word, act in MEDIA.items()}


class Recorder:
    """Observes one group of a sandbox. What cannot be said in a transcript becomes a comment."""

    def __init__(self, sandbox: Sandbox, chat: int, people: Mapping[int, str]) -> None:
        """`people`: first names by id, of the group that `chat` is."""
        self._sandbox, self._chat, self._names = sandbox, chat, dict(people)
        self._lines = ["# Spelat i webbläsaren.", "", f"Grupp: {', '.join(people.values())}"]
        self._screen = Screen(sandbox, lambda: {"gruppen": self._group(), **{n: id for id, n in self._names.items()}})
        self._clock = sandbox.now()
        sandbox.observe(self._act)

    @property
    def people(self) -> list[int]:
        """Return who is in the group, the one who made it first."""
        return list(self._names)

    def transcript(self) -> str:
        """Return what has been played until now."""
        self._look()
        return "\n".join(self._lines) + "\n"

    def wound(self, seconds: float) -> None:
        """Time has gone by because somebody wound the clock."""
        self._look()
        for length, one, many in ((DAY, "dag", "dagar"), (HOUR, "timme", "timmar"), (MINUTE, "minut", "minuter")):
            if number := int(seconds // length):
                self._lines.append(f"Klockan går {number} {one if number == 1 else many}")
                seconds -= number * length

    def _group(self) -> int:
        while (moved := self._sandbox.chat(self._chat).migrated_to) is not None:
            self._chat = moved
        return self._chat

    def _look(self) -> None:
        self._lines += self._screen.expectations()

    def _act(self, person: int, action: str, details: Mapping[str, Json]) -> None:
        self._look()
        name = self._names.get(person)
        self._lines.append(self._line(name, action, details) if name else f"# {action}: någon utanför gruppen")

    def _line(self, name: str, action: str, details: Mapping[str, Json]) -> str:
        chat = int(details.get("chat") or 0)
        there = " i gruppen" if chat == self._group() else ""
        match action:
            case "send_text":
                text = str(details["text"]).replace("\n", "\\n")
                if replied := self._message(chat, details.get("reply_to")):
                    whom = "gruppen" if there else "boten"
                    return f"{name} svarar {whom} «{_words(replied)}»: {text}"
                return f"{name}{there}: {text}"
            case "press":
                return f"{name} trycker{there} [{self._label(chat, details)}]"
            case "open_link":
                return f"{name} trycker i gruppen [{self._linked(str(details.get('url')))}]"
            case "edit_text":
                own = self._message(chat, details.get("message_id"))
                return f"{name} ändrar{there} «{_words(own) if own else ''}» till: {details['text']}"
            case _ if action in _DEED:
                return f"{name}: {_DEED[action]}"
            case _ if action in _MEDIUM:
                return f"{name} skickar {_MEDIUM[action]}"
        return f"# {name}: {action}"

    def _message(self, chat: int, id: Json) -> Message | None:
        return self._sandbox.chat(chat).messages.get(int(id)) if id is not None else None

    def _label(self, chat: int, details: Mapping[str, object]) -> str:
        message = self._message(chat, details.get("message_id"))
        keyboard = (message.markup or {}).get("inline_keyboard", []) if message else []
        for row, keys in enumerate(keyboard):
            for column, key in enumerate(keys):
                if key.get("callback_data") == details.get("data") or (row, column) == (
                    details.get("row"),
                    details.get("col"),
                ):
                    return str(key["text"])
        return "?"

    def _linked(self, url: str) -> str:
        for message in reversed(self._sandbox.chat(self._group()).messages.values()):
            for keys in (message.markup or {}).get("inline_keyboard", []):
                for key in keys:
                    if key.get("url") == url:
                        return str(key["text"])
        return "?"


def _words(message: Message) -> str:
    """A few words that tell a message from others."""
    return re.sub(r"[«»].*", "", str(message.content.get("text", "")).strip().partition("\n")[0])[:60].strip()
