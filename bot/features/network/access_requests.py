"""Guests who came by the open link, have said yes to the network and wait to be let in by whoever coordinates."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bot.context.context import Actor, Context
from bot.context.open_thing import Kind, OpenThing, Part
from bot.exercises import shared_answers
from flows.enums import ExerciseRole, Field, Mark
from flows.values import day_of
from storage.records.records import Group, Member, Row

LATELY: Final = timedelta(14)  # so long after the event its guests are asked what it came to
GUEST: Final = "guest"  # in a guest's profile: their row in the list of guests
BY_POSTER: Final = "by_poster"  # in a guest's profile: they came by the open link, and nobody has invited them by name
REQUEST: Final = (Field.JOIN, Field.SHAPE, Field.START)  # asked one after the other, before they go
ASKED: Final = "last_question"  # in a guest's profile: what they were asked last, empty once all is answered
LISTED: Final = "listed"  # … or that this only stands among what waits for them, which asks nothing
NAME: Final = "guest_name"  # what a guest without a row is asked for
REFUSED: Final = "refused"  # in a guest's profile: they asked to be in the network, and were told no


async def row_of(ctx: Context, group: Group, member: Member) -> Row | None:
    """Return a guest's row, also one that was removed from the list; None for those who have not said their name."""
    number = member.profile.get(GUEST)
    row = await ctx.work.rows.lookup(number) if isinstance(number, int) else None
    return row if row is not None and row.group_id == group.id else None


async def waiting(ctx: Context, group: Group, *, refused: bool = False) -> list[tuple[Member, Row]]:
    """Return who waits to be let in or, with `refused`, was told no, in the order they came, each with their row."""
    guests, found = ctx.services.process.with_role(ExerciseRole.GUESTS), list[tuple[Member, Row]]()
    for member in await ctx.work.members.of_group(group.id, roles=("guest",)):
        row = await row_of(ctx, group, member) if BY_POSTER in member.profile else None
        if row is None or row.state == "removed" or (REFUSED in member.profile) != refused:
            continue
        if guests.says(row.values, Field.JOIN, Mark.YES) and not is_half_asked(ctx, member, row):
            found.append((member, row))
    return found


def is_half_asked(ctx: Context, member: Member, row: Row) -> bool:
    """True while a guest has not answered all of the request; a meeting that has been is asked about no more."""
    guests = ctx.services.process.with_role(ExerciseRole.GUESTS)
    return member.profile.get(ASKED) != "" and any(guests.told(row.values, name) is None for name in REQUEST)


def is_between(ctx: Context, member: Member, row: Row) -> bool:
    """True for a guest who has said yes to the network, and has not come to the way in, which is told last."""
    guests = ctx.services.process.with_role(ExerciseRole.GUESTS)
    return guests.says(row.values, Field.JOIN, Mark.YES) and is_half_asked(ctx, member, row)


async def waits(ctx: Context, group: Group, member: Member) -> bool:
    """True if this guest waits to be let in."""
    return any(one.id == member.id for one, _ in await waiting(ctx, group))


class GuestNotice(StrEnum):
    """The state of a guest beside their invitation, which decides what is said to them."""

    ANOTHERS = "anothers"  # they opened an invitation that was for somebody else
    UNNAMED = "unnamed"  # they were asked for their name, and have not said it
    REMOVED = "removed"  # their name was taken from the list: they are not invited any more
    WAITS = "waits"  # they wait to be let in to the network
    SILENT = "silent"  # they have answered nothing yet


async def _unlisted(ctx: Context, group: Group, member: Member) -> GuestNotice | None:
    """Return what there is to say to a guest who does not stand in the list."""
    if member.role != "guest":
        return None
    if member.profile.get(GUEST):  # what was removed from the list is kept for a month
        return GuestNotice.REMOVED
    asked = [prompt.context for prompt in await ctx.work.prompts.of(member.person_id)]
    unnamed = any(one.want == NAME and one.group == group.id for one in asked)
    return GuestNotice.UNNAMED if unnamed else GuestNotice.ANOTHERS


