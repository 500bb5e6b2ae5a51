"""People: who has ever spoken with the bot. Numbers only; names belong to memberships."""

from datetime import datetime
from typing import TypedDict, Unpack

from storage.records.outbox import LIVE
from storage.records.passkeys import Passkeys
from storage.records.records import OWN_NUMBERS, Person, Reach
from storage.records.repository import REMEMBERED, Records
from storage.records.sign_ins import SignIns
from storage.table import RecordTable, seconds

# Those who came before that time and never got a seat, and for whom nothing waits.
PASSERS_BY = """SELECT id FROM people WHERE created_at < ?
    AND NOT EXISTS (SELECT 1 FROM members WHERE person_id = people.id)
    AND NOT EXISTS (SELECT 1 FROM links WHERE person_id = people.id)
    AND NOT EXISTS (SELECT 1 FROM ballots WHERE purpose = 'admission' AND ref = CAST(people.id AS TEXT))
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE chat = 'p:' || people.id AND state = 'queued')"""
FORGET = (
    f"DELETE FROM outbox WHERE chat = 'p:' || :id AND {LIVE}",
    "DELETE FROM dead_letters WHERE person_id = :id",
    "DELETE FROM habits WHERE person_id = :id",
    "DELETE FROM absences WHERE person_id = :id",
    "DELETE FROM mails WHERE person_id = :id",
    "DELETE FROM mail_addresses WHERE person_id = :id",
    "DELETE FROM kept_chats WHERE chat = 'p:' || :id",
    "DELETE FROM people WHERE id = :id",
)


class PersonChanges(TypedDict, total=False):
    """The fields of a person that can be changed."""

    user_id: int
    reach: Reach
    current_group: int | None
    focus: int | None
    stopped: bool
    epoch: int


class People(Records[Person]):
    """Who has ever spoken with the bot."""

    table = RecordTable("people", Person, sealed=("focus",), bound=("user_id", "epoch"))  # bot's own key
    owner = None
    cached = REMEMBERED

    async def update(self, id: int, **changes: Unpack[PersonChanges]) -> Person:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def by_user(self, user_id: int) -> Person | None:
        """The person with this Telegram id, None if they have never spoken with the bot."""
        found = await self._all_of("user_id", user_id)
        return found[0] if found else None

    async def ensure(self, user_id: int) -> Person:
        """Return the person with this Telegram id, added if there is none."""
        person = await self.by_user(user_id)
        if person is None:
            id = self._caches.new_id("people")
            self._joined(id, user_id=user_id)
            person = await self._add(id, Person(id, user_id, Reach.NEW, None, None, False, self._now()))
        return person

    async def add_own(self) -> Person:
        """Add somebody without a Telegram id, who came to the page by themselves and so may be written to."""
        id = self._caches.new_id("people")
        self._joined(id, user_id=OWN_NUMBERS + id)
        return await self._add(id, Person(id, OWN_NUMBERS + id, Reach.REACHABLE, None, None, False, self._now()))

    async def seal_anew(self, group_id: int) -> None:
        """Seal the rows of everybody in a group again, so that nobody can see whose row has just changed."""
        seats = "SELECT person_id FROM members WHERE group_id = ?"
        for person in await self._select(f"WHERE id IN ({seats}) ORDER BY id", (group_id,)):
            await self._save(person.id, person, person)

    async def prune(self, before: datetime) -> None:
        """Delete those who came before that time and never got a seat anywhere."""
        for row in await self._session.rows(PASSERS_BY, (seconds(before),)):
            for statement in FORGET:
                self._session.write(statement, {"id": row["id"]})
            await SignIns(self._session, self._caches).end_all(row["id"])
            await Passkeys(self._session, self._caches).remove_all(row["id"])
            self._caches.forget()
