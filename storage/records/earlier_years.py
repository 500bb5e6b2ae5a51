"""Figures of earlier years, entered by hand."""

from dataclasses import dataclass

from storage.records.repository import Records
from storage.table import RecordTable


@dataclass(frozen=True, slots=True)
class YearFigure:
    """A figure of an earlier year, entered by hand."""

    id: int
    group_id: int
    year: int
    series: str  # reported | exposed | talks | support
    number: int


class EarlierYears(Records[YearFigure]):
    """Figures of earlier years."""

    table = RecordTable("earlier_years", YearFigure, sealed=("number",))

    async def of_group(self, group_id: int) -> list[YearFigure]:
        """Return a group's figures, by year and series."""
        return await self._select("WHERE group_id = ? ORDER BY year, series", (group_id,))

    async def put(self, group_id: int, year: int, series: str, number: int | None) -> None:
        """Set the figure of a series in a year; None takes it away."""
        found = await self._select("WHERE group_id = ? AND year = ? AND series = ?", (group_id, year, series))
        if number is None:
            self._session.write(
                "DELETE FROM earlier_years WHERE group_id = ? AND year = ? AND series = ?", (group_id, year, series)
            )
        elif found:
            await self._update(found[0].id, number=number)
        else:
            await self._new(lambda id: YearFigure(id, group_id, year, series, number))
