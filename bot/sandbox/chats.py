"""The methods about chats, their members and topics."""

from . import hearing, shapes
from .call import Call
from .errors import bad_request
from .wire import Wire
from .world import Chat, Member, Topic, World

TOPIC_COLOUR = 0x6FB9F0
_COLOURS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)


def get_chat(call: Call) -> Wire:
    """Return everything about a chat."""
    return shapes.full_chat(call.world, call.chat())


def get_chat_member(call: Call) -> Wire:
    """Return a user's standing; who was never here but is known has "left"."""
    place, user_id = call.chat(), call.get("user_id")
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    if place.hidden and user_id != call.world.bot.id and not place.is_admin(call.world.bot.id):
        raise bad_request("CHAT_ADMIN_REQUIRED")
    if user_id not in call.world.users:
        raise bad_request("PARTICIPANT_ID_INVALID" if place.type == "supergroup" else "user not found")
    if place.type == "private":
        return shapes.member(call.world, place, Member(user_id, "member"))
    return shapes.member(call.world, place, place.members.get(user_id) or Member(user_id, "left"))


def get_chat_administrators(call: Call) -> list[Wire]:
    """Return who administers a group: people and the bot itself, other bots on request."""
    place = _group(call.chat(), "there are no administrators in the private chat")
    admins = [who for who in place.members.values() if place.is_admin(who.user_id)]
    bot, users = call.world.bot.id, call.world.users
    shown = [who for who in admins if call.get("return_bots") or who.user_id == bot or not users[who.user_id].is_bot]
    return [shapes.member(call.world, place, who) for who in shown]


def get_chat_member_count(call: Call) -> int:
    """Return how many are in a chat."""
    place = call.chat()
    return 2 if place.type == "private" else sum(place.present(user_id) for user_id in place.members)


def leave_chat(call: Call) -> bool:
    """Leave a group."""
    place = _group(call.chat(), "chat member status can't be changed in private chats")
    bot = call.world.bot
    hearing.set_member(call.world, place, bot, Member(bot.id, "left"))
    hearing.post(call.world, place, bot.id, {"left_chat_member": shapes.user(bot)}, service=True)
    return True


def _group(place: Chat, refusal: str) -> Chat:
    if place.type == "private":
        raise bad_request(refusal)
    return place


def create_forum_topic(call: Call) -> Wire:
    """Open a topic; takes the right to manage topics."""
    place, name = call.chat(), call.get("name")
    colour = call.get("icon_color") or TOPIC_COLOUR
    if not place.forum:
        raise bad_request("the chat is not a forum")
    if not place.may(call.world.bot.id, "can_manage_topics"):
        raise bad_request("not enough rights to create a topic")
    if not 1 <= len(name.strip()) <= 128:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name.strip() else "topic name is too long")
    if colour not in _COLOURS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    number = open_topic(call.world, place, call.world.bot.id, name.strip(), colour)
    return {"message_thread_id": number, "name": name.strip(), "icon_color": colour}


def open_topic(world: World, place: Chat, who: int, name: str, colour: int = TOPIC_COLOUR) -> int:
    """Create a topic; the service message that tells of it gives the topic its id."""
    created = {"forum_topic_created": {"name": name, "icon_color": colour}}
    it = hearing.post(world, place, who, created, service=True)
    place.topics[it.id] = Topic(it.id, name)
    return it.id
