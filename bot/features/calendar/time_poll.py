"""Time polls (P.3): those who are called say which of some times they can come, and the outcome moves the meeting.

A coordinator writes the times, a line each. Everybody who is called ticks those that suit them. When all have answered
and a time suits everybody, the meeting is moved to the earliest such; else a coordinator chooses, at the latest when
the last day is over. A meeting that is moved in another way meanwhile ends the poll.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.features.calendar import meetings, poll_view, polls
from bot.features.calendar.poll_view import NONE
from bot.features.calendar.polls import POLL, Hour, Poll
from bot.features.calendar.said_times import says_times, times_in
from bot.features.journey import memberships, network_meetings
from bot.reminders import open_items
from bot.reminders.holidays import is_holiday
from bot.reminders.next_message import hears, spoken
from flows.pacing import USUAL, WORKDAYS, at_wall
from storage import records
from storage.message_notes import MessageContext
from storage.records import Group, Member, Person

DAYS: Final = 3  # working days to answer in, at most until the first of the times
FEWEST, MOST = 2, 6  # times: one is no choice, and more do not fit on a phone


# -- asking ------------------------------------------------------------------------------------------------------------
async def begin(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for the times; while a poll goes on, show its state, and which time to take."""
    record = await polls.meeting_of(ctx, actor.group, int(action.arg))
    if record is None or record.day < ctx.today:
        ctx.toast("old_button")
        return
    poll = await polls.of(ctx, actor.group, record.id)
    if poll is not None and not poll.over:
        await _choose(ctx, actor, record, poll)
        return
    await _ask(ctx, actor, record)


async def _ask(
    ctx: Context,
    actor: Actor,
    record: records.Meeting,
    trouble: str | None = None,
    times: Sequence[Hour] = (),
    days: Sequence[date] = (),
) -> None:
    """Ask for times; those that were given so far (`times`) stand, and what is written next is added to them.

    `trouble`: what cannot be read, or (`days`) can mean several days.
    """
    so_far = "\n".join(f"{one.on} {one.at:%H:%M}" for one in times)
    context = MessageContext(page=True, want="times", group=actor.group.id, meeting=record.id, so_far=so_far)
    limits = {"fewest": FEWEST, "most": MOST}
    facts = {**poll_view.named(ctx, record), **limits, "trouble": trouble, "times": times, "days": days}
    keys = [[ctx.key("back", "moving", actor.group.id, str(record.id))]]
    await ctx.reply(actor, "time_poll.ask", facts, keys, context=context)


