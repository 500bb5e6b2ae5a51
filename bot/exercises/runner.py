"""Runs a turn: load the run, let the engine advance it, apply the effects – all in the context's transaction.

The engine decides, the views word, the storage keeps. Nothing here knows a certain exercise, except for the joining
questions, whose answers become the member's profile.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TypedDict, Unpack

from bot.context.context import Context
from bot.context.events import Answered, CalendarChanged, FilledIn, OpenedToNetwork
from bot.exercises import (
    apply_effects,
    approved_texts,
    authors,
    group_card,
    row_links,
    shared_answers,
    unnamed_notes,
    written_before,
)
from bot.exercises.carried_over import recalled
from bot.exercises.turn_context import MessageSource, TurnContext
from bot.logs import noted
from bot.reminders import open_items
from bot.reminders.holidays import is_holiday, working_day_after
from bot.reminders.run_deadlines import schedule, start_timer
from bot.views.exercise import ExerciseView
from bot.views.names import Scene
from bot.views.shared_buttons import beside_keys
from flows.days_in_order import out_of_order
from flows.effects import Keep
from flows.engine import advance
from flows.events import Began, Event, Picked, Undid, Withdrawn, Wrote
from flows.keyboards import CONCLUSION
from flows.model import Exercise, ExerciseRole, How, Kind, Question
from flows.pacing import JULY
from flows.pairing import small_groups
from flows.run_json import from_json, to_json
from flows.state import Phase, Place, Run, Seat, Visit, key_of
from storage import records
from storage.json_records import JsonObject
from storage.records import Answer, Group, Member

SATURDAY = 5  # of the days of the week, Monday is 0
ANSWER_WITHIN = timedelta(days=7)  # default time to answer; the coordinator can change it
LIST_WITHIN = timedelta(days=14)  # … and until a list is looked at together


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


async def gaps_of(ctx: Context, group: Group, exercise: Exercise) -> list[str]:
    """Return what a list or a board lacks, who has said no to a text, or days that do not fit, a sentence each."""
    if exercise.approves:
        scene, label = await scene_of(ctx, group), ctx.services.voice.label
        against = await approved_texts.refused(ctx, group, ctx.services.process.exercises[exercise.id])
        return [label("approval.refused", {"who": scene.owner(owner)}) for owner in against]
    if exercise.board:
        return await unnamed_notes.left_on_board(ctx, group, exercise)
    if exercise.how is How.GROUP:
        return await _days_astray(ctx, group, exercise)
    if exercise.register is None:
        return []
    rows = await ctx.work.rows.all(group.id, exercise.id)
    found = (await present_of(ctx, group, exercise)).gaps(rows, ctx.today)
    return found if rows or found else [ctx.services.voice.label("empty_list")]


async def _days_astray(ctx: Context, group: Group, exercise: Exercise) -> list[str]:
    """Return the days that do not fit each other in what the group has written, a sentence each."""
    record = await ctx.work.runs.latest(group.id, exercise.id)
    given = await values_of_group(ctx, load(ctx, record)) if record else {}
    words, label = ctx.services.voice.exercise(exercise.id), ctx.services.voice.label
    return [
        label(
            "out_of_order",
            {
                "why": why,
                "short": words[f"question.{id}.short"],
                "than": words[f"question.{exercise.question(id).goes_by}.short"],
            },
        )
        for id, why in out_of_order(exercise, given, ctx.today).items()
    ]


async def seats_of(ctx: Context, group: Group, exercise: Exercise) -> dict[int, Seat]:
    """Return a seat for everyone active in the roles that take part, in small groups if the exercise has them.

    Nobody waits for those who are away, unless their organisation's yes is needed.
    """
    members = await ctx.work.members.of_group(group.id, roles=exercise.who)
    if exercise.approves:
        members = await approved_texts.asked(ctx, group, exercise, members)
    away = set() if exercise.approves else await ctx.work.absences.away_on(ctx.today)
    seats = {m.id: Seat(m.id, m.organisation_id, m.person_id not in away) for m in members if m.state == "active"}
    if not exercise.teams:
        return seats
    here = {seat.member: seat.organisation for seat in seats.values() if seat.awaited}
    teams = {member: team[0] for team in small_groups(here, most=exercise.teams) for member in team}
    return {member: replace(seat, team=teams.get(member)) for member, seat in seats.items()}


def defaults(ctx: Context, exercise: Exercise, member: Member | None = None) -> JsonObject:
    """Return the default answers of a new row: the day, and the member who makes it."""
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
    said = await written_before.last_said(ctx, group, run)
    run = written_before.begun_with(run, said)
    await seed(ctx, group, exercise)
    if exercise.role is ExerciseRole.MEETINGS:
        ctx.events.append(CalendarChanged(group.id))
    record = await ctx.work.runs.add(
        group.id, exercise.id, exercise.version, to_json(run), phase=Phase.NEW, by_day=exercise.private
    )
    await written_before.keep(ctx, record.id, exercise, said)
    if exercise.timer and not exercise.timer_before:
        await start_timer(ctx, group, record.id, exercise.timer)
    run = await apply(ctx, group, record, Began())
    if "network" in exercise.who and exercise.how in (How.GROUP, How.ROWS) and not exercise.private:
        ctx.events.append(OpenedToNetwork(group.id, run.number))  # its card is in the group's chat, where they are not
    recall = await recalled(ctx, await scene_of(ctx, group), exercise)
    if recall:
        facts = {"title": ctx.services.voice.title_of(exercise.id), "recall": recall}
        await ctx.to_group(group, "run.recall", facts, beside_keys(ctx, run))
    return run


async def resumed(ctx: Context, group: Group, record: records.Run) -> Began:
    """The event that takes out what was set aside, for those who are here now; they have as long as at first."""
    run = load(ctx, record)
    here = {m.id for m in await ctx.work.members.of_group(group.id, roles=None) if m.state == "active"}
    before = {member: seat for member, seat in run.seats.items() if member in here}
    return Began({**before, **await seats_of(ctx, group, run.exercise)}, new_last_day(ctx, run))


def new_last_day(ctx: Context, run: Run) -> date | None:
    """Return a new day to answer by for a round that is taken up again after its own; None if that is to come."""
    if run.answer_by is None or run.answer_by > ctx.today:
        return None
    return _last_day(ctx, LIST_WITHIN if run.exercise.how is How.ROWS else ANSWER_WITHIN)


def _last_day(ctx: Context, within: timedelta) -> date:
    """Return the day to answer by. One in July is put off until people are back, unless the round begins in July.

    One on a holiday, or put off to a weekend, is on the next working day.
    """
    day = ctx.today + within
    put_off = day.month == JULY and ctx.today.month != JULY
    if put_off:
        day = day.replace(month=JULY + 1, day=1) + ANSWER_WITHIN
    if is_holiday(day) or (put_off and day.weekday() >= SATURDAY):
        day = working_day_after(day)
    return day


async def given_by(ctx: Context, chat_id: int, message_id: int) -> tuple[Answer, int | None] | None:
    """Return the answer that a message once gave; with its version, if others have written another since.

    Of an answer that only one person writes, an older message gives none: it is changed where it is now.
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
    """Add a register's initial rows: one for each option, or each member, that has none yet."""
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
    """Add a row for each member who has had none; one that was removed does not come back."""
    rows = await ctx.work.rows.of_registers(group.id, [exercise.id])
    there = [row.values.get(question.id) for row in rows]
    for member in await ctx.work.members.active(group.id):
        if {"id": member.id} not in there:
            theirs = exercise.register is not None and exercise.register.person == question.id
            given, taker = {question.id: {"id": member.id}}, member.id if theirs else None
            await ctx.work.rows.add(group.id, exercise.id, given, author=None, assignee=taker)


