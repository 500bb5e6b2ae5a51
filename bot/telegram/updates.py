"""Reads Telegram's updates from JSON into the few records that the rest of the program knows.

The library could build its objects of each update; that costs more than all the rest of handling an answer, and a dozen
fields are enough. Updates without use give None.
"""

import re
from collections.abc import Callable, Collection, Mapping

from bot.channel.limits import legible
from bot.channel.updates import (
    CallbackQuery,
    Chat,
    ChatMemberChanged,
    MemberLeft,
    MembersJoined,
    Migrated,
    Pinned,
    Position,
    Renamed,
    Sender,
    Update,
    Written,
)
from storage.json_records import Json, JsonObject

# Telegram's accounts for anonymous administrators, channels and itself: no persons.
NO_PERSONS = frozenset({1087968824, 136817688, 777000})
MEDIA = (
    "photo", "video", "voice", "audio", "document", "sticker", "animation", "video_note", "poll", "contact", "location",
    "venue", "dice", "game", "story", "paid_media", "checklist", "giveaway", "invoice",
)  # fmt: skip
SHOWN = frozenset({"contact", "location", "venue"})  # media that say in data, and not in a file, where or who
# Fields that are safe to show, of an update of which nothing that people wrote may be.
NUMBERS = frozenset(
    {"update_id", "message_id", "message_thread_id", "date", "edit_date", "offset", "length", "file_size"}
)
SAID = frozenset({"text", "caption", "entities", "caption_entities", "reply_to_message", "quote"})
# Telegram knows commands of English letters only, and people write as they spell: /dölj is /dolj.
_SWEDISH = re.compile(r"/(?=\w*[åäö])(\w{1,32})(?=\s|$)", re.IGNORECASE)
_FOLDED = str.maketrans("åäö", "aao")
LONG = 4000  # UTF-16 units from which on a phone may have split a text (it splits at 4096)


def read(update: JsonObject, username: str) -> Update | None:
    """Read an update; None for one without use. Raises KeyError or TypeError for what is no update."""
    if message := update.get("message"):
        return _message(message, username, edited=False)
    if message := update.get("edited_message"):
        return _message(message, username, edited=True)
    if query := update.get("callback_query"):
        return _tap(query)
    for kind in ("my_chat_member", "chat_member"):
        if change := update.get(kind):
            return _standing(change, ours=kind == "my_chat_member")
    return None


def is_ordinary_talk(update: JsonObject, username: str) -> bool:
    """True for people's talk in a group, which only reaches a bot that is an administrator, and is ignored."""
    said = update.get("message") or update.get("edited_message")
    if not isinstance(said, Mapping) or not isinstance(chat := said.get("chat"), Mapping):
        return False
    if chat.get("type") not in ("group", "supergroup") or not any(kind in said for kind in ("text", *MEDIA)):
        return False
    try:
        return not str(said.get("text", "")).startswith("/") and not _replied_to_us(said, username)
    except (AttributeError, TypeError):  # no update at all
        return False


def origin(update: JsonObject) -> tuple[int | None, int | None]:
    """Return an update's sender and chat, as far as they can be read of something that may be no update at all."""
    user = chat = None
    for content in update.values():
        if isinstance(content, dict):
            user = user or _id(content.get("from"))
            message = content.get("message")
            chat = chat or _id(content.get("chat")) or _id(message.get("chat") if isinstance(message, dict) else None)
    return user, chat


def _id(data: Json) -> int | None:
    found = data.get("id") if isinstance(data, dict) else None
    return found if type(found) is int and abs(found) < 1 << 63 else None


def _chat(data: JsonObject) -> Chat:
    return Chat(data["id"], data["type"], data.get("title", ""))


def _sender(data: JsonObject | None, *, sender_chat: bool = False) -> Sender:
    if data is None:
        return Sender(0, "", known=False)
    name = " ".join(part for part in (data.get("first_name"), data.get("last_name")) if part)
    return Sender(data["id"], name, known=not (sender_chat or data.get("is_bot") or data["id"] in NO_PERSONS))


def _message(data: JsonObject, username: str, *, edited: bool) -> Update | None:
    for kind, told in _SERVICE.items():
        if kind in data:
            return told(_chat(data["chat"]), data[kind])
    return _written(data, username, edited=edited)


