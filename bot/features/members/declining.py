"""Declining: somebody who followed a link says no before they are in, and whoever coordinates, who else shall do it."""

from bot.context.context import Actor, Context
from bot.context.events import NotNow
from bot.context.permissions import About, Rank, asked_anew
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.members import joining, membership
from bot.features.network import access_requests, memberships
from bot.reminders import open_items
from storage.records.records import SeatState, is_own_number


async def decline(ctx: Context, actor: Actor, _action: Action) -> None:
    """Decline to join, also in the midst of the questions: the name is forgotten, and the group's link still works.

    Who came as a guest stays one. Who coordinates keeps the role until they say that somebody else shall have it.
    """
    member = actor.member
    if asked_anew(member):
        await ctx.to_person(actor.person.id, "enter.not_yet", {"town": actor.group.title}, edit=ctx.tapped)
        return
    demand(member.state is SeatState.INVITED, "already_in")
    await open_items.reconcile(ctx, actor.group, joining.ref_of(member), {})
    if member.coordinator:
        facts = {"town": actor.group.title}
        keys = [[ctx.key("pass_on", "passon", actor.group.id)], [ctx.key("come_in", "enter", actor.group.id)]]
        await ctx.to_person(actor.person.id, "enter.nobody_else", facts, keys, about=actor.group.id, edit=ctx.tapped)
        return
    await ctx.work.members.update(member.id, state=SeatState.LEFT, left_at=ctx.now, name="")
    await ctx.work.prompts.end_all(actor.person.id, actor.group.id)
    if member.role == "network" and access_requests.GUEST in member.profile:
        ctx.events.append(NotNow(actor.group.id, member.id))
        return
    await _declined(ctx, actor)


async def pass_on(ctx: Context, actor: Actor, _action: Action) -> None:
    """End the seat of a coordinator who declines to join: the group is asked who will coordinate."""
    demand(actor.member.state is SeatState.INVITED and actor.member.coordinator and not asked_anew(actor.member))
    await membership.leave(ctx, actor.group, actor.member)
    await _declined(ctx, actor)


async def _declined(ctx: Context, actor: Actor) -> None:
    by_chat = actor.member.role == "core" and not is_own_number(actor.group.chat_id)
    facts = {"coordinator": actor.member.coordinator, "by_chat": by_chat}
    keys = await memberships.way_back(ctx, actor.person)
    await ctx.to_person(actor.person.id, "enter.declined", facts, keys, edit=ctx.tapped)


ROUTES: Routes = (*buttons(Rank.INVITED, About.GROUP, decline=decline, passon=pass_on),)
