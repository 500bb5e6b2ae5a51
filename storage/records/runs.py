"""Runs: rounds of exercises, with the state that the engine gave."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict, Unpack

from storage.json_records import JsonObject
from storage.records.repository import Records
from storage.table import RecordTable, midnight


@dataclass(frozen=True, slots=True)
class Run:
    """One round of an exercise in a group."""

    id: int
    group_id: int
    exercise: str
    definition: str  # hash of the definition that it was begun with
    round: int  # 1 for the first time the group does the exercise
    phase: str
    state: JsonObject
    opened_at: datetime
    changed_at: datetime


class RunChanges(TypedDict, total=False):
    """The fields of a round that can be changed."""

    phase: str
    state: JsonObject
    definition: str


class Runs(Records[Run]):
    """Rounds of exercises."""

    table = RecordTable("runs", Run, sealed=("state",))
    cached = 1_000  # few, as each holds the state of all who take part

    async def add(
        self,
        group_id: int,
        exercise: str,
        definition: str,
        state: JsonObject,
        phase: str = "open",
        *,
        by_day: bool = False,
    ) -> Run:
        """Begin the next round of an exercise. `by_day`: its times are days (see `update`)."""
        row = await self._session.row(
            "SELECT coalesce(max(round), 0) + 1 FROM runs WHERE group_id = ? AND exercise = ?", (group_id, exercise)
        )
        assert row is not None
        id, now = self._caches.new_id("runs"), midnight(self._now()) if by_day else self._now()
        self._joined(id, group_id=group_id)
        return await self._add(id, Run(id, group_id, exercise, definition, row[0], phase, state, now, now))

    async def update(self, id: int, *, by_day: bool = False, **changes: Unpack[RunChanges]) -> Run:
        """Change the named fields. `by_day`: only its day is noted, as a time would tell who it was. Raises Unknown."""
        before = await self.get(id)
        if all(getattr(before, name) == value for name, value in changes.items()):
            return before
        after = replace(before, **changes, changed_at=midnight(self._now()) if by_day else self._now())
        await self._save_latest(id, before, after)
        return after

    async def of_exercise(self, group_id: int, exercise: str) -> list[Run]:
        """All rounds of an exercise in order."""
        return await self._select("WHERE group_id = ? AND exercise = ? ORDER BY round", (group_id, exercise))

    async def latest(self, group_id: int, exercise: str, *, besides: str = "") -> Run | None:
        """The newest round of an exercise, leaving aside those in the phase `besides`; None if there is none."""
        rounds = [run for run in await self.of_exercise(group_id, exercise) if run.phase != besides]
        return rounds[-1] if rounds else None

    async def all_of(self, group_id: int) -> list[Run]:
        """All runs of a group, oldest first."""
        return await self._all_of("group_id", group_id)
