"""The guests of the event (5.4): an invitation for each, and what they answer before they go.

Whoever says yes to the network is asked for the same promise as everybody else, and then takes part in what is open to
the network: with their name, and without having been in the group's chat.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from bot.context import invitations
from bot.context.callback_data import Action
from bot.context.context import Actor, Context
from bot.context.permissions import About, Role
from bot.context.routes import Invitation, Routes, buttons
from bot.exercises import runner
from bot.features.members import joining
from bot.reminders import open_items
from bot.telegram.updates import Sender
from bot.views.shared_buttons import waits
from flows.state import Phase
from storage.records import Group, Link, Member, Person, Row

PURPOSE: Final = "invitation"
REGISTER: Final = "guests"
EVENT: Final = "event"
REQUEST: Final = ("join", "shape", "start")  # asked one after the other, before they go
ANSWERS: Final = ("yes", "maybe", "no")
BY_POSTER: Final = "by_poster"  # in a guest's profile: they came by the open link, and nobody has invited them by name


# -- the group's side --------------------------------------------------------------------------------------------------
async def invite(ctx: Context, actor: Actor, action: Action) -> None:
    """An invitation to pass on, in words and as a picture: the one that there is, or (":new") another instead of it."""
    number, _, new = action.arg.partition(":")
    row = await ctx.work.rows.lookup(int(number))
    if row is None or row.group_id != actor.group.id or row.register != REGISTER or row.state == "removed":
        ctx.toast("no_row", alert=True)
        return
    wanted = invitations.make if new else invitations.given_or_made
    link = await wanted(ctx, actor.group, PURPOSE, str(row.id))
    await open_items.given_away(ctx, actor.group, actor.member, PURPOSE, str(row.id))
    facts = {"name": row.values["name"], "url": link.url, "until": link.until, "taken": link.taken}
    if waits(row) and not new:  # a person reminds, in words that are ready to be sent
        facts |= _facts(actor.group, row, await event_of(ctx, actor.group))
        await ctx.tell(actor, "guest.remind", facts)
        await _keep(ctx, actor.group, row, actor.member.id, invited="reminded")
        return
    keys = [[ctx.key("outside.new", "invite", action.run, f"{row.id}:new")]]
    await ctx.tell(actor, "guest.link", facts, keys)
    caption = ctx.services.voice.label("guest.caption", {"name": row.values["name"]})
    await invitations.show_code(ctx, actor.person, actor.group, link.url, caption)
    if row.values.get("invited") == "not_yet":
        await _keep(ctx, actor.group, row, actor.member.id, invited="invited")


async def ask_all(ctx: Context, actor: Actor, _action: Action) -> None:
    """The coordinator lets the request come to every guest who has opened the invitation and not said no."""
    asked = 0
    for member in await ctx.work.members.of_group(actor.group.id, roles=("guest", "network")):
        row = await row_of(ctx, actor.group, member)
        person = await ctx.work.people.get(member.person_id)
        if row is None or row.values.get("coming") == "no" or person.reach != "reachable":
            continue
        if any(name not in row.values for name in REQUEST):
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
        await ctx.to_person(person.id, "guest.yours", {"name": row.values["name"]}, about=group.id)
        return
    await ctx.work.links.update(link.id, person_id=person.id)
    member = member or await ctx.work.members.add(group.id, person.id, "guest")
    if member.role != "network" or member.state == "left":
        member = await ctx.work.members.update(member.id, role="guest", state="invited", left_at=None)
    member = await ctx.work.members.update(member.id, profile={**member.profile, "guest": row.id})
    await greet(ctx, group, member, row)


async def greet(ctx: Context, group: Group, member: Member, row: Row) -> None:
    """What a guest is asked now: whether they come or, from the day of the event on, what they say to the request."""
    event = await event_of(ctx, group)
    if event.get("date") and event["date"] <= ctx.today.isoformat() and any(name not in row.values for name in REQUEST):
        await _ask(ctx, group, member, row)
        return
    facts, keys = _facts(group, row, event), _answers(ctx, group, "coming")
    await ctx.to_person(member.person_id, "guest.invitation", facts, keys, about=group.id)


async def answer(ctx: Context, actor: Actor, action: Action) -> None:
    """A guest answers whether they come, or one of the three things asked before they go."""
    question, _, said = action.arg.partition(":")
    row = await row_of(ctx, actor.group, actor.member)
    if row is None or question not in ("coming", *REQUEST) or said not in ANSWERS:
        ctx.toast("old_button")
        return
    row = await _keep(ctx, actor.group, row, None, **{question: said})
    await open_items.reconcile(ctx, actor.group, f"{PURPOSE}:{row.id}", {})
    if question == "coming":
        keys = [
            [ctx.key("guest.change", "guest", actor.group.id)],
            [ctx.key("guest.leaving", "leaving", actor.group.id)],
        ]
        facts = _facts(actor.group, row, await event_of(ctx, actor.group)) | {"said": said}
        await ctx.reply(actor, "guest.coming", facts, keys if said != "no" else keys[:1])
        return
    following = next((name for name in REQUEST if name not in row.values), None)
    if following:
        await _ask(ctx, actor.group, actor.member, row, edit=ctx.tapped)
        return
    joins, by_poster = row.values["join"] == "yes" and actor.member.state != "active", BY_POSTER in actor.member.profile
    facts = {"town": actor.group.title, "joins": row.values["join"] == "yes", "waits": joins and by_poster}
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
    facts = _facts(actor.group, row, await event_of(ctx, actor.group))
    keys = _answers(ctx, actor.group, "coming")
    await ctx.reply(actor, "guest.invitation", facts, keys)


async def leaving(ctx: Context, actor: Actor, _action: Action) -> None:
    """The guest is about to go and answers the request."""
    row = await row_of(ctx, actor.group, actor.member)
    if row is None or all(name in row.values for name in REQUEST):
        ctx.toast("guest_answered", alert=True)
        return
    await _ask(ctx, actor.group, actor.member, row)


async def _ask(ctx: Context, group: Group, member: Member, row: Row, *, edit: int | None = None) -> None:
    """The first part of the request that is not answered."""
    question = next(name for name in REQUEST if name not in row.values)
    facts = _facts(group, row, await event_of(ctx, group)) | {"question": question}
    keys = _answers(ctx, group, question)
    await ctx.to_person(member.person_id, "guest.request", facts, keys, about=group.id, edit=edit)


def _answers(ctx: Context, group: Group, question: str) -> list[list[Any]]:
    return [[ctx.key(f"guest.{said}", "rsvp", group.id, f"{question}:{said}") for said in ANSWERS]]


async def welcome(ctx: Context, group: Group, member: Member, row: Row) -> None:
    """Yes to the network: a seat with the guest's name, and the promise that everybody gives."""
    scene = await runner.scene_of(ctx, group, ctx.services.process.exercises[REGISTER])
    where = scene.rows.get((row.values.get("organisation") or {}).get("id", 0))
    organisation = await ctx.work.members.add_organisation(group.id, where.title) if where else None
    member = await ctx.work.members.update(
        member.id,
        role="network",
        name=str(row.values["name"])[:60],
        organisation_id=organisation.id if organisation else None,
    )
    await ctx.work.people.update(member.person_id, current_group=group.id)
    await joining.show_agreement(ctx, group, member)


