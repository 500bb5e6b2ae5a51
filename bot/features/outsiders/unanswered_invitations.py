"""Unanswered invitations: the member who passed one on is told once, while it is still valid."""

from bot.context import invitations
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.approvals import decision_makers
from bot.features.journey import process_leaders
from bot.features.members import handover
from bot.features.outsiders import actor_forms, guests
from bot.reminders.kinds import INVITING


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the unanswered invitation, until when it is valid, and a button to pass it on again."""
    open_item = await ctx.work.open_items.lookup(int(action.arg))
    if open_item is None or open_item.member_id != actor.member.id or open_item.kind != INVITING:
        ctx.toast("old_button")
        return
    purpose, _, ref = open_item.ref.partition(":")
    link = await invitations.valid(ctx, actor.group, purpose, ref if int(ref) else "")
    found = await _named(ctx, actor, purpose, int(ref))
    if link is None or found is None:
        ctx.toast("day.settled")
        return
    name, keys = found
    facts = {"name": name, "until": link.expires_at}
    await ctx.tell(actor, "unanswered", facts, [keys])


async def _named(ctx: Context, actor: Actor, purpose: str, number: int) -> tuple[str, list[Key]] | None:
    """Return whom it was for, and the button to them; None if they have been removed."""
    group = actor.group
    if purpose == handover.PURPOSE:
        member = await ctx.work.members.lookup(number)
        return (member.name, [ctx.key("handover", "swap", group.id)]) if member else None
    if purpose == process_leaders.PURPOSE:
        return ctx.services.voice.label("leaders"), [ctx.key("leaders", "leaders", group.id)]
    if purpose == decision_makers.PURPOSE:
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
