"""Absence: `/franvaro 1–31 juli`. It silences, nobody waits meanwhile, and the coordinator sees what it touches."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from bot.agenda import matters
from bot.agenda.kinds import AWAY
from bot.agenda.moments import aim
from bot.core.access import Role, role_of
from bot.core.buttons import Action
from bot.core.desk import Actor, CommandHandler, Desk, TapHandler, TextHandler
from bot.turn import turns
from bot.turn.present import Presenter
from flows.answers import clean
from flows.dates import read_range
from flows.events import Joined, Left
from flows.pacing import at_wall
from flows.state import Phase, Seat
from storage.records import Absence, Group, Member

BACK = "back"  # the kind of the agenda's row at the end of an absence
BEGINS, ENDS = time(0, 5), time(0, 1)  # wall time; nothing is said then
LONGEST = timedelta(days=500)


async def show(desk: Desk, actor: Actor, arguments: str = "") -> None:
    """When one is away, and how to say so; or, with a stretch of days, say it at once."""
    if arguments.strip():
        await said(desk, actor, arguments, {})
        return
    absences = await desk.work.absences.of_person(actor.person.id, desk.today)
    facts = {"absences": [{"first": a.first, "last": a.last} for a in absences], "readings": None}
    await _ask(desk, actor, facts, absences)


async def said(desk: Desk, actor: Actor, text: str, _context: Mapping[str, Any]) -> None:
    """A stretch of days in plain words. What can be read in two ways is asked about."""
    readings = [(a, b) for a, b in read_range(clean(text), desk.today) if b >= desk.today and b - a < LONGEST]
    if len(readings) == 1:
        await _keep(desk, actor, *readings[0])
        return
    keys = [
        [desk.key("away.reading", "away", actor.group.id, f"{a.toordinal()}:{b.toordinal()}", first=a, last=b)]
        for a, b in readings
    ]
    context = {"want": "away", "group": actor.group.id}
    facts = {"absences": [], "readings": len(readings)}
    await desk.to_person(actor.person.id, "away.show", facts, keys, about=actor.group.id, context=context)


async def chosen(desk: Desk, actor: Actor, action: Action) -> None:
    """One of the readings was meant."""
    first, _, last = action.arg.partition(":")
    await _keep(desk, actor, date.fromordinal(int(first)), date.fromordinal(int(last)))


async def back(desk: Desk, actor: Actor, action: Action) -> None:
    """I am back, or will not be away after all."""
    absence = await desk.work.absences.lookup(int(action.arg))
    if absence is None or absence.person_id != actor.person.id:
        desk.toast("old_button")
        return
    await desk.work.absences.remove(absence.id)
    await desk.work.agenda.cancel(ref=f"absence:{absence.id}")
    await returned(desk, actor.person.id)
    await aim(desk, actor.person.id)
    desk.toast("away.back")


async def _ask(desk: Desk, actor: Actor, facts: dict[str, Any], absences: list[Absence]) -> None:
    keys = [
        [desk.key("away.back", "back_again", actor.group.id, str(a.id), first=a.first, last=a.last)] for a in absences
    ]
    context = {"want": "away", "group": actor.group.id}
    await desk.to_person(actor.person.id, "away.show", facts, keys, about=actor.group.id, context=context)


async def _keep(desk: Desk, actor: Actor, first: date, last: date) -> None:
    absence = await desk.work.absences.add(actor.person.id, first, last)
    ref, zone = f"absence:{absence.id}", desk.house.zone
    await desk.work.agenda.put(AWAY, max(at_wall(first, BEGINS, zone), desk.now), ref=ref)
    await desk.work.agenda.put(BACK, at_wall(last + timedelta(1), ENDS, zone), ref=ref)
    await aim(desk, actor.person.id)
    for group, member in await _seats(desk, actor.person.id):
        wanted = {
            (AWAY, m.id): desk.today for m in await matters.coordinators(desk, group) if m.person_id != actor.person.id
        }
        await matters.settle(desk, group, f"{ref}:{member.id}", wanted)
    keys = [[desk.key("away.undo", "back_again", actor.group.id, str(absence.id))]]
    await desk.to_person(actor.person.id, "away.kept", {"first": first, "last": last}, keys, edit=desk.tapped)


# -- what follows ------------------------------------------------------------------------------------------------------
async def begun(desk: Desk, absence_id: int) -> None:
    """Someone is away from now on: nobody waits for them."""
    absence = await desk.work.absences.lookup(absence_id)
    if absence is None:
        return
    for group, member in await _seats(desk, absence.person_id):
        for record in await desk.work.runs.open_in(group.id):
            seat = turns.load(desk, record).seats.get(member.id)
            shared = not desk.house.process.exercises[record.exercise].private
            if shared and record.phase == Phase.OPEN and seat is not None and seat.awaited:
                await turns.take(desk, group, record, Left(member.id))


async def ended(desk: Desk, absence_id: int) -> None:
    """The absence is over: what is still open waits for them again, without a word until it is time."""
    absence = await desk.work.absences.lookup(absence_id)
    if absence is not None:
        await returned(desk, absence.person_id)
        await aim(desk, absence.person_id)


async def returned(desk: Desk, person_id: int) -> None:
    """Give a person back their seats in what is open, unless they are away for another reason."""
    if person_id in await desk.work.absences.away_on(desk.today):
        return
    for group, member in await _seats(desk, person_id):
        for record in await desk.work.runs.open_in(group.id):
            seat = turns.load(desk, record).seats.get(member.id)
            shared = not desk.house.process.exercises[record.exercise].private
            if shared and record.phase in (Phase.OPEN, Phase.REVEALED) and seat is not None and not seat.awaited:
                again = Joined(Seat(member.id, member.organisation_id), quiet=True)
                await turns.take(desk, group, record, again)


async def catch_up(desk: Desk, person_id: int) -> None:
    """See to what began or ended while the bot was not in one of the person's groups."""
    for absence in await desk.work.absences.of_person(person_id, desk.today):
        if absence.first <= desk.today.isoformat():
            await begun(desk, absence.id)
    await returned(desk, person_id)