# What messages tell of a chat itself, by the field that tells it.
_SERVICE: Mapping[str, Callable[[Chat, Json], Update]] = {
    "migrate_to_chat_id": lambda chat, moved: Migrated(chat.id, moved),
    "migrate_from_chat_id": lambda chat, left: Migrated(left, chat.id),
    "new_chat_members": lambda chat, members: MembersJoined(chat, tuple(map(_sender, members))),
    "left_chat_member": lambda chat, member: MemberLeft(chat, member["id"]),
    "new_chat_title": Renamed,
    "pinned_message": lambda chat, message: Pinned(chat, message["message_id"]),
}


def _written(data: JsonObject, username: str, *, edited: bool) -> Written | None:
    media = next((kind for kind in MEDIA if kind in data), None)
    text = legible(data.get("text") or data.get("caption") or "")
    if not text and media is None:
        return None  # other service messages
    command, arguments, addressed = _command(data, text, username) if media is None else (None, "", False)
    ours = _replied_to_us(data, username)
    return Written(
        chat=_chat(data["chat"]),
        sender=_sender(data.get("from"), sender_chat="sender_chat" in data),
        message_id=data["message_id"],
        at=data.get("edit_date") or data["date"],
        text=text,
        command=command,
        arguments=arguments,
        addressed=addressed,
        thread=data.get("message_thread_id") if data.get("is_topic_message") else None,
        reply_to=ours.get("message_id"),
        replied_at=ours.get("date", 0),
        quoted=(data.get("reply_to_message") or {}).get("text", ""),
        media=media,
        album=data.get("media_group_id"),
        edited=edited,
        forwarded="forward_origin" in data,
        long=len(text.encode("utf-16-le")) // 2 >= LONG,
        position=_position(data),
    )


def _position(data: JsonObject) -> Position | None:
    place = data.get("location") or data.get("venue", {}).get("location")
    return Position(float(place["latitude"]), float(place["longitude"])) if place else None


def without(update: JsonObject, names: Collection[str]) -> JsonObject:
    """Return the update without these fields of its message."""
    kept = dict(update)
    for kind in ("message", "edited_message"):
        if isinstance(message := kept.get(kind), Mapping):
            kept[kind] = {name: value for name, value in message.items() if name not in names}
    return kept


def _command(data: JsonObject, text: str, username: str) -> tuple[str | None, str, bool]:
    """Return the command a message begins with, what follows it, and whether it names this bot.

    None for one that is addressed to another bot, and for a forward.
    """
    if "forward_origin" in data:
        return None, "", False
    if swedish := _SWEDISH.match(text):
        return swedish[1].lower().translate(_FOLDED), text[swedish.end() :].strip(), False
    first = next((e for e in data.get("entities", ()) if e["type"] == "bot_command" and e["offset"] == 0), None)
    if first is None:
        return None, "", False
    name, _, bot = text[1 : first["length"]].partition("@")
    if bot and bot.lower() != username.lower():
        return None, "", False
    return name.lower(), text[first["length"] :].strip(), bool(bot)


def _replied_to_us(data: Mapping[str, Json], username: str) -> Mapping[str, Json]:
    """Return the message of the bot's that this one replies to; an empty one if it replies to none."""
    replied: Mapping[str, Json] = data.get("reply_to_message") or {}
    author = replied.get("from", {}).get("username", "")
    return replied if author.lower() == username.lower() else {}


def _tap(data: JsonObject) -> CallbackQuery | None:
    message = data.get("message")
    if message is None:  # a button in an inline message, which the bot never sends
        return None
    return CallbackQuery(
        _chat(message["chat"]), _sender(data["from"]), data["id"], message["message_id"], data.get("data", "")
    )


def _standing(data: JsonObject, *, ours: bool) -> ChatMemberChanged:
    old, new = data["old_chat_member"], data["new_chat_member"]
    return ChatMemberChanged(
        _chat(data["chat"]),
        _sender(data["from"]),
        new["user"]["id"],
        ours,
        inside=is_inside(new),
        was_inside=is_inside(old),
        admin=new["status"] in ("creator", "administrator"),
    )


def is_inside(member: JsonObject) -> bool:
    """True if this ChatMember takes part in the chat (a restricted one may or may not)."""
    status = member["status"]
    return status in ("creator", "administrator", "member") or (
        status == "restricted" and bool(member.get("is_member"))
    )
