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
   stand, unless the answer meets another one (`flows.dialogue.edit_conflict`): then both are kept, and one is chosen.
5. What was handed in and revealed is only leafed through.
6. An answer can be taken back by whoever alone wrote it; a required one, only until the sheet is handed in.

Theory of operation. A *visit* says where a person stands: the place, the key asked about, the number of the asking, and
what is under way there (ticks, a remark, a draft of a row). An event moves a `DialogueState`: `text_input` reads texts,
`edits` edited ones, `taps` reads taps, `transitions` keeps an answer and goes on, and `prompts` puts what comes next
before the person. Whether a verb fits its place is asked once, here. `stadsbot chart dialogue` draws the table, and the
tests walk every arrow of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from flows.buttons import Button
from flows.dialogue import identity_check, several_lines
from flows.dialogue.button_input import may_add, tapped
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.edits import edited
from flows.dialogue.prompts import ask, ask_again, locked, refusal, settled, show_held, show_summary
from flows.dialogue.text_input import wrote
from flows.dialogue.transitions import ask_next, take_field
from flows.enums import Kind
from flows.run.effects import Effect, ShowIntro, Unfit
from flows.run.events import Edited, Opened, Picked, Wrote
from flows.run.state import NewRow, Place, Run


def _moves(names: str, *to: Place) -> dict[str, frozenset[Place]]:
    """Each of these verbs and events may lead to each of these places."""
    return dict.fromkeys(names.split(), frozenset(to))


# Where a person stands; the verbs that fit there, and the places that each of them, or an event, may lead to.
MOVES: Mapping[Place, Mapping[str, frozenset[Place]]] = {
    Place.INTRO: {
        **_moves("start", Place.PICK, Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("unsay", Place.ASK),
        **_moves("Opened", Place.INTRO, Place.PICK, Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("Wrote Edited", Place.INTRO, Place.MET),
    },
    Place.PICK: {
        **_moves("on off page pause", Place.PICK),
        **_moves("ok", Place.PICK, Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("own", Place.OWN),
        **_moves("unsay", Place.ASK),
        **_moves("Opened", Place.PICK, Place.ASK, Place.DONE),
        **_moves("Wrote Edited", Place.PICK, Place.MET),
    },
    Place.ASK: {
        **_moves("pick Wrote", Place.ASK, Place.COMMENT, Place.MET, Place.SUMMARY, Place.DONE),
        **_moves("over go pause samples", Place.ASK),
        **_moves("on off back", Place.ASK, Place.SUMMARY, Place.DONE),  # the latter where the question is gone
        **_moves("borrow", Place.ASK, Place.DONE),
        **_moves("ok new", Place.ASK, Place.MET, Place.SUMMARY, Place.DONE),
        **_moves("page skip asked Opened", Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("own", Place.OWN),
        **_moves("choose", Place.PICK),
        **_moves("remark", Place.COMMENT),
        **_moves("save cancel", Place.DONE),
        **_moves("rest", Place.SUMMARY),
        **_moves("unsay", Place.ASK),
        **_moves("empty", Place.ASK, Place.DONE),
        **_moves("Edited", Place.ASK, Place.MET),
    },
    Place.COMMENT: {
        **_moves("skip", Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("back", Place.ASK),
        **_moves("pause", Place.COMMENT),
        **_moves("unsay", Place.ASK),
        **_moves("Opened", Place.ASK, Place.COMMENT, Place.DONE),
        **_moves("Wrote", Place.ASK, Place.COMMENT, Place.MET, Place.SUMMARY, Place.DONE),
        **_moves("Edited", Place.COMMENT, Place.MET),
    },
    Place.OWN: {
        **_moves("back", Place.PICK, Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("pause", Place.OWN),
        **_moves("unsay", Place.ASK),
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
        **_moves("unsay", Place.ASK),
        **_moves("Opened", Place.ASK, Place.SUMMARY, Place.DONE),
        **_moves("Wrote Edited", Place.MET, Place.DONE),
    },
}
# A text that is held (`screening`, `several_lines`) waits at any place: the first lets it do what it would
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
            _take(t, identity_check.passes(t, event))
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
    if event.key in t.run.keys():  # of an item of the group's own, perhaps, just added
        t.take_up(event.key)
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
        if event.key not in t.run.keys() or event.key in t.run.given.closed:
            t.toast(Unfit.STALE)
            return
        rest = tuple(key for key in event.rest if key in t.run.keys() and key not in t.run.given.closed)
        t.stand(key="", row=event.row, rest=rest, ticked=(), paused=False)
        ask(t, event.key)
        return
    if event.told and visit.place in (Place.ASK, Place.SUMMARY):
        _told(t, event.told)
        return
    begun = set(visit.draft) - set(visit.new.fixed)  # something of the new row was answered, and not only given
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
    if event.given is not None and (not begun or _another(t, event)):
        t.stand(new=NewRow(dict(event.given), tuple(event.given)))
    ask(t, next((key for key in t.keys if key not in t.visit.draft), t.keys[-1]))


def _told(t: DialogueState, told: Mapping[str, str]) -> None:
    """Take options that became known unasked (`Opened.told`) as answers to what is asked now, or to later questions."""
    visit, sound = t.visit, {key: value for key, value in told.items() if _is_option(t, key, value)}
    t.stand(paused=False)
    if visit.place is Place.ASK and visit.key in sound:
        take_field(t, visit.key, sound[visit.key])
        return
    if visit.row is None:
        known = tuple(dict.fromkeys((*visit.new.told, *sound)))
        t.stand(new=replace(visit.new, values={**visit.draft, **sound}, told=known))
    ask_again(t)


def _is_option(t: DialogueState, key: str, value: str) -> bool:
    return key in t.keys and not t.run.question(key).many and value in t.run.question(key).options


def _another(t: DialogueState, event: Opened) -> bool:
    """True if the new row is about another row than the one that is being written."""
    rows = {key: value for key, value in (event.given or {}).items() if t.run.question(key).kind is Kind.ROW}
    return any(t.visit.draft.get(key) != value for key, value in rows.items())


# -- whether a tap fits --------------------------------------------------------------------------------------------
def _answer_held(t: DialogueState, event: Picked) -> None:
    held = t.visit.held
    apart = held is not None and held.apart
    if held and event.verb == "apart" and apart and t.visit.place is Place.ASK and t.visit.key in t.keys:
        said, key = several_lines.said_apart(held), held.key
        t.stand(held=None)
        if trouble := several_lines.save(t, key, said):
            ask(t, key, trouble=trouble)
    elif event.verb == "asis" and held and held.lock:  # the button has not the key to these words
        ask_again(t)
    elif event.verb == "asis":
        t.as_one = apart
        _take(t, identity_check.released(t, event.today, event.dates))
    else:
        t.stand(held=None)
        ask_again(t)


def _picked(t: DialogueState, event: Picked) -> None:
    visit = t.visit
    if event.ask != visit.ask and not (event.verb == "own" and may_add(t)):
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
    tapped(t, event)


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
