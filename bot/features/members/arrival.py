"""Arrival: the bot is added to a group's chat, let in with a code, and greets.

The administrator who adds the bot becomes coordinator; where nobody has, one who taps does.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.channel.outcomes import Membership
from bot.channel.updates import Chat, Sender
from bot.context.abuse_limits import STRANGER
from bot.context.context import Context
from bot.context.events import BotBack, CoordinatorsChanged
from bot.context.message import when
from bot.context.routes import Routes, StrangerButtonRoute
from bot.exercises import rounds, runner
from bot.features.calendar import absence
from bot.features.incidents import retention
from bot.features.members import activation, bot_permissions, joining
from bot.features.process.status import map_of, status
from bot.reminders import open_items
from bot.reminders.next_message import schedule_next
from bot.views.shared_buttons import join_keys
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Group, GroupState, Member, group_chat, is_own_number

WAY_IN: Final = "way_in"  # what shows a chat the way to the bot
JUST_SHOWN: Final = timedelta(hours=1)  # who comes in one after the other is shown it once


async def added(ctx: Context, chat: Chat, by: Sender) -> None:
    """Handle that the bot was added to a group, again or for the first time. Without a code it is told so, once."""
    group = await ctx.work.groups.by_chat(chat.id)
    if group is not None and group.state == "away":
        settled = GroupState.ACTIVE if group.settings.activated else GroupState.NEW
        group = await ctx.work.groups.update(group.id, state=settled, title=chat.title)
        if settled is GroupState.ACTIVE:
            await resume(ctx, group)
            stops = [stop for step in (await map_of(ctx, group)).steps for stop in step.stops]
            going = [ctx.services.voice.title_of(one.exercise) for one in stops if one.state in ("open", "talk")]
            await ctx.to_group(group, "group.back", {"open": going}, join_keys(ctx, group))
            return
    if group is not None and group.state == "active":
        return
    if is_welcome(ctx, chat):
        await activate(ctx, group or await ctx.work.groups.add(chat.id, chat.title), by)
    elif ctx.services.limits.should_tell(STRANGER, chat.id, ctx.now):  # Telegram tells twice that the bot was added
        # Telegram first tells that the bot was added, and a moment later of the code in the link.
        ctx.to_stranger(chat.id, "group.needs_code", {"bot": ctx.services.username}, unless_ours=True)


def is_welcome(ctx: Context, chat: Chat) -> bool:
    """True if a chat may use the bot without a code."""
    free = ctx.services.free_groups
    return free is None or chat.id in free


async def resume(ctx: Context, group: Group) -> None:
    """Refresh all that a group sees and is reminded of, as the bot is back in its chat, or is in a new one instead.

    Its schedule goes on by itself. Meanwhile no coordinator could be heard; and who left the chat was not heard of, so
    that the roll is called at once.
    """
    standing = replace(group.settings.standing, heard={}, warned=None)
    await ctx.work.schedule.put(retention.KIND, ctx.now, group_id=group.id, ref=f"group:{group.id}")
    group = await ctx.work.groups.settle(group, standing, replace(group.settings.chat, roll_called=None))
    await status(ctx, group)
    ctx.events.append(BotBack(group.id))
    for record in await ctx.work.runs.all_of(group.id):
        await runner.refresh(ctx, group, record)
        await open_items.update_for_run(ctx, group, runner.load(ctx, record))
    for member in await ctx.work.members.of_group(group.id):
        await absence.catch_up(ctx, member.person_id)
        await schedule_next(ctx, member.person_id)


async def try_code(ctx: Context, chat: Chat, code: str, by: Sender, thread: int | None) -> None:
    """Take an activation code in a chat that the bot does not serve yet."""
    group, buttons = await ctx.work.groups.by_chat(chat.id), ctx.services.buttons
    verdict = await activation.look(ctx.work, buttons, code, group.id if group else None, ctx.now)
    if verdict is not activation.CodeVerdict.ACCEPTED:
        ctx.to_stranger(chat.id, f"group.code_{verdict}", thread=thread)
        return
    group = group or await ctx.work.groups.add(chat.id, chat.title)
    await activation.spend(ctx.work, buttons, code, group.id, ctx.now)
    await activate(ctx, await ctx.work.groups.update(group.id, thread_id=thread), by)


async def activate(ctx: Context, group: Group, by: Sender) -> None:
    """Activate a group: Telegram is asked who administers it, and then the group is greeted."""
    group = await opened(ctx, group)
    reply = AnswerNote(Purpose.ADMINS, group=group.id, by=by.user_id if by.known else 0, name=by.name)
    await ctx.ask_administrators(group, reply)


async def opened(ctx: Context, group: Group) -> Group:
    """Open a group's way at its first step."""
    settings = replace(group.settings, activated=True, steps=(0,), link=1)
    return await ctx.work.groups.update(group.id, state=GroupState.ACTIVE, settings=settings)


