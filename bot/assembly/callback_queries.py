"""Callback queries (taps on buttons): opens the sealed action, finds its route, checks the role, calls the handler."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final, NoReturn

from bot.assembly import inbox
from bot.assembly.routing import BUTTONS
from bot.channel.updates import CallbackQuery, Chat, Sender
from bot.context import permissions
from bot.context.context import Actor, Context
from bot.context.events import ButtonMeant
from bot.context.message import CallbackAnswer, matter_of
from bot.context.permissions import About, May, Needed, Rank, meets, rank_of
from bot.context.refusals import Unmet, demand, refusals_told, required
from bot.context.routes import ButtonRoute, StrangerButtonRoute
from bot.context.sealed_actions import Action
from bot.features.incidents import report
from bot.features.members import membership, promise
from bot.features.network import memberships
from bot.features.registers import registers
from bot.logs import noted
from bot.reminders.open_items import coordinators
from storage.records.records import Group, Member, Person, Reach, private_chat
from storage.records.runs import Run

GO_ON = "open"  # the button that leads back into an exercise
# Buttons of features that are gone, still under old messages: the command that is now the way to what they were about.
GONE: Final[Mapping[str, str]] = {"turns": "deltagare", "noturn": "deltagare", "later_day": "svara", "tasks": "svara"}


async def tapped(ctx: Context, tap: CallbackQuery) -> None:
    """Handle a tap. It is always answered, so that the button stops spinning."""
    ctx.notices.append(CallbackAnswer(tap.query_id))
    if not tap.sender.known:
        return
    person = await ctx.work.people.by_user(tap.sender.user_id)
    group, action, epoch = None, None, None
    if not tap.chat.private:
        group = await ctx.work.groups.by_chat(tap.chat.id)
        action = ctx.services.buttons.open(f"g{group.id}", tap.data) if group else None
    elif person is not None:
        action, epoch = ctx.services.buttons.open_private(person, tap.data)
    if action is None:
        ctx.toast("old_button")
        return
    if tap.chat.private and person is not None:
        ctx.tapped = tap.message_id or None  # none: a button of the page, which is in no chat
        await _turn_aside(ctx, person)
        person = await membership.reach(ctx, person, Reach.REACHABLE)
    ctx.pressed = action
    with noted(verb=action.verb):
        await _act(ctx, person, action, tap, group, epoch)


async def meant(ctx: Context, happened: ButtonMeant) -> None:
    """Do what a button does that a person has written the words of; why not, they are told in a message."""
    person = await ctx.work.people.get(happened.person)
    tap = CallbackQuery(Chat(person.user_id, "private"), Sender(person.user_id, ""), "", happened.message, "")
    ctx.untold = ""
    await _act(ctx, person, happened.action, tap, None, None)
    if ctx.untold:
        await ctx.to_person(person.id, "notice", {"text": ctx.untold})


async def _turn_aside(ctx: Context, person: Person) -> None:
    """Put a prompt aside if a button under its message was tapped: its text may come, but is no longer expected.

    Whoever taps a button anywhere looks for nothing any more.
    """
    wanted = [one for one in await ctx.work.prompts.of(person.id) if one.context.want and not one.aside]
    if not wanted:
        return  # as mostly, so that which message it was need not be looked up
    for prompt in (one for one in wanted if one.context.want == registers.LOOKED_FOR):
        await ctx.work.prompts.turn_aside(person.id, prompt.matter)
    message = await ctx.work.outbox.by_message(private_chat(person.id), ctx.tapped or 0)
    if message is not None and message.context.want:
        await ctx.work.prompts.turn_aside(person.id, matter_of(message.context) or "")


async def _act(
    ctx: Context, person: Person | None, action: Action, tap: CallbackQuery, here: Group | None, epoch: int | None
) -> None:
    """Find what the action is about, check that this person (in a group perhaps a stranger) may do it, and do it.

    `epoch`: the person's epoch when a button in their private chat was given to them.
    """
    if action.verb == "answers" and not action.run and person is not None:  # about all of a person's groups
        await inbox.what_waits(ctx, person)
        return
    if now := GONE.get(action.verb):
        action = Action("town", action.run, 0, now)
    with refusals_told(ctx):
        route, group, record = await _found(ctx, person, action, here)
        member = await ctx.work.members.find(group.id, tap.sender.user_id)
        await _admit(ctx, _Seat(member, group, epoch, in_group=here is not None), route.needs, record)
        if isinstance(route, StrangerButtonRoute):
            await route.handler(ctx, group, tap.sender)
        elif member is not None and person is not None:
            actor = Actor(person, group, member, in_group=here is not None, message_id=tap.message_id)
            await _use(ctx, actor, route, action, record)


async def _found(
    ctx: Context, person: Person | None, action: Action, here: Group | None
) -> tuple[ButtonRoute | StrangerButtonRoute, Group, Run | None]:
    """Return the route of a button, and the group, and perhaps the run, that it is about. Raises Unmet."""
    route = BUTTONS.get(action.verb)
    if route is None:
        raise Unmet
    there, record = await _about(ctx, route, action, here)
    group = required(there)
    if not memberships.is_served(group, route.needs, action.verb):
        demand(person is None or group not in await memberships.shut(ctx, person), "out_of_group", alert=True)
        raise Unmet
    return route, group, record


@dataclass(frozen=True, slots=True)
class _Seat:
    """From which seat somebody taps; `epoch`: the person's, when a button in their private chat was given to them."""

    member: Member | None
    group: Group
    epoch: int | None
    in_group: bool


