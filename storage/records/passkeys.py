"""Passkeys: keys in telephones and computers, by which their owners show on the page who they are.

Only the public half is kept: whoever copies the database signs in with none.
"""

import dataclasses
from dataclasses import dataclass, replace
from datetime import date

from storage.records.repository import Records
from storage.table import RecordTable


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key of a person's telephone or computer, of which this is the public half."""

    id: int
    person_id: int
    credential: str  # its id, base64
    public_key: str  # base64
    counter: int  # how often it was used, as it says itself; 0 for one that does not count
    name: str = dataclasses.field(repr=False)  # what its owner calls it
    made: str  # ISO date
    used: str = ""  # ISO date of the latest use; empty before it


class Passkeys(Records[Passkey]):
    """The passkeys that people have added.

    Whose each is is sealed, and all are sealed anew when one is used: nobody without the key sees whose it was.
    """

    table = RecordTable(
        "passkeys", Passkey, sealed=("person_id", "credential", "public_key", "counter", "name", "made", "used")
    )
    owner = None

    async def add(self, person_id: int, credential: tuple[str, str], counter: int, *, name: str, made: date) -> Passkey:
        """Keep a person's new key. `credential`: its id and public key, base64; `counter`: its own count."""
        return await self._new(lambda id: Passkey(id, person_id, *credential, counter, name, made.isoformat()))

    async def find(self, credential: str) -> Passkey | None:
        """Return the key with this id; None if there is none (any more)."""
        return next((key for key in await self._every() if key.credential == credential), None)

    async def people(self) -> set[int]:
        """Return who has a key."""
        return {key.person_id for key in await self._every()}

    async def of_person(self, person_id: int) -> list[Passkey]:
        """Return a person's keys, the oldest first."""
        return [key for key in await self._every() if key.person_id == person_id]

    async def used(self, id: int, counter: int, today: date) -> None:
        """Note that a key was used today, and where its own count stands."""
        for key in await self._every():
            await self._save(
                key.id, key, replace(key, counter=counter, used=today.isoformat()) if key.id == id else key
            )
        self._session.wipe_log = True

    async def remove(self, id: int) -> None:
        """Delete a key."""
        self._wipe("WHERE id = ?", (id,))

    async def remove_all(self, person_id: int) -> None:
        """Delete a person's keys."""
        for key in await self.of_person(person_id):
            await self.remove(key.id)

    async def _every(self) -> list[Passkey]:
        return await self._select("ORDER BY id")  # decrypts them all: there are few
