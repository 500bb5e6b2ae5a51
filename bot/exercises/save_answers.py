"""Saves answers, on a sheet or as rows of a register, and raises the events that follow for others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.context import invitations
from bot.context.events import HandedIn, ItemAdded, ProfileGiven
from bot.context.row_events import EventChanged, MeetingListed, NumberChanged, RowChanged, RowGiven, TextChanged
from bot.exercises import group_card, row_links
from bot.exercises.approved_texts import approvals_of
from bot.exercises.mentions import newly_named
from bot.exercises.turn_context import TurnContext
from bot.reminders.run_deadlines import schedule_date, schedule_row, undate
from flows.definitions.model import Exercise, Question
from flows.dialogue.keyboards import CONCLUSION
from flows.enums import Audience, ExerciseRole, How, Kind
from flows.fields import OrganisationField, PersonField, RowField
from flows.phone import exchanged
from flows.run.effects import (
    Admit,
    Comment,
    Empty,
    Erase,
    Keep,
    KeepItem,
    KeepRow,
    KeepRows,
    Reinstate,
    TakeBack,
    Unsay,
)
from flows.run.state import Sheet
from flows.timing import yearly
from flows.values import Value, Values, day_of, pointed_id
from storage.records.records import Answer, GivenAnswer, Row
from storage.records.rows import AsTask


# -- on a sheet --------------------------------------------------------------------------------------------------------
async def on_sheet(
    turn: TurnContext, effect: Keep | Comment | TakeBack | Reinstate | Admit | Erase | Unsay | Empty
) -> None:
    """Carry out an effect on the answers of a sheet."""
    match effect:
        case Keep():
            await _keep_answer(turn, effect)
        case Comment():
            await _keep_comment(turn, effect)
        case TakeBack(owner):
            await take_back(turn, owner)
        case Reinstate(owner):
            await turn.ctx.work.answers.hand_in(turn.run.number, owner)
        case Unsay(owner, key, member):
            await _unsay(turn, owner, key, member)
        case Empty(owner, key):
            await _empty(turn, owner, key)
        case Admit():
            await turn.ctx.work.answers.admit(turn.run.number)
        case Erase():
            await turn.ctx.work.answers.erase_unnamed(turn.run.number)


async def _keep_answer(turn: TurnContext, effect: Keep) -> None:
    """Keep an answer. Its comment stays, unless it is the reason for an option that is not chosen any more."""
    comment = None
    if effect.key in turn.before.sheets.get(effect.owner, Sheet()).answered or effect.more:
        current = await turn.answer(effect.owner, effect.key)
        if current is not None:
            comment = None if _reason_over(turn, effect, current) else current.comment
            if effect.more:
                effect = replace(effect, value=f"{current.value}\n{effect.value}")
            _number_changed(turn, {effect.key: current.value}, {effect.key: effect.value})
    await _store(turn, effect, comment)
    if turn.run.exercise.private and turn.run.sheets[effect.owner].handed_in:
        await _profile(turn, effect.owner)  # a member's answers about themselves count at once


def _reason_over(turn: TurnContext, effect: Keep, current: Answer) -> bool:
    """Whether the comment was asked for as the reason for an option, and another one is chosen now."""
    reasons = turn.run.question(effect.key).reasons if effect.key != CONCLUSION else ()
    return current.value in reasons and effect.value not in reasons


async def _keep_comment(turn: TurnContext, effect: Comment) -> None:
    """Give an answer its comment, or take it away. No single message holds one that was written in several."""
    current = await turn.answer(effect.owner, effect.key)
    if current is None:
        return
    before = current.comment if effect.more else None
    if before:
        said = Keep(effect.owner, effect.key, current.value, effect.member, joined=True)
        await _store(turn, said, f"{before}\n{effect.text}")
        return
    # An edit of the message that gave the answer edits it, unless the comment came as a text of its own.
    given = current.source if turn.run.question(effect.key).kind is Kind.TEXT else None
    source = effect.message or given
    await _store(turn, Keep(effect.owner, effect.key, current.value, effect.member), effect.text or None, source)


async def _unsay(turn: TurnContext, owner: str, key: str, member: int) -> None:
    """Take back the newest version of an answer; the history keeps it if there was one before."""
    current = await turn.answer(owner, key)
    if current is None:
        return
    if current.version == 1:
        await turn.ctx.work.answers.remove(current)
        return
    before = (await turn.ctx.work.answers.history(current.id))[-2]
    await _store(turn, Keep(owner, key, before.value, member), before.comment, before.source)


async def _empty(turn: TurnContext, owner: str, key: str) -> None:
    """Take an answer off its sheet, and what followed from it."""
    current = await turn.answer(owner, key)
    if current is None:
        return
    await turn.ctx.work.answers.empty(current)
    if turn.run.question(key).milestone:
        await undate(turn.ctx, turn.group, f"{turn.run.number}:{key}")
    if turn.run.exercise.private and turn.run.sheets[owner].handed_in:
        await _profile(turn, owner)
    _answered(turn, key)


async def hand_in(turn: TurnContext, owner: str) -> None:
    """Hand in a sheet."""
    await turn.ctx.work.answers.hand_in(turn.run.number, owner)
    if turn.run.exercise.private:
        await _profile(turn, owner)
    _handed_in(turn, owner, back=False)


async def take_back(turn: TurnContext, owner: str) -> None:
    """Take a sheet back, to be changed."""
    await turn.ctx.work.answers.take_back(turn.run.number, owner)
    _handed_in(turn, owner, back=True)


async def _store(turn: TurnContext, said: Keep, comment: str | None, source: tuple[int, int] | None = None) -> None:
    """Store an answer with its comment. `source`: the message that gave it, if not the present one."""
    run, audience = turn.run, Audience.GROUP
    key, value = said.key, said.value
    question_id, _, item = key.partition("@")
    if key != CONCLUSION:
        question = run.question(key)
        audience = question.audience
        if not run.exercise.private:
            value = await _resolved(turn, question, value, said.member)
        if question.milestone:
            await schedule_date(turn.ctx, turn.group, run.exercise, f"{run.number}:{key}", day_of(value))
    here = (turn.source.chat_id, turn.source.message_id) if turn.source else None
    unnamed = run.exercise.anonymous and key != CONCLUSION
    given = GivenAnswer(said.owner, question_id, item, value, comment, str(audience), unnamed)
    if unnamed:
        await turn.ctx.work.answers.keep_unnamed(run.number, given)
        return
    await turn.ctx.work.answers.keep(run.number, given, said.member, source or here, joined=said.joined)
    _answered(turn, key)


def _answered(turn: TurnContext, key: str) -> None:
    """Raise the events that follow from an answer that was given or taken back."""
    if turn.run.exercise.role is ExerciseRole.EVENT and key != CONCLUSION:
        turn.ctx.events.append(EventChanged(turn.group.id, turn.run.question(key).kept_as))
    _text_changed(turn)


def _handed_in(turn: TurnContext, owner: str, *, back: bool) -> None:
    if turn.run.exercise.approves:
        turn.ctx.events.append(HandedIn(turn.group.id, turn.run.number, owner, turn.by.id if turn.by else None, back))


async def _profile(turn: TurnContext, owner: str) -> None:
    """Keep the joining answers as the member's profile; `bot.features.members.joining` welcomes them.

    Only now is what they name, such as an organisation, made: before, others would be offered it as a button.
    """
    member, given = int(owner[2:]), await turn.ctx.work.answers.of_owner(turn.run.number, owner)
    answers = {a.question: await _resolved(turn, turn.run.question(a.question), a.value, member) for a in given}
    turn.ctx.events.append(ProfileGiven(turn.group.id, member, answers))


# -- in a register -----------------------------------------------------------------------------------------------------
async def in_list(turn: TurnContext, effect: KeepRow | KeepRows | KeepItem) -> None:
    """Carry out an effect on rows, or on the items that an exercise asks about."""
    match effect:
        case KeepRow():
            await keep_row(turn, effect)
        case KeepRows(rows, member):
            await keep_rows(turn, rows, member)
        case KeepItem(title, member):
            await keep_item(turn, title, member)


async def keep_row(turn: TurnContext, effect: KeepRow) -> None:
    """Make or change a row. A private register's is not stored here but raised as an event."""
    values = {key.partition("@")[0]: value for key, value in effect.values.items()}
    if turn.run.exercise.private:
        turn.given = values
        return
    for question in turn.run.exercise.questions:
        if values.get(question.id):
            values[question.id] = await _resolved(turn, question, values[question.id], effect.member)
    if turn.by_guest and not await _may_answer(turn, values):
        return
    before = await turn.ctx.work.rows.get(effect.row) if effect.row is not None else None
    turn.row = await _written(turn, effect, values)
    await _given_on(turn, turn.row, before)
    if before is not None:
        changed = RowChanged(turn.group.id, turn.run.number, before.id, effect.member, before.assignee)
        turn.ctx.events.append(changed)
        _number_changed(turn, before.values, turn.row.values)
    turn.ctx.events += newly_named(turn.ctx, turn.run, before, turn.row, effect.member)
    _listed(turn, turn.row)
    _text_changed(turn)
    await group_card.card(turn)


