"""Checks that a reader is still in the group's chat when they open incidents, as some leave unnoticed.

The channel's answer counts for a day. If it refuses or is silent, the last clear yes counts for a week; then another
coordinator must confirm the reader. Readers who are not in the chat are confirmed so each quarter.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.ballots import admissions
from bot.ballots.box import voter
from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank, is_reader
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.reminders.open_items import coordinators
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Group, Member, private_chat

FRESH: Final = timedelta(hours=24)
WEEK: Final = timedelta(days=7)
QUARTER: Final = timedelta(days=92)


async def is_here(ctx: Context, actor: Actor, action: Action) -> bool:
    """True if a reader may open it now. Else the channel is asked, and it is opened once the answer has come."""
    group, member = actor.group, actor.member
    if not is_reader(member, group):
        return True  # it is refused where it is read
    if member.role != "core":
        return await may_go_by(ctx, group, member, QUARTER)
    if _since(ctx, group.settings.presence.seen.get(member.id), FRESH):
        return True
    reply = AnswerNote(
        Purpose.READER, group=group.id, member=member.id, message=ctx.tapped, verb=action.verb, arg=action.arg
    )
    about = group.id
    await ctx.ask_member(private_chat(actor.person.id), member.user_id, reply, about=about)
    ctx.toast("looking_up")
    return False


async def may_go_by(ctx: Context, group: Group, member: Member, most: timedelta = WEEK) -> bool:
    """True if the last clear yes still counts. Else the other coordinators are asked, once a day."""
    if _since(ctx, group.settings.presence.seen.get(member.id), most):
        return True
    others = [one for one in await coordinators(ctx, group) if one.id != member.id]
    asked = {"others": bool(others), "coordinates": member.coordinator}
    await ctx.to_person(member.person_id, "presence.unclear", asked, about=group.id)
    if not _since(ctx, group.settings.presence.asked.get(member.id), FRESH):
        group = await ctx.work.groups.get(group.id)
        presence = group.settings.presence
        await ctx.work.groups.settle(group, replace(presence, asked={**presence.asked, member.id: ctx.now}))
        keys = [[ctx.key("presence.yes", "stillhere", group.id, str(member.id), name=member.name)]]
        facts = {"name": member.name, "town": group.title, "outside": member.role != "core"}
        for other in others:
            await ctx.to_person(other.person_id, "presence.ask", facts, keys, about=group.id)
    return False


async def seen(ctx: Context, group: Group, member: Member) -> Group:
    """Note a clear yes."""
    group = await ctx.work.groups.get(group.id)
    presence = group.settings.presence
    return await ctx.work.groups.settle(group, replace(presence, seen={**presence.seen, member.id: ctx.now}))


async def confirm(ctx: Context, actor: Actor, action: Action) -> None:
    """Confirm a reader, as another coordinator; nobody can confirm themselves."""
    member = required(await ctx.work.members.lookup(int(action.arg or 0)))
    demand(member.id != actor.member.id and is_reader(member, actor.group))
    await seen(ctx, actor.group, member)
    if admissions.is_in(await admissions.of(ctx.work, actor.group.id, member.person_id)):
        me = voter(actor.member.id)
        await admissions.answer(ctx, actor.group, member.person_id, member.name, by=me)
    await ctx.work.access_log.add(actor.group.id, actor.member.id, "present")
    await ctx.reply(actor, "presence.confirmed", {"name": member.name})
    keys = [[ctx.key("open_it", "incs", actor.group.id)]]
    await ctx.to_person(member.person_id, "presence.welcome", {}, keys, about=actor.group.id)


def _since(ctx: Context, at: datetime | None, most: timedelta) -> bool:
    return at is not None and ctx.now - at < most


ROUTES: Routes = (*buttons(Rank.COORDINATOR, About.GROUP, stillhere=confirm),)
