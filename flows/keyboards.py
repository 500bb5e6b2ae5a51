"""The buttons of a dialogue: under a question, under a summary, under what the group has seen."""

from collections.abc import Sequence

from flows.answers import HOURS, date_buttons
from flows.dialogue_state import DialogueState
from flows.effects import Button, Keyboard
from flows.model import Question
from flows.state import Run, Sheet
from flows.values import time_of
from flows.vocabulary import How, Kind

CONCLUSION = "conclusion"  # the key of what the group writes together after the picture
SAME = "same"  # the argument of the button that takes over an earlier answer
PAGE = 8  # buttons for rows and people at a time: a keyboard holds a hundred, a phone shows about ten
WIDE = (
    8  # options to a page where they stand in columns: with the rest of the keyboard they leave the question in sight
)
NUMBERS = 7  # recommended numbers on a row; others are written
SUMMED_UP = 25  # questions to a page of a summary


def question_keyboard(t: DialogueState, question: Question, key: str, previous: str) -> Keyboard:
    """The buttons under a question: its choices, then back, skip and pause."""
    rows: list[tuple[Button, ...]] = []
    match question.kind:
        case Kind.CHOICE:
            rows += _options(t, question)
        case Kind.SCALE:
            rows.append(tuple(Button("pick", str(n), "number") for n in range(question.low, question.high + 1)))
        case Kind.MOMENT if t.visit.readings:
            rows += _readings(t.visit.readings)
        case Kind.DATE | Kind.MOMENT:
            offered = enumerate(date_buttons(question))
            rows.append(tuple(Button("pick", str(arg), f"date.{name}") for arg, name in offered))
        case Kind.NUMBER if question.usual:
            lowest, highest = question.usual
            rows.append(tuple(Button("pick", str(n), "number") for n in range(lowest, highest + 1)[:NUMBERS]))
        case _:
            rows += _named(t, question)
    moves: list[Button] = []
    keys, examples = t.keys, _way_to_examples(t, question)
    if t.rows and t.visit.row is not None:
        return tuple(r for r in (*rows, examples, *_empty(t, key), (Button("cancel", "", "cancel"),)) if r)
    if keys.index(key):
        moves.append(Button("back", "", "back"))
    if key in t.answered:
        moves.append(Button("skip", "", "keep"))
        rows += _empty(t, key)
    elif not question.required:
        moves.append(Button("skip", "", "skip"))
    moves.append(Button("pause", "", "pause"))
    rows.append(tuple(moves))
    rows.append((*examples, *_about(t, key)))
    rows += (over_item(t, key), _other_items(t, key))
    rows += remark_offered(t, previous)
    if t.rows and t.can_save:
        rows.append((Button("rest", "", "skip_rest"),) if t.reviewed else (Button("save", "", "save_row"),))
    return tuple(r for r in rows if r)


def _empty(t: DialogueState, key: str) -> Keyboard:
    """A button that takes back an answer that need not be given, unless somebody else wrote it, or did before.

    The field of a row is anybody's, as its history keeps what stood there. What is ticked is unticked.
    """
    written, question = t.run.written.get(key), t.run.question(key)
    if question.required:
        return ()
    if t.rows:
        there = key in t.answered if t.visit.row is None else bool(written) or t.run.exercise.private
        return ((Button("empty", "", "empty_field"),),) if there and not question.many else ()
    own = not t.run.shared or (written is not None and written.member == t.member and not written.several)
    return ((Button("empty", "", "empty"),),) if own else ()


def _readings(readings: Sequence[str]) -> Keyboard:
    """Buttons for what a text can mean, or for the usual hours of the one day that is known."""
    if len(readings) > 1 or time_of(readings[0]):
        return tuple((Button("pick", f"r{n}", "moment"),) for n in range(len(readings)))
    hours = [Button("pick", f"h{n}", "hour") for n in range(len(HOURS))]
    return (tuple(hours[:3]), tuple(hours[3:]), (Button("pick", "later", "hour_later"),))


def _way_to_examples(t: DialogueState, question: Question) -> tuple[Button, ...]:
    """A button that shows examples, if any fit and they are not there to be ticked already."""
    ticked = question.ticks and t.visit.row is None
    there = not ticked and any(example.fits(t.visit.draft) for example in t.run.examples.get(question.id, ()))
    return (Button("samples", "0", "samples"),) if there else ()


