"""What whoever coordinates was told of in one message, which waits until they have dealt with it, or looked at it."""

from collections.abc import Collection

from bot.context.context import Context
from bot.context.permissions import Rank, rank_of
from bot.exercises import runner
from bot.features.coordination.task_kinds import TITLE, OwnTask, Task
from bot.features.incidents import retention
from bot.reminders import kinds
from bot.views.names import cut
from flows.run.state import Phase
from storage.records.open_items import OpenItem
from storage.records.records import Group, Member
from storage.records.runs import Run

KINDS = frozenset({kinds.STUCK, kinds.UNREACHED, kinds.AGAIN, kinds.SHAPE, kinds.KEEPING, kinds.AWAY})


async def waiting(ctx: Context, group: Group, member: Member, besides: Collection[int] = ()) -> list[OwnTask]:
    """Return what this coordinator was told of, or would have been, and that still holds.

    `besides`: rounds of which they have another task, beside which it needs no line who does not answer.
    """
    found = dict[str, OwnTask]()
    for item in await ctx.work.open_items.of_member(member.id):
        told = item.kind in KINDS and item.state != "closed" and item.due <= ctx.today and item.group_id == group.id
        if told and (one := await _task(ctx, group, member, item, besides)) is not None:
            found.setdefault(f"{one.task}:{one.title}", one)  # of a round without names it is the same for each
    return list(found.values())


async def _task(ctx: Context, group: Group, member: Member, item: OpenItem, besides: Collection[int]) -> OwnTask | None:
    number = item.ref.partition(":")[2]
    match item.kind:
        case kinds.STUCK:
            return await _stuck(ctx, group, item, besides)
        case kinds.UNREACHED:
            one = await ctx.work.members.get(int(number))
            key = ctx.key("day.unreached", "unreached", group.id, str(one.id))
            return OwnTask(Task.UNREACHED, one.name, key) if one.state == "active" else None
        case kinds.AGAIN:
            record = None if item.ref.startswith("date:") else await once_more(ctx, item)
            return _again(ctx, group, record) if record is not None else None
        case kinds.SHAPE:
            title = ctx.services.voice.title_of((await ctx.work.runs.get(int(number))).exercise)
            return OwnTask(Task.SHAPE, title, ctx.key("calendar.shape", "shape", group.id, number))
        case kinds.KEEPING:
            key = ctx.key("day.keeping", "keeping", group.id)
            told = rank_of(member, group) >= Rank.RESPONSIBLE and await retention.removes_soon(ctx, group)
            return OwnTask(Task.KEEPING, None, key) if told else None
    return await _away(ctx, group, number)


async def _away(ctx: Context, group: Group, number: str) -> OwnTask | None:
    """Return who has said that they are away, until they are back."""
    id, _, member_id = number.partition(":")
    absence, member = await ctx.work.absences.lookup(int(id)), await ctx.work.members.get(int(member_id))
    if absence is None or absence.last < ctx.today:
        return None
    key = ctx.key("day.away_of", "touches", group.id, number, name=member.name)
    return OwnTask(Task.AWAY, member.name, key)


def _again(ctx: Context, group: Group, record: Run) -> OwnTask:
    title = ctx.services.voice.title_of(record.exercise)
    key = ctx.key("day.again", "view", 0, record.exercise, ask=group.id, title=cut(title, TITLE))
    return OwnTask(Task.AGAIN, title, key)


async def once_more(ctx: Context, item: OpenItem) -> Run | None:
    """Return the round after which an exercise is to be done once more; None if a new one has begun meanwhile."""
    record = await ctx.work.runs.lookup(int(item.ref.partition(":")[2]))
    if record is None or record.phase != Phase.CONCLUDED:
        return None
    return record if record == await ctx.work.runs.latest(item.group_id, record.exercise) else None


async def stuck(ctx: Context, item: OpenItem) -> tuple[OpenItem, Member] | None:
    """Return what somebody does not do, as they have it themselves, and who it is; None if it is done meanwhile."""
    ref, _, member_id = item.ref.rpartition(":")
    theirs = [one for one in await ctx.work.open_items.about(item.group_id, ref) if one.member_id == int(member_id)]
    if not theirs or theirs[0].state not in ("handed", "declined"):
        return None
    return theirs[0], await ctx.work.members.get(int(member_id))


async def _stuck(ctx: Context, group: Group, item: OpenItem, besides: Collection[int]) -> OwnTask | None:
    """Return somebody who does not answer, or cannot; not a task that they cannot do, which is to be given on."""
    found = await stuck(ctx, item)
    if found is None:
        return None
    theirs, member = found
    declined, name = theirs.state == "declined", member.name
    what, _, number = theirs.ref.partition(":")
    if (what == "row" and declined) or (what == "run" and int(number) in besides):
        return None
    title = name
    if what == "run":
        record = await ctx.work.runs.get(int(number))
        title = ctx.services.voice.title_of(record.exercise)
        unnamed = runner.load(ctx, record).exercise.anonymous
        title = title if unnamed else f"{name}: {title}"
    key = ctx.key("day.stuck_of", "stuck", group.id, str(theirs.id), title=cut(title, TITLE))
    return OwnTask(Task.DECLINED if declined else Task.SILENT, title, key)
