"""Whether what an item is about is still open, when the day's message is written."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.context import invitations
from bot.context.context import Context
from bot.features.home import week
from bot.features.incidents import incident_readers, unread
from bot.features.network import network_meetings
from bot.reminders import kinds
from flows.enums import Field
from storage.records.open_items import OpenItem
from storage.records.records import Group


async def holds(ctx: Context, open_item: OpenItem) -> bool:
    """True if what the item is about is still open."""
    still = HOLDS.get(open_item.kind)
    return still is None or await still(ctx, open_item, await ctx.work.groups.get(open_item.group_id))


def _number(open_item: OpenItem) -> int:
    """Return the number of what the item is about."""
    return int(open_item.ref.partition(":")[2])


async def _incident_waits(ctx: Context, open_item: OpenItem, group: Group) -> bool:
    if open_item.ref == incident_readers.NOBODY_READS:
        return await incident_readers.readerless(ctx, group)
    incident = await ctx.work.incidents.lookup(_number(open_item))
    if incident is None or incident.state != "open":
        return False
    if open_item.kind == kinds.WAITS:  # else it stands in the list, and nobody needs to hurry
        return not await unread.is_read(ctx, group, incident.id)
    return open_item.kind != kinds.CONTACT or bool(incident.values.get(Field.CONTACT))


async def _is_wished(ctx: Context, open_item: OpenItem, _group: Group) -> bool:
    return await ctx.work.wishes.lookup(_number(open_item)) is not None


async def _lacks_place(ctx: Context, open_item: OpenItem, _group: Group) -> bool:
    meeting = await ctx.work.meetings.lookup(_number(open_item))
    if meeting is None or meeting.state != "planned" or meeting.day < ctx.today:
        return False
    return network_meetings.lacks_place(meeting)


async def _is_held(ctx: Context, open_item: OpenItem, _group: Group) -> bool:
    return await ctx.work.held_texts.lookup(_number(open_item)) is not None


async def _has_news(ctx: Context, open_item: OpenItem, group: Group) -> bool:
    return await week.has_news(ctx, group, await ctx.work.members.get(open_item.member_id))


async def _is_invited(ctx: Context, open_item: OpenItem, group: Group) -> bool:
    what, number = open_item.ref.partition(":")[0], _number(open_item)
    return await invitations.valid(ctx, group, what, str(number) if number else "") is not None


# Whether what an item of this kind is about is still open; without a line, it is as long as the item is.
HOLDS: Final[Mapping[str, Callable[[Context, OpenItem, Group], Awaitable[bool]]]] = {
    **dict.fromkeys((kinds.WAITS, kinds.SINCE, kinds.UNREAD, kinds.CONTACT), _incident_waits),
    **dict.fromkeys((kinds.WISH, kinds.UNMET), _is_wished),
    **dict.fromkeys((kinds.PLACE, kinds.WHERE), _lacks_place),
    kinds.HELD: _is_held,
    kinds.WEEKLY: _has_news,
    kinds.INVITING: _is_invited,
}
