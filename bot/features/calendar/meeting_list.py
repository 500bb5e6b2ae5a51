"""The list of the network's meetings (8.2): a view of the calendar, which also says what each of them is about.

When and where is kept by the calendar, and a meeting's row follows it. A row that is added books a meeting. What
somebody who coordinates changes of day and place moves the meeting; what others change there is put back.
"""

from dataclasses import replace
from typing import Final

from bot.context.context import Context
from bot.context.permissions import Rank, rank_of
from bot.context.row_events import CalendarChanged, MeetingListed, RowAdded
from bot.features.calendar import lifecycle, meeting_details
from bot.features.network import network_meetings
from bot.views.names import cut
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field, Mark
from flows.timing import calendar
from flows.timing.calendar import AFTERNOON, NETWORK_MINUTES, MeetingKind
from flows.values import Value, day_of, moment, time_of
from storage.json_records import JsonObject
from storage.records.meetings import Meeting as Record
from storage.records.records import Group, Member, Row

LISTED: Final = (MeetingKind.NETWORK, MeetingKind.EXTRA)
THEME: Final = 80  # characters of what a meeting is about, in a line


def _list(ctx: Context) -> Exercise:
    return ctx.services.process.with_role(ExerciseRole.MEETINGS)


async def themes(ctx: Context, group: Group) -> dict[int, str]:
    """Return what each meeting is about, by its id, where the list says so."""
    theme = _list(ctx).field(Field.WHAT).id
    told = {row.id: str(row.values.get(theme) or "") for row in await ctx.work.rows.all(group.id, _list(ctx).id)}
    meetings = await ctx.work.meetings.of_group(group.id) if told else []
    return {m.id: cut(told[m.row_id], THEME) for m in meetings if m.row_id is not None and told.get(m.row_id)}


# -- the list follows the calendar -------------------------------------------------------------------------------------
async def follow(ctx: Context, group: Group, happened: CalendarChanged) -> None:
    """Bring the rows into line with the calendar, once the list has been begun."""
    exercise = _list(ctx)
    if await ctx.work.runs.latest(group.id, exercise.id) is None:
        return
    rows = {row.id: row for row in await ctx.work.rows.of_registers(group.id, [exercise.id])}
    tied = {m.row_id for m in await ctx.work.meetings.of_group(group.id)}
    for row in rows.values():  # written before the list became a view
        if row.id not in tied and row.state != "removed" and row.values.get(exercise.field(Field.DATE).id):
            await _book(ctx, group, row)
    changed = False
    for meeting in sorted(await ctx.work.meetings.of_group(group.id), key=lambda m: (m.day, m.at)):
        if meeting.kind in LISTED:
            changed |= await _follow_one(ctx, meeting, rows.get(meeting.row_id or 0))
    if changed:
        ctx.events.append(RowAdded(group.id, exercise.id))


async def _follow_one(ctx: Context, meeting: Record, row: Row | None) -> bool:
    """Make or change the row of one meeting; return whether anything changed."""
    exercise, planned = _list(ctx), meeting.state == "planned"
    if row is None:
        if planned:
            values = _seen(ctx, meeting, {})
            row = await ctx.work.rows.add(meeting.group_id, exercise.id, values, author=None)
            await ctx.work.meetings.tie(meeting.id, row.id)
        return planned
    state = row.state if planned and row.state != "removed" else "open" if planned else "removed"
    values = _seen(ctx, meeting, row.values) if planned else row.values
    after = await ctx.work.rows.change(row.id, None, row.author, values=values, state=state)
    return after.version != row.version


def _seen(ctx: Context, meeting: Record, values: JsonObject) -> JsonObject:
    """Return a row's values with what the calendar holds: when, where, and whether it has been."""
    exercise = _list(ctx)
    date, place, status = (exercise.field(field) for field in (Field.DATE, Field.PLACE, Field.STATUS))
    held, seen = status.marked(Mark.HELD)[0], dict(values)
    seen[date.id] = moment(meeting.day, meeting.at)
    if where := meeting_details.where(meeting):
        seen[place.id] = where
    else:
        seen.pop(place.id, None)
    if lifecycle.is_over(ctx, meeting):
        seen[status.id] = held
    elif values.get(status.id) == held and values.get(date.id) != seen[date.id]:  # it was moved
        del seen[status.id]
    return seen


