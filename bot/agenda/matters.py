"""What each person has open, derived from what their groups wait for, in the transaction that changes it.

So a reminder of something done cannot exist: who hands in, finishes a task, leaves or gets another date has their
matters changed by the same commit. When they are spoken of is for `flows.pacing`, and how for `bot.calendar.daily`.
"""

from datetime import date, timedelta

from bot.agenda.kinds import ANSWER, DECIDE, INVITING, STUCK, TASK
from bot.agenda.moments import aim
from bot.core.desk import Desk
from flows.engine import deadlines
from flows.state import Phase, Run
from storage.records import Group, Matter, Member, Row

INVITATION_WAITS = timedelta(days=14)


async def of_run(desk: Desk, group: Group, run: Run) -> None:
    """An exercise: those who have not answered, and the coordinators, who decide when the date comes."""
    wanted: dict[tuple[str, int], date] = {}
    for deadline in deadlines(run) if run.phase is Phase.OPEN and group.state == "active" else ():
        if deadline.member is not None:
            wanted[ANSWER, deadline.member] = deadline.on
        else:
            wanted |= {(DECIDE, member.id): deadline.on for member in await coordinators(desk, group)}
    await settle(desk, group, f"run:{run.number}", wanted)


async def of_row(desk: Desk, group: Group, row: Row) -> None:
    """A row that somebody has taken on with a date is a task."""
    wanted = {}
    if row.assignee is not None and row.due is not None and row.state == "open" and group.state == "active":
        wanted[TASK, row.assignee] = date.fromisoformat(row.due)
    await settle(desk, group, f"row:{row.id}", wanted)


async def given_away(desk: Desk, group: Group, member: Member, purpose: str, ref: str) -> None:
    """A member has given an invitation away: they are told if nobody has answered it after a while."""
    await settle(desk, group, f"{purpose}:{ref or 0}", {(INVITING, member.id): desk.today + INVITATION_WAITS})


async def settle(desk: Desk, group: Group, ref: str, wanted: dict[tuple[str, int], date]) -> None:
    """Let just these have this open: by kind and member, until when."""
    touched = set()
    for matter in await desk.work.matters.about(group.id, ref):
        key = (matter.kind, matter.member_id)
        if key not in wanted and matter.state != "closed":
            await desk.work.matters.close(ref=ref, kind=matter.kind, member_id=matter.member_id)
            touched.add(matter.person_id)
        elif key in wanted and matter.state != "closed" and matter.due == wanted[key].isoformat():
            del wanted[key]  # as it was
    for (kind, member_id), due in wanted.items():
        member = await desk.work.members.get(member_id)
        await desk.work.matters.put(member, kind, ref, due, desk.today)
        touched.add(member.person_id)
    for person_id in touched:
        await aim(desk, person_id)


async def coordinators(desk: Desk, group: Group) -> list[Member]:
    """Those who coordinate a group now."""
    return [m for m in await desk.work.members.of_group(group.id) if m.coordinator and m.state == "active"]


async def forget(desk: Desk, member: Member) -> None:
    """Someone has left: nothing of this group is open to them any more."""
    await desk.work.matters.close(member_id=member.id)
    await aim(desk, member.person_id)


async def hand_over(desk: Desk, matter: Matter, state: str) -> None:
    """Nothing more is said to the person (`state`: handed | declined); each coordinator is told, once."""
    await desk.work.matters.update(matter.id, state=state)
    group = await desk.work.groups.get(matter.group_id)
    for member in await coordinators(desk, group):
        if member.id != matter.member_id:
            await desk.work.matters.put(member, STUCK, f"{matter.ref}:{matter.member_id}", desk.today, desk.today)
            await aim(desk, member.person_id)
