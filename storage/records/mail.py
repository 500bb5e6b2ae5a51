"""Mail: the addresses that people on the page have given, and mails that wait to be sent.

A mail that waits holds its address and link, sealed, and is deleted once it is sent.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict, Unpack

from storage.records.repository import Records
from storage.table import RecordTable, seconds


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A person's mail address."""

    id: int
    person_id: int
    state: str  # asked | confirmed | quiet (wants no reminders) | refused (the server of theirs did)
    address: str = dataclasses.field(repr=False)  # empty, while asked: they want none any more
    told: str  # ISO date of the latest reminder; empty before it
    vouched: bool  # given by whoever had shown who they are: one-time codes go there
    counts_from: int = 0  # unix seconds from which one that is asked counts; 0 until its link is followed


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that waits to be sent."""

    id: int
    person_id: int
    tries: int
    not_before: datetime
    kind: str  # confirm | sign_in | code | changed | waits
    address: str = dataclasses.field(repr=False)
    url: str = dataclasses.field(repr=False)
    off: str = dataclasses.field(repr=False)  # the link that ends such mail; empty where it was asked for


COUNTS = ("confirmed", "quiet")  # states of an address by which its owner signs in
WANTED = ("confirmed", "refused")  # states of an address that is its owner's; the second has not taken our mail


class AddressChanges(TypedDict, total=False):
    """The fields of an address that can be changed."""

    state: str
    told: str
    vouched: bool
    counts_from: int


class MailChanges(TypedDict, total=False):
    """The fields of a mail that can be changed."""

    tries: int
    not_before: datetime


class MailAddresses(Records[MailAddress]):
    """The mail addresses that people have given: one that counts, and one that waits to be confirmed, each at most."""

    table = RecordTable("mail_addresses", MailAddress, sealed=("address", "told", "counts_from"))
    owner = None

    async def of_person(self, person_id: int) -> MailAddress | None:
        """The address of a person: the one that counts, else the one that waits to be confirmed."""
        every = await self.every(person_id)
        return every[0] if every else None

    async def every(self, person_id: int) -> list[MailAddress]:
        """Return a person's addresses, the one that counts first."""
        return await self._select("WHERE person_id = ? ORDER BY state = 'asked'", (person_id,))

    async def owners(self, address: str) -> list[MailAddress]:
        """Return who has confirmed this address as theirs; several people may share one."""
        theirs = await self._select("WHERE state <> 'asked'")  # decrypts them all: there are few
        return [one for one in theirs if one.address.casefold() == address.casefold()]

    async def people(self) -> set[int]:
        """Return who has an address."""
        return {one.person_id for one in await self._select("")}

    async def waiting(self) -> list[MailAddress]:
        """Return the changes that wait for their day to pass."""
        return [one for one in await self._select("WHERE state = 'asked'") if one.counts_from]

    async def withdraw(self, person_id: int) -> bool:
        """Take back a person's change of address, and all mails on their way to them. False if there is no change."""
        if all(one.state != "asked" for one in await self.every(person_id)):
            return False
        self._session.write("DELETE FROM mails WHERE person_id = ?", (person_id,))
        self._wipe("WHERE person_id = ? AND state = 'asked'", (person_id,))
        return True

    async def give(self, person_id: int, address: str, *, vouched: bool = False) -> MailAddress:
        """Keep a person's address, instead of any other that does not count yet; an earlier one counts until then."""
        self._wipe("WHERE person_id = ? AND state = 'asked'", (person_id,))
        return await self._new(lambda id: MailAddress(id, person_id, "asked", address, "", vouched))

    async def confirm(self, address: MailAddress) -> None:
        """Let an address count from now on, instead of any earlier one of that person, where no mail goes any more."""
        query = "DELETE FROM mail_addresses WHERE person_id = ? AND id <> ?"
        self._session.write("DELETE FROM mails WHERE person_id = ?", (address.person_id,))
        self._session.write(query, (address.person_id, address.id))
        self._session.wipe_log = True
        await self.update(address.id, state="confirmed")

    async def update(self, id: int, **changes: Unpack[AddressChanges]) -> MailAddress:
        """Change the named fields. Raises Unknown."""
        return await self._update(id, **changes)

    async def told(self, id: int, today: date) -> bool:
        """Note that the owner gets a reminder today. Returns False if they have had one already."""
        address = await self.get(id)
        if address.told == today.isoformat():
            return False
        await self.update(id, told=today.isoformat())
        return True

    async def forget(self, person_id: int) -> None:
        """Delete a person's addresses."""
        self._session.write("DELETE FROM mails WHERE person_id = ?", (person_id,))
        self._wipe("WHERE person_id = ?", (person_id,))


class Mails(Records[Mail]):
    """The queue of mails."""

    table = RecordTable("mails", Mail, sealed=("kind", "address", "url", "off"))
    owner = None

    async def put(self, person_id: int, kind: str, address: str, url: str, off: str = "") -> None:
        """Queue a mail. `url` is the link in it, `off` the one by which its reader ends such mail."""
        self._session.touched.add("mails")
        await self._new(lambda id: Mail(id, person_id, 0, self._now(), kind, address, url, off))

    async def due(self, now: datetime, most: int = 20) -> list[Mail]:
        """Return the mails that may be sent now, the oldest first."""
        return await self._select("WHERE not_before <= ? ORDER BY id LIMIT ?", (seconds(now), most))

    async def take_back(self, person_id: int, kind: str) -> None:
        """Delete those of this kind that wait to be sent to a person."""
        for one in await self._select("WHERE person_id = ?", (person_id,)):
            if one.kind == kind:
                await self.done(one.id)

    async def update(self, id: int, **changes: Unpack[MailChanges]) -> Mail:
        """Change the named fields. Raises Unknown."""
        return await self._update(id, **changes)

    async def done(self, id: int) -> None:
        """Delete a mail that is sent, or given up."""
        self._wipe("WHERE id = ?", (id,))
