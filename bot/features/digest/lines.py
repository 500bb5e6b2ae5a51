"""What the day's message says about one matter, and the buttons that go with it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.context.context import Context
from bot.context.message import Key
from bot.context.permissions import asked_anew
from bot.exercises import deferral, runner
from bot.features.calendar import milestones, suggestions, time_poll
from bot.features.coordination import coordinator_tasks, told_once
from bot.features.digest import run_lines, still_open
from bot.features.incidents import unread, urgent
from bot.features.network import access_requests, network_meetings, recurring_dates
from bot.features.process.session_keys import session_keys, worked_on
from bot.features.registers import checked_numbers
from bot.features.wellbeing import check_ins
from bot.reminders import kinds
from bot.views.names import cut
from flows.ballots import YES
from flows.enums import ExerciseRole
from flows.run.state import Phase
from flows.timing.pacing import at_wall
from messages.voice import TemplateFacts
from storage.records.meetings import Meeting
from storage.records.open_items import OpenItem
from storage.records.records import Group, Member

# Kinds of items whose line only says that there is something; its button opens it: label and verb.
OPENING: Mapping[str, tuple[str, str]] = {
    kinds.AWAY: ("day.away", "touches"),
    kinds.WISH: ("day.wish", "wished"),
    kinds.UNMET: ("wish.other", "unmet"),
    kinds.SAY: ("day.say", "c_see"),
    kinds.OBJECTED: ("objection", "c_see"),
    kinds.POLL: ("day.poll", "tp_see"),
    kinds.SHAPE: ("calendar.shape", "shape"),
    kinds.VACANT: ("stand_in", "standin"),
    kinds.STILL: ("day.still", "still"),
    kinds.WEEKLY: ("day.weekly", "weekly"),
    kinds.KEEPING: ("day.keeping", "keeping"),
    kinds.WAITS: ("open_it", "openinc"),
    kinds.SINCE: ("open_it", "openinc"),
    kinds.CONTACT: ("open_it", "openinc"),
    kinds.UNREAD: ("open_it", "safety"),
    kinds.QUARTER: ("day.quarter", "quarter"),
    kinds.LEARNT: ("day.learnt", "learnt"),
    kinds.ADMIT: ("day.admit", "admitting"),
    kinds.INVITING: ("day.inviting", "inviting"),
    kinds.ASKED: ("day.asked", "leaderq"),
    kinds.RENEW: ("day.renew", "enter"),
    kinds.UNREACHED: ("day.unreached", "unreached"),
    kinds.HELD: ("held_open", "held"),
    kinds.PLACE: ("day.place", "meetlong"),
    kinds.WHERE: ("day.place", "meetlong"),
}
TITLE = 40  # characters of a title on a button


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A line of the message about one open item, with its buttons."""

    open_item: OpenItem
    facts: TemplateFacts
    keys: list[Key]
    count: int = 1  # the items that the line stands for …
    people: frozenset[int] = frozenset()  # … and whom they are about, if they are about people


async def line_of(ctx: Context, open_item: OpenItem, among: int) -> MessageLine | None:
    """Return the line about an item, None if it is closed. `among`: the number of items in the message."""
    due = open_item.due
    facts: TemplateFacts = {
        "kind": open_item.kind,
        "due": open_item.due,
        "late": due < ctx.today,
        "today": due == ctx.today,
        "count": 1,
    }
    number = open_item.ref.partition(":")[2]
    if open_item.kind in OPENING:
        label, verb = OPENING[open_item.kind]
        arg = str(open_item.id) if open_item.kind == kinds.INVITING else number
        group = await ctx.work.groups.get(open_item.group_id)
        decides = open_item.member_id in group.settings.deciders
        facts = {**facts, "decides": decides, "urgent": await is_urgent(ctx, open_item)}
        key = ctx.key(label, verb, group.id, arg)
        return MessageLine(open_item, facts, [key]) if await still_open.holds(ctx, open_item) else None
    if open_item.kind in run_lines.OF_RUN:
        return await _about_run(ctx, open_item, int(number), facts, among)
    if open_item.kind in (kinds.TASK, kinds.CHANGED):
        return await _about_row(ctx, open_item, int(number), facts, among)
    return await ABOUT[open_item.kind](ctx, open_item, facts)