async def seed_newcomer(ctx: Context, group: Group) -> None:
    """Add a new member's row to the open lists that have one for each member."""
    for record in await ctx.work.runs.all_of(group.id):
        exercise = load(ctx, record).exercise
        register = exercise.register
        seeded = exercise.question(register.seed).kind if register and register.seed else None
        if record.phase == Phase.OPEN and seeded is Kind.PERSON:
            await seed(ctx, group, exercise)
            await refresh_card(ctx, group, record)


def load(ctx: Context, record: records.Run) -> Run:
    """Load a run as the engine has it, with the version of the exercise that it began with."""
    run = ctx.services.run_cache.get(record)
    if run is None:
        exercise = (
            ctx.services.exercise_versions.get(record.definition) or ctx.services.process.exercises[record.exercise]
        )
        run = from_json(exercise, record.id, record.state)
        ctx.services.run_cache.keep(record, run)
    return run


async def _keep(ctx: Context, record: records.Run, run: Run, exercise: Exercise) -> None:
    """Store a run, with the exercise as it is defined rather than as fitted to this group."""
    state = to_json(run, since=(load(ctx, record), record.state))
    record = await ctx.work.runs.update(record.id, state=state, phase=str(run.phase), by_day=exercise.private)
    ctx.services.run_cache.keep(record, run.stored(exercise))


