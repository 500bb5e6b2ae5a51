"""Who cannot do what they were reminded of: no more reminders, and whoever can find another way is told."""

from collections.abc import Sequence
from dataclasses import replace

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.context.seats import pick
from bot.features.digest.lines import TITLE, line_of, unlike
from bot.features.home import week
from bot.features.network import memberships
from bot.features.registers import tasks
from bot.features.wellbeing import wishes
from bot.reminders import kinds
from bot.reminders.kinds import MANNER
from bot.reminders.next_message import hearing, schedule_next, spoken
from bot.reminders.open_items import coordinators, hand_over, told_by_now
from bot.views.names import cut
from flows.answers import Stance, bare, clean, unfit
from flows.identities import Handling
from flows.timing.pacing import ReminderManner
from storage.records.message_notes import AboutRow, MessageContext
from storage.records.open_items import OpenItem
from storage.records.records import Member, Person, private_chat

REMINDED_OF = frozenset({"open", "handed", "declined"})  # the states of an item whose reminder's buttons hold


async def reminded_of(ctx: Context, person: Person) -> list[OpenItem]:
    """Return what a person was reminded of and can decline, the nearest end first, also after the last reminder."""
    return [open_item for open_item in await _own(ctx, person) if open_item.last]


async def _own(ctx: Context, person: Person) -> list[OpenItem]:
    seats = await ctx.work.members.of_person(person.id)
    every = [one for seat in seats for one in await ctx.work.open_items.of_member(seat.id)]
    return sorted((m for m in every if m.state in REMINDED_OF and can_be_declined(m)), key=lambda m: m.due)


def can_be_declined(open_item: OpenItem) -> bool:
    """True if "I can't" fits; somebody who has not joined has another way to say no."""
    return MANNER[open_item.kind] is ReminderManner.REMIND and open_item.kind != kinds.PENDING


def ways(ctx: Context, reminded: Sequence[OpenItem]) -> list[list[Key]]:
    """Return the button under a reminder of these: "I can't"."""
    if not reminded:
        return []
    only, group = str(reminded[0].id) if len(reminded) == 1 else "", reminded[0].group_id
    return [[ctx.key("day.cannot", "cannot", group, only)]]


async def ways_under(ctx: Context, person: Person, under: MessageContext) -> list[list[Key]]:
    """Return the same button for what was written under today's reminder."""
    mine = [one for one in await reminded_of(ctx, person) if one.state != "declined"]
    if not under.once:
        return []
    return ways(ctx, [one for one in mine if one.last == ctx.today])


async def ways_under_task(ctx: Context, person: Person, under: MessageContext) -> list[list[Key]]:
    """Return the same for what was written under a task that was just given; without a last day the way to the task."""
    about, seat = under.of(AboutRow), await memberships.seat(ctx, person, under.group, Rank.NETWORK)
    if about is None or seat is None or under.want or under.incident:
        return []
    mine = [one for one in await _own(ctx, person) if one.ref == f"row:{about.row}" and one.state != "declined"]
    taken = [row for row in await tasks.taken_on(ctx, seat.group, seat.member) if row.id == about.row]
    return ways(ctx, mine) or [[one.key] for one in await tasks.told(ctx, seat.group, taken)]


async def ways_not_to_answer(ctx: Context, person: Person, runs: Sequence[int]) -> list[Key]:
    """Return the button with which this person says that they cannot answer in these runs now, for each that waits."""
    waiting = {f"run:{run}" for run in runs}
    mine = [one for one in await _own(ctx, person) if one.ref in waiting and one.state != "declined"]
    return [ctx.key("cannot_now", "cannot", one.group_id, str(one.id)) for one in mine if one.kind == kinds.ANSWER]


async def stop(ctx: Context, open_item: OpenItem, state: str) -> None:
    """Stop reminding the person (`state`: handed | declined), and tell whoever can find another way."""
    await hand_over(ctx, open_item, state)
    if open_item.kind == kinds.WISH:
        await wishes.in_vain(ctx, replace(open_item, state=state))
    if open_item.kind == kinds.TASK and state == "declined":
        await tasks.cannot(ctx, open_item)


