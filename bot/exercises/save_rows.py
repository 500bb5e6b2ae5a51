"""Saves rows: what somebody has filled in in a register, or added to a list of the group's own."""

from collections.abc import Sequence
from datetime import date

from bot.context import invitations
from bot.context.events import ItemAdded
from bot.context.row_events import MeetingListed, RowChanged, RowGiven
from bot.exercises import group_card, row_links
from bot.exercises.mentions import newly_named
from bot.exercises.save_answers import number_changed, resolved, text_changed
from bot.exercises.turn_context import TurnContext
from bot.reminders.run_deadlines import schedule_row
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole
from flows.run.effects import (
    KeepItem,
    KeepRow,
    KeepRows,
)
from flows.timing import yearly
from flows.values import Value, Values, day_of, pointed_id
from storage.records.records import Row
from storage.records.rows import AsTask


async def in_list(turn: TurnContext, effect: KeepRow | KeepRows | KeepItem) -> None:
    """Carry out an effect on rows, or on the items that an exercise asks about."""
    match effect:
        case KeepRow():
            await _keep_row(turn, effect)
        case KeepRows(rows, member):
            await _keep_rows(turn, rows, member)
        case KeepItem(title, member):
            await _keep_item(turn, title, member)


async def _keep_row(turn: TurnContext, effect: KeepRow) -> None:
    """Make or change a row. A private register's is not stored here but raised as an event."""
    values = {key.partition("@")[0]: value for key, value in effect.values.items()}
    if turn.run.exercise.private:
        turn.given = values
        return
    for question in turn.run.exercise.questions:
        if values.get(question.id):
            values[question.id] = await resolved(turn, question, values[question.id], effect.member)
    if turn.by_guest and not await _may_answer(turn, values):
        return
    before = await turn.ctx.work.rows.get(effect.row) if effect.row is not None else None
    turn.row = await _written(turn, effect, values)
    await _given_on(turn, turn.row, before)
    if before is not None:
        changed = RowChanged(turn.group.id, turn.run.number, before.id, effect.member, before.assignee)
        turn.ctx.events.append(changed)
        number_changed(turn, before.values, turn.row.values)
    turn.ctx.events += newly_named(turn.ctx, turn.run, before, turn.row, effect.member)
    _listed(turn, turn.row)
    text_changed(turn)
    await group_card.card(turn)


async def _keep_rows(turn: TurnContext, rows: Sequence[Values], member: int) -> None:
    """Make several rows, except those whose name is there already."""
    register, repository = turn.run.exercise.register, turn.ctx.work.rows
    assert register is not None  # nothing else has rows
    present = await repository.all(turn.group.id, turn.run.exercise.id)
    there = {str(row.values.get(register.title, "")).strip().casefold() for row in present}
    for values in rows:
        if str(values[register.title]).strip().casefold() in there:
            turn.were_there += 1
            continue
        task = _task_of(turn, values, values, None)
        row = await repository.add(turn.group.id, turn.run.exercise.id, dict(values), author=member, **task)
        await _given_on(turn, row, None)
        turn.made.append(row)
        turn.ctx.events += newly_named(turn.ctx, turn.run, None, row, member)
        _listed(turn, row)
    text_changed(turn)
    await group_card.card(turn)


def _listed(turn: TurnContext, row: Row) -> None:
    """Raise an event if the row is a meeting's, which the calendar holds."""
    if turn.run.exercise.role is ExerciseRole.MEETINGS and turn.by is not None:
        turn.ctx.events.append(MeetingListed(turn.group.id, row.id, turn.by.id))


async def _keep_item(turn: TurnContext, title: str, member: int) -> None:
    """Add an item of the group's own to those that the questions are asked about."""
    row = await turn.ctx.work.rows.add(turn.group.id, turn.run.exercise.id, {row_links.OWN: title}, author=member)
    turn.ctx.events.append(ItemAdded(turn.group.id, turn.run.number, member, f"#{row.id}"))


