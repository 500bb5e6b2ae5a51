"""The life of a group's calendar: laid when the group decides to begin, announced, and extended year by year.

All that is scheduled because of a meeting is set here, in the transaction that changes the meetings.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.context.context import Context
from bot.context.events import ExerciseConcluded
from bot.context.row_events import CalendarChanged
from bot.exercises import rounds, runner
from bot.features.network import network_meetings
from bot.features.process.status import status
from bot.reminders import open_items
from bot.reminders.holidays import is_avoided, working_day_before
from bot.reminders.kinds import MEETING, PLACE, WHERE
from flows.dates.months import add_months
from flows.definitions.model import Exercise
from flows.run.events import Concluded
from flows.run.state import Phase
from flows.timing import calendar
from flows.timing.calendar import CalendarChange, Meeting, MeetingKind, workable
from flows.timing.pacing import USUAL, at_wall
from messages.voice import TemplateFacts
from storage.records.group_settings import CalendarStart
from storage.records.meetings import Meeting as Record
from storage.records.meetings import PlannedMeeting
from storage.records.records import Group, Member

OPENS = "opens"  # kinds of rows in the schedule: an exercise begins by itself before a meeting …
BEGINS = "begins"  # … and a meeting begins
AHEAD = timedelta(days=365)  # the network's meetings are always laid so far ahead
LATELY = timedelta(days=90)  # an exercise begun or ended so recently does not begin by itself again
PLACE_BY = 5  # working days before a meeting
OVER = (Phase.CONCLUDED, Phase.ASIDE)


# -- laying ------------------------------------------------------------------------------------------------------------
async def after_decision(ctx: Context, group: Group, happened: ExerciseConcluded) -> None:
    """Lay the calendar once the group has decided to begin, with a start and a length: when it ends the exercise, and
    not while somebody still tries an answer.

    When it has decided otherwise, it is laid again, or withdrawn.
    """
    run = runner.load(ctx, await ctx.work.runs.get(happened.run))
    outcome, values = run.exercise.outcome, await runner.values_of_group(ctx, run)
    if outcome is None or outcome.start is None or outcome.months is None:
        return
    start, months = values.get(outcome.start), values.get(outcome.months)
    if values.get(outcome.question) != outcome.option:
        await _withdraw(ctx, group)
    elif start is not None and months is not None:
        await create_calendar(ctx, group, date.fromisoformat(start), int(months), outcome.opens)


async def create_calendar(ctx: Context, group: Group, start: date, months: int, first_step: int) -> None:
    """Lay the calendar, unless there is one with the same start and length, and tell the group."""
    wanted, again = CalendarStart(start, months), group.settings.times.calendar is not None
    if group.settings.times.calendar == wanted:
        return
    group = await ctx.work.groups.settle(group, replace(group.settings.times, calendar=wanted))
    steps = [step for step in ctx.services.process.steps if step.number >= first_step]
    tomorrow = ctx.today + timedelta(days=1)  # people must hear of the first one beforehand
    laid = calendar.propose(steps, start, months, is_avoided, today=tomorrow, spread=group.settings.times.spread)
    if not laid:
        return
    after = calendar.rhythm(
        max(add_months(start, months), laid[-1].on), is_avoided, wanted=calendar.Rhythm(counts_of(group))
    )
    new = {m.id for m in (*laid, *after)}
    before = [m for m in await planned(ctx, group) if m.id not in new and m.kind is not MeetingKind.EXTRA]
    await keep(ctx, group, [*laid, *after], before)
    facts = {"first": laid[0].on, "at": laid[0].at, "last": laid[-1].on, "count": len(laid), "months": months}
    facts |= {"again": again, "year": laid[0].on.year if laid[0].on.year != ctx.today.year else None}
    facts["advice"] = calendar.advice(start, months, ctx.today)
    await ctx.to_group(group, "calendar.laid", facts)


def counts_of(group: Group) -> tuple[int, ...]:
    """Return how often the network meets: in the first year, and in every later one."""
    return group.settings.times.rhythm or calendar.NETWORK_MEETINGS


async def _withdraw(ctx: Context, group: Group) -> None:
    """Cancel all meetings, as the group will wait after all; they stay, so that calendar programs can be told."""
    if group.settings.times.calendar is None:
        return
    await ctx.work.groups.settle(group, replace(group.settings.times, calendar=None))
    for meeting in await ctx.work.meetings.planned(group.id):
        await ctx.work.meetings.cancel(meeting.id)
    await ctx.work.open_items.close(kind=MEETING, group_id=group.id)
    for kind in (MEETING, OPENS, BEGINS):
        await ctx.work.schedule.cancel(kind=kind, group_id=group.id)
    await ctx.to_group(group, "calendar.withdrawn", {})


async def keep(
    ctx: Context, group: Group, meetings: Sequence[Meeting], removed: Iterable[Meeting] = (), by: Member | None = None
) -> None:
    """Store these meetings, and cancel the removed ones.

    The network is told if its next one is among them, or one that was or is now within four weeks; so is whoever had
    been reminded of one that is moved now, and the core group if its next one is, but for whoever did it (`by`; without
    them the calendar is laid anew, and told of in the group's chat).
    """
    earlier = await ctx.work.meetings.planned(group.id, ctx.today)
    reminded = {m.id: await _reminded(ctx, group, m) for m in earlier}
    next_of = {"network": network_meetings.coming(ctx, earlier)}
    if by is not None:
        next_of["core"] = min(earlier, key=lambda m: (m.day, m.at), default=None)
    for m in meetings:
        laid = PlannedMeeting(str(m.kind), m.part, m.number, m.of, m.on, m.at, m.minutes, m.sequence)
        await ctx.work.meetings.put(group.id, laid)
    await _cancel(ctx, group, {(str(m.kind), m.part, m.number) for m in removed})
    there = {m.id: m for m in await ctx.work.meetings.planned(group.id)}
    for before in earlier:
        now = there.get(before.id)
        if now is not None and (now.day, now.at) == (before.day, before.at):
            continue
        roles = [role for role, meeting in next_of.items() if meeting == before]
        called = await _called(ctx, group, before, now, roles)
        told = {m.id: m for m in (*called, *reminded[before.id]) if by is None or m.id != by.id}
        name = name_of(ctx, as_meeting(before))
        await network_meetings.tell_of_change(ctx, group, (before, now), name, told.values())
    await announce(ctx, group)


async def _cancel(ctx: Context, group: Group, removed: Collection[tuple[str, int, int]]) -> None:
    """Cancel the meetings of these kinds, parts and numbers, with what people were to do for them."""
    for record in await ctx.work.meetings.planned(group.id) if removed else ():
        if (record.kind, record.part, record.number) in removed:
            await ctx.work.meetings.cancel(record.id)
            await open_items.reconcile(ctx, group, f"meeting:{record.id}", {})


async def _called(ctx: Context, group: Group, before: Record, now: Record | None, next_of: list[str]) -> list[Member]:
    """Return who hears that a meeting is moved or cancelled: those whose next one it is, and the network if it is near.

    `next_of`: the roles whose next one it is."""
    near = min(before.day, now.day if now else before.day) <= ctx.today + network_meetings.SOON
    roles = [*next_of, "network"] if near and network_meetings.is_networks(ctx, before) else next_of
    called = await ctx.work.members.active(group.id, roles=roles) if roles else []
    return [m for m in called if m.role != "core" or await _hears_of_meetings(ctx, m)]


async def _reminded(ctx: Context, group: Group, meeting: Record) -> list[Member]:
    """Return who of the core group has been reminded of a meeting, and might miss in its chat that it is moved."""
    items = await ctx.work.open_items.about(group.id, f"meeting:{meeting.id}")
    told = {one.member_id for one in items if one.kind == MEETING and one.state == "told"}
    return [m for m in await ctx.work.members.active(group.id) if m.id in told and not m.coordinator]


async def _hears_of_meetings(ctx: Context, member: Member) -> bool:
    return MEETING not in (await ctx.work.notification_preferences.of(member.person_id)).muted.split()


# -- what is kept ------------------------------------------------------------------------------------------------------
async def planned(ctx: Context, group: Group) -> tuple[Meeting, ...]:
    """Return the meetings that are planned or have been held, as `flows.timing.calendar` has them, in order."""
    return calendar.ordered([as_meeting(m) for m in await ctx.work.meetings.planned(group.id)])


def as_meeting(record: Record) -> Meeting:
    """Convert a stored meeting to that of `flows.timing.calendar`."""
    return Meeting(
        MeetingKind(record.kind),
        record.part,
        record.number,
        record.among,
        record.day,
        record.at,
        record.minutes,
        record.sequence,
    )


def name_of(ctx: Context, meeting: Meeting) -> str:
    """Return a meeting's name."""
    facts = {"part": meeting.part, "number": meeting.number, "of": meeting.of}
    name = "day" if meeting.kind is MeetingKind.SESSION and meeting.minutes >= calendar.WHOLE_DAY else str(meeting.kind)
    if name == "session" and meeting.part == ctx.services.process.steps[-1].number:
        name = "closing"
    return ctx.services.voice.label(f"meeting.{name}", facts)


def changes(ctx: Context, moved: CalendarChange) -> TemplateFacts:
    """Return the changes of the calendar in words; `was` is None for a new meeting."""
    names = {m.id: name_of(ctx, m) for m in (*moved.removed, *moved.meetings)}
    lines = [{"name": names[m.id], "on": m.on, "at": m.at, "was": None, "was_at": None} for m in moved.added]
    lines += [
        {"name": names[now.id], "on": now.on, "at": now.at, "was": old.on, "was_at": old.at}
        for old, now in moved.changes
    ]
    return {
        "changes": sorted(lines, key=lambda line: (line["on"], line["at"])),
        "removed": [{"name": names[m.id], "on": m.on} for m in moved.removed],
        "concerns": [{"name": concern.name, "meeting": names[concern.meeting]} for concern in moved.concerns],
        "earlier": sum(now.on < was.on for was, now in moved.changes),
        "unread": False,
    }


# -- what happens because of the meetings ------------------------------------------------------------------------------
async def announce(ctx: Context, group: Group) -> None:
    """Schedule the message about the next meeting for the working day before; when it is over, about the one after it.

    A later one is told of already before that, if the working day before it is no later than the day of the next one.
    The network gets it for the next one that it is called to. The list of meetings follows.
    """
    ctx.events.append(CalendarChanged(group.id))
    coming = [(m, begins) for m in await ctx.work.meetings.planned(group.id) if (begins := _begins(ctx, m)) > ctx.now]
    coming.sort(key=lambda pair: pair[1])
    networks = [record for record, _ in coming if network_meetings.is_networks(ctx, record)]
    called = {"core": [record for record, _ in coming], "network": networks}
    for record, _ in coming:  # also those that were the next one until something was moved
        before = working_day_before(record.day)
        roles = [role for role, to in called.items() if record in to and (record == to[0] or before <= to[0].day)]
        await _remind(ctx, group, record, roles)
    if coming:
        record, begins = coming[0]
        over = begins + timedelta(minutes=record.minutes)
        await ctx.work.schedule.put(MEETING, over, group_id=group.id, ref=f"group:{group.id}")
        await ctx.work.schedule.put(BEGINS, begins, group_id=group.id, ref=f"group:{group.id}")
    if look := next((m for m, _ in coming if m.kind == MeetingKind.REVIEW), None):
        day = look.day - rounds.ANSWER_WITHIN
        while not workable(day, is_avoided):
            day -= timedelta(1)
        at = at_wall(day, USUAL, ctx.services.zone)
        await ctx.work.schedule.put(OPENS, at, group_id=group.id, ref=f"group:{group.id}")


async def _remind(ctx: Context, group: Group, record: Record, roles: list[str]) -> None:
    """Let those of these roles be reminded of a meeting, and who coordinates be asked for a place that it lacks."""
    members = await ctx.work.members.active(group.id, roles=roles) if roles else []
    wanted = {(MEETING, m.id): record.day for m in members}
    if network_meetings.lacks_place(record):
        asked = PLACE if "network" in roles else WHERE  # the network is called to a place, and does not know of one
        wanted |= {(asked, m.id): _place_by(record.day) for m in members if m.coordinator}
    await open_items.reconcile(ctx, group, f"meeting:{record.id}", wanted)


def _place_by(day: date) -> date:
    """Return the day on which whoever coordinates is asked for a meeting's place: five working days before."""
    for _ in range(PLACE_BY):
        day = working_day_before(day)
    return day


def is_over(ctx: Context, record: Record) -> bool:
    """True if the meeting has ended."""
    return _begins(ctx, record) + timedelta(minutes=record.minutes) <= ctx.now


def _begins(ctx: Context, record: Record) -> datetime:
    return at_wall(record.day, record.at, ctx.services.zone)


async def go_on(ctx: Context, group: Group) -> None:
    """Announce the next meeting after one, and extend the network's years so that one is always laid."""
    laid, more = [m for m in await planned(ctx, group) if m.kind is not MeetingKind.EXTRA], list[Meeting]()
    while laid and max(m.on for m in laid) < ctx.today + AHEAD:
        year = calendar.next_year(laid, is_avoided, counts_of(group))
        if not year:
            break
        laid, more = [*laid, *year], [*more, *year]
    if not more:
        await announce(ctx, group)
        return
    await keep(ctx, group, more)
    coming = [m for m in calendar.ordered(more) if m.on >= ctx.today]
    lines = [{"name": name_of(ctx, m), "on": m.on, "at": m.at} for m in coming]
    await ctx.to_group(group, "calendar.next_year", {"meetings": lines})


async def open_before(ctx: Context, group: Group) -> None:
    """A week before the yearly look, begin the exercises that belong to it, as new rounds."""
    looks = [m for m in await planned(ctx, group) if m.kind is MeetingKind.REVIEW and m.on >= ctx.today]
    if not looks:
        return
    begun, ended = list[str](), list[str]()
    for exercise in ctx.services.process.exercises.values():
        about = exercise.for_each.register if exercise.for_each else None
        if about and not await ctx.work.rows.all(group.id, about):
            continue  # there is nothing to ask about
        if exercise.calendar and exercise.calendar.before and await _is_due(ctx, group, exercise):
            title = ctx.services.voice.title_of(exercise.id)
            if await _end(ctx, group, exercise):
                ended.append(title)
            await rounds.begin(ctx, group, exercise, until=looks[0].on)
            begun.append(title)
    if begun:
        facts = {"on": looks[0].on, "at": looks[0].at, "titles": begun, "ended": ended}
        await ctx.to_group(group, "calendar.look", facts)
        await status(ctx, group)


async def _is_due(ctx: Context, group: Group, exercise: Exercise) -> bool:
    """True if the group has reached this exercise's step, and has not begun, ended or set it aside recently."""
    step = ctx.services.process.step_of(exercise.id)
    if step is not None and step.number not in group.settings.steps:
        return False
    latest = await ctx.work.runs.latest(group.id, exercise.id)
    if latest is None:
        return True
    since = latest.changed_at if latest.phase in OVER else latest.opened_at
    return ctx.now - since >= LATELY


async def _end(ctx: Context, group: Group, exercise: Exercise) -> bool:
    """End the round of the look before where it still stands open, as it is; each look has a round of its own."""
    latest = await ctx.work.runs.latest(group.id, exercise.id)
    if latest is None or latest.phase in OVER:
        return False
    await runner.apply(ctx, group, latest, Concluded(anyway=True))
    return True
