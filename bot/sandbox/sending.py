"""The methods that send."""

from datetime import timedelta

from . import files, formatted, hearing, keyboards, shapes
from .call import Call
from .errors import bad_request
from .wire import Json, Wire
from .world import Chat, Message

_CHAT_ACTIONS = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
]
TYPING_LASTS = 5
"""Seconds that a chat action is shown."""


def text_content(call: Call) -> Wire:
    """What sendMessage and editMessageText say. Raises ApiError."""
    source = call.get("text")
    if not source:
        raise bad_request("message text is empty")
    text, entities = formatted.read(call.world, source, call.get("parse_mode"), call.get("entities"))
    if not text:
        raise bad_request("text must be non-empty")
    content: Wire = {"text": text}
    if entities:
        content["entities"] = entities
    preview = _preview(call)
    return {**content, "link_preview_options": preview} if preview else content


def _preview(call: Call) -> Wire:
    options: Wire = call.get("link_preview_options") or {}
    return {"is_disabled": True} if call.get("disable_web_page_preview") else options


def caption_content(call: Call, source: Wire) -> Wire:
    """The caption of a media message; `source` holds caption, parse_mode and caption_entities. Raises ApiError."""
    caption = source.get("caption")
    if not caption:
        return {}
    text, entities = formatted.read(call.world, caption, source.get("parse_mode"), source.get("caption_entities"))
    formatted.check_length(text, formatted.CAPTION_LIMIT)
    content: Wire = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = entities
    if source.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def send_message(call: Call) -> Wire:
    """A text, perhaps with a keyboard."""
    content = text_content(call)
    markup = keyboards.check(call.get("reply_markup"))
    place = call.open_chat()
    formatted.check_length(content["text"], formatted.TEXT_LIMIT)
    return shapes.message(call.world, _deliver(call, place, content, markup))


def send_photo(call: Call) -> Wire:
    """A picture."""
    return _send_file(call, "photo")


def send_document(call: Call) -> Wire:
    """A file."""
    return _send_file(call, "document")


def _send_file(call: Call, kind: str) -> Wire:
    caption = caption_content(call, call.values)
    markup = keyboards.check(call.get("reply_markup"))
    place = call.open_chat(f"can_send_{kind}s")
    content = files.content(files.receive(call.world, kind, call.get(kind), call.files)) | caption
    if call.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return shapes.message(call.world, _deliver(call, place, content, markup))


def send_media_group(call: Call) -> list[Wire]:
    """An album: 2–10 photos, or 2–10 documents."""
    media = call.get("media")
    if not isinstance(media, list) or not all(isinstance(item, dict) for item in media):
        raise bad_request("can't parse media JSON object")
    if not 2 <= len(media) <= 10:
        raise bad_request(f"too {'few' if len(media) < 2 else 'many'} messages to send as an album")
    if len({item.get("type") for item in media}) > 1:
        raise bad_request("can't use the media of the specified type in the album")
    contents = [media_content(call, item) for item in media]
    place = call.open_chat(f"can_send_{media[0]['type']}s")
    album = str(call.world.seconds() * 1000 + call.world.account_messages)
    sent = [_deliver(call, place, {**content, "media_group_id": album}, None) for content in contents]
    return [shapes.message(call.world, it) for it in sent]


def media_content(call: Call, item: Json) -> Wire:
    """The content that an InputMediaPhoto or InputMediaDocument stands for. Raises ApiError."""
    if not isinstance(item, dict):
        raise bad_request("can't parse media JSON object")
    if item.get("type") not in ("photo", "document"):
        raise bad_request("can't parse InputMedia: Unsupported type specified")
    if not item.get("media"):
        raise bad_request("can't parse InputMedia: Can't find field \"media\"")
    stored = files.receive(call.world, item["type"], item["media"], call.files)
    return files.content(stored) | caption_content(call, item)


def send_chat_action(call: Call) -> bool:
    """Show for a few seconds that the bot is writing."""
    if call.get("action") not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    place = call.open_chat()
    _thread(call, place)
    place.typing_until = call.world.now() + timedelta(seconds=TYPING_LASTS)
    return True


def _deliver(call: Call, place: Chat, content: Wire, markup: Wire | None) -> Message:
    """Post the bot's message where it belongs."""
    thread = _thread(call, place)
    reply_to = _reply_to(call, place)
    if call.get("protect_content"):
        content["has_protected_content"] = True
    place.typing_until = None
    it = hearing.post(call.world, place, call.world.bot.id, content, reply_to=reply_to, thread=thread, markup=markup)
    it.silent = bool(call.get("disable_notification"))
    return it


def _thread(call: Call, place: Chat) -> int | None:
    """The topic to write in. The General topic is named by leaving the id out."""
    thread: int | None = call.get("message_thread_id")
    if thread is None:
        if place.general_closed and not place.may(call.world.bot.id, "can_manage_topics"):
            raise bad_request("TOPIC_CLOSED")
        return None
    topic = place.topics.get(thread)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed and not place.may(call.world.bot.id, "can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return thread


def _reply_to(call: Call, place: Chat) -> int | None:
    """The message to answer; a missing one is refused unless the bot may send without."""
    given = call.get("reply_parameters")
    if given is None:
        given = {"message_id": call.get("reply_to_message_id")} if call.get("reply_to_message_id") else None
    if not given:
        return None
    if "message_id" not in given:
        raise bad_request('can\'t find field "message_id"')
    if given.get("chat_id", place.id) != place.id:
        raise bad_request("chat not found")
    if given["message_id"] in place.messages:
        return int(given["message_id"])
    if given.get("allow_sending_without_reply") or call.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")
