"""Incidents: written by many, read by the few whom the group has named; each reading leaves a line in the access log.

There is no way to an incident's content but `overview` and `read`, which check the reader and write the line in the
same transaction: no line, no reading. Counting (`countable`) hands out what may be counted and never a note.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, Unpack

from storage.access_log import AccessLog
from storage.errors import NotAllowed
from storage.groups import Groups
from storage.json_records import JsonObject
from storage.members import Members
from storage.people import People
from storage.records import FollowUp, Incident, Member
from storage.repository import Records
from storage.table import Table
from storage.vault import Key

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another when it is read aloud
READERS = "readers"  # the group's setting that names them: ids of members
OUTCOME = "outcome"  # how the follow-ups begin that end it
PADDED = 2_048  # bytes: with buttons only, with a wish to be called and with a usual note all are of one length
WHEN, NOTE, CONTACT = "when", "note", "contact"  # values: the day, what is words, and the wish to be called


@dataclass(frozen=True, slots=True)
class Countable:
    """An incident as it may be counted: without its note and without its receipt."""

    values: JsonObject
    logged_on: date
    follow_ups: tuple[JsonObject, ...]


def reporter_mark(key: Key, id: int, person_id: int) -> bytes:
    """What stands in an incident for who logged it."""
    return key.mark(f"reporter/{id}", str(person_id).encode())


class FollowUps(Records[FollowUp]):
    """Reached through Incidents."""

    table = Table("follow_ups", FollowUp, sealed=("values",), least=PADDED)

    async def of_incident(self, incident_id: int) -> list[FollowUp]:
        """In the order they were noted."""
        return await self._select("WHERE incident_id = ? ORDER BY id", (incident_id,))

    async def of_group(self, group_id: int) -> list[FollowUp]:
        """All of them."""
        return await self._select("WHERE group_id = ? ORDER BY id", (group_id,))

    async def add(self, incident: Incident, values: JsonObject) -> FollowUp:
        """Note one."""
        id = self._caches.new_id("follow_ups")
        return await self._add(id, FollowUp(id, incident.group_id, incident.id, values))


class IncidentChanges(TypedDict, total=False):
    """What of an incident can be changed."""

    values: JsonObject
    version: int
    reporter: bytes | None
    state: str


class Incidents(Records[Incident]):
    """What was logged."""

    table = Table("incidents", Incident, sealed=("values",), least=PADDED)

    async def update(self, id: int, **changes: Unpack[IncidentChanges]) -> Incident:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    # -- whoever logs --------------------------------------------------------------------------------------------
    async def add(self, group_id: int, person_id: int, values: JsonObject, logged_on: date) -> Incident:
        """Log one. Who did is kept as a keyed hash only, another one for each incident, and when as a day."""
        receipt = await self._new_receipt(group_id)
        id = self._caches.new_id("incidents")
        reporter = await self.reporter(group_id, id, person_id)
        self._session.wipe_log = True  # what was written in the same transaction, and to whom, stood beside it there
        await People(self._session, self._caches).stir(group_id)  # what the reporter was being asked has just changed
        return await self._add(id, Incident(id, group_id, receipt, reporter, logged_on, "open", 1, dict(values)))

    async def receipts_of(self, group_id: int, person_id: int, since: date) -> list[tuple[int, str, str]]:
        """Id, receipt and day of what this person has logged since a day; its content is not read back."""
        rows = await self._session.rows(
            "SELECT id, receipt, logged_on, reporter FROM incidents "
            "WHERE group_id = ? AND reporter IS NOT NULL AND state = 'open' AND logged_on >= ? ORDER BY id",
            (group_id, since.isoformat()),
        )
        return [
            (row["id"], row["receipt"], row["logged_on"])
            for row in rows
            if row["reporter"] == await self.reporter(group_id, row["id"], person_id)
        ]

    async def correct(self, id: int, person_id: int, changes: JsonObject) -> Incident:
        """Change named values of one's own. Raises NotAllowed for another's, Unknown for none."""
        incident = await self._own(id, person_id)
        values = {**incident.values, **changes}
        return await self.update(id, values=values, version=incident.version + 1)

    async def withdraw(self, id: int, person_id: int) -> Incident:
        """Take one's own back: its content is gone, its receipt stays. Raises NotAllowed, Unknown."""
        incident = await self._own(id, person_id)
        self._session.write("DELETE FROM follow_ups WHERE incident_id = ?", (id,))
        await self._log.add(incident.group_id, None, "withdrawn", id)
        return await self.update(id, state="withdrawn", values={}, version=incident.version + 1)

    # -- whoever reads -------------------------------------------------------------------------------------------
    async def may_read(self, member: Member) -> bool:
        """True for an active member whom the group has named."""
        member = await Members(self._session, self._caches).get(member.id)
        group = await Groups(self._session, self._caches).get(member.group_id)
        return member.state == "active" and group.state == "active" and member.id in group.settings.readers

    async def overview(
        self,
        reader: Member,
        *,
        fits: Callable[[Incident], bool] = lambda _: True,
        offset: int = 0,
        limit: int = 8,
    ) -> tuple[list[Incident], int]:
        """A page of the incidents that fit, newest first, and how many there are in all. Raises NotAllowed."""
        await self._allowed(reader, reader.group_id)
        await self._log.add(reader.group_id, reader.id, "list")
        found = await self._select("WHERE group_id = ? AND state = 'open' ORDER BY id DESC", (reader.group_id,))
        chosen = sorted(filter(fits, found), key=lambda i: (str(i.values.get(WHEN, "")), i.id), reverse=True)
        return chosen[offset : offset + limit], len(chosen)

    async def read(self, id: int, reader: Member) -> tuple[Incident, list[FollowUp]]:
        """One, with what followed. Raises NotAllowed, also for one of another group; Unknown."""
        incident = await self.get(id)
        await self._allowed(reader, incident.group_id)
        await self._log.add(reader.group_id, reader.id, "open", id)
        return incident, await self._follow_ups.of_incident(id)

    async def followed(self, reader: Member) -> dict[int, list[FollowUp]]:
        """What has come of the group's incidents, by incident, beside their overview. Raises NotAllowed."""
        await self._allowed(reader, reader.group_id)
        found: dict[int, list[FollowUp]] = {}
        for one in await self._follow_ups.of_group(reader.group_id):
            found.setdefault(one.incident_id, []).append(one)
        return found

    async def follow_up(self, id: int, reader: Member, values: JsonObject) -> FollowUp:
        """Note what came of it. Raises NotAllowed, Unknown."""
        incident = await self.get(id)
        await self._allowed(reader, incident.group_id)
        if incident.state != "open":
            raise NotAllowed
        await self._log.add(reader.group_id, reader.id, "follow_up", id)
        return await self._follow_ups.add(incident, values)

    async def strike_out(self, id: int, reader: Member, name: str) -> Incident:
        """Take one value away for good, as it should not stand there. Raises NotAllowed, Unknown.

        Earlier wording is nowhere kept: a correction replaces it, and the log of the database is wiped.
        """
        incident = await self.get(id)
        await self._allowed(reader, incident.group_id)
        if incident.state != "open" or name not in incident.values:
            raise NotAllowed
        await self._log.add(reader.group_id, reader.id, "struck_out", id)
        values = {key: value for key, value in incident.values.items() if key != name}
        self._session.wipe_log = True
        return await self.update(id, values=values, version=incident.version + 1)

    # -- counting and keeping time -------------------------------------------------------------------------------
    async def countable(self, group_id: int) -> list[Countable]:
        """What may be counted, oldest first."""
        following: dict[int, list[JsonObject]] = {}
        for follow_up in await self._follow_ups.of_group(group_id):
            following.setdefault(follow_up.incident_id, []).append(follow_up.values)
        found = await self._select("WHERE group_id = ? AND state = 'open' ORDER BY id", (group_id,))
        return [
            Countable(
                {name: value for name, value in i.values.items() if name not in (NOTE, CONTACT)},
                i.logged_on,
                tuple(following.get(i.id, ())),
            )
            for i in found
        ]

    async def has_outcome(self, id: int) -> bool:
        """True once somebody has noted how it ended."""
        return any(f.values.get("what", "").startswith(OUTCOME) for f in await self._follow_ups.of_incident(id))

    async def count_logged(self, group_id: int, since: date) -> int:
        """How many were logged since a day."""
        row = await self._session.row(
            "SELECT count(*) FROM incidents WHERE group_id = ? AND state = 'open' AND logged_on >= ?",
            (group_id, since.isoformat()),
        )
        assert row is not None
        return int(row[0])

    async def count_older(self, group_id: int, before: date) -> int:
        """How many logged before a day still hold more than figures."""
        return len(await self._unthinned(group_id, before))

    async def thin(self, group_id: int, before: date, keep: Sequence[str]) -> int:
        """Of what was logged before a day keep only these values, and no reporter; how many that concerned."""
        old = await self._unthinned(group_id, before, keep)
        for incident in old:
            values = {name: value for name, value in incident.values.items() if name in keep}
            await self.update(incident.id, values=values, reporter=None, version=incident.version + 1)
        self._session.write(
            "DELETE FROM incidents WHERE group_id = ? AND state = 'withdrawn' AND logged_on < ?",
            (group_id, before.isoformat()),
        )
        self._session.wipe_log = self._session.wipe_log or bool(old)
        return len(old)

    async def all_of(self, group_id: int) -> list[Incident]:
        """All that are not withdrawn. For this room alone: nothing that comes from here may be shown."""
        return await self._select("WHERE group_id = ? AND state = 'open' ORDER BY id", (group_id,))

    async def _unthinned(self, group_id: int, before: date, keep: Sequence[str] = ()) -> list[Incident]:
        found = await self._select(
            "WHERE group_id = ? AND state = 'open' AND logged_on < ?", (group_id, before.isoformat())
        )
        more = {NOTE, CONTACT}
        return [
            i for i in found if i.reporter is not None or (set(i.values) - set(keep) if keep else more & set(i.values))
        ]

    # -- inside --------------------------------------------------------------------------------------------------
    async def _own(self, id: int, person_id: int) -> Incident:
        incident = await self.get(id)
        if incident.state != "open" or incident.reporter != await self.reporter(incident.group_id, id, person_id):
            raise NotAllowed
        self._session.wipe_log = True
        return incident

    async def _allowed(self, reader: Member, group_id: int) -> None:
        if reader.group_id != group_id or not await self.may_read(reader):
            raise NotAllowed

    async def reporter(self, group_id: int, id: int, person_id: int) -> bytes:
        """The keyed hash by which an incident is known to be this person's. For this room alone.

        No two are alike: else one of them whose reporter is known would tell all of theirs.
        """
        return reporter_mark(await self._key(group_id), id, person_id)

    async def _new_receipt(self, group_id: int) -> str:
        """Six signs by chance: they tell neither how many there are nor in which order they came."""
        while True:
            receipt = "".join(secrets.choice(SIGNS) for _ in range(6))
            taken = "SELECT 1 FROM incidents WHERE group_id = ? AND receipt = ?"
            if await self._session.row(taken, (group_id, receipt)) is None:
                return receipt

    @property
    def _follow_ups(self) -> FollowUps:
        return FollowUps(self._session, self._caches)

    @property
    def _log(self) -> AccessLog:
        return AccessLog(self._session, self._caches)
