"""Of whom an absence is told: nobody is away by another's word (P.3)."""

from bot.context.context import Context
from bot.context.permissions import Rank
from bot.features.network import memberships
from storage.records.records import Person


async def of_another(ctx: Context, person: Person, text: str) -> str | None:
    """Return of whom else than its writer a text says that they are away: their name where it is of somebody in a group
    of the writer's, "" where it is of a colleague without one; None if it may be of the writer."""
    there = dict[str, None]()
    for group, own in await memberships.of(ctx, person, Rank.NETWORK):
        members = await ctx.work.members.of_group(group.id, roles=None)
        there |= dict.fromkeys(one.name for one in members if one.id != own.id and one.name and one.name != own.name)
    return ctx.services.voice.rules.tells_of(text, there)
