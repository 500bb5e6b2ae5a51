"""What a tap does where the person stands: an answer, a tick, a step between the questions, or a sheet handed in.

`flows.dialogue` asks whether the verb of a tap fits the place (`MOVES`); here is only asked what the place cannot know,
such as whether the exercise has items, or whether the row that a button names is still there.
"""

from collections.abc import Mapping
from dataclasses import replace

from flows.answers import at_place, whole
from flows.buttons import Button
from flows.definitions.model import Question
from flows.dialogue import edit_conflict, examples, moments, several_lines
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.keyboards import over_item
from flows.dialogue.prompts import (
    ask,
    ask_again,
    ask_comment,
    ask_own,
    ask_pick,
    leave_own,
    show_draft,
    show_summary,
    tick_rows,
    ticked_items,
)
from flows.dialogue.transitions import ask_next, choose, empty, empty_field, hand_in, save_row, take, take_back
from flows.fields import ChoiceField, DateField, MomentField, Offer, OrganisationField, PersonField, RowField, TextField
from flows.fields.day import READING
from flows.fields.text import SAME
from flows.input_errors import Problem, Trouble
from flows.run.effects import Comment, Done, Paused, RowDiscarded, RowUnchanged, Unfit, Unsay
from flows.run.events import Picked
from flows.run.state import Place, key_of
from flows.values import Pointer, Value


def tapped(t: DialogueState, event: Picked) -> None:
    """Do what this tap means where the person stands; `flows.dialogue` has seen that its verb fits there."""
    visit, keys = t.visit, t.keys
    match visit.place, event.verb:
        case Place.PICK, "on" | "off":
            _tick_item(t, event)
        case Place.PICK, "ok":
            _take_up_items(t)
        case Place.ASK, "pick" | "on" | "off" | "ok" | "new" if visit.key in keys:
            _picked_answer(t, event)
        case Place.ASK, "samples" | "borrow" if visit.key in keys and (number := whole(event.arg)) is not None:
            (examples.show if event.verb == "samples" else examples.take_over)(t, number)
        case Place.ASK, "pick" | "on" | "off" | "ok" | "new" | "skip" | "back" if t.gone:
            t.toast(Unfit.GONE)
            ask_again(t)
        case Place.ASK, "asked":
            ask_again(t)
        case Place.MET, "pick" if visit.key in keys and event.arg in edit_conflict.CHOICES:
            choose(t, event.arg)
        case Place.OWN | Place.COMMENT, "back":
            leave_own(t)
        case _, "page" if (page := whole(event.arg)) is not None:
            t.stand(offered=replace(t.visit.offered, page=page))
            ask_again(t)
        case Place.ASK, "back" if visit.key in keys and keys.index(visit.key) and visit.row is None:
            t.leave_remark()
            ask(t, keys[keys.index(visit.key) - 1])
        case _, "skip" if _may_skip(t):
            _skip(t)
        case _, "pause":
            t.stand(paused=True)
            t.say(Paused(keyboard=((Button("open", "", "resume"),),)))
        case _ if t.rows:
            _picked_in_row(t, event)
        case _:
            _picked_in_sheet(t, event)


def _picked_in_sheet(t: DialogueState, event: Picked) -> None:
    """Move between the questions of a sheet, or hand it in."""
    visit = t.visit
    match event.verb:
        case "start":
            ask_next(t, "")
        case "choose" if t.picks:
            ask_pick(t)
        case "own" if may_add(t):
            t.stand(paused=False)
            ask_own(t)
        case "over" if over_item(t, visit.key):
            item = t.items[t.items.index(visit.key.partition("@")[2]) + 1]
            ask(t, key_of(t.run.exercise.questions[0].id, item))
        case "remark" if (key := _key_at(t, event.arg)) in t.answered and t.run.question(key).comment:
            t.stand(to_summary=visit.to_summary or visit.place is Place.SUMMARY)
            ask_comment(t, key)
        case "go" if visit.place is Place.SUMMARY and (key := _key_at(t, event.arg)):
            t.stand(to_summary=True)
            ask(t, key)
        case "unsay" if visit.remark.text and visit.place is Place.ASK and not event.arg:  # it was no comment
            t.stand(remark=t.remarked())
            ask_again(t)
        case "unsay" if t.run.shared and (key := _key_at(t, event.arg)):
            _unsay(t, key)
        case "empty" if visit.key in t.keys and visit.key in t.answered:
            _ask_still(t, visit.key, empty(t, visit.key))
        case "send" if _changed_since(t, event.arg):
            show_summary(t, changed=True)
        case "send":
            hand_in(t)
        case "redo":
            take_back(t)
        case _:
            t.toast(Unfit.STALE)


def may_add(t: DialogueState) -> bool:
    """True if the group can add items of its own."""
    return t.run.exercise.for_each is not None and t.run.exercise.for_each.add


