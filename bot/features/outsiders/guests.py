"""Guests of the event (5.4): an invitation for each, and their answers, also those at the event's end.

A guest who says yes to the network makes the same promise as everybody else, and then takes part in what is open to the
network: with their name, and without being in the group's chat.
"""

import datetime
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Final

from bot.channel.updates import Sender
from bot.context import invitations
from bot.context.context import Actor, Context
from bot.context.events import WantsIn
from bot.context.message import Key
from bot.context.permissions import About, Role
from bot.context.routes import Invitation, Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.calendar import first_meeting, meeting_details
from bot.features.journey import at_the_door
from bot.features.journey.at_the_door import BY_POSTER, REQUEST
from bot.features.members import joining
from bot.reminders import open_items
from flows.model import Exercise, ExerciseRole, Field, Mark
from flows.state import Phase
from flows.values import day_of, moment, time_of
from messages.voice import TemplateFacts
from storage.records import Group, Link, Member, Person, Row, SeatState

PURPOSE: Final = "invitation"
ANSWERS: Final = (Mark.YES, Mark.MAYBE, Mark.NO)
ASKED: Final = "last_question"  # in a guest's profile: what they were asked last, empty once all is answered
AFTERWARDS: Final = datetime.timedelta(days=2)  # how long after the event the invitation can still be followed


# -- the guest's side --------------------------------------------------------------------------------------------------
async def follow(ctx: Context, person: Person, link: Link, sender: Sender) -> None:
    """Follow an invitation, which is this person's from then on."""
    assert link.group_id is not None
    assert link.ref is not None
    group, row = await ctx.work.groups.get(link.group_id), await ctx.work.rows.lookup(int(link.ref))
    if row is None or row.state == "removed" or group.state != "active":
        await ctx.to_person(person.id, "link.expired")
        return
    if link.person_id not in (None, person.id):
        await ctx.to_person(person.id, "link.others")
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
    facts = facts_of(ctx, group, row, event)
    await note_told(ctx, group, event)
    if group.settings.event_off:
        await ctx.to_person(member.person_id, "guest.off", facts, about=group.id)
        return
    if event.has_begun(ctx.now.astimezone(ctx.services.zone)) and unasked(ctx, row):
        await ask(ctx, group, member, row, greets=True)
        return
    await note_asked(ctx, member, Field.COMING)
    keys = [*answers(ctx, group, Field.COMING), *not_me(ctx, group, member)]
    facts = {**facts, "said": said_before(ctx, row)}
    await ctx.to_person(member.person_id, "guest.invitation", facts, keys, about=group.id)


