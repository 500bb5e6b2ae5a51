"""The opening of the new town: three people join and the first exercise begins, so that a visitor can answer at once.

It is done as people do it, through the sandbox: the first of the group coordinates, two more keep her company. The
door opens when all of it is done, however slow the machine is; if nothing moves any more it says so, and the next press
goes on from there.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from bot.app import Bot
from bot.context.context import Context
from bot.context.sealed_actions import Action, private_scope
from bot.demo.others import GLANCE, PATIENCE, UNFINISHED, Others
from bot.features.coordination.coordinator_tasks import waiting
from bot.features.coordination.task_kinds import Task
from bot.sandbox.errors import ActError
from bot.sandbox.sandbox import Sandbox
from storage.records.records import private_chat

COMPANY = 3  # how many have joined: as many as it takes for nobody's answer to be known as theirs


class Opening:
    """Opens one group, whose members are `people`, first the one whom the visitor plays."""

    def __init__(self, sandbox: Sandbox, bot: Bot, others: Others, people: list[int]) -> None:
        self._sandbox, self._bot, self._others, self._people = sandbox, bot, others, people
        self._busy = asyncio.Lock()

    async def __call__(self) -> dict[str, int]:
        """Open the town and return whom the visitor plays. An exercise that has begun already is left.

        Raises ActError if the bot does not get on with it.
        """
        async with self._busy:
            visitor, company = self._people[0], self._people[:COMPANY]
            if not await self._joined(company):
                with suppress(ActError):  # nobody has anything left to do
                    await self._others.answer([user for user in self._sandbox.world.users if user not in company])
                await self._until(lambda: self._joined(company))
            if (action := await self._next(visitor)) is not None:
                await self._begin(visitor, action)
            await self._until(lambda: self._settled(visitor))
            return {"person": visitor}

    async def _until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something holds, for as long as anything happens in the town. Raises ActError after that."""
        seen, moved = self._sandbox.version, time.monotonic()
        while not await holds():
            if time.monotonic() > moved + PATIENCE:
                raise ActError(UNFINISHED)
            await asyncio.sleep(GLANCE)
            if self._sandbox.version != seen:
                seen, moved = self._sandbox.version, time.monotonic()

    async def _begin(self, visitor: int, action: Action) -> None:
        """Press the button that opens the exercise."""
        async with self._bot.store.work() as work:
            person = await work.people.by_user(visitor)
        newest = next(one for one in reversed(self._sandbox.chat(visitor).messages.values()) if one.had_buttons)
        assert person is not None
        data = self._bot.services.buttons.seal(private_scope(person), action)
        self._sandbox.act(visitor, "press", chat=visitor, message_id=newest.id, data=data, stale=True)

    async def _settled(self, visitor: int) -> bool:
        """True if the exercise has begun, and all that the bot has to say to the visitor stands in their chat."""
        if self._sandbox.pending() or await self._next(visitor) is not None:
            return False
        async with self._bot.store.work() as work:
            person = await work.people.by_user(visitor)
            newest = await work.outbox.newest(private_chat(person.id)) if person else None
            return newest is None or newest.message_id is not None

    async def _joined(self, company: list[int]) -> bool:
        """True if all of them have answered what is asked of whoever joins, or have left."""
        async with self._bot.store.work() as work:
            people = [await work.people.by_user(user) for user in company]
            seats = [await work.members.of_person(one.id) if one else () for one in people]
            return all(any(member.state in ("active", "left") for member in own) for own in seats)

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
