"""Who was there when the network met: ticked off by whoever coordinates, and written in if they were on no list."""

import re
from collections.abc import Sequence
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.row_events import RowAdded
from bot.context.sealed_actions import Action
from bot.exercises import row_links
from bot.features.calendar import attendance
from bot.features.network import access_requests, network_meetings
from bot.views.names import cut
from bot.views.shared_buttons import paged, told_apart
from flows.answers import clean, lines, unfit
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field, Mark
from flows.fields.text import is_name
from flows.identities import Handling
from flows.run.state import Phase
from flows.timing.calendar import MeetingKind
from flows.values import Value
from storage.records.meetings import Meeting
from storage.records.message_notes import AboutMeeting, MessageContext
from storage.records.records import Group, Member, Row

WANT: Final = "turned_up"
BY_ROW: Final = "r"  # before the number of a guest's row
PAGE: Final = 20  # people on a page
NAME: Final = 40  # characters of a name on a button
LONGEST: Final = 60  # characters of a name, and of an organisation
BETWEEN: Final = re.compile(r"\s*[,;(–:/]\s*|\s+-\s+")  # a name and where somebody is from


def _guests(ctx: Context) -> Exercise:
    return ctx.services.process.with_role(ExerciseRole.GUESTS)


def _is_first(meeting: Meeting) -> bool:
    """True for the network's first meeting, to which guests have answered whether they come."""
    return meeting.kind == MeetingKind.EXTRA and not meeting.number


async def _listed(ctx: Context, group: Group, meeting: Meeting) -> dict[str, Member | Row]:
    """Return whom the roll call names, by their marks in a button: who is called, and who has turned up besides."""
    members = await ctx.work.members.active(group.id, roles=("core", "network"))
    rows = {row.id: row for row in await access_requests.awaited(ctx, group, first=_is_first(meeting))}
    turned_up = (await network_meetings.called(ctx, meeting)).guests
    rows |= {row.id: row for row in await ctx.work.rows.all(group.id, _guests(ctx).id) if row.id in turned_up}
    return {str(m.id): m for m in members} | {f"{BY_ROW}{id}": row for id, row in rows.items()}


async def call(ctx: Context, actor: Actor, action: Action) -> None:
    """Note who was there, with a tap for each; a button names the state it leads to, so that a double tap is safe."""
    number, ticked, page, *_ = (*action.arg.split(":"), "", "0")
    meeting = await _begun(ctx, actor, number)
    if meeting is None:
        return
    one = (await _listed(ctx, actor.group, meeting)).get(ticked.removesuffix("+"))
    if one is not None:
        await network_meetings.note_there(ctx, meeting, one, ticked.endswith("+"))
    await _show(ctx, actor, meeting, int(page or 0))


async def _begun(ctx: Context, actor: Actor, number: str) -> Meeting | None:
    meeting = await attendance.meeting_of(ctx, actor, number)
    if meeting is None or meeting.day > ctx.today:
        ctx.toast("old_button")
        return None
    return meeting


async def _show(
    ctx: Context, actor: Actor, meeting: Meeting, page: int, *, new: Sequence[tuple[Row, str]] = ()
) -> None:
    """Show everybody, each with a button. `new`: who has just been written into the list of guests, and from where."""
    group, listed = actor.group, await _listed(ctx, actor.group, meeting)
    kept = await network_meetings.called(ctx, meeting)
    here = {*map(str, kept.there), *(f"{BY_ROW}{row}" for row in kept.guests)} & listed.keys()
    labels = await told_apart(ctx, [one for one in listed.values() if isinstance(one, Member)])
    shown, turns = paged(list(listed), page, PAGE)
    keys: list[list[Key]] = []
    for mark in shown:
        one, there = listed[mark], mark in here
        name = labels[one.id] if isinstance(one, Member) else access_requests.named(ctx, one)
        arg = f"{meeting.id}:{mark}{'' if there else '+'}:{turns.number}"
        keys.append([ctx.key("meeting.was_there", "rollcall", group.id, arg, name=name, there=there)])
    keys.append(turns.keys(ctx, "rollcall", group.id, f"{meeting.id}::{{}}"))
    keys.append([ctx.key("meeting.turned_up", "turnedup", group.id, str(meeting.id))])
    keys += await _row_keys(ctx, group, [row for row, _ in new[:PAGE]])
    keys.append([ctx.key("back", "meeting", group.id, str(meeting.id))])
    facts = {**attendance.line(ctx, meeting), "there": len(here), "all": len(listed)}
    facts |= {"over": meeting.day < ctx.today, "new": [_written_in(ctx, *one) for one in new]}
    await ctx.reply(actor, "meeting.roll", facts, keys)


