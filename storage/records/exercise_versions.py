"""Exercise versions (table `editions`): the text of each definition and its words; a round goes on as it began."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.records.repository import Repository
from storage.table import RecordTable, listed


@dataclass(frozen=True, slots=True)
class ExerciseVersion:
    """The text of an exercise as it was at some time, by a hash of it."""

    version: str
    exercise: str
    structure: str
    words: str


class ExerciseVersions(Repository):
    """Every version that is or was in use. Not sealed: it is the product's own text, not a group's."""

    table = RecordTable("editions", ExerciseVersion)

    async def keep(self, editions: Sequence[ExerciseVersion]) -> list[ExerciseVersion]:
        """Keep those that are new, and return all others, in no certain order."""
        at_hand = listed(edition.version for edition in editions)
        rows = await self._session.rows("SELECT version FROM editions")
        kept = {row["version"] for row in rows}
        for edition in editions:
            if edition.version not in kept:
                self._session.write(
                    f"INSERT OR IGNORE INTO editions ({self.table.columns}) VALUES (?, ?, ?, ?)",
                    (edition.version, edition.exercise, edition.structure, edition.words),
                )
        others = f"{self.table.select} WHERE version NOT IN (SELECT value FROM json_each(?))"
        return [ExerciseVersion(**dict(row)) for row in await self._session.rows(others, (at_hand,))]

    async def prune(self, present: Iterable[str]) -> None:
        """Delete those that are not among the `present` ones and that no round was begun with."""
        self._session.write(
            "DELETE FROM editions WHERE version NOT IN (SELECT value FROM json_each(?)) "
            "AND version NOT IN (SELECT definition FROM runs)",
            (listed(present),),
        )
