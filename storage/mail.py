"""Mail: the addresses that people on the page have given, and what waits to go to them.

What waits holds the address and the link in it, sealed, and is deleted when it has gone.
"""

from datetime import date, datetime
from typing import TypedDict, Unpack

from storage.records import Mail, MailAddress
from storage.repository import Records
from storage.table import Table, seconds

WANTED = ("confirmed", "refused")  # states of an address that is its owner's; the second has not taken our mail


class AddressChanges(TypedDict, total=False):
    """What of an address can be changed."""

    state: str
    told: str
    vouched: bool


class MailChanges(TypedDict, total=False):
    """What of a mail can be changed."""

    tries: int
    not_before: datetime


class MailAddresses(Records[MailAddress]):
    """One for each person who has given one."""

    table = Table("mail_addresses", MailAddress, sealed=("address", "told"))
    owner = None

    async def of_person(self, person_id: int) -> MailAddress | None:
        """The address of a person, confirmed or not."""
        found = await self._select("WHERE person_id = ?", (person_id,))
        return found[0] if found else None

    async def owners(self, address: str) -> list[MailAddress]:
        """Who has shown that this address is theirs; a shared one may be several people's."""
        theirs = await self._select("WHERE state <> 'asked'")  # few, and nothing in the open tells them apart
        return [one for one in theirs if one.address.casefold() == address.casefold()]

    async def give(self, person_id: int, address: str, *, vouched: bool = False) -> MailAddress:
        """A person gives an address; it is theirs once they have confirmed it. The one before goes."""
        await self.forget(person_id)
        id = self._caches.new_id("mail_addresses")
        return await self._add(id, MailAddress(id, person_id, "asked", address, "", vouched))

    async def update(self, id: int, **changes: Unpack[AddressChanges]) -> MailAddress:
        """Change the named fields. Raises Unknown."""
        return await self._update(id, **changes)

    async def told(self, id: int, today: date) -> bool:
        """Note that its owner is told of something today; False if they have been already."""
        address = await self.get(id)
        if address.told == today.isoformat():
            return False
        await self.update(id, told=today.isoformat())
        return True

    async def forget(self, person_id: int) -> None:
        """A person has no address any more."""
        self._session.write("DELETE FROM mails WHERE person_id = ?", (person_id,))
        self._session.write("DELETE FROM mail_addresses WHERE person_id = ?", (person_id,))
        self._session.wipe_log = True


class Mails(Records[Mail]):
    """What waits to go."""

    table = Table("mails", Mail, sealed=("kind", "address", "url", "off"))
    owner = None

    async def put(self, person_id: int, kind: str, address: str, url: str, off: str = "") -> None:
        """Let a mail go. `url` is the link in it, `off` the one that ends such mail."""
        self._session.touched.add("mails")
        id = self._caches.new_id("mails")
        await self._add(id, Mail(id, person_id, 0, self._now(), kind, address, url, off))

    async def due(self, now: datetime, most: int = 20) -> list[Mail]:
        """Those that may go now, the oldest first."""
        return await self._select("WHERE not_before <= ? ORDER BY id LIMIT ?", (seconds(now), most))

    async def update(self, id: int, **changes: Unpack[MailChanges]) -> Mail:
        """Change the named fields. Raises Unknown."""
        return await self._update(id, **changes)

    async def done(self, id: int) -> None:
        """It has gone, or is given up."""
        self._session.write("DELETE FROM mails WHERE id = ?", (id,))
        self._session.wipe_log = True
