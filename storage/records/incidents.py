"""Incidents: written by many, read by the few readers that a group has named; each reading is noted in the access log.

Only `overview` and `read` give out an incident's content. They check the reader and write the line in the same
transaction: no line, no reading. `countable` gives out what may be counted, and never a note.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypedDict, Unpack

from storage.errors import NotAllowed
from storage.json_records import JsonObject
from storage.records.access_log import AccessLog
from storage.records.chat_copies import ChatCopies
from storage.records.follow_ups import OUTCOME, PADDED, FollowUp, FollowUps
from storage.records.groups import Groups
from storage.records.members import Members
from storage.records.people import People
from storage.records.prompts import Prompts
from storage.records.records import Countable, Incident, Member
from storage.records.repository import Records
from storage.table import RecordTable
from storage.vault.vault import VaultKey

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no letters or digits that are mistaken for another
WHEN, NOTE, CONTACT = "when", "note", "contact"  # values: the day, what is words, and the wish to be called


def reporter_mark(key: VaultKey, id: int, person_id: int) -> bytes:
    """Return the mark by which an incident's reporter, and nobody else, can be told."""
    return key.mark(f"reporter/{id}", str(person_id).encode())


class IncidentChanges(TypedDict, total=False):
    """The fields of an incident that can be changed."""

    values: JsonObject
    version: int
    reporter: bytes | None
    state: str
    told: str
    shown_in: int


