"""People who use the bot for as long as one likes: they tap what is on their screens and write what they please.

It is a town as in the transcripts, wound forward day by day. Chance is seeded, so that what went wrong can be played
again.
"""

import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from bot.demo.town import Town
from bot.sandbox.errors import ActError
from bot.sandbox.world import Message

WORDS = ("Det vet vi inte än.", "Hotellen vid stationen.", "Polisen, socialtjänsten & vi <ideella>", "3", "2027-09-01")
COMMANDS = ("/start", "/steg", "/vantar", "/deltagare", "/hjalp", "/ring", "/svara", "/mig", "/avbryt")
SEEN = 4  # messages at the end of a chat whose buttons are tapped
KEPT = 40  # messages of a chat that the played Telegram keeps: what is measured is the bot


class Monkeys:
    """The people of some groups."""

    def __init__(self, town: Town, groups: int, people: int, seed: int = 7) -> None:
        self.town = town
        self._luck = random.Random(seed)
        self._groups = {f"Grupp {g}": [f"P{g}.{n}" for n in range(people)] for g in range(groups)}

    async def begin(self) -> None:
        """Add the bot to each group, and let all follow the link."""
        for group, people in self._groups.items():
            self.town.group(group, *people)
            await self.town.act(people[0], "add_bot", chat=self.town.groups[group])
            for name in people:
                await self._try(name, group)

    async def day(self, acts: int) -> None:
        """So many acts of people chosen by chance, and then the night."""
        for _ in range(acts):
            group = self._luck.choice(list(self._groups))
            name = self._luck.choice(self._groups[group])
            await self._try(name, group if self._luck.random() < 0.15 else "privat")
        await self.town.wind(days=1)
        self._forget()

    async def _try(self, name: str, chat: str) -> None:
        with suppress(ActError):  # no phone would have let them do that
            await self._act(name, chat)

    async def _act(self, name: str, chat: str) -> None:
        place, luck = self.town.chat_id(name, chat), self._luck.random()
        keys = list(self._keys(name, chat))
        if keys and luck < 0.75:
            message, row, column, key = self._luck.choice(keys)
            if "url" in key:
                await self.town.act(name, "open_link", url=key["url"])
            else:
                await self.town.act(name, "press", chat=place, message_id=message.id, row=row, col=column)
        elif luck < 0.9 and chat == "privat":
            await self.town.act(name, "send_text", chat=place, text=self._luck.choice(WORDS))
        else:
            await self.town.act(name, "send_text", chat=place, text=self._luck.choice(COMMANDS))

    def _keys(self, name: str, chat: str) -> Iterator[tuple[Message, int, int, dict[str, Any]]]:
        for message in self.town.messages(name, chat)[-SEEN:]:
            for row, keys in enumerate((message.markup or {}).get("inline_keyboard", [])):
                for column, key in enumerate(keys):
                    yield message, row, column, key

    def _forget(self) -> None:
        """Let the played Telegram forget what is far up in the chats: its memory is not what is measured."""
        for chat in self.town.sandbox.world.chats.values():
            for old in list(chat.messages)[:-KEPT]:
                del chat.messages[old]
        self.town._tapped.clear()
        self.town.sandbox.world.updates.produced.clear()
        self.town.sandbox.world.queries.clear()