async def is_urgent(ctx: Context, open_item: OpenItem) -> bool:
    """True if the item is about an incident that is not read and cannot wait."""
    what, _, number = open_item.ref.partition(":")
    if open_item.kind not in (kinds.WAITS, kinds.UNREAD) or what == "readers":
        return False
    group, incident = await ctx.work.groups.get(open_item.group_id), await ctx.work.incidents.lookup(int(number))
    if incident is None or not urgent.is_urgent(ctx, incident):
        return False
    return not await unread.is_read(ctx, group, incident.id)


async def _about_run(
    ctx: Context, open_item: OpenItem, number: int, facts: TemplateFacts, among: int
) -> MessageLine | None:
    record = await ctx.work.runs.lookup(number)
    if record is None:
        return None
    run, title = runner.load(ctx, record), cut(ctx.services.voice.title_of(record.exercise), TITLE)
    facts = {**facts, "title": _spoken(ctx, record.exercise)}
    said = run_lines.OF_RUN[open_item.kind](open_item, run, facts)
    if said is None:
        return None
    (label, verb), told = said
    if open_item.kind == kinds.GIVEN:
        return MessageLine(open_item, told, run_lines.to_show(ctx, run, title))
    if open_item.kind == kinds.ANSWER and among == 1:
        return MessageLine(open_item, told, [ctx.key("answer", "open", number)])
    return MessageLine(open_item, told, [ctx.key(label, verb, number, title=title)])


def _spoken(ctx: Context, exercise: str) -> str:
    """Return the title where it may stand on a locked screen, "" where it may not."""
    known = ctx.services.process.exercises.get(exercise)
    return ctx.services.voice.title_of(exercise) if known and known.staging.named else ""


async def _about_row(
    ctx: Context, open_item: OpenItem, number: int, facts: TemplateFacts, among: int
) -> MessageLine | None:
    row = await ctx.work.rows.lookup(number)
    record = await ctx.work.runs.latest(open_item.group_id, row.register) if row else None
    if row is None or record is None:
        return None
    group = await ctx.work.groups.get(open_item.group_id)
    present = await runner.present_of(ctx, group, ctx.services.process.exercises[row.register])
    title = cut(present.task_title(row), TITLE)
    run, arg = record.id, str(row.id)
    opening = (
        ctx.key("open_row", "row", run, arg) if among == 1 else ctx.key("day.open_title", "row", run, arg, title=title)
    )
    facts = {**facts, "title": _spoken(ctx, row.register)}
    if open_item.kind == kinds.CHANGED:
        return MessageLine(open_item, facts, [opening])
    return MessageLine(open_item, facts, [opening, ctx.key("day.done", "done", run, arg)])


async def _is_away(ctx: Context, open_item: OpenItem, meeting: Meeting) -> bool:
    """True if whoever would be reminded of a meeting is away that day, and has not said that they come anyway."""
    member = await ctx.work.members.get(open_item.member_id)
    if member.person_id not in await ctx.work.absences.away_on(meeting.day):
        return False
    return (await network_meetings.called(ctx, meeting)).answer(member.id) != YES


async def _about_pending(ctx: Context, open_item: OpenItem, facts: TemplateFacts) -> MessageLine:
    """Return the line to somebody who has followed the group's link and not come in, or is asked anew."""
    member = await ctx.work.members.get(open_item.member_id)
    facts = {**facts, "renewed": asked_anew(member), **await _joined_so_far(ctx, member)}
    if asked_anew(member):
        return MessageLine(open_item, facts, [ctx.key("day.renew", "enter", open_item.group_id)])
    keys = [ctx.key("day.come_in", "enter", open_item.group_id), ctx.key("decline", "decline", open_item.group_id)]
    return MessageLine(open_item, facts, keys)


