"""Handing a seat over to a colleague: what is the organisation's and the group's goes along, personal things do not.

Answers that were handed in keep the name of their author. Answers for oneself alone, and those never handed in, are
seen by nobody else.
"""

from datetime import timedelta
from typing import Final

from bot.channel.updates import Sender
from bot.context import invitations
from bot.context.context import Actor, Context
from bot.context.events import CoordinatorsChanged, SeatLeft, TookOver
from bot.context.invitations import GivenLink
from bot.context.message import Key, when
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand, required
from bot.context.routes import Invitation, Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.incidents import incident_readers
from bot.features.members import activation, admission, bot_permissions, joining, membership, missing, substitutes
from bot.features.network import memberships
from bot.reminders import open_items
from bot.reminders.next_message import hearing, hears, spoken
from bot.reminders.run_deadlines import schedule_row
from bot.views.names import cut
from bot.views.shared_buttons import copy_key, told_apart
from flows.fields import PersonField
from messages.voice import TemplateFacts
from storage.records.links import Link
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Group, Member, Person, Row, is_own_number, private_chat

PURPOSE: Final = admission.SUCCESSION
NETWORK: Final = "network"
SEATS: Final = ("core", NETWORK)
VACANT: Final = timedelta(days=365)  # so long a colleague can take over after somebody who has left
SUCCEEDED: Final = "succeeded"  # in a profile: a colleague has taken over the seat
TASKS: Final = 5  # buttons


async def choose(ctx: Context, actor: Actor, _action: Action) -> None:
    """Ask whose seat is to be handed over."""
    members, vacated = await _given(ctx, actor), await _vacated(ctx, actor.group)
    labels = await told_apart(ctx, [*members, *vacated])
    labels |= {m.id: ctx.services.voice.label("has_left", {"name": labels[m.id]}) for m in vacated}
    keys = [[Key(labels[m.id], Action("swapped", actor.group.id, 0, str(m.id)))] for m in (*vacated, *members)]
    await ctx.reply(actor, "handover.choose", {"page": bool(ctx.services.page_url)}, keys)


async def _given(ctx: Context, actor: Actor) -> list[Member]:
    """Return those whose seat this member can give away: not that of somebody else who coordinates and is there."""
    there = await ctx.work.members.active(actor.group.id, roles=SEATS)
    return [m for m in there if m.id == actor.member.id or not await missing.keeps_seat(ctx, actor.group, m)]


async def _vacated(ctx: Context, group: Group) -> list[Member]:
    """Return those who have left in the last year, whose seat nobody has taken over."""
    every = await ctx.work.members.of_group(group.id, include_left=True, roles=SEATS)
    return [m for m in every if m.state == "left" and m.name and SUCCEEDED not in m.profile and _lately(ctx, m)]


def _lately(ctx: Context, member: Member) -> bool:
    return member.left_at is not None and ctx.now - member.left_at < VACANT


