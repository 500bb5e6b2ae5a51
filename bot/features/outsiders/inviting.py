"""Inviting guests to the event (5.4): letters to pass on, one or many, and answers given by word of mouth."""

from datetime import timedelta

from bot.context import invitations
from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.network import access_requests
from bot.features.outsiders import event_day, event_facts, guest_list, guests
from bot.features.registers import row_actions
from bot.reminders import open_items
from bot.views.shared_buttons import AT_ONCE, uninvited, waits
from flows.enums import Field, Mark
from storage.records.records import Group, Row


async def invite(ctx: Context, actor: Actor, action: Action) -> None:
    """Show an invitation to pass on, in words and as a picture; with ":new" another one instead of it."""
    number, _, new = action.arg.partition(":")
    row = required(await _row(ctx, actor.group, number), "no_row", alert=True)
    if await _cancelled(ctx, actor):
        return
    wanted = invitations.make if new else invitations.given_or_made
    link = await wanted(ctx, actor.group, guests.PURPOSE, str(row.id), await event_facts.good_for(ctx, actor.group))
    await _given_away(ctx, actor, row)
    facts = {"name": guest_list.name_of(ctx, row), "until": link.until, "taken": link.taken}
    reminds = waits(ctx, row) and not new
    if reminds:  # a person reminds the guest, with a text that is ready to be sent
        await ctx.tell(actor, "guest.remind", facts)
        await _letter(ctx, actor, row, link, reminds=True)
        await guest_list.keep(ctx, actor.group, row, actor.member.id, Field.INVITED, Mark.REMINDED)
        return
    keys = [[ctx.key("outside.new", "invite", action.run, f"{row.id}:new")]]
    await ctx.tell(actor, "guest.link", facts, keys)
    await _letter(ctx, actor, row, link)
    caption = ctx.services.voice.label("guest.caption", {"name": guest_list.name_of(ctx, row)})
    await invitations.show_code(ctx, actor.person, actor.group, link.url, caption)


async def invite_all(ctx: Context, actor: Actor, action: Action) -> None:
    """Send letters to pass on for guests whom nobody has invited yet, a limited number at a time."""
    if await _cancelled(ctx, actor):
        return
    register = guest_list.register(ctx)
    rows = [row for row in await ctx.work.rows.all(actor.group.id, register.id) if uninvited(ctx, row)]
    facts = {"count": len(rows[:AT_ONCE]), "more": len(rows[AT_ONCE:])}
    await ctx.tell(actor, "guest.letters", facts)
    good_for = await event_facts.good_for(ctx, actor.group)
    for row in rows[:AT_ONCE]:
        link = await invitations.given_or_made(ctx, actor.group, guests.PURPOSE, str(row.id), good_for)
        await _given_away(ctx, actor, row)
        await _letter(ctx, actor, row, link)


async def _cancelled(ctx: Context, actor: Actor) -> bool:
    """True if the event is cancelled, so that there is nothing to invite to; that is said."""
    if actor.group.settings.event.off:
        await ctx.tell(
            actor, "guest.open_link", {"url": None, "closed": False, "off": True, "begun": True, "over": False}
        )
    return actor.group.settings.event.off


async def _letter(ctx: Context, actor: Actor, row: Row, link: invitations.GivenLink, *, reminds: bool = False) -> None:
    """Send a message to be passed on as it is, in any channel, so it addresses the guest, not the member."""
    event = await event_facts.event_of(ctx, actor.group)
    over = event.day is not None and event.day < ctx.today
    facts = {**event_facts.for_guest(ctx, actor.group, row, event), "url": link.url, "reminds": reminds, "over": over}
    await ctx.tell(actor, "guest.letter", facts)
    await event_facts.note_told(ctx, actor.group, event)
    if uninvited(ctx, row):
        await guest_list.keep(ctx, actor.group, row, actor.member.id, Field.INVITED, Mark.INVITED)


async def _given_away(ctx: Context, actor: Actor, row: Row) -> None:
    """Remind the member who passed it on, if there is no answer after half the time that is left."""
    event = await event_facts.event_of(ctx, actor.group)
    last = event.last_day
    left = (last - ctx.today).days if last else 0
    wait = min(timedelta(max(left // 2, 1)), open_items.INVITATION_WAITS) if left > 0 else open_items.INVITATION_WAITS
    await open_items.given_away(ctx, actor.group, actor.member, guests.PURPOSE, str(row.id), wait)


async def said(ctx: Context, actor: Actor, action: Action) -> None:
    """Note an answer that a guest gave by word of mouth."""
    number, _, answer = action.arg.partition(":")
    row = required(await _row(ctx, actor.group, number), "no_row", alert=True)
    demand(answer in guest_list.ANSWERS, "no_row", alert=True)
    register = guest_list.register(ctx)
    question = register.field(Field.COMING)
    values = {**row.values, question.id: question.option(Mark(answer))}
    if uninvited(ctx, row):
        invited = register.field(Field.INVITED)
        values[invited.id] = invited.option(Mark.INVITED)
    await open_items.reconcile(ctx, actor.group, f"{guests.PURPOSE}:{row.id}", {})
    await row_actions.change(ctx, actor, action.run, row.id, values=values)
    await runner.refresh_card(ctx, actor.group, await ctx.work.runs.get(action.run))


async def ask_all(ctx: Context, actor: Actor, _action: Action) -> None:
    """Send the request to every guest who has opened the invitation and not said no, and the text for all others."""
    asked = 0
    if await _cancelled(ctx, actor):
        return
    for member in await ctx.work.members.of_group(actor.group.id, roles=("guest", "network")):
        row = await guest_list.row_of(ctx, actor.group, member)
        person = await ctx.work.people.get(member.person_id)
        if (
            row is None
            or person.reach != "reachable"
            or guest_list.register(ctx).says(row.values, Field.COMING, Mark.NO)
        ):
            continue
        if guest_list.unasked(ctx, row):
            await guests.ask(ctx, actor.group, member, row)
            asked += 1
    by_hand = await access_requests.unasked(ctx, actor.group)
    ctx.toast("guests_asked", {"count": asked, "by_hand": len(by_hand)}, alert=True)
    await event_day.by_hand(ctx, actor.group, "request", by_hand, [actor.member])


async def _row(ctx: Context, group: Group, number: str) -> Row | None:
    row = await ctx.work.rows.lookup(int(number))
    if row is None or row.group_id != group.id or row.register != guest_list.register(ctx).id or row.state == "removed":
        return None
    return row


ROUTES: Routes = (
    *buttons(Rank.MEMBER, About.RUN, invite=invite, inviteall=invite_all, guestsaid=said),
    *buttons(Rank.COORDINATOR, About.RUN, askguests=ask_all),
)