async def _about_numbers(ctx: Context, open_item: OpenItem, facts: TemplateFacts) -> MessageLine | None:
    """Return the line about numbers in the routine, with the tap that says that the only one is right."""
    group = await ctx.work.groups.get(open_item.group_id)
    found = await checked_numbers.line(ctx, group, open_item.member_id)
    if found is None:
        return None
    asked, keys = found
    return MessageLine(open_item, {**facts, "numbers": len(asked.since), "instead": asked.instead}, keys)


async def _about_check_in(ctx: Context, open_item: OpenItem, facts: TemplateFacts) -> MessageLine:
    number = int(open_item.ref.partition(":")[2])
    asked = await check_ins.asked(ctx, await ctx.work.check_ins.get(number))
    return MessageLine(open_item, {**facts, **asked}, check_ins.scale(open_item.group_id, number))


async def _about_meeting(ctx: Context, open_item: OpenItem, facts: TemplateFacts) -> MessageLine | None:
    """Return the line about a meeting to come; whoever coordinates gets the button for the session along with it."""
    meeting = await ctx.work.meetings.lookup(int(open_item.ref.partition(":")[2]))
    if meeting is None or facts["late"] or await _is_away(ctx, open_item, meeting):
        return None
    shown = network_meetings.keys if network_meetings.is_networks(ctx, meeting) else network_meetings.core_keys
    said = (await network_meetings.called(ctx, meeting)).answer(open_item.member_id)
    keys = network_meetings.after_all(ctx, meeting, said) if said else shown(ctx, meeting)
    group = await ctx.work.groups.get(open_item.group_id)
    member = await ctx.work.members.get(open_item.member_id)
    at = {"at": meeting.at, "place": meeting.place, "link": meeting.link, "said": said, "starts": None, "part": None}
    at |= await _with_the_network(ctx, group, member, meeting)
    at["poll"] = await time_poll.of(ctx, group, meeting.id) is not None
    if member.coordinator and (starting := await session_keys(ctx, group, meeting)):
        keys, at = [*keys, *starting], {**at, "starts": await worked_on(ctx, group, meeting), "part": meeting.part}
    return MessageLine(open_item, {**facts, **at}, keys)


async def _with_the_network(ctx: Context, group: Group, member: Member, meeting: Meeting) -> TemplateFacts:
    """Return whom whoever coordinates calls by hand, and how many ideas there are, where the network meets."""
    if not network_meetings.is_networks(ctx, meeting):
        return {"by_hand": 0, "suggested": 0}
    by_hand = await access_requests.in_network(ctx, group) if member.coordinator else []
    return {"by_hand": len(by_hand), "suggested": len(await suggestions.standing(ctx, group))}


async def _about_date(ctx: Context, open_item: OpenItem, facts: TemplateFacts) -> MessageLine | None:
    """Return the line about a date that the group has set: when, where and what it is."""
    _, number, question = open_item.ref.split(":")
    record = await ctx.work.runs.lookup(int(number))
    if record is None or record.phase == Phase.ASIDE or facts["late"]:
        return None
    group, place = await ctx.work.groups.get(open_item.group_id), f"{record.exercise}.{question}"
    found = next((one for one in await milestones.known(ctx, group) if one.place == place), None)
    if found is None or (found.at is not None and at_wall(found.on, found.at, ctx.services.zone) <= ctx.now):
        return None
    tomorrow = open_item.due == ctx.today + timedelta(1)
    facts = {**facts, "name": found.name, "at": found.at, "place": found.where, "tomorrow": tomorrow, "resumes": False}
    title = f"{ctx.services.voice.title_of(record.exercise)}: {found.name}"
    deferred = await deferral.of(ctx, group)
    if deferred is not None and place == f"{deferred.exercise}.{question}":
        again = ctx.key("day.date", "view", 0, deferred.exercise, ask=open_item.group_id, title=cut(title, TITLE))
        return MessageLine(open_item, {**facts, "resumes": True}, [again])
    return MessageLine(open_item, facts, [ctx.key("day.date", "calendar", open_item.group_id, title=cut(title, TITLE))])


