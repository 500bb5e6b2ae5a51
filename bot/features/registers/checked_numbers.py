"""Each number in an adopted routine is called right once in three months, by a tap.

It is asked of those whose number it is, beside something else that they are told, never in a message of its own; of
whoever coordinates, where nobody of theirs is here, and once where they have not answered for two quarters. The card
tells when. Only numbers and days are kept, not who said so.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.ballots import box
from bot.context.context import Actor, Context
from bot.context.events import SeatChanged
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import About, Rank
from bot.context.refusals import required
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts
from bot.features.registers import agreed_numbers
from bot.features.registers.chain_numbers import ChainNumber, members_of, standing
from bot.reminders import open_items
from bot.reminders.kinds import NUMBERS
from flows.answers import clean
from flows.dates.months import add_months
from flows.enums import ExerciseRole
from flows.phone import dialled, services_in
from storage.records.message_notes import MessageContext
from storage.records.records import Group

STATE: Final = "number checked"  # the kind of activity state that holds since which day a number is not asked about
WANT: Final = "new_number"
EVERY: Final = 3  # months
SILENT: Final = 3  # times that it was due, at the last of which whoever coordinates hears of it


@dataclass(frozen=True, slots=True)
class NumbersAsked:
    """What somebody is asked about: since when each number waits. `instead`: all of them are others' numbers."""

    since: Mapping[str, date]
    instead: bool


async def checked(ctx: Context, group: Group) -> dict[str, date]:
    """Return on which day each number was last called right."""
    kept = await ctx.work.activity_states.of_kind(group.id, STATE)
    return {number: date.fromisoformat(state["on"]) for number, state in kept.items() if state["yes"]}


# -- asked -------------------------------------------------------------------------------------------------------------
async def look(ctx: Context, group: Group) -> None:
    """Note since when each number stands in an adopted routine, and ask about those whose time has come."""
    if not await approved_texts.adopted(ctx, group, ctx.services.process.with_role(ExerciseRole.ROUTINE).id):
        return
    there, kept = await standing(ctx, group), await ctx.work.activity_states.of_kind(group.id, STATE)
    for number in kept.keys() - there.keys():
        await ctx.work.activity_states.drop(group.id, STATE, number)
    for number in there.keys() - kept.keys():
        await ctx.work.activity_states.keep(group.id, STATE, number, {"on": ctx.today.isoformat(), "yes": False})
    await _ask(ctx, group)


async def seat_changed(ctx: Context, group: Group, happened: SeatChanged) -> None:
    """Ask at once about the numbers of an organisation whose last here has left: nobody of theirs will say so."""
    (number,) = box.members([happened.event.voter])
    gone, kept = await ctx.work.members.lookup(number), await ctx.work.activity_states.of_kind(group.id, STATE)
    if gone is None or gone.state != "left" or not kept:
        return
    called = {one.id: one.name.casefold() for one in await ctx.work.members.organisations(group.id)}
    due = {"on": add_months(ctx.today, -EVERY).isoformat(), "yes": False}
    for one, stands in (await standing(ctx, group)).items():
        theirs = one in kept and called.get(gone.organisation_id or 0) in stands.actors
        if theirs and not await members_of(ctx, group, stands.actors):
            await ctx.work.activity_states.keep(group.id, STATE, one, due)
    await _ask(ctx, group)


async def _ask(ctx: Context, group: Group) -> None:
    asked = await _asked(ctx, group)
    wanted = {(NUMBERS, member): max(one.since.values()) for member, one in asked.items()}
    await open_items.reconcile(ctx, group, f"{NUMBERS}:{group.id}", wanted)


async def _asked(ctx: Context, group: Group) -> dict[int, NumbersAsked]:
    """Return who is to be asked, by member."""
    there = await standing(ctx, group)
    since, theirs = defaultdict[int, dict[str, date]](dict), set[int]()
    coordinators = {member.id for member in await open_items.coordinators(ctx, group)}
    for number, state in (await ctx.work.activity_states.of_kind(group.id, STATE)).items():
        on = date.fromisoformat(state["on"])
        times = _times(on, ctx.today)
        if number not in there or not times:
            continue
        mine = {member.id for member in await members_of(ctx, group, there[number].actors)}
        since |= {one: since[one] | {number: add_months(on, EVERY * times)} for one in mine or coordinators}
        if times >= SILENT:  # told once: the day stays
            since |= {one: {number: add_months(on, EVERY * SILENT)} | since[one] for one in coordinators}
        theirs |= mine
    return {member: NumbersAsked(waits, member not in theirs) for member, waits in since.items()}


