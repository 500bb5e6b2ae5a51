"""The group's calendar (P.3): shown, moved, and taken home as a file.

The coordinator moves a meeting, a step, or a meeting with all that follows, by buttons or in plain words, and sees what
follows before it is done. Dates that look unwise are named, never refused.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from bot.context.confirmation import beside
from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand, required
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.context.seats import pick
from bot.features.calendar import (
    attendance,
    calendar_file,
    cancelling,
    lifecycle,
    meeting_details,
    meeting_list,
    milestones,
)
from bot.features.calendar.decisions import waiting
from bot.features.calendar.lifecycle import as_meeting, name_of
from bot.features.calendar.proposed_times import says_times
from bot.features.network import network_meetings
from bot.reminders.holidays import is_avoided
from bot.views.shared_buttons import picture_key
from flows.answers import clean, named_option
from flows.identities import Handling
from flows.timing import calendar
from flows.timing.calendar import CalendarChange, Meeting, MeetingKind, When
from messages.voice import TemplateFacts
from storage.records.meetings import Meeting as Record
from storage.records.message_notes import MeetingMoved, MessageContext
from storage.records.records import Attachment, Group, Member

NEXT = 5  # meetings that are shown at once; the rest unfolds
ONE, STEP, REST = "o", "s", "r"  # how much is moved
PAGE = MessageContext(page=True)
WEEKS = {"week_later": 7, "fortnight_later": 14, "week_earlier": -7}


# -- showing -----------------------------------------------------------------------------------------------------------
async def show(ctx: Context, actor: Actor, _from: Action | str = "") -> None:
    """Show the calendar from today on, with buttons for the reader."""
    group = actor.group
    if rank_of(actor.member, group) is Rank.LEADER and not actor.in_group:
        await _show_dates(ctx, actor)
        return
    if actor.member.role != "core" and not actor.in_group:
        await _show_network(ctx, actor)
        return
    laid = await ctx.work.meetings.planned(group.id)
    coming = sorted((m for m in laid if m.day >= ctx.today), key=lambda m: (m.day, m.at))
    facts = {"town": group.title, "laid": bool(laid), "past": len(laid) - len(coming), "absent": {}}
    dates = await milestones.coming(ctx, group)
    themes = await meeting_list.themes(ctx, group)
    lines = [meeting_details.line(ctx, m, themes.get(m.id, "")) for m in coming]
    if lines:  # what has an hour is a meeting among the others
        facts["absent"] = {coming[0].day: await attendance.absent(ctx, group, coming[0])}
        lines += [{"name": d.title, "on": d.on, "at": d.at, "place": d.where, "link": ""} for d in dates if d.at]
        dates = [d for d in dates if d.at is None]
    lines.sort(key=lambda one: (one["on"], one["at"]))
    facts["meetings"], facts["later"], facts["dates"] = lines[:NEXT], lines[NEXT:], dates
    if actor.in_group:
        await ctx.to_group(group, "calendar.show", facts)
        return
    keys = [*_ways(ctx, group, coming, network_meetings.coming(ctx, laid)), *await _to_lead(ctx, actor, laid, coming)]
    await ctx.tell(actor, "calendar.show", facts, keys or [[ctx.key("map", "map", group.id)]])


def _ways(ctx: Context, group: Group, coming: list[Record], following: Record | None) -> Iterator[list[Key]]:
    """Yield the buttons of everybody: to the next meeting, to that which the network is called to, and to files."""
    if coming and coming[0] != following:
        yield [ctx.key("meeting.nearest", "meeting", group.id, str(coming[0].id))]
    if following:
        yield [ctx.key("meeting.next", "meeting", group.id, str(following.id))]
    if coming:
        yield [ctx.key("calendar.file", "ics", group.id), picture_key(ctx, "calendar", group.id)]


async def _to_lead(ctx: Context, actor: Actor, laid: list[Record], coming: list[Record]) -> list[list[Key]]:
    """Return the buttons of whoever coordinates: to move meetings, note who came, and see what is proposed."""
    if not actor.member.coordinator:
        return []
    group = actor.group.id
    keys = [[ctx.key("calendar.move", "moving", group)]] if coming else []
    if held := network_meetings.latest(ctx, laid):
        keys.append([ctx.key("meeting.roll_of", "rollcall", group, str(held.id), on=held.day)])
    return keys + [[ctx.key("calendar.shape", "shape", group, str(r.id))] for r in await waiting(ctx, actor)]


async def _show_network(ctx: Context, actor: Actor) -> None:
    """Show the meetings that the network is called to, the next one to be answered, and what it takes part in."""
    group, records = actor.group, await ctx.work.meetings.planned(actor.group.id)
    ahead = network_meetings.ahead(ctx, records)
    themes = await meeting_list.themes(ctx, group)
    lines = [meeting_details.line(ctx, m, themes.get(m.id, "")) for m in ahead]
    following = network_meetings.coming(ctx, records)
    kept = await network_meetings.called(ctx, following) if following else None
    dates = [one for one in await milestones.coming(ctx, group) if actor.member.role in one.who]
    facts = {
        "town": group.title,
        "meetings": lines[:NEXT],
        "later": lines[NEXT:],
        "dates": dates,
        "place": meeting_details.where(following) if following else "",
        "said": kept.answer(actor.member.id) if kept else "",
    }
    keys = [network_meetings.keys(ctx, following)] if following else []
    keys.append(when(lines, ctx.key("calendar.file", "ics", group.id)))
    keys.append([ctx.key("what_waits", "answers", group.id)])
    context = network_meetings.asks(following) if following else None
    await ctx.reply(actor, "calendar.network", facts, keys, context=context)


async def _show_dates(ctx: Context, actor: Actor) -> None:
    """Show when the group meets and for what step, to those who see the way and no answers: no theme, no place."""
    ahead = [m for m in await lifecycle.planned(ctx, actor.group) if m.on >= ctx.today]
    lines = [_line(ctx, m) for m in sorted(ahead, key=lambda m: (m.on, m.at))]
    facts = {"town": actor.group.title, "meetings": lines[:NEXT], "later": lines[NEXT:]}
    await ctx.reply(actor, "calendar.dates", facts, [[ctx.key("map", "map", actor.group.id)]])


def _line(ctx: Context, meeting: Meeting) -> TemplateFacts:
    return {"name": name_of(ctx, meeting), "on": meeting.on, "at": meeting.at}


async def send_file(ctx: Context, actor: Actor, _action: Action) -> None:
    """Send the calendar as a file for Outlook and others; a newer one moves the entries of an older one.

    The network's file holds what the network is called to.
    """
    core = actor.member.role == "core"
    about = ctx.services.voice.label("calendar.file_about")
    themes = await meeting_list.themes(ctx, actor.group)
    entries = [
        calendar_file.CalendarEntry(
            as_meeting(m),
            f"Stad för stad: {meeting_details.line(ctx, m, themes.get(m.id, ''))['name']}",
            cancelled=m.state == "cancelled",
            place=m.place,
            link=m.link,
            about=about,
        )
        for m in await ctx.work.meetings.of_group(actor.group.id)
        if core or network_meetings.is_networks(ctx, m)
    ]
    days = [
        calendar_file.Day(one.on, one.place, f"Stad för stad: {one.title}", one.of, one.where, one.at)
        for one in await milestones.known(ctx, actor.group)
        if actor.member.role in one.who
    ]
    head = calendar_file.Head(actor.group.title, actor.group.key_id, ctx.services.zone, ctx.now)
    written = calendar_file.write(head, entries, days)
    name = ctx.services.voice.label("calendar.file_name")
    file, caption = Attachment("document", name, written), ctx.services.voice.render("calendar.caption")
    await ctx.send_file(actor.person.id, file, caption, about=actor.group.id)


# -- moving ------------------------------------------------------------------------------------------------------------
async def choose(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask which meeting to move, and whether alone, with its step, or with all that follows.

    A date that is written at once moves it alone, once that is confirmed.
    """
    records = {m.id: m for m in await ctx.work.meetings.planned(actor.group.id)}
    meetings = {id: as_meeting(record) for id, record in records.items()}
    if not action.arg:
        keys = [
            [ctx.key("calendar.one", "moving", actor.group.id, str(id), name=name_of(ctx, m), on=m.on, this=ctx.today)]
            for id, m in sorted(meetings.items(), key=lambda one: (one[1].on, one[0]))
            if m.on >= ctx.today
        ]
        await _page(ctx, actor, "calendar.choose", {"meeting": None}, keys)
        return
    meeting = required(meetings.get(int(action.arg)))
    kinds = [ONE, REST] if meeting.kind is not MeetingKind.SESSION or meeting.of == 1 else [ONE, STEP, REST]
    kinds = [ONE] if meeting.kind is MeetingKind.EXTRA else kinds
    keys = [[ctx.key(f"calendar.how.{how}", "mv", actor.group.id, f"{action.arg}:{how}")] for how in kinds]
    keys.append([ctx.key("calendar.details", "meetlong", actor.group.id, action.arg)])
    keys.append([ctx.key("calendar.cancel", "meetcancel", actor.group.id, action.arg)])
    keys.append([ctx.key("calendar.poll", "timepoll", actor.group.id, action.arg)])
    keys.append([ctx.key("back", "moving", actor.group.id)])
    wanted = _date_wanted(records[int(action.arg)], ONE)
    await _page(ctx, actor, "calendar.choose", {"meeting": _line(ctx, meeting)}, keys, wanted)


