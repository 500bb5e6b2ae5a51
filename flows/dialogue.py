"""One person's dialogue with an exercise: what is asked next, what a tap or a text means here. Pure, like the engine.

Laws
1. A person stands at one `Place`. `MOVES` below says which verbs fit there, and where those and the events may lead;
   no other way leads from one place to another. A verb that does not fit changes nothing and is answered with a notice.
2. Each asking gets a new number, and a button counts only for its own. What is only said once more keeps the number, so
   that the buttons already there stay good; so do the ticks in a list of several, as each names the state it wants, and
   the button for an item of the group's own, which is about no question.
3. What is under way is not lost on a way aside: whoever pauses, or names an item of the group's own, comes back to
   where they stood, with their ticks; a new row waits while an old one is changed.
4. A text answers what is asked, or the question whose message it replies to; the latter leaves the person where they
   stand, unless the answer meets another one (`flows.edit_conflict`): then both are kept, and one is chosen.
5. What was handed in and revealed is only leafed through.

Theory of operation. A *visit* says where a person stands: the place, the key asked about, the number of the asking, and
what is under way there (ticks, a remark, a draft of a row). An event moves a `DialogueState`: `text_input` reads texts,
this module reads taps, `transitions` keeps an answer and goes on, and `prompts` puts what comes next before the person.
Whether a verb fits its place is asked once, here; the handlers ask only what the place cannot know, such as whether the
exercise has items. `stadsbot chart dialogue` draws the table, and the tests walk every arrow of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from flows import edit_conflict, examples, moments, screening, several_lines
from flows.answers import from_button, option_at, whole
from flows.dialogue_state import DialogueState
from flows.effects import Button, Comment, Done, Effect, Paused, RowDiscarded, RowUnchanged, ShowIntro, Unfit, Unsay
from flows.events import Edited, Opened, Picked, Wrote
from flows.keyboards import SAME, between_items
from flows.model import Kind, Question
from flows.prompts import (
    ask,
    ask_again,
    ask_comment,
    ask_own,
    ask_pick,
    leave_own,
    locked,
    refusal,
    settled,
    show_draft,
    show_held,
    show_summary,
    tick_rows,
    ticked_items,
)
from flows.state import Offer, Place, Run, key_of
from flows.text_input import edited, wrote
from flows.transitions import ask_next, choose, hand_in, save_row, take, take_back, take_field
from flows.trouble import Problem, Trouble
from flows.values import Pointer


def _moves(names: str, *to: Place) -> dict[str, frozenset[Place]]:
    """Each of these verbs and events may lead to each of these places."""
    return dict.fromkeys(names.split(), frozenset(to))


# Where a person stands; the verbs that fit there, and the places that each of them, or an event, may lead to.
MOVES: Mapping[Place, Mapping[str, frozenset[Place]]] = {
    Place.INTRO: {
        **_moves("start", Place.PICK, Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("Opened", Place.INTRO, Place.PICK, Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("Wrote Edited", Place.INTRO, Place.MET),
    },
    Place.PICK: {
        **_moves("on off page pause", Place.PICK),
        **_moves("ok", Place.PICK, Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("own", Place.OWN),
        **_moves("Opened", Place.PICK, Place.ASK, Place.DONE),
        **_moves("Wrote Edited", Place.PICK, Place.MET),
    },
    Place.ASK: {
        **_moves("pick Wrote", Place.ASK, Place.COMMENT, Place.MET, Place.SUMMARY, Place.DONE),
        **_moves("on off back over go pause samples", Place.ASK),
        **_moves("borrow", Place.ASK, Place.DONE),
        **_moves("ok new", Place.ASK, Place.MET, Place.SUMMARY, Place.DONE),
        **_moves("page skip asked Opened", Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("own", Place.OWN),
        **_moves("remark", Place.COMMENT),
        **_moves("save cancel", Place.DONE),
        **_moves("rest", Place.SUMMARY),
        **_moves("unsay", Place.ASK),
        **_moves("Edited", Place.ASK, Place.MET),
    },
    Place.COMMENT: {
        **_moves("skip", Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("pause", Place.COMMENT),
        **_moves("Opened", Place.ASK, Place.COMMENT, Place.DONE),
        **_moves("Wrote", Place.ASK, Place.COMMENT, Place.MET, Place.SUMMARY, Place.DONE),
        **_moves("Edited", Place.COMMENT, Place.MET),
    },
    Place.OWN: {
        **_moves("back", Place.PICK, Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("pause", Place.OWN),
        **_moves("Opened", Place.ASK, Place.OWN, Place.DONE),
        **_moves("Wrote", Place.OWN, Place.MET, Place.SUMMARY),
        **_moves("Edited", Place.OWN, Place.MET),
    },
    Place.MET: {
        **_moves("pick", *Place),
        **_moves("Wrote", Place.ASK, Place.MET, Place.SUMMARY, Place.DONE),
        **_moves("pause Edited", Place.MET),
        **_moves("Opened", Place.ASK, Place.MET, Place.SUMMARY, Place.DONE),
    },
    Place.SUMMARY: {
        **_moves("page send", Place.SUMMARY, Place.DONE),
        **_moves("own", Place.OWN),
        **_moves("remark", Place.COMMENT),
        **_moves("choose", Place.PICK),
        **_moves("go unsay", Place.ASK),
        **_moves("save discard", Place.DONE),
        **_moves("pause", Place.SUMMARY),
        **_moves("Opened", Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("Wrote", Place.ASK, Place.MET, Place.SUMMARY, Place.DONE),
        **_moves("Edited", Place.MET, Place.SUMMARY),
    },
    Place.DONE: {
        **_moves("page", Place.SUMMARY, Place.DONE),
        **_moves("redo", Place.SUMMARY),
        **_moves("Opened", Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("Wrote Edited", Place.MET, Place.DONE),
    },
}
# A text that is held (`flows.screening`, `flows.several_lines`) waits at any place: the first lets it do what it would
# have done, the second asks anew, the third makes a row of each of its lines. They fit only then.
HELD: Final = ("asis", "rewrite", "apart")
# Every verb that a button of the dialogue can carry.
VERBS: Final = (*dict.fromkeys(verb for moves in MOVES.values() for verb in moves if verb.islower()), *HELD)


def talk(run: Run, event: Opened | Picked | Wrote | Edited) -> tuple[Run, list[Effect]]:
    """Return the run after this person's tap or text, and the effects. The caller has checked phase and seat."""
    match event:
        case Opened():
            t = DialogueState(run, event.member, date.min, tapped=event.introduced, entered=True)
            _open(t, event)
        case Picked():
            t = DialogueState(run, event.member, event.today, tapped=True)
            _picked(t, event)
        case Wrote() | Edited():
            t = DialogueState(run, event.member, event.today)
            _take(t, screening.passes(t, event))
    return t.outcome, t.effects