async def answer(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a guest's answer: whether they come, or one of the three questions of the request."""
    question, _, said = action.arg.partition(":")
    row = await row_of(ctx, actor.group, actor.member)
    if row is None:
        await _not_on_the_list(ctx, actor)
        return
    if question not in (Field.COMING, *REQUEST) or said not in ANSWERS:
        ctx.toast("old_button")
        return
    if question == Field.COMING:
        await comes(ctx, actor.group, actor.member, row, Mark(said), edit=ctx.tapped)
        return
    await says(ctx, actor.group, actor.member, row, (Field(question), Mark(said)), edit=ctx.tapped)


async def says(
    ctx: Context, group: Group, member: Member, row: Row, answer: tuple[Field, Mark], *, edit: int | None = None
) -> None:
    """Keep a guest's answer to a part of the request; the next follows or, after the last, the way into the network."""
    waited = await at_the_door.waits(ctx, group, member)
    row = await keep(ctx, group, row, None, *answer)
    await open_items.reconcile(ctx, group, f"{PURPOSE}:{row.id}", {})
    await first_meeting.carry(ctx, group, member, row)
    if unasked(ctx, row):
        await ask(ctx, group, member, row, edit=edit)
        return
    member = await note_asked(ctx, member, None)
    wants_in = register(ctx).says(row.values, Field.JOIN, Mark.YES)
    joins, by_poster = wants_in and member.state != "active", BY_POSTER in member.profile
    no_more = waited and not wants_in
    facts = {"town": group.title, "joins": wants_in, "waits": joins and by_poster, "no_more": no_more}
    keys = [[after_all(ctx, group)]] if no_more else []
    await ctx.to_person(member.person_id, "guest.thanks", facts, keys, about=group.id, edit=edit)
    if no_more:
        ctx.events.append(WantsIn(group.id, no_more=member.id))
    elif joins and by_poster:  # nobody has invited them by name
        ctx.events.append(WantsIn(group.id))
    elif joins:
        await welcome(ctx, group, member, row)


async def comes(ctx: Context, group: Group, member: Member, row: Row, said: Mark, *, edit: int | None = None) -> None:
    """Keep whether a guest comes; they can change it until the event has been."""
    event = await event_of(ctx, group)
    if group.settings.event_off:
        await ctx.to_person(member.person_id, "guest.off", facts_of(ctx, group, row, event), about=group.id, edit=edit)
        return
    if event.day and event.day < ctx.today:
        await ctx.to_person(member.person_id, "guest.been", {}, about=group.id, edit=edit)
        return
    row = await keep(ctx, group, row, None, Field.COMING, said)
    await note_asked(ctx, member, Field.COMING)
    await open_items.reconcile(ctx, group, f"{PURPOSE}:{row.id}", {})
    facts = {**facts_of(ctx, group, row, event), "said": said}
    keys = [[ctx.key("guest.change", "guest", group.id)]]
    if said is Mark.YES:
        keys = cannot(ctx, group)
    if said is not Mark.NO:
        keys.append([ctx.key("guest.leaving", "leaving", group.id)])
    await ctx.to_person(member.person_id, "guest.coming", facts, keys, about=group.id, edit=edit)


async def again(ctx: Context, actor: Actor, _action: Action) -> None:
    """Ask again whether the guest comes."""
    row = await row_of(ctx, actor.group, actor.member)
    if row is None:
        await _not_on_the_list(ctx, actor)
        return
    facts = facts_of(ctx, actor.group, row, await event_of(ctx, actor.group))
    if actor.group.settings.event_off:
        await ctx.reply(actor, "guest.off", facts)
        return
    await note_asked(ctx, actor.member, Field.COMING)
    keys = [*answers(ctx, actor.group, Field.COMING), *not_me(ctx, actor.group, actor.member)]
    await ctx.reply(actor, "guest.invitation", {**facts, "said": said_before(ctx, row)}, keys)


async def _not_on_the_list(ctx: Context, actor: Actor) -> None:
    """Say, on an old button, that the invitation is taken back; or that the button holds no more."""
    row = await at_the_door.row_of(ctx, actor.group, actor.member)
    if row is None:
        ctx.toast("old_button")
        return
    facts = facts_of(ctx, actor.group, row, await event_of(ctx, actor.group))
    await ctx.tell(actor, "guest.withdrawn", facts)


async def leaving(ctx: Context, actor: Actor, _action: Action) -> None:
    """Ask a guest, who is about to leave the event, the request."""
    row = await row_of(ctx, actor.group, actor.member)
    if row is None or not unasked(ctx, row):
        ctx.toast("guest_answered", alert=True)
        return
    if actor.group.settings.event_off:
        await ctx.tell(actor, "guest.off", facts_of(ctx, actor.group, row, await event_of(ctx, actor.group)))
        return
    await ask(ctx, actor.group, actor.member, row)


async def ask(
    ctx: Context, group: Group, member: Member, row: Row, *, edit: int | None = None, greets: bool = False
) -> None:
    """Ask the first part of the request that is not answered. `greets`: it is the first that the guest hears."""
    question, event = unasked(ctx, row)[0], await event_of(ctx, group)
    await note_asked(ctx, member, question)
    told = greets or question == REQUEST[0]
    came = told and (event.day == ctx.today or said_before(ctx, row) in (Mark.YES, Mark.MAYBE))
    facts = {**facts_of(ctx, group, row, event), "question": question, "greets": told, "came": came}
    keys = [*answers(ctx, group, question), *(not_me(ctx, group, member) if greets else [])]
    await ctx.to_person(member.person_id, "guest.request", facts, keys, about=group.id, edit=edit)


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
        profile={key: value for key, value in member.profile.items() if key != at_the_door.REFUSED},
        role="network",
        name=name_of(ctx, row)[:60],
        organisation_id=organisation.id if organisation else None,
    )
    await ctx.work.people.update(member.person_id, current_group=group.id)
    await joining.await_promise(ctx, group, member)
    await joining.show_agreement(ctx, group, member)


# -- what is known -----------------------------------------------------------------------------------------------------
def register(ctx: Context) -> Exercise:
    """Return the guests' register, as it is defined now."""
    return ctx.services.process.with_role(ExerciseRole.GUESTS)


def name_of(ctx: Context, row: Row) -> str:
    """Return a guest's name."""
    return str(register(ctx).told(row.values, Field.NAME))


def said_before(ctx: Context, row: Row) -> Mark | None:
    """Return whether a guest comes, by their row; None if they have not answered."""
    return next((said for said in ANSWERS if register(ctx).says(row.values, Field.COMING, said)), None)


