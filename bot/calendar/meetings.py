"""The group's calendar (P.3): laid when the group decides to begin, shown, moved, and taken home as a file.

The coordinator moves a meeting, a step, or a meeting with all that follows, by buttons or in plain words, and sees what
follows before it is done. Dates that look unwise are named, never refused.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.agenda import matters
from bot.agenda.holidays import is_avoided
from bot.agenda.kinds import MEETING
from bot.calendar import ics
from bot.core.buttons import Action
from bot.core.desk import Actor, CommandHandler, Desk, Key, TapHandler, TextHandler
from bot.core.happenings import Concluded
from bot.core.keys import picture_key
from bot.turn import turns
from flows import calendar
from flows.answers import clean
from flows.calendar import Kind, Meeting, Moved
from flows.dates import add_months, read_moment, read_time
from flows.pacing import at_wall
from storage import records
from storage.records import Attachment, Group, private_chat

ONE, STEP, REST = "o", "s", "r"  # how much is moved
WEEKS = {"week_later": 7, "fortnight_later": 14, "week_earlier": -7}


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
    laid = calendar.propose(steps, start, months, is_avoided, today=desk.today)
    if not laid:
        return
    after = calendar.rhythm(max(add_months(start, months), laid[-1].on), is_avoided)
    await _keep(desk, group, [*laid, *after])
    facts = {"first": laid[0].on, "at": laid[0].at, "last": laid[-1].on, "count": len(laid), "months": months}
    facts["advice"] = calendar.advice(start, months, desk.today)
    await desk.to_group(group, "calendar.laid", facts)


async def _withdraw(desk: Desk, group: Group) -> None:
    """The group will wait after all: nothing of the calendar holds, and calendar programs can be told."""
    settings = {name: value for name, value in group.settings.items() if name != "calendar"}
    await desk.work.groups.update(group.id, settings=settings)
    for meeting in await _planned(desk, group):
        await desk.work.meetings.cancel(meeting.id)
    await desk.work.matters.close(kind=MEETING, group_id=group.id)


async def _keep(desk: Desk, group: Group, meetings: Sequence[Meeting]) -> None:
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
    await announce(desk, group)


async def announce(desk: Desk, group: Group) -> None:
    """Everyone will be told of the next meeting, the day before; when it is over, of the next one."""
    for record in sorted(await _planned(desk, group), key=lambda record: (record.day, record.at)):
        begins = at_wall(date.fromisoformat(record.day), time.fromisoformat(record.at), desk.house.zone)
        if begins > desk.now:
            members = [m for m in await desk.work.members.of_group(group.id) if m.state == "active"]
            wanted = {(MEETING, m.id): date.fromisoformat(record.day) for m in members}
            await matters.settle(desk, group, f"meeting:{record.id}", wanted)
            over = begins + timedelta(minutes=record.minutes)
            await desk.work.agenda.put(MEETING, over, group_id=group.id, ref=f"group:{group.id}")
            return


async def _planned(desk: Desk, group: Group) -> list[records.Meeting]:
    return [m for m in await desk.work.meetings.of_group(group.id) if m.state == "planned"]


async def planned(desk: Desk, group: Group) -> tuple[Meeting, ...]:
    """The meetings of the group's calendar that are to be held or have been, in order."""
    return tuple(calendar.ordered([_as_meeting(m) for m in await _planned(desk, group)]))


def _as_meeting(record: records.Meeting) -> Meeting:
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


# -- showing -----------------------------------------------------------------------------------------------------------
def name_of(desk: Desk, meeting: Meeting) -> str:
    """What a meeting is called."""
    facts = {"part": meeting.part, "number": meeting.number, "of": meeting.of}
    name = "day" if meeting.kind is Kind.SESSION and meeting.minutes >= calendar.WHOLE_DAY else str(meeting.kind)
    if name == "session" and meeting.part == desk.house.process.steps[-1].number:
        name = "closing"
    return desk.house.voice.label(f"meeting.{name}", facts)


