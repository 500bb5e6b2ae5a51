"""A meeting's place, link and length, as shown in the calendar, its file, and the reminder.

Whoever coordinates writes place and link in one text, as one would in an invitation, and can let all meetings to come
that have none be held there too.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.row_events import CalendarChanged
from bot.context.sealed_actions import Action
from bot.context.seats import pick
from bot.features.calendar import lifecycle
from flows.answers import clean, unfit
from flows.identities import Handling
from messages.voice import TemplateFacts
from storage.records.meetings import Meeting
from storage.records.message_notes import AboutMeeting, MessageContext
from storage.records.records import Group

LENGTHS: Final = (60, 90, 120, 180, 360)  # minutes; the last one is a whole day with its pauses
LONGEST: Final = 200  # characters of a place
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A place in words and a link, from one text; either may be empty."""

    place: str
    link: str


def read(text: str) -> Whereabouts:
    """Part a text into the link, whole, and the rest."""
    found = _LINK.search(text)
    link = found[0].rstrip(".,;)") if found else ""
    place = " ".join(text.replace(link, " ").split()).strip(" ,;:–-") if link else " ".join(text.split())
    return Whereabouts(place[:LONGEST], f"https://{link}" if link[:4].lower() == "www." else link)


def where(record: Meeting) -> str:
    """Return place and link in one line; empty if neither is known."""
    return ", ".join(filter(None, (record.place, record.link)))


def line(ctx: Context, record: Meeting, theme: str = "") -> TemplateFacts:
    """Return a meeting in a line for messages. `theme`: what it is about."""
    name = lifecycle.name_of(ctx, lifecycle.as_meeting(record))
    return {
        "name": f"{name}: {theme}" if theme else name,
        "on": record.day,
        "at": record.at,
        "minutes": record.minutes,
        "place": record.place,
        "link": record.link,
    }


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show where a meeting is and how long; a text sets the place, a button the length ("12:90": 90 minutes)."""
    id, _, minutes = action.arg.partition(":")
    record = required(pick(await ctx.work.meetings.planned(actor.group.id), id))
    demand(not minutes or int(minutes) in LENGTHS)
    if minutes:
        record = await ctx.work.meetings.describe(record.id, record.place, record.link, int(minutes))
        await lifecycle.announce(ctx, actor.group)
    await _page(ctx, actor, record)


async def said_where(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take the place, the link, or both."""
    record = pick(await ctx.work.meetings.planned(actor.group.id), context.the(AboutMeeting).meeting)
    where = read(clean(text))
    if record is None:
        return
    if unfit(where.place or where.link):
        await _page(ctx, actor, record)
        return
    record = await ctx.work.meetings.describe(record.id, where.place, where.link, record.minutes)
    ctx.events.append(CalendarChanged(actor.group.id))
    await ctx.to_group(actor.group, "calendar.placed", {**line(ctx, record), "by": actor.member.name})
    await _page(ctx, actor, record, saved=True)


async def everywhere(ctx: Context, actor: Actor, action: Action) -> None:
    """Set the place of all coming meetings that have neither place nor link to that of this one."""
    record = required(pick(await ctx.work.meetings.planned(actor.group.id), action.arg))
    demand(record.place or record.link)
    without = await _without(ctx, actor.group)
    for other in without:
        await ctx.work.meetings.describe(other.id, record.place, record.link, other.minutes)
    if without:
        ctx.events.append(CalendarChanged(actor.group.id))
        facts = {**line(ctx, record), "by": actor.member.name, "count": len(without)}
        await ctx.to_group(actor.group, "calendar.placed_all", facts)
    await _page(ctx, actor, record, saved=True)


async def _without(ctx: Context, group: Group) -> list[Meeting]:
    every = await ctx.work.meetings.planned(group.id)
    return [m for m in every if m.day >= ctx.today and not m.place and not m.link]


async def _page(ctx: Context, actor: Actor, record: Meeting, *, saved: bool = False) -> None:
    group = actor.group
    lengths = [
        ctx.key(f"calendar.length.m{n}", "meetlong", group.id, f"{record.id}:{n}")
        for n in LENGTHS
        if n != record.minutes
    ]
    change = ctx.key("calendar.details", "meetlong", group.id, str(record.id))
    keys: list[list[Key]] = [[change]] if saved else [lengths[:2], lengths[2:]]
    if (record.place or record.link) and (without := len(await _without(ctx, group))):
        keys.append([ctx.key("calendar.everywhere", "meetall", group.id, str(record.id), count=without)])
    keys.append([ctx.key("back", "moving", group.id, str(record.id))])
    context = MessageContext(page=True)
    if not saved:
        context = replace(context, want="meeting_place", group=group.id, about=AboutMeeting(record.id))
    await ctx.reply(actor, "calendar.details", {"meeting": line(ctx, record), "saved": saved}, keys, context=context)


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.GROUP, meetlong=show, meetall=everywhere),
    *texts(Rank.COORDINATOR, Takes(Handling.CONTACT, at_once=True), meeting_place=said_where),
)