def unasked(ctx: Context, row: Row) -> list[Field]:
    """Return the parts of the request that a guest has not answered, in order."""
    return [name for name in REQUEST if register(ctx).told(row.values, name) is None]


async def row_of(ctx: Context, group: Group, member: Member) -> Row | None:
    """Return this guest's row in the register; None if it was removed."""
    row = await at_the_door.row_of(ctx, group, member)
    return row if row and row.state != "removed" else None


async def keep(ctx: Context, group: Group, row: Row, author: int | None, name: Field, said: Mark) -> Row:
    """Keep an answer in a guest's row."""
    question = register(ctx).field(name)
    values = {**row.values, question.id: question.option(said)}
    row = await ctx.work.rows.change(row.id, None, author, values=values)
    await refreshed(ctx, group)
    return row


async def refreshed(ctx: Context, group: Group) -> None:
    """Refresh the register's card."""
    for record in await ctx.work.runs.of_exercise(group.id, register(ctx).id):
        if record.phase == Phase.OPEN:
            await runner.refresh_card(ctx, group, record)


@dataclass(frozen=True, slots=True)
class Event:
    """The facts of the event for guests; None for those that are not written yet."""

    date: str | None = None
    place: str | None = None
    request: str | None = None
    next_date: str | None = None
    contact: str | None = None
    answer_by: str | None = None
    welcome: str | None = None
    next_place: str = field(default="", kw_only=True)
    begun: bool = field(default=True, kw_only=True)

    @property
    def day(self) -> datetime.date | None:
        """The day of the event, once it is set."""
        return day_of(self.date) if self.date else None

    def has_begun(self, now: datetime.datetime) -> bool:
        """True if the event is on or over, at a time of where people live; where no hour is set, from its day on."""
        return self.date is not None and moment(now.date(), now.time() if time_of(self.date) else None) >= self.date

    def is_ahead(self, now: datetime.datetime) -> bool:
        """True if guests may still say whether they come: until its hour or, where none is set, through its day."""
        on = self.day
        return on is not None and (now.date() <= on if not time_of(self.date or "") else not self.has_begun(now))

    @property
    def last_day(self) -> datetime.date | None:
        """The last day to answer: the group's own, or else that of the event."""
        return day_of(self.answer_by) if self.answer_by else self.day

    @property
    def told(self) -> tuple[str, ...]:
        """Return when and where, as a guest has it in their own calendar."""
        return self.date or "", self.place or ""


async def event_of(ctx: Context, group: Group) -> Event:
    """Return the event's facts for guests: the day, the place and what comes next."""
    event = ctx.services.process.with_role(ExerciseRole.EVENT)
    rounds = await ctx.work.runs.of_exercise(group.id, event.id)
    if not rounds:
        return Event(begun=False)
    names = {question.id: question.kept_as for question in event.questions}
    answers = await ctx.work.answers.of_owner(rounds[-1].id, "g")
    said = {names.get(a.question, a.question): a.value for a in answers}
    found = Event(*(said.get(one.name) for one in fields(Event) if not one.kw_only))
    first = await first_meeting.of(ctx, group)
    if first is None:
        return found
    cancelled = first.state != "planned"
    return replace(found, next_date=None if cancelled else found.next_date, next_place=meeting_details.where(first))


async def good_for(ctx: Context, group: Group) -> datetime.timedelta:
    """Return how long an invitation is valid: as long as other links, and at least until the event."""
    day = (await event_of(ctx, group)).day
    left = day - ctx.today + AFTERWARDS if day else datetime.timedelta()
    return max(invitations.GOOD_FOR, left)


def facts_of(ctx: Context, group: Group, row: Row, event: Event) -> TemplateFacts:
    """Return the facts of a message to one guest."""
    return {**event_facts(group, event), "name": name_of(ctx, row)}


def event_facts(group: Group, event: Event) -> TemplateFacts:
    """Return the facts of the event for everybody."""
    return {"town": group.title, **asdict(event)}


async def note_told(ctx: Context, group: Group, event: Event) -> None:
    """Note when and where guests have been told, so that a change is told too."""
    group = await ctx.work.groups.get(group.id)
    if not group.settings.event_told:
        await ctx.work.groups.update(group.id, settings=replace(group.settings, event_told=event.told))


ROUTES: Routes = (
    Invitation(PURPOSE, follow),
    *buttons(Role.INVITED, About.GROUP, rsvp=answer, guest=again, leaving=leaving),
)
