"""An invitation that is taken back: somebody on the list of guests is removed after they have said that they come.

Whoever removes them is asked whether the bot should tell the guest; put back on the list, the guest is asked again.
"""

from typing import Final

from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.row_events import RowChanged
from bot.context.sealed_actions import Action
from bot.features.network import access_requests
from bot.features.outsiders import event_facts, guest_list, guests
from flows.enums import Mark
from storage.records.records import Group, Member, Row

TOLD: Final = "withdrawn"  # in a guest's profile: they were told that the invitation is taken back


async def row_changed(ctx: Context, group: Group, happened: RowChanged) -> None:
    """Ask whoever removed a guest who counts on coming; a guest who was told of it and is put back is asked anew."""
    row = await ctx.work.rows.get(happened.row)
    if row.register != guest_list.register(ctx).id:
        return
    group, member = await ctx.work.groups.get(row.group_id), await _guest_of(ctx, row)
    if member is None or group.settings.event.off:
        return
    if row.state != "removed" and TOLD in member.profile:
        profile = {key: value for key, value in member.profile.items() if key != TOLD}
        await guests.greet(ctx, group, await ctx.work.members.update(member.id, profile=profile), row)
    elif row.state == "removed" and await _counts_on_it(ctx, group, row):
        by = await ctx.work.members.get(happened.by)
        keys = [[ctx.key("guest.withdraw", "withdraw", group.id, str(member.id))]]
        facts = {"name": guest_list.name_of(ctx, row), "said": guest_list.said_before(ctx, row)}
        await ctx.to_member(by, "guest.withdraw_ask", facts, keys)


async def withdraw(ctx: Context, actor: Actor, action: Action) -> None:
    """Tell the guest that the invitation is taken back."""
    member = required(await ctx.work.members.lookup(int(action.arg)))
    row = required(await access_requests.row_of(ctx, actor.group, member))
    demand(row.state == "removed" and TOLD not in member.profile)
    await ctx.work.members.update(member.id, profile={**member.profile, TOLD: True})
    facts = event_facts.for_guest(ctx, actor.group, row, await event_facts.event_of(ctx, actor.group))
    await ctx.to_member(member, "guest.withdrawn", facts)
    person = await ctx.work.people.get(member.person_id)
    reached = person.reach == "reachable"
    await ctx.reply(actor, "guest.withdraw_told", {"name": facts["name"], "reached": reached})


async def _guest_of(ctx: Context, row: Row) -> Member | None:
    """Return the guest whose row this is, if they have opened their invitation and are nothing but a guest."""
    there = await ctx.work.members.of_group(row.group_id, roles=("guest",))
    return next((member for member in there if member.profile.get(access_requests.GUEST) == row.id), None)


async def _counts_on_it(ctx: Context, group: Group, row: Row) -> bool:
    day = (await event_facts.event_of(ctx, group)).day
    ahead = day is None or day >= ctx.today
    return ahead and guest_list.said_before(ctx, row) in (Mark.YES, Mark.MAYBE)


ROUTES: Routes = (*buttons(Rank.MEMBER, About.GROUP, withdraw=withdraw),)
