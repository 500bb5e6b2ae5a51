"""A number that people go by is changed once somebody else has said that it is right.

It is one of a routine that organisations have answered, or of the town's that stands in it. Until the yes of a second
member, or of the organisation whose number it is, all stays as it was, and `/ring` has both numbers. With the yes it is
changed wherever it stands. The version of the routine is the same: it was put right, and is not asked about anew.
Whoever has fetched a paper with the old number is told to hang up the new one.
"""

from dataclasses import replace
from typing import Final

from bot.ballots import number_changes
from bot.ballots.number_changes import NumberChange
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.row_events import NumberChanged
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts
from bot.features.registers import changed_numbers
from bot.features.registers.chain_numbers import whose
from bot.features.registers.changed_numbers import Place, places_of
from flows.enums import ExerciseRole, Field
from flows.phone import dialled
from messages.voice import TemplateFacts
from storage.records.records import Group, Member

FETCHED: Final = "fetched"  # the kind of activity state that holds on which day a member took out a paper of numbers


async def is_gone_by(ctx: Context, group: Group, exercise: str, question: str) -> bool:
    """Return whether people go by a number that stands here: once an organisation has answered the routine."""
    town, routine = (ctx.services.process.with_role(role) for role in (ExerciseRole.TOWN, ExerciseRole.ROUTINE))
    rung = exercise == town.id and town.question(question).role in (Field.EMERGENCY, Field.CHILDREN)
    if exercise != routine.id and not rung:
        return False
    asked = approved_texts.approvals_of(ctx.services.process, routine.id)
    kept = [await approved_texts.of(ctx, group, approval) for approval in asked]
    return any(one.told or one.given for one in kept)


async def wished(ctx: Context, group: Group, happened: NumberChanged) -> None:
    """Put the old number back, and ask somebody else whether the new one is right; or change all at once, if nobody
    else can say so, or who wrote it is of the organisation whose number it is.
    """
    member = await ctx.work.members.get(happened.by)
    old, new = happened.old, happened.new
    if rank_of(member, group) < Rank.MEMBER or not await is_gone_by(ctx, group, happened.exercise, happened.question):
        await changed_numbers.changed(ctx, happened)
        return
    edited = [place async for place in places_of(ctx, group, dialled(new), member) if _is_edited(place, happened)]
    await changed_numbers.exchange(ctx, group, member, new, old, edited)
    await propose(ctx, group, member, old, new)


async def propose(ctx: Context, group: Group, member: Member, old: str, new: str) -> None:
    """Ask whether a number, which stands as it was, is to give way to one that this member has said.

    What the network says of its own number waits for a yes from the core group, which answers for the routine.
    """
    for before in await number_changes.open_of(ctx, group):  # the same number, another wish
        if dialled(before.old) == dialled(old):
            await number_changes.answer(ctx, group, before.ref, member.id, yes=False)
    change = await number_changes.put(ctx, group, old, new, member.id)
    theirs = await whose(ctx, group, old)
    others = [one for one in await ctx.work.members.active(group.id) if one.id != member.id]
    if rank_of(member, group) >= Rank.MEMBER and (member.id in {one.id for one in theirs} or not others):
        await _agree(ctx, group, change, member)
        return
    facts = await _facts(ctx, group, change, member)
    await ctx.to_member(member, "number.wished", facts, [[_no(ctx, group, change)]])
    await ctx.to_group(group, "number.right", facts, _keys(ctx, group, change))
    for one in theirs:
        if one.role != "core" and one.id != member.id:
            await ctx.to_member(one, "number.right", facts, _keys(ctx, group, change))


async def _places(ctx: Context, group: Group, number: str, by: Member) -> list[Place]:
    """Return where a number stands, for somebody who may change it there; for the network, as the core group may."""
    core = [] if rank_of(by, group) >= Rank.MEMBER else await ctx.work.members.active(group.id)
    return [place async for place in places_of(ctx, group, dialled(number), (core or [by])[0])]


def _is_edited(place: Place, happened: NumberChanged) -> bool:
    there = place.exercise.id == happened.exercise and happened.question in place.questions
    return there and (place.row.id if place.row else None) == happened.row


# -- answered ----------------------------------------------------------------------------------------------------------
def _keys(ctx: Context, group: Group, change: NumberChange) -> list[list[Key]]:
    yes = ctx.key("number.is_right", "numyes", group.id, change.ref)
    return [[replace(yes, says="yes"), replace(_no(ctx, group, change), says="no")]]


def _no(ctx: Context, group: Group, change: NumberChange) -> Key:
    return ctx.key("number.is_wrong", "numno", group.id, change.ref)


