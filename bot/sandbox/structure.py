"""The shape of JSON parameters: what kind of thing each is, and the types of the fields inside, by their names."""

from .errors import bad_request
from .wire import Json

_ITEMS: dict[str, type] = {
    "entities": dict,
    "caption_entities": dict,
    "commands": dict,
    "message_ids": int,
    "allowed_updates": str,
}
"""Parameters that are lists, and what they hold. All others are objects; `media` can be either."""

_FIELDS: dict[type, str] = {
    str: "type url language media caption parse_mode command description text style callback_data icon_custom_emoji_id "
    "input_field_placeholder switch_inline_query switch_inline_query_current_chat quote",
    int: "offset length message_id user_id id",
    bool: "is_disabled prefer_small_media prefer_large_media show_above_text allow_sending_without_reply force_reply "
    "selective remove_keyboard resize_keyboard is_persistent one_time_keyboard has_spoiler show_caption_above_media",
    list: "inline_keyboard keyboard caption_entities",
    dict: "user copy_text",
}
_TYPE_OF = {name: kind for kind, names in _FIELDS.items() for name in names.split()}
_SPOKEN = {str: "String", int: "Number", bool: "Boolean", list: "Array", dict: "Object"}


def check(name: str, value: Json) -> None:
    """Refuse a parameter whose shape cannot be what the method wants, in Telegram's words. Raises ApiError."""
    if name in _ITEMS:
        if not isinstance(value, list) or not all(_is(item, _ITEMS[name]) for item in value):
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object")
    elif not isinstance(value, dict | list) or (isinstance(value, list) and name != "media"):
        raise bad_request(f"object expected as {name.replace('_', ' ')}")
    _walk(value)


def _walk(value: Json) -> None:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, list):
        for item in value:
            _walk(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            wanted = _TYPE_OF.get(name)
            if wanted and not _is(item, wanted):
                raise bad_request(f'field "{name}" must be of type {_SPOKEN[wanted]}')
            _walk(item)


def _is(value: Json, kind: type) -> bool:
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def check_text(text: str) -> None:
    """Refuse half surrogates, which JSON can carry but UTF-8 cannot. Raises ApiError."""
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
