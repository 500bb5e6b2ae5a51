"""Handle a text that a person wrote, by where they stand in the dialogue."""

import re
from collections.abc import Mapping
from dataclasses import replace

from flows.answers import clean, folded, named_option, unfit, whole
from flows.buttons import Button
from flows.definitions.model import Question
from flows.dialogue import edit_conflict, moments, several_lines
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.edit_conflict import PARAGRAPH
from flows.dialogue.keyboards import CONCLUSION, conclusion_keyboard, unsay_offered
from flows.dialogue.prompts import (
    ask,
    ask_own,
    ask_pick,
    locked,
    open_ended,
    refusal,
    show_draft,
    show_summary,
    tick_rows,
    ticked_items,
)
from flows.dialogue.screening import goes_on, in_pieces
from flows.dialogue.transitions import ask_next, choose, keep, take
from flows.fields import ChoiceField, MomentField, Offered, RowField, TextField
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
from flows.run.events import Edited, Wrote
from flows.run.state import Latest, Phase, Place, Remark, Run, Sheet
from flows.trouble import Problem, Trouble
from flows.values import Value
from flows.vocabulary import How

_SIGN, _PART = re.compile(r"\s*(?:[,.:;–]|\s-\s)\s*"), "\0"  # a sign after which something else begins


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
        write_conclusion(t, event.text, event.seen)
    elif locked(t) and (event.key or visit.place is not Place.DONE):
        t.toast(refusal(t))
    elif not locked(t) and goes_on(t, event):
        _continue_long(t, event)
    elif event.key and event.key in t.keys and event.key != visit.key:
        _answer_other(t, event)
    elif visit.paused and not event.key:
        t.aside(Stray())
    elif visit.place is Place.COMMENT and visit.key in t.answered:
        _take_comment(t, event)
    elif (
        visit.place is Place.COMMENT and visit.key in t.keys
    ):  # they write on another sheet since: another organisation's
        t.stand(place=Place.ASK)
        _take_text(t, event)
    elif visit.place is Place.PICK:
        _tick_items(t, event)
    elif visit.place is Place.SUMMARY:
        _at_summary(t, event)
    elif visit.place is Place.OWN:
        _take_own(t, event)
    elif visit.place in (Place.ASK, Place.MET) and visit.key in t.keys:
        _take_text(t, event)
    elif visit.place is Place.INTRO and not t.rows:
        t.say(Stray(unbegun=True, keyboard=((Button("start", "", "start"),),)), again=True)
    else:
        t.aside(Stray(gone=t.gone))


def _tick_items(t: DialogueState, event: Wrote) -> None:
    """Take the names of items as taps on them."""
    if named := _all_named(event):
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


def value_of(t: DialogueState, key: str, event: Wrote | Edited) -> Value | Trouble:
    """Return the answer that a text gives to a question that is not before this person now.

    What wants more than that – a reason, or questions that it opens on a sheet that is handed in – is left to buttons.
    """
    question = t.run.question(key)
    field = question.field
    if isinstance(field, ChoiceField) and (named := _all_named(event)) and (field.many or len(named) == 1):
        opens = t.run.depending(key) and t.run.sheet(t.member).handed_in and not open_ended(t)
        wants_more = opens or named[0] in question.reasons
        value: Value | Trouble = list(field.together(named)) if field.many else named[0]
        return Trouble(Problem.NO_OPTION) if wants_more else value
    value = question.field.read(event.text, event.today, event.dates)
    return Trouble(Problem.NO_OPTION) if isinstance(value, Trouble) and value.name is Problem.CHOOSE else value


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
    return any(named_option(said.labels, part) for part in (said.text, *re.split(r"[,;\n]", said.text)))


def _all_named(event: Wrote | Edited) -> tuple[str, ...]:
    """Return the options that a text names with each of its parts; none if a part names no option."""
    text = clean(event.text)
    if whole_text := named_option(event.labels, text):
        return (whole_text,)
    named = [named_option(event.labels, part) for part in re.split(r"[,;\n]", text) if part.strip()]
    return tuple(option for option in named if option) if all(named) else ()


def _take_comment(t: DialogueState, event: Wrote) -> None:
    text = clean(event.text)
    if trouble := unfit(text):
        t.aside(Refused(trouble=trouble))
        return
    t.effects.append(Comment(t.owner, t.visit.key, text, t.member))
    ask_next(t, t.visit.key, saved=True)


