"""Readers of commands in a group's chat, one function for each row of the list (`reader_lists.IN_GROUP_COMMANDS`)."""

from dataclasses import dataclass

from bot.assembly import chat_commands, command_keys, dispatch_commands, group_readers
from bot.assembly.chat_commands import ALWAYS, COMMANDS
from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import May, Rank, rank_of
from bot.context.refusals import refusals_told
from bot.context.routes import Command
from bot.context.sealed_actions import Action
from bot.features.help import menus
from bot.features.members import joining, moving
from bot.views.shared_buttons import our_chat_key
from storage.records.records import Group, Member


@dataclass(slots=True)
class GroupCommand:
    """A command in a group's chat, with whoever wrote it there."""

    group: Group
    member: Member | None
    said: Written
    name: str
    unasked: bool = False

    @property
    def command(self) -> Command | None:
        """What it is; None if it is none of ours."""
        return COMMANDS.get(self.name)

    @property
    def written(self) -> bool:
        """True if words follow it."""
        return bool(self.said.arguments)


async def group_command(ctx: Context, group: Group, said: Written, name: str) -> GroupCommand:
    """Look up who has written a command in the group's chat."""
    return GroupCommand(group, await ctx.work.members.find(group.id, said.sender.user_id), said, name)


async def arrives(ctx: Context, text: GroupCommand) -> bool:
    """Take the code with which a group moves to this chat."""
    said = text.said
    if text.name not in ("start", "aktivera") or not text.written:
        return False
    if not await moving.arrive(ctx, said.chat, said.arguments, said.sender, said.thread):
        await ctx.to_group(text.group, "group.already_active")
    return True


async def helps(ctx: Context, text: GroupCommand) -> bool:
    """Answer what everybody may ask, also without a seat: what there is, and whom to ring."""
    if text.name in ALWAYS:
        await chat_commands.help_group(ctx, text.group, text.name)
    return text.name in ALWAYS


async def need(ctx: Context, text: GroupCommand) -> bool:
    """Answer somebody in need; a command that keeps what follows it, or logs an incident, goes on."""
    met = await group_readers.met(ctx, text.group, text.member, text.said, text.said.arguments)
    return met and not dispatch_commands.goes_on_after_cry(text.name)


async def unknown(ctx: Context, text: GroupCommand) -> bool:
    """Say which command may be meant, if this one is for us; it may be another bot's."""
    if text.command is None and text.said.addressed:
        near = (one.name for one in COMMANDS.values() if one.in_group or one.name in ALWAYS)
        facts = command_keys.said_of(ctx, command_keys.nearest(ctx, text.name, near))
        await ctx.to_group(text.group, "unknown_command", facts)
    return text.command is None


async def no_seat(ctx: Context, text: GroupCommand) -> bool:
    """Tell somebody who has no seat, or not yet the one that this asks for, how to join."""
    member, needs = text.member, text.command.needs if text.command else Rank.MEMBER
    if (member is None or member.state == "left") and await joining.proven(ctx, text.group, text.said.sender):
        return True
    # the rank from which somebody who writes a command in the group's chat is no newcomer there
    least = Rank.MEMBER if isinstance(needs, May) else min(max(needs, Rank.NETWORK), Rank.MEMBER)
    if member is not None and rank_of(member, text.group) >= least:
        return False
    await group_readers.join_first(ctx, text.group, text.said)
    return True


async def here(ctx: Context, text: GroupCommand) -> bool:
    """Carry out what is answered in the group's chat itself."""
    command, said = text.command, text.said
    if command is None or text.member is None or not command.in_group or command.handler is None:
        return False
    person = await ctx.work.people.get(text.member.person_id)
    words = said.arguments or (said.quoted if command.quotes else "")
    with refusals_told(ctx):
        await command.handler(ctx, Actor(person, text.group, text.member, in_group=True), words)
    return True


async def incident(ctx: Context, text: GroupCommand) -> bool:
    """Lead to where incidents are logged: what is written in a group stays on everybody's phone."""
    if logs := dispatch_commands.logs(text.name):
        key = Key(ctx.services.voice.label("log"), url=ctx.link(Action("log", text.group.id)))
        facts = {"turn": await menus.turn_of(ctx, text.group), "written": text.written}
        await ctx.to_group(text.group, "group.incident", facts, [[key]])
    return logs


async def in_private(ctx: Context, text: GroupCommand) -> bool:
    """Lead to one's own chat, where everything else is answered."""
    facts = {"command": ctx.services.voice.rules.called(text.name), "written": text.written}
    await ctx.to_group(text.group, "group.in_private", facts, [[our_chat_key(ctx, text.group)]])
    return True
