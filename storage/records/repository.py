"""What the repositories share: the caches, and getting, adding and changing records by id."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from sqlite3 import Row
from typing import Any, Generic, TypeVar

from storage.errors import Unknown
from storage.records.in_flight import InFlight
from storage.session import Session
from storage.table import RecordTable, SqlValue, listed
from storage.vault.vault import KeyFolder, Keyring, VaultKey

Clock = Callable[[], datetime]
K = TypeVar("K")
V = TypeVar("V")
R = TypeVar("R")
REMEMBERED = 5_000  # entries of a cache, unless told otherwise


class Cache(dict[K, V]):
    """A dict with so many entries at most: when it is full, the older half goes."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self._size and key not in self:
            for old in list(islice(self, len(self) // 2)):
                del self[old]
        super().__setitem__(key, value)


class Caches:
    """Records kept in memory between transactions; they are up to date because nobody else writes."""

    def __init__(self, keyring: Keyring, keys: KeyFolder, clock: Clock, last_ids: dict[str, int]) -> None:
        self.keyring = keyring
        self.keys = keys
        self.clock = clock
        self.group_keys: dict[int, VaultKey] = {}
        self.in_flight = InFlight()
        self.changed_chats: set[str] = set()  # copied chats, see `Store.changed_chats`
        self.used_sign_ins: dict[int, datetime] = {}  # until when they last now, see `SignIns`
        self._last_ids = last_ids
        self._by_name: dict[str, Cache[Any, Any]] = {}

    def cache(self, name: str, size: int = REMEMBERED) -> Cache[Any, Any]:
        """Records by id, or ids by something else. Emptied at a rollback."""
        cache = self._by_name.get(name)
        if cache is None:
            cache = self._by_name[name] = Cache(size)
        return cache

    def forget(self) -> None:
        """Empty every cache."""
        for cache in self._by_name.values():
            cache.clear()
        self.in_flight.forget()

    def destroy_key(self, group_id: int, key_id: str) -> None:
        """Destroy a group's key: what it sealed can never be read again, here or in any copy."""
        self.group_keys.pop(group_id, None)
        self.in_flight.drop(group_id)
        self.keys.destroy(key_id)

    def new_id(self, table: str) -> int:
        """Return a new id. They are not SQLite's, as a record is sealed together with its id before it is inserted."""
        self._last_ids[table] = number = self._last_ids.get(table, 0) + 1
        return number


class Repository:
    """The base of all repositories: one kind of records, inside one transaction."""

    def __init__(self, session: Session, memory: Caches) -> None:
        self._session = session
        self._caches = memory

    def _now(self) -> datetime:
        """The time in whole seconds, as it is stored."""
        return self._caches.clock().replace(microsecond=0)

    async def _key(self, group_id: int | None) -> VaultKey:
        """The key that seals what belongs to the group; the house's own key for None."""
        if group_id is None:
            return self._caches.keyring.house
        key = self._caches.group_keys.get(group_id)
        if key is None:
            row = await self._session.row("SELECT key_id FROM groups WHERE id = ?", (group_id,))
            if row is None:
                raise Unknown("group", group_id)
            key = self._caches.group_keys[group_id] = self._caches.keys.load(row["key_id"])
        return key


class Records(Repository, Generic[R]):
    """Records of one table. `owner` is the column with the group whose key seals them; without one the house's does."""

    table: RecordTable[R]
    owner: str | None = "group_id"
    cached = 0  # how many are remembered beside the database

    def __init__(self, session: Session, memory: Caches) -> None:
        super().__init__(session, memory)
        self._remembered: dict[int, R] = memory.cache(self.table.name, self.cached) if self.cached else {}

    async def get(self, id: int) -> R:
        """Return the record with this id. Raises Unknown (a LookupError)."""
        if (record := self._remembered.get(id)) is not None:
            return record
        found = await self._select("WHERE id = ?", (id,))
        if not found:
            raise Unknown(self.table.name, id)
        return found[0]

    async def lookup(self, id: int) -> R | None:
        """Return the record with this id, None if there is none, as for an id that is made up or out of date."""
        try:
            return await self.get(id)
        except Unknown:
            return None

    async def _update(self, id: int, **changes: Any) -> R:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        before = await self.get(id)
        after: R = replace(before, **changes)  # type: ignore[type-var]
        if after != before:
            await self._save(id, before, after)
        return after

    async def _save(self, id: int, before: R, after: R) -> None:
        self._session.write(*self.table.change(before, after, await self._key_of(after)))
        if self.cached:
            self._remembered[id] = after

    async def _save_latest(self, id: int, before: R, after: R) -> None:
        """Save a record that changes many times in a transaction: it is sealed and written once, at the end."""
        key = await self._key_of(after)
        self._session.coalesce((self.table.name, id), before, lambda first: self.table.change(first, after, key))
        self._remembered[id] = after

    async def _new(self, made: Callable[[int], R], **rosters: int | str) -> R:
        """Add the record that is made for a new id; `rosters` are those that list it (see `_all_of`)."""
        id = self._caches.new_id(self.table.name)
        self._joined(id, **rosters)
        return await self._add(id, made(id))

    async def _add(self, id: int, record: R) -> R:
        self._session.write(self.table.insert, self.table.values(record, await self._key_of(record)))
        if self.cached:
            self._remembered[id] = record
        return record

    async def _all_of(self, column: str, owner: int | str) -> list[R]:
        """Return (from the cache) all of a group's or a person's, in order. Code that adds one must call `_joined`."""
        rosters, remembered = self._roster(column), self._remembered
        try:
            return [remembered[id] for id in rosters[owner]]
        except KeyError:
            found = await self._select(f"WHERE {column} = ? ORDER BY id", (owner,))
            rosters[owner] = [record.id for record in found]  # type: ignore[attr-defined]
            return found

    async def prefetch(self, column: str, values: Iterable[int]) -> list[R]:
        """Read all of several groups or people in one statement, those that are not remembered yet, and return them."""
        rosters = self._roster(column)
        unknown = [value for value in set(values) if value not in rosters]
        if not unknown:
            return []
        where = f"WHERE {column} IN (SELECT value FROM json_each(?)) ORDER BY id"
        found = await self._select(where, (listed(unknown),))
        rosters.update({value: [] for value in unknown})
        for record in found:
            rosters[getattr(record, column)].append(record.id)  # type: ignore[attr-defined]
        return found

    async def prefetch_ids(self, ids: Iterable[int]) -> None:
        """Read several records in one statement, those that are not remembered yet."""
        remembered = self._remembered
        if unknown := [id for id in set(ids) if id not in remembered]:
            await self._select("WHERE id IN (SELECT value FROM json_each(?))", (listed(unknown),))

    def _roster(self, column: str) -> dict[int | str, list[int]]:
        """The ids of all of each group, person or chat, as far as they are known."""
        return self._caches.cache(f"{self.table.name} of {column}")

    def _joined(self, id: int, **owners: int | str) -> None:
        """Note that a new record, with the highest id, is one of theirs."""
        for column, owner in owners.items():
            if (ids := self._roster(column).get(owner)) is not None:
                ids.append(id)

    def _left(self, id: int, **owners: int | str) -> None:
        """Note that a record is deleted."""
        self._remembered.pop(id, None)
        for column, owner in owners.items():
            self._roster(column).pop(owner, None)

    async def _select(self, rest: str, values: Sequence[SqlValue] = ()) -> list[R]:
        """Return the records that `rest` (WHERE and what follows) selects."""
        rows = await self._session.rows(f"{self.table.select} {rest}", values)
        records = []
        for row in rows:
            record = self._remembered.get(row["id"])
            if record is None:
                record = await self._record(row)
                if self.cached:
                    self._remembered[row["id"]] = record
            records.append(record)
        return records

    async def _first(self, rest: str, values: Sequence[SqlValue] = ()) -> R | None:
        """Return the first record that `rest` selects, None if there is none."""
        found = await self._select(rest, values)
        return found[0] if found else None

    def _wipe(self, rest: str, values: Sequence[SqlValue]) -> None:
        """Delete the rows that `rest` selects; with the commit they leave the write-ahead log too."""
        self._session.write(f"DELETE FROM {self.table.name} {rest}", values)
        self._session.wipe_log = True

    async def _record(self, row: Row) -> R:
        return self.table.record(row, await self._key(row[self.owner] if self.owner else None))

    async def _key_of(self, record: R) -> VaultKey:
        return await self._key(getattr(record, self.owner) if self.owner else None)
