"""The calendar as it is kept: laid when the group decides to begin, told of in time, and laid on year after year.

Everything that is to happen because of a meeting is worked out here, in the transaction that changes the meetings.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.agenda import matters
from bot.agenda.holidays import is_avoided
from bot.agenda.kinds import MEETING
from bot.core.desk import Desk
from bot.core.happenings import Concluded
from bot.process.status import status
from bot.turn import turns
from flows import calendar
from flows.calendar import Kind, Meeting, Moved, workable
from flows.dates import add_months
from flows.model import Exercise
from flows.pacing import USUAL, at_wall
from flows.state import Phase
from storage import records
from storage.records import Group

OPENS = "opens"  # the kind of the agenda's row: an exercise begins by itself before a meeting
AHEAD = timedelta(days=365)  # so far ahead the network's meetings are always laid
LATELY = timedelta(days=90)  # what was concluded within this is not begun by itself again


# -- laying ------------------------------------------------------------------------------------------------------------
async def after_conclusion(desk: Desk, happened: Concluded) -> None:
    """A decision to begin, with a start and a length, lays the calendar."""
    run = turns.load(desk, await desk.work.runs.get(happened.run))
    outcome, values = run.exercise.outcome, await turns.values_of_group(desk, run)
    if outcome is None or outcome.start is None or outcome.months is None:
        return
    group = await desk.work.groups.get(happened.group)
    start, months = values.get(outcome.start), values.get(outcome.months)
    if values.get(outcome.question) != outcome.option:
        await _withdraw(desk, group)
    elif start is not None and months is not None:
        await lay(desk, group, date.fromisoformat(start), int(months), outcome.opens)


async def lay(desk: Desk, group: Group, start: date, months: int, first_step: int) -> None:
    """Lay the calendar, unless it lies there from the same start for as long; the group is told."""
    wanted = {"start": start.isoformat(), "months": months}
    if group.settings.get("calendar") == wanted:
        return
    group = await desk.work.groups.update(group.id, settings={**group.settings, "calendar": wanted})
    steps = [step for step in desk.house.process.steps if step.number >= first_step]
    spread = group.settings.get("spread", [])
    laid = calendar.propose(steps, start, months, is_avoided, today=desk.today, spread=spread)
    if not laid:
        return
    after = calendar.rhythm(max(add_months(start, months), laid[-1].on), is_avoided, counts=counts_of(group))
    new = {m.id for m in (*laid, *after)}
    await keep(desk, group, [*laid, *after], [m for m in await planned(desk, group) if m.id not in new])
    facts = {"first": laid[0].on, "at": laid[0].at, "last": laid[-1].on, "count": len(laid), "months": months}
    facts["advice"] = calendar.advice(start, months, desk.today)
    await desk.to_group(group, "calendar.laid", facts)


def counts_of(group: Group) -> tuple[int, ...]:
    """How often the group's network meets: in the first year, and in every later one."""
    return tuple(group.settings.get("rhythm", calendar.NETWORK_MEETINGS))


async def _withdraw(desk: Desk, group: Group) -> None:
    """The group will wait after all: nothing of the calendar holds, and calendar programs can be told."""
    settings = {name: value for name, value in group.settings.items() if name != "calendar"}
    await desk.work.groups.update(group.id, settings=settings)
    for meeting in await records_of(desk, group):
        await desk.work.meetings.cancel(meeting.id)
    await desk.work.matters.close(kind=MEETING, group_id=group.id)
    for kind in (MEETING, OPENS):
        await desk.work.agenda.cancel(kind=kind, group_id=group.id)


async def keep(desk: Desk, group: Group, meetings: Sequence[Meeting], removed: Iterable[Meeting] = ()) -> None:
    """Keep these meetings as they now are, and give up the removed ones."""
    for m in meetings:
        await desk.work.meetings.put(
            group.id,
            str(m.kind),
            m.part,
            m.number,
            among=m.of,
            day=m.on.isoformat(),
            at=m.at.isoformat("minutes"),
            minutes=m.minutes,
            sequence=m.sequence,
        )
    ids = {(str(m.kind), m.part, m.number) for m in removed}
    for record in await records_of(desk, group) if ids else ():
        if (record.kind, record.part, record.number) in ids:
            await desk.work.meetings.cancel(record.id)
            await matters.settle(desk, group, f"meeting:{record.id}", {})
    await announce(desk, group)


# -- what is kept ------------------------------------------------------------------------------------------------------
async def records_of(desk: Desk, group: Group) -> list[records.Meeting]:
    """The meetings that are to be held or have been."""
    return [m for m in await desk.work.meetings.of_group(group.id) if m.state == "planned"]


async def planned(desk: Desk, group: Group) -> tuple[Meeting, ...]:
    """The same, as the calendar's rules know them, in order."""
    return calendar.ordered([as_meeting(m) for m in await records_of(desk, group)])


