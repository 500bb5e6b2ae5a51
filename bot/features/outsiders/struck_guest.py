"""A guest who is taken off the list and has been invited: the one who did it is asked whether they shall be told."""

from bot.context.context import Actor, Context
from bot.context.events import RowChanged
from bot.context.permissions import About, Role
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.outsiders import guests
from bot.reminders.next_message import hears
from flows.model import Mark
from storage.records import Group, Member, Row


async def removed(ctx: Context, happened: RowChanged) -> None:
    """Ask whoever has removed a guest's row whether to tell the guest, while the event is still ahead."""
    row, group = await ctx.work.rows.get(happened.row), await ctx.work.groups.get(happened.group)
    if row.state != "removed" or row.register != guests.register(ctx).id:
        return
    event, guest = await guests.event_of(ctx, group), await _guest(ctx, group, row)
    said = guests.said_before(ctx, row)
    if guest is None or said is Mark.NO or event.day is None or event.day < ctx.today or group.settings.event_off:
        return
    by = await ctx.work.members.get(happened.by)
    keys = [[ctx.key("guest.tell_struck", "struck", group.id, str(row.id))]]
    facts = {"name": guests.name_of(ctx, row), "coming": said is Mark.YES}
    await ctx.to_person(by.person_id, "guest.struck_ask", facts, keys, about=group.id)


async def _guest(ctx: Context, group: Group, row: Row) -> Member | None:
    """Return the person behind a row, if the bot can reach them."""
    for member in await ctx.work.members.of_group(group.id, roles=None):
        if member.profile.get("guest") == row.id and await hears(ctx, member.person_id):
            return member
    return None


async def tell(ctx: Context, actor: Actor, action: Action) -> None:
    """Tell the guest that the invitation is withdrawn, unless they have been put back on the list."""
    row = await ctx.work.rows.lookup(int(action.arg))
    if row is None or row.group_id != actor.group.id or row.state != "removed":
        ctx.toast("old_button")
        return
    guest = await _guest(ctx, actor.group, row)
    if guest is not None:
        facts = guests.facts_of(ctx, actor.group, row, await guests.event_of(ctx, actor.group))
        await ctx.to_person(guest.person_id, "guest.struck", facts, about=actor.group.id)
    reached = {"name": guests.name_of(ctx, row), "reached": guest is not None}
    await ctx.reply(actor, "guest.struck_told", reached)


ROUTES: Routes = buttons(Role.MEMBER, About.GROUP, struck=tell)
