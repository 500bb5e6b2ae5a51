"""Joining: a person comes to the bot, and into a group.

Each member follows the group's link to the private chat; Telegram is asked whether they really are in the group; they
read the notice, accept the promise, and answer the joining questions.
"""

from dataclasses import replace
from datetime import timedelta

from bot.channel.outcomes import Membership
from bot.channel.updates import Sender
from bot.context.context import Actor, Context
from bot.context.events import ProfileGiven, PromisedAgain
from bot.context.message import Key
from bot.context.permissions import About, Rank, asked_anew
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.help import town_facts
from bot.features.home import start_page
from bot.features.members import bot_permissions
from bot.features.network import memberships
from bot.reminders import open_items
from bot.reminders.kinds import PENDING
from bot.views.shared_buttons import our_chat_key
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field
from flows.run.events import Entry, Filled, Joined, Opened
from flows.run.state import Seat
from storage.json_records import JsonObject
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Group, Member, Person, SeatState, private_chat

OVER = "over"  # in a profile: whose seat is being taken over
TO_CORE = "to_core"  # in a profile: somebody of the network is in the core group's chat and about to join it
FROM_NETWORK = "from_network"  # in a profile: somebody of the core group had a seat in the network before
MOST_UNPROVEN = 50
SLOT = "agreement"  # of the message that shows the promise
COME_IN_WITHIN = timedelta(days=7)


async def follow_join(ctx: Context, person: Person, action: Action, sender: Sender) -> None:
    """Follow a group's join link."""
    group = await ctx.work.groups.get(action.run)
    if group.state != "active" or group.settings.link != action.ask:
        await memberships.refuse(ctx, person, "start.old_link", group)
        return
    member = await ctx.work.members.find(group.id, sender.user_id)
    if member and member.state == "active" and member.role == "core":
        await start_page.show_home(ctx, Actor(person, group, member))
        return
    if member and asked_anew(member):
        await show_agreement(ctx, group, member)
        return
    reply = AnswerNote(Purpose.MEMBER, group=group.id, person=person.id, name=sender.name)
    # The question is queued in the person's own chat, as a busy group's queue is long and, by Telegram's limits, slow.
    await ctx.ask_member(private_chat(person.id), sender.user_id, reply, about=group.id)


async def membership_checked(
    ctx: Context, group: Group, found: Membership | None, person_id: int, name: str, over: int | None = None
) -> None:
    """Go on with joining once Telegram has said whether the person is in the group; None if it would not, as for hidden
    members. `over`: whose seat they take over."""
    known = next((m for m in await ctx.work.members.of_person(person_id) if m.group_id == group.id), None)
    core = known is not None and known.state != "left" and known.role == "core"
    if found is None and not core:
        await _to_be_proven(ctx, group, person_id, name, over)
        return
    if found is not None and not found.inside:
        keys = await memberships.way_back(ctx, await ctx.work.people.get(person_id))
        await ctx.to_person(person_id, "start.not_in_group", {"town": group.title}, keys)
        return
    if known is not None and known.role == "network" and known.state == "active":
        await _rise(ctx, group, known, over)
        return
    member = await ctx.work.members.add(group.id, person_id, "core")
    if not core:  # is new, has left, or was a guest or in the network
        member = await ctx.work.members.update(
            member.id, role="core", state=SeatState.INVITED, left_at=None, agreed_version=None, agreed_at=None
        )
    if not member.name:
        member = await ctx.work.members.update(member.id, name=name)
    if over is not None:
        member = await ctx.work.members.update(member.id, profile={**member.profile, OVER: over})
    await ctx.work.people.update(person_id, current_group=group.id)
    await await_promise(ctx, group, member)
    await show_agreement(ctx, group, member)


