"""Members who have blocked the bot, or whose account is gone: the group gets a button for them, once, in the daytime,
and the coordinators get a line. Nobody counts as having left for that.
"""

from datetime import timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.reminders import next_message, open_items
from bot.reminders.kinds import UNREACHED
from bot.views.shared_buttons import our_chat_key
from storage.records.records import Group, Member, group_chat

KIND: Final = "unreached"  # the kind of rows in the schedule, which refer to the member
LATELY = timedelta(days=30)  # how long the post in the group is edited rather than sent again


async def changed(ctx: Context, group: Group, member: Member, reach: str) -> None:
    """Handle that a member can no longer be reached, or can again (`reach`: reachable | blocked)."""
    if reach == "blocked":
        when = next_message.by_daylight(ctx)
        await ctx.work.schedule.put(KIND, when, group_id=group.id, ref=_ref(member))
        return
    await ctx.work.schedule.cancel(kind=KIND, ref=_ref(member))
    await open_items.reconcile(ctx, group, _ref(member), {})
    if await _said_lately(ctx, group, member):
        await ctx.to_group(group, "group.reached_again", {"name": member.name}, slot=_ref(member), living=True)


async def tell(ctx: Context, group: Group, number: int) -> None:
    """Tell the group and the coordinators, if it is still so."""
    member = await ctx.work.members.lookup(number)
    if member is None or member.state != "active":
        return
    if (await ctx.work.people.get(member.person_id)).reach != "blocked":
        return
    if member.role == "core":  # others are not in the group's chat
        keys = [[our_chat_key(ctx, group)]]
        living = await _said_lately(ctx, group, member)
        await ctx.to_group(group, "group.unreached", {"name": member.name}, keys, slot=_ref(member), living=living)
    others = [one for one in await open_items.coordinators(ctx, group) if one.id != member.id]
    await open_items.reconcile(ctx, group, _ref(member), {(UNREACHED, one.id): ctx.today for one in others})


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show a coordinator who it is, and what can be done."""
    member = required(await ctx.work.members.lookup(int(action.arg)), "day.settled")
    demand(member.group_id == actor.group.id and member.state == "active", "day.settled")
    demand((await ctx.work.people.get(member.person_id)).reach == "blocked", "day.settled")
    keys = [[ctx.key("handover", "swap", actor.group.id)]] if member.role == "core" else []
    await ctx.tell(actor, "unreached", {"name": member.name, "here": member.role == "core"}, keys)


async def _said_lately(ctx: Context, group: Group, member: Member) -> bool:
    post = await ctx.work.outbox.latest(group_chat(group.id), _ref(member))
    return post is not None and ctx.now - post.changed_at < LATELY


def _ref(member: Member) -> str:
    return f"unreached:{member.id}"


ROUTES: Routes = (*buttons(Rank.COORDINATOR, About.GROUP, unreached=show),)
