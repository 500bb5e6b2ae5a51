"""Admission of guests of the open link into the network: one message for all who wait, and a coordinator's yes.

Whoever waits for long is told of once more with the day's message, so that nobody is forgotten.
"""

from datetime import timedelta
from typing import Final

from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.events import NotNow, SeatLeft, WantsIn
from bot.context.message import Key, Keys, when
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.members import bot_permissions
from bot.features.network import access_requests
from bot.features.outsiders import event_facts, guest_list, guests
from bot.reminders import open_items
from bot.reminders.kinds import ADMIT
from bot.views.names import cut
from flows.enums import Field, Mark
from messages.voice import TemplateFacts
from storage.records.records import Group, Member, Row, SeatState

ALL, SURE = "all", "sure"  # in a button, instead of a guest's number: everybody, and everybody once that is confirmed
SHOWN: Final = 10  # guests with a button of their own
NAME: Final = 30  # characters of a name on a button
PATIENCE: Final = timedelta(days=3)


async def wanted(ctx: Context, group: Group, happened: WantsIn) -> None:
    """Tell the coordinators, also of whoever wants it no more; the message of today is changed if it still says so."""
    found = await access_requests.waiting(ctx, group)
    gone = await _changed_mind(ctx, group, happened.no_more) if happened.no_more else ""
    facts, keys = _page(ctx, group, found, gone)
    coordinators = await open_items.coordinators(ctx, group)
    for coordinator in coordinators:
        await ctx.to_member(
            coordinator,
            "guest.wants_in",
            facts,
            keys,
            slot=f"admit:{group.id}:{ctx.today.isoformat()}",
            living=len(found) > 1 or bool(gone),
        )
    wait = {(ADMIT, coordinator.id): ctx.today + PATIENCE for coordinator in coordinators if found}
    await open_items.reconcile(ctx, group, f"admit:{group.id}", wait)


async def not_now(ctx: Context, group: Group, happened: NotNow) -> None:
    """Let somebody who does not make the promise be a guest again, whose row says maybe; tell the coordinators."""
    member = await ctx.work.members.update(
        happened.member, role="guest", state=SeatState.INVITED, left_at=None, organisation_id=None
    )
    row = await guest_list.row_of(ctx, group, member)
    if row is not None:
        await guest_list.keep(ctx, group, row, None, Field.JOIN, Mark.MAYBE)
        facts = {"name": guest_list.name_of(ctx, row)}
        await bot_permissions.tell_coordinators(ctx, group, "guest.waits_with_it", facts)
    keys = [[guests.after_all(ctx, group)]] if row is not None else []
    await ctx.to_member(member, "guest.not_now", {}, keys, edit=ctx.tapped)


async def left(ctx: Context, group: Group, happened: SeatLeft) -> None:
    """Say no in the row of a guest who has left the network, so that they do not seem to wait if they come again."""
    member = await ctx.work.members.get(happened.member)
    row = await guest_list.row_of(ctx, group, member) if member.role == "network" else None
    if row is not None:
        await guest_list.keep(ctx, group, row, None, Field.JOIN, Mark.NO)


