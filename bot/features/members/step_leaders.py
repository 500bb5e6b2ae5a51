"""Leading in turns: for each step somebody can be named who becomes coordinator when it is opened."""

from dataclasses import replace
from typing import Final

from bot.context.context import Actor, Context
from bot.context.events import CoordinatorsChanged, StepOpened
from bot.context.message import Key
from bot.context.permissions import About, Rank, rank_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.coordination import coordination
from bot.features.process.status import status
from bot.reminders import open_items
from bot.views.shared_buttons import told_apart

NOBODY: Final = "none"


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the coming steps with their leaders, or a step's page; or choose its leader (`step:member`)."""
    group, (step, _, id) = actor.group, action.arg.partition(":")
    members = await ctx.work.members.active(group.id)
    names = {m.id: m.name for m in members}
    coming = [s.number for s in ctx.services.process.steps if s.number not in group.settings.steps]
    if id and step.isdecimal() and int(step) in coming:
        chosen = next((m for m in members if str(m.id) == id), None)
        leads = {number: member for number, member in group.settings.leads.items() if number != int(step)}
        if chosen is not None:
            leads[int(step)] = chosen.id
            if chosen.id not in (actor.member.id, group.settings.leads.get(int(step))):
                asked = {"by": actor.member.name, "town": group.title, "number": int(step)}
                no = [[ctx.key("turn_refuse", "noturn", group.id, step)]]
                await ctx.to_person(chosen.person_id, "turn_given", asked, no, about=group.id)
        group = await ctx.work.groups.update(group.id, settings=replace(group.settings, leads=leads))
        step = ""
    leading = group.settings.leads
    if step.isdecimal() and int(step) in coming:
        labels = await told_apart(ctx, members)
        keys = [[Key(labels[m.id], Action("turns", group.id, 0, f"{step}:{m.id}"))] for m in members]
        keys += [[ctx.key("turns_nobody", "turns", group.id, f"{step}:{NOBODY}")]] if int(step) in leading else []
        keys.append([ctx.key("back", "turns", group.id)])
    else:
        step = ""
        keys = [
            [ctx.key("turns_step", "turns", group.id, str(n), n=n, name=names.get(leading.get(n, 0)))] for n in coming
        ]
    await ctx.reply(actor, "turns", {"step": int(step) if step else None, "any": bool(coming)}, keys)


async def refuse(ctx: Context, actor: Actor, action: Action) -> None:
    """Let whoever was chosen to lead a step say no to it; those who coordinate are told."""
    group, step = actor.group, int(action.arg)
    if group.settings.leads.get(step) != actor.member.id:
        ctx.toast("old_button")
        return
    leads = {number: member for number, member in group.settings.leads.items() if number != step}
    group = await ctx.work.groups.update(group.id, settings=replace(group.settings, leads=leads))
    keys = [[ctx.key("turns", "turns", group.id, str(step))]]
    for one in await open_items.coordinators(ctx, group):
        if one.id != actor.member.id:
            facts = {"name": actor.member.name, "number": step}
            await ctx.to_person(one.person_id, "turn_refused", facts, keys, about=group.id)
    await ctx.reply(actor, "turn_given_up", {"number": step})


async def step_opened(ctx: Context, happened: StepOpened) -> None:
    """Make the step's leader a coordinator too; the one who opened it can leave it to them with a tap."""
    group = await ctx.work.groups.get(happened.group)
    leads = dict(group.settings.leads)
    id = leads.pop(happened.step, None)
    if id is None:
        return
    group = await ctx.work.groups.update(group.id, settings=replace(group.settings, leads=leads))
    leader = await ctx.work.members.lookup(id)
    if leader is None or leader.state != "active" or leader.id == happened.by:
        return
    if rank_of(leader, group) < Rank.MEMBER:
        return
    if rank_of(leader, group) < Rank.RESPONSIBLE:
        await ctx.work.members.update(leader.id, coordinator=True)
        standing = {one: kept for one, kept in group.settings.standing.stand_ins.items() if one != leader.id}
        group = await ctx.work.groups.update(
            group.id, settings=replace(group.settings, standing=replace(group.settings.standing, stand_ins=standing))
        )
        ctx.events.append(CoordinatorsChanged(group.id))
        await ctx.to_group(group, "group.leads_step", {"name": leader.name, "number": happened.step})
        await coordination.tell(ctx, group, leader)
    leading = await open_items.coordinators(ctx, group)
    begun = {"name": leader.name, "number": happened.step, "names": [one.name for one in leading]}
    keys = [[ctx.key("leave_to", "hand", group.id, str(leader.id), name=leader.name)]]
    for one in leading:
        if one.id != leader.id and rank_of(one, group) >= Rank.RESPONSIBLE:
            await ctx.to_person(one.person_id, "turn_begun", begun, keys, about=group.id)
    await status(ctx, group)


ROUTES: Routes = (
    *buttons(Rank.RESPONSIBLE, About.GROUP, turns=show),
    *buttons(Rank.MEMBER, About.GROUP, noturn=refuse),
)
