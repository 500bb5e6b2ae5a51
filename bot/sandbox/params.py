"""Parameters as they come over the wire (query, form, multipart, JSON or native values) made into Python values.

Outside JSON every value is a string; objects and lists are their JSON text.
"""

import json
import re
from collections.abc import Mapping

from . import structure
from .errors import bad_request
from .spec import KINDS, LEGACY, METHODS, UNPLAYED, Parameter
from .wire import Given, Json, Wire

MISSING: dict[str, str] = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "user_id": "invalid user_id specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "media": "there is no media in the request",
    "action": "wrong parameter action in request",
    "file_id": "file_id not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "name": "TOPIC_TITLE_EMPTY",
}
"""What Telegram says when a required parameter is absent or empty."""

_EMPTY_IS_MEANT = {"url", "commands"}
"""Required parameters whose empty value has a meaning: no webhook, no commands."""

_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0", "")
_INTEGER = re.compile(r"\s*[+-]?\d{1,19}\s*")
Files = Mapping[str, tuple[str, bytes, str]]
"""Uploaded parts: name -> (file name, content, media type)."""


def read(method: str, given: Given, files: Files) -> Wire:
    """The parameters of a call, checked against the declared ones. Raises ApiError."""
    declared = METHODS[method]
    values: Wire = {}
    for name, value in given.items():
        parameter = declared.get(name) or _legacy(method, name)
        if parameter is None:
            raise bad_request(f'unsupported parameter "{name}" specified')
        if value is not None:
            values[name] = _value(parameter, value)
    for name, parameter in declared.items():
        if parameter.kind == "file" and name in files:
            values[name] = f"attach://{name}"
        if parameter.required and values.get(name) in (None, "", []) and name not in _EMPTY_IS_MEANT:
            raise bad_request(MISSING.get(name, f'parameter "{name}" is required'))
        if name in UNPLAYED and values.get(name):
            raise bad_request(UNPLAYED[name])
    return values


def _legacy(method: str, name: str) -> Parameter | None:
    if name in LEGACY and method.startswith(("send", "edit")):
        return Parameter(name, KINDS[name], False)
    return None


def _value(parameter: Parameter, value: Json) -> Json:
    if parameter.kind == "bool":
        return _boolean(parameter.name, value)
    if parameter.kind == "json":
        return _json(parameter.name, value)
    if parameter.kind == "int":
        return _integer(parameter.name, value)
    return chat_id(value) if parameter.kind == "chat" else _string(parameter.name, value)


def _boolean(name: str, value: Json) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word not in _TRUE + _FALSE:
        raise bad_request(f'field "{name}" must be of type Boolean')
    return word in _TRUE


def _integer(name: str, value: Json) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str) or not _INTEGER.fullmatch(value):
        raise bad_request(MISSING.get(name, f'field "{name}" must be a valid Number'))
    return int(value)


def chat_id(value: Json) -> int | str:
    """A chat id, or an @username (which no chat of the sandbox has)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value).strip()
    return int(text) if _INTEGER.fullmatch(text) else text


def _string(name: str, value: Json) -> str:
    if isinstance(value, dict | list | bool):
        raise bad_request(f'field "{name}" must be of type String')
    text = value if isinstance(value, str) else str(value)
    structure.check_text(text)
    return text


def _json(name: str, value: Json) -> Json:
    if isinstance(value, str):
        try:
            value = json.loads(value) if value else None
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
    if value is not None:
        structure.check(name, value)
    return value