def _times(on: date, today: date) -> int:
    """Return how often it has been due since a day."""
    times = 0
    while add_months(on, EVERY * (times + 1)) <= today:
        times += 1
    return times


# -- answered ----------------------------------------------------------------------------------------------------------
async def line(ctx: Context, group: Group, member: int) -> tuple[NumbersAsked, list[Key]] | None:
    """Return what a member is asked about, and the buttons that answer it, or lead to the list; None for nothing."""
    asked = (await _asked(ctx, group)).get(member)
    if asked is None:
        return None
    there = await standing(ctx, group)
    if len(asked.since) == 1:
        return asked, _keys(ctx, group, next(iter(asked.since)), there, page=False)
    return asked, [ctx.key("number.all", "nums", group.id)]


def _keys(ctx: Context, group: Group, number: str, there: Mapping[str, ChainNumber], *, page: bool) -> list[Key]:
    """Return the buttons for a number. `page`: they stand on the list, in whose place it comes anew."""
    written = there[number].written
    same = ctx.key("number.same", "numsame", group.id, number, ask=int(page), number=written)
    return [same, ctx.key("number.other", "numother", group.id, number, several=page, number=written)]


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the numbers that somebody is asked about."""
    found = await line(ctx, actor.group, actor.member.id)
    return [OpenThing(Kind.NUMBERS, {"count": len(found[0].since)}, tuple(found[1]))] if found else []


async def show(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show the numbers that somebody is asked about, with the buttons for each."""
    asked = required((await _asked(ctx, actor.group)).get(actor.member.id), "day.settled")
    there = await standing(ctx, actor.group)
    numbers = sorted(asked.since)
    facts = {"numbers": [there[one].written for one in numbers]}
    await ctx.reply(actor, "number.still", facts, [_keys(ctx, actor.group, one, there, page=True) for one in numbers])


async def same(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that a number is right today."""
    if await _waiting(ctx, actor, action.arg) is None:
        return
    state = {"on": ctx.today.isoformat(), "yes": True}
    await ctx.work.activity_states.keep(actor.group.id, STATE, action.arg, state)
    await _ask(ctx, actor.group)
    if not action.ask:
        await ctx.tell(actor, "number.still", {"numbers": []})
    elif actor.member.id in await _asked(ctx, actor.group):
        await show(ctx, actor, action)
    else:
        await ctx.reply(actor, "number.still", {"numbers": []})


async def other(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for the number that is right."""
    if (number := await _waiting(ctx, actor, action.arg)) is not None:
        context = MessageContext(want=WANT, group=actor.group.id, what=action.arg)
        await ctx.tell(actor, "number.which", {"number": number.written, "again": False}, context=context)


async def _waiting(ctx: Context, actor: Actor, number: str) -> ChainNumber | None:
    """Return a number that this member is asked about; else say that it is settled."""
    asked = (await _asked(ctx, actor.group)).get(actor.member.id)
    if asked is None or number not in asked.since:
        ctx.toast("day.settled")
        return None
    return (await standing(ctx, actor.group))[number]


async def wrote(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take the number that is right, and let it take the place of the other as any number does."""
    before, found = await _waiting(ctx, actor, context.what), list(services_in(clean(text)).values())
    if before is None:
        return
    if len(found) != 1 or dialled(found[0]) == context.what:
        facts = {"number": before.written, "again": True}
        await ctx.tell(actor, "number.which", facts, context=context)
        return
    await agreed_numbers.propose(ctx, actor.group, actor.member, before.written, found[0])


async def _says_number(_ctx: Context, _group: int, text: str) -> bool:
    return bool(services_in(clean(text)))


ROUTES: Routes = (
    *buttons(Rank.NETWORK, About.GROUP, nums=show, numsame=same, numother=other),
    *texts(Rank.NETWORK, Takes(says=_says_number), **{WANT: wrote}),
)