async def _ask_to_admit(ctx: Context, group: Group, member: Member, row: Row) -> None:
    """The coordinators are told who wants to be in the network; one of them lets them in."""
    facts = {"name": row.values["name"], "town": group.title}
    keys = [[ctx.key("guest.admit", "admit", group.id, str(member.id))]]
    for coordinator in await open_items.coordinators(ctx, group):
        await ctx.to_person(coordinator.person_id, "guest.wants_in", facts, keys, about=group.id)


# -- what is known -----------------------------------------------------------------------------------------------------
async def row_of(ctx: Context, group: Group, member: Member) -> Row | None:
    """The row of the register that is about this guest."""
    row = await ctx.work.rows.lookup(member.profile.get("guest", 0))
    return row if row and row.group_id == group.id and row.state != "removed" else None


async def _keep(ctx: Context, group: Group, row: Row, author: int | None, **said: str) -> Row:
    row = await ctx.work.rows.change(row.id, None, author, values={**row.values, **said})
    await refreshed(ctx, group)
    return row


async def refreshed(ctx: Context, group: Group) -> None:
    """The register's card tells of it."""
    for record in await ctx.work.runs.of_exercise(group.id, REGISTER):
        if record.phase == Phase.OPEN:
            await runner.refresh_card(ctx, group, record)


async def event_of(ctx: Context, group: Group) -> dict[str, Any]:
    """What the group has written about the event, of which guests are told the day, the place and what comes next."""
    record = await ctx.work.runs.latest(group.id, EVENT)
    return {a.question: a.value for a in await ctx.work.answers.of_owner(record.id, "g")} if record else {}


def _facts(group: Group, row: Row, event: Mapping[str, Any]) -> dict[str, Any]:
    when = {name: date.fromisoformat(event[name]) if event.get(name) else None for name in ("date", "next_date")}
    return {
        "town": group.title,
        "name": row.values["name"],
        "place": event.get("place"),
        "request": event.get("request"),
        **when,
    }


ROUTES: Routes = (
    Invitation(PURPOSE, follow),
    *buttons(Role.MEMBER, About.RUN, invite=invite),
    *buttons(Role.COORDINATOR, About.RUN, askguests=ask_all),
    *buttons(Role.INVITED, About.GROUP, rsvp=answer, guest=again, leaving=leaving),
)
