"""Handle an edited message: it changes the answer that it once gave, or the comment, until that has been shown."""

from dataclasses import replace

from flows.answers import clean, unfit
from flows.dialogue import edit_conflict, moments
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.keyboards import CONCLUSION
from flows.dialogue.prompts import locked
from flows.dialogue.text_answers import among_several, value_of
from flows.dialogue.text_input import write_conclusion
from flows.dialogue.transitions import keep
from flows.fields import MomentField
from flows.input_errors import Trouble
from flows.run.effects import Comment, Done, Keep, Locked, Refused
from flows.run.events import Edited


def _edit_field(t: DialogueState, event: Edited) -> None:
    """Edit a field of a row that is not saved yet."""
    value = t.run.question(event.key).field.read(event.text, event.today, event.dates)
    if isinstance(value, Trouble):
        t.aside(Refused(trouble=value))
        return
    t.write({**t.visit.draft, event.key: value})
    t.toast(Done.CHANGED, key=event.key)


def edited(t: DialogueState, event: Edited) -> None:
    """Change the answer that an edited message once gave, until what was handed in has been shown."""
    remark = t.visit.remark
    if event.key == CONCLUSION:
        write_conclusion(t, event.text, event.seen, event.was)
    elif t.rows and event.key in t.visit.draft and not locked(t):
        _edit_field(t, event)
    elif locked(t) or event.key not in t.keys or t.rows:
        t.aside(Locked(unnamed=t.run.exercise.anonymous))
    elif remark.text and remark.message is not None and remark.message == event.message:
        _edit_remark(t, event)
    else:
        _edit_answer(t, event)


def _edit_remark(t: DialogueState, event: Edited) -> None:
    """Change what was written before an option was chosen: that is still to be done."""
    text = clean(event.text)
    if unfit(text) is None:
        t.stand(remark=replace(t.visit.remark, text=text))
        t.toast(Done.CHANGED, key=event.key)


def _edit_answer(t: DialogueState, event: Edited) -> None:
    """Change an answer on the sheet, or the comment to it."""
    question, text = t.run.question(event.key), clean(event.text)
    value = value_of(t, event.key, event)
    is_answer = not isinstance(value, Trouble) or text.isdecimal()
    is_comment = event.comment and event.key in t.answered and not is_answer
    if is_comment and text and question.field.tapped:
        t.effects.append(Comment(t.owner, event.key, text, t.member))
        t.toast(Done.CHANGED, key=event.key)
        return
    if isinstance(value, Trouble):
        t.aside(Refused(trouble=value))
        return
    value = among_several(question, value)
    before = t.run.given.written.get(event.key)
    if before and before.joined and (whole := edit_conflict.with_part_changed(before, event.was, text)):
        keep(t, event.key, value)
        t.effects.append(Keep(t.owner, event.key, whole, t.member, joined=True))
        t.toast(Done.CHANGED, key=event.key)
        return
    if edit_conflict.meets(t, event.key, value, event.seen, own=True):
        edit_conflict.meet(t, event.key, value, aside=True)
        return
    keep(t, event.key, value)
    if isinstance(question.field, MomentField):
        moments.keep_length(t, value, event)
    t.toast(Done.CHANGED, key=event.key)
