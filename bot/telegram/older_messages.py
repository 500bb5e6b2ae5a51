"""Converts items that versions before 0.2 left in the outbox, calls of the Bot API, to the present form."""

from collections.abc import Callable
from typing import Final

from bot.telegram.calls import ACTIVITIES, METHODS, QUESTIONS
from storage.json_records import Json, JsonObject
from storage.records.records import OutboxKind

KINDS: Final[dict[str, OutboxKind]] = {
    **{method: kind for kind, method in METHODS.items()},
    **dict.fromkeys(QUESTIONS.values(), OutboxKind.ASK),
    "deleteMessages": OutboxKind.DELETE,
}


def content_of(method: str, params: JsonObject) -> JsonObject:
    """Return a waiting call as `storage.records.outbox` has it."""
    known: JsonObject = {}
    if KINDS[method] is OutboxKind.ASK:
        known["question"] = next(name for name, of in QUESTIONS.items() if of == method)
    for name, value in params.items():
        if name in _CONTENT:
            known |= _CONTENT[name](value)
    if "text" in known and "parse_mode" not in params:
        known["plain"] = True
    return known


def _beneath(markup: JsonObject) -> JsonObject:
    """Return the keyboard, or the writing field that is opened."""
    if "inline_keyboard" in markup:
        return {"keyboard": [[_key(key) for key in row] for row in markup["inline_keyboard"]]}
    if "force_reply" in markup:
        return {"write": {"hint": markup["input_field_placeholder"], "only": markup["selective"]}}
    return {}


def _key(key: dict[str, str]) -> dict[str, str]:
    return {"label": key["text"], **({"url": key["url"]} if "url" in key else {"action": key["callback_data"]})}


def _file(named: str) -> JsonObject:
    return {"file": named} if named and not named.startswith("attach://") else {}


# What a parameter has become, by its name; the others are made anew for each call.
_CONTENT: Final[dict[str, Callable[[Json], JsonObject]]] = {
    "text": lambda text: {"text": text},
    "caption": lambda text: {"text": text},
    "message_thread_id": lambda topic: {"topic": topic},
    "reply_markup": _beneath,
    "reply_parameters": lambda reply: {"reply_to": reply["message_id"]},
    "photo": _file,
    "document": _file,
    "message_ids": lambda messages: {"messages": messages},
    "action": lambda action: {"what": next(what for what, named in ACTIVITIES.items() if named == action)},
    "user_id": lambda user: {"user": user},
    "commands": lambda commands: {"commands": [[one["command"], one["description"]] for one in commands]},
}
