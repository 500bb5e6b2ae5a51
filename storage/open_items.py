"""Matters: what each person has open until a day, and what has been said to them about it.

They are derived: whoever changes what a group waits for brings them in line in the same transaction.
"""

from datetime import date
from typing import TypedDict, Unpack

from storage.records import Member, OpenItem
from storage.repository import Records
from storage.table import Table


class OpenItemChanges(TypedDict, total=False):
    """What of what somebody has open can be changed."""

    sent: int
    last: date | None
    snoozed: date | None
    state: str


class OpenItems(Records[OpenItem]):
    """What everybody has open. No words: what a matter is about is read when it is told."""

    table = Table("matters", OpenItem)
    owner = None

    async def update(self, id: int, **changes: Unpack[OpenItemChanges]) -> OpenItem:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def put(self, member: Member, kind: str, ref: str, due: date, today: date) -> None:
        """Someone has this open until that day. A new day is a new window, with nothing said in it yet.

        The same day again changes nothing, but that what was closed is open again with what had been said.
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
        """Nothing more is to be said about what fits all that is given; a group or a member must be."""
        if member_id is None and group_id is None:
            raise ValueError("say whose matters to close")
        given = {"ref": ref, "kind": kind, "member_id": member_id, "group_id": group_id}
        wanted = {column: value for column, value in given.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in wanted)
        self._session.write(
            f"UPDATE matters SET state = 'closed' WHERE state <> 'closed' AND {where}", list(wanted.values())
        )

    async def of_person(self, person_id: int) -> list[OpenItem]:
        """What a person has open, in all groups, the nearest first."""
        return await self._select("WHERE person_id = ? AND state = 'open' ORDER BY due, id", (person_id,))

    async def of_member(self, member_id: int) -> list[OpenItem]:
        """All that a member has or had open."""
        return await self._select("WHERE member_id = ? ORDER BY id", (member_id,))

    async def about(self, group_id: int, ref: str) -> list[OpenItem]:
        """Everybody's matters about one thing, open or not."""
        return await self._select("WHERE group_id = ? AND ref = ? ORDER BY id", (group_id, ref))

    async def prune(self, before: date) -> None:
        """Forget what was closed and due before that day; what was said about it is of no use any more."""
        self._session.write("DELETE FROM matters WHERE state = 'closed' AND due < ?", (before.isoformat(),))
