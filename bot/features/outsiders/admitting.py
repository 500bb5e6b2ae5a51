"""Admission of guests of the open link into the network: one message for all who wait, and a coordinator's yes.

Whoever waits for long is told of once more with the day's message, so that nobody is forgotten.
"""

from datetime import timedelta
from typing import Final

from bot.context.context import Actor, Context, Key, Keys
from bot.context.events import WantsIn
from bot.context.permissions import About, Role
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.outsiders import guests
from bot.reminders import open_items
from bot.reminders.kinds import ADMIT
from bot.views.exercise import cut
from flows.model import Field, Mark
from messages.voice import TemplateFacts
from storage.records import Group, Member, Row

ALL, SURE = "all", "sure"  # in a button, instead of a guest's number: everybody, and everybody once that is confirmed
SHOWN: Final = 10  # guests with a button of their own
NAME: Final = 30  # characters of a name on a button
PATIENCE: Final = timedelta(days=3)


async def wanted(ctx: Context, happened: WantsIn) -> None:
    """Tell the coordinators; while others wait since today, the message that names them grows instead."""
    group = await ctx.work.groups.get(happened.group)
    found = await _waiting(ctx, group)
    facts, keys = _page(ctx, group, found)
    for coordinator in await open_items.coordinators(ctx, group):
        await ctx.to_person(
            coordinator.person_id,
            "guest.wants_in",
            facts,
            keys,
            about=group.id,
            slot=f"admit:{group.id}:{ctx.today.isoformat()}",
            living=len(found) > 1,
        )
        wait = {(ADMIT, coordinator.id): ctx.today + PATIENCE}
        await open_items.reconcile(ctx, group, f"admit:{group.id}", wait)


async def show(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show who waits."""
    found = await _waiting(ctx, actor.group)
    await ctx.reply(actor, "guest.wants_in", *_page(ctx, actor.group, found))


async def admit(ctx: Context, actor: Actor, action: Action) -> None:
    """Let a guest of the open link into the network, or all of them, who are then named once more before."""
    group, waiting = actor.group, await _waiting(ctx, actor.group)
    if action.arg == ALL and waiting:
        facts, _ = _page(ctx, group, waiting)
        newest = max(member.id for member, _ in waiting)  # nobody comes along who was not named
        sure = ctx.key("guest.admit_sure", "admit", group.id, f"{SURE}:{newest}", count=len(waiting))
        await ctx.reply(
            actor, "guest.wants_in", {**facts, "all": True}, [[sure], [ctx.key("back", "admitting", group.id)]]
        )
        return
    what, _, newest_named = action.arg.partition(":")
    chosen = [
        (member, row)
        for member, row in waiting
        if str(member.id) == what or (what == SURE and member.id <= int(newest_named))
    ]
    if not chosen:
        ctx.toast("old_button")
        return
    for member, row in chosen:
        await guests.welcome(ctx, group, member, row)
    left = await _waiting(ctx, group)
    if not left:
        await open_items.reconcile(ctx, group, f"admit:{group.id}", {})
    facts, keys = _page(ctx, group, left)
    done = [guests.name_of(ctx, row) for _, row in chosen]
    await ctx.reply(actor, "guest.let_in", {**facts, "done": done}, keys)


async def _waiting(ctx: Context, group: Group) -> list[tuple[Member, Row]]:
    """Return the guests of the open link who want to be in the network, in the order they came."""
    register, found = guests.register(ctx), []
    for member in await ctx.work.members.of_group(group.id, roles=("guest",)):
        row = await guests.row_of(ctx, group, member) if guests.BY_POSTER in member.profile else None
        if row is not None and register.says(row.values, Field.JOIN, Mark.YES) and not guests.unasked(ctx, row):
            found.append((member, row))
    return found


def _page(ctx: Context, group: Group, found: list[tuple[Member, Row]]) -> tuple[TemplateFacts, Keys]:
    names = [guests.name_of(ctx, row) for _, row in found]
    facts: TemplateFacts = {"names": names, "town": group.title, "all": False}
    if len(found) == 1:
        return facts, [[ctx.key("guest.admit", "admit", group.id, str(found[0][0].id))]]
    keys: list[list[Key]] = [
        [ctx.key("guest.admit_one", "admit", group.id, str(member.id), name=cut(name, NAME))]
        for (member, _), name in zip(found[:SHOWN], names, strict=False)
    ]
    return facts, [*keys, [ctx.key("guest.admit_all", "admit", group.id, ALL, count=len(found))]] if found else []


ROUTES: Routes = (*buttons(Role.COORDINATOR, About.GROUP, admit=admit, admitting=show),)