def _changed_since(t: DialogueState, versions: str) -> bool:
    """True if another answer stands on a shared sheet than when its summary was shown, with this sum of versions."""
    now, shown = sum(written.version for written in t.run.given.written.values()), whole(versions)
    return t.run.shared and shown not in (None, now)


def _unsay(t: DialogueState, key: str) -> None:
    """Take back what this person has just written, unless somebody else has written since."""
    written = t.run.given.written.get(key)
    if written is None or written.member != t.member:
        t.toast(Unfit.CHANGED_SINCE)
        return
    t.effects.append(Unsay(t.owner, key, t.member))
    if written.version == 1:  # nothing stood there before
        sheet = t.run.sheet(t.member)
        t.run = t.run.with_sheet(t.owner, replace(sheet, answered=sheet.answered - {key}))
        t.settle(key, None)
    _ask_still(t, key)


def _ask_still(t: DialogueState, key: str, trouble: Trouble | None = None) -> None:
    """Ask a question whose answer was taken back, even if nothing but that has kept its item among those taken up."""
    if key not in t.keys:
        t.take_up(key)
    ask(t, key, trouble=trouble)


def _skip(t: DialogueState) -> None:
    """Go on without an answer. An old one is kept, with what was written now as its comment."""
    key, remark = t.visit.key, t.visit.remark
    if remark.text and key in t.answered and t.run.question(key).comment:
        t.effects.append(Comment(t.owner, key, remark.text, t.member, more=True, message=remark.message))
    ask_next(t, key)


def _tick_item(t: DialogueState, event: Picked) -> None:
    """Tick an item that the group takes up, or untick it; one that has answers stays ticked."""
    item = at_place(t.run.items, event.arg)
    if item is None:
        t.toast(Unfit.STALE)
        return
    if event.verb == "off" and item in t.run.spoken_of:
        t.toast(Unfit.SPOKEN_OF)
        return
    others = tuple(one for one in t.visit.ticked if one != event.arg)
    t.stand(ticked=(*others, event.arg) if event.verb == "on" else others)
    ask_pick(t, again=True)


def _take_up_items(t: DialogueState) -> None:
    """Take up the items that are ticked, and go on with those that this person has added.

    An item that has answers, or that somebody else is just being asked about, stays, ticked or not.
    """
    if not (picked := ticked_items(t)):
        ask_pick(t, trouble=Trouble(Problem.PICK))
        return
    asked = {visit.key.partition("@")[2] for m, visit in t.run.visits.items() if m != t.member and not visit.paused}
    before, kept = t.run.taken_up, asked.intersection(t.run.picked)
    t.run = replace(t.run, picked=tuple(item for item in t.run.items if item in picked or item in kept))
    own = next((item for item in picked if item not in before), None)
    first = next((key for key in t.keys if key.partition("@")[2] == own and key not in t.answered), None)
    if first is None or t.visit.to_summary:
        ask_next(t, "")
    else:
        ask(t, first)


def _picked_answer(t: DialogueState, event: Picked) -> None:
    """Take a tap on one of the question's own buttons, as its kind means it."""
    key, question = t.visit.key, t.run.question(t.visit.key)
    match question.field:
        case RowField() as field:
            _picked_row(t, key, field, question, event)
        case TextField() as field:
            _picked_text(t, key, field, question, event)
        case MomentField() if event.verb == "pick":
            moments.picked(t, key, question, event)
        case DateField() if event.verb == "pick" and event.arg.startswith(READING):
            take(t, key, at_place(t.visit.offered.readings, event.arg.removeprefix(READING)) or Trouble(Problem.DATE))
        case ChoiceField(many=True) as field:
            _picked_options(t, key, field, question, event)
        case PersonField() | OrganisationField() as field if event.arg not in field.choices(
            t.run.there(question, t.member)
        ):
            t.toast(Unfit.STALE)  # of another group, or who has left this one
        case _ if event.verb == "pick":
            take(t, key, question.field.tap(event.arg, event.today, event.off_holidays))
        case _:
            t.toast(Unfit.STALE)


def _picked_text(t: DialogueState, key: str, field: TextField, question: Question, event: Picked) -> None:
    """Take over a text that is offered, or tick an example."""
    offer = next((o for o in t.run.given.offers.get(question.id, ()) if o.arg == event.arg), None)
    if field.ticks and several_lines.names_row(t, key, question):
        _picked_example(t, key, question, event, offer)
    elif offer and event.verb == "pick":
        take(t, key, offer.title)
    elif event.verb == "pick" and (same := _same(t, question, event.arg)):
        take(t, key, same)
    else:
        t.toast(Unfit.STALE)


def _same(t: DialogueState, question: Question, arg: str) -> Value:
    """Return the earlier answer that a button takes over."""
    name = at_place(t.run.exercise.alike(question), arg.removeprefix(SAME)) if arg.startswith(SAME) else None
    return t.visit.draft.get(name) if name else None