async def show(desk: Desk, actor: Actor, _from: Action | str = "") -> None:
    """The calendar from today on, and what the reader can do with it."""
    group = actor.group
    laid = await planned(desk, group)
    coming = [m for m in laid if m.on >= desk.today]
    facts = {"town": group.title, "laid": bool(laid), "past": len(laid) - len(coming)}
    facts["meetings"] = [_line(desk, meeting) for meeting in coming]
    if actor.in_group:
        await desk.to_group(group, "calendar.show", facts)
        return
    keys: list[list[Key]] = []
    if coming:
        keys.append([desk.key("calendar.file", "ics", group.id), picture_key(desk, "calendar", group.id)])
        if actor.member.coordinator:
            keys.append([desk.key("calendar.move", "moving", group.id)])
    await desk.to_person(actor.person.id, "calendar.show", facts, keys, about=group.id)


def _line(desk: Desk, meeting: Meeting) -> dict[str, Any]:
    return {"name": name_of(desk, meeting), "on": meeting.on, "at": meeting.at}


async def send_file(desk: Desk, actor: Actor, _action: Action) -> None:
    """The calendar as a file that Outlook and others take in; a newer one moves what an older one put there."""
    entries = [
        ics.Entry(_as_meeting(m), f"Stad för stad: {name_of(desk, _as_meeting(m))}", cancelled=m.state == "cancelled")
        for m in await desk.work.meetings.of_group(actor.group.id)
    ]
    written = ics.write(entries, name=actor.group.title, owner=actor.group.key_id, zone=desk.house.zone, now=desk.now)
    name = desk.house.voice.label("calendar.file_name")
    await desk.work.outbox.put(
        private_chat(actor.person.id),
        "sendDocument",
        {
            "document": "attach://document",
            "caption": desk.house.voice.render("calendar.caption"),
            "parse_mode": "HTML",
        },
        about=actor.group.id,
        files=[Attachment("document", name, written)],
    )


# -- moving ------------------------------------------------------------------------------------------------------------
async def choose(desk: Desk, actor: Actor, action: Action) -> None:
    """Which meeting shall be moved, and then: it alone, its step, or all that follows too."""
    meetings = {m.id: _as_meeting(m) for m in await _planned(desk, actor.group)}
    if not action.arg:
        coming = sorted((m.on, id) for id, m in meetings.items() if m.on >= desk.today)
        keys = [
            [desk.key("calendar.one", "moving", actor.group.id, str(id), name=name_of(desk, meetings[id]), on=on)]
            for on, id in coming
        ]
        await _page(desk, actor, "calendar.choose", {"meeting": None}, keys)
        return
    meeting = meetings.get(int(action.arg))
    if meeting is None:
        desk.toast("old_button")
        return
    kinds = [ONE, REST] if meeting.kind is not Kind.SESSION or meeting.of == 1 else [ONE, STEP, REST]
    keys = [[desk.key(f"calendar.how.{how}", "mv", actor.group.id, f"{action.arg}:{how}")] for how in kinds]
    keys.append([desk.key("back", "moving", actor.group.id)])
    await _page(desk, actor, "calendar.choose", {"meeting": _line(desk, meeting)}, keys)


async def shift(desk: Desk, actor: Actor, action: Action) -> None:
    """To when? And once that is known: what would follow?"""
    id, how, *when = action.arg.split(":")
    record = next((m for m in await _planned(desk, actor.group) if m.id == int(id)), None)
    if record is None:
        desk.toast("old_button")
        return
    meeting = _as_meeting(record)
    if when:
        await _preview(desk, actor, record, how, *_when(when))
        return
    keys = [
        [
            desk.key(f"calendar.{name}", "mv", actor.group.id, _arg(record.id, how, meeting.on + timedelta(days), None))
            for name, days in WEEKS.items()
        ]
    ]
    await _page(desk, actor, "calendar.when", {"meeting": _line(desk, meeting), "readings": None}, keys, record, how)


async def said_when(desk: Desk, actor: Actor, text: str, context: Mapping[str, Any]) -> None:
    """A date in plain words, with or without a time; or a time alone, on the same day."""
    record = next((m for m in await _planned(desk, actor.group) if m.id == context["meeting"]), None)
    if record is None:
        return
    meeting, how = _as_meeting(record), context["how"]
    readings = read_moment(clean(text), desk.today) or [(meeting.on, at) for at in read_time(clean(text))]
    if len(readings) == 1:
        await _preview(desk, actor, record, how, *readings[0])
        return
    voice = desk.house.voice
    keys = [
        [
            Key(
                voice.label("calendar.reading", {"on": on, "at": at}),
                Action("mv", actor.group.id, 0, _arg(record.id, how, on, at)),
            )
        ]
        for on, at in readings
    ]
    facts = {"meeting": _line(desk, meeting), "readings": len(readings)}
    await _page(desk, actor, "calendar.when", facts, keys, record, how)