async def _seats(desk: Desk, person_id: int) -> list[tuple[Group, Member]]:
    found = []
    for member in await desk.work.members.of_person(person_id):
        group = await desk.work.groups.get(member.group_id)
        if role_of(member, group) >= Role.MEMBER and group.state == "active":
            found.append((group, member))
    return found


async def touches(desk: Desk, actor: Actor, action: Action) -> None:
    """To the coordinator: who is away when, and what falls within."""
    id, _, member_id = action.arg.partition(":")
    absence = await desk.work.absences.lookup(int(id))
    member = await desk.work.members.lookup(int(member_id or 0))
    if absence is None or member is None or member.group_id != actor.group.id:
        desk.toast("day.settled")
        return
    first, last = absence.first, absence.last
    scene = await turns.scene_of(desk, actor.group)
    runs = [turns.load(desk, r) for r in await desk.work.runs.open_in(actor.group.id) if r.phase == Phase.OPEN]
    within = [run for run in runs if run.answer_by is not None and first <= run.answer_by.isoformat() <= last]
    rows = [
        row
        for row in await desk.work.rows.taken_on(actor.group.id)
        if row.assignee == member.id and row.due is not None and first <= row.due <= last
    ]
    exercises = desk.house.process.exercises
    meetings = await desk.work.meetings.of_group(actor.group.id)
    facts = {
        "name": member.name,
        "first": first,
        "last": last,
        "runs": [desk.house.voice.exercise(run.exercise.id)["title"] for run in within],
        "rows": [Presenter(desk.house.voice, scene, exercises[row.register]).row_title(row) for row in rows],
        "meetings": [m.day for m in meetings if m.state == "planned" and first <= m.day <= last],
    }
    keys = [[desk.key("day.calendar", "calendar", actor.group.id)]] if facts["meetings"] else []
    await desk.to_person(actor.person.id, "away.touches", facts, keys, about=actor.group.id)


TAPS: Mapping[str, TapHandler] = {"away": chosen, "back_again": back, "touches": touches}
COMMANDS: Mapping[str, CommandHandler] = {"franvaro": show}
TEXTS: Mapping[str, TextHandler] = {"away": said}
