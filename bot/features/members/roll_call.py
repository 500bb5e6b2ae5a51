"""The roll call: once a month Telegram is asked whether each member of a core group is still in its chat.

Telegram does not tell a bot that is no administrator of everybody who leaves; so nobody keeps access for longer than
that (threat T10), and readers of incidents for a day (`bot.features.incidents.presence`). Only a clear no counts: if
Telegram does not answer, nothing changes.
"""

from dataclasses import replace
from datetime import timedelta

from bot.channel.outcomes import NOBODY, Membership
from bot.context.context import Context
from bot.context.seats import pick
from bot.features.members import admission, membership, moving
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Group, group_chat

EVERY = timedelta(days=30)


async def look(ctx: Context, group: Group) -> None:
    """Ask, if a month has passed since the last time."""
    if moving.is_settling(ctx, group):
        return
    last = group.settings.chat.roll_called
    if last is not None and ctx.today - last < EVERY:
        return
    group = await ctx.work.groups.get(group.id)
    await ctx.work.groups.settle(group, replace(group.settings.chat, roll_called=ctx.today))
    for member in await ctx.work.members.of_group(group.id):
        if member.state == "active" and member.role == "core":
            reply = AnswerNote(Purpose.ROLL, group=group.id, member=member.id)
            await ctx.ask_member(group_chat(group.id), member.user_id, reply, about=group.id)
    await admission.ask_again(ctx, group)


async def answered(ctx: Context, group: Group, member_id: int, found: Membership | None) -> None:
    """Take the answer: there, left (if not found: at the second time), or None if Telegram would not say."""
    member = pick(await ctx.work.members.active(group.id), member_id)
    if found is None or member is None:
        return
    group = await ctx.work.groups.get(group.id)
    if moving.is_settling(ctx, group):
        return
    missed = [id for id in group.settings.chat.missed if id != member.id]
    if found is NOBODY and member.id not in group.settings.chat.missed:
        missed.append(member.id)
    elif not found.inside:
        await membership.leave(ctx, group, member)
        group = await ctx.work.groups.get(group.id)
    await ctx.work.groups.settle(group, replace(group.settings.chat, missed=tuple(missed)))
