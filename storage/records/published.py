"""Published statistics of each quarter. A quarter is published once, and never counted again from the incidents."""

from dataclasses import dataclass

from storage.json_records import JsonObject
from storage.records.repository import Records
from storage.table import RecordTable


@dataclass(frozen=True, slots=True)
class PublishedQuarter:
    """The published statistics of a quarter."""

    id: int
    group_id: int
    quarter: str  # "2027-1"
    figures: JsonObject  # by name: how many, and how many incidents stand behind


class Published(Records[PublishedQuarter]):
    """Published quarters."""

    table = RecordTable("published", PublishedQuarter, sealed=("figures",))

    async def of_group(self, group_id: int) -> list[PublishedQuarter]:
        """The published quarters of a group, the oldest first."""
        return await self._select("WHERE group_id = ? ORDER BY quarter", (group_id,))

    async def add(self, group_id: int, quarter: str, figures: JsonObject) -> PublishedQuarter:
        """Publish a quarter ("2027-1")."""
        return await self._new(lambda id: PublishedQuarter(id, group_id, quarter, figures))

    async def complete(self, quarter: PublishedQuarter, figures: dict[str, list[int] | None]) -> None:
        """Keep with a quarter why it does not tell what it does not tell, which versions before 0.12 did not keep."""
        await self._update(quarter.id, figures=figures)
