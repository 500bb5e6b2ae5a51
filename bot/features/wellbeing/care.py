"""Care: a person who cries for help is told where to turn before anything else, and can ask to be contacted, unseen.

In full once a day, in short each further time. Nobody else is told without the tap, and a text that others would read
is not kept as an answer without one. That somebody was met with care is kept in memory only, as it would say of them
what only they should say.
"""

from bot.context.abuse_limits import CARED
from bot.context.context import Context
from bot.context.message import Key
from bot.context.permissions import May, Rank, may, rank_of
from bot.features.help import menus, phone_numbers
from bot.features.wellbeing.distress import cries_for_help, sees_danger
from bot.views.shared_buttons import in_town
from storage.records import Group, Person


async def met(ctx: Context, person: Person, text: str) -> bool:
    """Tell the person where to turn if this text is a cry for help; return whether it is one."""
    if not cries_for_help(text):
        return False
    limits = ctx.services.limits
    if limits.over(CARED, person.user_id, ctx.now) is not None:
        await ctx.to_person(person.id, "care.again")
        return True
    limits.count(CARED, person.user_id, ctx.now)
    group, keys = await menus.group_of(ctx, person), await ways_to_ask(ctx, person)
    facts = {"turn": await menus.turn_of(ctx, group), **await phone_numbers.at_hand(ctx, group), "asks": bool(keys)}
    await ctx.to_person(person.id, "care.numbers", facts, keys, about=group.id if group else None)
    return True


async def told_of_danger(ctx: Context, person: Person, text: str) -> bool:
    """Tell where to turn, and where it can be logged, if a text tells of somebody in danger; return whether it does."""
    if not sees_danger(text):
        return False
    group = await menus.group_of(ctx, person)
    member = await ctx.work.members.find(group.id, person.user_id) if group else None
    keys = [[ctx.key("log", "log", group.id)]] if group is not None and may(May.LOG, member, group) else []
    facts = {"turn": await menus.turn_of(ctx, group), "logs": bool(keys)}
    await ctx.to_person(person.id, "care.danger_seen", facts, keys, about=group.id if group else None)
    return True


async def ways_to_ask(ctx: Context, person: Person) -> list[list[Key]]:
    """Return the button with which somebody asks to be contacted; for each town, if they are in several."""
    groups = dict[int, Group]()
    for member in await ctx.work.members.of_person(person.id):
        group = await ctx.work.groups.get(member.group_id)
        if rank_of(member, group) >= Rank.NETWORK and group.state == "active":
            groups[group.id] = group
    several = len(groups) > 1
    asks = [(ctx.key("check_in.contact", "contact", group.id), group) for group in groups.values()]
    return [[in_town(ctx, key, group.title if several else None)] for key, group in asks]
