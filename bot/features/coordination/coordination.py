"""Who coordinates: the role is shared or handed over, and whoever was given it can say no."""

from dataclasses import replace

from bot.context.context import Actor, Context
from bot.context.events import CoordinatorsChanged
from bot.context.message import Key
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.process.status import status
from bot.reminders.next_message import hears
from bot.views.shared_buttons import told_apart
from flows.answers import whole
from storage.records.records import Group, Member


async def choose_person(ctx: Context, actor: Actor, _action: Action) -> None:
    """Let the coordinator choose whom to share the role with, or hand it over to."""
    others = [m for m in await ctx.work.members.active(actor.group.id) if rank_of(m, actor.group) < Rank.RESPONSIBLE]
    labels = await told_apart(ctx, others)
    keys = [[Key(labels[m.id], Action("share", actor.group.id, 0, str(m.id)))] for m in others]
    await ctx.reply(actor, "choose.person", {"none": not others}, keys)


async def pass_on(ctx: Context, actor: Actor, action: Action) -> None:
    """Share the coordinator's role, or hand it over, once the coordinator has said that they are sure."""
    group, give_up, (number, _, sure) = actor.group, action.verb == "hand", action.arg.partition(":")
    chosen = required(await ctx.work.members.lookup(int(number)), "unfit.no_seat")
    demand(chosen.group_id == group.id and chosen.state == "active", "unfit.no_seat")
    if not sure:
        ways = (("share_sure", "share"), ("hand_sure", "hand"))
        keys = [[ctx.key(label, verb, group.id, f"{number}:sure", name=chosen.name)] for label, verb in ways]
        await ctx.reply(actor, "choose.sure", {"name": chosen.name}, [*keys, [ctx.key("back", "people", group.id)]])
        return
    await ctx.work.members.update(chosen.id, coordinator=True)
    stand_ins = {id: kept for id, kept in group.settings.standing.stand_ins.items() if id != chosen.id}
    if stand_ins != group.settings.standing.stand_ins:  # from now on in their own right
        group = await ctx.work.groups.settle(group, replace(group.settings.standing, stand_ins=stand_ins))
    if give_up and chosen.id != actor.member.id:
        await ctx.work.members.update(actor.member.id, coordinator=False)
    ctx.events.append(CoordinatorsChanged(group.id))
    await tell_group(ctx, group)
    facts = {"name": chosen.name, "give_up": give_up}
    await ctx.reply(actor, "handed", facts)
    await tell(ctx, group, chosen, by=actor.member, give_up=give_up)
    await status(ctx, group)


async def declines(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a no from whoever was given the role: if it was handed over, it goes back to whoever gave it up."""
    group, (number, _, gave_up) = actor.group, action.arg.partition(":")
    giver = required(await ctx.work.members.lookup(whole(number) or 0))
    demand(giver.group_id == group.id)
    if gave_up and giver.state == "active":
        await ctx.work.members.update(giver.id, coordinator=True)
    else:
        demand(await _beside(ctx, group, actor.member), "coordinates_alone", alert=True)
    await ctx.work.members.update(actor.member.id, coordinator=False)
    ctx.events.append(CoordinatorsChanged(group.id))
    await tell_group(ctx, group)
    await ctx.reply(actor, "coordination.declined", {"own": True, "name": actor.member.name})
    if giver.state == "active" and await hears(ctx, giver.person_id):
        keys = [[ctx.key("share", "people", group.id)]]
        facts = {"own": False, "name": actor.member.name}
        await ctx.to_member(giver, "coordination.declined", facts, keys)
    await status(ctx, group)


async def tell_group(ctx: Context, group: Group) -> None:
    """Tell the group who coordinates now."""
    there = await ctx.work.members.active(group.id)
    names = [m.name for m in there if rank_of(m, group) >= Rank.RESPONSIBLE]
    await ctx.to_group(group, "group.coordinators", {"names": names})


async def tell(ctx: Context, group: Group, member: Member, *, by: Member | None = None, give_up: bool = False) -> None:
    """Tell somebody that they coordinate now, and with whom. To a person who chose them they can say no."""
    keys = [ctx.key("map", "map", group.id)]
    if by is not None:
        declines = ctx.key("not_coordinator", "nolead", group.id, f"{by.id}:{'gave_up' if give_up else ''}")
        keys.append(replace(declines, says="no"))
    facts = {"town": group.title, "beside": await _beside(ctx, group, member), "by": by.name if by else None}
    await ctx.to_member(member, "now_coordinator", facts, [keys])


async def _beside(ctx: Context, group: Group, member: Member) -> list[str]:
    """Return the names of those who coordinate in their own right beside this member."""
    there = await ctx.work.members.active(group.id)
    return [m.name for m in there if m.id != member.id and rank_of(m, group) >= Rank.RESPONSIBLE]


ROUTES: Routes = buttons(
    Rank.RESPONSIBLE, About.GROUP, people=choose_person, share=pass_on, hand=pass_on, nolead=declines
)
