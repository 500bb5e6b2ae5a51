"""Time polls (P.3): those who are called say which of some times they can come, and the outcome moves the meeting.

A coordinator writes the times, a line each. Everybody who is called ticks those that suit them. When all have answered
and a time suits everybody, the meeting is moved to the earliest such; else a coordinator chooses, at the latest when
the last day is over. A meeting that is moved in another way meanwhile ends the poll.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Role
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.calendar import lifecycle, meetings
from bot.features.calendar.said_times import says_times, times_in
from bot.features.journey import memberships, network_meetings
from bot.reminders import kinds, open_items
from bot.reminders.holidays import is_holiday
from bot.reminders.next_message import hears, spoken
from flows.pacing import USUAL, WORKDAYS, at_wall
from messages.voice import TemplateFacts
from storage import records
from storage.json_records import codec, dump
from storage.message_notes import MessageContext
from storage.records import Group, Member, Person

POLL: Final = "timepoll"  # the kind of the activity state (by the meeting's id), and of the row in the schedule
DAYS: Final = 3  # working days to answer in, at most until the first of the times
FEWEST, MOST = 2, 6  # times: one is no choice, and more do not fit on a phone
NONE: Final = "none"  # of the button for whom no time suits


@dataclass(frozen=True, slots=True, order=True)
class Hour:
    """A day, and the hour on it (wall time)."""

    on: date
    at: time


@dataclass(frozen=True, slots=True)
class Poll:
    """The times of a meeting that is now at `was`, and which of them (by place) each member can."""

    was: Hour
    times: tuple[Hour, ...]
    until: date
    asked: tuple[int, ...]  # the members who are waited for
    said: dict[int, tuple[int, ...]] = field(default_factory=dict)
    over: bool = False

    def who(self, place: int) -> list[int]:
        """The members who can come at a time."""
        return [member for member, can in self.said.items() if place in can]

    @property
    def all_in(self) -> bool:
        """True if everybody who is awaited has answered."""
        return set(self.asked) <= set(self.said)

    @property
    def suits_all(self) -> int | None:
        """Return the place of the earliest time that suits all who have answered."""
        fitting = (place for place in range(len(self.times)) if len(self.who(place)) == len(self.said))
        return min(fitting, key=lambda place: self.times[place], default=None) if self.said else None


async def of(ctx: Context, group: Group, meeting: int) -> Poll | None:
    """Return the poll about a meeting."""
    state = await ctx.work.activity_states.state(group.id, POLL, str(meeting))
    read = codec(Poll)
    assert read is not None  # it is a dataclass
    found: Poll | None = read.load(state) if state else None
    return found


def _hour(record: records.Meeting) -> Hour:
    return Hour(record.day, record.at)


async def _record(ctx: Context, group: Group, id: int) -> records.Meeting | None:
    return next((m for m in await lifecycle.records_of(ctx, group) if m.id == id), None)


# -- asking ------------------------------------------------------------------------------------------------------------
async def begin(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for the times; while a poll goes on, show its state, and which time to take."""
    record = await _record(ctx, actor.group, int(action.arg))
    if record is None or record.day < ctx.today:
        ctx.toast("old_button")
        return
    poll = await of(ctx, actor.group, record.id)
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
    facts = {**_named(ctx, record), "trouble": trouble, "fewest": FEWEST, "most": MOST, "times": times, "days": days}
    keys = [[ctx.key("back", "moving", actor.group.id, str(record.id))]]
    await ctx.reply(actor, "time_poll.ask", facts, keys, context=context)


