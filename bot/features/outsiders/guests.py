"""Guests of the event (5.4): an invitation for each, and their answers, also those at the event's end.

A guest who says yes to the network makes the same promise as everybody else, and then takes part in what is open to the
network: with their name, and without being in the group's chat.
"""

from datetime import timedelta
from typing import Final

from bot.channel.updates import Sender
from bot.context.context import Actor, Context
from bot.context.events import WantsIn
from bot.context.message import Key, when
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Invitation, Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.calendar import first_meeting
from bot.features.members import joining
from bot.features.network import access_requests
from bot.features.network.access_requests import ASKED, BY_POSTER, REQUEST
from bot.features.outsiders.event_facts import event_of, for_guest, note_told
from bot.features.outsiders.guest_list import ANSWERS, keep, name_of, register, row_of, said_before, unasked
from bot.reminders import open_items
from flows.enums import Field, Mark
from flows.values import day_of
from storage.records.links import Link
from storage.records.records import Group, Member, Person, Row, SeatState

PURPOSE: Final = "invitation"


async def follow(ctx: Context, person: Person, link: Link, sender: Sender) -> None:
    """Follow an invitation, which is this person's from then on."""
    assert link.group_id is not None
    assert link.ref is not None
    group, row = await ctx.work.groups.get(link.group_id), await ctx.work.rows.lookup(int(link.ref))
    if row is None or row.state == "removed" or group.state != "active":
        await ctx.to_person(person.id, "link.expired")
        return
    if link.person_id not in (None, person.id):
        await ctx.to_person(person.id, "guest.others", {"contact": (await event_of(ctx, group)).contact})
        return
    member = await ctx.work.members.find(group.id, sender.user_id)
    if member is not None and member.role == "core" and member.state != "left":
        await ctx.to_person(person.id, "guest.yours", {"name": name_of(ctx, row)}, about=group.id)
        return
    await ctx.work.links.update(link.id, person_id=person.id)
    member = member or await ctx.work.members.add(group.id, person.id, "guest")
    if member.role != "network" or member.state == "left":
        member = await ctx.work.members.update(member.id, role="guest", state=SeatState.INVITED, left_at=None)
    member = await ctx.work.members.update(member.id, profile={**member.profile, "guest": row.id})
    await greet(ctx, group, member, row)


async def greet(ctx: Context, group: Group, member: Member, row: Row) -> None:
    """Ask a guest whether they come or, once the event has begun, what they answer to the group's request."""
    event = await event_of(ctx, group)
    facts = for_guest(ctx, group, row, event)
    await note_told(ctx, group, event)
    if group.settings.event.off:
        await ctx.to_member(member, "guest.off", facts)
        return
    if event.has_begun(ctx.now.astimezone(ctx.services.zone)) and unasked(ctx, row):
        await ask(ctx, group, member, row, greets=True)
        return
    if event.day and event.day < ctx.today:
        await _been(ctx, group, member, row)
        return
    await note_asked(ctx, member, Field.COMING)
    keys = [*answers(ctx, group, Field.COMING), *not_me(ctx, group, member)]
    facts = {**facts, "said": said_before(ctx, row)}
    await ctx.to_member(member, "guest.invitation", facts, keys)