async def _may_answer(turn: TurnContext, values: Values) -> bool:
    """True if a guest's link is still valid: it may have been used by another, or revoked meanwhile."""
    register = turn.run.exercise.register
    assert register is not None  # guests fill in nothing else
    actor = str(pointed_id(values[register.title]))
    return await invitations.valid(turn.ctx, turn.group, register.link, actor) is not None


async def _written(turn: TurnContext, effect: KeepRow, values: Values) -> Row:
    rows = turn.ctx.work.rows
    if effect.row is None:
        author = None if turn.by_guest else effect.member  # who it was is kept nowhere
        namesakes = await _namesakes(turn, values)
        if same := next((row for row in namesakes if _agree(turn.run.exercise, row.values, values)), None):
            turn.was_there = True
            return await rows.change(
                same.id, None, effect.member, values={**values, **same.values}, **_task_of(turn, values, values, same)
            )
        turn.namesake = next((row.number for row in namesakes), None)
        task = _task_of(turn, values, values, None)
        return await rows.add(turn.group.id, turn.run.exercise.id, dict(values), author=author, **task)
    row = await rows.get(effect.row)
    said = {name: value for name, value in {**row.values, **values}.items() if value is not None}
    return await rows.change(row.id, None, effect.member, values=said, **_task_of(turn, said, values, row))


async def _namesakes(turn: TurnContext, values: Values) -> list[Row]:
    """Return the rows with the name of a new one, in a list that others point at."""
    exercise = turn.run.exercise
    register = exercise.register
    every = turn.ctx.services.process.exercises.values()
    if (
        register is None
        or turn.by_guest
        or not any(exercise.id in one.linked for one in every if one.id != exercise.id)
    ):
        return []
    name = _name(values.get(register.title))
    rows = await turn.ctx.work.rows.all(turn.group.id, exercise.id)
    return [row for row in rows if _name(row.values.get(register.title)) == name]


def _name(value: Value) -> str:
    return " ".join(str(value or "").split()).casefold()


def _agree(exercise: Exercise, there: Values, new: Values) -> bool:
    """True if a row that is there, or a new one of its name, says nothing that the other does not say too.

    Some rows are made by their name alone, as for a guest's organisation. Where each says something of its own, two
    have filled them in, perhaps at the same time: what two have said is not put together unseen.
    """
    asked = {q.id for q in exercise.questions if exercise.register and q.id != exercise.register.title}
    there, new = ({key: said for key, said in one.items() if key in asked} for one in (there, new))
    return there.items() <= new.items() or new.items() <= there.items()


def _task_of(turn: TurnContext, values: Values, given: Values, before: Row | None) -> AsTask:
    """Return what follows from the `given` ones of a row's values: who has taken it on, until when, if it is done."""
    exercise, task = turn.run.exercise, AsTask()
    register, held = exercise.register, before.assignee if before else None
    if register is None:
        return task
    said = _day(values.get(register.due))
    due = yearly.due(exercise, values, said) if said else None  # of several years, that of the present one
    if exercise.taker in given:
        task |= {"assignee": pointed_id(given[exercise.taker]), "due": due if given[exercise.taker] else None}
    elif register.due in given and (held or values.get(exercise.taker)):  # also of somebody outside of the group
        task["due"] = due
    there = before is None or before.state != "removed"
    if there and any(name in given for name, _ in register.done):
        is_done = all(values.get(name) in options for name, options in register.done)
        task["state"] = "done" if is_done else "open"
    return task


async def _given_on(turn: TurnContext, row: Row, before: Row | None) -> None:
    """Plan what is said of a row that is a task now, or was one, and tell whoever it is given to by somebody else."""
    was = before.assignee if before else None
    if row.assignee is None and was is None and row.due is None:
        return
    await schedule_row(turn.ctx, turn.group, row)
    there = row.state != "removed"  # nobody is told of a row that somebody else has removed meanwhile
    if there and turn.by is not None and row.assignee not in (None, was, turn.by.id):
        turn.ctx.events.append(RowGiven(turn.group.id, turn.run.number, row.id, turn.by.id))


def _day(said: Value) -> date | None:
    return day_of(said) if said else None
