"""Handle a text that a person wrote, by where they stand in the dialogue."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from flows.answers import Stance, bare, clean, named_option, unfit, whole
from flows.buttons import Button
from flows.dialogue import edit_conflict, several_lines
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.edit_conflict import PARAGRAPH
from flows.dialogue.identity_check import goes_on, in_pieces
from flows.dialogue.keyboards import CONCLUSION, conclusion_keyboard, unsay_offered
from flows.dialogue.prompts import (
    ask,
    ask_comment,
    ask_own,
    ask_pick,
    locked,
    refusal,
    show_draft,
    show_summary,
    ticked_items,
)
from flows.dialogue.text_answers import all_named, among_several, take_text, value_of
from flows.dialogue.transitions import ask_next, keep
from flows.enums import How
from flows.fields import Offered
from flows.input_errors import Problem, Trouble
from flows.run.effects import (
    AnswerChanged,
    Comment,
    ConclusionWritten,
    Done,
    Keep,
    KeepItem,
    Refused,
    Stray,
    Unfit,
)
from flows.run.events import Wrote
from flows.run.state import Latest, Phase, Place, Run, Sheet


def _take_own(t: DialogueState, event: Wrote) -> None:
    title = " ".join(clean(event.text).split())[:80]
    if not title:
        ask_own(t, trouble=Trouble(Problem.EMPTY))
        return
    if not t.visit.key and (picked := ticked_items(t)):  # what was ticked and not yet said to be all
        t.run = replace(t.run, picked=picked)
    t.effects.append(KeepItem(title, t.member))
    t.stand(place=Place.SUMMARY, key="", ticked=(), offered=Offered())


def wrote(t: DialogueState, event: Wrote) -> None:
    """Handle a new text, in the dialogue or in reply to a certain question."""
    visit = t.visit
    if event.key == CONCLUSION:
        write_conclusion(t, event.text, event.seen, joins=event.joins)
    elif locked(t) and (event.key or visit.place is not Place.DONE):
        t.toast(refusal(t))
    elif not locked(t) and goes_on(t, event):
        _continue_long(t, event)
    elif event.key and event.key in t.keys and event.key != visit.key:
        _answer_other(t, event)
    elif visit.paused and not event.key:
        t.aside(Stray())
    else:
        HEARD.get(visit.place, _stray)(t, event)


def _stray(t: DialogueState, _event: Wrote) -> None:
    t.aside(Stray(gone=t.gone))


def _at_intro(t: DialogueState, event: Wrote) -> None:
    if t.rows:
        _stray(t, event)
    else:
        t.say(Stray(unbegun=True, keyboard=((Button("start", "", "start"),),)), again=True)


def _at_question(t: DialogueState, event: Wrote) -> None:
    (take_text if t.visit.key in t.keys else _stray)(t, event)


def _at_comment(t: DialogueState, event: Wrote) -> None:
    if t.visit.key in t.answered:
        _take_comment(t, event)
        return
    if t.visit.key in t.keys:  # they write on another sheet since: another organisation's
        t.stand(place=Place.ASK)
    _at_question(t, event)


def _tick_items(t: DialogueState, event: Wrote) -> None:
    """Take the names of items as taps on them."""
    if named := all_named(event):
        t.stand(ticked=tuple(dict.fromkeys((*t.visit.ticked, *named))))
        ask_pick(t, again=True)
    else:
        ask_pick(t, trouble=Trouble(Problem.CHOOSE), again=True)


def _at_summary(t: DialogueState, event: Wrote) -> None:
    """Take a number as a tap on it; nothing else can be written there."""
    number = whole(clean(event.text))
    if number is not None and 1 <= number <= len(t.keys):
        t.stand(to_summary=True)
        ask(t, t.keys[number - 1])
    elif t.rows:
        show_draft(t, again=True, trouble=Trouble(Problem.CHOOSE))
    else:
        show_summary(t, again=True, trouble=Trouble(Problem.WHICH))


def may_answer(run: Run, said: Wrote) -> bool:
    """True if this text can answer what its writer is asked, or be its comment: some questions only take taps."""
    visit = run.visits[said.member]
    if visit.place not in (Place.ASK, Place.PICK):
        return True
    if visit.place is Place.ASK:
        if visit.key not in run.keys():  # the row that it was about has been removed
            return False
        question = run.question(visit.key)
        value = question.field.read(said.text, said.today, said.dates)
        tapped = isinstance(value, Trouble) and value.name is Problem.CHOOSE
        if not tapped or (question.comment and run.exercise.how is not How.ROWS):
            return True
    return bool(all_named(said)) or any(named_option(said.labels, part) for part in re.split(r"[,;\n]", said.text))


def _take_comment(t: DialogueState, event: Wrote) -> None:
    """Take a comment. A bare yes or no only says whether they want to give one."""
    text = clean(event.text)
    if (said := bare(event.stance, text)) is Stance.YES:
        ask_comment(t, t.visit.key, again=True, wanted=True)
        return
    if said is Stance.NO:
        ask_next(t, t.visit.key, saved=True)
        return
    if trouble := unfit(text):
        t.aside(Refused(trouble=trouble))
        return
    t.effects.append(Comment(t.owner, t.visit.key, text, t.member))
    ask_next(t, t.visit.key, saved=True)


HEARD: Mapping[Place, Callable[[DialogueState, Wrote], None]] = {
    Place.INTRO: _at_intro,
    Place.PICK: _tick_items,
    Place.ASK: _at_question,
    Place.COMMENT: _at_comment,
    Place.SUMMARY: _at_summary,
    Place.OWN: _take_own,
    Place.MET: _at_question,
}


def _continue_long(t: DialogueState, event: Wrote) -> None:
    """Add the next part of a text, split by the phone or sent in pieces, to the answer just given."""
    key, pieces = t.visit.last.key, in_pieces(t, event)
    t.stand(last=Latest(key, event.at, event.long))
    if t.rows and pieces and several_lines.is_name_of_row(t, key):
        several_lines.goes_beside(t, key, event)
        return
    if t.rows:
        t.write({**t.visit.draft, key: f"{t.visit.draft[key]}\n{clean(event.text)}"})
    elif t.visit.place is Place.MET:
        edit_conflict.add(t, clean(event.text))
    else:
        t.effects.append(Keep(t.owner, key, clean(event.text), t.member, more=True))
    if pieces and t.visit.place is Place.SUMMARY:
        show_summary(t)
    elif pieces:  # they have seen the next question come, and may think that this is its answer
        ask(t, t.visit.key, saved=key)
    else:
        t.toast(Done.ADDED)


def _answer_other(t: DialogueState, event: Wrote) -> None:
    """Take a reply to another question's own message as its answer; the dialogue stays where it is."""
    if locked(t) or t.rows:
        t.toast(refusal(t) if locked(t) else Unfit.STALE)
        return
    value = value_of(t, event.key, event)
    if isinstance(value, Trouble):
        t.aside(Refused(trouble=value))
        return
    value = among_several(t.run.question(event.key), value)
    if edit_conflict.meets(t, event.key, value, event.seen):
        edit_conflict.meet(t, event.key, value, aside=True)
        return
    keep(t, event.key, value)
    offered = () if t.visit.place is Place.MET else unsay_offered(t, event.key)  # there a text waits for a choice
    t.aside(AnswerChanged(changed=event.key, keyboard=offered))


