"""Open items: what each person has to do, derived from what their groups wait for, in the same transaction.

So there can be no reminder of something that is done: handing in, finishing a task, leaving, or another date changes
the open items in the same commit. `flows.timing.pacing` decides when they are told,
`bot.features.digest.daily_message` how.
"""

from datetime import date, timedelta

from bot.context.context import Context
from bot.context.permissions import Rank, rank_of
from bot.reminders.kinds import ANSWER, DECIDE, GIVEN, INVITING, READY, SHARED, STUCK, TASK, WISH
from bot.reminders.next_message import schedule_next
from flows.definitions.model import Exercise
from flows.engine.engine import deadlines
from flows.enums import How
from flows.run.state import Phase, Run
from storage.records.open_items import OpenItem
from storage.records.records import Group, Member, Row

INVITATION_WAITS = timedelta(days=14)
BETWEEN_SOUNDS = timedelta(days=7)  # invitations to exercises that come sooner are silent …
REMINDED_WITHIN = timedelta(days=3)  # … unless there is too little time left for a reminder, which sounds
DAY = timedelta(days=1)
TALKED = timedelta(days=3)  # after which a revealed exercise without a conclusion to write can be ended

Wanted = dict[tuple[str, int], date]  # who shall have what open, by kind and member: until when


async def update_for_run(ctx: Context, group: Group, run: Run) -> None:
    """Update the items of an exercise: for those who have not answered, and for coordinators at its date."""
    wanted = Wanted()
    if group.state == "active":
        if run.phase is Phase.OPEN and not rests(group, run.exercise):
            for part in (_to_show, _to_answer, _to_fill_in):
                wanted |= await part(ctx, group, run)
        wanted |= await _to_end(ctx, group, run)
    await reconcile(ctx, group, f"run:{run.number}", wanted)


async def _to_answer(ctx: Context, group: Group, run: Run) -> Wanted:
    """Return until when each who has not answered can, and when whoever coordinates is told of the date."""
    all_in, wanted = run.answered_alone and not run.waiting_for(), Wanted()
    for deadline in deadlines(run):
        if deadline.member is not None:
            wanted[ANSWER, deadline.member] = deadline.on
        elif not all_in:
            wanted |= {(DECIDE, member.id): deadline.on for member in await coordinators(ctx, group)}
    return wanted


async def _to_end(ctx: Context, group: Group, run: Run) -> Wanted:
    """Return when each coordinator is told that what is filled in can be ended."""
    if not run.filled_in or run.exercise.approves:
        return {}
    on = ctx.today + (TALKED if run.phase is Phase.REVEALED and not run.exercise.conclusion else timedelta())
    told = {one.member_id: one.due for one in await ctx.work.open_items.unclosed(group.id, f"run:{run.number}", READY)}
    return {(READY, member.id): told.get(member.id, on) for member in await coordinators(ctx, group)}


async def _to_fill_in(ctx: Context, group: Group, run: Run) -> Wanted:
    """Return who hears, once and beside something else, that the group fills in something together: each of the core
    group who has not opened it, but for who coordinates, who hears of its date."""
    together = run.exercise.how in (How.GROUP, How.ROWS) and not (run.exercise.private or run.exercise.always)
    if not together or run.filled_in:
        return {}
    about = await ctx.work.open_items.about(group.id, f"run:{run.number}")
    told = {one.member_id: one for one in about if one.kind == SHARED}
    members = [m for m in await ctx.work.members.active(group.id) if m.id in run.seats and not m.coordinator]
    return {
        (SHARED, m.id): told[m.id].due if m.id in told else ctx.today + DAY
        for m in members
        if m.id not in told or told[m.id].state != "closed"
    }


async def _to_show(ctx: Context, group: Group, run: Run) -> Wanted:
    """Return when each coordinator is told that the answers can be shown, if they are not yet.

    It is the morning after the last one has answered, or after the last day to answer, whichever is first.
    """
    after, tomorrow = run.answer_by + DAY if run.answer_by else None, ctx.today + DAY
    all_in = bool(run.owners()) and not run.waiting_for()
    if not run.answered_alone or run.filled_in or (after is None and not all_in):
        return {}
    told = {one.member_id: one.due for one in await ctx.work.open_items.unclosed(group.id, f"run:{run.number}", GIVEN)}
    return {
        (GIVEN, member.id): after if after and not all_in else min(told.get(member.id, tomorrow), tomorrow)
        for member in await coordinators(ctx, group)
    }


def rests(group: Group, exercise: Exercise) -> bool:
    """True if the exercise prepares an event that is cancelled: nobody is reminded of it, and it is not late."""
    return exercise.staging.with_event and group.settings.event.off


