"""Admission of people whom Telegram does not know to be in the group: a personal link, and a coordinator's yes.

Until that yes they see nothing of the town. All coordinators are asked; the first answer counts.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.ballots import admissions
from bot.ballots.box import voter
from bot.channel.outcomes import Membership
from bot.channel.updates import Sender
from bot.context import invitations
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Invitation, Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.members import bot_permissions, membership, missing
from bot.features.members.joining import membership_checked
from bot.views.shared_buttons import copy_key
from flows.ballots import ELSEWHERE, Phase, Voter
from storage.records.links import Link
from storage.records.records import Group, Member, Person, group_chat

PURPOSE: Final = "seat"
SUCCESSION: Final = "handover"  # of a link that lets a colleague take over a seat
LET_IN: Final = "in"
KEPT_OUT: Final = "out"
NAME: Final = 60  # characters
FIRST_EVENING: Final = timedelta(hours=6)  # of a town, in which nobody can tell its coordinator a code


async def show_link(ctx: Context, actor: Actor, _action: Action | str = "") -> None:
    """Show a link that lets one person ask to join, with words to pass on."""
    number = ctx.work.links.reserve()
    link = await invitations.make(ctx, actor.group, PURPOSE, str(number))
    facts = {"town": actor.group.title, "url": link.url, "until": link.until}
    keys = [[copy_key(ctx, link.url)], [ctx.key("admission.another", "seatlink", actor.group.id)]]
    await ctx.tell(actor, "admission.link", facts, keys)


async def follow(ctx: Context, person: Person, link: Link, sender: Sender) -> None:
    """Ask the coordinators about somebody who has followed such a link, which is spent."""
    assert link.group_id is not None
    group = await ctx.work.groups.get(link.group_id)
    member = await ctx.work.members.find(group.id, person.user_id)
    if member is not None and member.state == "active" and member.role == "core":
        await ctx.to_person(person.id, "admission.inside", {"town": group.title}, about=group.id)
        return
    await ctx.work.links.use(link.id)
    await ask(ctx, group, person, sender.name)


async def ask(ctx: Context, group: Group, person: Person, name: str, over: Member | None = None) -> None:
    """Ask the coordinators about somebody who wants to come in. `over`: whose seat they take over."""
    name = name.strip()[:NAME]
    if admissions.is_in(await admissions.ask(ctx, group, person.id, name)):
        await _go_on(ctx, group, person.id, name, over)
        return
    await ctx.to_person(person.id, "admission.asked")
    keys = _keys(ctx, group, person.id)
    await bot_permissions.tell_coordinators(ctx, group, "admission.wish", _facts(name, group, over), keys)


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the request again, from the list of what waits."""
    name, over = await _open(ctx, actor, action)
    if name is not None:
        keys = _keys(ctx, actor.group, int(action.arg))
        await ctx.reply(actor, "admission.wish", _facts(name, actor.group, over), keys)


def _keys(ctx: Context, group: Group, person: int) -> list[list[Key]]:
    return [
        [ctx.key("admission.yes", "letin", group.id, str(person))],
        [ctx.key("admission.no", "keepout", group.id, str(person))],
    ]


async def _go_on(ctx: Context, group: Group, person: int, name: str, over: Member | None) -> None:
    """Show the promise to somebody who has been let in."""
    inside = Membership(inside=True, admin=False)
    await membership_checked(ctx, group, inside, person, name, over.id if over is not None else None)


def _facts(name: str, group: Group, over: Member | None, answer: str | None = None) -> Mapping[str, str | None]:
    before = over.name if over is not None else None
    return {"name": name, "town": group.title, "before": before, "answer": answer}


async def let_in(ctx: Context, actor: Actor, action: Action) -> None:
    """Let the person in, whom a coordinator knows: on to the promise and the joining questions."""
    name, over = await _open(ctx, actor, action)
    if name is not None:
        await ctx.reply(actor, "admission.wish", _facts(name, actor.group, over, LET_IN))
        await admit(ctx, actor.group, int(action.arg), name, over, voter(actor.member.id))


async def admit(ctx: Context, group: Group, person: int, name: str, over: Member | None, by: Voter = ELSEWHERE) -> None:
    """Let a person in, as somebody (`by`) has said that they know them. `over`: whose seat they take over.

    Raises NotProved: at a browser that was left open somebody else could let in a puppet. Not for new
    people on a town's first evening, when there is nothing to read, and nobody else to ask for a code.
    """
    if over is not None or ctx.now - group.created_at > FIRST_EVENING:
        ctx.prove()
    await admissions.answer(ctx, group, person, name, by=by)
    await ctx.work.chat_copies.keep_chat(group_chat(group.id))
    await _go_on(ctx, group, person, name, over)


