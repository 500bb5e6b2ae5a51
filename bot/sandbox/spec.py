"""The methods that the sandbox plays and the parameters Telegram declares for each (Bot API 10.1).

A star marks a required parameter. What a parameter's value is follows from its name (`KINDS`). Parameters for features
that the sandbox does not play (`UNPLAYED`) are known and refused, with the words Telegram has for a wrong value.
"""

from typing import NamedTuple

KINDS: dict[str, str] = {
    name: kind
    for kind, names in {
        "chat": "chat_id",
        "int": "message_id message_thread_id direct_messages_topic_id user_id offset limit timeout max_connections "
        "cache_time icon_color reply_to_message_id",
        "bool": "disable_notification protect_content allow_paid_broadcast show_caption_above_media has_spoiler "
        "disable_content_type_detection drop_pending_updates show_alert return_bots allow_sending_without_reply "
        "disable_web_page_preview",
        "json": "entities caption_entities link_preview_options suggested_post_parameters reply_parameters "
        "reply_markup allowed_updates message_ids media commands scope menu_button rich_message",
        "file": "photo document thumbnail certificate",
        "str": "business_connection_id text parse_mode message_effect_id inline_message_id callback_query_id url "
        "action caption ip_address secret_token language_code description short_description file_id name "
        "icon_custom_emoji_id",
    }.items()
    for name in names.split()
}

LEGACY = ("reply_to_message_id", "allow_sending_without_reply", "disable_web_page_preview")
"""No longer in the documentation; the real server still takes them."""

UNPLAYED: dict[str, str] = {
    "business_connection_id": "business connection not found",
    "direct_messages_topic_id": "chat is not a channel direct messages chat",
    "allow_paid_broadcast": "FLOODSKIP_NOT_ALLOWED",
    "message_effect_id": "EFFECT_ID_INVALID",
    "suggested_post_parameters": "suggested posts can be sent only to channel direct messages",
    "inline_message_id": "MESSAGE_ID_INVALID",
    "rich_message": "rich messages are not available",
    "icon_custom_emoji_id": "DOCUMENT_INVALID",
}

_PLACE = "business_connection_id chat_id* message_thread_id direct_messages_topic_id"
_MANNER = "disable_notification protect_content allow_paid_broadcast message_effect_id"
_TAIL = f"{_MANNER} suggested_post_parameters reply_parameters reply_markup"
_CAPTION = "caption parse_mode caption_entities"
_EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup"

_DECLARED: dict[str, str] = {
    "getMe": "",
    "logOut": "",
    "close": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "setWebhook": "url* certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "sendMessage": f"{_PLACE} text* parse_mode entities link_preview_options {_TAIL}",
    "sendPhoto": f"{_PLACE} photo* {_CAPTION} show_caption_above_media has_spoiler {_TAIL}",
    "sendDocument": f"{_PLACE} document* thumbnail {_CAPTION} disable_content_type_detection {_TAIL}",
    "sendMediaGroup": f"{_PLACE} media* {_MANNER} reply_parameters",
    "sendChatAction": "business_connection_id chat_id* message_thread_id action*",
    "editMessageText": f"{_EDIT} text parse_mode entities link_preview_options rich_message",
    "editMessageCaption": f"{_EDIT} {_CAPTION} show_caption_above_media",
    "editMessageMedia": f"{_EDIT} media*",
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": "chat_id* message_id*",
    "deleteMessages": "chat_id* message_ids*",
    "answerCallbackQuery": "callback_query_id* text show_alert url cache_time",
    "pinChatMessage": "business_connection_id chat_id* message_id* disable_notification",
    "unpinChatMessage": "business_connection_id chat_id* message_id",
    "unpinAllChatMessages": "chat_id*",
    "getChat": "chat_id*",
    "getChatMember": "chat_id* user_id*",
    "getChatAdministrators": "chat_id* return_bots",
    "getChatMemberCount": "chat_id*",
    "leaveChat": "chat_id*",
    "createForumTopic": "chat_id* name* icon_color icon_custom_emoji_id",
    "setMyCommands": "commands* scope language_code",
    "getMyCommands": "scope language_code",
    "deleteMyCommands": "scope language_code",
    "setMyName": "name language_code",
    "getMyName": "language_code",
    "setMyDescription": "description language_code",
    "getMyDescription": "language_code",
    "setMyShortDescription": "short_description language_code",
    "getMyShortDescription": "language_code",
    "setChatMenuButton": "chat_id menu_button",
    "getChatMenuButton": "chat_id",
    "getFile": "file_id*",
}


class Parameter(NamedTuple):
    """One declared parameter of a method."""

    name: str
    kind: str
    required: bool


def _parameters(declared: str) -> dict[str, Parameter]:
    words = ((word.rstrip("*"), word.endswith("*")) for word in declared.split())
    return {name: Parameter(name, KINDS[name], required) for name, required in words}


METHODS: dict[str, dict[str, Parameter]] = {method: _parameters(declared) for method, declared in _DECLARED.items()}
"""Method name as documented -> its parameters."""

BY_LOWER_NAME: dict[str, str] = {method.lower(): method for method in METHODS}
"""Method names are case-insensitive on the wire."""
