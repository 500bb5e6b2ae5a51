"""One call of a method by the bot, and who may be reached by it."""

from dataclasses import dataclass
from typing import Final

from .errors import bad_request, forbidden, migrated
from .params import Files
from .wire import Json, Wire
from .world import Chat, Message, World

TEXTS: Final = "can_send_messages"
SENDABLE: Final = {TEXTS: "text messages", "can_send_documents": "documents", "can_send_photos": "photos"}
"""The permissions to send, with what Telegram calls that which they let through (tdlib/td, MessageContent.cpp)."""


@dataclass(slots=True)
class Call:
    """A call whose parameters have been read and checked."""

    world: World
    method: str
    values: Wire
    files: Files

    def get(self, name: str) -> Json:
        """A parameter's value, or None."""
        return self.values.get(name)

    def chat(self) -> Chat:
        """The chat of `chat_id`, which the bot can see. Raises ApiError."""
        return visible_chat(self.world, self.values.get("chat_id"))

    def open_chat(self, right: str = TEXTS) -> Chat:
        """The chat of `chat_id`, to which the bot can send this kind of thing. Raises ApiError."""
        place = self.chat()
        if place.type == "private":
            _check_person(self.world, place)
        elif not place.may_send(self.world.bot.id, right):
            raise bad_request(f"not enough rights to send {SENDABLE[right]} to the chat")
        return place

    def message(self, place: Chat, missing: str) -> Message:
        """The message of `message_id`. Raises ApiError with the words for a missing one."""
        number = self.values.get("message_id")
        if not number:
            raise bad_request("message identifier is not specified")
        it = place.messages.get(number)
        if it is None:
            raise bad_request(missing)
        return it


def visible_chat(world: World, chat_id: Json) -> Chat:
    """A chat that the bot knows and, for a group, is a member of. Raises ApiError."""
    if chat_id in (None, ""):
        raise bad_request("chat_id is empty")
    if isinstance(chat_id, int) and chat_id > 0 and world.known_to_bot(chat_id):
        return world.private_chat(world.users[chat_id])
    place = world.chats.get(chat_id) if isinstance(chat_id, int) else None
    if place is None or place.type == "private" or world.bot.id not in place.members:
        raise bad_request("chat not found")
    if place.migrated_to:
        raise migrated(place.migrated_to)
    status = place.status(world.bot.id)
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {place.type} chat")
    if status == "left":
        raise forbidden(f"bot is not a member of the {place.type} chat")
    return place


def _check_person(world: World, place: Chat) -> None:
    """A person is reached only after pressing Start, and not while the bot is blocked."""
    person = world.users[place.id]
    if person.is_bot:
        raise forbidden("bot can't send messages to bots")
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")