def _take(t: DialogueState, event: Wrote | Edited | None) -> None:
    match event:
        case Wrote():
            wrote(t, event)
        case Edited():
            edited(t, event)


# -- coming in -----------------------------------------------------------------------------------------------------
def _open(t: DialogueState, event: Opened) -> None:
    if t.rows:
        _open_row(t, event)
        return
    t.stand(paused=False)
    item = event.key.partition("@")[2]
    if t.picks and event.key in t.run.keys() and item not in t.run.picked:  # one of the group's own, just added
        t.run = replace(t.run, picked=(*t.run.picked, item))
    if (held := t.visit.held) and not held.apart:  # a text of theirs still waits for a yes
        show_held(t, held)
    elif settled(t):
        t.stand(place=Place.DONE)
        show_summary(t)
    elif event.key in t.keys:
        ask(t, event.key)
    elif t.visit.place is Place.INTRO:
        if event.introduced:
            ask_next(t, "")
        else:
            t.say(ShowIntro(keyboard=((Button("start", "", "start"),),)))
    else:
        ask_again(t)


def _open_row(t: DialogueState, event: Opened) -> None:
    visit = t.visit
    if event.row is not None:
        if event.key not in t.run.keys():
            t.toast(Unfit.STALE)
            return
        rest = tuple(key for key in event.rest if key in t.run.keys())
        t.stand(key="", row=event.row, rest=rest, ticked=(), paused=False)
        ask(t, event.key)
        return
    if event.told and visit.place in (Place.ASK, Place.SUMMARY):
        _told(t, event.told)
        return
    begun = set(visit.draft) - set(visit.fixed)  # something of the new row was answered, and not only given
    if begun and visit.row is None and visit.place in (Place.ASK, Place.SUMMARY) and not _another(t, event):
        t.stand(paused=False)
        ask_again(t)
        return
    if (pasted := visit.waits_apart) and not _another(t, event):
        several_lines.back_to(t, pasted)
        several_lines.show(t, pasted)
        return
    # A new row, or back to the one that was begun before another was changed.
    t.stand(row=None, rest=(), ticked=(), paused=False)
    if not begun or _another(t, event):
        t.stand(draft=dict(event.given), fixed=tuple(event.given))
    ask(t, next((key for key in t.keys if key not in t.visit.draft), t.keys[-1]))


