"""A turn: load the run, let the engine advance it, do what follows – all within the transaction of the context.

The engine decides, the presenter words, the store keeps. Nothing here knows a certain exercise, except for the joining
questions, whose answers become the member's profile.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TypedDict, Unpack

from bot.context.context import Context
from bot.context.events import Answered, FilledIn, OpenedToNetwork
from bot.exercises import apply_effects, approved_texts, authors, group_card, row_links, shared_answers
from bot.exercises.carried_over import recalled
from bot.exercises.turn_context import Source, TurnContext
from bot.logs import noted
from bot.reminders import open_items
from bot.reminders.run_deadlines import schedule, start_timer
from bot.views.exercise import ExerciseView, Scene
from bot.views.shared_buttons import beside_keys
from flows.engine import advance
from flows.events import Began, Event, Picked, Undid, Withdrawn
from flows.keyboards import CONCLUSION
from flows.model import Exercise, How, Kind, Question
from flows.pacing import JULY
from flows.pairing import small_groups
from flows.state import Phase, Run, Seat, from_json, key_of, to_json
from storage import records
from storage.json_records import JsonObject
from storage.records import Answer, Group, Member

ANSWER_WITHIN = timedelta(days=7)  # proposed time to answer; the coordinator can move it
LIST_WITHIN = timedelta(days=14)  # … and until a list is looked at together


async def scene_of(ctx: Context, group: Group, exercise: Exercise | None = None) -> Scene:
    """A group with its people, those who left included, since their names stand by what they said.

    The rows that can be pointed at come along: those of one exercise, or of all where several are told of.
    """
    members = await ctx.work.members.of_group(group.id, include_left=True, roles=None)
    organisations = await ctx.work.members.organisations(group.id)
    rows = await row_links.row_names(ctx, group, exercise)
    said = await shared_answers.said(ctx, group, exercise.looks_at) if exercise else {}
    return Scene(group, {m.id: m for m in members}, {o.id: o for o in organisations}, rows, ctx.services.zone, said)


async def present_of(ctx: Context, group: Group, exercise: Exercise) -> ExerciseView:
    """What words an exercise in this group."""
    return ExerciseView(ctx.services.voice, await scene_of(ctx, group, exercise), exercise)


async def seats_of(ctx: Context, group: Group, exercise: Exercise) -> dict[int, Seat]:
    """A seat for everyone active in the roles that the exercise is for, in small groups where it has them.

    Nobody waits for those who are away.
    """
    members = await ctx.work.members.of_group(group.id, roles=exercise.who)
    if exercise.approves:
        members = await approved_texts.asked(ctx, group, exercise, members)
    away = await ctx.work.absences.away_on(ctx.today)
    seats = {m.id: Seat(m.id, m.organisation_id, m.person_id not in away) for m in members if m.state == "active"}
    if not exercise.teams:
        return seats
    here = {seat.member: seat.organisation for seat in seats.values() if seat.awaited}
    teams = {member: team[0] for team in small_groups(here, most=exercise.teams) for member in team}
    return {member: replace(seat, team=teams.get(member)) for member, seat in seats.items()}


def defaults(ctx: Context, exercise: Exercise, member: Member | None = None) -> JsonObject:
    """What a new row of a register has from the start: the day, and who of the group makes it."""
    given: JsonObject = {q.id: ctx.today.isoformat() for q in exercise.questions if q.default == "today"}
    return given | {q.id: {"id": member.id} for q in exercise.questions if q.default == "me" and member}


async def begin(
    ctx: Context,
    group: Group,
    exercise: Exercise,
    *,
    seats: Mapping[int, Seat] | None = None,
    until: date | None = None,
) -> Run:
    """Begin a new round of an exercise, or take out the one that was set aside. `until`: the time to answer."""
    for record in reversed(await ctx.work.runs.of_exercise(group.id, exercise.id)):
        if record.phase == Phase.ASIDE:
            return await apply(ctx, group, record, await resumed(ctx, group, record))
    within = _last_day(ctx, LIST_WITHIN if exercise.how is How.ROWS else ANSWER_WITHIN)
    run = Run(
        exercise,
        0,
        seats=seats if seats is not None else await seats_of(ctx, group, exercise),
        items=await row_links.in_order(ctx, group, exercise),
        answer_by=None if exercise.private or exercise.always else until or within,
    )
    await seed(ctx, group, exercise)
    record = await ctx.work.runs.add(
        group.id, exercise.id, exercise.version, to_json(run), phase=Phase.NEW, by_day=exercise.private
    )
    run = await apply(ctx, group, record, Began())
    if "network" in exercise.who and exercise.how in (How.GROUP, How.ROWS) and not exercise.private:
        ctx.events.append(OpenedToNetwork(group.id, run.number))  # its card is in the group's chat, where they are not
    recall = await recalled(ctx, await scene_of(ctx, group), exercise)
    if recall:
        facts = {"title": ctx.services.voice.title_of(exercise.id), "recall": recall}
        await ctx.to_group(group, "run.recall", facts, beside_keys(ctx, run))
    if exercise.timer and not exercise.timer_before:
        await start_timer(ctx, group, run, exercise.timer)
    return run


async def resumed(ctx: Context, group: Group, record: records.Run) -> Began:
    """The event that takes out what was set aside, for those who are here now."""
    run = load(ctx, record)
    here = {m.id for m in await ctx.work.members.of_group(group.id, roles=None) if m.state == "active"}
    before = {member: seat for member, seat in run.seats.items() if member in here}
    return Began({**before, **await seats_of(ctx, group, run.exercise)})


def _last_day(ctx: Context, within: timedelta) -> date:
    """The day that is proposed to answer by. One in July is put off until all are back, unless it begins in July."""
    day = ctx.today + within
    if day.month == JULY and ctx.today.month != JULY:
        day = day.replace(month=JULY + 1, day=1) + ANSWER_WITHIN
    return day


async def given_by(ctx: Context, chat_id: int, message_id: int) -> tuple[Answer, int | None] | None:
    """The answer that a message once gave; with its version, where others have written something else since.

    What only one person writes is theirs to change where it stands now: an older message of theirs gives nothing.
    """
    answer = await ctx.work.answers.by_source(chat_id, message_id)
    if answer is not None:
        return answer, None
    older = await ctx.work.answers.superseded(chat_id, message_id)
    if older is None:
        return None
    run = load(ctx, await ctx.work.runs.get(older.run_id))
    if older.question != CONCLUSION and not run.shared:
        return None
    newest = (await ctx.work.answers.history(older.id))[-1]
    return older, None if newest.value == older.value else older.version


async def seed(ctx: Context, group: Group, exercise: Exercise) -> None:
    """The rows that stand in a register from the start: one for each option, or each member, that has none yet."""
    if exercise.register is None or not exercise.register.seed:
        return
    question = exercise.question(exercise.register.seed)
    if question.kind is Kind.PERSON:
        await _seed_members(ctx, group, exercise, question)
        return
    rows = await ctx.work.rows.all(group.id, exercise.id)
    there = {row.values.get(question.id) for row in rows}
    for option in question.options:
        if option not in there:
            await ctx.work.rows.add(group.id, exercise.id, {question.id: option}, author=None)


async def _seed_members(ctx: Context, group: Group, exercise: Exercise, question: Question) -> None:
    """A row for each member who has had none; one that was removed does not come back."""
    rows = await ctx.work.rows.of_registers(group.id, [exercise.id])
    there = [row.values.get(question.id) for row in rows]
    for member in await ctx.work.members.active(group.id):
        if {"id": member.id} not in there:
            theirs = exercise.register is not None and exercise.register.person == question.id
            given, taker = {question.id: {"id": member.id}}, member.id if theirs else None
            await ctx.work.rows.add(group.id, exercise.id, given, author=None, assignee=taker)


async def seed_newcomer(ctx: Context, group: Group) -> None:
    """Somebody has come in: the open lists that have a row for each member get one more."""
    for record in await ctx.work.runs.all_of(group.id):
        exercise = load(ctx, record).exercise
        register = exercise.register
        seeded = exercise.question(register.seed).kind if register and register.seed else None
        if record.phase == Phase.OPEN and seeded is Kind.PERSON:
            await seed(ctx, group, exercise)
            await refresh_card(ctx, group, record)


def load(ctx: Context, record: records.Run) -> Run:
    """The run as the engine knows it, of the version that it began with."""
    run = ctx.services.run_cache.get(record)
    if run is None:
        exercise = (
            ctx.services.exercise_versions.get(record.definition) or ctx.services.process.exercises[record.exercise]
        )
        run = from_json(exercise, record.id, record.state)
        ctx.services.run_cache.keep(record, run)
    return run


async def _keep(ctx: Context, record: records.Run, run: Run, exercise: Exercise) -> None:
    """Store a run of an exercise as it is defined, whatever of it this group meets."""
    record = await ctx.work.runs.update(record.id, state=to_json(run), phase=str(run.phase), by_day=exercise.private)
    ctx.services.run_cache.keep(record, run.stored(exercise))


async def fitted(ctx: Context, group: Group, record: records.Run) -> Run:
    """The run with its questions as this group meets them: its own lists and choices, and what the operator allows."""
    run = load(ctx, record)
    said = await shared_answers.said(ctx, group, run.exercise.looks_at)
    exercise = run.exercise.fitted(group.settings.lists, ctx.services.allowed, said)
    return run if exercise is run.exercise else replace(run, exercise=exercise)


class Deed(TypedDict, total=False):
    """Whose doing an event is, the message that said so, and whether that was in the group's chat."""

    by: Member | None
    source: Source | None
    in_group: bool


