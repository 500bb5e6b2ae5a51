"""What people do to groups: who is in them, who administers them, what they are called, and topics."""

from collections.abc import Iterable

from . import chats, groups, hearing, shapes
from .errors import ActError
from .person import Person
from .world import Chat, Member, Message, User


class MemberActs(Person):
    """Acts that change who is where, and as what."""

    def block_bot(self) -> None:
        """Block the bot in the private chat."""
        self._block(True)

    def unblock_bot(self) -> None:
        """Take back the block; pressing Start does it too."""
        self._block(False)

    def _block(self, blocked: bool) -> None:
        if self.me.blocked == blocked:
            raise ActError("Boten är redan blockerad." if blocked else "Boten är inte blockerad.")
        self.me.blocked = blocked
        bot, place = self.world.bot, self.world.private_chat(self.me)
        new = Member(bot.id, "kicked" if blocked else "member")
        place.members.setdefault(bot.id, Member(bot.id, "member"))
        hearing.set_member(self.world, place, self.me, new)

    def add_bot(self, chat: int) -> None:
        """Bring the bot into a group."""
        self.add(chat, self.world.bot.id)

    def remove_bot(self, chat: int) -> None:
        """Throw the bot out of a group."""
        self.remove(chat, self.world.bot.id)

    def add(self, chat: int, who: int) -> None:
        """Bring somebody into a group."""
        place, other = self._group(chat), self.world.person(who)
        if place.present(other.id):
            raise ActError(f"{other.name} är redan med i gruppen.")
        self._enter(place, self.me, other)

    def join(self, chat: int) -> None:
        """Come into a group by its link."""
        place = self.world.chat(chat)
        if place.type == "private" or place.migrated_to:
            raise ActError("Den gruppen går inte att gå med i.")
        if place.present(self.me.id):
            raise ActError(f"{self.me.name} är redan med i gruppen.")
        self._enter(place, self.me, self.me)

    def _enter(self, place: Chat, actor: User, who: User) -> None:
        hearing.set_member(self.world, place, actor, Member(who.id, "member"))
        hearing.post(self.world, place, actor.id, {"new_chat_members": [shapes.user(who)]}, service=True)

    def leave(self, chat: int) -> None:
        """Leave a group."""
        self._exit(self._group(chat), self.me, "left")

    def remove(self, chat: int, who: int) -> None:
        """Throw somebody out of a group; from a supergroup, and the bot from any group, for good."""
        place, other = self._administered(chat), self.world.person(who)
        if not place.present(other.id) or place.status(other.id) == "creator":
            raise ActError(f"{other.name} går inte att ta bort.")
        for_good = place.type == "supergroup" or other.id == self.world.bot.id
        self._exit(place, other, "kicked" if for_good else "left")

    def _exit(self, place: Chat, who: User, status: str) -> None:
        """The bot still sees itself thrown out of a basic group, but no message in a supergroup that it has left."""
        left = {"left_chat_member": shapes.user(who)}
        if who.id == self.world.bot.id and place.type == "group":
            before = place.members[who.id]
            hearing.set_member(self.world, place, self.me, Member(who.id, status))
            place.members[who.id], after = before, place.members[who.id]
            hearing.post(self.world, place, self.me.id, left, service=True)
            place.members[who.id] = after
        else:
            hearing.set_member(self.world, place, self.me, Member(who.id, status))
            hearing.post(self.world, place, self.me.id, left, service=True)

    def promote(self, chat: int, who: int, rights: Iterable[str] = shapes.ADMIN_RIGHTS) -> None:
        """Make somebody an administrator."""
        self._set_status(chat, who, Member(who, "administrator", frozenset(rights)))

    def demote(self, chat: int, who: int) -> None:
        """Make an administrator an ordinary member again."""
        self._set_status(chat, who, Member(who, "member"))

    def promote_bot(self, chat: int) -> None:
        """Make the bot an administrator, which then hears all that is said."""
        self.promote(chat, self.world.bot.id)

    def demote_bot(self, chat: int) -> None:
        """Make it an ordinary member again."""
        self.demote(chat, self.world.bot.id)

    def mute_bot(self, chat: int) -> None:
        """Forbid the bot to write in a supergroup."""
        if self._group(chat).type != "supergroup":
            raise ActError("Bara i en supergrupp kan en medlem tystas.")
        self._set_status(chat, self.world.bot.id, Member(self.world.bot.id, "restricted"))

    def unmute_bot(self, chat: int) -> None:
        """Let the bot write again."""
        self._set_status(chat, self.world.bot.id, Member(self.world.bot.id, "member"))

    def hide_members(self, chat: int) -> None:
        """Let only administrators see who is in a supergroup."""
        if self._administered(chat).type != "supergroup":
            raise ActError("Bara i en supergrupp kan medlemmarna döljas.")
        self._administered(chat).hidden = True

    def forbid(self, chat: int, right: str) -> None:
        """Take a permission, such as can_send_documents, from all who do not administer the group."""
        self._administered(chat).forbidden.add(right)

    def permit(self, chat: int, right: str) -> None:
        """Give it back."""
        self._administered(chat).forbidden.discard(right)

    def _set_status(self, chat: int, who: int, new: Member) -> None:
        place, other = self._administered(chat), self.world.person(who)
        if not place.present(other.id) or place.status(other.id) == "creator":
            raise ActError(f"{other.name} kan inte få en annan roll i gruppen.")
        if place.status(other.id) == new.status:
            raise ActError(f"{other.name} har redan den rollen.")
        hearing.set_member(self.world, place, self.me, new)

    def rename_group(self, chat: int, title: str) -> None:
        """Give a group another name."""
        place = self._administered(chat)
        if not title.strip():
            raise ActError("Gruppen behöver ett namn.")
        place.title = title.strip()[:128]
        hearing.post(self.world, place, self.me.id, {"new_chat_title": place.title}, service=True)

    def make_supergroup(self, chat: int) -> None:
        """Upgrade a basic group, which gives it a new id."""
        place = self._administered(chat)
        if place.type != "group":
            raise ActError("Gruppen är redan en supergrupp.")
        groups.migrate(self.world, place, self.me.id)

    def make_forum(self, chat: int) -> None:
        """Switch topics on; a basic group is upgraded on the way, as in Telegram."""
        place = self._administered(chat)
        if place.forum:
            raise ActError("Gruppen har redan ämnen.")
        if place.type == "group":
            place = groups.migrate(self.world, place, self.me.id)
        place.forum = True

    def create_topic(self, chat: int, name: str) -> None:
        """Open a topic in a forum."""
        place = self._administered(chat)
        if not place.forum or not name.strip():
            raise ActError("Ge ämnet ett namn." if place.forum else "Gruppen är inte indelad i ämnen.")
        chats.open_topic(self.world, place, self.me.id, name.strip())

    def close_topic(self, chat: int, thread: int) -> None:
        """Close a topic to everybody but administrators."""
        place = self._administered(chat)
        if thread not in place.topics:
            raise ActError("Det ämnet finns inte.")
        place.topics[thread].closed = True
        hearing.post(self.world, place, self.me.id, {"forum_topic_closed": {}}, thread=thread, service=True)

    def close_general(self, chat: int) -> None:
        """Close a forum's General topic, which has no number, to everybody but administrators."""
        place = self._administered(chat)
        if not place.forum:
            raise ActError("Gruppen är inte indelad i ämnen.")
        place.general_closed = True
        hearing.post(self.world, place, self.me.id, {"forum_topic_closed": {}}, service=True)

    def delete_topic(self, chat: int, thread: int) -> None:
        """Delete a topic with its messages; Telegram does not tell bots."""
        place = self._administered(chat)
        if place.topics.pop(thread, None) is None:
            raise ActError("Det ämnet finns inte.")
        gone: list[Message] = [it for it in place.messages.values() if it.in_topic and it.thread == thread]
        for it in gone:
            del place.messages[it.id]
        place.pinned = [number for number in place.pinned if number in place.messages]

    def _group(self, chat_id: int) -> Chat:
        place = self._here(chat_id)
        if place.type == "private":
            raise ActError("Det går bara i en grupp.")
        return place

    def _administered(self, chat_id: int) -> Chat:
        place = self._group(chat_id)
        if not place.is_admin(self.me.id):
            raise ActError("Det kan bara en administratör göra.")
        return place
