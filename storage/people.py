"""People: who has ever spoken with the bot. Numbers only; names belong to memberships."""

from storage.records import Person
from storage.repository import REMEMBERED, Records
from storage.table import Table


class People(Records[Person]):
    """Who has ever spoken with the bot."""

    table = Table("people", Person)
    owner = None
    cached = REMEMBERED

    async def by_user(self, user_id: int) -> Person | None:
        """The person with this Telegram id."""
        ids = self._memory.cache("people by user")
        if user_id in ids:
            return await self.get(ids[user_id])
        found = await self._select("WHERE user_id = ?", (user_id,))
        if not found:
            return None
        ids[user_id] = found[0].id
        return found[0]

    async def ensure(self, user_id: int) -> Person:
        """The person with this Telegram id, who is new if never met."""
        person = await self.by_user(user_id)
        if person is None:
            id = self._memory.new_id("people")
            person = await self._add(id, Person(id, user_id, "new", None, None, False, self._now()))
        return person
