"""Activity states (table `gatherings`): what a group works with together, as JSON, one of each kind and reference."""

from dataclasses import dataclass, replace
from datetime import datetime

from storage.json_records import JsonObject
from storage.records.repository import Records
from storage.table import RecordTable


@dataclass(frozen=True, slots=True)
class ActivityState:
    """What a group is working with: a board, a working session, pairs who meet, versions of a text."""

    id: int
    group_id: int
    kind: str  # board | session | pairs | turns | approval | document
    ref: str  # what it belongs to, e.g. a run
    state: JsonObject
    changed_at: datetime


class ActivityStates(Records[ActivityState]):
    """Boards, working sessions, pairs, versions of texts."""

    table = RecordTable("gatherings", ActivityState, sealed=("state",))

    async def state(self, group_id: int, kind: str, ref: str = "") -> JsonObject | None:
        """Return the state of this kind under this reference, None if there is none."""
        found = await self._find(group_id, kind, ref)
        return found.state if found else None

    async def of_kind(self, group_id: int, kind: str) -> dict[str, JsonObject]:
        """Return all states of this kind, by reference."""
        found = await self._select("WHERE group_id = ? AND kind = ? ORDER BY id", (group_id, kind))
        return {gathering.ref: gathering.state for gathering in found}

    async def keep(self, group_id: int, kind: str, ref: str, state: JsonObject) -> None:
        """Keep this state instead of the one before. Raises ValueError or TypeError for what is no JSON."""
        before = await self._find(group_id, kind, ref)
        if before is None:
            await self._new(lambda id: ActivityState(id, group_id, kind, ref, state, self._now()))
        elif before.state != state:
            await self._save(before.id, before, replace(before, state=state, changed_at=self._now()))

    async def drop(self, group_id: int, kind: str, ref: str = "") -> None:
        """Delete the state of this kind under this reference; nothing happens if there is none."""
        self._session.write("DELETE FROM gatherings WHERE group_id = ? AND kind = ? AND ref = ?", (group_id, kind, ref))

    async def _find(self, group_id: int, kind: str, ref: str) -> ActivityState | None:
        return await self._first("WHERE group_id = ? AND kind = ? AND ref = ?", (group_id, kind, ref))