def _told(t: DialogueState, told: Mapping[str, str]) -> None:
    """Take options that became known unasked (`Opened.told`) as answers to what is asked now, or to later questions."""
    visit, sound = t.visit, {key: value for key, value in told.items() if _is_option(t, key, value)}
    t.stand(paused=False)
    if visit.place is Place.ASK and visit.key in sound:
        take_field(t, visit.key, sound[visit.key])
        return
    if visit.row is None:
        t.stand(draft={**visit.draft, **sound}, told=tuple(dict.fromkeys((*visit.told, *sound))))
    ask_again(t)


def _is_option(t: DialogueState, key: str, value: str) -> bool:
    return key in t.keys and not t.run.question(key).many and value in t.run.question(key).options


def _another(t: DialogueState, event: Opened) -> bool:
    """True if the new row is about another row than the one that is being written."""
    rows = {key: value for key, value in event.given.items() if t.run.question(key).kind is Kind.ROW}
    return any(t.visit.draft.get(key) != value for key, value in rows.items())


# -- a tap ---------------------------------------------------------------------------------------------------------
def _answer_held(t: DialogueState, event: Picked) -> None:
    held = t.visit.held
    apart = held is not None and held.apart
    if held and event.verb == "apart" and apart and t.visit.place is Place.ASK and t.visit.key in t.keys:
        said, key = several_lines.said_apart(t.run, held), held.key
        t.stand(held=None)
        if trouble := several_lines.save(t, key, said):
            ask(t, key, trouble=trouble)
    elif event.verb == "asis":
        t.as_one = apart
        _take(t, screening.released(t, event.today, event.dates))
    else:
        t.stand(held=None)
        ask_again(t)


def _picked(t: DialogueState, event: Picked) -> None:
    visit = t.visit
    if event.ask != visit.ask and not (event.verb == "own" and _may_add(t)):
        _picked_late(t, event)
        return
    t.tapped = event.ask == visit.ask
    if visit.held and event.verb in HELD:
        _answer_held(t, event)
        return
    if locked(t) and event.verb != "page":
        t.toast(refusal(t))
        return
    if event.verb not in MOVES[visit.place]:
        t.toast(Unfit.STALE)
        return
    _moved(t, event)


def _picked_late(t: DialogueState, event: Picked) -> None:
    """Answer a tap on a button of an earlier asking: it counts only for lines that have waited for it."""
    visit = t.visit
    if event.verb in HELD and visit.pasted and event.ask == visit.pasted.ask:
        several_lines.back_to(t, visit.pasted)
        _answer_held(t, event)
        return
    if event.verb in HELD and event.ask == visit.reworded:
        t.toast(Unfit.REWORDED)
        return
    anew = visit.place is Place.INTRO
    t.toast(Unfit.ANEW if anew else Unfit.STALE)
    if anew or (event.ask < visit.ask - 1 and not visit.paused):  # not a double tap: say what is open now
        t.tapped = False
        ask_again(t)


