"""Runs a turn: load the run, let the engine advance it, apply the effects – all in the context's transaction.

The engine decides, the views word, the storage keeps. Nothing here knows a certain exercise, except for the joining
questions, whose answers become the member's profile.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypedDict, Unpack

from bot.context.context import Context
from bot.context.events import Answered
from bot.exercises import apply_effects, authors, group_card, held_notes, row_links, shared_answers
from bot.exercises.run_json import from_json, to_json
from bot.exercises.turn_context import MessageSource, TurnContext
from bot.logs import noted
from bot.reminders import open_items
from bot.reminders.run_deadlines import schedule
from bot.views.button_labels import met_labels
from bot.views.exercise import ExerciseView
from bot.views.names import Scene
from flows.definitions.model import Exercise
from flows.dialogue.keyboards import CONCLUSION
from flows.engine.engine import advance
from flows.run.events import Edited, Event, Picked, Undid, Withdrawn, Wrote
from flows.run.state import Phase, Place, Run, Supplied, Visit, key_of
from storage.json_records import JsonObject
from storage.records.records import Answer, Group, Member
from storage.records.runs import Run as Record


async def scene_of(ctx: Context, group: Group, exercise: Exercise | None = None) -> Scene:
    """Return a group's scene: its people, also those who left, as their names stay with their answers.

    It has the rows that can be pointed at: those of one exercise, or of all.
    """
    members = await ctx.work.members.of_group(group.id, include_left=True, roles=None)
    organisations = await ctx.work.members.organisations(group.id)
    rows = await row_links.row_names(ctx, group, exercise)
    said = await shared_answers.said(ctx, group, exercise.looks_at) if exercise else {}
    return Scene(group, {m.id: m for m in members}, {o.id: o for o in organisations}, rows, ctx.services.zone, said)


async def present_of(ctx: Context, group: Group, exercise: Exercise) -> ExerciseView:
    """Return the view of an exercise in this group."""
    return ExerciseView(ctx.services.voice, await scene_of(ctx, group, exercise), exercise)


async def given_by(ctx: Context, chat_id: int, message_id: int) -> tuple[Answer, int | None] | None:
    """Return the answer that a message once gave; with its version, if others have written another since.

    Of an answer that only one person writes, an older message gives none: it is changed where it is now. One that gave
    what still holds, the comment or, without one, the answer, is not older.
    """
    answer = await ctx.work.answers.by_source(chat_id, message_id)
    if answer is not None:
        return answer, None
    older = await ctx.work.answers.superseded(chat_id, message_id)
    if older is None:
        return None
    run = load(ctx, await ctx.work.runs.get(older.run_id))
    newest = (await ctx.work.answers.history(older.id))[-1]
    holds = newest.value == older.value
    if older.question != CONCLUSION and not run.shared:
        return (older, None) if (holds if older.comment is None else newest.comment == older.comment) else None
    return older, None if holds else older.version


def load(ctx: Context, record: Record) -> Run:
    """Load a run as the engine has it, with the version of the exercise that it began with."""
    run = ctx.services.run_cache.get(record)
    if run is None:
        exercise = (
            ctx.services.exercise_versions.get(record.definition) or ctx.services.process.exercises[record.exercise]
        )
        run = from_json(exercise, record.id, record.state)
        ctx.services.run_cache.keep(record, run)
    return run


async def loaded(ctx: Context, group: Group, *phases: Phase) -> list[Run]:
    """Return the rounds of a group, those that are in these phases or all."""
    records = await ctx.work.runs.all_of(group.id)
    return [load(ctx, record) for record in records if not phases or record.phase in phases]


async def _keep(ctx: Context, record: Record, run: Run, exercise: Exercise) -> None:
    """Store a run, with the exercise as it is defined rather than as fitted to this group."""
    state = to_json(run, since=(load(ctx, record), record.state))
    record = await ctx.work.runs.update(record.id, state=state, phase=str(run.phase), by_day=exercise.private)
    ctx.services.run_cache.keep(record, run.stored(exercise))


async def fitted(ctx: Context, group: Group, record: Record) -> Run:
    """Return the run fitted to this group: with its own lists and choices, and what the operator allows."""
    run = load(ctx, record)
    said = await shared_answers.said(ctx, group, run.exercise.looks_at)
    exercise = run.exercise.fitted(group.settings.lists, ctx.services.allowed, said)
    return run if exercise is run.exercise else replace(run, exercise=exercise)


class Deed(TypedDict, total=False):
    """The source of an event: who caused it, the message it came in, and whether that was in the group's chat."""

    by: Member | None
    source: MessageSource | None
    in_group: bool
    under: int  # the message whose button was tapped