async def _about_again(ctx: Context, open_item: OpenItem, facts: TemplateFacts) -> MessageLine | None:
    """Return the line about what recurs: a date, or an exercise of which no new round has begun meanwhile."""
    if open_item.ref.startswith("date:"):
        return await _about_recurring(ctx, open_item, facts)
    record = await told_once.once_more(ctx, open_item)
    if record is None:
        return None
    title = cut(ctx.services.voice.title_of(record.exercise), TITLE)
    return MessageLine(
        open_item,
        {**facts, "name": ""},
        [ctx.key("day.again", "view", 0, record.exercise, ask=open_item.group_id, title=title)],
    )


async def _about_recurring(ctx: Context, open_item: OpenItem, facts: TemplateFacts) -> MessageLine | None:
    """Return the line about a date that has been and recurs, unless the next one is set."""
    _, number, question = open_item.ref.split(":")
    found = await recurring_dates.find(ctx, await ctx.work.groups.get(open_item.group_id), int(number), question)
    if found is None:
        return None
    name = recurring_dates.name_of(ctx, found)
    return MessageLine(open_item, {**facts, "name": name}, [recurring_dates.next_key(ctx, found)])


async def _joined_so_far(ctx: Context, member: Member) -> TemplateFacts:
    """Return how many of the joining questions somebody has answered, of how many."""
    joining = ctx.services.process.with_role(ExerciseRole.JOINING)
    record = await ctx.work.runs.latest(member.group_id, joining.id)
    if record is None:
        return {"answered": 0, "asked": 0}
    run = runner.load(ctx, record)
    asked = run.asked(run.owner(member.id))
    return {"answered": len(run.sheet(member.id).answered.intersection(asked)), "asked": len(asked)}


async def _about_silence(ctx: Context, open_item: OpenItem, facts: TemplateFacts) -> MessageLine | None:
    """Return the line to a coordinator whom somebody waits for in vain, with what it is; None if it is done."""
    group, member = await ctx.work.groups.get(open_item.group_id), await ctx.work.members.get(open_item.member_id)
    tasks = await coordinator_tasks.waited_for(ctx, group, member)
    keys = [tasks[0].key, ctx.key("day.weekly", "weekly", group.id)] if tasks else []
    return MessageLine(open_item, facts, keys) if tasks else None


async def _about_stuck(ctx: Context, open_item: OpenItem, facts: TemplateFacts) -> MessageLine | None:
    """Return the coordinator's line about somebody whom three reminders have not reached, or who cannot."""
    found = await told_once.stuck(ctx, open_item)
    if found is None:
        return None
    theirs, member = found
    key = ctx.key("day.stuck", "stuck", open_item.group_id, str(theirs.id), name=member.name)
    return MessageLine(open_item, {**facts, "declined": theirs.state == "declined"}, [key])


ABOUT: Final[Mapping[str, Callable[[Context, OpenItem, TemplateFacts], Awaitable[MessageLine | None]]]] = {
    kinds.STUCK: _about_stuck,
    kinds.PENDING: _about_pending,
    kinds.SILENCE: _about_silence,
    kinds.MEETING: _about_meeting,
    kinds.NUMBERS: _about_numbers,
    kinds.DATE: _about_date,
    kinds.AGAIN: _about_again,
    kinds.CHECK_IN: _about_check_in,
}


def unlike(ctx: Context, there: Sequence[tuple[OpenItem, Key]]) -> list[Key]:
    """Return the buttons of several items; those that would read alike have the day since when it waits."""
    alike = Counter(key.label for _, key in there)
    return [replace(key, label=since(ctx, key.label, item)) if alike[key.label] > 1 else key for item, key in there]


def since(ctx: Context, label: str, open_item: OpenItem) -> str:
    """Return a button's label with the day since when its item waits."""
    return ctx.services.voice.label("day.since", {"of": label, "due": open_item.due})
