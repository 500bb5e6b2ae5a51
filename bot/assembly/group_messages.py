"""Messages in a group's chat: commands, and replies to the bot's messages. Ordinary talk is ignored."""

from bot.assembly import edited_texts, group_commands, group_readers, reader_lists, strangers
from bot.assembly.chat_commands import COMMANDS
from bot.channel.updates import Chat, Written
from bot.context.context import Context
from bot.dispatch.readers import hear
from bot.features.members import arrival, moving
from storage.records.records import Group


async def heard(ctx: Context, said: Written) -> None:
    """Handle a message in a group's chat."""
    if said.command is None and said.reply_to is None:
        return  # ordinary talk, which the bot does not even get with privacy mode on
    group = await _group_of(ctx, said)
    if group is None or group.state != "active":
        await strangers.in_group(ctx, said)
        return
    # … any other command may be meant for another bot in the group
    ours = said.command is not None and (said.addressed or said.command in COMMANDS)
    if not said.sender.known:
        if ours:
            await ctx.to_group(group, "group.be_yourself", thread=said.thread)
        return
    if ours and said.thread != group.thread_id:
        group = await ctx.work.groups.update(group.id, thread_id=said.thread)
    ctx.written = said.message_id
    if said.command is not None and not said.edited:
        command = await group_commands.group_command(ctx, group, said, said.command)
        await hear(ctx, reader_lists.IN_GROUP_COMMANDS, command)
    elif not (said.edited and await _edited(ctx, group, said)) and said.reply_to is not None:
        await hear(ctx, reader_lists.IN_GROUP, await group_readers.group_text(ctx, group, said))


async def _group_of(ctx: Context, said: Written) -> Group | None:
    """Return the group of a chat. The bot hears what is said, so it is in the chat: where it does not know that, the
    update that it was added must have been lost.
    """
    group = await ctx.work.groups.by_chat(said.chat.id)
    lost = group.state == "away" if group else said.command is not None and await _is_new(ctx, said.chat)
    if not lost:
        return group
    await arrival.added(ctx, said.chat, said.sender)
    return await ctx.work.groups.by_chat(said.chat.id)


async def _is_new(ctx: Context, chat: Chat) -> bool:
    """True if the bot may serve a chat that it does not know, and that no group of its own has moved away from."""
    return arrival.is_welcome(ctx, chat) and await moving.went_from(ctx, chat.id) is None


async def _edited(ctx: Context, group: Group, said: Written) -> bool:
    """Take the edit of a command, or of a reply that gave a decision or a to-do; False for any other reply."""
    member = await ctx.work.members.find(group.id, said.sender.user_id)
    if said.command is not None and await group_readers.met(ctx, group, member, said, said.text):
        return True
    if member is not None and await edited_texts.in_group(ctx, group, member, said):
        return True
    return said.command is not None