async def _admit(ctx: Context, seat: _Seat, needs: Needed, record: Run | None) -> None:
    """Let a button be used from this seat, or from none. Raises Unmet with why it may not be."""
    member, group = seat.member, seat.group
    may = permissions.may(needs, member, group)
    if may and (
        member is None or (record is not None and needs is Rank.FORMER)
    ):  # in a round, also after one's seat ended
        return
    if member is None:
        demand(seat.in_group, "old_seat", alert=True)  # had a seat, and has been erased
        await _refuse(ctx, _refusal(needs, rank_of(member, group)), group)
    if not may or not _is_open_to(ctx, record, member, group):
        if permissions.asked_anew(member):
            await promise.refuse(ctx, group, member)
            raise Unmet("promise", alert=True)
        rank = rank_of(member, group)
        await _refuse(ctx, _REFUSALS.get(rank, "not_yours") if may else _refusal(needs, rank), group)
    demand(seat.epoch is None or seat.epoch >= member.epoch, "old_seat", alert=True)  # of an earlier seat


async def _use(ctx: Context, actor: Actor, route: ButtonRoute, action: Action, record: Run | None) -> None:
    """Do what a button does for somebody who may."""
    ctx.prove_for(route.needs)
    if action.verb == GO_ON and not actor.in_group and await report.overhears(ctx, action.run):
        await report.begin(ctx, actor)  # help for people in need comes first there too
        return
    with noted(exercise=record.exercise, run_id=record.id) if record else nullcontext():
        await route.handler(ctx, actor, action)


async def _about(
    ctx: Context, route: ButtonRoute | StrangerButtonRoute, action: Action, here: Group | None
) -> tuple[Group | None, Run | None]:
    """Return the group, and perhaps the run, that an action is about; None for one of another group than the chat's."""
    record = None
    if route.about is About.GROUP or (route.about is About.EITHER and not action.run):
        group_id = action.run or action.ask
        group = await ctx.work.groups.lookup(group_id) if group_id else here
    else:
        record = await ctx.work.runs.lookup(action.run)
        group = await ctx.work.groups.get(record.group_id) if record else None
    return (group, record) if here is None or group is None or group.id == here.id else (None, None)


def _is_open_to(ctx: Context, record: Run | None, member: Member, group: Group) -> bool:
    """True if an exercise is open to this member now: outside the core group only what is for their role."""
    if record is None or rank_of(member, group) >= Rank.MEMBER:
        return True
    return meets(ctx.services.process.exercises[record.exercise], member)


async def _refuse(ctx: Context, refusal: str, group: Group) -> NoReturn:
    """Refuse a tap, and say by name who does what only a coordinator may. Raises Unmet."""
    facts = {"names": [m.name for m in (await coordinators(ctx, group))[:2]]} if refusal == "coordinators_only" else {}
    raise Unmet(refusal, facts, alert=True)


def _refusal(needed: Needed, rank: Rank) -> str:
    """Return the name of the refusal: only a coordinator may, or the person is not in the group."""
    if needed in (May.READ, May.WATCH) and rank >= Rank.NETWORK:
        return "readers_only"
    if needed is Rank.RESPONSIBLE and rank is Rank.COORDINATOR:
        return "stand_in_not"
    if needed in (Rank.COORDINATOR, Rank.RESPONSIBLE) and rank >= Rank.NETWORK:
        return "coordinators_only"
    return _REFUSALS.get(rank, "not_yours")


_REFUSALS = {
    Rank.FORMER: "not_any_more",
    Rank.INVITED: "not_yet",
    Rank.LEADER: "core_only",
    Rank.NETWORK: "core_only",
}
