"""What somebody reads in a chat: the bot's own words, as they are sent.

What people wrote is no word of ours, and buttons are counted apart. Of what is folded Telegram shows a few lines; here
it is counted apart as a whole. In a private chat every state of a message is a screen that is read; in the group an
edit counts with the lines that are new, as nobody reads a status card twice.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from bot.demo.town import Town
from bot.sandbox import Sandbox
from bot.sandbox.params import Files
from bot.sandbox.wire import Given
from storage.json_records import Json

SAYS = {"sendmessage", "editmessagetext", "sendphoto", "senddocument", "editmessagecaption"}
WORD = re.compile(r"\w+")
SENTENCE = 5  # words of a sentence that somebody notices when it is said again
HOUR = 3600
LEAST = 3  # signs of a text that somebody wrote and that is looked for in what the bot says


@dataclass(frozen=True, slots=True)
class Screen:
    """One state of a message: what is seen at once, and what is folded."""

    chat: int
    message: int
    shown: str
    folded: str
    at: int  # seconds, as Telegram dates it


class Reading:
    """All that the bot says in a town, in the order in which it is said."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.screens: list[Screen] = []
        self._theirs: list[str] = []
        self._counted: dict[str, int] = {}

    def words(self, chat: int, since: int = 0, until: int | None = None) -> tuple[int, int]:
        """Return how many of our words are read in a chat, and how many are folded there."""
        screens = [screen for screen in self.screens[since:until] if screen.chat == chat]
        self._look_again()
        lines: dict[int, set[str]] = {}
        stood: dict[int, str] = {}
        shown = folded = 0
        for screen in screens:
            text = screen.shown
            if stood.get(screen.message) == text:
                continue  # only a tick, or a button
            stood[screen.message] = text
            if chat < 0:
                seen = lines.setdefault(screen.message, set())
                text = "\n".join(line for line in text.split("\n") if line not in seen)
                seen.update(screen.shown.split("\n"))
            shown += self._ours(text)
            folded += self._ours(screen.folded)
        return shown, folded

    def said_twice(self) -> Iterator[str]:
        """Yield each sentence of ours that stands twice in a message, or again in the next one of a chat that hour."""
        self._look_again()
        last: dict[int, tuple[Screen | None, set[str]]] = {}
        for screen in self.screens:
            said = [one for one in _sentences(screen.shown) if self._ours(one) >= SENTENCE]
            before, heard = last.get(screen.chat, (None, set()))
            last[screen.chat] = screen, set(said)
            if before and before.shown == screen.shown:
                continue  # only a tick, or a button
            yield from (one for one, times in Counter(said).items() if times > 1)
            if before and before.message != screen.message and screen.at - before.at <= HOUR:
                yield from heard.intersection(said)

    def _look_again(self) -> None:
        written = sorted(self._written(), key=len, reverse=True)
        if written != self._theirs:
            self._theirs, self._counted = written, {}

    def _ours(self, text: str) -> int:
        """Return how many words of a text are not of those that people wrote."""
        return sum(self._ours_of(line) for line in text.split("\n"))

    def _ours_of(self, line: str) -> int:
        if line not in self._counted:
            left = line
            for written in self._theirs:
                if written in left:
                    left = left.replace(written, " ")
            self._counted[line] = len(WORD.findall(left))
        return self._counted[line]

    def _written(self) -> set[str]:
        bot = self.town.sandbox.world.bot.id
        said = (m for chat in self.town.sandbox.world.chats.values() for m in chat.messages.values() if m.sender != bot)
        return {line for m in said for line in str(m.content.get("text") or "").split("\n") if len(line) >= LEAST}


def _sentences(text: str) -> Iterator[str]:
    for line in text.replace("\xa0", " ").split("\n"):
        yield from re.split(r"(?<=[.?!])\s+", line.strip("• "))


@contextmanager
def read(town: Town) -> Iterator[Reading]:
    """Keep all that the bot says in a town."""
    reading, call = Reading(town), Sandbox.call

    def heard(self: Sandbox, method: str, given: Given, *, token: str, files: Files | None = None) -> Json:
        result = call(self, method, given, token=token, files=files)
        if method.lower() in SAYS and isinstance(result, dict):
            reading.screens.append(screen_of(result))
        return result

    with patch.object(Sandbox, "call", heard):
        yield reading


def screen_of(sent: dict[str, Json]) -> Screen:
    """Return what is seen of a message as Telegram tells of it."""
    text = str(sent.get("text") or sent.get("caption") or "")
    units = text.encode("utf-16-le")
    entities = sent.get("entities") or sent.get("caption_entities") or []
    shown, folded, at = "", "", 0
    for entity in entities:
        if entity["type"] == "expandable_blockquote":
            start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
            shown += units[at:start].decode("utf-16-le")
            folded += units[start:end].decode("utf-16-le") + "\n"
            at = end
    shown += units[at:].decode("utf-16-le")
    return Screen(sent["chat"]["id"], sent["message_id"], shown, folded, sent.get("edit_date") or sent["date"])
