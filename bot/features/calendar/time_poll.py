"""Time polls (P.3): those who are called say which of some times they can come, and the outcome moves the meeting.

A coordinator writes the times, a line each. Everybody who is called ticks those that suit them: a ballot
(`flows.ballots`), under the meeting's id, about when it is now. When all have answered and a time suits everybody, the
meeting is moved to the earliest such; else a coordinator chooses, at the latest when the last day is over. A meeting
that is moved or cancelled in another way meanwhile ends the poll.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from bot.ballots import box
from bot.ballots.box import BallotOwner, voter
from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, refusals_told, required
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.row_events import CalendarChanged
from bot.context.sealed_actions import Action
from bot.context.seats import pick
from bot.features.calendar import meetings, poll_view
from bot.features.calendar.poll_view import NONE, SLOT
from bot.features.calendar.proposed_times import says_times, times_in
from bot.features.network import memberships, network_meetings
from bot.reminders import kinds, open_items
from bot.reminders.next_message import hearing, spoken
from bot.views.ways import ways
from flows import ballots
from flows.ballots import Asked, Ballot, Chose, Outcome, Phase, Purpose, TextNow, Turn, Voted
from storage.records.meetings import Meeting as Record
from storage.records.message_notes import AboutMeeting, MessageContext, TimesGiven
from storage.records.records import Group, Member, Person

FEWEST, MOST = 2, 6  # times: one is no choice, and more do not fit on a phone


async def of(ctx: Context, group: Group, meeting: int) -> Ballot | None:
    """Return the poll about a meeting, while another time is sought for it."""
    poll = await box.of(ctx, group, Purpose.POLL, str(meeting))
    return poll if poll is not None and poll.phase is Phase.OPEN else None


def _hour_of(record: Record | None) -> str:
    """Return when a meeting is; empty for one that is in the calendar no more."""
    return poll_view.written(datetime.combine(record.day, record.at)) if record else ""


# -- asking ------------------------------------------------------------------------------------------------------------
async def begin(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for the times; while a poll goes on, show its state, and which time to take."""
    record = pick(await ctx.work.meetings.planned(actor.group.id), action.arg)
    if record is None or record.day < ctx.today:
        ctx.toast("old_button")
    elif poll := await of(ctx, actor.group, record.id):
        keys = poll_view.choices(ctx, actor.group, str(record.id), poll)
        await ctx.reply(actor, "time_poll.choose", await poll_view.facts_of(ctx, actor.group, record, poll), keys)
    else:
        await _ask(ctx, actor, record)


async def _ask(
    ctx: Context,
    actor: Actor,
    record: Record,
    trouble: str | None = None,
    times: Sequence[datetime] = (),
    days: Sequence[date] = (),
) -> None:
    """Ask for times; those that were given so far (`times`) stand, and what is written next is added to them.

    `trouble`: what cannot be read, or (`days`) can mean several days.
    """
    so_far = "\n".join(f"{time:%Y-%m-%d %H:%M}" for time in times)
    context = MessageContext(page=True, want="times", group=actor.group.id, about=TimesGiven(record.id, so_far))
    given = {"fewest": FEWEST, "most": MOST, "trouble": trouble, "times": [*map(poll_view.moment, times)], "days": days}
    keys = [[ctx.key("back", "moving", actor.group.id, str(record.id))]]
    await ctx.reply(actor, "time_poll.ask", {**poll_view.named(ctx, record), **given}, keys, context=context)


