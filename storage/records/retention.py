"""Counts and removes records that are too old. They are overwritten, and the log emptied after the commit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from storage.records.repository import Repository
from storage.table import seconds

# What is kept by a day in one column, and how that day is written there.
TABLES: Mapping[str, tuple[str, str]] = {
    "check_ins": ("until", "day"),
    "access_log": ("at", "time"),
}


class Retention(Repository):
    """Counts and removes what has been kept for long enough."""

    async def count(self, what: str, group_id: int, before: date) -> int:
        """Return how many records of this kind are from before the day."""
        return await self._count(*self._older(what, group_id, before))

    async def remove(self, what: str, group_id: int, before: date) -> int:
        """Remove the records of this kind from before the day; return how many there were."""
        return await self._remove(*self._older(what, group_id, before))

    async def count_rows(self, group_id: int, registers: Sequence[str], before: date) -> int:
        """Return how many rows of these registers have not been touched since the day."""
        return await self._count(*_rows(group_id, registers, before))

    async def remove_rows(self, group_id: int, registers: Sequence[str], before: date) -> int:
        """Remove those rows with their history; return how many there were."""
        return await self._remove(*_rows(group_id, registers, before))

    async def remove_taken_off(self, group_id: int, registers: Sequence[str], before: date) -> int:
        """Remove those of them that somebody has taken off the list before that day, with their history."""
        source, values = _rows(group_id, registers, before)
        return await self._remove(f"{source} AND state = 'removed'", values)

    def _older(self, what: str, group_id: int, before: date) -> tuple[str, list[int | str]]:
        column, written = TABLES[what]
        limit: int | str = before.isoformat() if written == "day" else _seconds(before)
        return f"FROM {what} WHERE group_id = ? AND {column} < ?", [group_id, limit]

    async def _count(self, source: str, values: Sequence[int | str]) -> int:
        row = await self._session.row(f"SELECT count(*) {source}", values)
        assert row is not None
        return int(row[0])

    async def _remove(self, source: str, values: Sequence[int | str]) -> int:
        number = await self._count(source, values)
        if number:
            self._session.write(f"DELETE {source}", values)
            self._caches.forget()
            self._session.wipe_log = True
        return number


def _rows(group_id: int, registers: Sequence[str], before: date) -> tuple[str, list[int | str]]:
    marks = ", ".join("?" * len(registers))
    return f"FROM rows WHERE group_id = ? AND changed_at < ? AND register IN ({marks})", [
        group_id,
        _seconds(before),
        *registers,
    ]


def _seconds(day: date) -> int:
    return seconds(datetime.combine(day, time(), tzinfo=UTC))
