"""The schedule (table `agenda`): what falls due when. The scheduler sleeps until the earliest time in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from storage.records.repository import Records
from storage.table import RecordTable, SqlValue, moment, seconds


@dataclass(frozen=True, slots=True)
class Due:
    """Something that falls due: a reminder, a deadline, a check-in."""

    id: int
    group_id: int | None
    member_id: int | None
    kind: str
    ref: str  # what it belongs to, e.g. a run
    visit: int  # of the run; a late one of an earlier visit says nothing
    at: datetime
    state: str  # waiting | done | cancelled


RETENTION = "retention"  # the kind of the day's look at what is too old
# Rows that may fall due: those of a group that the bot has been removed from wait until it is back, but for retention.
AWAKE = (
    f"state = 'waiting' AND (kind = '{RETENTION}' OR NOT EXISTS "
    "(SELECT 1 FROM groups WHERE groups.id = agenda.group_id AND groups.state = 'away'))"
)


class Concerns(TypedDict, total=False):
    """What a time is for, and for whom; see Due."""

    group_id: int | None
    member_id: int | None
    ref: str


class Schedule(Records[Due]):
    """The times at which something falls due."""

    table = RecordTable("agenda", Due)
    owner = None

    async def put(
        self,
        kind: str,
        at: datetime,
        *,
        visit: int = 0,
        **concerns: Unpack[Concerns],
    ) -> None:
        """Set the one time of this kind for this ref and member, instead of any other.

        Setting the same time of the same visit again changes nothing, so one that is done stays done.
        """
        self._session.touched.add("agenda")
        whom = concerns.get("group_id"), concerns.get("member_id"), concerns.get("ref", "")
        self._session.write(
            "INSERT INTO agenda (id, kind, at, group_id, member_id, ref, visit, state) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting') "
            "ON CONFLICT (kind, ref, coalesce(member_id, 0), coalesce(group_id, 0)) DO UPDATE "
            "SET at = excluded.at, visit = excluded.visit, state = 'waiting' "
            "WHERE state = 'cancelled' OR at <> excluded.at OR visit <> excluded.visit",
            (self._caches.new_id("agenda"), kind, seconds(at), *whom, visit),
        )

    async def cancel(self, *, kind: str | None = None, **concerns: Unpack[Concerns]) -> None:
        """Cancel what waits and fits all that is given. Raises ValueError if nothing is given."""
        given: dict[str, SqlValue] = {"kind": kind, "group_id": concerns.get("group_id")}
        given |= {"member_id": concerns.get("member_id"), "ref": concerns.get("ref")}
        wanted = {column: value for column, value in given.items() if value is not None}
        if not wanted:
            raise ValueError("say what to cancel")
        self._session.touched.add("agenda")
        where = " AND ".join(f"{column} = ?" for column in wanted)
        self._session.write(
            f"UPDATE agenda SET state = 'cancelled' WHERE state = 'waiting' AND {where}", list(wanted.values())
        )

    async def earliest(self, *kinds: str) -> datetime | None:
        """Return when the next thing (of these kinds, if any are given) falls due, which may be in the past."""
        of = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        row = await self._session.row(f"SELECT at FROM agenda WHERE {AWAKE}{of} ORDER BY at LIMIT 1", kinds)
        return moment(row[0]) if row else None

    async def waiting(self, kind: str, ref: str) -> Due | None:
        """Return what is set of this kind for this ref; None if there is nothing, or its time has come."""
        return await self._first("WHERE state = 'waiting' AND kind = ? AND ref = ?", (kind, ref))

    async def when(self, kind: str, ref: str) -> datetime | None:
        """Return the time of this kind that is set for this ref; None if there is none, or it has come."""
        found = await self.waiting(kind, ref)
        return found.at if found else None

    async def take_due(self, now: datetime, limit: int = 100) -> list[Due]:
        """Return what is due by now, the longest overdue first. Each comes again until it is done or cancelled."""
        return await self._select(f"WHERE {AWAKE} AND at <= ? ORDER BY at, id LIMIT ?", (seconds(now), limit))

    async def done(self, id: int) -> None:
        """Mark it as done, in the same transaction as whatever was done."""
        self._session.write("UPDATE agenda SET state = 'done' WHERE id = ?", (id,))

    async def forget(self, id: int) -> None:
        """Delete it, where that it was due must not be told."""
        self._wipe("WHERE id = ?", (id,))

    async def prune(self, before: datetime) -> None:
        """Delete what fell due before that time and is done or cancelled. Set again later, it would come once more."""
        self._session.write("DELETE FROM agenda WHERE state <> 'waiting' AND at < ?", (seconds(before),))
