"""The guests of the event (5.4): an invitation for each, and what they answer before they go.

Whoever says yes to the network is asked for the same promise as everybody else, and then takes part in what is open to
the network: with their name, and without having been in the group's chat.
"""

import datetime
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Final

from bot.context import invitations
from bot.context.context import Actor, Context, Key
from bot.context.permissions import About, Role
from bot.context.routes import Invitation, Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.members import joining
from bot.reminders import open_items
from bot.telegram.updates import Sender
from flows.model import Exercise, ExerciseRole, Field, Mark
from flows.state import Phase
from flows.values import day_of
from messages.voice import TemplateFacts
from storage.records import Group, Link, Member, Person, Row, SeatState

PURPOSE: Final = "invitation"
REQUEST: Final = (Field.JOIN, Field.SHAPE, Field.START)  # asked one after the other, before they go
ANSWERS: Final = (Mark.YES, Mark.MAYBE, Mark.NO)
ASKED: Final = "last_question"  # in a guest's profile: what they were asked last, empty once all is answered
AFTERWARDS: Final = datetime.timedelta(days=2)  # so long after the day a guest can still follow the invitation
BY_POSTER: Final = "by_poster"  # in a guest's profile: they came by the open link, and nobody has invited them by name


# -- the guest's side --------------------------------------------------------------------------------------------------
async def follow(ctx: Context, person: Person, link: Link, sender: Sender) -> None:
    """A guest opens the invitation; it is theirs from then on."""
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
    """What a guest is asked now: whether they come or, from the day of the event on, what they say to the request."""
    event = await event_of(ctx, group)
    day, facts = event.day, facts_of(ctx, group, row, event)
    await note_told(ctx, group, event)
    if group.settings.event_off:
        await ctx.to_person(member.person_id, "guest.off", facts, about=group.id)
        return
    if day and day <= ctx.today and unasked(ctx, row):
        await ask(ctx, group, member, row)
        return
    await note_asked(ctx, member, Field.COMING)
    keys = [*answers(ctx, group, Field.COMING), *not_me(ctx, group, member)]
    facts = {**facts, "said": said_before(ctx, row)}
    await ctx.to_person(member.person_id, "guest.invitation", facts, keys, about=group.id)


async def answer(ctx: Context, actor: Actor, action: Action) -> None:
    """A guest answers whether they come, or one of the three things asked before they go."""
    question, _, said = action.arg.partition(":")
    row = await row_of(ctx, actor.group, actor.member)
    if row is None or question not in (Field.COMING, *REQUEST) or said not in ANSWERS:
        ctx.toast("old_button")
        return
    if question == Field.COMING:
        await comes(ctx, actor.group, actor.member, row, Mark(said), edit=ctx.tapped)
        return
    await says(ctx, actor.group, actor.member, row, (Field(question), Mark(said)), edit=ctx.tapped)


async def says(
    ctx: Context, group: Group, member: Member, row: Row, answer: tuple[Field, Mark], *, edit: int | None = None
) -> None:
    """A guest has answered a part of the request; the next follows or, after the last, the way into the network."""
    row = await keep(ctx, group, row, None, *answer)
    await open_items.reconcile(ctx, group, f"{PURPOSE}:{row.id}", {})
    if unasked(ctx, row):
        await ask(ctx, group, member, row, edit=edit)
        return
    member = await note_asked(ctx, member, None)
    wants_in = register(ctx).says(row.values, Field.JOIN, Mark.YES)
    joins, by_poster = wants_in and member.state != "active", BY_POSTER in member.profile
    facts = {"town": group.title, "joins": wants_in, "waits": joins and by_poster}
    await ctx.to_person(member.person_id, "guest.thanks", facts, about=group.id, edit=edit)
    if joins and by_poster:  # nobody has invited them by name
        await _ask_to_admit(ctx, group, member, row)
    elif joins:
        await welcome(ctx, group, member, row)


