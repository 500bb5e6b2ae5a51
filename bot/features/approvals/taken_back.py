"""Answers to a text that has changed: they hold no longer, until the text is word for word the same again.

An approval is of a text, so a slip that is undone at once costs nobody a new decision.
"""

from collections.abc import Sequence
from datetime import date

from bot.context.context import Context
from bot.context.row_events import TextChanged
from bot.exercises import approved_texts, rounds, runner
from bot.features.approvals import outcomes
from bot.features.process.status import status
from flows.definitions.model import Exercise
from flows.run.events import Joined, Moved, Restored, Withdrawn
from flows.run.state import Phase, Run
from flows.run.text_approval import Said, TextApproval
from storage.records.records import Group
from storage.records.runs import Run as Record


async def text_changed(ctx: Context, group: Group, happened: TextChanged) -> None:
    """Take back the answers to a text after a part of it has changed, and let those to what it says again hold."""
    for exercise in approved_texts.approvals_of(ctx.services.process, happened.exercise):
        record = await ctx.work.runs.latest(group.id, exercise.id)
        if record is None or not (await approved_texts.of(ctx, group, exercise)).versions:
            continue  # nobody has answered yet
        kept, version = await approved_texts.now(ctx, group, exercise)
        again, run = await _said_of(ctx, record, exercise, kept, version), runner.load(ctx, record)
        now = kept.turned(version, again, (*run.trail, run.phase), ctx.today)
        await approved_texts.keep(ctx, group, exercise, now)
        if old := [owner for owner in kept.given if owner not in now.given]:
            await _happened(ctx, group, run, Withdrawn(), old, happened)
        if again:
            as_it_was = kept.was.version == version and again.keys() >= set(kept.was.owners)
            event = Restored(tuple(again), kept.was.phases if as_it_was else ())
            await _happened(ctx, group, run, event, event.owners, happened)
        await outcomes.tell_of_gone(ctx, group, exercise)


async def _said_of(ctx: Context, run: Record, exercise: Exercise, kept: TextApproval, version: int) -> dict[str, Said]:
    """Return the answers that were laid aside though they were about the text as it says again, by owner.

    Only the latest of each counts, and none that its owner has begun to change.
    """
    about = {owner: said for owner, said in kept.laid_aside.items() if said.version == version}
    return {
        owner: said
        for owner, said in about.items()
        if run.phase == Phase.OPEN and said.words == await approved_texts.on_sheet(ctx, run.id, exercise, owner)
    }


async def _happened(
    ctx: Context, group: Group, run: Run, event: Withdrawn | Restored, owners: Sequence[str], changed: TextChanged
) -> None:
    """Let the round of these owners go on as the text has it now, and tell the group."""
    keys, back = [[ctx.key("approvals", "approvals", run.number)]], isinstance(event, Withdrawn)
    await runner.apply(ctx, group, await ctx.work.runs.get(run.number), event)
    if back:
        await ask_all(ctx, group, run.number, None)
        keys.insert(0, [ctx.key("send_anew", "anew", run.number)])
    await status(ctx, group)
    scene = await runner.scene_of(ctx, group)
    facts = {
        "title": ctx.services.voice.title_of(run.exercise.id),
        "names": [scene.owner(owner) for owner in owners],
        "part": ctx.services.voice.title_of(changed.exercise),
        "by": scene.member(changed.by) if changed.by else None,
    }
    await ctx.to_group(group, "approval.withdrawn" if back else "approval.restored", facts, keys)


async def ask_all(ctx: Context, group: Group, run: int, until: date | None) -> Run:
    """Ask everybody who must approve the text, with reminders `until` a day; None: nobody is reminded yet.

    Those who had been set aside, or are named as responsible in the text now, are asked with the others.
    """
    loaded = runner.load(ctx, await ctx.work.runs.get(run))
    for seat in (await rounds.seats_of(ctx, group, loaded.exercise)).values():
        before = loaded.seats.get(seat.member)
        if before is None or (seat.awaited and not before.awaited):
            await runner.apply(ctx, group, await ctx.work.runs.get(run), Joined(seat, quiet=True))
    record = await ctx.work.runs.get(run)
    return await runner.apply(ctx, group, record, Moved(until))
