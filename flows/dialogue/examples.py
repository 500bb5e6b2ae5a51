"""Examples at a question: looked at without leaving it, taken over as the answer, and then changed like any other.

A text that several write gets the example as a line of its own after what stands there, so that nobody's words go; a
row's field gets it in the place of what is there, with what else the example says of the row where nothing is said yet.
"""

from collections.abc import Sequence

from flows.buttons import Button
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.prompts import ask, ask_again
from flows.dialogue.transitions import keep, take_field
from flows.run.effects import Done, ShowExamples, Unfit
from flows.run.state import Example

PAGE, LONG = 8, 480  # examples to a page at most, and about how many characters of them


def _fitting(t: DialogueState) -> tuple[Example, ...]:
    question = t.run.question(t.visit.key)
    return tuple(example for example in t.run.given.examples.get(question.id, ()) if example.fits(t.visit.draft))


def pages(every: Sequence[Example]) -> list[tuple[Example, ...]]:
    """The examples in pages that a phone shows without scrolling."""
    found: list[tuple[Example, ...]] = []
    page: tuple[Example, ...] = ()
    for example in every:
        if page and (len(page) == PAGE or sum(len(e.text) for e in (*page, example)) > LONG):
            found.append(page)
            page = ()
        page = (*page, example)
    return [*found, page] if page else found


def show(t: DialogueState, number: int) -> None:
    """Show this page of examples in the place of the question. A text still answers the question."""
    every = pages(_fitting(t))
    if number >= len(every):
        t.toast(Unfit.STALE)
        return
    shown = every[number]
    choices = tuple(Button("borrow", str(example.number), "example") for example in shown)
    rows = [choices[i : i + 4] for i in range(0, len(choices), 4)]
    turns = [Button("samples", str(number - 1), "earlier")] * (number > 0)
    turns += [Button("samples", str(number + 1), "later")] * (number + 1 < len(every))
    keyboard = tuple(row for row in (*rows, tuple(turns), (Button("asked", "", "back_to_question"),)) if row)
    numbers = tuple(example.number for example in shown)
    t.say(ShowExamples(keyboard=keyboard, key=t.visit.key, numbers=numbers), again=True)


def take_over(t: DialogueState, number: int) -> None:
    """Let the example of this number be the answer, and ask once more, so that it can be changed."""
    key, example = t.visit.key, next((one for one in _fitting(t) if one.number == number), None)
    if example is None:
        t.toast(Unfit.STALE)
        return
    if t.rows and t.visit.row is not None:
        take_field(t, key, example.text)
        return
    if t.rows:
        more = {name: value for name, value in example.gives.items() if name in t.run.keys()}
        t.write({**more, **t.visit.draft, key: example.text})
    else:
        written = t.run.given.written.get(key)
        if written is not None and example.text in str(written.value).splitlines():
            t.toast(Done.THERE_ALREADY)
            ask_again(t)
            return
        keep(t, key, example.text, more=key in t.answered)
    ask(t, key, taken_over=True)