async def said_times(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take the times, a line each or with commas between: all or none, naming what cannot be read. Too few wait."""
    record = await polls.meeting_of(ctx, actor.group, context.meeting)
    if record is None:
        return
    before = [Hour(at.date(), at.time()) for at in map(datetime.fromisoformat, context.so_far.splitlines())]
    times = list(before)
    for line in times_in(ctx, text):
        readings = ctx.dates.read_moment(line, ctx.today, since=record.day)
        days = list(dict.fromkeys(on for on, _ in readings))
        if len(days) != 1 or days[0] <= ctx.today:
            await _ask(ctx, actor, record, line[:60], before, days if len(days) > 1 else ())
            return
        on, at = readings[0]  # of two hours, the one in the afternoon
        times.append(Hour(on, at or record.at))
    times = sorted(set(times))
    if not FEWEST <= len(times) <= MOST:
        await _ask(ctx, actor, record, "", times if len(times) < FEWEST else ())
        return
    away = await ctx.work.absences.away_on(ctx.today)
    asked = [m for m in await _called(ctx, actor.group, record) if m.person_id not in away]
    poll = Poll(polls.hour_of(record), tuple(times), _until(ctx, times[0].on), tuple(m.id for m in asked))
    await polls.keep(ctx, actor.group, record.id, poll)
    closes = at_wall(poll.until + timedelta(1), USUAL, ctx.services.zone)
    await ctx.work.schedule.put(POLL, closes, group_id=actor.group.id, ref=f"{POLL}:{record.id}")
    await ctx.reply(actor, "time_poll.begun", {**poll_view.named(ctx, record), "until": poll.until})
    await poll_view.show(ctx, actor.group, record, poll, anew=True)
    for member in asked:
        if member.role == "network" and await hears(ctx, member.person_id):
            await poll_view.show_alone(ctx, actor.group, record, poll, member)
            await spoken(ctx, member.person_id)


def _until(ctx: Context, first: date) -> date:
    """Return the last day to answer: some working days from now, at the latest the day before the first time."""
    day, left = ctx.today, DAYS
    while left:
        day += timedelta(1)
        left -= day.weekday() in WORKDAYS and not is_holiday(day)
    return max(ctx.today, min(day, first - timedelta(1)))


async def _called(ctx: Context, group: Group, record: records.Meeting) -> list[Member]:
    """Return who is called: the core group, and the network if it is."""
    roles = ("core", "network") if network_meetings.is_networks(ctx, record) else ("core",)
    return await ctx.work.members.active(group.id, roles=roles)


# -- answering ---------------------------------------------------------------------------------------------------------
async def can(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that somebody can come at a time, or cannot after all; or at none of them."""
    tapped = await _tapped(ctx, actor, action)
    if tapped is None:
        ctx.toast("old_button")
        return
    record, poll, place = tapped
    if not poll.goes_on(record):
        ctx.toast("time_poll.over", alert=True)
        return
    mine: tuple[int, ...] = ()
    if place is not None:
        mine = poll.said.get(actor.member.id, ())
        mine = tuple(p for p in mine if p != place) if place in mine else (*mine, place)
    poll = replace(poll, said={**poll.said, actor.member.id: mine})
    ctx.toast("time_poll.kept" if mine else "time_poll.none")
    await polls.keep(ctx, actor.group, record.id, poll)
    await poll_view.show(ctx, actor.group, record, poll)
    if not actor.in_group:
        await poll_view.show_alone(ctx, actor.group, record, poll, actor.member, edit=actor.message_id)
    if poll.all_in:
        await _decide(ctx, actor.group, record, poll, actor.member)


async def _tapped(ctx: Context, actor: Actor, action: Action) -> tuple[records.Meeting, Poll, int | None] | None:
    """Return the meeting, the poll and the time (its place; None: no time) that a button names, if they are there."""
    id, _, at = action.arg.partition(":")
    record, poll = await polls.meeting_of(ctx, actor.group, int(id)), await polls.of(ctx, actor.group, int(id))
    place = None if at == NONE else int(at)
    if record is None or poll is None or (place is not None and place >= len(poll.times)):
        return None
    return record, poll, place


async def see(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the poll in private, with one's own ticks."""
    found = await polls.going_on(ctx, actor.group, int(action.arg))
    if found is None:
        ctx.toast("time_poll.over", alert=True)
        return
    await ctx.work.prompts.turn_all_aside(actor.person.id)
    await poll_view.show_alone(ctx, actor.group, *found, actor.member)


async def asking(ctx: Context, person: Person, under: MessageContext) -> tuple[Actor, int] | None:
    """Return about which meeting's times a message asks this person, while another time is sought."""
    kind, _, meeting = under.what.partition(":")
    asks = kind == POLL and not under.want
    actor = await memberships.seat_asked(ctx, person, under.group, Rank.NETWORK) if asks else None
    return (actor, int(meeting)) if actor and await polls.going_on(ctx, actor.group, int(meeting)) else None


async def put_again(ctx: Context, actor: Actor, meeting: int) -> None:
    """Put the poll once more, with its buttons, to whoever has written under it."""
    await ctx.tell(actor, "time_poll.by_button")
    await see(ctx, actor, Action("tp_see", actor.group.id, 0, str(meeting)))


# -- what comes of it --------------------------------------------------------------------------------------------------
async def fire(ctx: Context, group: Group, meeting: int) -> None:
    """End a poll whose last day is over: the coordinators are to choose."""
    if found := await polls.going_on(ctx, group, meeting):
        await _hand_over(ctx, group, *found)


async def _decide(ctx: Context, group: Group, record: records.Meeting, poll: Poll, by: Member) -> None:
    """Decide a poll that all have answered: move the meeting to a time that suits everybody, else ask coordinators."""
    place = poll.suits_all
    if place is None or poll.times[place].on <= ctx.today:
        await _hand_over(ctx, group, record, poll)
        return
    await _move(ctx, group, record, poll, place, by)


async def _hand_over(ctx: Context, group: Group, record: records.Meeting, poll: Poll) -> None:
    facts = await poll_view.facts_of(ctx, group, record, poll)
    for member in await open_items.coordinators(ctx, group):
        if await hears(ctx, member.person_id):
            keys = poll_view.choices(ctx, group, record.id, poll)
            await ctx.to_person(member.person_id, "time_poll.choose", facts, keys, about=group.id)


async def _choose(ctx: Context, actor: Actor, record: records.Meeting, poll: Poll) -> None:
    keys = poll_view.choices(ctx, actor.group, record.id, poll)
    await ctx.reply(actor, "time_poll.choose", await poll_view.facts_of(ctx, actor.group, record, poll), keys)


async def choose(ctx: Context, actor: Actor, action: Action) -> None:
    """Take the time that a coordinator has chosen, or leave the meeting where it is."""
    tapped = await _tapped(ctx, actor, action)
    if tapped is None or tapped[1].over:
        ctx.toast("old_button")
        return
    record, poll, place = tapped
    if place is None:
        await _end(ctx, actor.group, record, poll)
        await ctx.reply(actor, "time_poll.left", poll_view.named(ctx, record))
    elif poll.times[place].on < ctx.today:
        ctx.toast("time_poll.past", alert=True)
    else:
        await _move(ctx, actor.group, record, poll, place, actor.member)
        keys = [[ctx.key("calendar.file", "ics", actor.group.id)]]
        await ctx.reply(actor, "calendar.done", {}, keys)


async def _move(ctx: Context, group: Group, record: records.Meeting, poll: Poll, place: int, by: Member) -> None:
    await _end(ctx, group, record, poll)
    taken = poll.times[place]
    await meetings.move_to(ctx, group, record, (taken.on, taken.at), by)


async def _end(ctx: Context, group: Group, record: records.Meeting, poll: Poll) -> None:
    poll = replace(poll, over=True)
    await polls.keep(ctx, group, record.id, poll)
    await ctx.work.schedule.cancel(kind=POLL, ref=f"{POLL}:{record.id}")
    await poll_view.show(ctx, group, record, poll)


ROUTES: Routes = (
    *buttons(Rank.NETWORK, About.GROUP, tp_can=can, tp_see=see),
    *buttons(Rank.COORDINATOR, About.GROUP, timepoll=begin, tp_take=choose),
    *texts(Rank.COORDINATOR, Takes(says=says_times), times=said_times),
)