async def greet(ctx: Context, group: Group, admins: list[int] | None, by: int, name: str) -> None:
    """Greet the group. If the person who added the bot is an administrator of the chat, they become coordinator."""
    coordinator = None
    if by in (admins or ()):
        coordinator = name
        await make_coordinator(ctx, group, by, name)
    await rounds.begin(ctx, group, joining.joining(ctx), seats={})
    await retention.schedule(ctx, group)
    keys = join_keys(ctx, group)
    keys.append(when(coordinator is None, ctx.key("coordinate", "coordinate", group.id)))
    administrator = bot_permissions.is_one(ctx, admins)
    facts = {"coordinator": coordinator, "administrator": administrator, "chat": not is_own_number(group.chat_id)}
    await ctx.to_group(group, "group.greeting", facts, keys, slot=WAY_IN)
    await status(ctx, group)
    await bot_permissions.noticed(ctx, group, admin=administrator)


async def came(ctx: Context, chat: Chat, people: Sequence[Sender]) -> None:
    """Show whoever has come into a group's chat the way in, unless it was just shown there, or they are in already."""
    group = await ctx.work.groups.by_chat(chat.id)
    if group is None or group.state != "active" or ctx.now - group.created_at < JUST_SHOWN:
        return
    shown = await ctx.work.outbox.latest(group_chat(group.id), WAY_IN, group.id)
    if shown is not None and ctx.now - shown.changed_at < JUST_SHOWN:
        return
    seats = [await ctx.work.members.find(group.id, one.user_id) for one in people if one.known]
    if any(seat is None or seat.state == "left" or seat.role in ("guest", "network") for seat in seats):
        await ctx.to_group(group, "group.came", {}, join_keys(ctx, group), slot=WAY_IN)


async def make_coordinator(ctx: Context, group: Group, user_id: int, name: str) -> Member:
    """Give someone the coordinator's role, with a seat if they have none."""
    person = await ctx.work.people.ensure(user_id)
    member = await ctx.work.members.add(group.id, person.id, "core")
    ctx.events.append(CoordinatorsChanged(group.id))
    return await ctx.work.members.update(member.id, coordinator=True, name=member.name or name)


async def wants_to_coordinate(ctx: Context, group: Group, sender: Sender) -> None:
    """Take an offer to coordinate: accepted if nobody does, and Telegram says that they are an administrator."""
    if await _is_led(ctx, group):
        ctx.toast("has_coordinator", alert=True)
        return
    reply = AnswerNote(Purpose.COORDINATOR, group=group.id, by=sender.user_id, name=sender.name)
    await ctx.ask_member(group_chat(group.id), sender.user_id, reply, about=group.id)


async def coordinator_checked(ctx: Context, group: Group, member: Membership | None, by: int, name: str) -> None:
    """Go on with the offer once Telegram has said whether they are an administrator."""
    if member is None or not member.admin:
        await ctx.to_group(group, "group.not_admin", {"name": name})
        return
    if await _is_led(ctx, group):
        return
    group = await _no_stand_ins(ctx, group)
    await make_coordinator(ctx, group, by, name)
    await ctx.to_group(group, "group.coordinators", {"names": [name]}, join_keys(ctx, group))
    await status(ctx, group)


async def _is_led(ctx: Context, group: Group) -> bool:
    """True if the group has a coordinator in their own right, even one who has not joined or promised again yet."""
    members = await ctx.work.members.of_group(group.id)
    return any(m.coordinator and m.id not in group.settings.standing.stand_ins for m in members)


async def _no_stand_ins(ctx: Context, group: Group) -> Group:
    """End the role of stand-ins, now that there is a coordinator."""
    for id in group.settings.standing.stand_ins:
        await ctx.work.members.update(id, coordinator=False)
    return await ctx.work.groups.settle(group, replace(group.settings.standing, stand_ins={}))


ROUTES: Routes = (StrangerButtonRoute("coordinate", wants_to_coordinate),)