async def keep_rows(turn: TurnContext, rows: Sequence[Values], member: int) -> None:
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
    _text_changed(turn)
    await group_card.card(turn)


def _listed(turn: TurnContext, row: Row) -> None:
    """Raise an event if the row is a meeting's, which the calendar holds."""
    if turn.run.exercise.role is ExerciseRole.MEETINGS and turn.by is not None:
        turn.ctx.events.append(MeetingListed(turn.group.id, row.id, turn.by.id))


async def keep_item(turn: TurnContext, title: str, member: int) -> None:
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


# -- in either ---------------------------------------------------------------------------------------------------------
async def _resolved(turn: TurnContext, question: Question, value: Value, member: int) -> Value:
    """Return a value with people, organisations and rows that were given by name found; the latter two are added."""
    if isinstance(question.field, OrganisationField) and isinstance(value, Mapping) and "name" in value:
        added = await turn.ctx.work.members.add_organisation(turn.group.id, str(value["name"]))
        turn.see(replace(turn.scene, organisations={**turn.scene.organisations, added.id: added}))
        return {"id": added.id}
    if isinstance(question.field, PersonField) and isinstance(value, Mapping) and "name" in value:
        return _member(turn, question.field, str(value["name"]), member) or value
    if isinstance(question.field, RowField):
        value = await row_links.resolved(turn.ctx, turn.group, question, value, member)
        rows = await row_links.row_names(turn.ctx, turn.group, turn.run.exercise)
        turn.see(replace(turn.scene, rows=rows))
    return value