async def _preview(desk: Desk, actor: Actor, record: records.Meeting, how: str, on: date, at: time | None) -> None:
    moved = await _moved(desk, actor.group, record, how, on, at)
    if not moved.changes:
        await _page(desk, actor, "calendar.same", {}, [])
        return
    keys = [
        [desk.key("calendar.do", "mvd", actor.group.id, _arg(record.id, how, on, at))],
        [desk.key("calendar.not", "moving", actor.group.id, str(record.id))],
    ]
    await _page(desk, actor, "calendar.preview", _changes(desk, moved), keys)


async def do_shift(desk: Desk, actor: Actor, action: Action) -> None:
    """Move it, and tell the group."""
    id, how, *when = action.arg.split(":")
    record = next((m for m in await _planned(desk, actor.group) if m.id == int(id)), None)
    if record is None or not when:
        desk.toast("old_button")
        return
    moved = await _moved(desk, actor.group, record, how, *_when(when))
    if not moved.changes:
        desk.toast("old_button")
        return
    await _keep(desk, actor.group, [now for _, now in moved.changes])
    facts = _changes(desk, moved)
    await _page(desk, actor, "calendar.done", facts, [[desk.key("calendar.file", "ics", actor.group.id)]])
    await desk.to_group(actor.group, "calendar.moved", {**facts, "by": actor.member.name})


async def _moved(desk: Desk, group: Group, record: records.Meeting, how: str, on: date, at: time | None) -> Moved:
    meetings = calendar.ordered([_as_meeting(m) for m in await _planned(desk, group)])
    meeting = _as_meeting(record)
    if how == STEP:
        # The step's first session moves as far as the one that was chosen.
        first = next(m for m in meetings if m.kind is Kind.SESSION and m.part == meeting.part)
        return calendar.move_step(meetings, meeting.part, first.on + (on - meeting.on), is_avoided, today=desk.today)
    moving = calendar.move_from if how == REST else calendar.move
    return moving(meetings, meeting.id, on, at, is_avoided, today=desk.today)


def _changes(desk: Desk, moved: Moved) -> dict[str, Any]:
    names = {m.id: name_of(desk, m) for m in moved.meetings}
    return {
        "changes": [
            {"name": names[now.id], "on": now.on, "at": now.at, "was": old.on, "time": old.at != now.at}
            for old, now in moved.changes
        ],
        "concerns": [{"name": concern.name, "meeting": names[concern.meeting]} for concern in moved.concerns],
    }


def _arg(id: int, how: str, on: date, at: time | None) -> str:
    """A move in a button: the day as its number in the calendar, which is short."""
    return f"{id}:{how}:{on.toordinal()}" + (f":{at:%H%M}" if at else "")


def _when(parts: Sequence[str]) -> tuple[date, time | None]:
    at = datetime.strptime(parts[1], "%H%M").time() if len(parts) > 1 else None  # noqa: DTZ007 (a wall time)
    return date.fromordinal(int(parts[0])), at


async def _page(
    desk: Desk,
    actor: Actor,
    name: str,
    facts: dict[str, Any],
    keys: list[list[Key]],
    record: records.Meeting | None = None,
    how: str = "",
) -> None:
    """Say it in the place of the message that was tapped; with a meeting, a date may be written next."""
    context = {"want": "calendar", "group": actor.group.id, "meeting": record.id, "how": how} if record else {}
    await desk.to_person(
        actor.person.id, name, facts, keys, about=actor.group.id, edit=desk.tapped, context={"page": True, **context}
    )


TAPS: Mapping[str, TapHandler] = {
    "calendar": show,
    "ics": send_file,
    "moving": choose,
    "mv": shift,
    "mvd": do_shift,
}
COMMANDS: Mapping[str, CommandHandler] = {"kalender": show}
TEXTS: Mapping[str, TextHandler] = {"calendar": said_when}