async def _rise(ctx: Context, group: Group, member: Member, over: int | None) -> None:
    """Ask somebody of the network, who is in the core group's chat now, the joining questions.

    The promise holds, and so does the seat in the network until the questions are answered.
    """
    profile = {**member.profile, TO_CORE: True} | ({OVER: over} if over is not None else {})
    member = await ctx.work.members.update(member.id, profile=profile)
    await ctx.work.people.update(member.person_id, current_group=group.id)
    await await_promise(ctx, group, member)
    await ctx.to_member(member, "enter.from_network", {"town": group.title})
    await ask_profile(ctx, group, member)


async def colleague(ctx: Context, group: Group, person: Person, name: str, before: Member) -> None:
    """Give a colleague a seat of the organisation's in the network; they must make the promise themselves."""
    member = await ctx.work.members.add(group.id, person.id, before.role)
    member = await ctx.work.members.update(
        member.id,
        role=before.role,
        state=SeatState.INVITED,
        name=name[:60],
        organisation_id=before.organisation_id,
        profile={**member.profile, OVER: before.id},
        agreed_version=None,
        agreed_at=None,
        left_at=None,
    )
    await ctx.work.people.update(person.id, current_group=group.id)
    await await_promise(ctx, group, member)
    await show_agreement(ctx, group, member)


async def _to_be_proven(ctx: Context, group: Group, person_id: int, name: str, over: int | None) -> None:
    """Ask the person to write a command in the group's chat, which proves that they are in it."""
    unproven = {**group.settings.chat.unproven, person_id: over}
    newest = dict(list(unproven.items())[-MOST_UNPROVEN:])
    group = await ctx.work.groups.settle(group, replace(group.settings.chat, unproven=newest))
    await ctx.to_person(person_id, "start.unproven", {"town": group.title})
    await bot_permissions.tell_coordinators(ctx, group, "unproven", {"town": group.title, "name": name})


async def proven(ctx: Context, group: Group, sender: Sender) -> bool:
    """True if a message in the group's chat proves that its sender is in the group, which Telegram would not say."""
    person = await ctx.work.people.by_user(sender.user_id) if group.settings.chat.unproven else None
    unproven = dict(group.settings.chat.unproven)
    if person is None or person.id not in unproven:
        return False
    over = unproven.pop(person.id)
    group = await ctx.work.groups.settle(group, replace(group.settings.chat, unproven=unproven))
    await membership_checked(ctx, group, Membership(inside=True, admin=False), person.id, sender.name, over)
    await ctx.to_group(group, "group.proven", {"name": sender.name}, [[our_chat_key(ctx, group)]])
    return True


async def await_promise(ctx: Context, group: Group, member: Member) -> None:
    """Remind a person who is joining, until they have joined or said no."""
    await open_items.reconcile(ctx, group, ref_of(member), {(PENDING, member.id): ctx.today + COME_IN_WITHIN})


def ref_of(member: Member) -> str:
    """Return the reference of the open item of a person who is joining."""
    return f"joining:{member.id}"


async def enter(ctx: Context, actor: Actor, _action: Action) -> None:
    """Go on with joining where the person was: the promise, or the questions."""
    if asked_anew(actor.member):
        await show_agreement(ctx, actor.group, actor.member)
    elif TO_CORE in actor.member.profile:
        await ask_profile(ctx, actor.group, actor.member)
    elif actor.member.state == "active" or actor.member.role not in ("core", "network"):
        ctx.toast("old_button")
    elif actor.member.agreed_at is None:
        await show_agreement(ctx, actor.group, actor.member)
    else:
        await ask_profile(ctx, actor.group, actor.member)


async def _taken_over(ctx: Context, member: Member) -> Member | None:
    """Return whose seat somebody who is about to join takes over; None for a seat of their own."""
    over = member.profile.get(OVER)
    return await ctx.work.members.get(over) if over is not None else None


