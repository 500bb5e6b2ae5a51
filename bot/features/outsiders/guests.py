"""The guests of the event (5.4): an invitation for each, and what they answer before they go.

Whoever says yes to the network is asked for the same promise as everybody else, and then takes part in what is open to
the network: with their name, and without having been in the group's chat.
"""

from typing import Final

from bot.context import invitations
from bot.context.context import Actor, Context
from bot.context.permissions import About, Role
from bot.context.routes import Invitation, Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.members import joining
from bot.reminders import open_items
from bot.telegram.updates import Sender
from bot.views.shared_buttons import waits
from flows.model import Exercise, ExerciseRole, Field, Mark
from flows.state import Phase
from flows.values import day_of
from messages.voice import TemplateFacts
from storage.json_records import Json, JsonObject
from storage.records import Group, Link, Member, Person, Row, SeatState

PURPOSE: Final = "invitation"
REQUEST: Final = (Field.JOIN, Field.SHAPE, Field.START)  # asked one after the other, before they go
ANSWERS: Final = (Mark.YES, Mark.MAYBE, Mark.NO)
BY_POSTER: Final = "by_poster"  # in a guest's profile: they came by the open link, and nobody has invited them by name


# -- the group's side --------------------------------------------------------------------------------------------------
async def invite(ctx: Context, actor: Actor, action: Action) -> None:
    """An invitation to pass on, in words and as a picture: the one that there is, or (":new") another instead of it."""
    number, _, new = action.arg.partition(":")
    row = await ctx.work.rows.lookup(int(number))
    if row is None or row.group_id != actor.group.id or row.register != register(ctx).id or row.state == "removed":
        ctx.toast("no_row", alert=True)
        return
    wanted = invitations.make if new else invitations.given_or_made
    link = await wanted(ctx, actor.group, PURPOSE, str(row.id))
    await open_items.given_away(ctx, actor.group, actor.member, PURPOSE, str(row.id))
    facts = {"name": name_of(ctx, row), "url": link.url, "until": link.until, "taken": link.taken}
    if waits(ctx, row) and not new:  # a person reminds, in words that are ready to be sent
        facts |= _facts(ctx, actor.group, row, await event_of(ctx, actor.group))
        await ctx.tell(actor, "guest.remind", facts)
        await _keep(ctx, actor.group, row, actor.member.id, Field.INVITED, Mark.REMINDED)
        return
    keys = [[ctx.key("outside.new", "invite", action.run, f"{row.id}:new")]]
    await ctx.tell(actor, "guest.link", facts, keys)
    caption = ctx.services.voice.label("guest.caption", {"name": name_of(ctx, row)})
    await invitations.show_code(ctx, actor.person, actor.group, link.url, caption)
    if register(ctx).says(row.values, Field.INVITED, Mark.NOT_YET):
        await _keep(ctx, actor.group, row, actor.member.id, Field.INVITED, Mark.INVITED)


async def ask_all(ctx: Context, actor: Actor, _action: Action) -> None:
    """The coordinator lets the request come to every guest who has opened the invitation and not said no."""
    asked = 0
    for member in await ctx.work.members.of_group(actor.group.id, roles=("guest", "network")):
        row = await row_of(ctx, actor.group, member)
        person = await ctx.work.people.get(member.person_id)
        if row is None or person.reach != "reachable" or register(ctx).says(row.values, Field.COMING, Mark.NO):
            continue
        if _unasked(ctx, row):
            await _ask(ctx, actor.group, member, row)
            asked += 1
    ctx.toast("guests_asked", {"count": asked}, alert=True)


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
    day = event.get(Field.DATE)
    if day and day_of(day) <= ctx.today and _unasked(ctx, row):
        await _ask(ctx, group, member, row)
        return
    facts, keys = _facts(ctx, group, row, event), _answers(ctx, group, Field.COMING)
    await ctx.to_person(member.person_id, "guest.invitation", facts, keys, about=group.id)


