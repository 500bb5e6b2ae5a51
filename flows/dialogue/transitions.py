"""Keep an answer, and go on to what comes after it, in a sheet or in a row."""

from dataclasses import replace
from itertools import pairwise

from flows.dialogue import edit_conflict
from flows.dialogue.days_in_order import going_by
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.prompts import (
    ask,
    ask_again,
    ask_comment,
    ask_pick,
    locked,
    open_ended,
    settled,
    show_draft,
    show_handed_in,
    show_summary,
)
from flows.enums import Field
from flows.input_errors import Problem, Trouble
from flows.run.effects import Comment, Empty, HandIn, Keep, KeepRow, RowSaved, StartTimer, TakeBack, Unfit
from flows.run.state import Latest, Place, Sheet, Visit
from flows.values import Value


def ask_next(t: DialogueState, after: str, *, saved: bool = False, advised: str | None = None) -> None:
    """Ask the next question, or show the summary if none is left or the person came from there."""
    receipt = after if saved else ""
    if t.rows:
        _next_field(t, after, saved=receipt)
        return
    if not t.keys:
        ask_pick(t)
        return
    opened = _opened_by(t, after)
    again = _asked_anew(t, after, saved=saved)
    if ahead := (*opened, *again):
        t.stand(rest=opened[1:])
        ask(t, ahead[0], saved=receipt, advised=advised)
        return
    rest = (key for key in t.after(after) if not _said_with_time(t, key))
    fresh = next((key for key in rest if after or key not in t.answered), None)
    if t.visit.to_summary or fresh is None:
        _end(t, receipt, advised)
    else:
        ask(t, fresh, saved=receipt, advised=advised)


def _end(t: DialogueState, receipt: str, advised: str | None) -> None:
    """Show the whole sheet; one without a name has been handed in by now, question by question."""
    if t.run.exercise.anonymous and not t.missing:
        hand_in(t)
    else:
        show_summary(t, saved=receipt, advised=advised)


def _said_with_time(t: DialogueState, key: str) -> bool:
    """True for a length that this person has answered already, as by a time with its end, and need not look over."""
    written = t.run.given.written.get(key) if t.run.question(key).role is Field.LENGTH else None
    return written is not None and written.member == t.member and not t.run.carried and key in t.answered


def choose(t: DialogueState, choice: str) -> None:
    """Let one of two answers that were written at once stand, or both, and go on."""
    key, value = t.visit.key, edit_conflict.chosen(t, choice)
    if not edit_conflict.choose(t, choice):
        edit_conflict.meet(t, key, value)
    elif t.visit.row is not None:
        _after_field(t, key, value)
    else:
        _after_meeting(t, key)


def _after_meeting(t: DialogueState, key: str) -> None:
    """Go on with what this person was doing before the conflict."""
    back = t.visit.met.back if t.visit.met else None
    t.stand(met=None)
    if back:
        t.stand(place=Place(back[0]), key=back[1])
        ask_again(t)
    else:
        ask_next(t, key, saved=True)


def take(
    t: DialogueState, key: str, value: Value | Trouble, seen: int | None = None, advised: str | None = None
) -> None:
    """Keep a value and go on; where there is trouble with it, ask the same again and say what was wrong.

    `seen`: the version of the answer that it was written to, where that is not the one asked about now. `advised`: what
    is said of it beside its receipt.
    """
    if isinstance(value, Trouble):
        ask(t, key, trouble=value)
        return
    question, remark = t.run.question(key), t.visit.remark.text
    if t.rows:
        take_field(t, key, value)
        return
    if not remark and not question.many and value in question.reasons:
        ask(t, key, trouble=Trouble(Problem.REASON))
        t.stand(ticked=(str(value),))  # the next text is the reason, and makes the answer whole
        return
    met = edit_conflict.meets(t, key, value, t.visit.seen if seen is None else seen)
    met = met or edit_conflict.supplants(t, key, value)
    if met:
        edit_conflict.meet(t, key, value)
    else:
        keep(t, key, value)
    if remark:
        t.effects.append(Comment(t.owner, key, remark, t.member, more=True, message=t.visit.remark.message))
    if met:
        return
    if t.visit.place is Place.MET:
        _after_meeting(t, key)
    elif (question.ask_comment or str(value) in question.ask_after) and not remark:
        ask_comment(t, key, saved=True)
    else:
        ask_next(t, key, saved=True, advised=advised or question.advice(value))


def keep(t: DialogueState, key: str, value: Value, *, more: bool = False) -> None:
    """Keep an answer, and stay where the dialogue is. With `more` it is a line after what stands there."""
    sheet = t.run.sheet(t.member)
    if key not in sheet.answered:
        timed = (minutes for one, after in pairwise(t.keys) if one == key and (minutes := t.run.question(after).timer))
        t.effects += map(StartTimer, timed)
    if t.visit.revising and sheet.handed_in:
        sheet = replace(sheet, handed_in=False)
        t.effects.append(TakeBack(t.owner))
    t.run = t.run.with_sheet(t.owner, replace(sheet, answered=sheet.answered | {key}))
    t.settle(key, value)
    if t.run.exercise.anonymous:  # what follows it is another note
        t.stand(last=Latest())
    t.effects.append(Keep(t.owner, key, value, t.member, more=more))