async def apply(ctx: Context, group: Group, record: Record, event: Event, **deed: Unpack[Deed]) -> Run:
    """Let an event happen to a run, and apply its effects. An error is noted with run, exercise and verb."""
    verb = event.verb if isinstance(event, Picked) else type(event).__name__
    with noted(exercise=record.exercise, verb=verb, run_id=record.id):
        return await _apply(ctx, group, record, event, deed)


async def _apply(ctx: Context, group: Group, record: Record, event: Event, deed: Deed) -> Run:
    by, source = deed.get("by"), deed.get("source")
    loaded = await fitted(ctx, group, record)
    before, scene = await prepared(
        ctx, group, loaded, by, row=getattr(event, "row", None), key=getattr(event, "key", "")
    )
    if isinstance(event, Picked) and by and (held := before.visit(by.id).held) and held.message:
        source = MessageSource(*held.message)  # a held text keeps its own message
    if isinstance(event, Wrote | Edited) and by:
        view = ExerciseView(ctx.services.voice, scene, before.exercise)
        event = replace(event, labels=_labels(view, before, before.visit(by.id), event.key))
        if isinstance(event, Wrote):
            event = replace(event, choices=met_labels(view, before, by.id))
    turn = advance(held_notes.unlocked(before, by, event), event)
    after, key = held_notes.locked(ctx, turn.run, by)
    turn = replace(turn, run=after)
    underway = TurnContext(ctx, group, scene, before, turn.run, by, source, deed.get("in_group", False))
    underway.key = key
    underway.under = deed.get("under", 0)
    if turn.run != before or before.items != loaded.items:
        await _keep(ctx, record, turn.run, load(ctx, record).exercise)
    for effect in turn.effects:
        await apply_effects.apply_effect(underway, effect)
    if isinstance(event, Undid | Withdrawn):
        await apply_effects.undo(underway)
    if turn.run.handed_in() != before.handed_in():
        ctx.events.append(Answered(group.id, turn.run.number))
    await schedule(ctx, group, before, turn.run)
    return turn.run


async def labels_of(ctx: Context, group: Group, run: Run, visit: Visit) -> Mapping[str, str]:
    """Return what the options are called that this visit can choose among; empty where there are none."""
    return _labels(await present_of(ctx, group, run.exercise), run, visit)


def _labels(view: ExerciseView, run: Run, visit: Visit, key: str = "") -> Mapping[str, str]:
    """Return what the options are called that are offered as buttons where a person stands, or under question `key`."""
    if visit.place is Place.PICK and not key:
        return {str(place): view.item(item) for place, item in enumerate(run.items)}
    key = key or visit.key
    there = key and key != CONCLUSION and key.partition("@")[2] in run.items  # else its row has been removed
    question = run.question(key) if there else None
    return view.named_by(question) if question else {}


async def prepared(
    ctx: Context, group: Group, loaded: Run, by: Member | None, *, row: int | None = None, key: str = ""
) -> tuple[Run, Scene]:
    """Return the run with all that it is given at each load, for the person who acts, and the scene of its views."""
    scene = await scene_of(ctx, group, loaded.exercise)
    given = Supplied(
        tuple(scene.organisations),
        await row_links.offers(ctx, scene, loaded.exercise, by),
        doubted=loaded.exercise.anonymous and bool(group.settings.counting.doubt),
    )
    if by:
        changed = await row_links.changed_now(ctx, loaded, by.id, row)
        closed = await row_links.closed_in(ctx, loaded.exercise, changed)
        given = replace(
            given,
            examples=await row_links.examples(ctx, group, loaded, by.id, row),
            ticks=await row_links.ticks(ctx, loaded, by.id, row),
            closed=closed | await authors.closed_to(ctx, group, loaded.exercise, by),
            written=await row_links.written(ctx, loaded, by.id, key, changed),
            row_gone=changed is not None and changed.state == "removed",
        )
    run = replace(loaded, items=await row_links.items(ctx, group, loaded), given=given)
    return run, scene


async def refresh_card(ctx: Context, group: Group, record: Record) -> None:
    """Refresh the card of a run after a change outside of the engine, as when a row was assigned."""
    run = load(ctx, record)
    scene = await scene_of(ctx, group, run.exercise)
    await group_card.card(TurnContext(ctx, group, scene, before=run, run=run))


async def refresh(ctx: Context, group: Group, record: Record) -> None:
    """Refresh the group's card and people's open items after all that this transaction did to an open run."""
    run = load(ctx, record)
    if run.phase is Phase.OPEN:  # else the turn that closed it has done so
        await refresh_card(ctx, group, record)
        await open_items.update_for_run(ctx, group, run)


async def values_of_group(ctx: Context, run: Run) -> JsonObject:
    """Return the group's own answers, which the engine needs to conclude an exercise."""
    return {key_of(a.question, a.item): a.value for a in await ctx.work.answers.of_owner(run.number, "g")}
