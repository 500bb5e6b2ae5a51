"""The open link to the event (5.4), printed on poster and invitation: people who follow it are guests.

It is the group's, not a person's, like the link to join, and may be photographed and passed on. So it opens little: one
can say one's name and whether one comes; into the network a coordinator must let one in. It is valid while the event is
being prepared and for a month after it, and can be replaced or closed.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.channel.updates import Sender
from bot.context.context import Actor, Context
from bot.context.invitations import show_code
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.features.network.access_requests import BY_POSTER
from bot.features.outsiders import event_facts, guest_list, guests
from bot.views.shared_buttons import copy_key
from flows.answers import clean, unfit
from flows.enums import Field, Mark
from flows.fields.text import is_name
from flows.identities import Handling
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Person, Row, SeatState

VERB: Final = "event"  # of the link
AFTERWARDS: Final = timedelta(days=30)
LONGEST: Final = 60  # characters of a name
NAMES: Final = 4  # words of a name; what is longer is a sentence


async def address(ctx: Context, group: Group) -> str | None:
    """Return the valid link; None before there is an event, long after it, or if it is closed."""
    number = group.settings.event.link
    goes_on = number and await _goes_on(ctx, group)
    return ctx.link(Action(VERB, group.id, number), outside=True) if goes_on else None


async def is_good(ctx: Context, group: Group, action: Action) -> bool:
    """True if this is the valid link."""
    return group.state == "active" and action.ask == group.settings.event.link and await _goes_on(ctx, group)


async def _goes_on(ctx: Context, group: Group) -> bool:
    event = await event_facts.event_of(ctx, group)
    over = event.day + AFTERWARDS if event.day else ctx.today
    return event.begun and ctx.today <= over and not group.settings.event.off


# -- the group's side --------------------------------------------------------------------------------------------------
async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the link in words and as a picture; "new" replaces it, "0" closes it."""
    group = actor.group
    if action.arg:
        number = 0 if action.arg == "0" else max(group.settings.event.links, 1) + 1
        link = replace(group.settings.event, link=number, links=number or group.settings.event.links)
        group = await ctx.work.groups.settle(group, link)
    url = await address(ctx, group)
    closed = group.settings.event.link == 0
    new = ctx.key("outside.make" if closed else "outside.new", "eventlink", group.id, "new")
    keys = [[new]] if url or closed else []
    if url:
        keys.insert(0, [copy_key(ctx, url)])
        keys.append([ctx.key("outside.stop", "eventlink", group.id, "0")])
    event = await event_facts.event_of(ctx, group)
    over = event.day is not None and event.day < ctx.today
    facts = {"url": url, "closed": closed, "off": group.settings.event.off, "begun": event.begun, "over": over}
    await ctx.tell(actor, "guest.open_link", facts, keys, edit=_replaced(ctx, action))
    if url and not over:  # … and the same in words that can be passed on as they are, in any channel
        await ctx.tell(actor, "guest.open_letter", {**event_facts.for_everybody(ctx, group, event), "url": url})
        await event_facts.note_told(ctx, group, event)
    if url:
        await show_code(ctx, actor.person, group, url, ctx.services.voice.label("guest.open_caption"))


def _replaced(ctx: Context, action: Action) -> int | None:
    """Edit the message with the old link, so that nobody passes it on."""
    return ctx.tapped if action.arg else None


# -- the guest's side --------------------------------------------------------------------------------------------------
async def follow(ctx: Context, person: Person, action: Action, sender: Sender) -> None:
    """Follow the open link."""
    group = await ctx.work.groups.lookup(action.run)
    if group is None or not await is_good(ctx, group, action):
        await _leads_nowhere(ctx, person, group, action)
        return
    member = await ctx.work.members.find(group.id, sender.user_id)
    if member is not None and member.role not in ("guest", "network") and member.state != "left":
        await ctx.to_person(person.id, "guest.yours_all", about=group.id)
        return
    member = member or await ctx.work.members.add(group.id, person.id, "guest")
    row = await guest_list.row_of(ctx, group, member)
    if row is None:
        if member.state == "left":
            member = await ctx.work.members.update(member.id, role="guest", state=SeatState.INVITED, left_at=None)
        context = MessageContext(want="guest_name", group=group.id)
        facts = {"town": group.title, "again": False, "changes": False}
        await ctx.to_member(member, "guest.name", facts, context=context)
        return
    await guests.greet(ctx, group, member, row)


async def _leads_nowhere(ctx: Context, person: Person, group: Group | None, action: Action) -> None:
    """Say that the link holds no more, or that the event is cancelled: a poster may hang long after."""
    if group is not None and group.settings.event.off and action.ask == group.settings.event.link:
        facts = event_facts.for_everybody(ctx, group, await event_facts.event_of(ctx, group))
        await ctx.to_person(person.id, "guest.off_link", facts, about=group.id)
    else:
        await ctx.to_person(person.id, "link.expired")


async def named(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take a guest's name: their row is the one of that name without a link of its own, or a new one."""
    group, member, name = actor.group, actor.member, " ".join(clean(text).split())[:LONGEST]
    before = await guest_list.row_of(ctx, group, member)
    if (before is not None and BY_POSTER not in member.profile) or await address(ctx, group) is None:
        await ctx.to_person(actor.person.id, "link.expired")
        return
    if unfit(name) or not is_name(name) or len(name.split()) > NAMES:
        await ctx.tell(
            actor, "guest.name", {"town": group.title, "again": True, "changes": before is not None}, context=context
        )
        return
    register, row = guest_list.register(ctx), await _free(ctx, group, name)
    if before is not None:  # they said it wrongly
        values = {**before.values, register.field(Field.NAME).id: name}
        row = await ctx.work.rows.change(before.id, None, None, values=values)
        await guest_list.refreshed(ctx, group)
    elif row is None:
        invited = register.field(Field.INVITED)
        values = {register.field(Field.NAME).id: name, invited.id: invited.option(Mark.INVITED)}
        row = await ctx.work.rows.add(group.id, register.id, values, author=None)
        await guest_list.refreshed(ctx, group)
    profile = {**member.profile, "guest": row.id, BY_POSTER: True}
    member = await ctx.work.members.update(member.id, profile=profile)
    await guests.greet(ctx, group, member, row)


async def _free(ctx: Context, group: Group, name: str) -> Row | None:
    rows = await ctx.work.rows.all(group.id, guest_list.register(ctx).id)
    here = await ctx.work.members.of_group(group.id, include_left=True, roles=None)
    taken = {member.profile.get("guest") for member in here}
    taken |= {int(link.ref or 0) for link in await ctx.work.links.of_group(group.id, guests.PURPOSE)}  # invited by name
    free = (row for row in rows if row.id not in taken)
    return next((row for row in free if guest_list.name_of(ctx, row).casefold() == name.casefold()), None)


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.GROUP, eventlink=show),
    *texts(Rank.INVITED, Takes(Handling.CONTACT), guest_name=named),
)