def _picked_options(t: DialogueState, key: str, field: ChoiceField, question: Question, event: Picked) -> None:
    """Tick an option, or say that all are ticked that should be."""
    option = field.option_at(event.arg)
    match event.verb:
        case "on" | "off" if option is not None:
            _tick(t, option, on=event.verb == "on")
        case "ok":
            ticked = field.ticked(t.visit.ticked)
            take(t, key, ticked if ticked or not question.required else Trouble(Problem.TICK))
        case "pick":
            take(t, key, field.tap(event.arg, event.today))
        case _:
            t.toast(Unfit.STALE)


def _picked_example(t: DialogueState, key: str, question: Question, event: Picked, offer: Offer | None) -> None:
    """Tick an example or, when all are ticked that should be, make a row of each."""
    match event.verb:
        case "on" | "off" if offer:
            _tick(t, offer.arg, on=event.verb == "on")
        case "on":  # somebody has added it meanwhile
            t.toast(Done.THERE_ALREADY)
            ask(t, key)
        case "ok" if ticked := several_lines.ticked(t, question):
            several_lines.save(t, key, ticked)
        case "ok":
            ask(t, key, trouble=Trouble(Problem.TICK_OR_WRITE))
        case _:
            t.toast(Unfit.STALE)


def _picked_row(t: DialogueState, key: str, field: RowField, question: Question, event: Picked) -> None:
    """Choose or tick a row that is pointed at, or make a new one of the words that were searched for."""
    offer = next((o for o in t.run.given.offers.get(question.id, ()) if o.arg == event.arg), None)
    match event.verb:
        case "pick" if offer and not field.many:
            take(t, key, offer.value)
        case "new" if t.visit.offered.query and field.many:
            tick_rows(t, key, [f"+{t.visit.offered.query}"])
        case "new" if t.visit.offered.query:
            take(t, key, {"name": t.visit.offered.query})
        case "on" if offer and field.many:
            _tick(t, offer.arg, on=True)
        case "off" if field.many and (tick := _tick_at(t, event.arg)):
            _tick(t, tick, on=False)
        case "ok" if field.many:
            titles = {o.arg: o for o in t.run.given.offers.get(question.id, ())}
            values = [_ticked_value(tick, titles) for tick in t.visit.ticked]
            take(t, key, values if values or not question.required else Trouble(Problem.TICK_OR_WRITE))
        case _:
            t.toast(Unfit.STALE)


def _tick_at(t: DialogueState, arg: str) -> str:
    """Return the tick that a button names: a row, or the place among the ticks of one that is to be made."""
    return (at_place(t.visit.ticked, arg[1:]) or "") if arg[:1] == "+" else arg


def _ticked_value(tick: str, offers: Mapping[str, Offer]) -> Pointer:
    if tick in offers:
        return offers[tick].value
    return {"name": tick[1:]} if tick[0] == "+" else {"id": int(tick)}


def _picked_in_row(t: DialogueState, event: Picked) -> None:
    row = t.visit.row
    match event.verb:
        case "save" if t.can_save and (t.visit.place is Place.SUMMARY or not t.reviewed):
            save_row(t)
        case "rest" if t.can_save and t.reviewed:
            field = t.run.question(t.visit.key).field
            if t.visit.ticked and isinstance(field, ChoiceField):  # ticked, and not yet said to be all
                t.write({**t.visit.draft, t.visit.key: field.ticked(t.visit.ticked)})
            show_draft(t)
        case "go" if row is None and (key := _key_at(t, event.arg)):
            t.stand(to_summary=True)
            ask(t, key)
        case "empty" if t.visit.key in t.keys and not t.run.question(t.visit.key).required:
            empty_field(t, t.visit.key)
        case "discard":
            t.leave_row(RowDiscarded())
        case "cancel" if row is not None:
            t.stand(place=Place.DONE, row=None, rest=(), ticked=())
            t.say(RowUnchanged(row=row))
        case _:
            t.toast(Unfit.STALE)


def _may_skip(t: DialogueState) -> bool:
    visit = t.visit
    if visit.place is Place.COMMENT:
        return True
    return (
        visit.key in t.keys
        and visit.row is None
        and not (t.run.question(visit.key).required and visit.key not in t.answered)
    )


def _key_at(t: DialogueState, place: str) -> str:
    """Return the key at this place in the order of asking, empty if there is none."""
    return at_place(t.keys, place) or ""


def _tick(t: DialogueState, option: str, *, on: bool) -> None:
    ticked, field = tuple(o for o in t.visit.ticked if o != option), t.run.question(t.visit.key).field
    if on:
        ticked = (*ticked, option)
        ticked = field.together(ticked, option) if isinstance(field, ChoiceField) else ticked
    t.stand(ticked=ticked)
    ask(t, t.visit.key, again=True)