async def _asked(ctx: Context, actor: Actor, ref: str) -> NumberChange:
    """Return a change that this person may answer. Raises Refused."""
    change = required(next((one for one in await number_changes.open_of(ctx, actor.group) if one.ref == ref), None))
    demand(await _may_answer(ctx, actor, change))
    return change


async def agree(ctx: Context, actor: Actor, action: Action) -> None:
    """Take the yes of somebody else than who wrote it."""
    change = await _asked(ctx, actor, action.arg)
    demand(change.by != actor.member.id or not await _others(ctx, actor), "number.somebody_else", alert=True)
    await _agree(ctx, actor.group, change, actor.member)
    await _show(ctx, actor, change, "yes")


async def refuse(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a no, which also who wrote it can say: the old number stands."""
    change = await _asked(ctx, actor, action.arg)
    await number_changes.answer(ctx, actor.group, change.ref, actor.member.id, yes=False)
    await _show(ctx, actor, change, "no")
    if change.by != actor.member.id:
        by = await ctx.work.members.get(change.by)
        facts = {"old": change.old, "new": change.new, "name": actor.member.name}
        await ctx.to_member(by, "number.refused", facts)


async def _may_answer(ctx: Context, actor: Actor, change: NumberChange) -> bool:
    if rank_of(actor.member, actor.group) >= Rank.MEMBER or change.by == actor.member.id:
        return True
    return actor.member.id in {one.id for one in await whose(ctx, actor.group, change.old)}


async def _others(ctx: Context, actor: Actor) -> bool:
    return any(one.id != actor.member.id for one in await ctx.work.members.active(actor.group.id))


async def _show(ctx: Context, actor: Actor, change: NumberChange, answer: str) -> None:
    facts = {**await _facts(ctx, actor.group, change, await ctx.work.members.get(change.by)), "answer": answer}
    if actor.in_group:
        await ctx.to_group(actor.group, "number.right", facts, edit=actor.message_id)
    else:
        await ctx.reply(actor, "number.right", facts)


async def _facts(ctx: Context, group: Group, change: NumberChange, by: Member) -> TemplateFacts:
    places = await _places(ctx, group, change.old, by)
    told = await changed_numbers.told(ctx, group, places)
    return {"old": change.old, "new": change.new, "by": by.name, "answer": "", **told}


async def _agree(ctx: Context, group: Group, change: NumberChange, by: Member) -> None:
    """Change the number wherever it stands, in the same version of the text, and tell all who have it on paper."""
    writer = by if rank_of(by, group) >= Rank.MEMBER else await ctx.work.members.get(change.by)
    places = await _places(ctx, group, change.old, writer)
    before = await approved_texts.marks(ctx, group)
    touched = await changed_numbers.exchange(ctx, group, writer, change.old, change.new, places)
    await approved_texts.put_right(ctx, group, before)
    await number_changes.answer(ctx, group, change.ref, by.id, yes=True)
    card = [[ctx.key("number.card", "doc", group.id, "card")]]
    facts = {"old": change.old, "new": change.new, "count": len(touched), "name": by.name}
    await ctx.to_group(group, "number.agreed", facts, card)
    fetched = await ctx.work.activity_states.of_kind(group.id, FETCHED)
    there = {member.id: member for member in await ctx.work.members.active(group.id, roles=None)}
    for member in (there[int(ref)] for ref in fetched if int(ref) in there):
        told = {**facts, "on": fetched[str(member.id)]["on"]}
        await ctx.to_member(member, "number.hang_up", told, card)


async def fetched(ctx: Context, group: Group, member: Member) -> None:
    """Note that somebody has taken out a paper with numbers: they are told when one of these is changed."""
    await ctx.work.activity_states.keep(group.id, FETCHED, str(member.id), {"on": ctx.today.isoformat()})


# -- what waits --------------------------------------------------------------------------------------------------------
async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the numbers about which this person can say whether they are right."""
    found = [one for one in await number_changes.open_of(ctx, actor.group) if one.by != actor.member.id]
    mine = [one for one in found if await _may_answer(ctx, actor, one)]
    return [
        OpenThing(
            Kind.NUMBER,
            {"old": one.old, "new": one.new},
            (ctx.key("number.look", "numsee", actor.group.id, one.ref, new=one.new),),
        )
        for one in mine
    ]


async def see(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the question again, from the list of what waits."""
    change = await _asked(ctx, actor, action.arg)
    facts = await _facts(ctx, actor.group, change, await ctx.work.members.get(change.by))
    await ctx.reply(actor, "number.right", facts, _keys(ctx, actor.group, change))


ROUTES: Routes = (*buttons(Rank.NETWORK, About.GROUP, numyes=agree, numno=refuse, numsee=see),)
