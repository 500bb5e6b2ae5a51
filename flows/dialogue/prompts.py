"""Show a person what comes next: a question, its comment, the summary of a sheet or of a new row. Keeps no answer."""

from collections.abc import Sequence
from dataclasses import replace

from flows.buttons import Button, Keyboard
from flows.dialogue import edit_conflict, several_lines
from flows.dialogue.days_in_order import goes_by
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.keyboards import (
    items_keyboard,
    leaf,
    numbers,
    question_keyboard,
    remark_offered,
    summed_up,
    unsay_offered,
)
from flows.enums import How
from flows.fields import Offered
from flows.input_errors import Problem, Trouble
from flows.run.effects import (
    AskComment,
    AskIdentity,
    AskItems,
    AskOwnItem,
    AskQuestion,
    SheetHandedIn,
    ShowDraft,
    ShowIntro,
    ShowSummary,
    Stray,
    Unfit,
)
from flows.run.state import Held, Phase, Place, ticks_of


def ask(
    t: DialogueState,
    key: str,
    *,
    saved: str = "",
    advised: str | None = None,
    trouble: Trouble | None = None,
    again: bool = False,
    taken_over: bool = False,
) -> None:
    """Ask the question behind `key`, with a word about the answer just given (`saved`: its key)."""
    keys = t.keys
    question = t.run.question(key)
    same = t.visit.place is Place.ASK and t.visit.key == key
    ticking = same and again and question.many  # what is ticked is not what is shown as the answer
    goes_on = ticking or (not same and t.visit.place in (Place.ASK, Place.COMMENT, Place.MET))
    seen = t.visit.seen if ticking else t.version(key)
    if trouble is None and (why := t.out_of_order.get(key)):
        trouble = Trouble(Problem.OUT_OF_ORDER, {"why": why, "than": goes_by(t.run.exercise, question.id)})
    if same:
        t.stand(seen=seen)
    else:
        t.stand(
            place=Place.ASK,
            key=key,
            seen=seen,
            ticked=_ticked_before(t, key),
            remark=t.remarked_before(key),
            offered=Offered(),
            met=None,
        )
    keyboard = (*question_keyboard(t, question, key), *unsay_offered(t, key if taken_over else saved))
    register = t.run.exercise.register
    if advised and register and register.title in keys:  # a hint, and the way back to what it is about
        keyboard = (*keyboard, (Button("go", str(keys.index(register.title)), "reword"),))
    number = keys.index(key) + 1 if t.visit.row is None else None
    t.say(
        AskQuestion(
            keyboard=keyboard,
            key=key,
            n=number,
            of=len(keys),
            saved=saved,
            advised=advised,
            query=t.visit.offered.query,
            trouble=trouble,
            taken_over=taken_over,
            goes_on=goes_on,
        ),
        again=again,
    )


def _ticked_before(t: DialogueState, key: str) -> tuple[str, ...]:
    """Return the ticks that a question of several answers begins with: the answers that it has."""
    if not t.run.question(key).many:
        return ()
    drafted = t.visit.draft.get(key) if t.rows and t.visit.row is None else None
    return ticks_of(drafted) if drafted is not None else t.run.given.ticks.get(key, ())


def ask_again(t: DialogueState) -> None:
    """Ask again what is asked now, with the same number, so that earlier buttons stay good."""
    visit = t.visit
    if visit.held:
        show_held(t, visit.held, again=True)
        return
    match visit.place:
        case Place.ASK if visit.key in t.keys:
            ask(t, visit.key, again=True)
        case Place.COMMENT:
            ask_comment(t, visit.key, again=True)
        case Place.INTRO:
            t.say(ShowIntro(keyboard=((Button("start", "", "start"),),)), again=True)
        case Place.PICK:
            ask_pick(t, again=True)
        case Place.OWN:
            ask_own(t, again=True)
        case Place.MET if visit.key in t.keys:
            edit_conflict.show(t, again=True)
        case Place.SUMMARY if t.rows:
            show_draft(t, again=True)
        case _ if t.rows:
            t.aside(Stray())
        case _:
            show_summary(t, again=True)


def show_held(t: DialogueState, held: Held, *, again: bool = False) -> None:
    """Ask whether a text that points somebody out is to stand, or one without a name to be handed in.

    The latter is quoted. Of what is shut away only the button that is there already can be tapped, also for a line that
    is added to it.
    """
    if held.apart:
        several_lines.show(t, held, again=again)
        return
    again, nobodys = again or bool(held.lock), t.run.exercise.anonymous
    stands = Button("asis", "", ("send_as_is_unnamed" if held.kinds else "send") if nobodys else "save_as_is")
    anew = Button("rewrite", "", "start_over" if held.lock else "rewrite")
    said = held.text.strip() if nobodys else ""
    keyboard = ((anew, *(() if held.lock else (stands,))),)
    t.say(AskIdentity(kinds=held.kinds, said=said, keyboard=keyboard, key=held.key or t.visit.key), again=again)
    t.stand(held=held)


def ask_comment(t: DialogueState, key: str, *, saved: bool = False, again: bool = False, wanted: bool = False) -> None:
    """Ask for a comment to the answer just given."""
    t.stand(place=Place.COMMENT, key=key)
    keyboard = ((Button("skip", "", "no_comment"),), (Button("back", "", "back"), Button("pause", "", "pause")))
    t.say(AskComment(keyboard=keyboard, key=key, saved=saved, wanted=wanted), again=again)


def ask_pick(t: DialogueState, *, trouble: Trouble | None = None, again: bool = False) -> None:
    """Ask which of the items the group takes up. The others can be picked at any time."""
    if not again:
        ticked = tuple(str(place) for place, item in enumerate(t.run.items) if item in t.run.taken_up)
        t.stand(place=Place.PICK, key="", ticked=ticked, remark=t.remarked(), offered=Offered())
    t.say(AskItems(keyboard=items_keyboard(t), trouble=trouble), again=again)