async def apply(ctx: Context, group: Group, record: records.Run, event: Event, **deed: Unpack[Deed]) -> Run:
    """Let an event happen to a run, and do all that follows. An error says which run, exercise and verb it was."""
    verb = event.verb if isinstance(event, Picked) else type(event).__name__
    with noted(exercise=record.exercise, verb=verb, run_id=record.id):
        return await _apply(ctx, group, record, event, deed)


async def _apply(ctx: Context, group: Group, record: records.Run, event: Event, deed: Deed) -> Run:
    by, source = deed.get("by"), deed.get("source")
    loaded = await fitted(ctx, group, record)
    before, scene = await prepared(
        ctx, group, loaded, by, row=getattr(event, "row", None), key=getattr(event, "key", "")
    )
    if isinstance(event, Picked) and by and (held := before.visit(by.id).held) and held.message:
        source = Source(*held.message)  # what was held keeps the message it came in
    turn = advance(before, event)
    underway = TurnContext(ctx, group, scene, before, turn.run, by, source, deed.get("in_group", False))
    if turn.run != before or before.items != loaded.items:
        await _keep(ctx, record, turn.run, load(ctx, record).exercise)
    for effect in turn.effects:
        await apply_effects.apply_effect(underway, effect)
    if isinstance(event, Undid | Withdrawn):
        await apply_effects.undo(underway)
    if turn.run.handed_in() != before.handed_in():
        ctx.events.append(Answered(group.id, turn.run.number))
    if turn.run.exercise.outcome is not None and turn.run.filled_in and not before.filled_in:
        ctx.events.append(FilledIn(group.id, turn.run.number))
    await schedule(ctx, group, before, turn.run)
    return turn.run


