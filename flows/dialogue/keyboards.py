"""The buttons of a dialogue: under a question, under a summary, under what the group has seen."""

from flows.buttons import Button, Keyboard, paged, tick, turn
from flows.definitions.model import Question
from flows.dialogue.dialogue_state import DialogueState
from flows.enums import How
from flows.fields import TextField
from flows.run.state import Run, Sheet

CONCLUSION = "conclusion"  # the key of what the group writes together after the picture
SUMMED_UP = 25  # questions to a page of a summary


def question_keyboard(t: DialogueState, question: Question, key: str) -> Keyboard:
    """The buttons under a question: its choices, then back, skip and pause."""
    rows = [*question.field.offer(t.run.there(question, t.member), t.visit)]
    if t.visit.remark.text and question.comment and not t.rows:  # no text was asked for: was it meant for us?
        rows.append((Button("unsay", "", "unsay"),))
    examples = _way_to_examples(t, question)
    if t.rows and t.visit.row is not None:
        return tuple(filter(None, (*rows, examples, *_empty(t, key), (Button("cancel", "", "cancel"),))))
    if key in t.answered:
        rows += _empty(t, key)
    rows += (_moves(t, question, key), (*examples, *_about(t, key)), over_item(t, key), _other_items(t, key))
    rows += remark_offered(t, key)
    if t.rows and t.can_save:
        rows.append((Button("rest", "", "skip_rest"),) if t.reviewed else (Button("save", "", "save_row"),))
    return tuple(filter(None, rows))


def _moves(t: DialogueState, question: Question, key: str) -> tuple[Button, ...]:
    """The ways from a question that leave it as it is: back, on, out."""
    back = t.keys.index(key) and not t.run.exercise.anonymous  # what bears no name is handed in by then
    on = "keep" if key in t.answered else "" if question.required else "skip"
    moves = (back and Button("back", "", "back"), on and Button("skip", "", on), Button("pause", "", "pause"))
    return tuple(button for button in moves if isinstance(button, Button))


def _empty(t: DialogueState, key: str) -> Keyboard:
    """A button that takes back an answer that need not be given, unless somebody else wrote it, or did before.

    The field of a row is anybody's, as its history keeps what stood there. What is ticked is unticked.
    """
    written, question = t.run.given.written.get(key), t.run.question(key)
    if question.required:
        return ()
    if t.rows:
        there = key in t.answered if t.visit.row is None else bool(written) or t.run.exercise.private
        return ((Button("empty", "", "empty_field"),),) if there and not question.many else ()
    own = not t.run.shared or (written is not None and written.member == t.member and not written.several)
    return ((Button("empty", "", "empty"),),) if own else ()


def _way_to_examples(t: DialogueState, question: Question) -> tuple[Button, ...]:
    """A button that shows examples, if any fit and they are not there to be ticked already."""
    ticked = isinstance(question.field, TextField) and question.field.ticks and t.visit.row is None
    there = not ticked and any(example.fits(t.visit.draft) for example in t.run.given.examples.get(question.id, ()))
    return (Button("samples", "0", "samples"),) if there else ()


def _about(t: DialogueState, key: str) -> tuple[Button, ...]:
    """A button to the guide: at the first question, and wherever somebody comes back in."""
    if t.run.exercise.private or not (t.entered or key == t.keys[0]):
        return ()
    return (Button("about", "", about_label(t.run)),)


def about_label(run: Run) -> str:
    """Return the name of the label for the guide: that of a list, or of any other exercise."""
    return "about_list" if run.exercise.how is How.ROWS else "about"


def items_keyboard(t: DialogueState) -> Keyboard:
    """The items to pick among, ticked or not."""
    ticked, for_each = t.visit.ticked, t.run.exercise.for_each
    marks = [tick(arg, on=arg in ticked, label="item") for arg in map(str, range(len(t.run.items)))]
    own = (Button("own", "", "own_item"),) if for_each and for_each.add else ()
    rows = (*paged(marks, t.visit.offered.page), (Button("ok", "", "ok"),), own, (Button("pause", "", "pause"),))
    return tuple(filter(None, rows))


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
    """A button for a comment to an answer that is shown, where one is welcome and was not asked for anyway."""
    keys = t.keys
    question = t.run.question(key) if key in t.answered and not t.rows else None
    offered = question is not None and question.comment and not question.ask_comment
    return ((Button("remark", str(keys.index(key)), "add_comment"),),) if offered else ()


def unsay_offered(t: DialogueState, key: str) -> Keyboard:
    """A button that takes back a text which others have seen at once."""
    keys = t.keys
    offered = t.run.shared and not t.rows and key in keys and isinstance(t.run.question(key).field, TextField)
    return ((Button("unsay", str(keys.index(key)), "unsay"),),) if offered else ()


def summed_up(t: DialogueState) -> tuple[int, tuple[str, ...]]:
    """Return which questions the page of a summary shows: the place of the first, and their keys."""
    first = min(t.visit.offered.page, (len(t.keys) - 1) // SUMMED_UP) * SUMMED_UP
    return first, t.keys[first : first + SUMMED_UP]


def numbers(t: DialogueState) -> Keyboard:
    """The numbers of the questions on this page of the summary."""
    first, shown = summed_up(t)
    numbers = [Button("go", str(first + n), "number") for n in range(len(shown))]
    return tuple(tuple(numbers[i : i + 5]) for i in range(0, len(numbers), 5))


def leaf(t: DialogueState) -> Keyboard:
    """The buttons to the other pages of a long summary."""
    first, count = summed_up(t)[0], len(t.keys)
    return (turn(first // SUMMED_UP, more=first + SUMMED_UP < count),) if count > SUMMED_UP else ()


def conclusion_keyboard(run: Run) -> Keyboard:
    """The buttons under the picture and the conclusion: write the conclusion, or close the exercise."""
    write = "rewrite" if CONCLUSION in run.sheets.get("g", Sheet()).answered else "write"
    pen = (Button("pen", "", write),) if run.exercise.conclusion else ()
    return tuple(r for r in (pen, (Button("close", "", "close"),)) if r)
