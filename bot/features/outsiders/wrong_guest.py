"""An invitation that was passed on and opened by another than the one it is for: it becomes free for the right one.

Whoever opened it can come all the same: they say their name, like those who come by the poster.
"""

from bot.context.context import Actor, Context
from bot.context.message import when
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.network.access_requests import ASKED, BY_POSTER, REQUEST
from bot.features.outsiders import event_link, guest_list, guests
from bot.reminders.kinds import INVITING
from bot.reminders.next_message import hearing
from bot.reminders.open_items import coordinators
from flows.enums import Field, Mark
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Row, SeatState


async def not_me(ctx: Context, actor: Actor, _action: Action) -> None:
    """Take back what the wrong guest answered, and make the link free for the one it names."""
    group, member = actor.group, actor.member
    row = required(await guest_list.row_of(ctx, group, member))
    demand(member.role == "guest" and BY_POSTER not in member.profile)
    for link in await ctx.work.links.of_group(group.id, guests.PURPOSE):
        if link.ref == str(row.id) and link.person_id == actor.person.id:
            await ctx.work.links.update(link.id, person_id=None)
    register = guest_list.register(ctx)
    request = {register.field(name).id for name in REQUEST}
    coming = register.field(Field.COMING)
    values = {key: value for key, value in row.values.items() if key not in request}
    values[coming.id] = coming.option(Mark.NO_ANSWER)
    await ctx.work.rows.change(row.id, None, None, values=values)
    await guest_list.refreshed(ctx, group)
    profile = {key: value for key, value in member.profile.items() if key not in ("guest", ASKED)}
    await ctx.work.members.update(member.id, profile=profile)
    await _tell_giver(ctx, group, row)
    keys = []
    keys.append(when(await event_link.address(ctx, group) is not None, ctx.key("guest.own", "ownguest", group.id)))
    await ctx.reply(actor, "guest.not_me", {"name": guest_list.name_of(ctx, row), "own": bool(keys)}, keys)


async def _tell_giver(ctx: Context, group: Group, row: Row) -> None:
    """Tell whoever passed the invitation on, or else those who coordinate, that it has to be sent again."""
    items = await ctx.work.open_items.about(group.id, f"{guests.PURPOSE}:{row.id}")
    givers = [await ctx.work.members.get(item.member_id) for item in items if item.kind == INVITING]
    run = await ctx.work.runs.latest(group.id, row.register)
    keys = [[ctx.key("open_row", "row", run.id, str(row.id))]] if run else []
    here = [member for member in givers or await coordinators(ctx, group) if member.state == SeatState.ACTIVE]
    for member in await hearing(ctx, here):
        await ctx.to_member(member, "guest.wrong_one", {"name": guest_list.name_of(ctx, row)}, keys)


async def own(ctx: Context, actor: Actor, _action: Action) -> None:
    """Ask a guest under which name they want to come: the wrong one, or one who came by the open link."""
    named = BY_POSTER not in actor.member.profile and await guest_list.row_of(ctx, actor.group, actor.member)
    demand(actor.member.role == "guest" and not named)
    context = MessageContext(want="guest_name", group=actor.group.id)
    facts = {"town": actor.group.title, "again": False, "changes": BY_POSTER in actor.member.profile}
    await ctx.tell(actor, "guest.name", facts, context=context)


ROUTES: Routes = (*buttons(Rank.INVITED, About.GROUP, notme=not_me, ownguest=own),)