def _member(turn: TurnContext, field: PersonField, name: str, by: int) -> Value:
    """Return who in the exercise is called so, if it is one person that can be meant."""
    there = [number for number in turn.run.seats if turn.scene.member(number).casefold() == name.casefold()]
    return {"id": there[0]} if len(there) == 1 and not (field.others and there[0] == by) else None


def _number_changed(turn: TurnContext, before: Values, after: Values) -> None:
    """Raise an event for each number of something that is shared in whose place another one was written."""
    if turn.by is None or turn.run.exercise.how not in (How.GROUP, How.ROWS):
        return
    asked = {question.id for question in turn.run.exercise.questions if question.reaches}
    row = turn.row.id if turn.row else None
    found = {
        both: question
        for key in after
        if (question := key.partition("@")[0]) in asked
        and (both := exchanged(str(before.get(key) or ""), str(after.get(key) or "")))
    }
    for (old, new), question in found.items():
        changed = NumberChanged(turn.group.id, turn.by.id, old, new, turn.run.exercise.id, question, row)
        turn.ctx.events.append(changed)


def _text_changed(turn: TurnContext) -> None:
    """Raise an event if the exercise is part of a text that organisations approve."""
    if any(approvals_of(turn.ctx.services.process, turn.run.exercise.id)):
        turn.ctx.events.append(TextChanged(turn.group.id, turn.run.exercise.id, turn.by.id if turn.by else None))
