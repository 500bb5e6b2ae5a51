"""How groups begin, and how they become supergroups."""

from collections.abc import Iterable

from . import hearing, shapes
from .world import ANONYMOUS_ADMIN, FIRST_GROUP, FIRST_SUPERGROUP, Chat, Member, User, World


def create_group(world: World, title: str, owner: User, members: Iterable[int]) -> Chat:
    """A new basic group; when the bot is among the members it is told so. Raises ActError."""
    place = Chat(FIRST_GROUP - world.groups_made, "group", title)
    others = [world.person(user_id) for user_id in members if user_id != owner.id]
    world.groups_made += 1
    world.chats[place.id] = place
    place.members[owner.id] = Member(owner.id, "creator")
    for other in others:
        hearing.set_member(world, place, owner, Member(other.id, "member"))
    hearing.post(world, place, owner.id, {"group_chat_created": True}, service=True)
    return place


def migrate(world: World, place: Chat, actor: int) -> Chat:
    """Make a basic group a supergroup with a new id; a service message in each tells of the other."""
    new = Chat(FIRST_SUPERGROUP - world.supergroups_made, "supergroup", place.title, migrated_from=place.id)
    world.supergroups_made += 1
    new.members = {who.user_id: who for who in place.members.values() if place.present(who.user_id)}
    world.chats[new.id] = new
    hearing.post(world, place, actor, {"migrate_to_chat_id": new.id}, service=True)
    place.migrated_to = new.id
    as_group = shapes.chat(world, new)
    hearing.post(world, new, ANONYMOUS_ADMIN, {"migrate_from_chat_id": place.id}, sender_chat=as_group, service=True)
    return new
