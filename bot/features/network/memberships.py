"""Memberships of a person: the groups they are in, and what they hear where the bot is out of one's chat."""

from collections.abc import Sequence
from typing import Final

from bot.ballots import admissions
from bot.context.context import Actor, Context
from bot.context.message import Keys
from bot.context.permissions import Needed, Rank, may, rank_of, rank_then
from flows.answers import folded
from storage.records.records import Group, Member, Person, is_own_number

MOVE: Final = "moveto"  # the button by which whoever coordinates takes the group to another chat


async def of(ctx: Context, person: Person, least: Rank = Rank.MEMBER) -> list[tuple[Group, Member]]:
    """Return the groups in which this person has at least this role, each once.

    What is a person's own (`Rank.FORMER`) is theirs also where the bot has been removed from the chat.
    """
    found: dict[int, tuple[Group, Member]] = {}
    for member in await ctx.work.members.of_person(person.id):
        group = await ctx.work.groups.get(member.group_id)
        if rank_of(member, group) >= least and is_served(group, least):
            found[group.id] = (group, member)  # the later one
    return list(found.values())


def is_served(group: Group, needed: Needed, verb: str = "") -> bool:
    """True if what needs this can be done in a group now: all or, with the bot out of its chat, what is one's own,
    and the way to another chat.
    """
    return group.state == "active" or (group.state == "away" and (needed is Rank.FORMER or verb == MOVE))


async def seat(ctx: Context, person: Person, group_id: int, needed: Needed) -> Actor | None:
    """Return this person as an actor in a group; None if it is not served, or they have not what is needed there."""
    group = await ctx.work.groups.lookup(group_id)
    member = await ctx.work.members.find(group_id, person.user_id) if group and is_served(group, needed) else None
    return Actor(person, group, member) if group and member and may(needed, member, group) else None


async def seat_asked(ctx: Context, person: Person, group_id: int, least: Rank) -> Actor | None:
    """Return the same for somebody who is asked something: also where their answer waits for a new promise."""
    group = await ctx.work.groups.lookup(group_id)
    member = await ctx.work.members.find(group_id, person.user_id) if group and is_served(group, least) else None
    return Actor(person, group, member) if group and member and rank_then(member, group) >= least else None


def named(seats: Sequence[tuple[Group, Member]], words: str) -> tuple[Group, Member] | None:
    """Return the one of these seats whose group is named: by its whole title, or by how that ends (the town)."""
    said = folded(words).strip()
    found = [seat for seat in seats if said and f" {folded(seat[0].title)}".endswith(f" {said}")]
    return found[0] if len(found) == 1 else None


async def shut(ctx: Context, person: Person) -> list[Group]:
    """Return the groups in which this person has a seat and whose chat the bot has been removed from."""
    seats = [m for m in await ctx.work.members.of_person(person.id) if m.state != "left"]
    groups = [await ctx.work.groups.get(member.group_id) for member in seats]
    return [group for group in groups if group.state == "away"]


async def way_back(ctx: Context, person: Person) -> Keys:
    """Return the button home for somebody who was refused and has a seat elsewhere."""
    return [[ctx.key("what_waits", "answers")]] if await of(ctx, person, Rank.INVITED) else []


async def waits(ctx: Context, person: Person) -> bool:
    """True if somebody who has no seat waits to be let in by a coordinator."""
    return not await of(ctx, person, Rank.FORMER) and await admissions.waits(ctx.work, person.id)


async def refuse(ctx: Context, person: Person, otherwise: str, group: Group | None = None) -> None:
    """Say that the bot has been removed from their group (or this one), or that no coordinator has let them in yet; if
    neither is the reason, say `otherwise`.
    """
    groups = [one for one in await shut(ctx, person) if group is None or one.id == group.id]
    keys = await way_back(ctx, person)
    if groups:
        await _refuse_shut(ctx, person, groups, keys)
    elif await waits(ctx, person):
        await ctx.to_person(person.id, "admission.waits")
    else:
        await ctx.to_person(person.id, otherwise, keys=keys)


async def _refuse_shut(ctx: Context, person: Person, groups: Sequence[Group], keys: Keys) -> None:
    """Say that the bot has been removed from these groups, with the way to move them for those who may."""
    seats = [(one, await ctx.work.members.find(one.id, person.user_id)) for one in groups]
    own = [one for one, member in seats if rank_of(member, one) >= Rank.RESPONSIBLE]
    moves = [[ctx.key("move_out", MOVE, one.id, town=one.title if len(groups) > 1 else None)] for one in own]
    outside = not any(member and member.role in ("core", "network") for _, member in seats)
    facts = {"towns": [one.title for one in groups], "moves": bool(moves), "outside": outside}
    await ctx.to_person(person.id, "out_of_group", facts, [*moves, *keys])


async def signed_out(ctx: Context, member: Member) -> bool:
    """True for somebody whose only way in is the page, and who is signed in there in no browser."""
    return is_own_number(member.user_id) and not await ctx.work.sign_ins.of_person(member.person_id)
