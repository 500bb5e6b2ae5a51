"""Notification preferences (table `habits`): when each person wants to hear from the bot; and absences."""

from dataclasses import dataclass
from datetime import date, time
from typing import TypedDict, Unpack

from storage.records.repository import Records
from storage.table import RecordTable


@dataclass(frozen=True, slots=True)
class NotificationPreference:
    """When a person wants to hear from the bot."""

    id: int
    person_id: int
    at: time  # on the town's clocks
    weekdays: str  # digits, 0 is Monday
    muted: str  # kinds of matters, separated by spaces
    spoken: date | None  # the latest day on which the bot spoke up of itself


@dataclass(frozen=True, slots=True)
class Absence:
    """When a person is away, both days included."""

    id: int
    person_id: int
    first: date
    last: date


USUAL = (time(9), "01234", "")  # nine o'clock on working days, about everything


class NotificationPreferenceChanges(TypedDict, total=False):
    """The fields of a preference that can be changed."""

    at: time
    weekdays: str
    muted: str
    spoken: date | None


class NotificationPreferences(Records[NotificationPreference]):
    """The preferences of those who have changed any, or whom the bot has written to unasked."""

    table = RecordTable("habits", NotificationPreference)
    owner = None

    async def of(self, person_id: int) -> NotificationPreference:
        """Return a person's preferences; the usual ones, with id 0, for somebody who has none."""
        found = await self._select("WHERE person_id = ?", (person_id,))
        return found[0] if found else NotificationPreference(0, person_id, *USUAL, spoken=None)

    async def change(self, person_id: int, **changes: Unpack[NotificationPreferenceChanges]) -> NotificationPreference:
        """Change the named fields."""
        habit = await self.of(person_id)
        if not habit.id:
            habit = NotificationPreference(self._caches.new_id("habits"), person_id, *USUAL, spoken=None)
            await self._add(habit.id, habit)
        return await self._update(habit.id, **changes)


class Absences(Records[Absence]):
    """When people are away."""

    table = RecordTable("absences", Absence)
    owner = None

    async def of_person(self, person_id: int, since: date) -> list[Absence]:
        """Return a person's absences that have not ended before that day, the earliest first."""
        return await self._select(
            "WHERE person_id = ? AND last >= ? ORDER BY first, id", (person_id, since.isoformat())
        )

    async def away_on(self, day: date) -> set[int]:
        """Return the ids of everyone who is away that day."""
        rows = await self._session.rows(
            "SELECT DISTINCT person_id FROM absences WHERE first <= :day AND last >= :day", {"day": day.isoformat()}
        )
        return {row[0] for row in rows}

    async def add(self, person_id: int, first: date, last: date) -> Absence:
        """Add an absence, first and last day included. Raises ValueError for a last day before the first."""
        if last < first:
            raise ValueError("an absence ends after it begins")
        return await self._new(lambda id: Absence(id, person_id, first, last))

    async def remove(self, id: int) -> None:
        """Delete an absence."""
        self._session.write("DELETE FROM absences WHERE id = ?", (id,))

    async def prune(self, before: date) -> None:
        """Delete absences that ended before that day."""
        self._session.write("DELETE FROM absences WHERE last < ?", (before.isoformat(),))
