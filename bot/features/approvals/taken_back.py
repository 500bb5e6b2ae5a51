"""Answers to a text that has changed: they hold no longer, until the text is word for word the same again.

An approval is of a text, so a slip that is undone at once costs nobody a new decision.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.context.context import Context
from bot.context.row_events import TextChanged
from bot.exercises import approved_texts, rounds, runner
from bot.exercises.approved_texts import APPROVAL
from bot.features.approvals import outcomes
from bot.features.approvals.kept import kept_of
from bot.features.process.status import status
from flows.definitions.model import Exercise
from flows.enums import Field
from flows.run.events import Joined, Moved, Restored, Withdrawn
from flows.run.state import Phase, Run
from messages.voice import TemplateFacts
from storage.json_records import JsonObject
from storage.records.records import Group
from storage.records.runs import Run as Record

SETTLED: Final = ("aside", "overruled")  # what the group has decided about silence and a no


async def text_changed(ctx: Context, group: Group, happened: TextChanged) -> None:
    """Take back the answers to a text after a part of it has changed, and let those to what it says again hold."""
    for exercise in approved_texts.approvals_of(ctx.services.process, happened.exercise):
        record = await ctx.work.runs.latest(group.id, exercise.id)
        if record is None or await ctx.work.activity_states.state(group.id, APPROVAL, exercise.id) is None:
            continue  # nobody has answered yet
        kept, version = await kept_of(ctx, group, exercise)
        old = {owner: given for owner, given in kept["given"].items() if given["version"] != version}
        again, was = await _said_of(ctx, record, exercise, kept, version), kept.get("was", {})
        _lay_aside(ctx, kept, old, runner.load(ctx, record))
        if kept.get("last") != version:  # these decisions were about the earlier text
            told = [owner for owner in kept["gone"] if owner not in kept["aside"]]
            kept |= {"aside": {}, "overruled": {}, "last": version, "gone": told}
        if was.get("version") == version:
            kept |= {name: was[name] for name in SETTLED}
        kept["before"] = [one for one in kept["before"] if one not in again.values()]
        kept["given"] |= again
        await ctx.work.activity_states.keep(group.id, APPROVAL, exercise.id, kept)
        if old:
            await _take_back(ctx, group, exercise, list(old), happened)
        if again:
            as_it_was = was.get("version") == version and again.keys() >= set(was["owners"])
            phases = tuple(Phase(name) for name in was["phases"]) if as_it_was else ()
            await _put_back(ctx, group, exercise, Restored(tuple(again), phases), happened)
        await outcomes.tell_of_gone(ctx, group, exercise)


def _lay_aside(ctx: Context, kept: JsonObject, old: JsonObject, run: Run) -> None:
    """Keep these answers for the record, with how the round and the group's decisions stood that were about them."""
    if old:
        version, decided = max(one["version"] for one in old.values()), {name: kept[name] for name in SETTLED}
        kept["was"] = {"version": version, "owners": [*old], "phases": [*run.trail, run.phase], **decided}
        kept["before"] += [{**given, "owner": owner, "back": ctx.today.isoformat()} for owner, given in old.items()]
        kept["given"] = {owner: given for owner, given in kept["given"].items() if owner not in old}


async def _said_of(
    ctx: Context, record: Record, exercise: Exercise, kept: JsonObject, version: int
) -> dict[str, JsonObject]:
    """Return the answers that were taken back though they were about the text as it says again, by owner.

    Only the latest of each counts, and none that its owner has begun to change.
    """
    if record.phase != Phase.OPEN:
        return {}
    latest = {one["owner"]: one for one in kept["before"] if one["owner"] not in kept["given"]}
    found, fields = dict[str, JsonObject](), (exercise.field(Field.DECISION).id, exercise.field(Field.SIGNER).id)
    for owner, one in latest.items():
        answers = {a.question: a for a in await ctx.work.answers.of_owner(record.id, owner)}
        decision, signer = (answers.get(name) for name in fields)
        same = decision and (decision.value, decision.comment) == (one["decision"], one["reason"])
        if same and (signer.value if signer else None) == one["signer"] and one["version"] == version:
            found[owner] = one
    return found


async def _take_back(ctx: Context, group: Group, exercise: Exercise, owners: list[str], changed: TextChanged) -> None:
    record = await ctx.work.runs.latest(group.id, exercise.id)
    assert record is not None  # somebody has approved it
    await runner.apply(ctx, group, record, Withdrawn())
    await ask_all(ctx, group, record.id, None)
    await status(ctx, group)
    keys = [[ctx.key("send_anew", "anew", record.id)], [ctx.key("approvals", "approvals", record.id)]]
    await ctx.to_group(group, "approval.withdrawn", await _facts(ctx, group, exercise, owners, changed), keys)


async def _put_back(ctx: Context, group: Group, exercise: Exercise, event: Restored, changed: TextChanged) -> None:
    record = await ctx.work.runs.latest(group.id, exercise.id)
    assert record is not None  # somebody has approved it
    await runner.apply(ctx, group, record, event)
    await status(ctx, group)
    facts = await _facts(ctx, group, exercise, event.owners, changed)
    await ctx.to_group(group, "approval.restored", facts, [[ctx.key("approvals", "approvals", record.id)]])


async def _facts(
    ctx: Context, group: Group, exercise: Exercise, owners: Sequence[str], changed: TextChanged
) -> TemplateFacts:
    scene = await runner.scene_of(ctx, group)
    return {
        "title": ctx.services.voice.title_of(exercise.id),
        "names": [scene.owner(owner) for owner in owners],
        "part": ctx.services.voice.title_of(changed.exercise),
        "by": scene.member(changed.by) if changed.by else None,
    }


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