def _moved(t: DialogueState, event: Picked) -> None:
    visit, keys = t.visit, t.keys
    match visit.place, event.verb:
        case Place.PICK, "on" | "off" | "ok":
            _pick_items(t, event)
        case Place.ASK, "pick" | "on" | "off" | "ok" | "new" if visit.key in keys:
            _picked_answer(t, event)
        case Place.ASK, "samples" | "borrow" if visit.key in keys and (number := whole(event.arg)) is not None:
            (examples.show if event.verb == "samples" else examples.take_over)(t, number)
        case Place.ASK, "asked":
            ask_again(t)
        case Place.MET, "pick" if visit.key in keys and event.arg in edit_conflict.CHOICES:
            choose(t, event.arg)
        case Place.OWN, "back":
            leave_own(t)
        case _, "page" if (page := whole(event.arg)) is not None:
            t.stand(page=page)
            ask_again(t)
        case Place.ASK, "back" if visit.key in keys and keys.index(visit.key) and visit.row is None:
            ask(t, keys[keys.index(visit.key) - 1])
        case _, "skip" if _may_skip(t):
            if (
                visit.remark and visit.key in t.answered and t.run.question(visit.key).comment
            ):  # the old answer is kept, with what was written now
                t.effects.append(Comment(t.owner, visit.key, visit.remark, t.member, visit.remark_from))
            ask_next(t, visit.key)
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
        case "own" if _may_add(t):
            t.stand(paused=False)
            ask_own(t)
        case "over" if between_items(t, visit.key)[:1] == (Button("over", "", "next_item"),):
            item = t.items[t.items.index(visit.key.partition("@")[2]) + 1]
            ask(t, key_of(t.run.exercise.questions[0].id, item))
        case "remark" if (key := _key_at(t, event.arg)) in t.answered and t.run.question(key).comment:
            t.stand(to_summary=visit.place is Place.SUMMARY)
            ask_comment(t, key)
        case "go" if visit.place is Place.SUMMARY and (key := _key_at(t, event.arg)):
            t.stand(to_summary=True)
            ask(t, key)
        case "unsay" if t.run.shared and (key := _key_at(t, event.arg)):
            _unsay(t, key)
        case "send" if _changed_since(t, event.arg):
            show_summary(t, changed=True)
        case "send":
            hand_in(t)
        case "redo":
            take_back(t)
        case _:
            t.toast(Unfit.STALE)


def _may_add(t: DialogueState) -> bool:
    """True if the group can add items of its own."""
    return t.run.exercise.for_each is not None and t.run.exercise.for_each.add


def _changed_since(t: DialogueState, versions: str) -> bool:
    """True if another answer stands on a shared sheet than when its summary was shown, with this sum of versions."""
    now, shown = sum(written.version for written in t.run.written.values()), whole(versions)
    return t.run.shared and shown not in (None, now)


def _unsay(t: DialogueState, key: str) -> None:
    """Take back what this person has just written, unless somebody else has written since."""
    written = t.run.written.get(key)
    if written is None or written.member != t.member:
        t.toast(Unfit.CHANGED_SINCE)
        return
    t.effects.append(Unsay(t.owner, key, t.member))
    if written.version == 1:  # nothing stood there before
        sheet = t.run.sheet(t.member)
        t.run = t.run.with_sheet(t.owner, replace(sheet, answered=sheet.answered - {key}))
        t.settle(key, None)
    ask(t, key)


