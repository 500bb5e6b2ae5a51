"""All that the bot says and keeps while a town is played: each message with its buttons, and where each word lies."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

from bot.sandbox import Sandbox
from storage.records.outbox import Outbox
from storage.records.records import OutboxKind
from storage.vault.vault import VaultKey

WORD = re.compile(r"qz[a-z]{5}")  # what each text carries, so that it is known again anywhere
PASSING = frozenset({"outbox", "attachments"})  # where a word only waits to be said


@dataclass(frozen=True, slots=True)
class Said:
    """Something the bot said, or said anew."""

    chat: int
    text: str
    labels: tuple[str, ...]
    new: bool  # a message, and not an edit
    file: bool
    gone: bool = False  # nothing was said, but messages were taken out of the chat


@dataclass
class Ears:
    """Listens."""

    said: list[Said] = field(default_factory=list)  # since the last look
    kept: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # the places where a word was sealed
    reminders: list[tuple[str, datetime]] = field(default_factory=list)  # queued since the last look: to whom and when

    def take(self) -> list[Said]:
        """What was said since the last look."""
        said, self.said = self.said, []
        return said

    def places(self, word: str) -> frozenset[str]:
        """Where a word is or was kept: `table/id`."""
        return frozenset(self.kept.get(word, ()))


@contextmanager
def listening(sandbox: Sandbox) -> Iterator[Ears]:
    """Hear all that the bot calls, and see all that it seals, before it is sealed."""
    ears, call, seal, put = Ears(), sandbox.call, VaultKey.seal, Outbox.put

    def called(method: str, given: Mapping[str, Any], **more: Any) -> Any:
        result = call(method, given, **more)
        if method.startswith(("send", "editMessage")) and "chat_id" in given and method != "sendChatAction":
            ears.said.append(_said(method, given))
        elif method.startswith("deleteMessage"):
            ears.said.append(Said(int(given["chat_id"]), "", (), new=False, file=False, gone=True))
        return result

    def sealed(key: VaultKey, context: str, data: bytes) -> bytes:
        table, _, rest = context.partition("/")
        if table not in PASSING and b"qz" in data:
            for word in WORD.findall(data.decode(errors="ignore")):
                ears.kept[word].add(f"{table}/{rest.partition('/')[0]}")
        return seal(key, context, data)

    async def queued(outbox: Outbox, chat: str, kind: OutboxKind, content: dict[str, Any], **more: Any) -> int:
        if more.get("priority", 0) < 0 and getattr(more.get("context"), "once", False):
            ears.reminders.append((chat, sandbox.now()))
        return await put(outbox, chat, kind, content, **more)

    sandbox.call = called  # type: ignore[method-assign]
    with patch.object(VaultKey, "seal", sealed), patch.object(Outbox, "put", queued):
        yield ears


def _said(method: str, given: Mapping[str, Any]) -> Said:
    markup = given.get("reply_markup") or {}
    markup = json.loads(markup) if isinstance(markup, str) else markup
    rows = markup.get("inline_keyboard", [])
    text = str(given.get("text") or given.get("caption") or "")
    labels = tuple(key["text"] for row in rows for key in row)
    file = method in ("sendDocument", "sendPhoto")
    return Said(int(given["chat_id"]), text, labels, method.startswith("send"), file)
