"""The busy ones: people of several towns who come in, answer, change and add, all at once, until it is enough."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

from bot.sandbox import Sandbox
from tests.durability.process import until
from tests.durability.resident import EACH, REGISTER, START, VOICE, Resident, Stuck

NAMES = ("Alva", "Bo", "Cia", "David", "Elin")  # of each town; the first coordinates
TOWNS = ("Ettstad", "Tvåstad", "Trestad", "Fyrstad", "Femstad", "Sexstad", "Sjustad", "Åttastad")


class Town:
    """A group and its people."""

    def __init__(self, sandbox: Sandbox, title: str, names: Sequence[str], luck: random.Random) -> None:
        self.title, self._sandbox, self._luck = title, sandbox, luck
        self.people = [Resident(sandbox, name, luck=random.Random(luck.random())) for name in names]
        self.chat = sandbox.create_group(title, self.people[0].id, [person.id for person in self.people[1:]])
        for person in self.people:
            person.group = self.chat
        self._begun, self._all_in = asyncio.Event(), asyncio.Barrier(len(self.people))

    def deeds(self, enough: asyncio.Event) -> list[Any]:
        """What they do, as coroutines, until it is enough and the group has seen what all have answered."""
        self._sandbox.act(self.people[0].id, "add_bot", chat=self.chat)
        return [self._coordinate(self.people[0]), *(self._take_part(person, enough) for person in self.people[1:])]

    async def _coordinate(self, person: Resident) -> None:
        """Join, begin both exercises, answer, and wait with handing in, so that the others can change theirs."""
        await person.join()
        await person.begin(EACH, START)
        await person.begin(REGISTER, VOICE.label("card.rows"))
        self._begun.set()
        await person.answer()
        await self._all_in.wait()
        await person.hand_in_late()
        try:
            await until(self._sandbox, self._sees_the_picture)
        except TimeoutError:
            raise Stuck(f"{self.title} waits for the picture of all answers") from None

    async def _take_part(self, person: Resident, enough: asyncio.Event) -> None:
        """Join, answer, hand in, and then add rows to the register and change answers."""
        await person.join()
        await self._begun.wait()
        await person.answer()
        await person.hand_in()
        await person.open_register()
        await person.add_row()
        await person.change()
        while not enough.is_set():
            await (person.add_row() if self._luck.random() < 0.3 else person.change())
        await self._all_in.wait()

    def _sees_the_picture(self) -> bool:
        label = VOICE.label("write")
        shown = self._sandbox.chat(self.chat).messages.values()
        keys = (key for m in shown for row in (m.markup or {}).get("inline_keyboard", []) for key in row)
        return any(key["text"] == label for key in keys)
