"""What is done when something falls due. Each is looked at against what is true now; a late one says nothing."""

from datetime import timedelta

from bot.agenda import deadlines, kinds, moments
from bot.agenda.moments import DAY
from bot.calendar import absence, checkins, daily, laying
from bot.core.desk import Desk
from bot.incidents import retention, unread
from bot.people import rights, rollcall
from bot.process import coordinating, sessions
from flows.state import Phase
from storage.records import Due, Group

LATE = timedelta(hours=1)  # who hears so late that their minutes are over has long gone on


async def fire(desk: Desk, due: Due) -> None:
    """See to a row of the agenda."""
    number = int(due.ref.partition(":")[2])
    if due.kind == DAY:
        await daily.speak(desk, number)
        return
    if due.kind in (kinds.AWAY, absence.BACK):
        await (absence.begun if due.kind == kinds.AWAY else absence.ended)(desk, number)
        return
    if due.kind == rights.FORGET:
        await desk.work.forgetting.person(number)
        return
    group = await desk.work.groups.lookup(due.group_id) if due.group_id else None
    if group is None or group.state != "active":
        return
    match due.kind:
        case kinds.UNREAD | unread.FOLLOW:
            await unread.fire(desk, group, due)
        case retention.KIND:
            await retention.fire(desk, group, due)
            await rollcall.look(desk, group)
        case deadlines.TIMER if desk.now - due.at < LATE:
            await _time_is_up(desk, group, number)
        case kinds.CHECK_IN:
            await checkins.begin(desk, group)
        case kinds.MEETING | laying.OPENS if (later := moments.by_daylight(desk)) > desk.now:
            await desk.work.agenda.put(due.kind, later, group_id=group.id, ref=due.ref)
        case kinds.MEETING:
            await laying.go_on(desk, group)
        case laying.OPENS:
            await laying.open_before(desk, group)
        case sessions.SESSION:
            await sessions.tick(desk, group)
        case kinds.STILL:
            await coordinating.look(desk, group)


async def _time_is_up(desk: Desk, group: Group, number: int) -> None:
    """The minutes to think alone are over."""
    record = await desk.work.runs.lookup(number)
    if record is not None and record.phase == Phase.OPEN:
        await desk.to_group(group, "run.timer_over", {"title": desk.house.voice.exercise(record.exercise)["title"]})