async def show(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show who waits."""
    found = await access_requests.waiting(ctx, actor.group)
    await ctx.reply(actor, "guest.wants_in", *_page(ctx, actor.group, found))


async def admit(ctx: Context, actor: Actor, action: Action) -> None:
    """Let a guest of the open link into the network, or all of them, who are then named once more before."""
    group, waiting = actor.group, await access_requests.waiting(ctx, actor.group)
    if action.arg == ALL and waiting:
        facts, _ = _page(ctx, group, waiting)
        newest = max(member.id for member, _ in waiting)  # nobody comes along who was not named
        sure = ctx.key("guest.admit_sure", "admit", group.id, f"{SURE}:{newest}", count=len(waiting))
        no = ctx.key("back", "admitting", group.id)
        asks = context_of(sure, no, final=True)
        await ctx.reply(actor, "guest.wants_in", {**facts, "all": True}, [[sure], [no]], context=asks)
        return
    what, _, newest_named = action.arg.partition(":")
    chosen = [
        (member, row)
        for member, row in (*waiting, *await access_requests.waiting(ctx, group, refused=True))
        if str(member.id) == what or (what == SURE and (member, row) in waiting and member.id <= int(newest_named))
    ]
    if not chosen:
        await _nobody(ctx, actor, what)
        return
    ctx.prove()  # at a browser that was left open somebody else could let in a puppet
    for member, row in chosen:
        await guests.welcome(ctx, group, member, row)
    left = await access_requests.waiting(ctx, group)
    if not left:
        await open_items.reconcile(ctx, group, f"admit:{group.id}", {})
    facts, keys = _page(ctx, group, left)
    done = [guest_list.name_of(ctx, row) for _, row in chosen]
    await ctx.reply(actor, "guest.let_in", {**facts, "done": done}, keys)


async def turn_away(ctx: Context, actor: Actor, action: Action) -> None:
    """Say no to a guest who wants to be in the network, once that is confirmed; they are told."""
    group, (number, _, sure) = actor.group, action.arg.partition(":")
    chosen = next((one for one in await access_requests.waiting(ctx, group) if str(one[0].id) == number), None)
    if chosen is None:
        await _nobody(ctx, actor, number)
        return
    member, row = chosen
    event = await event_facts.event_of(ctx, group)
    begun = event.has_begun(ctx.now.astimezone(ctx.services.zone))
    reached = (await ctx.work.people.get(member.person_id)).reach == "reachable"
    facts = {"name": guest_list.name_of(ctx, row), "town": group.title, "begun": begun, "reached": reached}
    if sure != SURE:
        yes = ctx.key("guest.turn_away_sure", "turnaway", group.id, f"{number}:{SURE}")
        no = ctx.key("back", "admitting", group.id)
        await ctx.reply(actor, "guest.turn_away_ask", facts, [[yes], [no]], context=context_of(yes, no, final=True))
        return
    await ctx.work.members.update(member.id, profile={**member.profile, access_requests.REFUSED: True})
    told = {**event_facts.for_guest(ctx, group, row, event), "begun": begun}
    await ctx.to_member(member, "guest.not_let_in", told)
    left = await access_requests.waiting(ctx, group)
    if not left:
        await open_items.reconcile(ctx, group, f"admit:{group.id}", {})
    keys = [[ctx.key("guest.admit_after_all", "admit", group.id, number)]]
    keys.append(when(left, ctx.key("guest.who_waits", "admitting", group.id)))
    await ctx.reply(actor, "guest.turned_away", facts, keys)


async def _nobody(ctx: Context, actor: Actor, number: str) -> None:
    """Answer a button for a guest who does not wait: they have changed their mind, or somebody else was quicker."""
    gone = await _changed_mind(ctx, actor.group, int(number)) if number.isdecimal() else ""
    demand(gone)
    await ctx.reply(
        actor, "guest.wants_in", *_page(ctx, actor.group, await access_requests.waiting(ctx, actor.group), gone)
    )


async def _changed_mind(ctx: Context, group: Group, number: int) -> str:
    """Return the name of a guest of the open link who has said no after all; empty for anybody else."""
    member = await ctx.work.members.lookup(number)
    if member is None or member.group_id != group.id or member.role != "guest":
        return ""
    row = await guest_list.row_of(ctx, group, member)
    wants_in = row is not None and guest_list.register(ctx).says(row.values, Field.JOIN, Mark.YES)
    return "" if row is None or wants_in else guest_list.name_of(ctx, row)


def _page(ctx: Context, group: Group, found: list[tuple[Member, Row]], gone: str = "") -> tuple[TemplateFacts, Keys]:
    """Return who waits, with their buttons. `gone`: the name of whoever does not any more."""
    names = [guest_list.name_of(ctx, row) for _, row in found]
    facts: TemplateFacts = {"names": names, "town": group.title, "all": False, "gone": gone}
    if len(found) == 1:
        number = str(found[0][0].id)
        return facts, [
            [ctx.key("guest.admit", "admit", group.id, number)],
            [ctx.key("guest.turn_away", "turnaway", group.id, number)],
        ]
    keys: list[list[Key]] = [
        [
            ctx.key("guest.admit_one", "admit", group.id, str(member.id), name=cut(name, NAME)),
            ctx.key("guest.turn_away_one", "turnaway", group.id, str(member.id), name=cut(name, NAME)),
        ]
        for (member, _), name in zip(found[:SHOWN], names, strict=False)
    ]
    return facts, [*keys, [ctx.key("guest.admit_all", "admit", group.id, ALL, count=len(found))]] if found else []


ROUTES: Routes = (*buttons(Rank.COORDINATOR, About.GROUP, admit=admit, admitting=show, turnaway=turn_away),)
