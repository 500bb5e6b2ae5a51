"""Readers of incidents: who they are, who is there to be told, and what follows when one of them leaves."""

from collections.abc import Collection
from datetime import date

from bot.context.context import Context
from bot.reminders import next_message, open_items
from bot.reminders.kinds import UNREAD
from messages.voice import TemplateFacts
from storage.records.records import Group, Member

NOBODY_READS = "readers:0"  # what the matter of the last one's having left refers to


async def of(ctx: Context, group: Group) -> list[Member]:
    """Return the group's readers of incidents who are still members."""
    named = group.settings.readers
    return [m for m in await ctx.work.members.active(group.id) if m.id in named]


async def able(ctx: Context, group: Group, first: date | None = None, last: date | None = None) -> list[Member]:
    """Return those who read and are there to be told: who hears from the bot, and is not away from `first` to `last`.

    Without days: not today.
    """
    days = first or ctx.today, last or first or ctx.today
    found = []
    for member in await of(ctx, group):
        away = await ctx.work.absences.of_person(member.person_id, days[0])
        meanwhile = any(one.first <= days[1] and one.last >= days[0] for one in away)
        if not meanwhile and await next_message.hears(ctx, member.person_id):
            found.append(member)
    return found


def told_of(readers: Collection[Member], to: Member) -> TemplateFacts:
    """Return who reads, as it is told to somebody who may be one of them."""
    others = [one.name for one in readers if one.id != to.id]
    return {"read_by": others, "you_read": any(one.id == to.id for one in readers)}


async def last_left(ctx: Context, group: Group) -> None:
    """Let whoever coordinates know that the last one who read has left."""
    for member in await open_items.coordinators(ctx, group):
        await ctx.work.open_items.put(member, UNREAD, NOBODY_READS, ctx.today, ctx.today)
        await next_message.schedule_next(ctx, member.person_id)


async def one_left(ctx: Context, group: Group, left: Member) -> None:
    """Let whoever coordinates know that one who read has left, and who reads now."""
    reading = await of(ctx, group)
    for member in await open_items.coordinators(ctx, group):
        facts = {"name": left.name, "alone": len(reading) == 1, **told_of(reading, member)}
        keys = [[ctx.key("safety.readers", "readers", group.id)]]
        await ctx.to_person(member.person_id, "safety.reader_left", facts, keys, about=group.id)


async def named_again(ctx: Context, group: Group) -> None:
    """Note that the group has a reader again."""
    await open_items.reconcile(ctx, group, NOBODY_READS, {})


async def readerless(ctx: Context, group: Group) -> bool:
    """Return whether nobody reads any more, where somebody did."""
    return bool(await ctx.work.open_items.unclosed(group.id, NOBODY_READS))