def _take_text(t: DialogueState, event: Wrote) -> None:
    key = t.visit.key
    question = t.run.question(key)
    if several_lines.holds(t, key, question, event):
        return
    if t.visit.place is Place.MET and (choice := named_option(event.choices, clean(event.text))):
        choose(t, choice)
        return
    if isinstance(question.field, MomentField):
        moments.wrote(t, key, question, event)
        return
    if isinstance(question.field, ChoiceField) and _names_options(t, key, question.field, question, event):
        return
    value = question.field.read(event.text, event.today, event.dates)
    if t.visit.place is Place.MET and isinstance(value, Trouble):
        edit_conflict.show(t, again=True, first=True)
        return
    if t.visit.place is Place.MET and isinstance(question.field, TextField):
        edit_conflict.add(t, clean(event.text))  # it may be meant for the next question, and nobody's words fall by it
        return
    if isinstance(question.field, RowField) and isinstance(value, Mapping):
        _look_for(t, key, question, event.text if question.many else str(value["name"]))
        return
    if isinstance(value, Trouble) and value.name is Problem.CHOOSE and question.comment and not t.rows:
        text = "\n".join(filter(None, (t.visit.remark.text, clean(event.text))))
        if trouble := unfit(text):
            ask(t, key, trouble=trouble)
        elif not question.many and (meant := [option for option in t.visit.ticked if option in question.reasons]):
            t.stand(remark=Remark(text, _one_message(t, event)), ticked=())
            take(t, key, meant[0], event.seen)
        else:
            t.stand(remark=Remark(text, _one_message(t, event)))
            ask(t, key, trouble=Trouble(Problem.REMARK_KEPT))
        return
    if isinstance(value, Trouble) and value.name in (Problem.REACH, Problem.NUMBER_SHORT):
        written = clean(event.text)
        if t.visit.remark.text != written:  # asked about once; written again it is meant so
            t.stand(remark=Remark(written))
            ask(t, key, trouble=value)
            return
        value = written
    if question.reaches:
        t.stand(remark=Remark(""))  # what was asked about is no comment
    if not isinstance(value, Trouble) and isinstance(question.field, TextField):
        t.stand(last=Latest(key, event.at, event.long))
    take(t, key, value, event.seen)


def _one_message(t: DialogueState, event: Wrote) -> tuple[int, int] | None:
    """Return the message that holds the whole remark; None if it came in several, of which none can be edited alone."""
    return None if t.visit.remark.text else event.message


def _names_options(t: DialogueState, key: str, field: ChoiceField, question: Question, event: Wrote) -> bool:
    """Take a text that is the words on the buttons as a tap on them; False if it is something else.

    What follows one after a sign ("nej, det är för svårt"), or a word that is one ("ja hon blöder"), is a comment where
    the question has comments. Where no words are kept, the option alone counts.
    """
    if field.many:
        if named := _all_named(event):
            t.stand(ticked=field.together(tuple(dict.fromkeys((*t.visit.ticked, *named))), named[-1]))
            ask(t, key)
        return bool(named)
    text = clean(event.text)
    as_whole = named_option(event.labels, text)
    head, remark = (text, "") if as_whole else _apart(event.labels, text)
    option, spoken = as_whole or named_option(event.labels, head), t.run.exercise.private
    if option is None or (remark and not spoken and (t.rows or not question.comment)) or unfit(text):
        return False
    if remark and not spoken:
        t.stand(remark=Remark("\n".join(filter(None, (t.visit.remark.text, remark)))))
    take(t, key, option, event.seen)
    return True


def _apart(labels: Mapping[str, str], text: str) -> tuple[str, str]:
    """Return what may name an option, and the rest: up to a sign, or a first word that is one, before two at least."""
    head, _, remark = _SIGN.sub(_PART, text, count=1).partition(_PART)
    word, _, rest = text.partition(" ")
    if not remark and len(rest.split()) > 1 and folded(word) in map(folded, labels.values()):
        return word, rest
    return head, remark


def among_several(question: Question, value: Value) -> Value:
    """A row that was named, as an answer to a question that takes several."""
    return [value] if question.field.points and question.many and isinstance(value, Mapping) else value


def _look_for(t: DialogueState, key: str, question: Question, text: str) -> None:
    """Find a row by its name: the one called so, else those that match, else a new one. Several can be ticked."""
    offers = t.run.given.offers.get(question.id, ())
    named = {offer.title.casefold(): offer for offer in reversed(offers)}
    if not question.many:
        if text.casefold() in named:
            take(t, key, named[text.casefold()].value)
        elif any(text.casefold() in title for title in named):
            t.stand(offered=Offered(query=text))
            ask(t, key)
        else:
            take(t, key, {"name": text})
        return
    ticks, query = [], ""
    for name in filter(None, (" ".join(part.split())[:120] for part in re.split(r"[,;\n]", clean(text)))):
        close = [offer for offer in offers if name.casefold() in offer.title.casefold()]
        if name.casefold() in named or len(close) == 1:
            ticks.append(named.get(name.casefold(), *close[:1]).arg)
        elif close:
            query = name
        else:
            ticks.append(f"+{name}")
    tick_rows(t, key, ticks, query)


def _continue_long(t: DialogueState, event: Wrote) -> None:
    """Add the next part of a text, split by the phone or sent in pieces, to the answer just given."""
    key, pieces = t.visit.last.key, in_pieces(t, event)
    t.stand(last=Latest(key, event.at, event.long))
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


def write_conclusion(t: DialogueState, text: str, seen: int | None, was: str = "") -> None:
    """Keep the group's conclusion. `was`: what the message said, before it was edited to this text."""
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
        met = edit_conflict.meets(t, CONCLUSION, text, seen, own=bool(was) or before.joined)
    if before and met:
        whole = f"{before.value}{PARAGRAPH}{text}"  # the group sees both, and whoever takes the pen next makes them one
    if whole != text:
        t.effects.append(Keep("g", CONCLUSION, whole, t.member, joined=True))
    version = (before.version if before else 0) + (2 if whole != text else 1)
    undo = (Button("unpen", str(version), "unpen"),)
    t.effects.append(ConclusionWritten(met=met, keyboard=(*conclusion_keyboard(t.run), undo)))