async def said_times(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take the times, a line each or with commas between: all or none, naming what cannot be read. Too few wait."""
    record = pick(await ctx.work.meetings.planned(actor.group.id), context.the(AboutMeeting).meeting)
    if record is None:
        return
    given = context.of(TimesGiven)
    before = [datetime.fromisoformat(line) for line in given.so_far.splitlines()] if given else []
    times = list(before)
    for line in times_in(ctx, text):
        readings = ctx.dates.read_moment(line, ctx.today, since=record.day)
        days = list(dict.fromkeys(on for on, _ in readings))
        if len(days) != 1 or days[0] <= ctx.today:
            await _ask(ctx, actor, record, line[:60], before, days if len(days) > 1 else ())
            return
        on, at = readings[0]  # of two hours, the one in the afternoon
        times.append(datetime.combine(on, at or record.at))
    times = sorted(set(times))
    if not FEWEST <= len(times) <= MOST:
        await _ask(ctx, actor, record, "", times if len(times) < FEWEST else ())
        return
    await _put(ctx, actor, record, tuple(map(poll_view.written, times)))


async def _put(ctx: Context, actor: Actor, record: Record, times: tuple[str, ...]) -> None:
    """Ask everybody who is called, and not away: in the group, and those of the network alone."""
    group, until = actor.group, box.last_day(ctx, choices=times)
    roles = ("core", "network") if network_meetings.is_networks(ctx, record) else ("core",)
    away = await ctx.work.absences.away_on(ctx.today)
    asked = [m for m in await ctx.work.members.active(group.id, roles=roles) if m.person_id not in away]
    await ctx.reply(actor, "time_poll.begun", {**poll_view.named(ctx, record), "until": until})
    question = Asked(_hour_of(record), until, tuple(voter(m.id) for m in asked), times)
    await box.put(ctx, group, OWNER, str(record.id), question)
    poll = await of(ctx, group, record.id)
    assert poll is not None  # just now
    for member in await hearing(ctx, asked):
        if member.role == "network":
            await poll_view.show_alone(ctx, group, record, poll, member)
            await spoken(ctx, member.person_id)


# -- answering ---------------------------------------------------------------------------------------------------------
async def can(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that somebody can come at a time, or cannot after all; or at none of them."""
    ref, _, place = action.arg.partition(":")
    record, poll = await _named(ctx, actor.group, action)
    me, choice = voter(actor.member.id), ballots.NONE if place == NONE else poll.choices[int(place)]
    turn = await box.tell(ctx, actor.group, OWNER, ref, Voted(me, choice, action.ask), actor.member)
    assert turn is not None  # it is there
    demand(not turn.unfit, "time_poll.over", alert=True)
    ctx.toast("time_poll.kept" if turn.ballot.voices[me].choice else "time_poll.none")
    if not actor.in_group:
        await poll_view.show_alone(ctx, actor.group, record, turn.ballot, actor.member, edit=actor.message_id)


async def _named(ctx: Context, group: Group, action: Action) -> tuple[Record, Ballot]:
    """Return the meeting and the poll that a button names. Raises Unmet unless its time is among those asked about."""
    id, _, place = action.arg.partition(":")
    record = required(pick(await ctx.work.meetings.planned(group.id), id))
    poll = required(await box.of(ctx, group, Purpose.POLL, id))
    demand(place == NONE or int(place) < len(poll.choices))
    return record, poll


async def see(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the poll in private, with one's own ticks."""
    record = required(pick(await ctx.work.meetings.planned(actor.group.id), action.arg), "time_poll.over", alert=True)
    poll = required(await of(ctx, actor.group, int(action.arg)), "time_poll.over", alert=True)
    await ctx.work.prompts.turn_all_aside(actor.person.id)
    await poll_view.show_alone(ctx, actor.group, record, poll, actor.member)


async def asking(ctx: Context, person: Person, under: MessageContext) -> tuple[Actor, int] | None:
    """Return about which meeting's times a message asks this person, while another time is sought."""
    kind, _, meeting = under.what.partition(":")
    asks = kind == SLOT and not under.want
    actor = await memberships.seat_asked(ctx, person, under.group, Rank.NETWORK) if asks else None
    return (actor, int(meeting)) if actor and await of(ctx, actor.group, int(meeting)) else None


async def put_again(ctx: Context, actor: Actor, meeting: int) -> None:
    """Put the poll once more, with its buttons, to whoever has written under it."""
    await ctx.tell(actor, "time_poll.by_button", keys=await ways(ctx, actor.person, actor.group.id))
    with refusals_told(ctx):
        await see(ctx, actor, Action("tp_see", actor.group.id, 0, str(meeting)))


# -- what comes of it --------------------------------------------------------------------------------------------------
async def decided(ctx: Context, group: Group, ref: str, turn: Turn, by: Member | None) -> None:
    """Move the meeting to the time that suits all, or that was chosen; or ask whoever coordinates to choose."""
    record, poll = await ctx.work.meetings.get(int(ref)), turn.ballot
    if turn.outcome is Outcome.TO_CHOOSE:
        facts, keys = await poll_view.facts_of(ctx, group, record, poll), poll_view.choices(ctx, group, ref, poll)
        for member in await hearing(ctx, await open_items.coordinators(ctx, group)):
            await ctx.to_member(member, "time_poll.choose", facts, keys)
    elif poll.chosen:
        taken = datetime.fromisoformat(poll.chosen)
        await meetings.move_to(ctx, group, record, (taken.date(), taken.time()), by)


async def choose(ctx: Context, actor: Actor, action: Action) -> None:
    """Take the time that a coordinator has chosen, or leave the meeting where it is."""
    ref, _, place = action.arg.partition(":")
    record, poll = await _named(ctx, actor.group, action)
    demand(poll.phase is Phase.OPEN and poll.round == action.ask)
    choice = ballots.NONE if place == NONE else poll.choices[int(place)]
    demand(not choice or datetime.fromisoformat(choice).date() >= ctx.today, "time_poll.past", alert=True)
    await box.tell(ctx, actor.group, OWNER, ref, Chose(choice), actor.member)
    if choice:
        await ctx.reply(actor, "calendar.done", {}, [[ctx.key("calendar.file", "ics", actor.group.id)]])
    else:
        await ctx.reply(actor, "time_poll.left", poll_view.named(ctx, record))


async def calendar_changed(ctx: Context, group: Group, happened: CalendarChanged) -> None:
    """End the polls about meetings that are at another time by now, or cancelled."""
    for ref in await box.open_of(ctx, group, Purpose.POLL):
        record = pick(await ctx.work.meetings.planned(group.id), ref)
        await box.tell(ctx, group, OWNER, ref, TextNow(_hour_of(record), ctx.today))


OWNER: Final = BallotOwner(Purpose.POLL, kinds.POLL, poll_view.show, decided)
ROUTES: Routes = (
    *buttons(Rank.NETWORK, About.GROUP, tp_can=can, tp_see=see),
    *buttons(Rank.COORDINATOR, About.GROUP, timepoll=begin, tp_take=choose),
    *texts(Rank.COORDINATOR, Takes(says=says_times), times=said_times),
)