def as_meeting(record: records.Meeting) -> Meeting:
    """A kept meeting as the calendar's rules know it."""
    return Meeting(
        Kind(record.kind),
        record.part,
        record.number,
        record.among,
        date.fromisoformat(record.day),
        time.fromisoformat(record.at),
        record.minutes,
        record.sequence,
    )


def name_of(desk: Desk, meeting: Meeting) -> str:
    """What a meeting is called."""
    facts = {"part": meeting.part, "number": meeting.number, "of": meeting.of}
    name = "day" if meeting.kind is Kind.SESSION and meeting.minutes >= calendar.WHOLE_DAY else str(meeting.kind)
    if name == "session" and meeting.part == desk.house.process.steps[-1].number:
        name = "closing"
    return desk.house.voice.label(f"meeting.{name}", facts)


def changes(desk: Desk, moved: Moved) -> dict[str, Any]:
    """What a change of the calendar leads to, in words; `was` is None for a meeting that is new."""
    names = {m.id: name_of(desk, m) for m in (*moved.removed, *moved.meetings)}
    lines = [{"name": names[m.id], "on": m.on, "at": m.at, "was": None} for m in moved.added]
    lines += [{"name": names[now.id], "on": now.on, "at": now.at, "was": old.on} for old, now in moved.changes]
    return {
        "changes": sorted(lines, key=lambda line: (line["on"], line["at"])),
        "removed": [{"name": names[m.id], "on": m.on} for m in moved.removed],
        "concerns": [{"name": concern.name, "meeting": names[concern.meeting]} for concern in moved.concerns],
        "unread": False,
    }


# -- what happens because of the meetings ------------------------------------------------------------------------------
async def announce(desk: Desk, group: Group) -> None:
    """Everyone will be told of the next meeting, the day before; when it is over, of the next one."""
    coming = [(m, begins) for m in await records_of(desk, group) if (begins := _begins(desk, m)) > desk.now]
    coming.sort(key=lambda pair: pair[1])
    for record, _ in coming[1:]:  # it may have been the next one until something was moved
        await matters.settle(desk, group, f"meeting:{record.id}", {})
    if coming:
        record, begins = coming[0]
        members = [m for m in await desk.work.members.of_group(group.id) if m.state == "active"]
        wanted = {(MEETING, m.id): date.fromisoformat(record.day) for m in members}
        await matters.settle(desk, group, f"meeting:{record.id}", wanted)
        over = begins + timedelta(minutes=record.minutes)
        await desk.work.agenda.put(MEETING, over, group_id=group.id, ref=f"group:{group.id}")
    look = next((m for m, _ in coming if m.kind == Kind.REVIEW), None)
    if look is not None:
        day = date.fromisoformat(look.day) - turns.ANSWER_WITHIN
        while not workable(day, is_avoided):
            day -= timedelta(1)
        at = at_wall(day, USUAL, desk.house.zone)
        await desk.work.agenda.put(OPENS, at, group_id=group.id, ref=f"group:{group.id}")


def _begins(desk: Desk, record: records.Meeting) -> datetime:
    return at_wall(date.fromisoformat(record.day), time.fromisoformat(record.at), desk.house.zone)


async def go_on(desk: Desk, group: Group) -> None:
    """A meeting is over: the next is announced, and the network's years are laid on, so that one always lies ahead."""
    laid, more = list(await planned(desk, group)), list[Meeting]()
    while laid and max(m.on for m in laid) < desk.today + AHEAD:
        year = calendar.next_year(laid, is_avoided, counts_of(group))
        if not year:
            break
        laid, more = [*laid, *year], [*more, *year]
    if not more:
        await announce(desk, group)
        return
    await keep(desk, group, more)
    coming = [m for m in calendar.ordered(more) if m.on >= desk.today]
    lines = [{"name": name_of(desk, m), "on": m.on, "at": m.at} for m in coming]
    await desk.to_group(group, "calendar.next_year", {"meetings": lines})


async def open_before(desk: Desk, group: Group) -> None:
    """The yearly look is a week away: what belongs to it begins, as a new round beside the old ones."""
    looks = [m for m in await planned(desk, group) if m.kind is Kind.REVIEW and m.on >= desk.today]
    if not looks:
        return
    for exercise in desk.house.process.exercises.values():
        if exercise.calendar and exercise.calendar.before == Kind.REVIEW and await _is_due(desk, group, exercise):
            await turns.begin(desk, group, exercise, until=looks[0].on)
            title = desk.house.voice.exercise(exercise.id)["title"]
            await desk.to_group(group, "calendar.look", {"on": looks[0].on, "at": looks[0].at, "title": title})
            await status(desk, group)


async def _is_due(desk: Desk, group: Group, exercise: Exercise) -> bool:
    """Whether the group has come to this exercise's step, and has not just done it."""
    step = desk.house.process.step_of(exercise.id)
    if step is not None and step.number not in group.settings.get("steps", [0]):
        return False
    rounds = await desk.work.runs.of_exercise(group.id, exercise.id)
    if not rounds:
        return True
    latest = rounds[-1]
    return latest.phase == Phase.CONCLUDED and desk.now - latest.changed_at >= LATELY
