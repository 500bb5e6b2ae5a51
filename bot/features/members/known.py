"""What the group says to whom results without names count (`bot.exercises.counted`)."""

from dataclasses import replace

from bot.context.context import Actor, Context
from bot.context.events import ProfileGiven
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import counted
from storage.records.records import Group


async def after_joining(ctx: Context, group: Group, given: ProfileGiven) -> None:
    """Show the group again whom results count, once it has seen the first."""
    if group.settings.counting.counted:
        await counted.show(ctx, group)


async def unknown(ctx: Context, actor: Actor, _action: Action) -> None:
    """Hold back all results without names: this member does not know somebody. Nobody is told who it is."""
    ctx.toast("counted_told", alert=True)
    if actor.group.settings.counting.doubt:
        return
    doubted = replace(actor.group.settings.counting, doubt=actor.member.id)
    group = await ctx.work.groups.settle(actor.group, doubted)
    await ctx.to_group(group, "counted.doubted", {}, [[ctx.key("counted.talked", "allknown", group.id)]])


async def all_known(ctx: Context, actor: Actor, _action: Action) -> None:
    """Let results be shown again, if whoever did not know somebody says so, or is not there any more."""
    group, doubt = actor.group, actor.group.settings.counting.doubt
    there = {member.id for member in await ctx.work.members.active(group.id)}
    demand(doubt not in there - {actor.member.id}, "counted_theirs", alert=True)
    ctx.toast("counted_thanks")
    if doubt:
        group = await ctx.work.groups.settle(group, replace(group.settings.counting, doubt=0))
        await ctx.to_group(group, "counted.settled")


ROUTES: Routes = buttons(Rank.MEMBER, About.GROUP, unknown=unknown, allknown=all_known)
