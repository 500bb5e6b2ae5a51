"""The roll call: once a month Telegram is asked of each member of a core group whether they still are in its chat.

Telegram does not tell a bot that is no administrator of everybody who leaves silently; so nobody keeps access for
longer than that (T10). Only a clear no counts: where Telegram does not answer, nothing changes.
"""

from datetime import date, timedelta
from typing import Final

from bot.context.context import Context
from bot.features.members import membership
from bot.telegram.calls import Membership
from storage.records import Group, group_chat

WHAT: Final = "roll"  # what the call was for
EVERY = timedelta(days=30)
CALLED = "roll_called"  # the group's setting: the day


async def look(ctx: Context, group: Group) -> None:
    """Ask, if a month has gone by since it was asked last."""
    last = group.settings.get(CALLED)
    if last is not None and ctx.today - date.fromisoformat(last) < EVERY:
        return
    group = await ctx.work.groups.get(group.id)
    await ctx.work.groups.update(group.id, settings={**group.settings, CALLED: ctx.today.isoformat()})
    for member in await ctx.work.members.of_group(group.id):
        if member.state == "active" and member.role == "core":
            reply = {"what": WHAT, "group": group.id, "member": member.id}
            await ctx.ask_member(group_chat(group.id), member.user_id, reply, about=group.id)


async def answered(ctx: Context, group: Group, member_id: int, found: Membership | None) -> None:
    """Somebody is there, or has left; None where the channel would not say."""
    member = await ctx.work.members.lookup(member_id)
    if found is not None and not found.inside and member is not None and member.state == "active":
        await membership.leave(ctx, group, member)
