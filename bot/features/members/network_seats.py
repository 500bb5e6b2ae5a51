"""Seats in the network: whoever coordinates can end one, and it outlives a time in the core group."""

from typing import Final

from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.events import MenuOutdated, SeatLeft
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts, runner
from bot.features.members import joining, membership
from bot.features.network import access_requests
from bot.reminders.next_message import hears
from bot.reminders.run_deadlines import dates_for, schedule_row
from bot.views.shared_buttons import paged, told_apart
from flows.run.events import Joined
from flows.run.state import Phase, Seat
from storage.records.records import Group, Member, SeatState

NETWORK: Final = "network"
SURE: Final = "yes"
SIZE: Final = 20  # people on a page


# -- ended by whoever coordinates --------------------------------------------------------------------------------------
async def choose(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask whose seat in the network is to end. `action.arg`: the page."""
    group = actor.group
    there = await ctx.work.members.of_group(group.id, roles=(NETWORK,))
    shown, turns = paged(there, int(action.arg or 0), SIZE)
    labels = await told_apart(ctx, shown)
    keys = [[Key(labels[m.id], Action("endseat", group.id, 0, str(m.id)))] for m in shown]
    await ctx.reply(actor, "network.seats", {"any": bool(there)}, [*keys, turns.keys(ctx, "seats", group.id)])


async def end(ctx: Context, actor: Actor, action: Action) -> None:
    """End a seat in the network, once that is confirmed; the person is told, and their link no longer leads back."""
    group, (number, _, sure) = actor.group, action.arg.partition(":")
    member = required(await ctx.work.members.lookup(int(number)), "day.settled")
    demand(member.group_id == group.id and member.role == NETWORK and member.state != "left", "day.settled")
    facts = {"name": member.name, "town": group.title}
    told = await hears(ctx, member.person_id)
    if sure != SURE:
        yes = ctx.key("network.end_sure", "endseat", group.id, f"{member.id}:{SURE}")
        no = ctx.key("back", "seats", group.id)
        asked = context_of(yes, no, final=True)
        await ctx.reply(actor, "network.end", {**facts, "told": told}, [[yes], [no]], context=asked)
        return
    await membership.leave(ctx, group, member)
    row = await access_requests.row_of(ctx, group, member)
    register = ctx.services.process.exercises[row.register].register if row else None
    if row is not None and register is not None:
        await ctx.work.links.revoke(group.id, register.link, str(row.id))
    if told:
        keys = [[ctx.key("home.mine", "mine", group.id)]]
        await ctx.to_member(member, "network.ended_you", facts, keys)
    ctx.toast("seat_ended", facts)
    await choose(ctx, actor, Action("seats", group.id))


# -- kept by whoever leaves the core group -----------------------------------------------------------------------------
async def stays(ctx: Context, group: Group, happened: SeatLeft) -> None:
    """Let somebody who came to the core group from the network be in the network again when they leave its chat."""
    member = await ctx.work.members.get(happened.member)
    if joining.FROM_NETWORK not in member.profile:
        return
    profile = {name: value for name, value in member.profile.items() if name != joining.FROM_NETWORK}
    member = await ctx.work.members.update(
        member.id, role=NETWORK, state=SeatState.ACTIVE, left_at=None, profile=profile
    )
    await ctx.work.people.update(member.person_id, current_group=group.id)
    await _take_seats(ctx, group, member)
    for row in await ctx.work.rows.taken_on(group.id):
        if row.assignee == member.id:
            await schedule_row(ctx, group, row)
    await dates_for(ctx, group, member)
    ctx.events.append(MenuOutdated(member.id))
    if await hears(ctx, member.person_id):
        leave = ctx.key("rights.leave", "leavenet", group.id, role=NETWORK)
        keys = [[ctx.key("what_waits", "answers", group.id)], [leave]]
        await ctx.to_member(member, "network.stays", {"town": group.title}, keys)


async def _take_seats(ctx: Context, group: Group, member: Member) -> None:
    """Give a member their seats in what is open to the network, without a message."""
    for record in await ctx.work.runs.all_of(group.id):
        exercise = runner.load(ctx, record).exercise
        if NETWORK not in exercise.who or record.phase not in (Phase.OPEN, Phase.REVEALED):
            continue
        if not exercise.approves or await approved_texts.asked(ctx, group, exercise, [member]):
            seat = Seat(member.id, member.organisation_id)
            await runner.apply(ctx, group, record, Joined(seat, quiet=True), by=member)


ROUTES: Routes = (*buttons(Rank.RESPONSIBLE, About.GROUP, seats=choose, endseat=end),)