async def of_row(ctx: Context, group: Group, row: Row) -> None:
    """Update the item of a row, which is a task if it has an assignee and a date."""
    wanted = {}
    here = group.state == "active" and not rests(group, ctx.services.process.exercises[row.register])
    if row.assignee is not None and row.due is not None and row.state == "open" and here:
        wanted[TASK, row.assignee] = row.due
    await reconcile(ctx, group, f"row:{row.id}", wanted)


async def task_of(ctx: Context, row: Row) -> OpenItem | None:
    """Return the item of a row that is a task, for whoever has taken it on."""
    about = await ctx.work.open_items.unclosed(row.group_id, f"row:{row.id}", TASK)
    return next((m for m in about if m.member_id == row.assignee), None)


async def given_away(
    ctx: Context, group: Group, member: Member, purpose: str, ref: str, wait: timedelta = INVITATION_WAITS
) -> None:
    """Open an item for a member who has passed an invitation on, in case nobody answers it."""
    await reconcile(ctx, group, f"{purpose}:{ref or 0}", {(INVITING, member.id): ctx.today + wait})


async def reconcile(ctx: Context, group: Group, ref: str, wanted: Wanted) -> None:
    """Let exactly these members have this open: by kind and member, until when."""
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
    """Return the coordinators of a group."""
    return [m for m in await ctx.work.members.active(group.id) if m.coordinator]


async def is_vacant(ctx: Context, group: Group) -> bool:
    """True if nobody coordinates: no stand-in either, nor anybody who has still to join or to promise again."""
    return not any(m.coordinator for m in await ctx.work.members.of_group(group.id))


async def responsible(ctx: Context, group: Group) -> list[Member]:
    """Return the coordinators in their own right, without stand-ins."""
    return [m for m in await coordinators(ctx, group) if rank_of(m, group) >= Rank.RESPONSIBLE]


async def forget(ctx: Context, member: Member) -> None:
    """Close all items of a member who has left."""
    await ctx.work.open_items.close(member_id=member.id)
    await schedule_next(ctx, member.person_id)


async def seen(ctx: Context, member: Member, kind: str, ref: str) -> None:
    """Close an item of somebody who has looked at what it tells of, if that was all there is to do."""
    await ctx.work.open_items.close(member_id=member.id, kind=kind, ref=ref)
    await schedule_next(ctx, member.person_id)


async def comes_silently(ctx: Context, member: Member, run: Run) -> bool:
    """True if the invitation to an exercise may come without a sound, as another one sounded within the week.

    The group's card has sounded in its chat, and a reminder does before the time to answer is out.
    """
    if run.answer_by is None or run.answer_by < ctx.today + REMINDED_WITHIN:
        return False
    mine = await ctx.work.open_items.of_member(member.id)
    sounded = date.min
    for day in sorted(one.opened for one in mine if one.kind == ANSWER and one.ref != f"run:{run.number}"):
        sounded = day if day >= sounded + BETWEEN_SOUNDS else sounded
    return ctx.today < sounded + BETWEEN_SOUNDS


async def cannot(ctx: Context, group: Group) -> frozenset[tuple[str, int]]:
    """Return what cannot be done just now, as somebody has said: what it is about, and the member."""
    return frozenset((one.ref, one.member_id) for one in await ctx.work.open_items.declined(group.id))


async def cannot_answer(ctx: Context, group: Group, run: Run) -> tuple[str, ...]:
    """Return those awaited who have said that they cannot, or are away: a member, or an organisation if all are."""
    away = await ctx.work.absences.away_on(ctx.today)
    absent = {m.id for m in await ctx.work.members.of_group(group.id, roles=None) if m.person_id in away}
    said = {member for ref, member in await cannot(ctx, group) if ref == f"run:{run.number}"} | absent
    return tuple(owner for owner in run.waiting_for() if said.issuperset(run.members_of(owner)) and said)


async def told_by_now(ctx: Context, member: Member, open_item: OpenItem) -> None:
    """Note that a coordinator has heard of this item by another message than the day's, which leaves it out then."""
    for stuck in await ctx.work.open_items.of_member(member.id):
        if stuck.kind == STUCK and stuck.ref == f"{open_item.ref}:{open_item.member_id}" and stuck.state == "open":
            await ctx.work.open_items.update(stuck.id, state="told", last=ctx.today)
    await schedule_next(ctx, member.person_id)


async def hand_over(ctx: Context, open_item: OpenItem, state: str) -> None:
    """Stop reminding the person (`state`: handed | declined), and tell each coordinator, once.

    A wish to be contacted is for whoever was asked: whoever wishes is the one to tell others of it.
    """
    await ctx.work.open_items.update(open_item.id, state=state)
    if open_item.kind == WISH:
        return
    group = await ctx.work.groups.get(open_item.group_id)
    for member in await coordinators(ctx, group):
        if member.id != open_item.member_id:
            await ctx.work.open_items.put(member, STUCK, f"{open_item.ref}:{open_item.member_id}", ctx.today, ctx.today)
            await schedule_next(ctx, member.person_id)
