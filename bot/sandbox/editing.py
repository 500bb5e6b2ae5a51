"""The methods that change, remove or pin what has been sent."""

from . import formatted, hearing, keyboards, sending, shapes
from .call import Call
from .errors import bad_request
from .wire import Json, Wire
from .world import Chat, Message, World

DELETABLE_FOR = 48 * 3600
"""Seconds after which a bot can no longer delete a message."""

_MEDIA = ("photo", "document", "video", "voice", "sticker")
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)


def edit_message_text(call: Call) -> Wire:
    """Give a message another text, and another keyboard or none."""
    content = sending.text_content(call)
    it = _editable(call)
    if "text" not in it.content:
        raise bad_request("there is no text in the message to edit")
    formatted.check_length(content["text"], formatted.TEXT_LIMIT)
    return _change(call, it, _without(it, "text", "entities", "link_preview_options") | content)


def edit_message_caption(call: Call) -> Wire:
    """Give a picture or document another caption."""
    caption = sending.caption_content(call, call.values)
    it = _editable(call)
    if not any(kind in it.content for kind in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _change(call, it, _without(it, *_CAPTION) | caption)


def edit_message_media(call: Call) -> Wire:
    """Put another picture or document in its place, with its caption."""
    it = _editable(call)
    if not any(kind in it.content for kind in _MEDIA):
        raise bad_request("there is no media in the message to edit")
    content = sending.media_content(call, call.get("media"))
    return _change(call, it, _without(it, *_CAPTION, *_MEDIA) | content)


def edit_message_reply_markup(call: Call) -> Wire:
    """Give a message another keyboard, or none."""
    it = _editable(call)
    return _change(call, it, it.content)


def _editable(call: Call) -> Message:
    """A message of the bot's own that has no keyboard, or an inline one. Raises ApiError."""
    call.values["reply_markup"] = keyboards.check(call.get("reply_markup"), inline_only=True)
    if not call.get("message_id"):
        raise bad_request("message identifier is not specified")
    place = call.open_chat()
    # What the server still remembers it asks Telegram to edit, which has another word for it.
    gone = call.values["message_id"] in place.removed
    it = call.message(place, "MESSAGE_ID_INVALID" if gone else "message to edit not found")
    other_keyboard = it.markup is not None and "inline_keyboard" not in it.markup
    if it.sender != call.world.bot.id or it.service or other_keyboard:
        raise bad_request("message can't be edited")
    return it


def _without(it: Message, *names: str) -> Wire:
    return {name: value for name, value in it.content.items() if name not in names}


def _change(call: Call, it: Message, content: Wire) -> Wire:
    """Put the new content and keyboard in place; an edit without a keyboard takes the old one away."""
    markup = call.get("reply_markup")
    if content == it.content and markup == it.markup:
        raise bad_request(_NOT_MODIFIED)
    it.edited = it.edited or content != it.content
    it.content, it.markup, it.edit_date = content, markup, call.world.seconds()
    it.had_buttons = it.had_buttons or "inline_keyboard" in (markup or {})
    return shapes.message(call.world, it)


def delete_message(call: Call) -> bool:
    """Delete one message."""
    place = call.chat()
    it = call.message(place, "message to delete not found")
    _check_deletable(call, place, it)
    remove(place, it)
    return True


def delete_messages(call: Call) -> bool:
    """Delete up to a hundred messages at once; those that are not found are passed over."""
    numbers: Json = call.get("message_ids")
    if len(numbers) > 100:
        raise bad_request("too many messages to delete")
    place = call.chat()
    found = [place.messages[number] for number in numbers if number in place.messages]
    for it in found:
        _check_deletable(call, place, it)
    for it in found:
        remove(place, it)
    return True


def _check_deletable(call: Call, place: Chat, it: Message) -> None:
    """Administrators delete anything; otherwise own messages and, in private chats, received ones, for 48 hours."""
    bot = call.world.bot.id
    if "forum_topic_created" in it.content or "migrate_from_chat_id" in it.content:
        raise bad_request("message can't be deleted")
    if place.type != "private" and place.may(bot, "can_delete_messages"):
        return
    if it.sender != bot and place.type != "private":
        raise bad_request("message can't be deleted")
    if call.world.seconds() - it.date > DELETABLE_FOR:
        raise bad_request("message can't be deleted for everyone")


def remove(place: Chat, it: Message) -> None:
    """Take a message out of its chat, also out of the pinned ones."""
    del place.messages[it.id]
    place.removed.add(it.id)
    if it.id in place.pinned:
        place.pinned.remove(it.id)


def pin_chat_message(call: Call) -> bool:
    """Pin a message; in a group that takes the right to."""
    place = call.open_chat()
    _check_pins(call, place)
    it = call.message(place, "message to pin not found")
    if it.service:
        raise bad_request("message can't be pinned")
    pin(call.world, call.world.bot.id, place, it)
    return True


def pin(world: World, who: int, place: Chat, it: Message) -> None:
    """Pin a message and say so in the chat; one that is pinned already stays as it is."""
    if it.id in place.pinned:
        return
    place.pinned.append(it.id)
    pinned = {"pinned_message": shapes.message(world, it, with_reply=False)}
    hearing.post(world, place, who, pinned, reply_to=it.id, service=True)


def unpin_chat_message(call: Call) -> bool:
    """Unpin a message, or the one pinned last."""
    place = call.open_chat()
    _check_pins(call, place)
    number = call.get("message_id")
    if number is None and place.pinned:
        number = place.pinned[-1]
    if number not in place.pinned:
        raise bad_request("message to unpin not found")
    place.pinned.remove(number)
    return True


def unpin_all_chat_messages(call: Call) -> bool:
    """Unpin everything."""
    place = call.open_chat()
    _check_pins(call, place)
    place.pinned.clear()
    return True


def _check_pins(call: Call, place: Chat) -> None:
    """In a basic group a bot must be an administrator (tdlib/td, DialogManager.cpp), whatever its members may."""
    bot, right = call.world.bot.id, "can_pin_messages"
    as_member = place.type == "supergroup" and place.may_send(bot, right)
    if place.type != "private" and not as_member and not place.may(bot, right):
        raise bad_request("not enough rights to manage pinned messages in the chat")