def empty(t: DialogueState, key: str) -> Trouble | None:
    """Take an answer back; return why not, where it has to stand or is not what this person alone wrote."""
    sheet, written = t.run.sheet(t.member), t.run.given.written.get(key)
    if sheet.handed_in and (t.run.question(key).required or settled(t)):
        return Trouble(Problem.NEEDED)
    if t.run.shared and (written is None or written.several or written.member != t.member):
        return Trouble(Problem.THEIRS)
    t.run = t.run.with_sheet(t.owner, replace(sheet, answered=sheet.answered - {key}))
    t.settle(key, None)
    t.effects.append(Empty(t.owner, key))
    return None


def _opened_by(t: DialogueState, key: str) -> tuple[str, ...]:
    """Return what is to be asked first on the way back to the summary: the unanswered keys that are asked because of
    the answer to this one, and what is left of earlier ones."""
    if not t.visit.to_summary:
        return ()
    opened = dict.fromkeys((*t.run.depending(key), *t.visit.rest))
    return tuple(other for other in opened if other in t.keys and other not in t.answered)


def _asked_anew(t: DialogueState, after: str, *, saved: bool) -> tuple[str, ...]:
    """Return the days that do not fit the one just given, or what is left of them; the latter itself first."""
    if after not in t.keys or not (astray := t.out_of_order):
        return ()
    itself = (after,) if saved and after in astray else ()
    related = going_by(t.run.exercise, after) if t.visit.to_summary else ()
    rest = related[related.index(after) + 1 :] if after in related else ()
    return (*itself, *(key for key in rest if key in astray and key in t.keys))


def take_field(t: DialogueState, key: str, value: Value) -> None:
    """Keep a field of a row, and go on to the next field of a new row, or the next one to change in an old row."""
    if t.visit.row is None:
        t.write({**t.visit.draft, key: value})
        _next_field(t, key, saved="", advised=t.run.question(key).advice(value))
    elif edit_conflict.meets(t, key, value, t.visit.seen):
        edit_conflict.meet(t, key, value)
    else:
        t.effects.append(KeepRow({key: value}, t.member, t.visit.row))
        _after_field(t, key, value)


def empty_field(t: DialogueState, key: str) -> None:
    """Take back what a row says here, unless somebody else has written it meanwhile."""
    if t.visit.row is None:
        t.write({name: value for name, value in t.visit.draft.items() if name != key})
        t.stand(ticked=())
        ask(t, key)
    elif edit_conflict.meets(t, key, None, t.visit.seen):
        t.toast(Unfit.CHANGED_SINCE)
        ask(t, key)
    else:
        t.effects.append(KeepRow({key: None}, t.member, t.visit.row))
        _after_field(t, key, None)


def _after_field(t: DialogueState, key: str, value: Value) -> None:
    """Go on to the next field of an old row; nothing more is asked of one that somebody has removed meanwhile."""
    row = t.visit.row
    depending = tuple(other for other, when in t.run.depending(key).items() if when.holds(value))
    rest = (*depending, *(other for other in t.visit.rest if other not in depending))
    if rest and not t.run.given.row_gone:
        t.stand(rest=rest[1:])
        ask(t, rest[0], saved=key)
        return
    t.stand(place=Place.DONE, key="", row=None, rest=(), ticked=(), met=None)
    t.say(RowSaved(row=row))


def _next_field(t: DialogueState, after: str, *, saved: str, advised: str | None = None) -> None:
    ahead = [key for key in t.after(after) if key not in t.visit.new.told]
    if t.visit.to_summary and t.can_save:
        show_draft(t)
    elif t.visit.to_summary:  # from a question further on, which is still to be answered
        t.stand(to_summary=False)
        ask(t, t.missing[0])
    elif ahead:
        ask(t, ahead[0], saved=saved, advised=advised)
    elif t.can_save:
        (show_draft if t.reviewed else save_row)(t)
    else:
        ask(t, t.missing[0])


def save_row(t: DialogueState) -> None:
    """Make the new row."""
    t.effects.append(KeepRow(t.row_values, t.member))
    t.leave_row(RowSaved())


def hand_in(t: DialogueState) -> None:
    """Hand in the sheet, unless something required is missing."""
    sheet = t.run.sheet(t.member)
    if settled(t) or t.missing:
        show_summary(t)  # a colleague with the same sheet was faster, or has seen that something is missing
        return
    again, t.visit = sheet.handed_in and not open_ended(t), replace(t.visit, revising=False)
    if again:  # they have looked at what they had handed in, and changed nothing
        t.stand(place=Place.DONE, key="")
        show_handed_in(t)
        return
    t.run = t.run.with_sheet(t.owner, replace(sheet, handed_in=True))
    if t.run.exercise.anonymous:  # which questions were answered, when and at what length, would give a little away
        t.run = t.run.with_sheet(t.owner, Sheet(handed_in=True))
        t.visit = Visit(ask=t.visit.ask)
    t.effects.append(HandIn(t.owner))
    t.stand(place=Place.DONE, key="")
    show_handed_in(t)


def take_back(t: DialogueState) -> None:
    """Open what was handed in, to change it. It holds until it is changed: whoever only looks has still answered."""
    if settled(t) and not locked(t):
        t.stand(revising=True)
    show_summary(t)