async def show_agreement(ctx: Context, group: Group, member: Member, *, edit: int | None = None) -> None:
    """Show what is stored and what members promise each other, with a button to accept, or the day of acceptance."""
    words, town = ctx.services.voice.book("agreement"), await town_facts.known(ctx, group)
    before = await _taken_over(ctx, member)
    of = await ctx.work.members.organisation(before.organisation_id) if before and before.organisation_id else None
    facts = {
        "town": group.title,
        "role": member.role,
        "name": member.name,
        "before": before.name if before else None,
        "organisation": of.name if of else None,
        "controller": town.get(Field.CONTROLLER),
        "officer": town.get(Field.OFFICER),
        "notice": words["notice.text"],
        "notice_more": words["notice.more"],
        "agreement_title": words["agreement.title"],
        "agreement": words["agreement.text"],
        "renewed": member.agreed_version is not None and member.agreed_version != ctx.services.agreement,
        "news": words.get("agreement.news"),
        "accepted": member.agreed_at.astimezone(ctx.services.zone).date() if member.agreed_at else None,
    }
    keys = [
        [Key(words["agreement.accept"], Action("agree", group.id))],
        [ctx.key("decline", "decline", group.id)],
    ]
    await ctx.to_member(
        member,
        "enter.agreement",
        facts,
        () if member.agreed_at else keys,
        edit=edit,
        slot=SLOT,
    )


async def agree(ctx: Context, actor: Actor, _action: Action) -> None:
    """Accept the promise: its version and time are kept, the text stays, and the joining questions follow."""
    demand(actor.member.agreed_at is None and actor.member.role in ("core", "network"))  # tapped twice; guests
    again, version = asked_anew(actor.member), ctx.services.agreement
    member = await ctx.work.members.update(actor.member.id, agreed_version=version, agreed_at=ctx.now)
    await show_agreement(ctx, actor.group, member, edit=ctx.tapped)
    ctx.tapped = None  # what follows is a message of its own
    if again:
        await open_items.reconcile(ctx, actor.group, ref_of(member), {})
        ctx.events.append(PromisedAgain(actor.group.id, member.id))
        return
    if member.role == "network":  # name and organisation came with the invitation
        answers: JsonObject = {joining(ctx).field(Field.NAME).id: member.name}
        if member.organisation_id:
            answers[joining(ctx).field(Field.ORGANISATION).id] = {"id": member.organisation_id}
        ctx.events.append(ProfileGiven(actor.group.id, member.id, answers))
        return
    await ask_profile(ctx, actor.group, member)


def joining(ctx: Context) -> Exercise:
    """Return the exercise with the joining questions."""
    return ctx.services.process.with_role(ExerciseRole.JOINING)


async def ask_profile(ctx: Context, group: Group, member: Member) -> None:
    """Ask (or show, to be changed) the joining questions.

    Name and organisation may have come with an invitation; who takes over a seat has the name that the channel gives,
    and the seat's organisation.
    """
    record = (await ctx.work.runs.of_exercise(group.id, joining(ctx).id))[-1]
    run = await runner.apply(ctx, group, record, Joined(Seat(member.id, member.organisation_id)), by=member)
    before = await _taken_over(ctx, member)
    if (before or member.state == "active") and not run.sheet(member.id).answered:
        known = {joining(ctx).field(Field.NAME).id: Entry(text=member.name, as_is=True)}
        if organisation := (before or member).organisation_id:
            known[joining(ctx).field(Field.ORGANISATION).id] = Entry((str(organisation),))
        filled = Filled(member.id, known, ctx.today, ctx.dates)
        await runner.apply(ctx, group, await ctx.work.runs.get(record.id), filled, by=member)
    record = await ctx.work.runs.get(record.id)
    await runner.apply(ctx, group, record, Opened(member.id, introduced=True), by=member)


async def show_profile(ctx: Context, actor: Actor, _arguments: str) -> None:
    """Show the joining questions again, to change an answer."""
    await ask_profile(ctx, actor.group, actor.member)


ROUTES: Routes = buttons(Rank.INVITED, About.GROUP, enter=enter, agree=agree)
