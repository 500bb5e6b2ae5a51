"""Authors: who may write what not everybody may, by what they said on joining (the police in 2.5 and 2.6)."""

from collections.abc import Sequence

from bot.context.context import Context
from flows.definitions.model import Exercise
from storage.records.records import Group, Member

Authors = Sequence[tuple[str, tuple[str, ...]]]


async def writes(ctx: Context, group: Group, authors: Authors, member: Member) -> bool:
    """True if a member is one of the authors; coordinators stand in while there is none."""
    if not authors or _is_one(member, authors):
        return True
    core = await ctx.work.members.of_group(group.id)
    return member.coordinator and not any(m.state == "active" and _is_one(m, authors) for m in core)


async def names(ctx: Context, group: Group, authors: Authors) -> list[str]:
    """Return the names of those in the core group who may write."""
    core = await ctx.work.members.active(group.id)
    return [member.name for member in core if await writes(ctx, group, authors, member)]


async def closed_to(ctx: Context, group: Group, exercise: Exercise, member: Member) -> frozenset[str]:
    """Return the questions that this member may not answer."""
    asked = [question for question in exercise.questions if question.authors]
    return frozenset([q.id for q in asked if not await writes(ctx, group, q.authors, member)])


def _is_one(member: Member, authors: Authors) -> bool:
    return all(
        any(option in options for option in (said if isinstance(said, list) else [said]))
        for name, options in authors
        for said in (member.profile.get(name),)
    )
