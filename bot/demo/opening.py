"""The opening of the new town: three people join and the first exercise begins, so that a visitor can answer at once.

It is done as people do it, through the sandbox: the first of the group coordinates, two more keep her company.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace

from bot.app import Bot
from bot.context.context import Context
from bot.context.sealed_actions import Action, private_scope
from bot.demo.others import GLANCE, PATIENCE, Others
from bot.features.journey.own_hand import Task, waiting
from bot.sandbox.errors import ActError
from bot.sandbox.sandbox import Sandbox
from storage.records import Person, private_chat

COMPANY = 3  # how many have joined: as many as it takes for nobody's answer to be known as theirs


class Opening:
    """Opens one group, whose members are `people`, first the one whom the visitor plays."""

    def __init__(self, sandbox: Sandbox, bot: Bot, others: Others, people: list[int]) -> None:
        self._sandbox, self._bot, self._others, self._people = sandbox, bot, others, people
        self._busy = asyncio.Lock()

    async def __call__(self) -> dict[str, int]:
        """Open the town and return whom the visitor plays. An exercise that has begun already is left."""
        async with self._busy:
            visitor = self._people[0]
            if await self._in_group(visitor) is None:
                company = self._people[:COMPANY]
                with suppress(ActError):  # all of them are in
                    await self._others.answer([user for user in self._sandbox.world.users if user not in company])
            if (action := await self._next(visitor)) is not None:
                await self._begin(visitor, action)
            return {"person": visitor}

    async def _begin(self, visitor: int, action: Action) -> None:
        """Press the button that opens the exercise, and wait until it is there."""
        person = await self._in_group(visitor)
        newest = next(one for one in reversed(self._sandbox.chat(visitor).messages.values()) if one.had_buttons)
        assert person is not None
        data = self._bot.services.buttons.seal(private_scope(person), action)
        self._sandbox.act(visitor, "press", chat=visitor, message_id=newest.id, data=data, stale=True)
        for _ in range(int(PATIENCE / GLANCE)):
            if await self._next(visitor) is None and not self._sandbox.pending() and await self._told(person):
                return
            await asyncio.sleep(GLANCE)

    async def _told(self, person: Person) -> bool:
        """True if all that the bot has to say to this person stands in their chat."""
        async with self._bot.store.work() as work:
            newest = await work.outbox.newest(private_chat(person.id))
            return newest is None or newest.message_id is not None

    async def _in_group(self, visitor: int) -> Person | None:
        """The visitor as the bot knows them, once they have agreed to what the group promises."""
        async with self._bot.store.work() as work:
            person = await work.people.by_user(visitor)
            members = await work.members.of_person(person.id) if person else ()
            return person if any(member.agreed_at for member in members) else None

    async def _next(self, visitor: int) -> Action | None:
        """Return the button that begins the next exercise; None if one is open, or the visitor has not joined."""
        async with self._bot.store.work() as work:
            person = await work.people.by_user(visitor)
            for member in await work.members.of_person(person.id) if person else ():
                ctx = Context(self._bot.services, work, self._sandbox.now())
                for one in await waiting(ctx, await work.groups.get(member.group_id), member):
                    if one.task is Task.BEGIN and one.key.action is not None:
                        return replace(one.key.action, verb="begin")
        return None