# -- who is on no list -------------------------------------------------------------------------------------------------
async def ask(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask who else is there."""
    if meeting := await _begun(ctx, actor, action.arg):
        await _ask(ctx, actor, meeting, again=False)


async def _ask(ctx: Context, actor: Actor, meeting: Meeting, *, again: bool) -> None:
    context = MessageContext(want=WANT, group=actor.group.id, about=AboutMeeting(meeting.id))
    keys = [[ctx.key("back", "rollcall", actor.group.id, str(meeting.id))]]
    await ctx.reply(actor, "meeting.who_else", {"again": again, "over": meeting.day < ctx.today}, keys, context=context)


async def turned_up(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take who else is there, "name, organisation" a line: who is known is ticked off, others are written in."""
    meeting = await _begun(ctx, actor, str(context.the(AboutMeeting).meeting))
    if meeting is None:
        return
    said = [tuple(part.strip(" )") for part in BETWEEN.split(line, maxsplit=1)) for line in lines(clean(text))]
    if not said or not all(_is_one_name(ctx, name) for name, *_ in said):
        await _ask(ctx, actor, meeting, again=True)
        return
    new = list[tuple[Row, str]]()
    for name, *organisation in said:
        one = await _known(ctx, actor.group, name)
        if one is None:
            place = " ".join(organisation)[:LONGEST]
            one = await _write_in(ctx, actor, name, place)
            new.append((one, place))
        await network_meetings.note_there(ctx, meeting, one, True)
    await _show(ctx, actor, meeting, 0, new=new)


def _is_one_name(ctx: Context, said: str) -> bool:
    """True for what one person can be called; "Anna och Bo" are two."""
    several = not set(ctx.dates.words.also).isdisjoint(said.casefold().split())
    return not unfit(said) and is_name(said) and len(said) <= LONGEST and not several


async def _known(ctx: Context, group: Group, name: str) -> Member | Row | None:
    """Return who is called that: in the core group or the network, or in the list of guests."""
    members = await ctx.work.members.active(group.id, roles=("core", "network"))
    if same := [member for member in members if member.name.casefold() == name.casefold()]:
        return same[0]
    rows = await ctx.work.rows.all(group.id, _guests(ctx).id)
    return next((row for row in rows if access_requests.named(ctx, row).casefold() == name.casefold()), None)


async def _row_keys(ctx: Context, group: Group, rows: Sequence[Row]) -> list[list[Key]]:
    """Return the buttons to these rows of the list of guests."""
    record = await ctx.work.runs.latest(group.id, _guests(ctx).id, besides=Phase.ASIDE) if rows else None
    if record is None:
        return []
    names = [(row, cut(access_requests.named(ctx, row), NAME)) for row in rows]
    return [[ctx.key("meeting.guest_row", "row", record.id, str(row.id), name=name)] for row, name in names]


def _written_in(ctx: Context, row: Row, place: str) -> str:
    """Return a name with what was taken for where they are from, as it may be another name."""
    return ctx.services.voice.label("guest.reached", {"name": access_requests.named(ctx, row), "at": place})


async def _write_in(ctx: Context, actor: Actor, name: str, organisation: str) -> Row:
    guests, by = _guests(ctx), actor.member.id
    invited, coming = guests.field(Field.INVITED), guests.field(Field.COMING)
    values: dict[str, Value] = {
        guests.field(Field.NAME).id: name,
        invited.id: invited.option(Mark.NOT_YET),
        coming.id: coming.option(Mark.NO_ANSWER),
    }
    if not unfit(organisation):
        question = guests.field(Field.ORGANISATION)
        values[question.id] = await row_links.resolved(ctx, actor.group, question, {"name": organisation}, by)
    row = await ctx.work.rows.add(actor.group.id, guests.id, values, author=by)
    ctx.events.append(RowAdded(actor.group.id, guests.id))
    return row


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.GROUP, rollcall=call, turnedup=ask),
    *texts(Rank.COORDINATOR, Takes(Handling.CONTACT), turned_up=turned_up),
)
