"""Converts items that versions before 0.2 left in the outbox, calls of the Bot API, to the present form."""

from typing import Final

from bot.telegram.calls import ACTIVITIES, METHODS, QUESTIONS
from storage.json_records import JsonObject
from storage.records.records import OutboxKind

KINDS: Final[dict[str, OutboxKind]] = {
    **{method: kind for kind, method in METHODS.items()},
    **dict.fromkeys(QUESTIONS.values(), OutboxKind.ASK),
    "deleteMessages": OutboxKind.DELETE,
}


def content_of(method: str, params: JsonObject) -> JsonObject:
    """Return a waiting call as `storage.records.outbox` has it."""
    match KINDS[method]:
        case OutboxKind.MESSAGE | OutboxKind.EDIT | OutboxKind.EDIT_KEYBOARD:
            return _text(params, "text") | _topic(params) | _beneath(params) | _reply_to(params)
        case OutboxKind.PHOTO | OutboxKind.DOCUMENT as kind:
            file = params.get(str(kind), "")
            known = {"file": file} if file and not file.startswith("attach://") else {}
            return _text(params, "caption") | _topic(params) | known
        case OutboxKind.DELETE if "message_ids" in params:
            return {"messages": params["message_ids"]}
        case OutboxKind.ACTIVITY:
            return {"what": next(w for w, action in ACTIVITIES.items() if action == params["action"]), **_topic(params)}
        case OutboxKind.ASK:
            question = next(name for name, of in QUESTIONS.items() if of == method)
            return {"question": question, **({"user": params["user_id"]} if "user_id" in params else {})}
        case OutboxKind.MENU:
            return {"commands": [[one["command"], one["description"]] for one in params["commands"]]}
        case _:
            return {}


def _text(params: JsonObject, name: str) -> JsonObject:
    if name not in params:
        return {}
    return {"text": params[name]} if "parse_mode" in params else {"text": params[name], "plain": True}


def _topic(params: JsonObject) -> JsonObject:
    return {"topic": params["message_thread_id"]} if "message_thread_id" in params else {}


def _beneath(params: JsonObject) -> JsonObject:
    """Return the keyboard, or the writing field that is opened."""
    markup = params.get("reply_markup", {})
    if "inline_keyboard" in markup:
        return {"keyboard": [[_key(key) for key in row] for row in markup["inline_keyboard"]]}
    if "force_reply" in markup:
        return {"write": {"hint": markup["input_field_placeholder"], "only": markup["selective"]}}
    return {}


def _key(key: dict[str, str]) -> dict[str, str]:
    return {"label": key["text"], **({"url": key["url"]} if "url" in key else {"action": key["callback_data"]})}


def _reply_to(params: JsonObject) -> JsonObject:
    return {"reply_to": params["reply_parameters"]["message_id"]} if "reply_parameters" in params else {}