async def give(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the link for the colleague; with ":new" another one instead of it."""
    number, _, new = action.arg.partition(":")
    member = required(await ctx.work.members.lookup(int(number)), "unfit.no_seat")
    demand(member in [*await _given(ctx, actor), *await _vacated(ctx, actor.group)], "unfit.keeps_seat")
    await _link(ctx, actor, member, "swapped", f"{member.id}:new", new=bool(new))


async def give_own(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the same for one's own seat in the network, which needs no coordinator; the core group is told who comes."""
    demand(actor.member.role == NETWORK, "coordinators_only", {"names": []}, alert=True)
    ctx.prove()  # whoever opens the link is in, without another's yes
    await _link(ctx, actor, actor.member, "myseat", "new", new=action.arg == "new")


async def _link(ctx: Context, actor: Actor, member: Member, verb: str, again: str, *, new: bool) -> None:
    before = None if new else await invitations.given(ctx, actor.group, PURPOSE, str(member.id))
    link = before or await invitations.make(ctx, actor.group, PURPOSE, str(member.id))
    await open_items.given_away(ctx, actor.group, actor.member, PURPOSE, str(member.id))
    own, out = member.id == actor.member.id, member.role != NETWORK and await memberships.signed_out(ctx, member)
    if not (before or own or out) and member.state == "active":
        stop = ctx.key("handover_stop", "keepseat", actor.group.id)
        await ctx.to_member(
            member, "handover.passing", {"name": actor.member.name, "town": actor.group.title}, [[stop]]
        )
    facts = {**_facts(ctx, actor.group, member, link), "own": own, "signed_out": out}
    keys = [[copy_key(ctx, link.url)], [ctx.key("outside.new", verb, actor.group.id, again)]]
    await ctx.reply(actor, "handover.link", facts, keys)


async def keep(ctx: Context, actor: Actor, _action: Action) -> None:
    """Stop a colleague's link for one's own seat; those who coordinate are told."""
    if await invitations.valid(ctx, actor.group, PURPOSE, str(actor.member.id)) is None:
        ctx.toast("stand_in_over")
        return
    await ctx.work.links.revoke(actor.group.id, PURPOSE, str(actor.member.id))
    facts = {"name": actor.member.name, "town": actor.group.title}
    await ctx.reply(actor, "handover.kept", {**facts, "own": True})
    told = {**facts, "own": False}
    await bot_permissions.tell_coordinators(ctx, actor.group, "handover.kept", told, but=actor.person.id)


def _facts(ctx: Context, group: Group, member: Member, link: GivenLink) -> TemplateFacts:
    facts = {"name": member.name, "url": link.url, "until": link.until, "network": member.role == NETWORK}
    chat, page = not is_own_number(group.chat_id), bool(ctx.services.page_url)
    return {**facts, "chat": chat, "page": page, "own": False, "signed_out": False, "returns": False}


async def way_back(ctx: Context, person: Person, code: str) -> None:
    """Take the operator's code, by which one of the core group lets those back in who coordinate.

    They are all signed out of the page. Whoever has the code stands in for them, and gets the links by which they take
    over their own seats.
    """
    buttons, used = ctx.services.buttons, await ctx.work.links.find(code) is not None
    for group, member in await memberships.of(ctx, person) if not used else ():
        own = await substitutes.responsible(ctx, group)
        verdict = await activation.look(ctx.work, buttons, code, group.id, ctx.now, activation.WAY_BACK)
        out = own and all([await memberships.signed_out(ctx, one) for one in own])
        if verdict is not activation.CodeVerdict.ACCEPTED or not out:
            continue
        await activation.spend(ctx.work, buttons, code, group.id, ctx.now, activation.WAY_BACK)
        if not group.settings.standing.stand_ins:
            await substitutes.stand_in(ctx, group, member, own)
        for one in own:
            link = await invitations.make(ctx, group, PURPOSE, str(one.id))
            keys, facts = [[copy_key(ctx, link.url)]], {**_facts(ctx, group, one, link), "returns": True}
            await ctx.to_person(person.id, "handover.link", facts, keys, about=group.id)
        return
    await ctx.to_person(person.id, "handover.code_in_vain", keys=await memberships.way_back(ctx, person))


async def left_alone(ctx: Context, code: str, town: str, name: str) -> tuple[Group, Member] | None:
    """Return the town's core group and the seat of this name, if the operator's code is good and nobody is in."""
    good = activation.CodeVerdict.ACCEPTED
    if await activation.look(ctx.work, ctx.services.buttons, code, None, ctx.now, activation.WAY_BACK) is not good:
        return None
    for group in await ctx.work.groups.all_active():
        core = await ctx.work.members.active(group.id)
        named = [one for one in core if one.name.casefold() == name.casefold()]
        if (
            group.title.casefold() == town.casefold()
            and named
            and all([await memberships.signed_out(ctx, one) for one in core])
        ):
            return group, max(named, key=lambda one: rank_of(one, group))
    return None


async def come_back(ctx: Context, person: Person, code: str, group: Group, before: Member) -> None:
    """Let the person take over that seat, for which the operator vouches; the code is spent."""
    await activation.spend(ctx.work, ctx.services.buttons, code, group.id, ctx.now, activation.WAY_BACK)
    await admission.admit(ctx, group, person.id, before.name, before)


async def follow(ctx: Context, person: Person, link: Link, sender: Sender) -> None:
    """Follow the link; for a seat in the core group Telegram is asked whether the colleague is in its chat, or those
    who coordinate whether they know somebody on the page."""
    assert link.group_id is not None
    assert link.ref is not None
    group, before = await ctx.work.groups.get(link.group_id), await ctx.work.members.lookup(int(link.ref))
    if group.state != "active" or before is None or (before.state == "left" and not _lately(ctx, before)):
        await ctx.to_person(person.id, "link.expired")
        return
    member = await ctx.work.members.find(group.id, sender.user_id)
    if member is not None and member.state == "active" and member.role in ("core", before.role):
        chat = member.role == "core" and not is_own_number(sender.user_id)
        facts = {"name": before.name, "own": before.id == member.id, "chat": chat}
        await ctx.to_person(person.id, "handover.yours", facts, about=group.id)
        return
    if before.role == NETWORK:
        if link.person_id not in (None, person.id):
            await ctx.to_person(person.id, "link.others")
            return
        await ctx.work.links.update(link.id, person_id=person.id)
        await joining.colleague(ctx, group, person, sender.name, before)
        return
    if is_own_number(person.user_id):  # is in no chat; those who coordinate say who it is
        await ctx.work.links.update(link.id, person_id=person.id)
        await admission.ask(ctx, group, person, sender.name, before)
        return
    reply = AnswerNote(Purpose.MEMBER, group=group.id, person=person.id, name=sender.name, over=before.id)
    await ctx.ask_member(private_chat(person.id), sender.user_id, reply, about=group.id)


async def take_over(ctx: Context, group: Group, happened: TookOver) -> None:
    """Hand rows, tasks and the coordinator's role over to the colleague, who has joined, and end the old seat."""
    member, before = await ctx.work.members.get(happened.member), await ctx.work.members.get(happened.of)
    await ctx.work.links.revoke(group.id, PURPOSE, str(before.id))
    for row, named in await _rows_of(ctx, group, before):
        values = {**row.values, **{key: {"id": member.id} for key in named}}
        assignee = member.id if row.assignee == before.id else row.assignee
        await schedule_row(
            ctx, group, await ctx.work.rows.change(row.id, None, member.id, values=values, assignee=assignee)
        )
    if rank_of(before, group) >= Rank.RESPONSIBLE:  # a stand-in's role is not handed over
        await ctx.work.members.update(member.id, coordinator=True)
        ctx.events.append(CoordinatorsChanged(group.id))
    await ctx.work.members.update(before.id, profile={**before.profile, SUCCEEDED: True})
    facts: TemplateFacts = {"name": member.name, "before": before.name, "town": group.title}
    if before.state != "left":
        await membership.leave(ctx, group, await ctx.work.members.get(before.id), succeeded=True)
        # whoever is in the group's chat is there still, and only a person can take them out
        chat = before.role != NETWORK and not is_own_number((await ctx.work.people.get(before.person_id)).user_id)
        if await hears(ctx, before.person_id):
            await ctx.to_member(before, "handover.handed", {**facts, "chat": chat})
        for one in await open_items.coordinators(ctx, group) if chat else ():
            await ctx.to_member(one, "handover.still_there", facts)
    await ctx.to_group(group, "handover.done", facts)


async def left(ctx: Context, group: Group, happened: SeatLeft) -> None:
    """Tell whoever coordinates who has left and what was theirs, with ways to give it to somebody."""
    member = await ctx.work.members.get(happened.member)
    stays = joining.FROM_NETWORK in member.profile  # in the network, with their tasks
    tasks, keys = list[TemplateFacts](), list[list[Key]]()
    for id in () if stays else happened.tasks:
        row = await ctx.work.rows.get(id)
        present = await runner.present_of(ctx, group, ctx.services.process.exercises[row.register])
        run, title = await ctx.work.runs.latest(group.id, row.register), present.task_title(row)
        tasks.append({"title": cut(title, 60), "due": row.due})
        if run is not None and len(keys) < TASKS:
            keys.append([ctx.key("give_title", "give", run.id, str(row.id), title=cut(title, 40))])
    if member.name and not stays:
        keys.append([ctx.key("handover_of", "swapped", group.id, str(member.id), name=member.name)])
    of = await ctx.work.members.organisation(happened.organisation) if happened.organisation else None
    facts: TemplateFacts = {
        "name": member.name,
        "organisation": of.name if of else "",
        "town": group.title,
        "tasks": tasks,
        "stays": stays,
        "network": member.role == NETWORK,
        "reads": happened.reads,
        "substitute": happened.substitute,
    }
    reading = await incident_readers.able(ctx, group)
    keys.append(when(happened.reads, ctx.key("choose_readers", "readers", group.id)))
    keys.append(when(happened.substitute, ctx.key("substitute", "substitute", group.id)))
    for one in await hearing(ctx, await open_items.coordinators(ctx, group)):
        told = {**facts, **incident_readers.told_of(reading, one)}
        await ctx.to_member(one, "handover.left", told, keys)
        await spoken(ctx, one.person_id)


async def _rows_of(ctx: Context, group: Group, member: Member) -> list[tuple[Row, list[str]]]:
    """Return the open rows of this member: assigned to them, or with their name in these fields."""
    found = []
    for exercise in ctx.services.process.exercises.values():
        if exercise.register is None or exercise.private:
            continue
        # What they took part in (`tells`) is not theirs to hand over.
        people = [q.id for q in exercise.questions if isinstance(q.field, PersonField) and not q.field.tells]
        rows = await ctx.work.rows.all(group.id, exercise.id, state="open")
        for row in rows:
            named = [name for name in people if row.values.get(name) == {"id": member.id}]
            if named or row.assignee == member.id:
                found.append((row, named))
    return found


ROUTES: Routes = (
    Invitation(PURPOSE, follow),
    *buttons(Rank.RESPONSIBLE, About.GROUP, swap=choose, swapped=give),
    *buttons(Rank.NETWORK, About.GROUP, myseat=give_own, keepseat=keep),
)
