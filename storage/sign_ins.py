"""Sign-ins to the page, and admissions: people let into a group by a coordinator, as Telegram does not know them.

A sign-in is known by the keyed hash of a secret that only the person's browser has: a copied database opens none.
"""

from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from storage.records import Admission, SignIn
from storage.repository import Records
from storage.table import RecordTable, seconds

GOOD_FOR = timedelta(days=92)  # a yes of those who coordinate to somebody's seat: a quarter


class SignIns(Records[SignIn]):
    """The browsers in which people are signed in."""

    table = RecordTable("sign_ins", SignIn, sealed=("begun", "device", "proved"))
    owner = None

    async def begin(self, secret: str, person_id: int, ends_at: datetime, *, begun: str, device: str) -> SignIn:
        """Sign a person in: a browser with this secret is theirs until then. `begun`: ISO date; `device`: its name."""
        id, mark = self._caches.new_id("sign_ins"), self._caches.keyring.link_hash(secret)
        return await self._add(id, SignIn(id, person_id, mark, ends_at.replace(microsecond=0), begun, device, 0))

    async def find(self, secret: str) -> SignIn | None:
        """Return the sign-in of a secret; None if it was made up, has expired or was ended."""
        found = await self._select("WHERE mark = ?", (self._caches.keyring.link_hash(secret),))
        return found[0] if found and found[0].ends_at > self._now() else None

    async def of_person(self, person_id: int) -> list[SignIn]:
        """Return a person's sign-ins, the latest first."""
        return await self._select(
            "WHERE person_id = ? AND ends_at > ? ORDER BY id DESC", (person_id, seconds(self._now()))
        )

    async def prove(self, id: int) -> SignIn:
        """Note that a one-time code was given in this browser just now."""
        return await self._update(id, proved=seconds(self._now()))

    async def prolong(self, id: int, ends_at: datetime) -> SignIn:
        """Let this browser stay signed in until that time (UTC)."""
        return await self._update(id, ends_at=ends_at.replace(microsecond=0))

    async def end(self, id: int) -> None:
        """Sign this browser out."""
        self._session.write("DELETE FROM sign_ins WHERE id = ?", (id,))
        self._session.wipe_log = True

    async def end_all(self, person_id: int) -> None:
        """Sign a person out everywhere."""
        self._session.write("DELETE FROM sign_ins WHERE person_id = ?", (person_id,))
        self._session.wipe_log = True

    async def prune(self) -> None:
        """Delete sign-ins that have expired."""
        self._session.write("DELETE FROM sign_ins WHERE ends_at <= ?", (seconds(self._now()),))


class AdmissionChanges(TypedDict, total=False):
    """The fields of an admission that can be changed."""

    name: str
    state: str
    confirmed: str


class Admissions(Records[Admission]):
    """Requests to join a group, and the coordinators' answers."""

    table = RecordTable("admissions", Admission, sealed=("name", "confirmed"), bound=("group_id", "person_id", "state"))

    async def update(self, id: int, **changes: Unpack[AdmissionChanges]) -> Admission:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    def is_fresh(self, admission: Admission) -> bool:
        """True if a coordinator has confirmed within a quarter of a year that the person is in the group."""
        return date.fromisoformat(admission.confirmed) + GOOD_FOR > self._now().date()

    async def of(self, group_id: int, person_id: int) -> Admission | None:
        """Return a person's request to join a group, None if there is none."""
        found = await self._select("WHERE group_id = ? AND person_id = ?", (group_id, person_id))
        return found[0] if found else None

    async def waits(self, person_id: int) -> bool:
        """True if a person has asked to join a group, and no coordinator has answered yet."""
        return bool(await self._select("WHERE person_id = ? AND state = 'asked'", (person_id,)))

    async def of_group(self, group_id: int) -> list[Admission]:
        """All requests to join a group, in the order they were made."""
        return await self._select("WHERE group_id = ? ORDER BY id", (group_id,))

    async def ask(self, group_id: int, person_id: int, name: str) -> Admission:
        """Add a request to join under this name; after a no it is open again."""
        known = await self.of(group_id, person_id)
        if known is not None:
            state = "asked" if known.state == "out" else known.state
            return await self.update(known.id, name=name, state=state)
        id = self._caches.new_id("admissions")
        return await self._add(id, Admission(id, group_id, person_id, "asked", name, ""))
