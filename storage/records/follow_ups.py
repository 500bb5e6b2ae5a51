"""What came of incidents. `storage.records.incidents` says who may see it."""

import dataclasses
from dataclasses import dataclass

from storage.json_records import JsonObject
from storage.records.records import Incident
from storage.records.repository import Records
from storage.table import RecordTable

OUTCOME = "outcome"  # follow-ups that end an incident begin so


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What came of an incident: a support talk held, long-term support begun, handed over, an outcome."""

    id: int
    group_id: int
    incident_id: int
    values: JsonObject = dataclasses.field(repr=False)


PADDED = 2_048  # bytes: with buttons only, with a wish to be called and with a usual note all are of one length


class FollowUps(Records[FollowUp]):
    """What came of incidents; reached through `Incidents`."""

    table = RecordTable("follow_ups", FollowUp, sealed=("values",), least=PADDED)

    async def of_incident(self, incident_id: int) -> list[FollowUp]:
        """Return an incident's follow-ups in the order they were noted."""
        return await self._select("WHERE incident_id = ? ORDER BY id", (incident_id,))

    async def of_group(self, group_id: int) -> list[FollowUp]:
        """Return all follow-ups of a group."""
        return await self._select("WHERE group_id = ? ORDER BY id", (group_id,))

    async def add(self, incident: Incident, values: JsonObject) -> FollowUp:
        """Add a follow-up."""
        return await self._new(lambda id: FollowUp(id, incident.group_id, incident.id, values))

    async def remove(self, noted: FollowUp) -> None:
        """Delete a follow-up."""
        self._wipe("WHERE id = ?", (noted.id,))
        self._left(noted.id)
