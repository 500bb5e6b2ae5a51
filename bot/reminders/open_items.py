"""What each person has open, derived from what their groups wait for, in the transaction that changes it.

So a reminder of something done cannot exist: who hands in, finishes a task, leaves or gets another date has their
matters changed by the same commit. When they are spoken of is for `flows.pacing`, and how
for `bot.features.digest.daily_message`.
"""

from datetime import date, timedelta

from bot.context.context import Context
from bot.context.permissions import Role, role_of
from bot.reminders.kinds import ANSWER, DECIDE, INVITING, READY, STUCK, TASK
from bot.reminders.next_message import schedule_next
from flows.engine import deadlines
from flows.state import Phase, Run
from storage.records import Group, Member, OpenItem, Row

INVITATION_WAITS = timedelta(days=14)
TALKED = timedelta(days=3)  # after which something that has been shown, and has no conclusion to write, can be ended


async def update_for_run(ctx: Context, group: Group, run: Run) -> None:
    """An exercise: those who have not answered, and the coordinators, who decide when the date comes."""
    wanted: dict[tuple[str, int], date] = {}
    for deadline in deadlines(run) if run.phase is Phase.OPEN and group.state == "active" else ():
        if deadline.member is not None:
            wanted[ANSWER, deadline.member] = deadline.on
        else:
            wanted |= {(DECIDE, member.id): deadline.on for member in await coordinators(ctx, group)}
    if run.filled_in and not run.exercise.approves and group.state == "active":
        wait = TALKED if run.phase is Phase.REVEALED and not run.exercise.conclusion else timedelta()
        ready = {
            m.member_id: m for m in await ctx.work.open_items.about(group.id, f"run:{run.number}") if m.kind == READY
        }
        for member in await coordinators(ctx, group):
            before = ready.get(member.id)
            is_told = before is not None and before.state != "closed"
            wanted[READY, member.id] = before.due if before and is_told else ctx.today + wait
    await reconcile(ctx, group, f"run:{run.number}", wanted)


async def of_row(ctx: Context, group: Group, row: Row) -> None:
    """A row that somebody has taken on with a date is a task."""
    wanted = {}
    if row.assignee is not None and row.due is not None and row.state == "open" and group.state == "active":
        wanted[TASK, row.assignee] = row.due
    await reconcile(ctx, group, f"row:{row.id}", wanted)


async def given_away(
    ctx: Context, group: Group, member: Member, purpose: str, ref: str, wait: timedelta = INVITATION_WAITS
) -> None:
    """A member has given an invitation away: they are told if nobody has answered it after a while."""
    await reconcile(ctx, group, f"{purpose}:{ref or 0}", {(INVITING, member.id): ctx.today + wait})


async def reconcile(ctx: Context, group: Group, ref: str, wanted: dict[tuple[str, int], date]) -> None:
    """Let just these have this open: by kind and member, until when."""
    touched = set()
    for open_item in await ctx.work.open_items.about(group.id, ref):
        key = (open_item.kind, open_item.member_id)
        if key not in wanted and open_item.state != "closed":
            await ctx.work.open_items.close(ref=ref, kind=open_item.kind, member_id=open_item.member_id)
            touched.add(open_item.person_id)
        elif key in wanted and open_item.state != "closed" and open_item.due == wanted[key]:
            del wanted[key]  # as it was
    for (kind, member_id), due in wanted.items():
        member = await ctx.work.members.get(member_id)
        await ctx.work.open_items.put(member, kind, ref, due, ctx.today)
        touched.add(member.person_id)
    for person_id in touched:
        await schedule_next(ctx, person_id)


async def coordinators(ctx: Context, group: Group) -> list[Member]:
    """Those who coordinate a group now."""
    return [m for m in await ctx.work.members.active(group.id) if m.coordinator]


async def responsible(ctx: Context, group: Group) -> list[Member]:
    """Those of them who do it in their own right, and not in somebody's place."""
    return [m for m in await coordinators(ctx, group) if role_of(m, group) >= Role.RESPONSIBLE]


async def forget(ctx: Context, member: Member) -> None:
    """Someone has left: nothing of this group is open to them any more."""
    await ctx.work.open_items.close(member_id=member.id)
    await schedule_next(ctx, member.person_id)


async def hand_over(ctx: Context, open_item: OpenItem, state: str) -> None:
    """Nothing more is said to the person (`state`: handed | declined); each coordinator is told, once."""
    await ctx.work.open_items.update(open_item.id, state=state)
    group = await ctx.work.groups.get(open_item.group_id)
    for member in await coordinators(ctx, group):
        if member.id != open_item.member_id:
            await ctx.work.open_items.put(member, STUCK, f"{open_item.ref}:{open_item.member_id}", ctx.today, ctx.today)
            await schedule_next(ctx, member.person_id)
