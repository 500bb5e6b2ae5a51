"""What the bot itself may in a group's chat, where that is more than it needs.

Telegram sends an administrator all that is said (core.telegram.org/bots/features#privacy-mode). It is thrown away
unread, but nobody in the group should have to rely on that: they and the coordinators are told until it is undone.
"""

from dataclasses import replace

from bot.context.abuse_limits import CLOSED
from bot.context.context import Context, Keys
from bot.features.journey.status import status
from messages.voice import TemplateFacts
from storage.message_notes import AnswerNote, Purpose
from storage.records import Group


async def noticed(ctx: Context, group: Group, *, admin: bool, again: bool = False) -> None:
    """It is known whether the bot is an administrator. `again`: the coordinators hear it though it is nothing new."""
    before = group.settings.administrator
    if admin != before:
        group = await ctx.work.groups.update(group.id, settings=replace(group.settings, administrator=admin))
        await ctx.to_group(group, "group.administrator" if admin else "group.no_administrator")
        await status(ctx, group)
    if admin and (again or not before):
        await tell_coordinators(ctx, group, "administrator", {"town": group.title})


async def look(ctx: Context, group: Group) -> None:
    """Ask whether it is still so, once a day; who could undo it is told once more if it is."""
    if group.settings.administrator:
        await ctx.ask_administrators(group, AnswerNote(Purpose.RIGHTS, group=group.id))


async def answered(ctx: Context, group: Group, admins: list[int] | None) -> None:
    """Telegram has said who the administrators are; None where it would not."""
    if admins is not None:
        await noticed(ctx, group, admin=is_one(ctx, admins), again=True)


def is_one(ctx: Context, admins: list[int] | None) -> bool:
    """Whether the bot is among the administrators."""
    return ctx.services.user_id in (admins or ())


async def without_topic(ctx: Context, group: Group) -> None:
    """What was said to the group was refused in General too, which may be closed: who coordinates hears how to help."""
    if ctx.services.limits.should_tell(CLOSED, group.id, ctx.now):
        await tell_coordinators(ctx, group, "closed", {"town": group.title})


async def tell_coordinators(ctx: Context, group: Group, name: str, facts: TemplateFacts, keys: Keys = ()) -> None:
    """Say something to each who coordinates and can be reached."""
    for member in await ctx.work.members.of_group(group.id):
        person = await ctx.work.people.get(member.person_id)
        if member.coordinator and member.state == "active" and person.reach == "reachable":
            await ctx.to_person(person.id, name, facts, keys, about=group.id)
