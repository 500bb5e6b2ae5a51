"""Turning records into rows and back. Each table has a column `sealed`: the encrypted JSON of what people wrote."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Generic, TypeAlias, TypeVar, get_type_hints

from storage.errors import Damaged
from storage.json_records import Codec, Json, codec
from storage.vault.vault import VaultKey

R = TypeVar("R")
SqlValue: TypeAlias = str | int | float | bytes | None
LEAST = 128  # bytes that sealed content has at the least

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class RecordTable(Generic[R]):
    """The layout of one record type: its SQL, and the conversion of records to values and of rows to records."""

    def __init__(
        self, name: str, record: type[R], sealed: Sequence[str] = (), *, bound: Sequence[str] = (), least: int = LEAST
    ) -> None:
        """`bound`: plain columns that the seal proves, so that a row in which they were changed does not open.

        `least`: the bytes that the shortest content is padded to.
        """
        names = [field.name for field in fields(record)]  # type: ignore[arg-type]
        hints = get_type_hints(record)
        self.name = name
        self._record = record
        self._sealed = tuple(sealed)
        self._codecs = [(column, codec(hints[column])) for column in sealed]
        self._plain = [column for column in names if column not in sealed]
        first = attrgetter(self._plain[0])
        self._take_plain: Callable[[R], Iterable[SqlValue]] = lambda record: (first(record),)
        if self._plain[1:]:
            self._take_plain = attrgetter(*self._plain)
        self._least = least
        self._as_stored = [_as_stored(hints[column]) for column in self._plain]
        self._proved = ("id", *(["version"] if "version" in names and sealed else []), *bound)
        self._columns = [*self._plain, "sealed"] if sealed else self._plain
        self.columns = ", ".join(self._columns)
        self.select = f"SELECT {self.columns} FROM {name}"
        self.insert = f"INSERT INTO {name} ({self.columns}) VALUES ({', '.join('?' * len(self._columns))})"

    def values(self, record: R, key: VaultKey) -> list[SqlValue]:
        """Return the values to insert."""
        values = [
            by.dump(value) if by else value for by, value in zip(self._as_stored, self._take_plain(record), strict=True)
        ]
        if self._sealed:
            values.append(self._seal(record, key))
        return values

    def change(self, before: R, after: R, key: VaultKey) -> tuple[str, list[SqlValue]]:
        """Return the update from one record to the other, without unchanged columns, as indexes and references cost."""
        columns: list[str] = []
        values: list[SqlValue] = []
        rows = zip(self._plain, self._as_stored, self._take_plain(before), self._take_plain(after), strict=True)
        for column, by, old, new in rows:
            if old != new:
                columns.append(f"{column} = ?")
                values.append(by.dump(new) if by else new)
        if self._sealed:
            columns.append("sealed = ?")
            values.append(self._seal(after, key))
        return f"UPDATE {self.name} SET {', '.join(columns)} WHERE id = ?", [*values, after.id]  # type: ignore[attr-defined]

    def record(self, row: Iterable[Any], key: VaultKey) -> R:
        """The record of a row, which holds the values of `columns` in their order. Raises Damaged."""
        values = list(row)
        sealed = values.pop() if self._sealed else None
        plain = zip(self._plain, self._as_stored, values, strict=True)
        named = {column: by.load(value) if by else value for column, by, value in plain}
        if sealed is not None:
            content = unpack(key.open(self.place(named), sealed))
            if len(content) > len(self._codecs):
                raise Damaged(self.place(named))
            pairs = zip(self._codecs, content, strict=False)  # what an earlier version did not keep has its default
            named.update((column, by.load(value) if by else value) for (column, by), value in pairs)
        return self._record(**named)

    def _seal(self, record: R, key: VaultKey) -> bytes:
        content = [by.dump(getattr(record, name)) if by else getattr(record, name) for name, by in self._codecs]
        place = self._place(getattr(record, name) for name in self._proved)
        return key.seal(place, padded(pack(content), self._least))

    def place(self, row: Mapping[str, Any]) -> str:
        """Return what a row's seal proves besides its content: table, id, version, and the bound columns."""
        return self._place(row[name] for name in self._proved)

    def _place(self, proved: Iterable[SqlValue]) -> str:
        return "/".join([self.name, *(str(int(value) if isinstance(value, bool) else value) for value in proved)])


def _as_stored(hint: Any) -> Codec | None:
    """The codec of a plain column; None for what SQLite keeps as it is."""
    if hint in (datetime, datetime | None):
        return Codec(
            lambda time: None if time is None else seconds(time), lambda at: None if at is None else moment(at)
        )
    return Codec(bool, bool) if hint is bool else codec(hint)


def pack(content: Json) -> bytes:
    """JSON as short as it gets. Raises ValueError or TypeError for what is no JSON."""
    return _encode(content).encode()


def padded(packed: bytes, least: int = LEAST) -> bytes:
    """Pad JSON with blanks up to the next power of two, so that the sealed length tells little of the content."""
    return packed.ljust(max(least, 1 << (len(packed) - 1).bit_length()))


def listed(values: Iterable[Json]) -> str:
    """Return a list for SQLite's json_each; as text, since it may take bytes (as of `[1234]`) for its binary JSON."""
    return _encode(list(values))


def unpack(packed: bytes) -> Json:
    """Return what was packed."""
    return json.loads(packed)


def seconds(time: datetime) -> int:
    """Return a time as it is stored, in unix seconds. Raises ValueError for one without a time zone."""
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return int(time.timestamp())


def midnight(time: datetime) -> datetime:
    """Return the beginning of its day, UTC: for unsealed columns in which the time of day would tell who it was."""
    return time.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def moment(stored: int) -> datetime:
    """Return a stored time, in UTC."""
    return datetime.fromtimestamp(stored, UTC)
