"""A person with a phone in her hand: what she can see and where she can write."""

from . import hearing
from .errors import ActError
from .wire import Wire
from .world import ADMINS, Chat, Message, User, World


class Person:
    """One person, whose acts the subclasses add. Raises ActError with a Swedish sentence when she cannot do it."""

    def __init__(self, world: World, me: User) -> None:
        self.world = world
        self.me = me

    def _here(self, chat_id: int) -> Chat:
        """A chat that the person is in now. Raises ActError."""
        place = self.world.private_chat(self.me) if chat_id == self.me.id else self.world.chat(chat_id)
        if place.type == "private" and place.id != self.me.id:
            raise ActError("Det där är någon annans egen chatt.")
        if place.migrated_to:
            raise ActError("Gruppen har blivit en supergrupp; skriv i den nya.")
        if not place.present(self.me.id):
            raise ActError(f"{self.me.name} är inte med i gruppen.")
        return place

    def _seen(self, chat_id: int, message_id: int) -> tuple[Chat, Message]:
        """A message that the person has before her, also in a group that has since become a supergroup."""
        place = self.world.chats.get(chat_id)
        if place is None or not place.migrated_to or not place.present(self.me.id):
            place = self._here(chat_id)
        it = place.messages.get(message_id)
        if it is None:
            raise ActError("Meddelandet finns inte längre.")
        return place, it

    def _own(self, chat_id: int, message_id: int) -> tuple[Chat, Message]:
        place, it = self._seen(chat_id, message_id)
        if it.sender != self.me.id or it.service or "forward_origin" in it.content:
            raise ActError("Du kan bara ändra det du själv har skrivit.")
        return place, it

    def _post(self, chat: int, content: Wire, reply_to: int | None = None, thread: int | None = None) -> None:
        place = self._here(chat)
        if place.type == "private" and (self.me.blocked or not self.me.started):
            raise ActError("Häv blockeringen först." if self.me.blocked else "Tryck på Starta först.")
        if reply_to is not None and reply_to not in place.messages:
            raise ActError("Meddelandet du svarar på finns inte längre.")
        topic = None if thread is None else place.topics.get(thread)
        if thread is not None and topic is None:
            raise ActError("Det ämnet finns inte.")
        if topic and topic.closed and place.status(self.me.id) not in ADMINS:
            raise ActError("Ämnet är stängt.")
        hearing.post(self.world, place, self.me.id, content, reply_to=reply_to, thread=thread)
