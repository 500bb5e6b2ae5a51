"""Care: a person who cries for help is told where to turn before anything else, and can ask to be contacted, unseen.

In full once a day, in short each further time. Nobody else is told without the tap, and a text that others would read
is not kept as an answer without one. That somebody was met with care is kept in memory only, as it would say of them
what only they should say.
"""

from bot.context.abuse_limits import CARED
from bot.context.context import Context
from bot.context.permissions import Role, role_of
from bot.features.help import menus, phone_numbers
from bot.features.wellbeing.distress import cries_for_help
from storage.records import Group, Member, Person


async def met(ctx: Context, person: Person, text: str) -> bool:
    """Tell the person where to turn if this text is a cry for help; return whether it is one."""
    if not cries_for_help(text):
        return False
    limits = ctx.services.limits
    if limits.over(CARED, person.user_id, ctx.now) is not None:
        await ctx.to_person(person.id, "care.again")
        return True
    limits.count(CARED, person.user_id, ctx.now)
    group, member = await _seat(ctx, person)
    asks = member is not None and role_of(member, group) >= Role.NETWORK
    keys = [[ctx.key("check_in.contact", "contact", group.id)]] if group and asks else []
    facts = {"turn": await menus.turn_of(ctx, group), **await phone_numbers.at_hand(ctx, group), "asks": asks}
    await ctx.to_person(person.id, "care.numbers", facts, keys, about=group.id if group else None)
    return True


async def _seat(ctx: Context, person: Person) -> tuple[Group | None, Member | None]:
    """Return the group whose numbers they get, and their seat in it, if they have one."""
    group = await menus.group_of(ctx, person)
    return group, await ctx.work.members.find(group.id, person.user_id) if group else None