async def prepared(
    ctx: Context, group: Group, loaded: Run, by: Member | None, *, row: int | None = None, key: str = ""
) -> tuple[Run, Scene]:
    """The run with all that it is given at each load, for whoever acts, and the scene that words it."""
    scene = await scene_of(ctx, group, loaded.exercise)
    run = replace(
        loaded,
        organisations=tuple(scene.organisations),
        items=await row_links.items(ctx, group, loaded),
        offers=await row_links.offers(ctx, scene, loaded.exercise),
        examples=await row_links.examples(ctx, group, loaded, by.id, row) if by else {},
        ticks=await row_links.ticks(ctx, loaded, by.id, row) if by else {},
        closed=await authors.closed_to(ctx, group, loaded.exercise, by) if by else frozenset(),
        written=await row_links.written(ctx, loaded, by.id, key) if by else {},
    )
    return run, scene


async def refresh_card(ctx: Context, group: Group, record: records.Run) -> None:
    """Bring the card of a run up to date after a change that was no turn of the engine's (a row given to someone)."""
    run = load(ctx, record)
    scene = await scene_of(ctx, group, run.exercise)
    await group_card.card(TurnContext(ctx, group, scene, before=run, run=run))


async def refresh(ctx: Context, group: Group, record: records.Run) -> None:
    """What follows for the group from all that has happened to an open run within this transaction."""
    run = load(ctx, record)
    if run.phase is Phase.OPEN:  # else the turn that closed it has seen to that
        await refresh_card(ctx, group, record)
        await open_items.update_for_run(ctx, group, run)


async def values_of_group(ctx: Context, run: Run) -> JsonObject:
    """The group's own answers, as the engine wants them when an exercise is concluded."""
    return {key_of(a.question, a.item): a.value for a in await ctx.work.answers.of_owner(run.number, "g")}


__all__ = [
    "Source",
    "apply",
    "begin",
    "given_by",
    "load",
    "refresh",
    "refresh_card",
    "scene_of",
    "seats_of",
    "values_of_group",
]
