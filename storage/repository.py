"""What the repositories share: the memory of the store, and getting, adding and changing records by id."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from sqlite3 import Row
from typing import Any, Generic, TypeVar

from storage.errors import Unknown
from storage.records import Outgoing
from storage.session import Session
from storage.table import Table
from storage.vault import Key, KeyFolder, Keyring

Clock = Callable[[], datetime]
R = TypeVar("R")
CACHE_SIZE = 5_000


class Memory:
    """What the store keeps beside the database between transactions; true because nobody else writes."""

    def __init__(self, keyring: Keyring, keys: KeyFolder, clock: Clock, last_ids: dict[str, int]) -> None:
        self.keyring = keyring
        self.keys = keys
        self.clock = clock
        self.group_keys: dict[int, Key] = {}
        self.in_flight: dict[int, Outgoing] = {}  # what the sender has in its hands: nothing may be folded into it now
        self._last_ids = last_ids
        self._caches: dict[str, dict[Any, Any]] = {}

    def cache(self, name: str) -> dict[Any, Any]:
        """Records by id, or ids by something else. Emptied at a rollback, and when it has grown large."""
        cache = self._caches.setdefault(name, {})
        if len(cache) > CACHE_SIZE:
            cache.clear()
        return cache

    def forget(self) -> None:
        """Empty every cache."""
        self._caches.clear()

    def destroy_key(self, group_id: int, key_id: str) -> None:
        """What was sealed with it cannot be read again, here or in any copy."""
        self.group_keys.pop(group_id, None)
        self.in_flight = {id: item for id, item in self.in_flight.items() if item.about != group_id}
        self.keys.destroy(key_id)

    def take_off(self, items: Iterable[Outgoing]) -> None:
        """The sender has these in its hands now."""
        self.in_flight.update((item.id, item) for item in items)

    def new_id(self, table: str) -> int:
        """Ids are given out here and not by SQLite, because what is sealed is bound to its id."""
        self._last_ids[table] = number = self._last_ids.get(table, 0) + 1
        return number


class Repository:
    """A way to one kind of records inside one transaction."""

    def __init__(self, session: Session, memory: Memory) -> None:
        self._session = session
        self._memory = memory

    def _now(self) -> datetime:
        """The time in whole seconds, as it is stored."""
        return self._memory.clock().replace(microsecond=0)

    async def _key(self, group_id: int | None) -> Key:
        """The key that seals what belongs to the group; the house's own key for None."""
        if group_id is None:
            return self._memory.keyring.house
        key = self._memory.group_keys.get(group_id)
        if key is None:
            row = await self._session.row("SELECT key_id FROM groups WHERE id = ?", (group_id,))
            if row is None:
                raise Unknown("group", group_id)
            key = self._memory.group_keys[group_id] = self._memory.keys.load(row["key_id"])
        return key


class Records(Repository, Generic[R]):
    """Records of one table. `owner` is the column with the group whose key seals them; without one the house's does."""

    table: Table[R]
    owner: str | None = "group_id"
    cached = False

    async def get(self, id: int) -> R:
        """Raises Unknown (a LookupError)."""
        if self.cached and (record := self._memory.cache(self.table.name).get(id)) is not None:
            return record  # type: ignore[no-any-return]
        found = await self._select("WHERE id = ?", (id,))
        if not found:
            raise Unknown(self.table.name, id)
        return found[0]

    async def lookup(self, id: int) -> R | None:
        """The record, or None where a number may be made up or out of date."""
        try:
            return await self.get(id)
        except Unknown:
            return None

    async def update(self, id: int, **changes: Any) -> R:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        before = await self.get(id)
        after: R = replace(before, **changes)  # type: ignore[type-var]
        if after != before:
            await self._save(id, before, after)
        return after

    async def _save(self, id: int, before: R, after: R) -> None:
        self._session.write(*self.table.change(before, after, await self._key_of(after)))
        if self.cached:
            self._memory.cache(self.table.name)[id] = after

    async def _add(self, id: int, record: R) -> R:
        self._session.write(self.table.insert, self.table.values(record, await self._key_of(record)))
        if self.cached:
            self._memory.cache(self.table.name)[id] = record
        return record

    async def _select(self, rest: str, values: Sequence[Any] = ()) -> list[R]:
        """The records that `rest` (WHERE and what follows) picks."""
        rows = await self._session.rows(f"{self.table.select} {rest}", values)
        cache = self._memory.cache(self.table.name) if self.cached else {}
        records = []
        for row in rows:
            record = cache.get(row["id"])
            if record is None:
                record = await self._record(row)
                if self.cached:
                    cache[row["id"]] = record
            records.append(record)
        return records

    async def _record(self, row: Row) -> R:
        return self.table.record(row, await self._key(row[self.owner] if self.owner else None))

    async def _key_of(self, record: R) -> Key:
        return await self._key(getattr(record, self.owner) if self.owner else None)