async def comes(ctx: Context, group: Group, member: Member, row: Row, said: Mark, *, edit: int | None = None) -> None:
    """Whether a guest comes, as they have said it now; they can always say otherwise."""
    event = await event_of(ctx, group)
    if group.settings.event_off:
        await ctx.to_person(member.person_id, "guest.off", facts_of(ctx, group, row, event), about=group.id, edit=edit)
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
    """The guest wants to change whether they come."""
    row = await row_of(ctx, actor.group, actor.member)
    if row is None:
        ctx.toast("old_button")
        return
    facts = facts_of(ctx, actor.group, row, await event_of(ctx, actor.group))
    await note_asked(ctx, actor.member, Field.COMING)
    keys = [*answers(ctx, actor.group, Field.COMING), *not_me(ctx, actor.group, actor.member)]
    await ctx.reply(actor, "guest.invitation", {**facts, "said": said_before(ctx, row)}, keys)


async def leaving(ctx: Context, actor: Actor, _action: Action) -> None:
    """The guest is about to go and answers the request."""
    row = await row_of(ctx, actor.group, actor.member)
    if row is None or not unasked(ctx, row):
        ctx.toast("guest_answered", alert=True)
        return
    await ask(ctx, actor.group, actor.member, row)


async def ask(ctx: Context, group: Group, member: Member, row: Row, *, edit: int | None = None) -> None:
    """The first part of the request that is not answered."""
    question = unasked(ctx, row)[0]
    await note_asked(ctx, member, question)
    facts = {**facts_of(ctx, group, row, await event_of(ctx, group)), "question": question}
    keys = answers(ctx, group, question)
    await ctx.to_person(member.person_id, "guest.request", facts, keys, about=group.id, edit=edit)


async def note_asked(ctx: Context, member: Member, question: Field | None) -> Member:
    """What a guest is asked now, which a word without a button answers."""
    asked = question or ""
    if member.profile.get(ASKED, Field.COMING) == asked:
        return member
    return await ctx.work.members.update(member.id, profile={**member.profile, ASKED: asked})


def answers(ctx: Context, group: Group, question: Field) -> list[list[Key]]:
    """Yes, maybe and no to one of the questions that guests are asked."""
    return [[ctx.key(f"guest.{said}", "rsvp", group.id, f"{question}:{said}") for said in ANSWERS]]


def not_me(ctx: Context, group: Group, member: Member) -> list[list[Key]]:
    """I am not the one who is named here: for whoever has opened an invitation to one person."""
    theirs = member.role == "guest" and BY_POSTER not in member.profile
    return [[ctx.key("guest.not_me", "notme", group.id)]] if theirs else []


def cannot(ctx: Context, group: Group) -> list[list[Key]]:
    """I can't come after all: for whoever has said that they do."""
    return [[ctx.key("guest.cannot", "rsvp", group.id, f"{Field.COMING}:{Mark.NO}")]]


async def welcome(ctx: Context, group: Group, member: Member, row: Row) -> None:
    """Yes to the network: a seat with the guest's name, and the promise that everybody gives."""
    scene = await runner.scene_of(ctx, group, register(ctx))
    where = scene.rows.get((register(ctx).told(row.values, Field.ORGANISATION) or {}).get("id", 0))
    organisation = await ctx.work.members.add_organisation(group.id, where.title) if where else None
    member = await ctx.work.members.update(
        member.id,
        role="network",
        name=name_of(ctx, row)[:60],
        organisation_id=organisation.id if organisation else None,
    )
    await ctx.work.people.update(member.person_id, current_group=group.id)
    await joining.await_promise(ctx, group, member)
    await joining.show_agreement(ctx, group, member)


async def _ask_to_admit(ctx: Context, group: Group, member: Member, row: Row) -> None:
    """The coordinators are told who wants to be in the network; one of them lets them in."""
    facts = {"name": name_of(ctx, row), "town": group.title}
    keys = [[ctx.key("guest.admit", "admit", group.id, str(member.id))]]
    for coordinator in await open_items.coordinators(ctx, group):
        await ctx.to_person(coordinator.person_id, "guest.wants_in", facts, keys, about=group.id)


# -- what is known -----------------------------------------------------------------------------------------------------
def register(ctx: Context) -> Exercise:
    """The register of the guests, as it is defined now."""
    return ctx.services.process.with_role(ExerciseRole.GUESTS)