def _about(t: DialogueState, key: str) -> tuple[Button, ...]:
    """A button to the guide: at the first question, and wherever somebody comes back in."""
    if t.run.exercise.private or not (t.entered or key == t.keys[0]):
        return ()
    return (Button("about", "", about_label(t.run)),)


def about_label(run: Run) -> str:
    """Return the name of the label for the guide: that of a list, or of any other exercise."""
    return "about_list" if run.exercise.how is How.ROWS else "about"


def _options(t: DialogueState, question: Question) -> Keyboard:
    """The options, likely ones first; laid out in columns, a page of them at a time."""
    order, ticked = question.options, t.visit.ticked
    if question.likely:
        told = t.visit.draft.get(question.likely.question) or t.run.ticks.get(question.likely.question)
        first = question.likely.first(told)
        order = (*first, *(option for option in order if option not in first))
    turn: tuple[Button, ...] = ()
    if question.columns > 1 and len(order) > WIDE:
        page = min(t.visit.page, (len(order) - 1) // WIDE)
        turn = _turn(page, (page + 1) * WIDE < len(order))
        order = order[page * WIDE :][:WIDE]
    buttons = []
    for option in order:
        place, on = str(question.options.index(option)), option in ticked
        verb, label = ("off" if on else "on", "ticked" if on else "unticked") if question.many else ("pick", "option")
        buttons.append(Button(verb, place, label))
    rows = [tuple(buttons[i : i + question.columns]) for i in range(0, len(buttons), question.columns)]
    return (*rows, turn, (Button("ok", "", "ok"),) if question.many else ())


def _named(t: DialogueState, question: Question) -> Keyboard:
    """Buttons for people, organisations, rows or suggestions, if the question asks for one of these."""
    match question.kind:
        case Kind.PERSON:
            members = [
                s.member for s in t.run.seats.values() if s.awaited and not (question.others and s.member == t.member)
            ]
            return _paged(t, [Button("pick", str(member), "person") for member in members])
        case Kind.ORGANISATION:
            return _paged(t, [Button("pick", str(number), "organisation") for number in t.run.organisations])
        case Kind.TEXT if question.ticks:
            return _examples(t, question) if t.visit.row is None else ()
        case Kind.TEXT if question.same_as:
            return ((Button("pick", SAME, "same_as"),),) if t.visit.draft.get(question.same_as) else ()
        case Kind.TEXT:
            return _paged(t, [Button("pick", o.arg, "offer") for o in t.run.offers.get(question.id, ())])
        case Kind.ROW:
            return _offered(t, question)
    return ()


def _examples(t: DialogueState, question: Question) -> Keyboard:
    """Examples of what rows can be called, ticked or not."""
    offers, ticked = t.run.offers.get(question.id, ()), t.visit.ticked
    marks = [Button("off", o.arg, "offer_on") if o.arg in ticked else Button("on", o.arg, "offer_off") for o in offers]
    return (*_paged(t, marks), (Button("ok", "", "ok"),)) if offers else ()


def _paged(t: DialogueState, buttons: Sequence[Button]) -> Keyboard:
    """A page of buttons, one in each row, with a way to the others."""
    if len(buttons) <= PAGE + 2:
        return tuple((button,) for button in buttons)
    page = min(t.visit.page, (len(buttons) - 1) // PAGE)
    shown = tuple((button,) for button in buttons[page * PAGE :][:PAGE])
    return (*shown, _turn(page, (page + 1) * PAGE < len(buttons)))


def _turn(page: int, more: bool) -> tuple[Button, ...]:
    back = (Button("page", str(page - 1), "earlier"),) if page else ()
    return (*back, Button("page", str(page + 1), "later")) if more else back


def _offered(t: DialogueState, question: Question) -> Keyboard:
    """Buttons for the rows to choose among: all, or those that match the search, with its words as a new row."""
    query, ticked = t.visit.query.casefold(), t.visit.ticked
    found = [offer for offer in t.run.offers.get(question.id, ()) if query in offer.title.casefold()]
    new: Keyboard = ((Button("new", "", "new_row"),),) if query else ()
    if not question.many:
        return (*_paged(t, [Button("pick", offer.arg, "offer") for offer in found]), *new)
    named = [Button("off", f"+{place}", "offer_on") for place, tick in enumerate(ticked) if tick[0] == "+"]
    known = [
        Button("off", offer.arg, "offer_on") if offer.arg in ticked else Button("on", offer.arg, "offer_off")
        for offer in found
    ]
    done: Keyboard = ((Button("ok", "", "ok"),),) if named or new or t.run.offers.get(question.id) else ()
    return (*_paged(t, [*named, *known]), *new, *done)


def items_keyboard(t: DialogueState) -> Keyboard:
    """The items to pick among, ticked or not."""
    ticked, for_each = t.visit.ticked, t.run.exercise.for_each
    marks = [
        Button("off", arg, "item_on") if arg in ticked else Button("on", arg, "item_off")
        for arg in map(str, range(len(t.run.items)))
    ]
    own = (Button("own", "", "own_item"),) if for_each and for_each.add else ()
    return tuple(r for r in (*_paged(t, marks), (Button("ok", "", "ok"),), own, (Button("pause", "", "pause"),)) if r)


def over_item(t: DialogueState, key: str) -> tuple[Button, ...]:
    """At the first question of an item that others follow: a button to skip the item."""
    return (Button("over", "", "next_item"),) if _begins_item(t, key) and not key.endswith(f"@{t.items[-1]}") else ()


def _other_items(t: DialogueState, key: str) -> tuple[Button, ...]:
    """At an item's first question: buttons to pick other items, on coming back in too, and to add the group's own."""
    for_each, begins = t.run.exercise.for_each, _begins_item(t, key)
    if for_each is None:
        return ()
    pick = (Button("choose", "", "choose_items"),) if for_each.pick and (begins or t.entered) else ()
    return (*pick, Button("own", "", "own_item")) if for_each.add and begins else pick


def _begins_item(t: DialogueState, key: str) -> bool:
    return t.run.exercise.for_each is not None and not t.rows and key.startswith(f"{t.run.exercise.questions[0].id}@")


def remark_offered(t: DialogueState, key: str) -> Keyboard:
    """A button for a comment to the answer just given, where one is welcome and was not asked for anyway."""
    keys = t.keys
    question = t.run.question(key) if key in keys and not t.rows else None
    offered = question is not None and question.comment and not question.ask_comment
    return ((Button("remark", str(keys.index(key)), "add_comment"),),) if offered else ()


def unsay_offered(t: DialogueState, key: str) -> Keyboard:
    """A button that takes back a text which others have seen at once."""
    keys = t.keys
    offered = t.run.shared and not t.rows and key in keys and t.run.question(key).kind is Kind.TEXT
    return ((Button("unsay", str(keys.index(key)), "unsay"),),) if offered else ()


def summed_up(t: DialogueState) -> tuple[int, tuple[str, ...]]:
    """Return which questions the page of a summary shows: the place of the first, and their keys."""
    first = min(t.visit.page, (len(t.keys) - 1) // SUMMED_UP) * SUMMED_UP
    return first, t.keys[first : first + SUMMED_UP]


def numbers(t: DialogueState) -> Keyboard:
    """The numbers of the questions on this page of the summary."""
    first, shown = summed_up(t)
    numbers = [Button("go", str(first + n), "number") for n in range(len(shown))]
    return tuple(tuple(numbers[i : i + 5]) for i in range(0, len(numbers), 5))


def leaf(t: DialogueState) -> Keyboard:
    """The buttons to the other pages of a long summary."""
    first, count = summed_up(t)[0], len(t.keys)
    return (_turn(first // SUMMED_UP, first + SUMMED_UP < count),) if count > SUMMED_UP else ()


def conclusion_keyboard(run: Run) -> Keyboard:
    """The buttons under the picture and the conclusion: write the conclusion, or close the exercise."""
    write = "rewrite" if CONCLUSION in run.sheets.get("g", Sheet()).answered else "write"
    pen = (Button("pen", "", write),) if run.exercise.conclusion else ()
    return tuple(r for r in (pen, (Button("close", "", "close"),)) if r)
