"""A table of a definition file, read so that each mistake in it is told with its place and a cure.

A record that stands in a file is read by its fields: each under its own name, as its type and its default say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, get_args, get_origin, get_type_hints, runtime_checkable

from flows.values import Json

R = TypeVar("R")
E = TypeVar("E", bound=StrEnum)
Hint: TypeAlias = Any  # the type of a field, and any value that it can have

EMPTY: Mapping[type, Hint] = {str: "", int: 0, tuple: ()}  # in the place of what must be there and is not

USUAL_CAUSES = (
    "a quotation mark that is not closed; curly quotes (“ ”) around a text instead of straight ones; "
    'a straight quote within a text between straight quotes (write ” within it, or put the text between """ and """)'
)


def unreadable(file: str, error: Exception) -> str:
    """Return the sentence about a file that is no TOML in UTF-8: its place, and the three usual causes."""
    return f"{file}: is not TOML in UTF-8 ({error}). Look at that line and the one before it for {USUAL_CAUSES}"


@runtime_checkable
class Checked(Protocol):
    """A record that knows what does not fit together in it."""

    def mistakes(self, table: "TomlTable") -> None:
        """Note on the table what its keys say that does not fit together."""


class TomlTable:
    """A table of a definition file that knows where it stands, so that each mistake can be told with its place."""

    def __init__(self, data: Json, place: str, mistakes: list[str]) -> None:
        self.data, self.place, self.mistakes, self.read = data, place, mistakes, set[str]()

    def wrong(self, key: str, cure: str) -> None:
        """Note a mistake at this key, which is read by that."""
        self.read.add(key)
        self.mistakes.append(f"{self.place}, {key}: {cure}")

    def refuse(self, *rules: tuple[str, Hint, str]) -> None:
        """Note a mistake for each of these rules that is broken: the key, whether it is, and what to do then."""
        for key, broken, cure in rules:
            if broken:
                self.wrong(key, cure)

    def get(self, key: str, kind: type | tuple[type, ...], default: Any = None, *, needed: bool = False) -> Any:
        """The value of a key, which must be of this kind."""
        self.read.add(key)
        if key not in self.data:
            if needed:
                self.wrong(key, "is missing; add it")
            return default
        value = self.data[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            self.wrong(key, f"must be {' or '.join(k.__name__ for k in kinds)}, is {type(value).__name__}")
            return default
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None, *, needed: bool = False) -> str:
        """The value of a key, which must be one of these; the first of them for a wrong one without a default."""
        value = self.get(key, str, default, needed=needed)
        allowed = tuple(allowed)
        if value is not None and value not in allowed:
            self.wrong(key, f"is “{value}”; choose one of {', '.join(allowed)}")
            value = default
        return value if value is not None else next(iter(allowed), "")

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of texts, each there once."""
        values = self.get(key, list, [])
        if not all(isinstance(v, str) for v in values):
            self.wrong(key, "must be a list of texts")
            return ()
        if len(set(values)) != len(values):
            self.wrong(key, "has the same entry twice; remove one")
        return tuple(values)

    def table(self, key: str) -> "TomlTable | None":
        """A table within this one, None if it is not there."""
        data = self.get(key, dict)
        return TomlTable(data, f"{self.place} [{key}]", self.mistakes) if data is not None else None

    def tables(self, key: str) -> list["TomlTable"]:
        """Tables of the same kind, each named by its id or its number."""
        rows = self.get(key, list, [])
        if not all(isinstance(r, dict) for r in rows):
            self.wrong(key, f"must be tables: [[{key}]]")
            return []
        return [
            TomlTable(r, f"{self.place} [[{key}]] {r.get('id', number)}", self.mistakes)
            for number, r in enumerate(rows, 1)
        ]

    def choice(self, key: str, names: type[E]) -> E | None:
        """The one of these names that stands under a key; None if it is not there."""
        name = self.one_of(key, ("", *names), "")
        return names(name) if name else None

    def lists(self, key: str, names: Iterable[str] | None = None) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Lists of texts by name, `{ kind = ["police"] }`: of these names alone, if any are given."""
        inner = TomlTable(self.get(key, dict, {}), f"{self.place} {key}", self.mistakes)
        found = tuple((name, inner.strings(name)) for name in inner.data if names is None or name in tuple(names))
        inner.done()
        return found

    def record(self, kind: type[R], **given: Hint) -> R:
        """A record of this kind, whose fields are keys of this table, but for those that are `given`."""
        made: Hint = kind
        read = {name: self._field(name, *told) for name, told in _layout(made).items() if name not in given}
        record: R = made(**read, **given)
        return record

    def whole(self, kind: type[R], **given: Hint) -> R:
        """A record of this kind, where the table holds nothing else. What does not fit together in it is noted."""
        record = self.record(kind, **given)
        if isinstance(record, Checked):
            record.mistakes(self)
        self.done()
        return record

    def part(self, key: str, kind: type[R]) -> R | None:
        """The record of this kind that is a table within this one; None if it is not there."""
        table = self.table(key)
        return table.whole(kind) if table is not None else None

    def _field(self, key: str, kind: Any, usual: Hint, needed: bool, optional: bool) -> Hint:
        """The value of a field of this type, as `_layout` tells of it."""
        if get_origin(kind) is tuple:
            return self._several(key, get_args(kind)[0]) or usual
        if get_origin(kind) is Literal:
            return self.one_of(key, get_args(kind), usual, needed=needed)
        if issubclass(kind, StrEnum):
            return self.choice(key, kind) if optional else kind(self.one_of(key, kind, usual, needed=needed))
        if isinstance(kind, type) and is_dataclass(kind):
            return self.part(key, kind)
        return self.get(key, (int, float) if kind is float else kind, usual, needed=needed)

    def _several(self, key: str, kind: Any) -> tuple[Hint, ...]:
        """Texts; records, each a table of the singular name (`[[gap]]` of `gaps`); or lists of texts by name."""
        if get_origin(kind) is tuple:
            names = get_args(kind)[0]
            return self.lists(key) if names is str else tuple((names(n), o) for n, o in self.lists(key, names))
        if isinstance(kind, type) and is_dataclass(kind):
            return tuple(table.whole(kind) for table in self.tables(key.removesuffix("s")))
        return self.strings(key)

    @property
    def unread(self) -> list[str]:
        """The keys that nothing has asked for so far."""
        return sorted(set(self.data) - self.read)

    def done(self) -> None:
        """Note every key that nothing has asked for as a mistake; to be called last."""
        for key in self.unread:
            self.wrong(key, "is not known here; remove it or mend the spelling")


@cache
def _layout(record: Hint) -> dict[str, tuple[Hint, Hint, bool, bool]]:
    """Return of each field its type, its default, whether it must be there, and whether it can be None."""
    found, hints = {}, get_type_hints(record)
    for one in fields(record):
        hint = hints[one.name]
        kinds = [kind for kind in get_args(hint) if kind is not NoneType]
        optional, lacks = NoneType in get_args(hint), one.default is MISSING
        kind = kinds[0] if optional else hint
        usual = EMPTY.get(get_origin(kind) or kind) if lacks else one.default
        found[one.name] = (kind, None if lacks and optional else usual, lacks and not optional, optional)
    return found