class Incidents(Records[Incident]):
    """The incidents of all groups."""

    table = RecordTable("incidents", Incident, sealed=("values", "told", "shown_in"), least=PADDED)

    async def update(self, id: int, **changes: Unpack[IncidentChanges]) -> Incident:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    # -- whoever logs --------------------------------------------------------------------------------------------
    async def hide(self, group_id: int) -> None:
        """Seal anew what everybody in the group has been told and is asked, so that nobody can see who is logging."""
        await People(self._session, self._caches).seal_anew(group_id)
        await Prompts(self._session, self._caches).seal_anew(group_id)
        await ChatCopies(self._session, self._caches).seal_anew(group_id)
        self._session.wipe_log = True  # there it lay beside messages of the same transaction

    async def add(
        self, group_id: int, person_id: int, values: JsonObject, logged_on: date, shown_in: int = 0
    ) -> Incident:
        """Log an incident. Its reporter is kept as a keyed hash, another one for each incident; its time as a day.

        `shown_in`: the message in their chat that becomes its receipt, if it is known.
        """
        receipt = await self._new_receipt(group_id)
        id = self._caches.new_id("incidents")
        reporter = await self.reporter(group_id, id, person_id)
        await self.hide(group_id)
        incident = Incident(id, group_id, receipt, reporter, logged_on, "open", 1, dict(values), shown_in=shown_in)
        return await self._add(id, incident)

    async def receipts_of(self, group_id: int, person_id: int, since: date) -> list[tuple[int, str, str]]:
        """Return id, receipt and day of what this person has logged since a day, without its content."""
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

    async def logged_by(self, incident: Incident, people: Iterable[int]) -> int | None:
        """Return which of these people logged it, so that they can be told what became of it; None for anybody else."""
        for person_id in people:
            if incident.reporter == await self.reporter(incident.group_id, incident.id, person_id):
                return person_id
        return None

    async def correct(self, id: int, person_id: int, changes: JsonObject, shown_in: int = 0) -> Incident:
        """Change values of a person's own incident, whose receipt is `shown_in` this message now, if that is known.

        Raises NotAllowed for another's, Unknown for none.
        """
        incident = await self._own(id, person_id)
        values, shown_in = {**incident.values, **changes}, shown_in or incident.shown_in
        return await self.update(id, values=values, version=incident.version + 1, shown_in=shown_in)

    async def withdraw(self, id: int, person_id: int) -> Incident:
        """Withdraw one's own incident: its content is deleted, its receipt stays. Raises NotAllowed, Unknown."""
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
        first: Callable[[Incident], bool] = lambda _: False,
        offset: int = 0,
        limit: int = 8,
    ) -> tuple[list[Incident], int]:
        """Return a page of the incidents that fit, and how many there are in all. Raises NotAllowed.

        What is `first` comes before the others, and of both the newest first.
        """
        await self._allowed(reader, reader.group_id)
        await self._log.add(reader.group_id, reader.id, "list")
        found = await self._select("WHERE group_id = ? AND state = 'open' ORDER BY id DESC", (reader.group_id,))
        chosen = sorted(filter(fits, found), key=lambda i: (first(i), str(i.values.get(WHEN, "")), i.id), reverse=True)
        return chosen[offset : offset + limit], len(chosen)

    async def read(self, id: int, reader: Member) -> tuple[Incident, list[FollowUp]]:
        """Return an incident and its follow-ups. Raises NotAllowed, also for one of another group; Unknown."""
        incident = await self.get(id)
        await self._allowed(reader, incident.group_id)
        await self._log.add(reader.group_id, reader.id, "open", id)
        return incident, await self._follow_ups.of_incident(id)

    async def followed(self, reader: Member) -> dict[int, list[FollowUp]]:
        """Return what has come of the group's incidents, by incident, beside their overview. Raises NotAllowed."""
        await self._allowed(reader, reader.group_id)
        found: dict[int, list[FollowUp]] = {}
        for one in await self._follow_ups.of_group(reader.group_id):
            found.setdefault(one.incident_id, []).append(one)
        return found

    async def follow_up(self, id: int, reader: Member, values: JsonObject) -> FollowUp:
        """Add a follow-up to an incident. Raises NotAllowed, Unknown."""
        incident = await self.get(id)
        await self._allowed(reader, incident.group_id)
        if incident.state != "open":
            raise NotAllowed
        await self._log.add(reader.group_id, reader.id, "follow_up", id)
        return await self._follow_ups.add(incident, values)

    async def take_back(self, id: int, reader: Member) -> FollowUp:
        """Delete a follow-up, which was noted by mistake, and return it. Raises NotAllowed, Unknown."""
        noted = await self._follow_ups.get(id)
        await self._allowed(reader, noted.group_id)
        if (await self.get(noted.incident_id)).state != "open":
            raise NotAllowed
        await self._log.add(reader.group_id, reader.id, "struck_out", noted.incident_id)
        await self._follow_ups.remove(noted)
        return noted

    async def strike_out(self, id: int, reader: Member, name: str) -> Incident:
        """Delete one value for good, as it should never have been written. Raises NotAllowed, Unknown.

        No earlier wording is kept: a correction replaces it, and the database's write-ahead log is wiped.
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
        """Return incidents as they may be counted, oldest first."""
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

    async def noted(self, id: int) -> list[FollowUp]:
        """Return what readers have noted of an incident. For its receipt alone, which tells its replies."""
        return await self._follow_ups.of_incident(id)

    async def is_noted(self, id: int, what: str) -> bool:
        """True once a reader has noted this follow-up."""
        return any(f.values.get("what") == what for f in await self._follow_ups.of_incident(id))

    async def has_outcome(self, id: int) -> bool:
        """True once somebody has noted how the incident ended."""
        return any(f.values.get("what", "").startswith(OUTCOME) for f in await self._follow_ups.of_incident(id))

    async def count_logged(self, group_id: int, since: date) -> int:
        """Count the incidents logged since a day."""
        row = await self._session.row(
            "SELECT count(*) FROM incidents WHERE group_id = ? AND state = 'open' AND logged_on >= ?",
            (group_id, since.isoformat()),
        )
        assert row is not None
        return int(row[0])

    async def count_older(self, group_id: int, before: date) -> int:
        """Count the incidents logged before a day that still hold more than figures."""
        return len(await self._unthinned(group_id, before))

    async def thin(self, group_id: int, before: date, keep: Sequence[str]) -> int:
        """Keep only these values, and no reporter, of incidents logged before a day; return how many that concerned."""
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

    async def open_numbers(self, group_id: int) -> list[int]:
        """Return the numbers of those that are not withdrawn, which tell nothing of what they say."""
        rows = await self._session.rows(
            "SELECT id FROM incidents WHERE group_id = ? AND state = 'open' ORDER BY id", (group_id,)
        )
        return [row["id"] for row in rows]

    async def all_of(self, group_id: int) -> list[Incident]:
        """Return all that are not withdrawn. For this room alone: nothing of it may be shown."""
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
        await self.hide(incident.group_id)
        return incident

    async def _allowed(self, reader: Member, group_id: int) -> None:
        if reader.group_id != group_id or not await self.may_read(reader):
            raise NotAllowed

    async def reporter(self, group_id: int, id: int, person_id: int) -> bytes:
        """The keyed hash by which an incident is known to be this person's. For this room alone.

        It differs for each incident: else one whose reporter is known would lead to all of theirs.
        """
        return reporter_mark(await self._key(group_id), id, person_id)

    async def _new_receipt(self, group_id: int) -> str:
        """Make six random characters, which tell neither how many incidents there are nor in which order they came."""
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
