"""A played Telegram as JSON, so that it can be kept in a file and taken up again."""

import base64
import json
from collections import deque
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from .updates import UpdateQueue
from .world import Chat, Member, Message, Query, StoredFile, Topic, User, Webhook, World

_KEPT = {
    one.__name__: one for one in (User, Member, Topic, Message, Chat, StoredFile, Query, Webhook, UpdateQueue, World)
}
_MANY = {one.__name__: one for one in (list, tuple, set, frozenset)}


def dumps(world: World) -> bytes:
    """The world in a file's form; its clock stands where it is."""
    return json.dumps(_plain(world), ensure_ascii=False).encode()


def loads(kept: bytes) -> World:
    """The world from a file's form; it stands still until a clock is given."""
    world = _whole(json.loads(kept))
    assert isinstance(world, World)
    return world


def _plain(value: Any) -> Any:
    """A value as JSON: what JSON does not know is a list of its kind and its content."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return ["bytes", base64.b64encode(value).decode()]
        case datetime():
            return ["datetime", value.isoformat()]
        case timedelta():
            return ["timedelta", value.total_seconds()]
        case dict():
            return ["dict", [[_plain(key), _plain(one)] for key, one in value.items()]]
        case deque():
            return ["deque", [value.maxlen, *map(_plain, value)]]
        case list() | tuple() | set() | frozenset():
            return [type(value).__name__, [_plain(one) for one in value]]
    state = value.__getstate__() if isinstance(value, World) else _state(value)
    return [type(value).__name__, [[name, _plain(one)] for name, one in state.items()]]


def _state(value: Any) -> dict[str, Any]:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return dict(vars(value))


def _whole(plain: Any) -> Any:
    if not isinstance(plain, list):
        return plain
    kind, content = plain
    match kind:
        case "bytes":
            return base64.b64decode(content)
        case "datetime":
            return datetime.fromisoformat(content)
        case "timedelta":
            return timedelta(seconds=content)
        case "dict":
            return {_whole(key): _whole(one) for key, one in content}
        case "deque":
            return deque(map(_whole, content[1:]), maxlen=content[0])
        case _ if kind in _MANY:
            return _MANY[kind](map(_whole, content))
    made = object.__new__(_KEPT[kind])
    for name, one in content:
        setattr(made, name, _whole(one))
    return made
