"""Ballots: questions that are put to named people, with their answers, as JSON: one of each purpose and reference.

They are no sealed lists (`storage.records.sealed_lists`), which have no voters.
"""

from dataclasses import dataclass, replace

from storage.json_records import JsonObject
from storage.records.repository import Records
from storage.table import RecordTable


@dataclass(frozen=True, slots=True)
class KeptBallot:
    """A question that is put to named people, and their answers (`flows.ballots`)."""

    id: int
    group_id: int
    purpose: str
    ref: str  # what it is about, of its purpose: "run:12", "row:34", a meeting's id
    content: JsonObject


class Ballots(Records[KeptBallot]):
    """The ballots of all groups. No time is kept beside them."""

    table = RecordTable("ballots", KeptBallot, sealed=("content",), bound=("group_id", "purpose", "ref"))

    async def of_group(self, group_id: int, purpose: str) -> list[KeptBallot]:
        """Return a group's ballots of this purpose, in the order in which they were first put."""
        return await self._select("WHERE group_id = ? AND purpose = ? ORDER BY id", (group_id, purpose))

    async def find(self, group_id: int, purpose: str, ref: str) -> KeptBallot | None:
        """Return a ballot, None if there is none."""
        return await self._first("WHERE group_id = ? AND purpose = ? AND ref = ?", (group_id, purpose, ref))

    async def everywhere(self, purpose: str, ref: str) -> list[KeptBallot]:
        """Return the ballots of this purpose and reference in all groups."""
        return await self._select("WHERE purpose = ? AND ref = ?", (purpose, ref))

    async def keep(self, group_id: int, purpose: str, ref: str, content: JsonObject) -> None:
        """Keep a ballot, instead of what it was before. Raises ValueError or TypeError for what is no JSON."""
        before = await self.find(group_id, purpose, ref)
        if before is None:
            await self._new(lambda id: KeptBallot(id, group_id, purpose, ref, content))
        elif before.content != content:
            await self._save(before.id, before, replace(before, content=content))
