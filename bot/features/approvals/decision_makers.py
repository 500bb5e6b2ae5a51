"""The decision maker (P.5): somebody who decides for their organisation, with a seat in step 0.

They see the way, as a process leader does and with the same role, and never an answer. They are asked in private for
consent to what the group decides in 0.6; that is all they do. The group's settings tell them from process leaders.
"""

from dataclasses import replace
from typing import Final

from bot.channel.updates import Sender
from bot.context import invitations
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import Invitation, Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.approvals import consent
from bot.features.process import process_leaders
from bot.reminders import open_items
from bot.views.shared_buttons import copy_key
from storage.records.links import Link
from storage.records.records import Group, Member, Person, SeatState

PURPOSE: Final = "decider"


async def of_group(ctx: Context, group: Group) -> list[Member]:
    """Return the decision makers of a group."""
    looking_on = await ctx.work.members.active(group.id, roles=(process_leaders.ROLE,))
    return [member for member in looking_on if member.id in group.settings.deciders]


async def _set(ctx: Context, group: Group, deciders: tuple[int, ...]) -> Group:
    return await ctx.work.groups.update(group.id, settings=replace(group.settings, deciders=deciders))


# -- the coordinator's side --------------------------------------------------------------------------------------------
async def show(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show the decision makers, with buttons to invite and remove them."""
    group, there = actor.group, await of_group(ctx, actor.group)
    label = ctx.services.voice.label
    ends = [[Key(label("decider.end", {"name": m.name}), Action("deciderout", group.id, 0, str(m.id)))] for m in there]
    keys = [[ctx.key("decider.invite", "deciderin", group.id)], *ends]
    await ctx.reply(actor, "decider.list", {"names": [member.name for member in there]}, keys)


async def invite(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the link for a decision maker; with "new" another one instead of it."""
    wanted = invitations.make if action.arg == "new" else invitations.given_or_made
    link = await wanted(ctx, actor.group, PURPOSE, "")
    await open_items.given_away(ctx, actor.group, actor.member, PURPOSE, "")
    keys = [
        [copy_key(ctx, link.url)],
        [ctx.key("outside.new", "deciderin", actor.group.id, "new")],
        [ctx.key("outside.stop", "deciderstop", actor.group.id)],
    ]
    facts = {"url": link.url, "until": link.until, "town": actor.group.title}
    await ctx.tell(actor, "decider.link", facts, keys)


async def stop(ctx: Context, actor: Actor, action: Action) -> None:
    """Revoke the link."""
    await ctx.work.links.revoke(actor.group.id, PURPOSE)
    ctx.toast("link_stopped")
    await show(ctx, actor, action)


async def end(ctx: Context, actor: Actor, action: Action) -> None:
    """Remove a decision maker, once that is confirmed."""
    if await process_leaders.dismissed(ctx, actor, action, verb="deciderout", back="deciders"):
        await show(ctx, actor, action)


# -- the decision maker's side -----------------------------------------------------------------------------------------
async def follow(ctx: Context, person: Person, link: Link, sender: Sender) -> None:
    """Show somebody who follows the link what a decision maker sees and is asked, with a button to accept."""
    assert link.group_id is not None
    group, role = await ctx.work.groups.get(link.group_id), process_leaders.ROLE
    member = await ctx.work.members.find(group.id, sender.user_id)
    if group.state != "active" or process_leaders.taken(member):
        await ctx.to_person(person.id, "decider.yours" if group.state == "active" else "link.expired")
        return
    member = member or await ctx.work.members.add(group.id, person.id, role)
    await ctx.work.members.update(member.id, role=role, state=SeatState.INVITED, name=sender.name, left_at=None)
    await ctx.work.links.use(link.id)
    await _set(ctx, group, tuple({*group.settings.deciders, member.id}))
    keys = [[ctx.key("leader.yes", "deciding", group.id)], [ctx.key("decline", "decline", group.id)]]
    await ctx.to_person(person.id, "decider.hello", {"town": group.title}, keys, about=group.id)


async def accept(ctx: Context, actor: Actor, _action: Action) -> None:
    """Let a decision maker in: the coordinators are told, and an open consent is put to them too."""
    demand(actor.member.id in actor.group.settings.deciders and actor.member.state == "invited")
    member = await ctx.work.members.update(actor.member.id, state=SeatState.ACTIVE)
    await ctx.work.people.update(actor.person.id, current_group=actor.group.id)
    await process_leaders.show_map(ctx, replace(actor, member=member), edit=ctx.tapped)
    for coordinator in await open_items.coordinators(ctx, actor.group):
        facts = {"name": member.name, "town": actor.group.title}
        await ctx.to_member(coordinator, "decider.came", facts)
    await consent.also_ask(ctx, actor.group, member)


ROUTES: Routes = (
    Invitation(PURPOSE, follow),
    *buttons(Rank.COORDINATOR, About.GROUP, deciders=show, deciderin=invite, deciderstop=stop, deciderout=end),
    *buttons(Rank.INVITED, About.GROUP, deciding=accept),
)