# -- the calendar follows the list -------------------------------------------------------------------------------------
async def saved(ctx: Context, group: Group, happened: MeetingListed) -> None:
    """Book the meeting of a new row, or carry over what was changed, as far as this person may."""
    row = await ctx.work.rows.get(happened.row)
    by = await ctx.work.members.get(happened.by)
    meeting = next((m for m in await ctx.work.meetings.of_group(group.id) if m.row_id == row.id), None)
    if meeting is None:
        dated = row.state != "removed" and row.values.get(_list(ctx).field(Field.DATE).id)
        if dated and await _book(ctx, group, row):
            await _tell_booked(ctx, group, row, by)
    elif rank_of(by, group) >= Rank.COORDINATOR:
        await _carry_over(ctx, group, meeting, row, by)
    elif row.state == "removed" or _said(ctx, row) != _said(ctx, replace(row, values=_seen(ctx, meeting, row.values))):
        facts = {"on": meeting.day, "at": meeting.at}
        await ctx.to_member(by, "calendar.put_back", facts)
    ctx.events.append(CalendarChanged(group.id))


def _said(ctx: Context, row: Row) -> tuple[Value, Value]:
    """Return what a row says of day and place."""
    exercise = _list(ctx)
    return row.values.get(exercise.field(Field.DATE).id), row.values.get(exercise.field(Field.PLACE).id)


async def _carry_over(ctx: Context, group: Group, meeting: Record, row: Row, by: Member) -> None:
    """Cancel, restore, move or place the meeting as its row says, and tell the group of a new time."""
    planned = lifecycle.as_meeting(meeting)
    if row.state == "removed":
        if meeting.state == "planned":
            await lifecycle.keep(ctx, group, [], [planned], by=by)
            gone = {"name": lifecycle.name_of(ctx, planned), "on": meeting.day}
            await ctx.to_group(group, "calendar.moved", {"changes": [], "removed": [gone], "by": by.name})
        return
    date, place = _said(ctx, row)
    on, at = (day_of(date), time_of(date) or meeting.at) if date else (meeting.day, meeting.at)
    await _describe(ctx, meeting, place)
    if (on, at) != (meeting.day, meeting.at) or meeting.state != "planned":
        await lifecycle.keep(ctx, group, [replace(planned, on=on, at=at)], by=by)
        line = {"name": lifecycle.name_of(ctx, planned), "on": on, "at": at}
        was = meeting.state == "planned"
        line |= {"was": meeting.day if was else None, "was_at": meeting.at if was else None}
        await ctx.to_group(group, "calendar.moved", {"changes": [line], "removed": [], "by": by.name})


async def _describe(ctx: Context, meeting: Record, place: Value) -> None:
    where = meeting_details.read(str(place or ""))
    await ctx.work.meetings.describe(meeting.id, where.place, where.link, meeting.minutes)


async def _book(ctx: Context, group: Group, row: Row) -> bool:
    """Give a new row its meeting; return whether that is one more.

    If one is on its day already, and nothing has been said of that, it is the one that is meant.
    """
    date, place = _said(ctx, row)
    day, at, told = day_of(date), time_of(date), await themes(ctx, group)
    every = await ctx.work.meetings.of_group(group.id)
    listed = [m for m in every if m.kind in LISTED and m.state == "planned"]
    meeting = next((m for m in listed if m.day == day and m.id not in told), None)
    new = meeting is None
    if meeting is None:
        number = max((m.number for m in every if m.kind == MeetingKind.EXTRA), default=0) + 1
        extra = calendar.Meeting(MeetingKind.EXTRA, 0, number, 1, day, at or AFTERNOON, NETWORK_MINUTES)
        await lifecycle.keep(ctx, group, [extra])
        every = await ctx.work.meetings.of_group(group.id)
        meeting = next(m for m in every if m.kind == MeetingKind.EXTRA and m.number == number)
    elif meeting.row_id is not None:  # the row that the calendar made, which says nothing more than this one
        await ctx.work.rows.change(meeting.row_id, None, None, state="removed")
    await ctx.work.meetings.tie(meeting.id, row.id)
    if place:
        await _describe(ctx, meeting, place)
    return new


async def _tell_booked(ctx: Context, group: Group, row: Row, by: Member) -> None:
    meeting = next(m for m in await ctx.work.meetings.of_group(group.id) if m.row_id == row.id)
    line = meeting_details.line(ctx, meeting)
    theme = (await themes(ctx, group)).get(meeting.id) or line["name"]
    await ctx.to_group(group, "calendar.booked", {**line, "theme": theme, "by": by.name})
    await network_meetings.call(ctx, group, meeting, str(theme))
