"""Whom results without names count: the group sees them before the first, and each who comes in later.

Answers are shown from four people on; whoever has two seats needs one person less. Only the others can tell whether
they know everybody, and one who does not stops all results without names until the group has talked about it.
"""

from dataclasses import replace

from bot.ballots import admissions, box
from bot.context.context import Context
from flows.engine.reveal import LEAST_UNNAMED
from storage.records.records import Group


async def show(ctx: Context, group: Group) -> Group:
    """Show the group whom results without names count, if it has not seen all of them, or they are too few for any."""
    there, seen = await ctx.work.members.active(group.id), group.settings.counting.counted
    if len(there) < LEAST_UNNAMED or {member.id for member in there} <= set(seen):
        return group
    by = await let_in_by(ctx, group)
    organisations = {one.id: one.name for one in await ctx.work.members.organisations(group.id)}
    people = [
        {
            "name": member.name,
            "organisation": organisations.get(member.organisation_id or 0, ""),
            "by": by.get(member.person_id, ""),
            "new": bool(seen) and member.id not in seen,
        }
        for member in there
    ]
    counted = tuple(member.id for member in there)
    group = await ctx.work.groups.settle(group, replace(group.settings.counting, counted=counted))
    keys = [
        [ctx.key("counted.right", "allknown", group.id)],
        [ctx.key("counted.unknown", "unknown", group.id)],
    ]
    await ctx.to_group(group, "counted.people", {"people": people}, keys)
    return group


async def let_in_by(ctx: Context, group: Group) -> dict[int, str]:
    """Return who let in whom, by the person: the name of the member who said so; nobody whom Telegram knows there."""
    names = {m.id: m.name for m in await ctx.work.members.of_group(group.id, include_left=True, roles=None)}
    found = dict[int, str]()
    for person, asked in (await admissions.of_group(ctx.work, group.id)).items():
        if (voter := admissions.vouched_by(asked)) is not None:
            (member,) = box.members([voter])
            found[person] = names.get(member, "")
    return found