async def state_of(ctx: Context, group: Group, member: Member) -> GuestNotice | None:
    """Return what there is to say to this guest."""
    row = await row_of(ctx, group, member)
    if row is None:
        return await _unlisted(ctx, group, member)
    if row.state == "removed":
        return GuestNotice.REMOVED
    if await waits(ctx, group, member):
        return GuestNotice.WAITS
    guests = ctx.services.process.with_role(ExerciseRole.GUESTS)
    answered = any(guests.says(row.values, Field.COMING, said) for said in (Mark.YES, Mark.MAYBE, Mark.NO))
    answered |= any(guests.told(row.values, name) is not None for name in REQUEST)
    day = await event_day(ctx, group)
    over = group.settings.event.off or (day is not None and day < ctx.today)
    return None if answered or over else GuestNotice.SILENT


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the invitation that this guest has not answered or, from the event's day on, the request; or that they
    wait to be let in.

    Who has said whether they want to be in the network, which is asked before one goes, has been there.
    """
    group, member, guests = actor.group, actor.member, ctx.services.process.with_role(ExerciseRole.GUESTS)
    row = await row_of(ctx, group, member) if member.role == "guest" else None
    if row is None or row.state == "removed":
        return []
    if await waits(ctx, group, member):
        return [OpenThing(Kind.AT_DOOR, {"town": group.title}, part=Part.WAITING)]
    if group.settings.event.off:
        return []
    day, coming = await event_day(ctx, group), guests.told(row.values, Field.COMING)
    been = day is not None and day <= ctx.today <= day + LATELY
    left = is_half_asked(ctx, member, row)
    silent = coming is None or guests.says(row.values, Field.COMING, Mark.NO_ANSWER)
    leaves = been and left and not silent and not guests.says(row.values, Field.COMING, Mark.NO)
    leaves |= (between := is_between(ctx, member, row))
    if not leaves and not (silent and guests.told(row.values, Field.JOIN) is None):
        return []
    key = ctx.key("guest.leaving", "leaving", group.id) if leaves else ctx.key("home.event", "guest", group.id)
    return [OpenThing(Kind.INVITED, {"town": group.title, "leaves": leaves, "between": between}, (key,))]


async def event_day(ctx: Context, group: Group) -> date | None:
    """Return the day of the event, as it is written now."""
    event = ctx.services.process.with_role(ExerciseRole.EVENT)
    place = f"{event.id}.{event.field(Field.DATE).id}"
    said = await shared_answers.said(ctx, group, [place])
    return day_of(said[place]) if place in said else None


# -- without the bot ---------------------------------------------------------------------------------------------------
async def without_bot(ctx: Context, group: Group) -> list[Row]:
    """Return the guests who have nobody here: what they are told and asked, a person tells and asks them."""
    known = {member.profile.get(GUEST) for member in await ctx.work.members.of_group(group.id, roles=None)}
    rows = await ctx.work.rows.all(group.id, ctx.services.process.with_role(ExerciseRole.GUESTS).id)
    return [row for row in rows if row.id not in known]


async def in_network(ctx: Context, group: Group) -> list[Row]:
    """Return those of them who have said yes to the network."""
    guests = ctx.services.process.with_role(ExerciseRole.GUESTS)
    return [row for row in await without_bot(ctx, group) if guests.says(row.values, Field.JOIN, Mark.YES)]


async def awaited(ctx: Context, group: Group, *, first: bool) -> list[Row]:
    """Return the guests who are no members and may come to a meeting of the network: they have said yes to being in it
    or, to its `first` meeting, that they come."""
    guests = ctx.services.process.with_role(ExerciseRole.GUESTS)
    members = await ctx.work.members.active(group.id, roles=("core", "network"))
    known = {member.profile.get(GUEST) for member in members}
    rows = [row for row in await ctx.work.rows.all(group.id, guests.id) if row.id not in known]
    asked = (Field.JOIN, Field.START) if first else (Field.JOIN,)
    return [row for row in rows if any(guests.says(row.values, one, Mark.YES) for one in asked)]


async def unasked(ctx: Context, group: Group) -> list[Row]:
    """Return those of them who were to come to the event, and whose answers to its request are not noted."""
    guests = ctx.services.process.with_role(ExerciseRole.GUESTS)
    came = [
        row
        for row in await without_bot(ctx, group)
        if any(guests.says(row.values, Field.COMING, said) for said in (Mark.YES, Mark.MAYBE))
    ]
    return [row for row in came if any(guests.told(row.values, name) is None for name in REQUEST)]


def named(ctx: Context, row: Row) -> str:
    """Return a guest's name."""
    return str(ctx.services.process.with_role(ExerciseRole.GUESTS).told(row.values, Field.NAME))


def reached(ctx: Context, row: Row) -> str:
    """Return a guest's name, and where they are reached, if that is known."""
    guests = ctx.services.process.with_role(ExerciseRole.GUESTS)
    facts = {"name": guests.told(row.values, Field.NAME), "at": guests.told(row.values, Field.CONTACT)}
    return ctx.services.voice.label("guest.reached", facts)
