"""What the bot hears: posting messages into chats and queuing the updates that Telegram would send it."""

from typing import TypedDict, Unpack

from . import shapes
from .detect import detect
from .formatted import TEXT_FIELDS
from .wire import Wire
from .world import Chat, Member, Message, User, World


class Posted(TypedDict, total=False):
    """What a message may have beside its content."""

    sender_chat: Wire | None  # in whose name it is written
    reply_to: int | None
    thread: int | None
    markup: Wire | None
    service: bool  # Telegram's own word that something has happened


def post(world: World, place: Chat, sender: int, content: Wire, **more: Unpack[Posted]) -> Message:
    """Put a message into a chat, in its thread, and queue an update if the bot is to hear it."""
    it = Message(world.next_message_id(place), place.id, world.seconds(), sender, content, more.get("sender_chat"))
    it.reply_to, it.markup, it.service = more.get("reply_to"), more.get("markup"), more.get("service", False)
    it.had_buttons = "inline_keyboard" in (it.markup or {})
    _place_in_thread(place, it, more.get("thread"))
    world.add(it)
    if heard(world, place, it):
        world.updates.push("message", shapes.message(world, it), world.now())
    return it


def _place_in_thread(place: Chat, it: Message, thread: int | None) -> None:
    """Topics are named by their id; outside topics a supergroup's replies carry the id of the first message."""
    replied = place.messages.get(it.reply_to or 0)
    if thread is None and replied is not None and replied.in_topic:
        thread = replied.thread
    if "forum_topic_created" in it.content:
        thread = it.id
    if thread is not None:
        it.thread, it.in_topic = thread, True
    elif replied is not None and place.type == "supergroup":
        it.thread = replied.thread or replied.id


def text_content(text: str, names: tuple[str, str] = TEXT_FIELDS) -> Wire:
    """The content of a plain text (or caption) with the entities that Telegram finds by itself."""
    entities = detect(text)
    return {names[0]: text, names[1]: entities} if entities else {names[0]: text}


def heard(world: World, place: Chat, it: Message) -> bool:
    """Privacy mode (core.telegram.org/bots/features#privacy-mode): whether a message reaches the bot."""
    if not place.present(world.bot.id) or place.migrated_to:
        return False
    if it.sender == world.bot.id:
        return it.service
    if world.users[it.sender].is_bot if it.sender in world.users else False:
        return False
    if place.type == "private" or it.service or not world.privacy or place.is_admin(world.bot.id):
        return True
    return _replies_to_bot(world, place, it) or _commands_bot(world, it)


def _replies_to_bot(world: World, place: Chat, it: Message) -> bool:
    replied = place.messages.get(it.reply_to or 0)
    return replied is not None and replied.sender == world.bot.id and not replied.service


def _commands_bot(world: World, it: Message) -> bool:
    """A message that begins with a command which is not addressed to another bot; one that is addressed to none goes to
    the bot that wrote last, where there are several (core.telegram.org/bots/features#privacy-mode)."""
    first = next(iter(it.content.get("entities", ())), None)
    if first is None or first["type"] != "bot_command" or first["offset"] != 0:
        return False
    _, at, name = it.content["text"][: first["length"]].partition("@")
    return name.lower() == (world.bot.username or "").lower() if at else _wrote_last(world, it)


def _wrote_last(world: World, it: Message) -> bool:
    place = world.chats[it.chat_id]
    bots = [who for who in place.members if place.present(who) and world.users[who].is_bot]
    written = [other.sender for other in place.messages.values() if other.sender in bots and not other.service]
    return len(bots) == 1 or not written or written[-1] == world.bot.id


def edited(world: World, place: Chat, it: Message) -> None:
    """Queue the update of a person's edited message."""
    if heard(world, place, it):
        world.updates.push("edited_message", shapes.message(world, it), world.now())


def set_member(world: World, place: Chat, actor: User, new: Member) -> None:
    """Change somebody's standing and tell the bot: always of its own, of others' only while it administers."""
    old = place.members.get(new.user_id) or Member(new.user_id, "left")
    ours = new.user_id == world.bot.id
    was_admin = place.is_admin(world.bot.id)
    before = shapes.member(world, place, old)
    place.members[new.user_id] = new
    if not ours and not was_admin:
        return
    by = shapes.user(actor, language=True)
    change = shapes.member_updated(world, place, by, before, shapes.member(world, place, new))
    world.updates.push("my_chat_member" if ours else "chat_member", change, world.now())
