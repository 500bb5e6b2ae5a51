"""The network's first meeting: the event's frame says when, the calendar holds it, and guests answer for it beforehand.

A new day in the frame moves the meeting; one that the calendar gives it is written into the frame.
"""

from dataclasses import replace
from typing import Final

from bot.context.context import Context
from bot.context.row_events import CalendarChanged, EventChanged
from bot.exercises import runner
from bot.features.calendar import lifecycle
from bot.features.network import access_requests, network_meetings
from flows.ballots import NO, YES
from flows.enums import ExerciseRole, Field, Mark
from flows.run.state import Phase
from flows.timing import calendar
from flows.timing.calendar import AFTERNOON, FIRST, NETWORK_MINUTES, MeetingKind
from flows.values import day_of, moment, time_of
from storage.records.meetings import Meeting
from storage.records.records import Answer, GivenAnswer, Group, Member, Row
from storage.records.runs import Run

ANSWERS: Final = ((YES, Mark.YES), (NO, Mark.NO))


async def of(ctx: Context, group: Group) -> Meeting | None:
    """Return the meeting of the event's latest round, also one that is cancelled."""
    record = await _frame(ctx, group)
    every = await ctx.work.meetings.of_group(group.id) if record else []
    mine = [m for m in every if m.kind == MeetingKind.EXTRA and m.number == FIRST]
    return next((m for m in mine if record and m.part == record.round), None)


async def _frame(ctx: Context, group: Group) -> Run | None:
    event = ctx.services.process.with_role(ExerciseRole.EVENT)
    return await ctx.work.runs.latest(group.id, event.id, besides=Phase.ASIDE)


async def _written(ctx: Context, record: Run) -> Answer | None:
    """Return what the frame says of when the network first meets."""
    question = ctx.services.process.with_role(ExerciseRole.EVENT).field(Field.NEXT_DATE)
    return next((a for a in await ctx.work.answers.of_owner(record.id, "g") if a.question == question.id), None)


# -- one day in two places ---------------------------------------------------------------------------------------------
async def frame_changed(ctx: Context, group: Group, happened: EventChanged) -> None:
    """Book or move the meeting as the frame says."""
    record = await _frame(ctx, group) if happened.question == Field.NEXT_DATE else None
    if record is not None and (written := await _written(ctx, record)) is not None:
        await _book(ctx, group, record, written)


async def calendar_changed(ctx: Context, group: Group, happened: CalendarChanged) -> None:
    """Write the meeting's day and hour into the frame; or book it, where the frame is older than such meetings."""
    record = await _frame(ctx, group)
    written, meeting = await _written(ctx, record) if record else None, await of(ctx, group)
    if record is None or written is None:
        return
    if meeting is None:
        if day_of(written.value) >= ctx.today:
            await _book(ctx, group, record, written)
        return
    same_hour = time_of(written.value) in (None, meeting.at)
    if meeting.state == "planned" and not (same_hour and day_of(written.value) == meeting.day):
        value, audience = moment(meeting.day, meeting.at), written.audience
        await ctx.work.answers.keep(
            record.id, GivenAnswer("g", written.question, "", value, written.comment, audience, False), None
        )
        await runner.refresh_card(ctx, group, record)


async def _book(ctx: Context, group: Group, record: Run, written: Answer) -> None:
    before = await of(ctx, group)
    on, at = day_of(written.value), time_of(written.value) or (before.at if before else AFTERNOON)
    if before is not None:
        await lifecycle.keep(ctx, group, [replace(lifecycle.as_meeting(before), on=on, at=at)])
        return
    first = calendar.Meeting(MeetingKind.EXTRA, record.round, FIRST, 1, on, at, NETWORK_MINUTES)
    await lifecycle.keep(ctx, group, [first])
    for member in await ctx.work.members.of_group(group.id, roles=("guest", "network")):
        row = await access_requests.row_of(ctx, group, member)
        if row is not None and row.state != "removed":
            await carry(ctx, group, member, row)


# -- guests ------------------------------------------------------------------------------------------------------------
async def carry(ctx: Context, group: Group, member: Member, row: Row) -> None:
    """Let what a guest has said of the network's first meeting count there; a *maybe* is no answer."""
    guests, meeting = ctx.services.process.with_role(ExerciseRole.GUESTS), await of(ctx, group)
    if meeting is not None and meeting.state == "planned":
        said = (answer for answer, mark in ANSWERS if guests.says(row.values, Field.START, mark))
        await network_meetings.answer(ctx, meeting, member.id, next(said, ""))