def ask_own(t: DialogueState, *, trouble: Trouble | None = None, again: bool = False) -> None:
    """Ask what the group's own item shall be called. Where the person stood, with their ticks, is kept."""
    t.stand(place=Place.OWN, remark=t.remarked())
    keyboard = ((Button("back", "", "back"), Button("pause", "", "pause")),)
    t.say(AskOwnItem(keyboard=keyboard, trouble=trouble), again=again)


def leave_own(t: DialogueState) -> None:
    """Add no item of the group's own, or comment, after all: go back to the question, the ticks or the summary."""
    if t.visit.key in t.keys:
        ask(t, t.visit.key)
    elif t.visit.ticked or not t.keys:
        t.stand(place=Place.PICK, key="")
        t.say(AskItems(keyboard=items_keyboard(t)))
    else:
        show_summary(t)


def ticked_items(t: DialogueState) -> tuple[str, ...]:
    """Return the items that are ticked where the group picks among them."""
    return tuple(item for place, item in enumerate(t.run.items) if str(place) in t.visit.ticked)


def show_summary(
    t: DialogueState,
    *,
    saved: str = "",
    advised: str | None = None,
    again: bool = False,
    changed: bool = False,
    trouble: Trouble | None = None,
) -> None:
    """Show the whole sheet, or the page of it that the person is on; from here it is handed in.

    `changed` and `trouble` are as in `ShowSummary`.
    """
    if t.run.exercise.anonymous and t.run.sheet(t.member).handed_in:
        t.stand(place=Place.DONE, key="")
        show_handed_in(t, again=again)
        return
    if not again:
        t.stand(offered=Offered())
    first, shown = summed_up(t)
    summary = ShowSummary(
        missing=t.missing,
        saved=saved,
        advised=advised,
        handed_in=settled(t),
        locked=locked(t),
        first=first,
        shown=shown,
        changed=changed,
        revising=t.visit.revising and not locked(t),
        trouble=trouble,
    )
    place = Place.DONE if settled(t) else Place.SUMMARY
    t.stand(place=place, key="", to_summary=False, ticked=(), remark=t.remarked(), rest=())
    t.say(replace(summary, keyboard=_under_summary(t, saved)), again=again)


def _under_summary(t: DialogueState, saved: str) -> Keyboard:
    """The buttons under a summary: to change what is handed in; else to hand it in, or go on with it."""
    if settled(t):
        return leaf(t) if locked(t) else ((Button("redo", "", "redo"),), *leaf(t))
    in_common = t.run.exercise.how is How.GROUP or t.run.sheet(t.member).handed_in
    named = "ready" if in_common else "send_seen" if _seen_at_once(t) else "send"
    send: Keyboard = () if t.missing else ((Button("send", "", named),),)
    for_each = t.run.exercise.for_each
    own = (Button("own", "", "own_item"),) if for_each and for_each.add else ()
    items = (Button("choose", "", "choose_items"), *own) if t.picks else own
    last = (items, *remark_offered(t, saved), (Button("pause", "", "pause"),))
    return tuple(filter(None, (*send, *numbers(t), *leaf(t), *last, *unsay_offered(t, saved))))


def _seen_at_once(t: DialogueState) -> bool:
    """True if the group sees these answers as soon as they are handed in."""
    exercise = t.run.exercise
    return bool(exercise.approves) or (t.run.phase is Phase.REVEALED and not exercise.anonymous)


def show_draft(t: DialogueState, *, again: bool = False, trouble: Trouble | None = None) -> None:
    """Show the new row as a whole, before it is saved; each field can be changed, and the row thrown away."""
    t.stand(place=Place.SUMMARY, key="", to_summary=False, ticked=())
    last = (Button("pause", "", "pause"), Button("discard", "", "discard"))
    keyboard = ((Button("save", "", "save"),), *numbers(t), last)
    t.say(ShowDraft(keyboard=keyboard, draft=t.row_values, shown=t.keys, trouble=trouble), again=again)


def settled(t: DialogueState) -> bool:
    """True if the sheet is handed in and nothing more is to be done."""
    done = not open_ended(t) and t.run.sheet(t.member).handed_in
    return done and (locked(t) or not t.visit.revising)


def open_ended(t: DialogueState) -> bool:
    """True if answers can be changed at any time: what a group writes together, and what people say of themselves."""
    return t.run.exercise.how is How.GROUP or t.run.exercise.private


def locked(t: DialogueState) -> bool:
    """True if this person's sheet can no longer be changed."""
    return t.run.locked(t.member)


def refusal(t: DialogueState) -> Unfit:
    """Return the reason why a locked sheet cannot be changed."""
    return Unfit.UNNAMED if t.run.exercise.anonymous else Unfit.LOCKED


def show_handed_in(t: DialogueState, *, again: bool = False) -> None:
    """Thank for the sheet, and say what comes now. It is all that is ever shown again of unnamed answers."""
    redo = "edit" if open_ended(t) else "redo"
    keyboard: Keyboard = () if locked(t) else ((Button("redo", "", redo),),)
    t.say(SheetHandedIn(keyboard=keyboard, alone=t.run.late_alone), again=again)


def tick_rows(t: DialogueState, key: str, ticks: Sequence[str], query: str = "") -> None:
    """Tick these too, and ask again, as the words searched for may have changed."""
    t.stand(ticked=tuple(dict.fromkeys((*t.visit.ticked, *ticks))), offered=Offered(query=query))
    ask(t, key)