def write_conclusion(t: DialogueState, text: str, seen: int | None, was: str = "", *, joins: bool = False) -> None:
    """Keep the group's conclusion. `was`: what the message said, before it was edited to this text. One that `joins`
    takes nothing's place."""
    text = clean(text)
    if not t.run.exercise.conclusion or t.run.phase is not Phase.REVEALED:
        t.toast(Unfit.OVER)
        return
    if trouble := unfit(text):
        t.toast(trouble.name, **trouble.facts)
        return
    sheet = t.run.sheets.get("g", Sheet())
    t.run = t.run.with_sheet("g", Sheet(sheet.answered | {CONCLUSION}, handed_in=True))
    t.effects.append(Keep("g", CONCLUSION, text, t.member))
    before, met = t.run.given.written.get(CONCLUSION), False
    whole = edit_conflict.with_part_changed(before, was, text) or text
    if before and whole == text:
        met = edit_conflict.meets(t, CONCLUSION, text, seen, own=bool(was) or joins or before.joined)
    if before and met:
        whole = f"{before.value}{PARAGRAPH}{text}"  # the group sees both, and whoever takes the pen next makes them one
    if whole != text:
        t.effects.append(Keep("g", CONCLUSION, whole, t.member, joined=True))
    version = (before.version if before else 0) + (2 if whole != text else 1)
    undo = (Button("unpen", str(version), "unpen"),)
    t.effects.append(ConclusionWritten(met=met, keyboard=(*conclusion_keyboard(t.run), undo)))