def name_of(ctx: Context, row: Row) -> str:
    """What a guest is called."""
    return str(register(ctx).told(row.values, Field.NAME))


def said_before(ctx: Context, row: Row) -> Mark | None:
    """Whether a guest comes, as it stands in the list; None where nothing is said yet."""
    return next((said for said in ANSWERS if register(ctx).says(row.values, Field.COMING, said)), None)


def unasked(ctx: Context, row: Row) -> list[Field]:
    """What of the request a guest has not answered, in the order it is asked."""
    return [name for name in REQUEST if register(ctx).told(row.values, name) is None]


async def row_of(ctx: Context, group: Group, member: Member) -> Row | None:
    """The row of the register that is about this guest."""
    row = await ctx.work.rows.lookup(member.profile.get("guest", 0))
    return row if row and row.group_id == group.id and row.state != "removed" else None


async def keep(ctx: Context, group: Group, row: Row, author: int | None, name: Field, said: Mark) -> Row:
    """Keep an answer in a guest's row."""
    question = register(ctx).field(name)
    values = {**row.values, question.id: question.option(said)}
    row = await ctx.work.rows.change(row.id, None, author, values=values)
    await refreshed(ctx, group)
    return row


async def refreshed(ctx: Context, group: Group) -> None:
    """The register's card tells of it."""
    for record in await ctx.work.runs.of_exercise(group.id, register(ctx).id):
        if record.phase == Phase.OPEN:
            await runner.refresh_card(ctx, group, record)


@dataclass(frozen=True, slots=True)
class Event:
    """What the group has written about its event, as guests hear of it; None is what is not written yet."""

    date: str | None = None
    place: str | None = None
    request: str | None = None
    next_date: str | None = None
    contact: str | None = None
    answer_by: str | None = None
    welcome: str | None = None
    begun: bool = field(default=True, kw_only=True)

    @property
    def day(self) -> datetime.date | None:
        """The day of the event, once it is set."""
        return day_of(self.date) if self.date else None

    @property
    def last_day(self) -> datetime.date | None:
        """The last day to answer: as the group has said, or else that of the event."""
        return day_of(self.answer_by) if self.answer_by else self.day

    @property
    def told(self) -> tuple[str, ...]:
        """What a guest has in their own calendar: when and where."""
        return self.date or "", self.place or ""


async def event_of(ctx: Context, group: Group) -> Event:
    """What the group has written about the event: guests hear of the day, the place and what comes next."""
    event = ctx.services.process.with_role(ExerciseRole.EVENT)
    rounds = await ctx.work.runs.of_exercise(group.id, event.id)
    if not rounds:
        return Event(begun=False)
    names = {question.id: question.kept_as for question in event.questions}
    answers = await ctx.work.answers.of_owner(rounds[-1].id, "g")
    said = {names.get(a.question, a.question): a.value for a in answers}
    return Event(*(said.get(one.name) for one in fields(Event) if not one.kw_only))


async def good_for(ctx: Context, group: Group) -> datetime.timedelta:
    """How long an invitation can be followed: as others, and at the least until the event has been."""
    day = (await event_of(ctx, group)).day
    left = day - ctx.today + AFTERWARDS if day else datetime.timedelta()
    return max(invitations.GOOD_FOR, left)


def facts_of(ctx: Context, group: Group, row: Row, event: Event) -> TemplateFacts:
    """What a guest is told of the event."""
    return {**event_facts(group, event), "name": name_of(ctx, row)}


def event_facts(group: Group, event: Event) -> TemplateFacts:
    """What everybody is told of it."""
    return {"town": group.title, **asdict(event)}


async def note_told(ctx: Context, group: Group, event: Event) -> None:
    """From now on guests know of when and where: they must hear of a change."""
    group = await ctx.work.groups.get(group.id)
    if not group.settings.event_told:
        await ctx.work.groups.update(group.id, settings=replace(group.settings, event_told=event.told))


ROUTES: Routes = (
    Invitation(PURPOSE, follow),
    *buttons(Role.INVITED, About.GROUP, rsvp=answer, guest=again, leaving=leaving),
)
