"""Unanswered invitations: the member who passed one on is told once, while it is still valid."""

from datetime import datetime
from typing import Final

from bot.context import invitations
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.members import handover
from bot.features.outsiders import actor_forms, guests
from bot.features.process import looking_on
from bot.reminders.kinds import INVITING
from bot.views.names import cut
from storage.records.open_items import OpenItem

TITLE: Final = 40  # characters of a name on a button


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the invitations that this person has passed on, and that wait for long and can still be answered."""
    found = list[OpenThing]()
    for item in await ctx.work.open_items.of_member(actor.member.id):
        waits = item.kind == INVITING and item.state != "closed" and item.due <= ctx.today
        there = await _unanswered(ctx, actor, item) if waits else None
        if there is not None:
            name = cut(there[0], TITLE)
            key = ctx.key("day.inviting_to", "inviting", actor.group.id, str(item.id), name=name)
            found.append(OpenThing(Kind.INVITING, {"name": name}, (key,)))
    return found


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the unanswered invitation, until when it is valid, and a button to pass it on again."""
    open_item = required(await ctx.work.open_items.lookup(int(action.arg)))
    demand(open_item.member_id == actor.member.id and open_item.kind == INVITING)
    found = required(await _unanswered(ctx, actor, open_item), "day.settled")
    name, until, keys = found
    await ctx.tell(actor, "unanswered", {"name": name, "until": until}, [keys])


async def _unanswered(ctx: Context, actor: Actor, open_item: OpenItem) -> tuple[str, datetime | None, list[Key]] | None:
    """Return whom an invitation was for, until when it is valid, and the button to them; None if it is over."""
    purpose, _, ref = open_item.ref.partition(":")
    link = await invitations.valid(ctx, actor.group, purpose, ref if int(ref) else "")
    found = await _named(ctx, actor, purpose, int(ref))
    return (found[0], link.expires_at, found[1]) if link is not None and found is not None else None


async def _named(ctx: Context, actor: Actor, purpose: str, number: int) -> tuple[str, list[Key]] | None:
    """Return whom it was for, and the button to them; None if they have been removed."""
    group = actor.group
    if purpose == handover.PURPOSE:
        member = await ctx.work.members.lookup(number)
        return (member.name, [ctx.key("handover", "swap", group.id)]) if member else None
    if purpose == looking_on.LEADERS.name:
        return ctx.services.voice.label("leaders"), [ctx.key("leaders", "leaders", group.id)]
    if purpose == looking_on.DECIDERS.name:
        return ctx.services.voice.label("deciders"), [ctx.key("deciders", "deciders", group.id)]
    if purpose in (guests.PURPOSE, actor_forms.PURPOSE):
        row = await ctx.work.rows.lookup(number)
        if row is None or row.state == "removed":
            return None
        register = ctx.services.process.exercises[row.register]
        present = await runner.present_of(ctx, group, register)
        run = await ctx.work.runs.latest(group.id, row.register)
        return present.row_title(row), [ctx.key("open_row", "row", run.id, str(row.id))] if run else []
    return None


ROUTES: Routes = (*buttons(Rank.MEMBER, About.GROUP, inviting=show),)