async def fitted(ctx: Context, group: Group, record: records.Run) -> Run:
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


async def apply(ctx: Context, group: Group, record: records.Run, event: Event, **deed: Unpack[Deed]) -> Run:
    """Let an event happen to a run, and apply its effects. An error is noted with run, exercise and verb."""
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
        source = MessageSource(*held.message)  # a held text keeps its own message
    if isinstance(event, Wrote) and by:
        view = ExerciseView(ctx.services.voice, scene, before.exercise)
        event = replace(event, labels=_labels(view, before, before.visit(by.id), event.key))
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
    changed = any(isinstance(effect, Keep) for effect in turn.effects)
    if turn.run.exercise.outcome is not None and turn.run.filled_in and (changed or not before.filled_in):
        ctx.events.append(FilledIn(group.id, turn.run.number))
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
    question = run.question(key) if key and key != CONCLUSION else None
    return {o: view.option(question, o) for o in question.options} if question and question.kind is Kind.CHOICE else {}


async def prepared(
    ctx: Context, group: Group, loaded: Run, by: Member | None, *, row: int | None = None, key: str = ""
) -> tuple[Run, Scene]:
    """Return the run with all that it is given at each load, for the person who acts, and the scene of its views."""
    scene = await scene_of(ctx, group, loaded.exercise)
    changed = await row_links.changed_now(ctx, loaded, by.id, row) if by else None
    run = replace(
        loaded,
        organisations=tuple(scene.organisations),
        items=await row_links.items(ctx, group, loaded),
        offers=await row_links.offers(ctx, scene, loaded.exercise, by),
        examples=await row_links.examples(ctx, group, loaded, by.id, row) if by else {},
        ticks=await row_links.ticks(ctx, loaded, by.id, row) if by else {},
        closed=await authors.closed_to(ctx, group, loaded.exercise, by) if by else frozenset(),
        written=await row_links.written(ctx, loaded, by.id, key, changed) if by else {},
        row_gone=changed is not None and changed.state == "removed",
    )
    return run, scene


async def refresh_card(ctx: Context, group: Group, record: records.Run) -> None:
    """Refresh the card of a run after a change outside of the engine, as when a row was assigned."""
    run = load(ctx, record)
    scene = await scene_of(ctx, group, run.exercise)
    await group_card.card(TurnContext(ctx, group, scene, before=run, run=run))


async def refresh(ctx: Context, group: Group, record: records.Run) -> None:
    """Refresh the group's card and people's open items after all that this transaction did to an open run."""
    run = load(ctx, record)
    if run.phase is Phase.OPEN:  # else the turn that closed it has done so
        await refresh_card(ctx, group, record)
        await open_items.update_for_run(ctx, group, run)


async def values_of_group(ctx: Context, run: Run) -> JsonObject:
    """Return the group's own answers, which the engine needs to conclude an exercise."""
    return {key_of(a.question, a.item): a.value for a in await ctx.work.answers.of_owner(run.number, "g")}


__all__ = [
    "MessageSource",
    "apply",
    "begin",
    "given_by",
    "labels_of",
    "load",
    "refresh",
    "refresh_card",
    "scene_of",
    "seats_of",
    "values_of_group",
]
