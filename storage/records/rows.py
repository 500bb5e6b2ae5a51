"""Rows: the registers that a group fills over weeks."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import TypedDict, Unpack

from storage.errors import Outdated
from storage.json_records import JsonObject
from storage.records.records import Row
from storage.records.repository import REMEMBERED, Records
from storage.table import RecordTable


class AsTask(TypedDict, total=False):
    """What a row is as a task: who has taken it on, until when, and whether it is open, done or removed."""

    assignee: int | None
    due: date | None
    state: str


class RowChanges(AsTask, total=False):
    """The fields of a row that can be changed."""

    values: JsonObject


class Rows(Records[Row]):
    """The rows of all registers."""

    table = RecordTable("rows", Row, sealed=("values",))
    cached = REMEMBERED

    async def add(
        self,
        group_id: int,
        register: str,
        values: JsonObject,
        *,
        author: int | None,
        **task: Unpack[AsTask],
    ) -> Row:
        """Append a row. Numbers are never used twice, also not that of a removed row."""
        found = await self._session.row(
            "SELECT coalesce(max(number), 0) + 1 FROM rows WHERE group_id = ? AND register = ?", (group_id, register)
        )
        assert found is not None
        id, now = self._caches.new_id("rows"), self._now()
        row = Row(id, group_id, register, found[0], values, None, None, "open", 1, author, now, now)
        return await self._add(id, replace(row, **task))

    async def change(
        self, row_id: int, expected_version: int | None, by: int | None, **changes: Unpack[RowChanges]
    ) -> Row:
        """Make a new version with the named fields changed (values, assignee, due, state); the old one is kept.

        Raises Outdated when `expected_version` is given and no longer the newest, Unknown when there is no such row.
        """
        before = await self.get(row_id)
        if expected_version not in (None, before.version):
            raise Outdated
        after = replace(before, **changes)
        if after == before:
            return before
        after = replace(after, version=before.version + 1, author=by, changed_at=self._now())
        self._session.write(
            "INSERT INTO row_versions SELECT id, version, assignee, due, state, author, changed_at, sealed "
            "FROM rows WHERE id = ?",
            (row_id,),
        )
        await self._save(row_id, before, after)
        return after

    async def thin(self, row_id: int, keep: Collection[str]) -> None:
        """Keep only these of a row's values, and nothing of its history. Raises Unknown."""
        row = await self.get(row_id)
        values = {name: value for name, value in row.values.items() if name in keep}
        await self._save(row_id, row, replace(row, values=values, version=row.version + 1))
        self._session.write("DELETE FROM row_versions WHERE id = ?", (row_id,))
        self._session.wipe_log = True

    async def erase(self, row_id: int) -> None:
        """Delete a row with its history."""
        self._session.write("DELETE FROM rows WHERE id = ?", (row_id,))
        self._caches.forget()
        self._session.wipe_log = True

    async def rewrite(self, row_id: int, change: Callable[[JsonObject], JsonObject]) -> None:
        """Change the answers of a row and of all its versions, as if they had been given so. Raises Unknown."""
        *olds, newest = await self.history(row_id)
        key = await self._key(newest.group_id)
        for version in olds:
            values = change(version.values)
            if values == version.values:
                continue
            sealed = self.table.values(replace(version, values=values), key)[-1]
            where = (sealed, row_id, version.version)
            self._session.write("UPDATE row_versions SET sealed = ? WHERE id = ? AND version = ?", where)
        await self._update(row_id, values=change(newest.values))
        self._session.wipe_log = True

    async def strike(self, row_id: int, question: str, value: dict[str, int]) -> None:
        """Take this answer out of a row and all its versions, as if it had not been given. Raises Unknown."""
        given = (question, value)
        await self.rewrite(
            row_id, lambda values: {name: said for name, said in values.items() if (name, said) != given}
        )

    async def touched_by(self, member_id: int) -> Sequence[Row]:
        """The rows that a member has made or changed last, or has been given."""
        return await self._select("WHERE author = ? OR assignee = ? ORDER BY id", (member_id, member_id))

    async def history(self, row_id: int) -> list[Row]:
        """Every version of a row, the first one first. Raises Unknown."""
        found = await self._session.row(f"{self.table.select} WHERE id = ?", (row_id,))
        newest = await self.get(row_id)
        assert found is not None
        key = await self._key(newest.group_id)
        olds = await self._session.rows("SELECT * FROM row_versions WHERE id = ? ORDER BY version", (row_id,))
        return [*(self.table.record((dict(found) | dict(old)).values(), key) for old in olds), newest]

    async def taken_on(self, group_id: int) -> Sequence[Row]:
        """The open rows of all registers that somebody has taken on, the earliest due first.

        Of somebody who was erased the day is left: what a group has agreed on is still to be done.
        """
        test = "group_id = ? AND (assignee IS NOT NULL OR due IS NOT NULL) AND state = 'open'"
        return await self._select(f"WHERE {test} ORDER BY due IS NULL, due, id", (group_id,))

    async def all(self, group_id: int, register: str, *, state: str | None = None) -> Sequence[Row]:
        """All rows of a register in order of number; removed ones only when asked for by their state."""
        test, values = ("state <> 'removed'", ()) if state is None else ("state = ?", (state,))
        return await self._select(
            f"WHERE group_id = ? AND register = ? AND {test} ORDER BY number", (group_id, register, *values)
        )

    async def of_registers(self, group_id: int, registers: Collection[str]) -> Sequence[Row]:
        """All rows of some registers, the removed ones included, in order of number."""
        marks = ", ".join("?" * len(registers))
        return await self._select(
            f"WHERE group_id = ? AND register IN ({marks}) ORDER BY number", (group_id, *registers)
        )
