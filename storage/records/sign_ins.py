"""Sign-ins to the page.

A sign-in is known by the keyed hash of a secret that only the person's browser has: a copied database opens none.
"""

import dataclasses
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage.records.repository import Records
from storage.table import RecordTable, midnight, seconds


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser in which somebody is signed in. The secret itself is not stored."""

    id: int
    mark: bytes = dataclasses.field(repr=False)  # keyed hash of the secret
    person_id: int
    ends_at: datetime
    begun: str  # ISO date
    device: str  # what the person knows it by, such as "Firefox, Android"
    proved: int  # unix seconds until which the person has shown there who they are; 0 if they never have
    vouches: bool = False  # nobody else told them the code: an address that they give meanwhile gets codes itself


STAYS = timedelta(days=30)  # how long one stays signed in, at the least, from the latest day on which one did something


class SignIns(Records[SignIn]):
    """The browsers in which people are signed in.

    Whose each is and when it ends is sealed. That one of them stays longer is remembered until `settle`, which seals
    all of them anew at once: so nobody without the key sees who has done something on the page, on which day. After a
    crash in between, what was done that day lengthens nothing.
    """

    table = RecordTable("sign_ins", SignIn, sealed=("person_id", "ends_at", "begun", "device", "proved", "vouches"))
    owner = None

    async def begin(self, secret: str, person_id: int, *, begun: str, device: str) -> SignIn:
        """Sign a person in: a browser with this secret is theirs. `begun`: ISO date; `device`: its name."""
        id, mark = self._caches.new_id("sign_ins"), self._caches.keyring.link_hash(secret)
        sign_in = await self._add(id, SignIn(id, mark, person_id, self._end(), begun, device, 0))
        (await self._all())[id] = sign_in
        return sign_in

    async def find(self, secret: str) -> SignIn | None:
        """Return the sign-in of a secret; None if it was made up, has expired or was ended."""
        found = await self._select("WHERE mark = ?", (self._caches.keyring.link_hash(secret),))
        return found[0] if found and self._is_open(found[0]) else None

    async def of_person(self, person_id: int) -> list[SignIn]:
        """Return a person's sign-ins, the latest first."""
        return [one for one in reversed(await self._open()) if one.person_id == person_id]

    async def people(self) -> set[int]:
        """Everybody who is signed in somewhere."""
        return {one.person_id for one in await self._open()}

    async def prove(self, id: int, until: datetime, *, vouches: bool) -> SignIn:
        """Note that the person has shown in this browser who they are, which holds until then. See SignIn."""
        proved = (await self._all())[id] = await self._update(id, proved=seconds(until), vouches=vouches)
        return proved

    def prolong(self, id: int) -> bool:
        """Let this browser stay signed in from today on; False if that is noted already."""
        used, ends_at = self._caches.used_sign_ins, self._end()
        noted = used.get(id) == ends_at
        used[id] = ends_at
        return not noted

    async def settle(self) -> None:
        """Delete sign-ins that have expired, prolong those that were used, and seal all that stay anew."""
        for one in [*(await self._all()).values()]:
            if not self._is_open(one):
                await self.end(one.id)
                continue
            after = replace(one, ends_at=self._ends_at(one))
            await self._save(one.id, one, after)
            (await self._all())[one.id] = after
        self._session.wipe_log = True
        self._session.after_commit.append(self._caches.used_sign_ins.clear)

    async def end(self, id: int) -> None:
        """Sign this browser out."""
        self._wipe("WHERE id = ?", (id,))
        (await self._all()).pop(id, None)

    async def end_all(self, person_id: int, *, but: int = 0) -> None:
        """Sign a person out everywhere, `but` in this browser."""
        for one in [*(await self._all()).values()]:
            if one.person_id == person_id and one.id != but:
                await self.end(one.id)

    def _end(self) -> datetime:
        """Return when a browser that is used now is signed out: at the end of a week, as the day on which one expires,
        and its row goes, would tell the day on which it was used last."""
        ends = midnight(self._now() + STAYS)
        return ends + timedelta(days=7 - ends.weekday())

    def _is_open(self, sign_in: SignIn) -> bool:
        return self._ends_at(sign_in) > self._now()

    def _ends_at(self, sign_in: SignIn) -> datetime:
        return self._caches.used_sign_ins.get(sign_in.id, sign_in.ends_at)

    async def _open(self) -> list[SignIn]:
        """All that have not expired, in order."""
        return [one for one in (await self._all()).values() if self._is_open(one)]

    async def _all(self) -> dict[int, SignIn]:
        cache = self._caches.cache("signed in")
        if "all" not in cache:
            cache["all"] = {one.id: one for one in await self._select("ORDER BY id")}
        found: dict[int, SignIn] = cache["all"]
        return found
