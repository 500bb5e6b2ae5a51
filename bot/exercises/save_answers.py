"""Saves answers on a sheet, and raises the events that follow for others. Rows are kept by `save_rows`."""

from collections.abc import Mapping
from dataclasses import replace

from bot.context.events import HandedIn, ProfileGiven
from bot.context.row_events import EventChanged, NumberChanged, TextChanged
from bot.exercises import row_links
from bot.exercises.approved_texts import approvals_of
from bot.exercises.turn_context import TurnContext
from bot.reminders.run_deadlines import schedule_date, undate
from flows.definitions.model import Question
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
    Reinstate,
    TakeBack,
    Unsay,
)
from flows.run.state import Sheet
from flows.values import Value, Values, day_of
from storage.records.records import Answer, GivenAnswer


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
            number_changed(turn, {effect.key: current.value}, {effect.key: effect.value})
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
            value = await resolved(turn, question, value, said.member)
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
    text_changed(turn)


def _handed_in(turn: TurnContext, owner: str, *, back: bool) -> None:
    if turn.run.exercise.approves:
        turn.ctx.events.append(HandedIn(turn.group.id, turn.run.number, owner, turn.by.id if turn.by else None, back))


async def _profile(turn: TurnContext, owner: str) -> None:
    """Keep the joining answers as the member's profile; `bot.features.members.joining` welcomes them.

    Only now is what they name, such as an organisation, made: before, others would be offered it as a button.
    """
    member, given = int(owner[2:]), await turn.ctx.work.answers.of_owner(turn.run.number, owner)
    answers = {a.question: await resolved(turn, turn.run.question(a.question), a.value, member) for a in given}
    turn.ctx.events.append(ProfileGiven(turn.group.id, member, answers))


# -- for rows too -----------------------------------------------------------------------------------------------------
async def resolved(turn: TurnContext, question: Question, value: Value, member: int) -> Value:
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


def number_changed(turn: TurnContext, before: Values, after: Values) -> None:
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


def text_changed(turn: TurnContext) -> None:
    """Raise an event if the exercise is part of a text that organisations approve."""
    if any(approvals_of(turn.ctx.services.process, turn.run.exercise.id)):
        turn.ctx.events.append(TextChanged(turn.group.id, turn.run.exercise.id, turn.by.id if turn.by else None))
