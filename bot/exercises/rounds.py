"""Rounds of an exercise: begun, or taken up again where they were set aside."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.context.context import Context
from bot.context.events import OpenedToNetwork, WaitEnded
from bot.context.row_events import CalendarChanged
from bot.exercises import approved_texts, counted, deferral, prefill, row_links
from bot.exercises.earlier_results import recalled
from bot.exercises.initial_rows import seed
from bot.exercises.run_json import to_json
from bot.exercises.runner import apply, load, scene_of
from bot.reminders.holidays import is_holiday, working_day_after
from bot.reminders.run_deadlines import start_timer
from bot.views.shared_buttons import beside_keys
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, How
from flows.pairing import small_groups
from flows.run.events import Began
from flows.run.state import Phase, Run, Seat
from flows.timing.pacing import JULY
from storage.records.records import Group
from storage.records.runs import Run as Record

SATURDAY = 5  # of the days of the week, Monday is 0
ANSWER_WITHIN = timedelta(days=7)  # default time to answer; the coordinator can change it
LIST_WITHIN = timedelta(days=14)  # … and until a list is looked at together


async def seats_of(ctx: Context, group: Group, exercise: Exercise) -> dict[int, Seat]:
    """Return a seat for everyone active in the roles that take part, in small groups if the exercise has them.

    Nobody waits for those who are away, unless their organisation's yes is needed.
    """
    members = await ctx.work.members.of_group(group.id, roles=exercise.who)
    if exercise.approves:
        members = await approved_texts.asked(ctx, group, exercise, members)
    away = set() if exercise.approves else await ctx.work.absences.away_on(ctx.today)
    gone = {m.id: m.person_id in away for m in members}
    here = [m for m in members if m.state == "active"]
    seats = {m.id: Seat(m.id, m.organisation_id, not gone[m.id], away=gone[m.id]) for m in here}
    if not exercise.teams:
        return seats
    present = {seat.member: seat.organisation for seat in seats.values() if seat.awaited}
    teams = {member: team[0] for team in small_groups(present, most=exercise.teams) for member in team}
    return {member: replace(seat, team=teams.get(member)) for member, seat in seats.items()}


async def begin(
    ctx: Context,
    group: Group,
    exercise: Exercise,
    *,
    seats: Mapping[int, Seat] | None = None,
    until: date | None = None,
) -> Run:
    """Begin a new round of an exercise, or take out the one that was set aside. `until`: the time to answer."""
    for record in reversed(await ctx.work.runs.of_exercise(group.id, exercise.id)):
        if record.phase == Phase.ASIDE:
            return await apply(ctx, group, record, await resumed(ctx, group, record))
    await _end_wait(ctx, group, exercise)
    within = last_day(ctx.today, LIST_WITHIN if exercise.how is How.ROWS else ANSWER_WITHIN)
    run = Run(
        exercise,
        0,
        seats=seats if seats is not None else await seats_of(ctx, group, exercise),
        items=await row_links.in_order(ctx, group, exercise),
        answer_by=None if exercise.private or exercise.always else until or within,
    )
    said = await prefill.last_said(ctx, group, run)
    run = prefill.begun_with(run, said)
    await seed(ctx, group, exercise)
    if exercise.role is ExerciseRole.MEETINGS:
        ctx.events.append(CalendarChanged(group.id))
    record = await ctx.work.runs.add(
        group.id, exercise.id, exercise.version, to_json(run), phase=Phase.NEW, by_day=exercise.private
    )
    await prefill.keep(ctx, record.id, exercise, said)
    await _let_think(ctx, group, exercise, record)
    if exercise.anonymous:
        group = await counted.show(ctx, group)
    run = await apply(ctx, group, record, Began())
    if "network" in exercise.who and exercise.how in (How.GROUP, How.ROWS) and not exercise.private:
        ctx.events.append(OpenedToNetwork(group.id, run.number))  # its card is in the group's chat, where they are not
    recall = await recalled(ctx, await scene_of(ctx, group), exercise)
    if recall:
        facts = {"title": ctx.services.voice.title_of(exercise.id), "recall": recall}
        await ctx.to_group(group, "run.recall", facts, beside_keys(ctx, run))
    return run


async def resumed(ctx: Context, group: Group, record: Record) -> Began:
    """The event that takes out what was set aside, for those who are here now; they have as long as at first."""
    run = load(ctx, record)
    if run.phase is Phase.ASIDE:  # no old button
        await _end_wait(ctx, group, run.exercise)
        await _let_think(ctx, group, run.exercise, record)
    here = {m.id for m in await ctx.work.members.of_group(group.id, roles=None) if m.state == "active"}
    before = {member: seat for member, seat in run.seats.items() if member in here}
    return Began({**before, **await seats_of(ctx, group, run.exercise)}, new_last_day(ctx, run))


async def _let_think(ctx: Context, group: Group, exercise: Exercise, record: Record) -> None:
    """Start the minutes to think alone, if an exercise begins with them; each time that it begins."""
    if exercise.thinking:
        await start_timer(ctx, group, record.id, exercise.thinking)


async def _end_wait(ctx: Context, group: Group, exercise: Exercise) -> None:
    """End the group's wait if this is the exercise in which it was decided: the question is taken up again."""
    if exercise.outcome and (deferred := await deferral.of(ctx, group)) and deferred.exercise == exercise.id:
        ctx.events.append(WaitEnded(group.id, deferred.until))


def new_last_day(ctx: Context, run: Run) -> date | None:
    """Return a new day to answer by for a round that is taken up again after its own; None if that is to come."""
    if run.answer_by is None or run.answer_by > ctx.today:
        return None
    return last_day(ctx.today, LIST_WITHIN if run.exercise.how is How.ROWS else ANSWER_WITHIN)


def last_day(since: date, within: timedelta) -> date:
    """Return the day to answer by, counted from another day.

    One in July is put off until people are back, unless it is counted from July. One on a holiday, or put off to a
    weekend, is on the next working day.
    """
    day = since + within
    put_off = day.month == JULY and since.month != JULY
    if put_off:
        day = day.replace(month=JULY + 1, day=1) + ANSWER_WITHIN
    if is_holiday(day) or (put_off and day.weekday() >= SATURDAY):
        day = working_day_after(day)
    return day