def _pick_items(t: DialogueState, event: Picked) -> None:
    """Tick the items that the group takes up, and go on with those that this person has added.

    An item that has answers, or that somebody else is just being asked about, stays, ticked or not.
    """
    if event.verb != "ok":
        if (place := whole(event.arg)) is None or place >= len(t.run.items):
            t.toast(Unfit.STALE)
            return
        t.stand(ticked=tuple(o for o in t.visit.ticked if o != event.arg) + ((event.arg,) * (event.verb == "on")))
        ask_pick(t, again=True)
        return
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
    key, question = t.visit.key, t.run.question(t.visit.key)
    if question.kind is Kind.ROW:
        _picked_row(t, key, question, event)
        return
    if question.kind is Kind.TEXT:
        offer = next((o for o in t.run.offers.get(question.id, ()) if o.arg == event.arg), None)
        if question.ticks and several_lines.names_row(t, key, question):
            _picked_example(t, key, question, event, offer)
        elif offer and event.verb == "pick":
            take(t, key, offer.title)
        elif event.verb == "pick" and event.arg == SAME and (same := t.visit.draft.get(question.same_as)):
            take(t, key, same)
        else:
            t.toast(Unfit.STALE)
        return
    if question.kind is Kind.MOMENT and event.verb == "pick":
        moments.picked(t, key, question, event)
        return
    option = option_at(question, event.arg)
    match event.verb:
        case "pick" if _is_there(t, question, event.arg):
            take(t, key, from_button(question, event.arg, event.today, event.off_holidays))
        case "on" | "off" if question.many and option is not None:
            _tick(t, option, on=event.verb == "on")
        case "ok" if question.many:
            ticked = [o for o in question.options if o in t.visit.ticked]
            take(t, key, ticked if ticked or not question.required else Trouble(Problem.TICK))
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


def _picked_row(t: DialogueState, key: str, question: Question, event: Picked) -> None:
    """Choose or tick a row that is pointed at, or make a new one of the words that were searched for."""
    offer = next((o for o in t.run.offers.get(question.id, ()) if o.arg == event.arg), None)
    match event.verb:
        case "pick" if offer and not question.many:
            take(t, key, offer.value)
        case "new" if t.visit.query and question.many:
            tick_rows(t, key, [f"+{t.visit.query}"])
        case "new" if t.visit.query:
            take(t, key, {"name": t.visit.query})
        case "on" if offer and question.many:
            _tick(t, offer.arg, on=True)
        case "off" if question.many and (tick := _tick_at(t, event.arg)):
            _tick(t, tick, on=False)
        case "ok" if question.many:
            titles = {o.arg: o for o in t.run.offers.get(question.id, ())}
            values = [_ticked_value(tick, titles) for tick in t.visit.ticked]
            take(t, key, values if values or not question.required else Trouble(Problem.TICK_OR_WRITE))
        case _:
            t.toast(Unfit.STALE)


def _tick_at(t: DialogueState, arg: str) -> str:
    """Return the tick that a button names: a row, or the place among the ticks of one that is to be made."""
    if arg[:1] != "+":
        return arg
    place = whole(arg[1:])
    return t.visit.ticked[place] if place is not None and place < len(t.visit.ticked) else ""


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
            question = t.run.question(t.visit.key)
            if t.visit.ticked and question.kind is Kind.CHOICE:  # ticked, and not yet said to be all
                ticked = [o for o in question.options if o in t.visit.ticked]
                t.stand(draft={**t.visit.draft, t.visit.key: ticked})
            show_draft(t)
        case "go" if row is None and (key := _key_at(t, event.arg)):
            t.stand(to_summary=True)
            ask(t, key)
        case "discard":
            t.stand(place=Place.DONE, key="", draft={}, ticked=(), fixed=(), told=())
            t.say(RowDiscarded())
        case "cancel" if row is not None:
            t.stand(place=Place.DONE, row=None, rest=(), ticked=())
            t.say(RowUnchanged(row=row))
        case _:
            t.toast(Unfit.STALE)


def _is_there(t: DialogueState, question: Question, arg: str) -> bool:
    """True if the person or organisation that a button names is of this group, and still in it."""
    match question.kind:
        case Kind.PERSON:
            here = any(str(seat.member) == arg and seat.awaited for seat in t.run.seats.values())
            return here and not (question.others and arg == str(t.member))
        case Kind.ORGANISATION:
            return arg in map(str, t.run.organisations)
        case _:
            return True


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
    keys, number = t.keys, whole(place)
    return keys[number] if number is not None and number < len(keys) else ""


def _tick(t: DialogueState, option: str, *, on: bool) -> None:
    t.stand(ticked=tuple(o for o in t.visit.ticked if o != option) + ((option,) if on else ()))
    ask(t, t.visit.key, again=True)
