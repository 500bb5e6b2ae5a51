"""How things look on the wire: Telegram's JSON objects, built from the world."""

from .wire import Wire
from .world import ANONYMOUS_ADMIN, CHANNEL_BOT, Chat, Member, Message, User, World

ADMIN_RIGHTS = frozenset(
    [
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_change_info",
        "can_invite_users",
        "can_pin_messages",
        "can_manage_topics",
    ]
)
"""What a promoted administrator gets unless the one who promotes chooses otherwise."""

_EVERY_ADMIN_RIGHT = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
]
_PERMISSIONS = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
]
_SYSTEM_ACCOUNTS: dict[int, Wire] = {
    ANONYMOUS_ADMIN: {"id": ANONYMOUS_ADMIN, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"},
    CHANNEL_BOT: {"id": CHANNEL_BOT, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"},
}


def user(person: User, *, language: bool = False) -> Wire:
    """A User. Only the sender of an update carries the language code."""
    wire: Wire = {"id": person.id, "is_bot": person.is_bot, "first_name": person.first_name}
    if person.last_name:
        wire["last_name"] = person.last_name
    if person.username:
        wire["username"] = person.username
    if language and not person.is_bot:
        wire["language_code"] = "sv"
    return wire


def me(world: World) -> Wire:
    """The User that getMe answers with."""
    wire = user(world.bot)
    wire["can_join_groups"] = True
    wire["can_read_all_group_messages"] = not world.privacy
    for name in [
        "supports_guest_queries",
        "supports_inline_queries",
        "can_connect_to_business",
        "has_main_web_app",
        "has_topics_enabled",
        "allows_users_to_create_topics",
        "can_manage_bots",
        "supports_join_request_queries",
    ]:
        wire[name] = False
    return wire


def sender(world: World, user_id: int) -> Wire:
    """The `from` of a message, also when a chat writes through one of Telegram's own accounts."""
    return dict(_SYSTEM_ACCOUNTS[user_id]) if user_id in _SYSTEM_ACCOUNTS else user(world.users[user_id], language=True)


def chat(world: World, place: Chat) -> Wire:
    """A Chat."""
    if place.type == "private":
        person = user(world.users[place.id])
        del person["is_bot"]
        return {**person, "type": "private"}
    wire: Wire = {"id": place.id, "title": place.title, "type": place.type}
    if place.forum:
        wire["is_forum"] = True
    return wire


def full_chat(world: World, place: Chat) -> Wire:
    """A ChatFullInfo."""
    gifts = ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"]
    wire = chat(world, place)
    wire |= {"accent_color_id": place.id % 7, "max_reaction_count": 11}
    wire["accepted_gift_types"] = dict.fromkeys(gifts, place.type == "private")
    if place.type != "private":
        wire["permissions"] = {right: right not in place.forbidden for right in _PERMISSIONS}
    if place.pinned:
        wire["pinned_message"] = message(world, place.messages[place.pinned[-1]])
    return wire


def member(world: World, place: Chat, who: Member) -> Wire:
    """A ChatMember of the kind that the status asks for."""
    wire: Wire = {"user": user(world.users[who.user_id]), "status": who.status}
    if who.status == "creator":
        wire["is_anonymous"] = False
    elif who.status == "administrator":
        wire |= {"can_be_edited": False, "is_anonymous": "is_anonymous" in who.rights}
        wire |= {right: right in who.rights for right in _EVERY_ADMIN_RIGHT}
        wire["can_pin_messages"] = "can_pin_messages" in who.rights
        if place.type == "supergroup":
            wire["can_manage_topics"] = "can_manage_topics" in who.rights
    elif who.status == "restricted":
        wire |= {"is_member": True, "until_date": 0, **dict.fromkeys(_PERMISSIONS, False)}
    elif who.status == "kicked":
        wire["until_date"] = 0
    return wire


def message(world: World, it: Message, *, with_reply: bool = True) -> Wire:
    """A Message as it is now. The message replied to is one level deep, as in Telegram."""
    place = world.chats[it.chat_id]
    wire: Wire = {"message_id": it.id, "from": sender(world, it.sender), "chat": chat(world, place), "date": it.date}
    if it.sender_chat:
        wire["sender_chat"] = it.sender_chat
    if it.thread is not None:
        wire["message_thread_id"] = it.thread
    if it.in_topic:
        wire["is_topic_message"] = True
    if it.edit_date:
        wire["edit_date"] = it.edit_date
    if with_reply and (replied := _replied(place, it)):
        wire["reply_to_message"] = message(world, replied, with_reply=False)
    wire |= it.content
    if it.markup and "inline_keyboard" in it.markup:
        wire["reply_markup"] = it.markup
    return wire


def _replied(place: Chat, it: Message) -> Message | None:
    """Return what a message answers; in a topic an ordinary message answers the one that created the topic."""
    if it.reply_to is not None:
        return place.messages.get(it.reply_to)
    if it.in_topic and it.thread != it.id:
        return place.messages.get(it.thread or 0)
    return None


def member_updated(world: World, place: Chat, actor: Wire, old: Wire, new: Wire) -> Wire:
    """A ChatMemberUpdated."""
    wire: Wire = {"chat": chat(world, place), "from": actor, "date": world.seconds()}
    return {**wire, "old_chat_member": old, "new_chat_member": new}
