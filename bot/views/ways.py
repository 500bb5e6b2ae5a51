"""The ways under every text in private that is not kept, or is in doubt (P.9): help, a human, and to be away.

They need nothing of the text to be understood, so they are the floor under all that is heard in one.
"""

from bot.context.context import Context
from bot.context.message import Key
from bot.context.permissions import Rank, rank_of
from bot.reminders.open_items import coordinators
from bot.views.names import cut
from storage.records.records import Group, Member, Person

NAME = 20  # characters of a name on a button
SERVED = ("active", "away")  # states of a group whose buttons still lead somewhere


async def ways(
    ctx: Context, person: Person, about: int | None = None, *, away: bool = True, human: bool = True
) -> list[list[Key]]:
    """Return the rows of buttons, by this person's seat in a group: that of the matter, or the one they turned to last.

    Without a seat there are none; the text has numbers. `away`: also the way to be away; `human`: the one
    to somebody of the core group.
    """
    seats = [(await ctx.work.groups.get(m.group_id), m) for m in await ctx.work.members.of_person(person.id)]
    served = [(group, member) for group, member in seats if group.state in SERVED]
    if not served:
        return []
    group, member = min(
        served, key=lambda seat: (seat[0].id != about, -_rank(seat), seat[0].id != person.current_group)
    )
    first = [ctx.key("ways.help", "needshelp", group.id)]
    if _rank((group, member)) < Rank.NETWORK:
        return [first]
    if away:
        first.append(ctx.key("away_now", "away", group.id))
    return [first, *(await _human(ctx, group, member) if human else [])]


def _rank(seat: tuple[Group, Member]) -> Rank:
    group, member = seat
    return rank_of(member, group) if group.state == "active" else Rank.FORMER


async def _human(ctx: Context, group: Group, member: Member) -> list[list[Key]]:
    """Return the button to a human: whoever coordinates, or anybody else of the core group."""
    others = [one for one in await ctx.work.members.active(group.id) if one.id != member.id]
    leads = next((cut(one.name, NAME) for one in await coordinators(ctx, group) if one.id != member.id), None)
    return [[ctx.key("ways.human", "contact", group.id, name=leads)]] if others else []
