"""Open items (table `matters`): what each person has to do until a day, and the reminders of it.

They are derived: code that changes what a group waits for updates them in the same transaction.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypedDict, Unpack

from storage.records.records import Member
from storage.records.repository import Records
from storage.table import RecordTable


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that a person has to do until a day, and the reminders of it."""

    id: int
    group_id: int
    member_id: int
    person_id: int
    kind: str
    ref: str  # what it is about, e.g. "run:12"
    opened: date
    due: date
    sent: int  # reminders
    last: date | None  # the day of the latest
    snoozed: date | None  # the day that the person asked for, with a button that was there until 0.13.0
    state: str  # open | told (once, for good) | declined ("I can't") | handed (to the coordinator) | closed (done)


class OpenItemChanges(TypedDict, total=False):
    """The fields of an open item that can be changed."""

    sent: int
    last: date | None
    snoozed: date | None
    state: str


class OpenItems(Records[OpenItem]):
    """The open items of everybody. They hold no words: what an item is about is looked up when it is told."""

    table = RecordTable("matters", OpenItem)
    owner = None

    async def update(self, id: int, **changes: Unpack[OpenItemChanges]) -> OpenItem:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def put(self, member: Member, kind: str, ref: str, due: date, today: date) -> None:
        """Open an item for a member until that day. A new day is a new window, without reminders so far.

        The same day again changes nothing, except that a closed item is open again, with its reminders.
        """
        self._session.write(
            f"INSERT INTO matters ({self.table.columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, NULL, 'open') "
            "ON CONFLICT (member_id, kind, ref) DO UPDATE SET "
            "opened = iif(due = excluded.due, opened, excluded.opened), "
            "sent = iif(due = excluded.due, sent, 0), "
            "last = iif(due = excluded.due, last, NULL), "
            "snoozed = iif(due = excluded.due, snoozed, NULL), "
            "state = 'open', due = excluded.due "
            "WHERE state = 'closed' OR due <> excluded.due",
            (
                self._caches.new_id("matters"),
                member.group_id,
                member.id,
                member.person_id,
                kind,
                ref,
                today.isoformat(),
                due.isoformat(),
            ),
        )

    async def close(
        self,
        *,
        ref: str | None = None,
        kind: str | None = None,
        member_id: int | None = None,
        group_id: int | None = None,
    ) -> None:
        """Close the items that fit all that is given, so that nobody is reminded of them.

        Raises ValueError if neither a group nor a member is given.
        """
        if member_id is None and group_id is None:
            raise ValueError("say whose matters to close")
        given = {"ref": ref, "kind": kind, "member_id": member_id, "group_id": group_id}
        wanted = {column: value for column, value in given.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in wanted)
        self._session.write(
            f"UPDATE matters SET state = 'closed' WHERE state <> 'closed' AND {where}", list(wanted.values())
        )

    async def remove(self, id: int) -> None:
        """Remove an item as if it had never been opened."""
        self._session.write("DELETE FROM matters WHERE id = ?", (id,))

    async def of_person(self, person_id: int) -> list[OpenItem]:
        """Return what a person has open, in all groups, the nearest end first."""
        return await self._select("WHERE person_id = ? AND state = 'open' ORDER BY due, id", (person_id,))

    async def of_member(self, member_id: int) -> list[OpenItem]:
        """All that a member has or had open."""
        return await self._select("WHERE member_id = ? ORDER BY id", (member_id,))

    async def about(self, group_id: int, ref: str) -> list[OpenItem]:
        """Return everybody's items about one thing, open or not."""
        return await self._select("WHERE group_id = ? AND ref = ? ORDER BY id", (group_id, ref))

    async def unclosed(self, group_id: int, ref: str, *kinds: str) -> list[OpenItem]:
        """Return everybody's items of these kinds (without any: of all) about one thing that are not closed."""
        found = await self.about(group_id, ref)
        return [one for one in found if one.state != "closed" and (not kinds or one.kind in kinds)]

    async def unclosed_of(self, member_id: int, *kinds: str) -> list[OpenItem]:
        """Return a member's items of these kinds that are not closed."""
        return [one for one in await self.of_member(member_id) if one.state != "closed" and one.kind in kinds]

    async def declined(self, group_id: int) -> list[OpenItem]:
        """Return what members of a group have said that they cannot do just now."""
        return await self._select("WHERE group_id = ? AND state = 'declined' ORDER BY id", (group_id,))

    async def prune(self, before: date) -> None:
        """Delete items that were closed and due before that day."""
        self._session.write("DELETE FROM matters WHERE state = 'closed' AND due < ?", (before.isoformat(),))
