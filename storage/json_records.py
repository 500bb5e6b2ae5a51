"""Records as plain JSON and back, by the types of their fields: dates as ISO text, keys as text.

A field that stands at its default is not written, so what is stored stays small, and a new field needs no migration.
A name that no field has any more is passed over when it is read. A union of records is written among the fields of the
record that has it; which of them it is follows from the names. So are those of a field that is `among` them.
"""

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

Json: TypeAlias = Any  # any JSON
Hint: TypeAlias = Any  # a type as a field's annotation has it, and its values
JsonObject: TypeAlias = dict[str, Hint]  # JSON that the storage keeps as it is given

R = TypeVar("R")
AMONG: Final = "among"  # of a record's field: how those of its value are called among its own, in JSON


class Codec(NamedTuple):
    """How the values of one type are written as JSON and read back."""

    dump: Callable[[Hint], Hint]
    load: Callable[[Hint], Hint]


def among(kind: type, **names: str) -> dict[str, dict[str, str]]:
    """Return the metadata of a field of this kind, whose own fields are written among those of the record.

    `names`: how some of them are called there.
    """
    return {AMONG: {name: names.get(name, name) for name in kind.__annotations__}}


def dump(record: Any) -> dict[str, Hint]:
    """Write a dataclass as JSON."""
    kind: Hint = type(record)
    written: dict[str, Hint] = _of_dataclass(kind).dump(record)
    return written


def load(kind: Callable[..., R], data: Mapping[str, Hint]) -> R:
    """Read a dataclass from JSON."""
    read: R = _of_dataclass(kind).load(data)
    return read


@cache
def codec(hint: Any) -> Codec | None:
    """The codec of a type; None for what is JSON as it is."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        (inner,) = (codec(one) for one in args if one is not types.NoneType) if len(args) == 2 else (None,)
        return _optional(inner) if inner else None
    if origin is tuple:
        return _of_tuple(args)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _of_mapping(*map(codec, args), whole_keys=args[0] is int)
    return _of_plain(hint)


def _of_plain(hint: Hint) -> Codec | None:
    if not isinstance(hint, type):
        return None
    if issubclass(hint, datetime):
        return Codec(datetime.isoformat, datetime.fromisoformat)
    if issubclass(hint, date):
        return Codec(date.isoformat, date.fromisoformat)
    if issubclass(hint, time):
        return Codec(lambda value: value.isoformat("minutes"), time.fromisoformat)
    if issubclass(hint, Enum):
        return _of_words(hint)
    return _of_dataclass(hint) if dataclasses.is_dataclass(hint) else None


def _of_words(kind: type[Enum]) -> Codec:
    """Keep a word that the enum does not have (another version's) as a text: one row must not stop all reading."""
    members = {member.value: member for member in kind}
    return Codec(str, lambda value: members.get(value, value))


def _optional(inner: Codec) -> Codec:
    write, read = inner
    return Codec(
        lambda value: None if value is None else write(value), lambda value: None if value is None else read(value)
    )


def _of_tuple(args: tuple[Any, ...]) -> Codec:
    inner = codec(args[0])  # all of one kind: tuple[int, ...], tuple[float, float]
    if inner is None:
        return Codec(list, tuple)
    write, read = inner
    return Codec(
        lambda values: [write(value) for value in values], lambda values: tuple(read(value) for value in values)
    )


def _of_mapping(keys: Codec | None, values: Codec | None, *, whole_keys: bool) -> Codec | None:
    if keys is None and values is None and not whole_keys:
        return None
    write_key, read_key = (str, int) if whole_keys else keys or (_same, _same)
    write, read = values or (_same, _same)
    return Codec(
        lambda mapping: {write_key(key): write(value) for key, value in mapping.items()},
        lambda mapping: {read_key(key): read(value) for key, value in mapping.items()},
    )


@cache
def _of_dataclass(kind: Hint) -> Codec:
    return spread(kind, **{field.name: field.metadata[AMONG] for field in dataclasses.fields(kind) if field.metadata})


def spread(kind: Hint, **among: Mapping[str, str]) -> Codec:
    """Return the codec of a dataclass of which some fields are written `among` the others: how theirs are called."""
    of_all = get_type_hints(kind)
    hints = {field.name: of_all[field.name] for field in dataclasses.fields(kind)}
    unions = {name: found for name, hint in hints.items() if (found := _records_of(hint))}
    parts = [(name, _of_dataclass(hints[name]), called) for name, called in among.items()]
    apart = {*unions, *among}
    codecs = {name: codec(hint) or Codec(_same, _same) for name, hint in hints.items() if name not in apart}
    usual = {field.name: _default(field) for field in dataclasses.fields(kind)}

    (union, records), *others = unions.items() or [("", ())]
    assert not others, kind
    plan = [(name, usual[name], codecs[name].dump) for name in codecs]
    values_of = attrgetter(*codecs) if len(codecs) > 1 else lambda record: [getattr(record, name) for name in codecs]

    def write(record: Any) -> dict[str, Hint]:
        pairs = zip(plan, values_of(record), strict=True)
        written = {name: by(value) for (name, used, by), value in pairs if value != used}
        for name, part, called in parts:
            if (apart := getattr(record, name)) != usual[name]:
                written |= {called[own]: value for own, value in part.dump(apart).items()}
        return written | dump(one) if union and (one := getattr(record, union)) is not None else written

    def read(data: Mapping[str, Hint]) -> Hint:
        given = {name: codecs[name].load(value) for name, value in data.items() if name in codecs}
        for name, part, called in parts:
            given[name] = part.load({own: data[kept] for own, kept in called.items() if kept in data})
        if len(given) < len(data):
            for names, load in records:
                if names <= data.keys():
                    return kind(**given, **{union: load(data)})
        return kind(**given)

    return Codec(write, read)


def _records_of(hint: Hint) -> list[tuple[frozenset[str], Callable[[Any], Any]]]:
    """Return the records of a union, each with the names that it must have, those with most names first."""
    kinds = [one for one in get_args(hint) if hasattr(one, "__dataclass_fields__")]
    must = [frozenset(f.name for f in dataclasses.fields(one) if _default(f) is dataclasses.MISSING) for one in kinds]
    found = [(names, _of_dataclass(one).load) for names, one in zip(must, kinds, strict=True)]
    return sorted(found, key=lambda one: -len(one[0])) if len(found) > 1 else []


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _same(value: Hint) -> Hint:
    return value