async def answer(ctx: Context, actor: Actor, action: Action) -> None:
    """A guest answers whether they come, or one of the three things asked before they go."""
    question, _, said = action.arg.partition(":")
    row = await row_of(ctx, actor.group, actor.member)
    if row is None or question not in (Field.COMING, *REQUEST) or said not in ANSWERS:
        ctx.toast("old_button")
        return
    row = await _keep(ctx, actor.group, row, None, Field(question), Mark(said))
    await open_items.reconcile(ctx, actor.group, f"{PURPOSE}:{row.id}", {})
    if question == Field.COMING:
        keys = [
            [ctx.key("guest.change", "guest", actor.group.id)],
            [ctx.key("guest.leaving", "leaving", actor.group.id)],
        ]
        facts = {**_facts(ctx, actor.group, row, await event_of(ctx, actor.group)), "said": said}
        await ctx.to_person(
            actor.person.id,
            "guest.coming",
            facts,
            keys if said != Mark.NO else keys[:1],
            about=actor.group.id,
            edit=ctx.tapped,
        )
        return
    if _unasked(ctx, row):
        await _ask(ctx, actor.group, actor.member, row, edit=ctx.tapped)
        return
    wants_in = register(ctx).says(row.values, Field.JOIN, Mark.YES)
    joins, by_poster = wants_in and actor.member.state != "active", BY_POSTER in actor.member.profile
    facts = {"town": actor.group.title, "joins": wants_in, "waits": joins and by_poster}
    await ctx.reply(actor, "guest.thanks", facts)
    if joins and by_poster:  # nobody has invited them by name
        await _ask_to_admit(ctx, actor.group, actor.member, row)
    elif joins:
        await welcome(ctx, actor.group, actor.member, row)


async def again(ctx: Context, actor: Actor, _action: Action) -> None:
    """The guest wants to change whether they come."""
    row = await row_of(ctx, actor.group, actor.member)
    if row is None:
        ctx.toast("old_button")
        return
    facts = _facts(ctx, actor.group, row, await event_of(ctx, actor.group))
    keys = _answers(ctx, actor.group, Field.COMING)
    await ctx.reply(actor, "guest.invitation", facts, keys)


async def leaving(ctx: Context, actor: Actor, _action: Action) -> None:
    """The guest is about to go and answers the request."""
    row = await row_of(ctx, actor.group, actor.member)
    if row is None or not _unasked(ctx, row):
        ctx.toast("guest_answered", alert=True)
        return
    await _ask(ctx, actor.group, actor.member, row)


async def _ask(ctx: Context, group: Group, member: Member, row: Row, *, edit: int | None = None) -> None:
    """The first part of the request that is not answered."""
    question = _unasked(ctx, row)[0]
    facts = {**_facts(ctx, group, row, await event_of(ctx, group)), "question": question}
    keys = _answers(ctx, group, question)
    await ctx.to_person(member.person_id, "guest.request", facts, keys, about=group.id, edit=edit)


def _answers(ctx: Context, group: Group, question: Field) -> list[list[Json]]:
    return [[ctx.key(f"guest.{said}", "rsvp", group.id, f"{question}:{said}") for said in ANSWERS]]


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


def _unasked(ctx: Context, row: Row) -> list[Field]:
    """What of the request a guest has not answered, in the order it is asked."""
    return [name for name in REQUEST if register(ctx).told(row.values, name) is None]


async def row_of(ctx: Context, group: Group, member: Member) -> Row | None:
    """The row of the register that is about this guest."""
    row = await ctx.work.rows.lookup(member.profile.get("guest", 0))
    return row if row and row.group_id == group.id and row.state != "removed" else None


async def _keep(ctx: Context, group: Group, row: Row, author: int | None, name: Field, said: Mark) -> Row:
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


async def event_of(ctx: Context, group: Group) -> JsonObject:
    """What the group has written about the event, by field: guests hear of the day, the place and what comes next."""
    event = ctx.services.process.with_role(ExerciseRole.EVENT)
    rounds = await ctx.work.runs.of_exercise(group.id, event.id)
    if not rounds:
        return {}
    names = {question.id: question.kept_as for question in event.questions}
    answers = await ctx.work.answers.of_owner(rounds[-1].id, "g")
    return {names.get(a.question, a.question): a.value for a in answers}


def _facts(ctx: Context, group: Group, row: Row, event: JsonObject) -> TemplateFacts:
    return {
        "town": group.title,
        "name": name_of(ctx, row),
        "place": event.get(Field.PLACE),
        "request": event.get(Field.REQUEST),
        "date": event.get(Field.DATE),
        "next_date": event.get(Field.NEXT_DATE),
    }


ROUTES: Routes = (
    Invitation(PURPOSE, follow),
    *buttons(Role.MEMBER, About.RUN, invite=invite),
    *buttons(Role.COORDINATOR, About.RUN, askguests=ask_all),
    *buttons(Role.INVITED, About.GROUP, rsvp=answer, guest=again, leaving=leaving),
)