async def answer(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a guest's answer: whether they come, or one of the three questions of the request."""
    question, _, said = action.arg.partition(":")
    row = await row_of(ctx, actor.group, actor.member)
    if row is None:
        await _not_on_the_list(ctx, actor)
        return
    demand(question in (Field.COMING, *REQUEST) and said in ANSWERS)
    if question == Field.COMING:
        await comes(ctx, actor.group, actor.member, row, Mark(said), edit=ctx.tapped)
        return
    await says(ctx, actor.group, actor.member, row, (Field(question), Mark(said)), edit=ctx.tapped)


async def says(
    ctx: Context, group: Group, member: Member, row: Row, answer: tuple[Field, Mark], *, edit: int | None = None
) -> None:
    """Keep a guest's answer to a part of the request; the next follows or, after the last, the way into the network."""
    waited = await access_requests.waits(ctx, group, member)
    row = await keep(ctx, group, row, None, *answer)
    await open_items.reconcile(ctx, group, f"{PURPOSE}:{row.id}", {})
    await first_meeting.carry(ctx, group, member, row)
    if unasked(ctx, row):
        await ask(ctx, group, member, row, edit=edit)
        return
    await _conclude(ctx, group, member, row, waited=waited, edit=edit)


async def _conclude(ctx: Context, group: Group, member: Member, row: Row, *, waited: bool, edit: int | None) -> None:
    """Thank a guest who has answered the request; the way into the network follows. `waited`: at its door, so far."""
    member = await note_asked(ctx, member, None)
    wants_in = register(ctx).says(row.values, Field.JOIN, Mark.YES)
    joins, by_poster = wants_in and member.state != "active", BY_POSTER in member.profile
    no_more = waited and not wants_in
    facts = {"town": group.title, "joins": wants_in, "waits": joins and by_poster, "no_more": no_more}
    keys = [[after_all(ctx, group)]] if no_more else []
    await ctx.to_member(member, "guest.thanks", facts, keys, edit=edit)
    if no_more:
        ctx.events.append(WantsIn(group.id, no_more=member.id))
    elif joins and by_poster:  # nobody has invited them by name
        ctx.events.append(WantsIn(group.id))
    elif joins:
        await welcome(ctx, group, member, row)


async def comes(ctx: Context, group: Group, member: Member, row: Row, said: Mark, *, edit: int | None = None) -> None:
    """Keep whether a guest comes; they can change it until the event has been."""
    event = await event_of(ctx, group)
    if group.settings.event.off:
        await ctx.to_member(member, "guest.off", for_guest(ctx, group, row, event), edit=edit)
        return
    if event.day and event.day < ctx.today:
        await _been(ctx, group, member, row, edit=edit)
        return
    row = await keep(ctx, group, row, None, Field.COMING, said)
    await note_asked(ctx, member, Field.COMING)
    await open_items.reconcile(ctx, group, f"{PURPOSE}:{row.id}", {})
    told_before = event.day is None or event.day > ctx.today + timedelta(1)
    facts = {**for_guest(ctx, group, row, event), "said": said, "told_before": told_before}
    keys = [[ctx.key("guest.change", "guest", group.id)]]
    if said is Mark.YES:
        keys = cannot(ctx, group)
    keys.append(when(said is not Mark.NO, ctx.key("guest.leaving", "leaving", group.id)))
    await ctx.to_member(member, "guest.coming", facts, keys, edit=edit)


async def again(ctx: Context, actor: Actor, _action: Action) -> None:
    """Ask again whether the guest comes or, once the event has begun, what they have not answered of the request."""
    row = await row_of(ctx, actor.group, actor.member)
    if row is None:
        await _not_on_the_list(ctx, actor)
        return
    event = await event_of(ctx, actor.group)
    facts = for_guest(ctx, actor.group, row, event)
    if actor.group.settings.event.off:
        await ctx.reply(actor, "guest.off", facts)
        return
    if event.has_begun(ctx.now.astimezone(ctx.services.zone)) and unasked(ctx, row):
        await ask(ctx, actor.group, actor.member, row, greets=True)
        return
    if event.day and event.day < ctx.today:
        await _been(ctx, actor.group, actor.member, row, edit=ctx.tapped)
        return
    await note_asked(ctx, actor.member, Field.COMING)
    keys = [*answers(ctx, actor.group, Field.COMING), *not_me(ctx, actor.group, actor.member)]
    await ctx.reply(actor, "guest.invitation", {**facts, "said": said_before(ctx, row)}, keys)


async def _been(ctx: Context, group: Group, member: Member, row: Row, *, edit: int | None = None) -> None:
    """Say that the event has been; who has not wanted to be in the network may still."""
    keys = [] if register(ctx).says(row.values, Field.JOIN, Mark.YES) else [[after_all(ctx, group)]]
    await ctx.to_member(member, "guest.been", {}, keys, edit=edit)


async def _not_on_the_list(ctx: Context, actor: Actor) -> None:
    """Say, on an old button, that the invitation is taken back; or that the button holds no more."""
    row = required(await access_requests.row_of(ctx, actor.group, actor.member))
    facts = for_guest(ctx, actor.group, row, await event_of(ctx, actor.group))
    await ctx.tell(actor, "guest.withdrawn", facts)


async def leaving(ctx: Context, actor: Actor, _action: Action) -> None:
    """Ask a guest, who is about to leave the event, the request."""
    row = await row_of(ctx, actor.group, actor.member)
    if row is None:
        await _not_on_the_list(ctx, actor)
        return
    demand(unasked(ctx, row), "guest_answered", alert=True)
    if actor.group.settings.event.off:
        await ctx.tell(actor, "guest.off", for_guest(ctx, actor.group, row, await event_of(ctx, actor.group)))
        return
    await ask(ctx, actor.group, actor.member, row)


async def ask(
    ctx: Context, group: Group, member: Member, row: Row, *, edit: int | None = None, greets: bool = False
) -> None:
    """Ask the first part of the request that is not answered. `greets`: it is the first that the guest hears."""
    question, event = unasked(ctx, row)[0], await event_of(ctx, group)
    if question == Field.START and event.next_date and day_of(event.next_date) < ctx.today:  # nothing is left to ask
        waited = await access_requests.waits(ctx, group, member)
        await _conclude(ctx, group, member, row, waited=waited, edit=edit)
        return
    await note_asked(ctx, member, question)
    told = greets or question == REQUEST[0]
    said = said_before(ctx, row)
    came = told and said is not Mark.NO and (event.day == ctx.today or said in (Mark.YES, Mark.MAYBE))
    facts = {**for_guest(ctx, group, row, event), "question": question, "greets": told, "came": came}
    keys = [*answers(ctx, group, question), *(not_me(ctx, group, member) if greets else [])]
    await ctx.to_member(member, "guest.request", facts, keys, edit=edit)


async def note_asked(ctx: Context, member: Member, question: Field | None) -> Member:
    """Note what a guest is asked now, so that a text can answer it."""
    asked = question or ""
    if member.profile.get(ASKED, Field.COMING) == asked:
        return member
    return await ctx.work.members.update(member.id, profile={**member.profile, ASKED: asked})


def answers(ctx: Context, group: Group, question: Field) -> list[list[Key]]:
    """Return the buttons yes, maybe and no to a question for guests."""
    return [[ctx.key(f"guest.{said}", "rsvp", group.id, f"{question}:{said}") for said in ANSWERS]]


def not_me(ctx: Context, group: Group, member: Member) -> list[list[Key]]:
    """Return the button with which somebody says that the invitation they opened is for another.

    Who came by the open link has said their name, and can change it instead.
    """
    if member.role != "guest":
        return []
    if BY_POSTER in member.profile:
        return [[ctx.key("guest.rename", "ownguest", group.id)]]
    return [[ctx.key("guest.not_me", "notme", group.id)]]


def cannot(ctx: Context, group: Group) -> list[list[Key]]:
    """Return the button "I can't come after all", for those who have said that they come."""
    return [[ctx.key("guest.cannot", "rsvp", group.id, f"{Field.COMING}:{Mark.NO}")]]


def after_all(ctx: Context, group: Group) -> Key:
    """Return the button of a guest who wants to be in the network after all."""
    return ctx.key("guest.after_all", "rsvp", group.id, f"{Field.JOIN}:{Mark.YES}")


async def welcome(ctx: Context, group: Group, member: Member, row: Row) -> None:
    """Give a guest who says yes a seat in the network, with their name, and ask for the promise."""
    scene = await runner.scene_of(ctx, group, register(ctx))
    where = scene.rows.get((register(ctx).told(row.values, Field.ORGANISATION) or {}).get("id", 0))
    organisation = await ctx.work.members.add_organisation(group.id, where.title) if where else None
    member = await ctx.work.members.update(
        member.id,
        profile={key: value for key, value in member.profile.items() if key != access_requests.REFUSED},
        role="network",
        name=name_of(ctx, row)[:60],
        organisation_id=organisation.id if organisation else None,
    )
    await ctx.work.people.update(member.person_id, current_group=group.id)
    await joining.await_promise(ctx, group, member)
    await joining.show_agreement(ctx, group, member)


ROUTES: Routes = (
    Invitation(PURPOSE, follow),
    *buttons(Rank.INVITED, About.GROUP, rsvp=answer, guest=again, leaving=leaving),
)
