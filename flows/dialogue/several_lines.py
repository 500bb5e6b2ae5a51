"""Make a row of each line, or each tick, where a row is named: a pasted list, or several examples.

A text of several lines is held with the visit, as one that points somebody out is (`screening`), until whoever
wrote it has said whether it is one row or many. It waits even if something else is asked meanwhile (`Visit.pasted`):
whoever turns to a new row is asked about it first. Ticks need no such question: they are several by themselves.

Where rows are called by names, of places, groups, people or organisations, commas part them too, and so does the word
between the last two of them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from flows.answers import clean, lines, unfit
from flows.buttons import Button
from flows.definitions.model import Question
from flows.dialogue.dialogue_state import DialogueState
from flows.fields import TextField
from flows.identities import Handling
from flows.input_errors import Problem, Trouble
from flows.run.effects import AskApart, KeepRows, RowsSaved
from flows.run.events import Wrote
from flows.run.state import Held, Place

MOST: Final = 100  # lines of one message: it holds four thousand characters, and a list of more is pasted in two


def names_row(t: DialogueState, key: str, question: Question) -> bool:
    """True if this is what a new row is called, so that several lines can be several rows."""
    register = t.run.exercise.register
    told = register is not None and register.title == key and not t.run.exercise.private
    return told and t.visit.row is None and isinstance(question.field, TextField) and not question.field.form


def is_name_of_row(t: DialogueState, key: str) -> bool:
    """True if a new row is called by a name here."""
    question = t.run.question(key)
    return names_row(t, key, question) and are_names(question)


def are_names(question: Question) -> bool:
    """True if rows are called by names here, so that what is written beside one is another, and no more words of it."""
    return _ticks(question) or question.identities is Handling.CONTACT


def _ticks(question: Question) -> bool:
    """True if examples of what a row can be called can be ticked."""
    return isinstance(question.field, TextField) and question.field.ticks


def ticked(t: DialogueState, question: Question) -> tuple[str, ...]:
    """The examples that are ticked, in the order of the buttons."""
    offers = t.run.given.offers.get(question.id, ()) if _ticks(question) else ()
    return tuple(offer.title for offer in offers if offer.arg in t.visit.ticked)


def holds(t: DialogueState, key: str, question: Question, event: Wrote) -> bool:
    """Hold a text of several lines (what is ticked counts with it) and ask; False for one that is a single row."""
    if t.as_one or not names_row(t, key, question) or unfit(clean(event.text)):
        return False
    ticks, text = ticked(t, question), clean(event.text)
    said = (*ticks, *_apart(text, question, event.dates.words.also))
    if len(said) < 2:
        return False
    text, rows = "\n".join(said) if ticks else text, _once(said)
    show(t, Held(text, key, event.seen, event.message, (), False, event.at, event.long, apart=True, rows=rows))
    return True


def add(t: DialogueState, held: Held, event: Wrote) -> None:
    """Let another text be further lines of those that wait, and ask again: none is lost, and none kept unseen."""
    further = _apart(clean(event.text), t.run.question(held.key), event.dates.words.also)
    text, rows = f"{held.text}\n{clean(event.text)}", _once((*said_apart(held), *further))
    show(t, replace(held, text=text, rows=rows, at=event.at, long=event.long))


def goes_beside(t: DialogueState, key: str, event: Wrote) -> None:
    """Ask whether a row that has just been named and what goes on from its name ("och Hotell Ros") are two."""
    first, text = str(t.visit.draft[key]), clean(event.text)
    rows = _once((first, *_apart(text, t.run.question(key), event.dates.words.also)))
    t.write({name: value for name, value in t.visit.draft.items() if name != key})
    t.stand(place=Place.ASK, key=key, ticked=())
    show(t, Held(f"{first}\n{text}", key, None, event.message, (), False, event.at, apart=True, rows=rows))


def _apart(text: str, question: Question, also: Sequence[str]) -> list[str]:
    """Return the lines of a text; of a single line the names in it, where it is names that are asked for.

    `also`: the words that stand before the last of several. Without a comma before it such a word parts nothing.
    """
    text = re.sub(rf"^(?:{'|'.join(map(re.escape, also))})\s+", "", text, flags=re.IGNORECASE)
    said = lines(text)
    if len(said) > 1 or not are_names(question):
        return said
    *first, last = re.split("[,;]", said[0])
    parted = re.fullmatch(rf"(.*(?:\s|^))(?:{'|'.join(map(re.escape, also))})\s(.*)", last) if first else None
    return [name for part in (*first, *(parted.groups() if parted else [last])) if (name := part.strip())]


def _once(said: Iterable[str]) -> tuple[str, ...]:
    """Return each name once, as it was written first: capitals make no other of it."""
    first: dict[str, str] = {}
    for line in said:
        first.setdefault(line.casefold(), line)
    return tuple(first.values())


def said_apart(held: Held) -> tuple[str, ...]:
    """Return what the rows would be called."""
    if held.rows:
        return held.rows
    said = lines(held.text)  # an older version noted no names, and held a single line only if commas parted it
    return _once(said if len(said) > 1 else filter(None, (part.strip() for part in re.split("[,;]", held.text))))


def show(t: DialogueState, held: Held, *, again: bool = False) -> None:
    """Ask whether each line is to be a row of its own."""
    said = said_apart(held)
    keyboard = (
        (Button("apart", "", "rows_apart"),),
        (Button("asis", "", "rows_as_one"), Button("rewrite", "", "rewrite")),
    )
    t.say(AskApart(lines=said, keyboard=keyboard, key=held.key), again=again)
    t.stand(held=replace(held, ask=t.visit.ask), pasted=None)


def back_to(t: DialogueState, pasted: Held) -> None:
    """Let the person stand where these lines are asked about, whatever was asked meanwhile."""
    t.stand(place=Place.ASK, key=pasted.key, row=None, rest=(), ticked=(), paused=False, met=None)
    t.stand(held=pasted, pasted=None)


def save(t: DialogueState, key: str, said: Sequence[str]) -> Trouble | None:
    """Make a row of each of these, with the answers that the new row had before it was named.

    Returns the trouble, with nothing made, if they are more than `MOST`.
    """
    several = _once(said)
    if len(several) > MOST:
        return Trouble(Problem.TOO_MANY_LINES, {"most": MOST, "count": len(several)})
    given = t.row_values
    t.effects.append(KeepRows(tuple({**given, key: line} for line in several), t.member))
    t.leave_row(RowsSaved())
    return None
