"""The bot's own rights in a group's chat, if they are more than it needs.

Telegram sends an administrator all messages (core.telegram.org/bots/features#privacy-mode). The bot throws them away
unread, but nobody in the group should have to rely on that: they and the coordinators are told until it is undone.
"""

from dataclasses import replace

from bot.context.abuse_limits import CLOSED
from bot.context.context import Context
from bot.context.message import Keys
from bot.features.process.status import status
from messages.voice import TemplateFacts
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Group


async def noticed(ctx: Context, group: Group, *, admin: bool, again: bool = False) -> None:
    """Note whether the bot is an administrator. `again`: the coordinators are told though it is nothing new."""
    before = group.settings.chat.administrator
    if admin != before:
        group = await ctx.work.groups.settle(group, replace(group.settings.chat, administrator=admin))
        await ctx.to_group(group, "group.administrator" if admin else "group.no_administrator")
        await status(ctx, group)
    if admin and (again or not before):
        await tell_coordinators(ctx, group, "administrator", {"town": group.title})


async def look(ctx: Context, group: Group) -> None:
    """Ask once a day whether it still is; if so, those who can undo it are told again."""
    if group.settings.chat.administrator:
        await ctx.ask_administrators(group, AnswerNote(Purpose.RIGHTS, group=group.id))


async def answered(ctx: Context, group: Group, admins: list[int] | None) -> None:
    """Take Telegram's list of administrators; None if it would not tell."""
    if admins is not None:
        await noticed(ctx, group, admin=is_one(ctx, admins), again=True)


def is_one(ctx: Context, admins: list[int] | None) -> bool:
    """True if the bot is among the administrators."""
    return ctx.services.user_id in (admins or ())


async def without_topic(ctx: Context, group: Group) -> None:
    """Tell the coordinators how to help if messages are refused in the topic General too, which may be closed."""
    if ctx.services.limits.should_tell(CLOSED, group.id, ctx.now):
        await tell_coordinators(ctx, group, "closed", {"town": group.title})


async def tell_coordinators(
    ctx: Context, group: Group, name: str, facts: TemplateFacts, keys: Keys = (), *, but: int = 0
) -> None:
    """Send a message to each coordinator who can be reached. `but`: the person who need not be told."""
    for member in await ctx.work.members.of_group(group.id):
        person = await ctx.work.people.get(member.person_id)
        if member.coordinator and member.state == "active" and person.reach == "reachable" and person.id != but:
            await ctx.to_person(person.id, name, facts, keys, about=group.id)
