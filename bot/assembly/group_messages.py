"""Messages in a group's chat: commands, and replies to the bot's messages. Ordinary talk is ignored."""

from typing import Final

from bot.assembly import (
    chat_commands,
    command_keys,
    dispatch_commands,
    edited_texts,
    group_readers,
    reader_lists,
    strangers,
)
from bot.assembly.chat_commands import ALWAYS, COMMANDS
from bot.channel.updates import Chat, Written
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import May, Rank, rank_of
from bot.context.refusals import refusals_told
from bot.context.routes import Command
from bot.context.sealed_actions import Action
from bot.dispatch.readers import hear
from bot.features.help import menus
from bot.features.members import arrival, joining, moving
from bot.views.shared_buttons import our_chat_key
from storage.records.records import Group

RECENT: Final = 50  # messages among which a copy is looked for


async def heard(ctx: Context, said: Written) -> None:
    """Handle a message in a group's chat."""
    if said.command is None and said.reply_to is None:
        return  # ordinary talk, which the bot does not even get with privacy mode on
    group = await ctx.work.groups.by_chat(said.chat.id)
    lost = group.state == "away" if group else said.command is not None and await _is_new(ctx, said.chat)
    if lost:  # the bot hears it, so it is in the chat: the update that it was added must have been lost
        await arrival.added(ctx, said.chat, said.sender)
        group = await ctx.work.groups.by_chat(said.chat.id)
    if group is None or group.state != "active":
        await strangers.in_group(ctx, said)
        return
    if not said.sender.known:
        if said.command is not None and _is_ours(said):
            await ctx.to_group(group, "group.be_yourself", thread=said.thread)
        return
    if said.thread != group.thread_id and said.command is not None and _is_ours(said):
        group = await ctx.work.groups.update(group.id, thread_id=said.thread)
    ctx.written = said.message_id
    if said.command is not None and not said.edited:
        await _command(ctx, group, said)
    elif not (said.edited and await _edited(ctx, group, said)) and said.reply_to is not None:
        await hear(ctx, reader_lists.IN_GROUP, await group_readers.group_text(ctx, group, said))


async def _is_new(ctx: Context, chat: Chat) -> bool:
    """True if the bot may serve a chat that it does not know, and that no group of its own has moved away from."""
    return arrival.is_welcome(ctx, chat) and await moving.went_from(ctx, chat.id) is None


def _is_ours(said: Written) -> bool:
    """True if a command is one of ours, or addressed to us; any other may be meant for another bot in the group."""
    return said.addressed or said.command in COMMANDS


async def _command(ctx: Context, group: Group, said: Written) -> None:
    assert said.command is not None
    command = COMMANDS.get(said.command)
    if said.command in ("start", "aktivera") and said.arguments:
        if await moving.arrive(ctx, said.chat, said.arguments, said.sender, said.thread):
            return
        await ctx.to_group(group, "group.already_active")
        return
    if said.command in ALWAYS:
        await chat_commands.help_group(ctx, group, said.command)
        return
    member = await ctx.work.members.find(group.id, said.sender.user_id)
    met = await group_readers.met(ctx, group, member, said, said.arguments)
    if met and not dispatch_commands.goes_on_after_cry(said.command):
        return
    if command is None:
        if said.addressed:
            near = command_keys.nearest(
                ctx, said.command, (one.name for one in COMMANDS.values() if one.in_group or one.name in ALWAYS)
            )
            await ctx.to_group(group, "unknown_command", command_keys.said_of(ctx, near))
    elif (member is None or member.state == "left") and await joining.proven(ctx, group, said.sender):
        return
    elif member is None or rank_of(member, group) < _least_in_chat(command):
        await group_readers.join_first(ctx, group, said)
    elif command.in_group and command.handler is not None:
        person = await ctx.work.people.get(member.person_id)
        text = said.arguments or (said.quoted if command.quotes else "")
        with refusals_told(ctx):
            await command.handler(ctx, Actor(person, group, member, in_group=True), text)
    elif command.name == "incident":  # not here: what is written in a group stays on everybody's phone
        key = Key(ctx.services.voice.label("log"), url=ctx.link(Action("log", group.id)))
        facts = {"turn": await menus.turn_of(ctx, group), "written": bool(said.arguments)}
        await ctx.to_group(group, "group.incident", facts, [[key]])
    else:
        await ctx.to_group(
            group,
            "group.in_private",
            {"command": ctx.services.voice.rules.called(command.name), "written": bool(said.arguments)},
            [[our_chat_key(ctx, group)]],
        )


def _least_in_chat(command: Command) -> Rank:
    """Return the rank from which somebody who writes a command in the group's chat is no newcomer there."""
    needs = command.needs
    return Rank.MEMBER if isinstance(needs, May) else min(max(needs, Rank.NETWORK), Rank.MEMBER)


async def _edited(ctx: Context, group: Group, said: Written) -> bool:
    """Take the edit of a command, or of a reply that gave a decision or a to-do; False for any other reply."""
    member = await ctx.work.members.find(group.id, said.sender.user_id)
    if said.command is not None and await group_readers.met(ctx, group, member, said, said.text):
        return True
    if member is not None and await edited_texts.in_group(ctx, group, member, said):
        return True
    return said.command is not None