async def said_times(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take the times, a line each or with commas between: all or none, naming what cannot be read. Too few wait."""
    record = await _record(ctx, actor.group, context.meeting)
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
    asked = [m for m in await _called(ctx, actor.group, record) if not await _is_away(ctx, m)]
    poll = Poll(_hour(record), tuple(times), _until(ctx, times[0].on), tuple(m.id for m in asked))
    await _keep(ctx, actor.group, record.id, poll)
    closes = at_wall(poll.until + timedelta(1), USUAL, ctx.services.zone)
    await ctx.work.schedule.put(POLL, closes, group_id=actor.group.id, ref=f"{POLL}:{record.id}")
    await ctx.reply(actor, "time_poll.begun", {**_named(ctx, record), "until": poll.until})
    await _show(ctx, actor.group, record, poll, anew=True)
    for member in asked:
        if member.role == "network" and await hears(ctx, member.person_id):
            await _show_alone(ctx, actor.group, record, poll, member)
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


async def _is_away(ctx: Context, member: Member) -> bool:
    return member.person_id in await ctx.work.absences.away_on(ctx.today)


# -- answering ---------------------------------------------------------------------------------------------------------
async def can(ctx: Context, actor: Actor, action: Action) -> None:
    """Note that somebody can come at a time, or cannot after all; or at none of them."""
    id, _, place = action.arg.partition(":")
    record, poll = await _record(ctx, actor.group, int(id)), await of(ctx, actor.group, int(id))
    if record is None or poll is None or not (place == NONE or int(place) < len(poll.times)):
        ctx.toast("old_button")
        return
    if poll.over or _hour(record) != poll.was:
        ctx.toast("time_poll.over", alert=True)
        return
    mine = () if place == NONE else poll.said.get(actor.member.id, ())
    if place != NONE:
        mine = tuple(p for p in mine if p != int(place)) if int(place) in mine else (*mine, int(place))
    poll = replace(poll, said={**poll.said, actor.member.id: mine})
    ctx.toast("time_poll.kept" if mine else "time_poll.none")
    await _keep(ctx, actor.group, record.id, poll)
    await _show(ctx, actor.group, record, poll)
    if not actor.in_group:
        await _show_alone(ctx, actor.group, record, poll, actor.member, edit=actor.message_id)
    if poll.all_in:
        await _decide(ctx, actor.group, record, poll, actor.member)


async def _keep(ctx: Context, group: Group, meeting: int, poll: Poll) -> None:
    """Keep a poll, with an item for each who has not answered, who hears of it on the day before the last."""
    await ctx.work.activity_states.keep(group.id, POLL, str(meeting), dump(poll))
    silent = [m for m in poll.asked if m not in poll.said and not poll.over]
    await open_items.reconcile(ctx, group, f"poll:{meeting}", {(kinds.POLL, member): poll.until for member in silent})


async def runs(ctx: Context, group: Group, meeting: int) -> bool:
    """True while another time is sought for this meeting, and it has not been moved in another way."""
    record, poll = await _record(ctx, group, meeting), await of(ctx, group, meeting)
    return record is not None and poll is not None and not poll.over and _hour(record) == poll.was


async def see(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the poll in private, with one's own ticks."""
    record, poll = await _record(ctx, actor.group, int(action.arg)), await of(ctx, actor.group, int(action.arg))
    if record is None or poll is None or not await runs(ctx, actor.group, record.id):
        ctx.toast("time_poll.over", alert=True)
        return
    await ctx.work.prompts.turn_all_aside(actor.person.id)
    await _show_alone(ctx, actor.group, record, poll, actor.member)


async def asking(ctx: Context, person: Person, under: MessageContext) -> tuple[Actor, int] | None:
    """Return about which meeting's times a message asks this person, while another time is sought."""
    kind, _, meeting = under.what.partition(":")
    asks = kind == POLL and not under.want
    actor = await memberships.seat_asked(ctx, person, under.group, Role.NETWORK) if asks else None
    return (actor, int(meeting)) if actor and await runs(ctx, actor.group, int(meeting)) else None


async def put_again(ctx: Context, actor: Actor, meeting: int) -> None:
    """Put the poll once more, with its buttons, to whoever has written under it."""
    await ctx.tell(actor, "time_poll.by_button")
    await see(ctx, actor, Action("tp_see", actor.group.id, 0, str(meeting)))


# -- what comes of it --------------------------------------------------------------------------------------------------
async def fire(ctx: Context, group: Group, meeting: int) -> None:
    """End a poll whose last day is over: the coordinators are to choose."""
    record, poll = await _record(ctx, group, meeting), await of(ctx, group, meeting)
    if record is not None and poll is not None and not poll.over and _hour(record) == poll.was:
        await _hand_over(ctx, group, record, poll)


async def _decide(ctx: Context, group: Group, record: records.Meeting, poll: Poll, by: Member) -> None:
    """Decide a poll that all have answered: move the meeting to a time that suits everybody, else ask coordinators."""
    place = poll.suits_all
    if place is None or poll.times[place].on <= ctx.today:
        await _hand_over(ctx, group, record, poll)
        return
    await _move(ctx, group, record, poll, place, by)


async def _hand_over(ctx: Context, group: Group, record: records.Meeting, poll: Poll) -> None:
    facts = await _facts(ctx, group, record, poll)
    for member in await open_items.coordinators(ctx, group):
        if await hears(ctx, member.person_id):
            keys = _choices(ctx, group, record.id, poll)
            await ctx.to_person(member.person_id, "time_poll.choose", facts, keys, about=group.id)


async def _choose(ctx: Context, actor: Actor, record: records.Meeting, poll: Poll) -> None:
    keys = _choices(ctx, actor.group, record.id, poll)
    await ctx.reply(actor, "time_poll.choose", await _facts(ctx, actor.group, record, poll), keys)


async def choose(ctx: Context, actor: Actor, action: Action) -> None:
    """Take the time that a coordinator has chosen, or leave the meeting where it is."""
    id, _, place = action.arg.partition(":")
    record, poll = await _record(ctx, actor.group, int(id)), await of(ctx, actor.group, int(id))
    if record is None or poll is None or poll.over or not (place == NONE or int(place) < len(poll.times)):
        ctx.toast("old_button")
        return
    if place == NONE:
        await _end(ctx, actor.group, record, poll)
        await ctx.reply(actor, "time_poll.left", _named(ctx, record))
    elif poll.times[int(place)].on < ctx.today:
        ctx.toast("time_poll.past", alert=True)
    else:
        await _move(ctx, actor.group, record, poll, int(place), actor.member)
        keys = [[ctx.key("calendar.file", "ics", actor.group.id)]]
        await ctx.reply(actor, "calendar.done", {}, keys)


async def _move(ctx: Context, group: Group, record: records.Meeting, poll: Poll, place: int, by: Member) -> None:
    await _end(ctx, group, record, poll)
    taken = poll.times[place]
    await meetings.move_to(ctx, group, record, (taken.on, taken.at), by)


async def _end(ctx: Context, group: Group, record: records.Meeting, poll: Poll) -> None:
    poll = replace(poll, over=True)
    await _keep(ctx, group, record.id, poll)
    await ctx.work.schedule.cancel(kind=POLL, ref=f"{POLL}:{record.id}")
    await _show(ctx, group, record, poll)


# -- showing -----------------------------------------------------------------------------------------------------------
def _named(ctx: Context, record: records.Meeting) -> TemplateFacts:
    return {"name": lifecycle.name_of(ctx, lifecycle.as_meeting(record)), "on": record.day, "at": record.at}


async def _facts(ctx: Context, group: Group, record: records.Meeting, poll: Poll) -> TemplateFacts:
    scene = await runner.scene_of(ctx, group)
    return {
        **_named(ctx, record),
        "until": poll.until,
        "over": poll.over,
        "times": [
            {"on": one.on, "at": one.at, "who": [scene.member(member) for member in poll.who(place)]}
            for place, one in enumerate(poll.times)
        ],
        "unfit": [scene.member(member) for member, said in poll.said.items() if not said],
        "silent": [scene.member(member) for member in poll.asked if member not in poll.said],
    }


def _times(ctx: Context, group: Group, meeting: int, poll: Poll, member: int = 0) -> list[list[Key]]:
    """Return a button for each time, ticked as this member has answered; and one for "none of them"."""
    mine = poll.said.get(member, ())
    found = [
        [ctx.key("time_poll.time", "tp_can", group.id, f"{meeting}:{n}", on=one.on, at=one.at, ticked=n in mine)]
        for n, one in enumerate(poll.times)
    ]
    unfit = member in poll.said and not mine
    return [*found, [ctx.key("time_poll.none", "tp_can", group.id, f"{meeting}:{NONE}", ticked=unfit)]]


def _choices(ctx: Context, group: Group, meeting: int, poll: Poll) -> list[list[Key]]:
    """Return the times, those that suit most people first."""
    order = sorted(range(len(poll.times)), key=lambda place: -len(poll.who(place)))
    found = [
        [ctx.key("time_poll.take", "tp_take", group.id, f"{meeting}:{n}", on=one.on, at=one.at, count=len(poll.who(n)))]
        for n in order
        for one in [poll.times[n]]
    ]
    return [*found, [ctx.key("time_poll.leave", "tp_take", group.id, f"{meeting}:{NONE}")]]


async def _show_alone(
    ctx: Context, group: Group, record: records.Meeting, poll: Poll, member: Member, *, edit: int | None = None
) -> None:
    """Show the poll in private, with one's own ticks: as a new message, or in the place of one."""
    keys = _times(ctx, group, record.id, poll, member.id)
    context = MessageContext(group=group.id, what=f"{POLL}:{record.id}")
    facts = await _facts(ctx, group, record, poll)
    await ctx.to_person(member.person_id, "time_poll.question", facts, keys, about=group.id, edit=edit, context=context)


async def _show(ctx: Context, group: Group, record: records.Meeting, poll: Poll, *, anew: bool = False) -> None:
    keys = [] if poll.over else _times(ctx, group, record.id, poll)
    facts = await _facts(ctx, group, record, poll)
    await ctx.to_group(group, "time_poll.question", facts, keys, slot=f"{POLL}:{record.id}", living=not anew)


ROUTES: Routes = (
    *buttons(Role.NETWORK, About.GROUP, tp_can=can, tp_see=see),
    *buttons(Role.COORDINATOR, About.GROUP, timepoll=begin, tp_take=choose),
    *texts(Role.COORDINATOR, Takes(says=says_times), times=said_times),
)
