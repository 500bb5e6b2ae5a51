"""Membership of the chat, of the bot and of people. Access ends in the transaction that tells that somebody left."""

from dataclasses import replace
from typing import Final

from bot.ballots import admissions
from bot.ballots.box import voter
from bot.channel.updates import Chat, ChatMemberChanged, Migrated, Renamed
from bot.context.context import Actor, Context
from bot.context.events import CoordinatorsChanged, SeatChanged, SeatLeft
from bot.context.permissions import Rank, asked_anew, rank_of
from bot.context.seats import seats
from bot.exercises import row_links, runner
from bot.features.calendar import absence
from bot.features.incidents import incident_readers, unread
from bot.features.members import arrival, bot_permissions, substitutes, unreachable
from bot.features.process.status import status
from bot.features.wellbeing import wishes
from bot.logs import Log
from bot.reminders import open_items
from bot.reminders.next_message import schedule_next
from flows.ballots import Went
from flows.run.events import Left
from flows.run.state import Phase
from storage.records.records import Group, GroupState, Member, Person, Reach, SeatState, is_own_number

log = Log(__name__)
BESIDE: Final = ("guest", "process_leader")  # roles without tasks: nobody who coordinates hears when they leave


async def standing(ctx: Context, change: ChatMemberChanged) -> None:
    """Handle a change of somebody's membership in a chat."""
    if change.ours and change.chat.private:
        person = await ctx.work.people.by_user(change.by.user_id)
        if person is not None:  # nothing is kept of a stranger who blocks the bot
            await reach(ctx, person, Reach.REACHABLE if change.inside else Reach.BLOCKED)
    elif change.ours:
        await _ours(ctx, change)
    elif change.gone:
        await left(ctx, change.chat, change.user_id)


async def _ours(ctx: Context, change: ChatMemberChanged) -> None:
    """Handle a change of the bot's own membership in a group."""
    group = await ctx.work.groups.by_chat(change.chat.id)
    silenced = group is not None and group.state == "away"  # it was not allowed to write, and may be now
    if change.inside and (silenced or not change.was_inside):
        await arrival.added(ctx, change.chat, change.by)
    elif change.gone:
        await removed(ctx, change.chat)
    if change.inside and group is not None and group.settings.activated:  # a new one is asked about
        await bot_permissions.noticed(ctx, await ctx.work.groups.get(group.id), admin=change.admin)


async def reach(ctx: Context, person: Person, reach: Reach) -> Person:
    """Note whether a person can be reached, and do what follows if that is new.

    A person who writes or taps in the private chat has not blocked the bot, whatever earlier updates said, or in which
    order they came.
    """
    if person.reach == reach:
        return person
    person = await ctx.work.people.update(person.id, reach=reach)
    await schedule_next(ctx, person.id)
    for group, member in await seats(ctx, person.id):
        if member.state == "active":
            await status(ctx, group)
            await unreachable.changed(ctx, group, member, reach)
            if reach == Reach.BLOCKED:
                log.info("unreachable", group_id=group.id)
                await wishes.lost(ctx, group, member)
    return person


async def removed(ctx: Context, chat: Chat) -> None:
    """Note that the bot was removed from a group: everything is kept, and waits until it is added again."""
    group = await ctx.work.groups.by_chat(chat.id)
    if group is not None and group.state in ("new", "active"):
        await ctx.work.groups.update(group.id, state=GroupState.AWAY)  # and so its schedule stops


def leaves_by_button(actor: Actor) -> bool:
    """True for those who have a seat, and no chat to leave: outside of the core group, or in it on the page alone."""
    if rank_of(actor.member, actor.group) < Rank.LEADER:
        return False
    return actor.member.role != "core" or any(map(is_own_number, (actor.person.user_id, actor.group.chat_id)))


async def left(ctx: Context, chat: Chat, user_id: int) -> None:
    """Handle that someone left the group or was removed. What they handed in stays; they see nothing more."""
    group = await ctx.work.groups.by_chat(chat.id)
    member = await ctx.work.members.find(group.id, user_id) if group else None
    if group is not None and member is not None and member.state != "left":
        await leave(ctx, group, member)


