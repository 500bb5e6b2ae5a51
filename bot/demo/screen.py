"""What the chats of a town show: messages of the bot and, as lines, what is new or what a transcript expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.sandbox import Sandbox
from bot.sandbox.world import Message
from messages.line_breaks import NO_BREAK
from storage.json_records import JsonObject


class Screen:
    """What the chats of a town show, looked at again and again."""

    def __init__(self, sandbox: Sandbox, chats: Callable[[], Mapping[str, int]]) -> None:
        """`chats` tells which there are now: their ids by what a transcript calls them."""
        self._sandbox, self._chats = sandbox, chats
        self._seen: dict[str, dict[int, tuple[str, list[str]]]] = {}
        self._toasts = 0

    def shown(self) -> dict[str, dict[int, tuple[str, list[str]]]]:
        """The bot's messages by chat: the text and the labels of the buttons, by the message's number."""
        there = {name: id for name, id in self._chats().items() if id in self._sandbox.world.chats}
        return {name: {m.id: (said(m), labels(m)) for m in of_bot(self._sandbox, id)} for name, id in there.items()}

    def changes(self) -> list[str]:
        """Return what is new or changed since the last look, as lines to read: the text, indented, and its buttons."""
        lines = []
        for chat, messages, _ in self._changed():
            for text, keys in messages:
                lines += [f"    {chat} ← {' '.join(text.split())}"]
                lines += [f"    {' ' * len(chat)}   {in_brackets(keys)}"] if keys else []
        lines += [f"    notis: {toast}" for toast in self._new_toasts()]
        return lines

    def expectations(self) -> list[str]:
        """The same as lines of a transcript: how each chat that has changed looks now."""
        lines = []
        for chat, _, (text, keys) in self._changed():
            first = next((line.strip() for line in text.splitlines() if line.strip()), "")
            lines += [f"> {chat}: {first}"] if first else []
            lines += [f"> knappar {chat}: {in_brackets(keys)}"] if keys else []
        return lines + [f"> notis: {toast}" for toast in self._new_toasts()[-1:]]  # the latest is what a line demands

    def _changed(self) -> Iterator[tuple[str, list[tuple[str, list[str]]], tuple[str, list[str]]]]:
        before, self._seen = self._seen, self.shown()
        for chat, messages in self._seen.items():
            known = before.get(chat, {})
            if fresh := [message for id, message in messages.items() if known.get(id) != message]:
                yield chat, fresh, list(messages.values())[-1]

    def _new_toasts(self) -> list[str]:
        toasts = [str(toast["text"]) for toast in self._sandbox.toasts[self._toasts :] if toast.get("text")]
        self._toasts = len(self._sandbox.toasts)
        return toasts


def of_bot(sandbox: Sandbox, chat: int) -> list[Message]:
    """The bot's messages in a chat, oldest first, as they stand now."""
    return [m for m in sandbox.chat(chat).messages.values() if m.sender == sandbox.bot.id and not m.service]


def said(message: Message) -> str:
    """Return what a message says, with plain spaces, as one writes it; of a file, what stands under it."""
    text = str(message.content.get("text") or message.content.get("caption", ""))
    return text.replace(NO_BREAK, " ")


def labels(message: Message) -> list[str]:
    """The labels of the buttons under a message."""
    return [key["text"] for row in keyboard_of(message) for key in row]


def in_brackets(keys: list[str]) -> str:
    """Return labels as a transcript writes buttons."""
    return " ".join(f"[{key}]" for key in keys)


def keyboard_of(message: Message) -> list[list[JsonObject]]:
    """Return the rows of buttons under a message, as the Bot API has them."""
    return list((message.markup or {}).get("inline_keyboard", []))
