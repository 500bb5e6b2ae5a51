"""Who is signed in where, and who has been let in by a coordinator rather than by a channel that knows the group.

A sign-in is known by the keyed hash of a secret that only the person's browser has: a copied database opens none.
"""

from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from storage.records import Admission, SignIn
from storage.repository import Records
from storage.table import Table, seconds

GOOD_FOR = timedelta(days=92)  # a yes of those who coordinate to somebody's seat: a quarter


class SignIns(Records[SignIn]):
    """The browsers in which people are signed in."""

    table = Table("sign_ins", SignIn, sealed=("begun", "device", "proved"))
    owner = None

    async def begin(self, secret: str, person_id: int, ends_at: datetime, *, begun: str, device: str) -> SignIn:
        """Whoever has the secret is this person until then. `begun`: the ISO date; `device`: what they call it by."""
        id, mark = self._caches.new_id("sign_ins"), self._caches.keyring.link_hash(secret)
        return await self._add(id, SignIn(id, person_id, mark, ends_at.replace(microsecond=0), begun, device, 0))

    async def find(self, secret: str) -> SignIn | None:
        """Whose secret this is; None when it was made up, has ended or was ended."""
        found = await self._select("WHERE mark = ?", (self._caches.keyring.link_hash(secret),))
        return found[0] if found and found[0].ends_at > self._now() else None

    async def of_person(self, person_id: int) -> list[SignIn]:
        """Where a person is signed in, the latest first."""
        return await self._select(
            "WHERE person_id = ? AND ends_at > ? ORDER BY id DESC", (person_id, seconds(self._now()))
        )

    async def prove(self, id: int) -> SignIn:
        """A one-time code was given there just now."""
        return await self._update(id, proved=seconds(self._now()))

    async def end(self, id: int) -> None:
        """Sign out there."""
        self._session.write("DELETE FROM sign_ins WHERE id = ?", (id,))
        self._session.wipe_log = True

    async def end_all(self, person_id: int) -> None:
        """Sign a person out everywhere."""
        self._session.write("DELETE FROM sign_ins WHERE person_id = ?", (person_id,))
        self._session.wipe_log = True

    async def prune(self) -> None:
        """Delete those that have ended."""
        self._session.write("DELETE FROM sign_ins WHERE ends_at <= ?", (seconds(self._now()),))


class AdmissionChanges(TypedDict, total=False):
    """What of an admission can be changed."""

    name: str
    state: str
    confirmed: str


class Admissions(Records[Admission]):
    """Whom the coordinators have let in, or are asked to."""

    table = Table("admissions", Admission, sealed=("name", "confirmed"), bound=("group_id", "person_id", "state"))

    async def update(self, id: int, **changes: Unpack[AdmissionChanges]) -> Admission:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    def is_fresh(self, admission: Admission) -> bool:
        """Whether somebody has said lately that they are in the group."""
        return date.fromisoformat(admission.confirmed) + GOOD_FOR > self._now().date()

    async def of(self, group_id: int, person_id: int) -> Admission | None:
        """What has become of somebody's wish to come in; None where there is none."""
        found = await self._select("WHERE group_id = ? AND person_id = ?", (group_id, person_id))
        return found[0] if found else None

    async def of_group(self, group_id: int) -> list[Admission]:
        """All of a group, in the order they asked."""
        return await self._select("WHERE group_id = ? ORDER BY id", (group_id,))

    async def ask(self, group_id: int, person_id: int, name: str) -> Admission:
        """Somebody wishes to come in under this name. Asked anew after a no, it is open again."""
        known = await self.of(group_id, person_id)
        if known is not None:
            state = "asked" if known.state == "out" else known.state
            return await self.update(known.id, name=name, state=state)
        id = self._caches.new_id("admissions")
        return await self._add(id, Admission(id, group_id, person_id, "asked", name, ""))