async def cannot(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that the person can't: no more reminders, and the coordinators are told. Of several items, ask which one."""
    if not action.arg:
        await _ask_which(ctx, actor)
        return
    open_item = required(pick(await _own(ctx, actor.person), action.arg), "day.settled")  # also a task just given
    told = bool(await _others(ctx, open_item))
    ctx.toast("day.cannot_wish" if open_item.kind == kinds.WISH else "day.cannot", {"told": told}, alert=True)
    if open_item.state == "declined":
        return
    await stop(ctx, open_item, "declined")
    await schedule_next(ctx, actor.person.id)
    if told and open_item.kind in (kinds.ANSWER, kinds.TASK) and await _named(ctx, open_item):
        context = MessageContext(want="cannot_why", group=open_item.group_id, what=str(open_item.id))
        await ctx.tell(actor, "day.why", {"said": ""}, context=context)


async def _others(ctx: Context, open_item: OpenItem) -> list[Member]:
    """Return those who coordinate, besides whoever the item is about."""
    group = await ctx.work.groups.get(open_item.group_id)
    return [member for member in await coordinators(ctx, group) if member.id != open_item.member_id]


async def _named(ctx: Context, open_item: OpenItem) -> str | None:
    """Return what an item is about; None for an exercise without names, where a reason would tell whose it is."""
    what, _, number = open_item.ref.partition(":")
    if what == "run" and ctx.services.process.exercises[(await ctx.work.runs.get(int(number))).exercise].anonymous:
        return None
    return await _title(ctx, open_item)


async def _title(ctx: Context, open_item: OpenItem) -> str:
    """Return the title of the exercise or the task that an item is about."""
    what, _, number = open_item.ref.partition(":")
    if what == "row":
        group, row = await ctx.work.groups.get(open_item.group_id), await ctx.work.rows.get(int(number))
        return await week.row_title(ctx, group, row)
    return ctx.services.voice.title_of((await ctx.work.runs.get(int(number))).exercise)


async def _ask_which(ctx: Context, actor: Actor) -> None:
    mine = [one for one in await reminded_of(ctx, actor.person) if one.state != "declined"]
    there = [(one, key) for one in mine if (key := await _cannot_key(ctx, one)) is not None]
    await ctx.to_person(actor.person.id, "day.which", {}, [[key] for key in unlike(ctx, there)])


async def say_why(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take why somebody cannot. A bare yes or no only says whether they want to tell."""
    if said := bare(ctx.services.voice.rules.stance_in(text), clean(text)):
        await ctx.tell(actor, "day.why", {"said": said}, context=context if said is Stance.YES else None)
    else:
        await _pass_on(ctx, actor, text, context)


async def _pass_on(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Tell whoever coordinates why somebody cannot."""
    open_item, text = await ctx.work.open_items.lookup(int(context.what)), clean(text)
    mine = open_item is not None and open_item.member_id == actor.member.id and not unfit(text)
    told = await hearing(ctx, await _others(ctx, open_item) if open_item is not None and mine else [])
    if open_item is None or not told:
        await ctx.tell(actor, "day.why_not_sent")
        return
    for member in told:
        await _tell(ctx, actor, open_item, member, text)
        await spoken(ctx, member.person_id)
        await told_by_now(ctx, member, open_item)
    keys = [[ctx.key("day.undo_why", "unwhy", actor.group.id, str(open_item.id))]]
    keys.append([ctx.key("what_waits", "answers", actor.group.id)])
    await ctx.tell(actor, "day.why_sent", {"gone": False}, keys)


async def take_back(ctx: Context, actor: Actor, action: Action) -> None:
    """Take the reason away from whoever coordinates, who is told still that this person cannot."""
    open_item = required(await ctx.work.open_items.lookup(int(action.arg)), "day.settled")
    demand(open_item.member_id == actor.member.id, "day.settled")
    for member in await coordinators(ctx, actor.group):
        told = await ctx.work.outbox.latest(private_chat(member.person_id), _slot(open_item), actor.group.id)
        if told is not None and member.id != actor.member.id:
            await _tell(ctx, actor, open_item, member, "")
    await ctx.reply(actor, "day.why_sent", {"gone": True})


async def _tell(ctx: Context, actor: Actor, open_item: OpenItem, member: Member, text: str) -> None:
    """Tell a coordinator that somebody cannot, and why; what they were told before is changed."""
    facts = {"name": actor.member.name, "what": await _named(ctx, open_item), "text": text}
    keys = [[ctx.key("day.stuck", "stuck", actor.group.id, str(open_item.id), name=actor.member.name)]]
    slot = _slot(open_item)
    await ctx.to_member(member, "day.cannot_because", facts, keys, slot=slot, living=True)


def _slot(open_item: OpenItem) -> str:
    return f"why:{open_item.id}"


async def _cannot_key(ctx: Context, open_item: OpenItem) -> Key | None:
    """Return the button that says of an item that one cannot, with what it is; None if the item is closed."""
    if await line_of(ctx, open_item, 2) is None:
        return None
    if open_item.kind in (kinds.ANSWER, kinds.TASK):
        title = cut(await _title(ctx, open_item), TITLE)
    else:
        other = await wishes.other_one(ctx, open_item) if open_item.kind == kinds.WISH else None
        title = ctx.services.voice.label(f"day.cannot_to.{open_item.kind}", {"name": other.name if other else None})
    return Key(title, Action("cannot", open_item.group_id, 0, str(open_item.id)))


ROUTES: Routes = (
    *buttons(Rank.NETWORK, About.GROUP, cannot=cannot, unwhy=take_back),
    *texts(Rank.NETWORK, Takes(Handling.ASK, noted=True, rewritten=True), cannot_why=say_why),
)
