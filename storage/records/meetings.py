"""Meetings: the calendar of each group."""

from dataclasses import asdict, dataclass
from datetime import date, time

from storage.records.repository import Records
from storage.table import RecordTable


@dataclass(frozen=True, slots=True)
class PlannedMeeting:
    """A meeting as the calendar lays it; see Meeting."""

    kind: str
    part: int
    number: int
    among: int
    day: date
    at: time
    minutes: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting in a group's calendar."""

    id: int
    group_id: int
    kind: str  # session | network | review
    part: int  # the step, or the year after the end
    number: int
    among: int  # how many there are in that step or year
    day: date
    at: time  # on the town's clocks
    minutes: int
    sequence: int  # raised with every change
    state: str  # planned | cancelled
    place: str = ""  # in words
    link: str = ""  # for whoever takes part from afar
    row_id: int | None = None  # its row in the list of meetings, which tells what it is about


class Meetings(Records[Meeting]):
    """The meetings of all groups. When and what for is plain, as reminders must find them; where is sealed."""

    table = RecordTable("meetings", Meeting, sealed=("place", "link"))

    async def of_group(self, group_id: int) -> list[Meeting]:
        """The planned and the cancelled meetings of a group, in the order they were laid."""
        return await self._select("WHERE group_id = ? ORDER BY id", (group_id,))

    async def planned(self, group_id: int, first: date = date.min, last: date = date.max) -> list[Meeting]:
        """Those of a group that are planned, or have been held, from the first to the last day."""
        return [m for m in await self.of_group(group_id) if m.state == "planned" and first <= m.day <= last]

    async def put(self, group_id: int, planned: PlannedMeeting) -> None:
        """Add a meeting, or change the one of this number; any change raises its sequence."""
        self._session.write(
            "INSERT INTO meetings (id, group_id, kind, part, number, among, day, at, minutes, sequence, state) "
            "VALUES (:id, :group_id, :kind, :part, :number, :among, :day, :at, :minutes, :sequence, 'planned') "
            "ON CONFLICT (group_id, kind, part, number) DO UPDATE "
            "SET among = excluded.among, day = excluded.day, at = excluded.at, minutes = excluded.minutes, "
            "state = 'planned', sequence = max(excluded.sequence, sequence + 1) "
            "WHERE among <> excluded.among OR day <> excluded.day "
            "OR at <> excluded.at OR minutes <> excluded.minutes OR state <> 'planned'",
            {
                **asdict(planned),
                "id": self._caches.new_id("meetings"),
                "group_id": group_id,
                "day": planned.day.isoformat(),
                "at": planned.at.isoformat("minutes"),
            },
        )

    async def describe(self, id: int, place: str, link: str, minutes: int) -> Meeting:
        """Set where a meeting is held and how long it is; a change raises its sequence. Raises Unknown."""
        before = await self.get(id)
        if (before.place, before.link, before.minutes) == (place, link, minutes):
            return before
        return await self._update(id, place=place, link=link, minutes=minutes, sequence=before.sequence + 1)

    async def tie(self, id: int, row_id: int) -> None:
        """Note which row of the list of meetings tells about this one. No calendar need be told."""
        await self._update(id, row_id=row_id)

    async def cancel(self, id: int) -> None:
        """Cancel a meeting. It stays, so that calendars can be told."""
        self._session.write(
            "UPDATE meetings SET state = 'cancelled', sequence = sequence + 1 WHERE id = ? AND state = 'planned'", (id,)
        )
