"""Statistics for monitoring: counts only, of groups, people and what waits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from storage.records.repository import Repository
from storage.records.schedule import AWAKE
from storage.table import listed, moment, seconds

# The same words as in the partial index, as SQLite uses it only then.
DONE_WITH = "(state IN ('failed', 'replaced') OR (state = 'sent' AND message_id IS NULL))"


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts at one moment."""

    groups: dict[str, int]  # by state
    people: dict[str, int]  # by reach
    outbox_waiting: int
    outbox_failed: int
    outbox_oldest: datetime | None  # when the message that is most overdue might have gone
    schedule_due: int
    agenda_waiting: int
    dead_letters: int


@dataclass(frozen=True, slots=True)
class Reminders:
    """How many people a group's reminders went to, and how many the bot cannot write to."""

    sent: int
    unreachable: int

    @property
    def due(self) -> int:
        """How many were to be reminded."""
        return self.sent + self.unreachable


class Stats(Repository):
    """Counts what the database holds."""

    async def at(self, now: datetime) -> Counts:
        """The counts of this moment. Each but those of groups and people is read from a small index."""
        row = await self._session.row(
            "SELECT (SELECT count(*) FROM outbox WHERE state = 'queued'), "
            f"(SELECT count(*) FROM outbox WHERE {DONE_WITH} AND state = 'failed'), "
            "(SELECT min(not_before) FROM outbox WHERE state = 'queued'), "
            f"(SELECT count(*) FROM agenda WHERE {AWAKE} AND at <= ?), "
            "(SELECT count(*) FROM agenda WHERE state = 'waiting'), "
            "(SELECT count(*) FROM dead_letters)",
            (seconds(now),),
        )
        assert row is not None
        waiting, failed, oldest, due, later, letters = row
        return Counts(
            groups=await self._by("groups", "state"),
            people=await self._by("people", "reach"),
            outbox_waiting=waiting,
            outbox_failed=failed,
            outbox_oldest=None if oldest is None else moment(oldest),
            schedule_due=due,
            agenda_waiting=later,
            dead_letters=letters,
        )

    async def last_heard(self, group_id: int) -> datetime | None:
        """Return when somebody in a group last answered, changed a list or joined. An incident that was logged is no
        part of it."""
        row = await self._session.row(
            "SELECT max(at) FROM (SELECT max(a.at) AS at FROM answers a JOIN runs r ON r.id = a.run_id "
            "WHERE r.group_id = :id UNION ALL SELECT max(changed_at) FROM rows WHERE group_id = :id "
            "UNION ALL SELECT max(joined_at) FROM members WHERE group_id = :id)",
            {"id": group_id},
        )
        return moment(row[0]) if row and row[0] is not None else None

    async def reminders(self, since: date, until: date, kinds: Collection[str]) -> dict[int, Reminders]:
        """Return by group how many people were reminded on these days of something of these kinds, and how many of
        those who should have been cannot be written to."""
        rows = await self._session.rows(
            "SELECT m.group_id AS id, count(DISTINCT CASE WHEN p.reach <> 'blocked' THEN p.id END) AS sent, "
            "count(DISTINCT CASE WHEN p.reach = 'blocked' THEN p.id END) AS unreachable "
            "FROM matters m JOIN people p ON p.id = m.person_id "
            "WHERE m.kind IN (SELECT value FROM json_each(:kinds)) AND (m.last BETWEEN :since AND :until "
            "OR p.reach = 'blocked' AND m.state = 'open' AND m.opened <= :until) GROUP BY m.group_id",
            {"since": since.isoformat(), "until": until.isoformat(), "kinds": listed(sorted(kinds))},
        )
        return {row["id"]: Reminders(row["sent"], row["unreachable"]) for row in rows}

    async def _by(self, table: str, column: str) -> dict[str, int]:
        rows = await self._session.rows(f"SELECT {column}, count(*) FROM {table} GROUP BY {column}")
        return {row[0]: row[1] for row in rows}