async def keep_out(ctx: Context, actor: Actor, action: Action) -> None:
    """Refuse the person, whom the coordinator does not know; they are told nothing of the town."""
    name, over = await _open(ctx, actor, action)
    if name is not None:
        me = voter(actor.member.id)
        await admissions.answer(ctx, actor.group, int(action.arg), name, by=me, yes=False)
        await ctx.reply(actor, "admission.wish", _facts(name, actor.group, over, KEPT_OUT))
        await ctx.to_person(int(action.arg), "admission.refused")


async def ask_again(ctx: Context, group: Group) -> None:
    """Ask once a quarter whether the people let in are still in the group: a coordinator, or else any other member."""
    members = {m.person_id: m for m in await ctx.work.members.of_group(group.id) if m.state == "active"}
    for person, asked in (await admissions.of_group(ctx.work, group.id)).items():
        member = members.get(person)
        if member is None or not admissions.is_in(asked) or admissions.is_fresh(asked, ctx.today):
            continue
        keys = [
            [ctx.key("admission.still", "stillin", group.id, f"{member.person_id}:yes", name=member.name)],
            [ctx.key("admission.gone", "stillin", group.id, f"{member.person_id}:no")],
        ]
        for other in await _who_knows(ctx, group, member):
            await ctx.to_member(other, "admission.again", _again(member.name, group), keys)


async def _who_knows(ctx: Context, group: Group, member: Member) -> list[Member]:
    """Return the other coordinators, or else the others of the core group: nobody answers for themselves."""
    others = [one for one in await ctx.work.members.active(group.id) if one.id != member.id]
    return [one for one in others if one.coordinator] or others


def _again(name: str, group: Group, answer: str | None = None) -> Mapping[str, str | None]:
    return {"name": name, "town": group.title, "answer": answer}


async def still_in(ctx: Context, actor: Actor, action: Action) -> None:
    """Take another member's answer: still in the group, or left, which ends the seat; whoever coordinates and is there
    is asked themselves. Nobody answers for themselves."""
    person_id, _, said = action.arg.partition(":")
    group, asked = actor.group, required(await admissions.of(ctx.work, actor.group.id, int(person_id)))
    person = required(await ctx.work.people.lookup(int(person_id)))
    member = required(await ctx.work.members.find(group.id, person.user_id))
    demand(member.id != actor.member.id and member.state == "active")
    if admissions.is_fresh(asked, ctx.today):
        ctx.toast("admission_answered", alert=True)
        await ctx.reply(actor, "admission.again", _again(member.name, group, "yes"))
        return
    demand(actor.member.coordinator or member.coordinator)
    yes = said == "yes"
    if not yes:
        ctx.prove()
        if await missing.keeps_seat(ctx, group, member):
            keys = [[ctx.key("rights.leave", "leavenet", group.id, role=member.role)]]
            await ctx.to_member(member, "admission.gone_you", {"name": actor.member.name, "town": group.title}, keys)
            await ctx.reply(actor, "admission.again", _again(member.name, group, "asked"))
            return
    await admissions.answer(ctx, group, int(person_id), member.name, by=voter(actor.member.id), yes=yes)
    if not yes:
        await membership.leave(ctx, group, member)
    await ctx.reply(actor, "admission.again", _again(member.name, group, said))


async def _open(ctx: Context, actor: Actor, action: Action) -> tuple[str | None, Member | None]:
    """Return who asks to come in, by name, if nobody has answered yet, and whose seat they take over."""
    asked = await admissions.of(ctx.work, actor.group.id, int(action.arg))
    if asked is None or asked.phase is not Phase.OPEN:
        ctx.toast("admission_answered", alert=True)
        if asked is not None:
            answer = LET_IN if admissions.is_in(asked) else KEPT_OUT
            await ctx.reply(actor, "admission.wish", _facts(asked.text, actor.group, None, answer))
        return None, None
    links = await ctx.work.links.of_group(actor.group.id, SUCCESSION)
    seats = [int(link.ref) for link in links if link.person_id == int(action.arg) and link.ref is not None]
    return asked.text, await ctx.work.members.get(seats[0]) if seats else None


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.GROUP, seatlink=show_link, knocks=show, letin=let_in, keepout=keep_out),
    *buttons(Rank.MEMBER, About.GROUP, stillin=still_in),
    Invitation(PURPOSE, follow),
)