async def leave(ctx: Context, group: Group, member: Member, *, succeeded: bool = False) -> None:
    """End a seat. `succeeded`: by a colleague, who has what belonged to it. Who was never in is forgotten by name."""
    was_active, coordinated = member.state == "active", member.coordinator
    reads = member.id in group.settings.readers  # if they come back, they are no longer a reader
    name = member.name if was_active or asked_anew(member) or member.role == "guest" else ""
    gone = await ctx.work.members.update(member.id, state=SeatState.LEFT, left_at=ctx.now, coordinator=False, name=name)
    await wishes.lost(ctx, group, gone)
    if reads:
        group = await _reads_no_more(ctx, group, gone)
    await ctx.work.schedule.cancel(member_id=member.id)
    await open_items.forget(ctx, member)
    await absence.seat_left(ctx, group, member)
    await ctx.work.prompts.end_all(member.person_id, group.id)
    await admissions.end(ctx, group, member.person_id)
    await _is_elsewhere(ctx, group, await ctx.work.people.get(member.person_id))
    if was_active:
        await _leave_rounds(ctx, group, member)
        if not succeeded and member.role not in BESIDE:
            await _leave_tasks(ctx, group, member, reads=reads)
        ctx.events.append(SeatChanged(group.id, Went(voter(member.id))))
    if coordinated:
        ctx.events.append(CoordinatorsChanged(group.id))
        group = await substitutes.left(ctx, await ctx.work.groups.get(group.id), member)
    await status(ctx, group)


async def _reads_no_more(ctx: Context, group: Group, gone: Member) -> Group:
    readers = tuple(id for id in group.settings.readers if id != gone.id)
    group = await ctx.work.groups.update(group.id, settings=replace(group.settings, readers=readers))
    await (incident_readers.one_left(ctx, group, gone) if readers else incident_readers.last_left(ctx, group))
    await unread.read_by_others(ctx, group, gone)
    return group


async def _leave_rounds(ctx: Context, group: Group, member: Member) -> None:
    for record in await ctx.work.runs.all_of(group.id):
        if record.phase not in (Phase.NEW, Phase.ASIDE):  # what has ended can be opened again
            await runner.apply(ctx, group, record, Left(member.id))


async def _is_elsewhere(ctx: Context, group: Group, person: Person) -> None:
    """Turn a person away from a group that they have left; without a seat anywhere, they are signed out too."""
    if not any(seat.state != "left" for seat in await ctx.work.members.of_person(person.id)):
        await ctx.work.sign_ins.end_all(person.id, but=ctx.browser)  # where they leave by themselves they read of it
    if person.current_group == group.id:
        await ctx.work.people.update(person.id, current_group=None, focus=None)


async def _leave_tasks(ctx: Context, group: Group, member: Member, *, reads: bool) -> None:
    """Tell the others of what somebody had taken on, read and stood in for; what is about themselves is nobody's."""
    taken_on = [r for r in await ctx.work.rows.taken_on(group.id) if r.assignee == member.id]
    tasks = tuple(r.id for r in taken_on if not row_links.is_about_assignee(ctx, r))
    named = group.settings.standing.substitute == member.id
    ctx.events.append(SeatLeft(group.id, member.id, member.organisation_id, tasks, reads, named))


async def migrated(ctx: Context, move: Migrated) -> None:
    """Take a group's new chat id, and show the status message there. It may be told twice, and in either order."""
    group = await ctx.work.groups.migrate(move.old_chat, move.new_chat)
    if group is not None and group.state == "active":
        await status(ctx, group)


async def renamed(ctx: Context, change: Renamed) -> None:
    """Take a group's new title."""
    group = await ctx.work.groups.by_chat(change.chat.id)
    if group is not None and group.title != change.title:
        await ctx.work.groups.update(group.id, title=change.title)
