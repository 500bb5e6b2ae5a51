"""Who is in the chat: the bot, and the people. Access ends when we hear that someone left, in that very transaction."""

from bot.agenda import matters
from bot.agenda.moments import aim
from bot.core.desk import Desk
from bot.core.happenings import CoordinatorsChanged
from bot.people import entering
from bot.process.status import status
from bot.turn import turns
from bot.wire.updates import Chat, Migrated, Renamed, Standing
from flows.events import Left
from flows.state import Phase
from storage.records import Group, Member, Person


async def standing(desk: Desk, change: Standing) -> None:
    """Somebody's standing in a chat has changed."""
    if change.ours and change.chat.private:
        person = await desk.work.people.by_user(change.by.user_id)
        if person is not None:  # a stranger who blocks us is none of our business
            await reach(desk, person, "reachable" if change.inside else "blocked")
        return
    if change.ours:
        group = await desk.work.groups.by_chat(change.chat.id)
        silenced = group is not None and group.state == "away"  # it was not allowed to write, and may be now
        if change.inside and (silenced or not change.was_inside):
            await entering.added(desk, change.chat, change.by)
        elif change.was_inside and not change.inside:
            await removed(desk, change.chat)
        return
    if change.was_inside and not change.inside:
        await left(desk, change.chat, change.user_id)


async def reach(desk: Desk, person: Person, reach: str) -> Person:
    """Whether someone can be reached (`reach`: reachable | blocked), with what follows if that is new.

    Whoever writes or taps in the private chat has not blocked us, be it that we never heard of it or heard it in the
    wrong order.
    """
    if person.reach == reach:
        return person
    person = await desk.work.people.update(person.id, reach=reach)
    await aim(desk, person.id)
    for member in await desk.work.members.of_person(person.id):
        group = await desk.work.groups.get(member.group_id)
        if member.state == "active" and group.state == "active":
            await status(desk, group)
    return person


async def removed(desk: Desk, chat: Chat) -> None:
    """The bot was removed from a group: everything is kept, and waits for it to be added again."""
    group = await desk.work.groups.by_chat(chat.id)
    if group is not None and group.state in ("new", "active"):
        await desk.work.groups.update(group.id, state="away")  # and so its agenda stands still


async def left(desk: Desk, chat: Chat, user_id: int) -> None:
    """Someone left the group or was removed from it. What they handed in stays; they see nothing more."""
    group = await desk.work.groups.by_chat(chat.id)
    member = await desk.work.members.find(group.id, user_id) if group else None
    if group is not None and member is not None and member.state != "left":
        await leave(desk, group, member)


async def leave(desk: Desk, group: Group, member: Member) -> None:
    """A seat is given up."""
    was_active, coordinated = member.state == "active", member.coordinator
    await desk.work.members.update(member.id, state="left", left_at=desk.now, coordinator=False)
    if member.id in group.settings.get("readers", []):  # if they come back, the right to read does not come with them
        readers = [id for id in group.settings["readers"] if id != member.id]
        group = await desk.work.groups.update(group.id, settings={**group.settings, "readers": readers})
    await desk.work.agenda.cancel(member_id=member.id)
    await matters.forget(desk, member)
    person = await desk.work.people.get(member.person_id)
    if person.current_group == group.id:
        await desk.work.people.update(person.id, current_group=None, focus=None)
    if was_active:
        for record in await desk.work.runs.open_in(group.id):
            if record.phase in (Phase.OPEN, Phase.REVEALED):
                await turns.take(desk, group, record, Left(member.id))
    if coordinated:
        desk.happened.append(CoordinatorsChanged(group.id))
    if coordinated and not any(m.coordinator for m in await desk.work.members.of_group(group.id)):
        await desk.to_group(group, "group.no_coordinator", {}, [[desk.key("coordinate", "coordinate", group.id)]])
    await status(desk, group)


async def migrated(desk: Desk, move: Migrated) -> Group | None:
    """The group has a new chat id. Told twice and in either order it is the same."""
    return await desk.work.groups.migrate(move.old_chat, move.new_chat)


async def renamed(desk: Desk, change: Renamed) -> None:
    """The group has a new title."""
    group = await desk.work.groups.by_chat(change.chat.id)
    if group is not None and group.title != change.title:
        await desk.work.groups.update(group.id, title=change.title)
