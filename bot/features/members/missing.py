"""Who of those who coordinate is missing: cannot be reached, is away for long, or has been silent.

As long as they are not, nobody else ends their seat or gives it away: who sits at another coordinator's open browser
cannot get rid of the one who would notice (threat T2).
"""

from dataclasses import replace
from datetime import date, timedelta

from bot.context.context import Context
from bot.context.permissions import Rank, rank_of
from bot.exercises import deferral
from bot.features.network import access_requests, memberships, network_meetings
from bot.reminders.holidays import is_holiday
from flows.ballots import NO
from flows.timing.pacing import JULY
from storage.records.records import Group, Member

SILENT = 10  # working days
LONG = 5  # working days of an absence, from which on somebody counts as missing


async def keeps_seat(ctx: Context, group: Group, member: Member) -> bool:
    """True for whoever coordinates in their own right and is there: in Telegram's chat, or signed in on the page."""
    if rank_of(member, group) < Rank.RESPONSIBLE or await memberships.signed_out(ctx, member):
        return False
    return not await are_missing(ctx, group, [member])


async def are_missing(ctx: Context, group: Group, members: list[Member], *, presses: bool = False) -> bool:
    """True if all of these are missing; where something urgent is unread (`presses`), who is silent that day is."""
    return all([await _is_missing(ctx, group, m, presses=presses) for m in members])


async def _is_missing(ctx: Context, group: Group, member: Member, *, presses: bool) -> bool:
    if await is_blocked(ctx, member) or await is_long_away(ctx, member):
        return True
    last_heard = group.settings.standing.heard.get(member.id)
    if presses:
        return last_heard != ctx.today
    if last_heard is None:  # counted from the first look on
        group = await ctx.work.groups.get(group.id)
        heard = {**group.settings.standing.heard, member.id: ctx.today}
        await ctx.work.groups.settle(group, replace(group.settings.standing, heard=heard))
        return False
    deferred = await deferral.of(ctx, group)  # until that day there was nothing to be heard of
    since = max(last_heard, deferred.until) if deferred is not None else last_heard
    return working_days(max(since, await _last_met(ctx, group, member)), ctx.today) >= SILENT


async def is_blocked(ctx: Context, member: Member) -> bool:
    """True if the bot cannot write to this member."""
    return (await ctx.work.people.get(member.person_id)).reach == "blocked"


async def is_long_away(ctx: Context, member: Member) -> bool:
    """True if this member is away now, for a working week or longer."""
    absences = await ctx.work.absences.of_person(member.person_id, ctx.today)
    return any(one.first <= ctx.today and working_days(one.first - timedelta(1), one.last) >= LONG for one in absences)


async def _last_met(ctx: Context, group: Group, member: Member) -> date:
    """Return the last day on which this coordinator led something that one needs no bot for, today's included.

    That is the event, and the network's meetings; working sessions are led with buttons, so that of today counts alone.
    """
    event = await access_requests.event_day(ctx, group)
    days = [event] if event is not None and not group.settings.event.off else []
    for meeting in await ctx.work.meetings.planned(group.id, last=ctx.today):
        if network_meetings.is_networks(ctx, meeting) or meeting.day == ctx.today:
            said = (await network_meetings.called(ctx, meeting)).answer(member.id)
            days += [meeting.day] if said != NO else []
    return max((day for day in days if day <= ctx.today), default=date.min)


def working_days(after: date, last: date) -> int:
    """Return the number of working days after a day, until another; July has none."""
    days = (after + timedelta(n) for n in range(1, (last - after).days + 1))
    return sum(day.weekday() < 5 and day.month != JULY and not is_holiday(day) for day in days)