async def shift(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for the new date; once it is known, show what would follow."""
    id, how, *when = action.arg.split(":")
    record = required(pick(await ctx.work.meetings.planned(actor.group.id), id))
    meeting = as_meeting(record)
    if when:
        await _preview(ctx, actor, record, how, _when(when))
        return
    facts = {"meeting": _line(ctx, meeting), "readings": None}
    await _page(ctx, actor, "calendar.when", facts, [_weeks(ctx, actor.group, record, how)], _date_wanted(record, how))


def _weeks(ctx: Context, group: Group, record: Record, how: str) -> list[Key]:
    """Return the buttons that move a meeting by whole weeks."""
    places = {name: _arg(record.id, how, (record.day + timedelta(days), None)) for name, days in WEEKS.items()}
    return [ctx.key(f"calendar.{name}", "mv", group.id, place) for name, place in places.items()]


def _readings(ctx: Context, text: str, day: date) -> list[tuple[date, time | None]]:
    """Return what a text can mean of the days to come; a time alone is on the meeting's own `day`."""
    found = ctx.dates.read_moment(text, ctx.today, since=day) or [(day, at) for at in ctx.dates.read_time(text)]
    return [(on, at) for on, at in found if on >= ctx.today]


async def said_when(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take a date in plain words, with or without a time; or a time alone, on the same day. Whoever writes that it is
    to be cancelled is asked that."""
    moved = context.the(MeetingMoved)
    record = pick(await ctx.work.meetings.planned(actor.group.id), moved.meeting)
    if record is None:
        return
    voice, meeting, how = ctx.services.voice, as_meeting(record), moved.how
    if named_option({"off": voice.label("calendar.cancel")}, text):
        await cancelling.ask(ctx, actor, Action("meetcancel", actor.group.id, 0, str(record.id)))
        return
    same = voice.label("calendar.same_time")  # as it has without a word of it
    said = clean(text).casefold().replace(same, "").strip(" ,")
    readings = _readings(ctx, said, meeting.on) or _readings(ctx, ctx.dates.goal(said), meeting.on)
    if len(readings) == 1:
        await _preview(ctx, actor, record, how, readings[0])
        return
    named = [
        (voice.label("calendar.reading", {"on": on, "at": at}), _arg(record.id, how, (on, at))) for on, at in readings
    ]
    keys = [[Key(label, Action("mv", actor.group.id, 0, arg))] for label, arg in named]
    facts = {"meeting": _line(ctx, meeting), "readings": len(readings)}
    keys = keys or [_weeks(ctx, actor.group, record, how)]
    await _page(ctx, actor, "calendar.when", facts, keys, _date_wanted(record, how))


async def _preview(ctx: Context, actor: Actor, record: Record, how: str, to: When) -> None:
    moved = await _moved(ctx, actor.group, record, how, to)
    wanted = _date_wanted(record, how)  # a better day can be written at once
    if not moved.changes:
        await _page(ctx, actor, "calendar.same", {}, [], wanted)
        return
    yes = ctx.key("calendar.do", "mvd", actor.group.id, _arg(record.id, how, to))
    no = ctx.key("calendar.not", "moving", actor.group.id, str(record.id))
    await _page(ctx, actor, "calendar.preview", lifecycle.changes(ctx, moved), [[yes], [no]], beside(wanted, yes, no))


async def do_shift(ctx: Context, actor: Actor, action: Action) -> None:
    """Move the meeting, and tell the group."""
    id, how, *when = action.arg.split(":")
    record = required(pick(await ctx.work.meetings.planned(actor.group.id), id))
    demand(when)
    moved = await _moved(ctx, actor.group, record, how, _when(when))
    demand(moved.changes)
    await lifecycle.keep(ctx, actor.group, [now for _, now in moved.changes], by=actor.member)
    facts = lifecycle.changes(ctx, moved)
    await _page(ctx, actor, "calendar.done", facts, [[ctx.key("calendar.file", "ics", actor.group.id)]])
    await ctx.to_group(actor.group, "calendar.moved", {**facts, "by": actor.member.name})


async def move_to(ctx: Context, group: Group, record: Record, to: When, by: Member | None) -> None:
    """Move one meeting, and tell the group, also by whom, if it was one of them."""
    moved = await _moved(ctx, group, record, ONE, to)
    if moved.changes:
        await lifecycle.keep(ctx, group, [now for _, now in moved.changes], by=by)
        await ctx.to_group(group, "calendar.moved", {**lifecycle.changes(ctx, moved), "by": by.name if by else None})


async def _moved(ctx: Context, group: Group, record: Record, how: str, to: When) -> CalendarChange:
    meetings = await lifecycle.planned(ctx, group)
    meeting = as_meeting(record)
    if how == STEP:
        # The step's first session moves as far as the one that was chosen.
        first = next(m for m in meetings if m.kind is MeetingKind.SESSION and m.part == meeting.part)
        return calendar.move_step(meetings, meeting.part, first.on + (to[0] - meeting.on), is_avoided, today=ctx.today)
    moving = calendar.move_from if how == REST else calendar.move
    return moving(meetings, meeting.id, to, is_avoided, today=ctx.today)


def _arg(id: int, how: str, to: When) -> str:
    """Return a move as a button's argument, with the day as its ordinal, which is short."""
    on, at = to
    return f"{id}:{how}:{on.toordinal()}" + (f":{at:%H%M}" if at else "")


def _when(parts: Sequence[str]) -> When:
    at = datetime.strptime(parts[1], "%H%M").time() if len(parts) > 1 else None  # noqa: DTZ007 (a wall time)
    return date.fromordinal(int(parts[0])), at


async def _page(
    ctx: Context,
    actor: Actor,
    name: str,
    facts: TemplateFacts,
    keys: list[list[Key]],
    context: MessageContext = PAGE,
) -> None:
    """Send a page in the place of the message that was tapped."""
    await ctx.reply(actor, name, facts, keys, context=context)


def _date_wanted(record: Record, how: str) -> MessageContext:
    """Return the context of a question to which a date may be written."""
    return MessageContext(page=True, want="calendar", group=record.group_id, about=MeetingMoved(record.id, how))


ROUTES: Routes = (
    *buttons(Rank.LEADER, About.GROUP, calendar=show),
    *buttons(Rank.NETWORK, About.GROUP, ics=send_file),
    *buttons(Rank.COORDINATOR, About.GROUP, moving=choose, mv=shift, mvd=do_shift),
    *texts(Rank.COORDINATOR, Takes(Handling.CONTACT, says_times), calendar=said_when),
)
