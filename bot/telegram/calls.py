"""Converts items of the outbox to calls of the Bot API, and their results to the program's own words."""

from collections.abc import Mapping
from typing import Final

from bot.channel.limits import NOTICE
from bot.channel.outcomes import Answer, Commands, Membership
from bot.telegram.updates import is_inside
from bot.telegram.written import html
from messages.structure.blocks import Body, restored, stored
from storage.json_records import Json, JsonObject
from storage.records.records import OutboxKind, Outgoing

METHODS: Final[Mapping[OutboxKind, str]] = {
    OutboxKind.MESSAGE: "sendMessage",
    OutboxKind.PHOTO: "sendPhoto",
    OutboxKind.DOCUMENT: "sendDocument",
    OutboxKind.EDIT: "editMessageText",
    OutboxKind.EDIT_KEYBOARD: "editMessageReplyMarkup",
    OutboxKind.DELETE: "deleteMessage",
    OutboxKind.PIN: "pinChatMessage",
    OutboxKind.ACTIVITY: "sendChatAction",
    OutboxKind.MENU: "setMyCommands",
}
QUESTIONS: Final = {"administrators": "getChatAdministrators", "member": "getChatMember"}
ACTIVITIES: Final = {"writing": "typing", "drawing": "upload_photo", "sending": "upload_document"}
AUDIENCES: Final = {"private": "all_private_chats", "groups": "all_group_chats"}
NO_PREVIEW: Final = {"is_disabled": True}


def call_of(item: Outgoing, chat_id: int) -> tuple[str, JsonObject]:
    """Return the method and parameters for this item, in the chat with this id. Raises KeyError."""
    content, method = item.content, METHODS.get(item.kind, "")
    params: JsonObject = {"chat_id": chat_id}
    if item.message_id is not None:
        params["message_id"] = item.message_id
    match item.kind:
        case OutboxKind.MESSAGE | OutboxKind.EDIT | OutboxKind.EDIT_KEYBOARD:
            params |= _message(content)
        case OutboxKind.PHOTO | OutboxKind.DOCUMENT:
            params |= _written("caption", content) | _topic(content)
            if "file" in content:
                params[str(item.kind)] = content["file"]
        case OutboxKind.DELETE if "messages" in content:
            return "deleteMessages", {**params, "message_ids": content["messages"]}
        case OutboxKind.PIN:
            params["disable_notification"] = True
        case OutboxKind.ACTIVITY:
            params |= {"action": ACTIVITIES[content["what"]], **_topic(content)}
        case OutboxKind.ASK:
            method = QUESTIONS[content["question"]]
            params |= {"user_id": content["user"]} if "user" in content else {}
        case OutboxKind.MENU:
            return method, menu(content["commands"], {"type": "chat", "chat_id": chat_id})
    return method, params


def answer_of(item: Outgoing, result: Json) -> Answer:
    """Return what the call's result says. Raises KeyError, TypeError or IndexError for an unknown form."""
    match item.kind:
        case OutboxKind.ASK if item.content["question"] == "administrators":
            return [one["user"]["id"] for one in result]
        case OutboxKind.ASK:
            return Membership(is_inside(result), result["status"] in ("creator", "administrator"))
        case OutboxKind.PHOTO:
            return str(result["photo"][-1]["file_id"])
        case OutboxKind.DOCUMENT:
            return str(result["document"]["file_id"])
        case OutboxKind.MESSAGE:
            return int(result["message_id"])
        case _:
            return True


def courtesy(chat_id: int, body: Body, topic: int | None) -> JsonObject:
    """Return the parameters of a message that does not go through the outbox."""
    content: JsonObject = {"body": stored(body)}
    return {"chat_id": chat_id, **_message(content if topic is None else {**content, "topic": topic})}


def notice(query_id: str, text: str | None, *, alert: bool) -> JsonObject:
    """Return the parameters of the answer to a tap; Telegram requires one for every tap."""
    more = {"text": text[:NOTICE], "show_alert": alert} if text else {}
    return {"callback_query_id": query_id, **more}


def menu(commands: Commands, scope: JsonObject) -> JsonObject:
    """Return the parameters that set a menu of commands."""
    return {"commands": [{"command": name, "description": says} for name, says in commands], "scope": dict(scope)}


def _message(content: JsonObject) -> JsonObject:
    params = _written("text", content) | _topic(content)
    if "text" in params:
        params["link_preview_options"] = NO_PREVIEW
    if "keyboard" in content:
        params["reply_markup"] = {"inline_keyboard": [[_key(key) for key in row] for row in content["keyboard"]]}
    elif (write := content.get("write")) is not None:
        hint = {"input_field_placeholder": write["hint"]}
        params["reply_markup"] = {"force_reply": True, "selective": write["only"], **hint}
    if content.get("silent"):
        params["disable_notification"] = True
    if "reply_to" in content:
        params["reply_parameters"] = {"message_id": content["reply_to"], "allow_sending_without_reply": True}
    return params


def _written(name: str, content: JsonObject) -> JsonObject:
    """Return the words; before 0.14 they lay in the outbox as HTML."""
    if content.get("plain"):
        return {name: content["text"]}
    text = html(restored(content["body"])) if "body" in content else content.get("text", "")
    return {name: text, "parse_mode": "HTML"} if text else {}


def _topic(content: JsonObject) -> JsonObject:
    return {"message_thread_id": content["topic"]} if "topic" in content else {}


def _key(key: Mapping[str, str]) -> JsonObject:
    if "copy" in key:
        return {"text": key["label"], "copy_text": {"text": key["copy"]}}
    look = {"style": key["style"]} if "style" in key else {}
    return {"text": key["label"], **({"url": key["url"]} if "url" in key else {"callback_data": key["action"]}), **look}
