"""Two who write the same shared answer, or the same field of a row: both are shown, one is chosen.

Answers conflict when somebody has written another one since this person was shown the question, or when a new text says
something else than somebody's text that stands: it may be meant as a line more. Both are kept, one
after the other, so that the history has each. Until a choice is made they stand together where they can (texts,
several ticks), else the later one stands. If a third person has written by then, the choice conflicts with that one.
"""

import re
from dataclasses import replace

from flows.buttons import Button, Keyboard
from flows.dialogue.dialogue_state import DialogueState
from flows.fields import TextField
from flows.run.effects import ChooseAnswer, Keep, KeepRow
from flows.run.state import Met, Place, SharedAnswer
from flows.values import Value

# What can be chosen: the buttons' arguments.
CHOICES = MINE, THEIRS, BOTH = "mine", "theirs", "both"
PARAGRAPH = "\n\n"  # between two texts that stand together
SLASH = " / "  # … in what names a row, which is one line
LINE = "\n"  # between the pieces of one text


def meets(t: DialogueState, key: str, value: Value, seen: int | None, *, own: bool = False) -> bool:
    """True if there is another answer, of a later version than the one this person has seen (None: they have seen all).

    An answer of their own is no conflict, but with `own`, when they edit an earlier message of theirs, it is.
    """
    written = t.run.given.written.get(key)
    if written is None or seen is None or written.version <= seen:
        return False
    return written.value != value and (own or written.member != t.member)


def supplants(t: DialogueState, key: str, value: Value) -> bool:
    """True if a text would take the place of somebody else's and is no edit of it: it has not half of its words."""
    written = t.run.given.written.get(key)
    if written is None or written.member == t.member or not isinstance(t.run.question(key).field, TextField):
        return False
    there, new = (set(re.findall(r"\w+", str(text).casefold())) for text in (written.value, value))
    return 2 * len(there & new) < len(there)


def with_part_changed(written: SharedAnswer | None, was: str, text: str) -> str:
    """Return what several have written, with one person's part (`was`) changed to `text`; empty if it lacks that."""
    there, part = (f"{PARAGRAPH}{one}{PARAGRAPH}" for one in (written.value if written else "", was))
    if not was or part not in there:
        return ""
    return there.replace(part, f"{PARAGRAPH}{text}{PARAGRAPH}", 1)[len(PARAGRAPH) : -len(PARAGRAPH)]


def _stands(t: DialogueState) -> bool:
    """True if nobody else has written since the two answers were shown; an answer that was erased does not count."""
    written = t.run.given.written.get(t.visit.key)
    nobody = written is None or t.visit.met is None or written.member == t.member
    return nobody or (written is not None and t.visit.met is not None and written.value == t.visit.met.both)


def meet(t: DialogueState, key: str, value: Value, *, aside: bool = False) -> None:
    """Keep both answers, and ask which one is to stand.

    `aside`: this one answered an earlier question; the dialogue comes back to what it asks now.
    """
    written, back = t.run.given.written[key], t.visit.met.back if t.visit.met else None
    if aside and t.visit.place is not Place.MET:
        back = t.visit.place, t.visit.key
    stands = _together(t, key, written.value, value)
    _keep(t, key, value)
    if t.visit.row is None:
        t.settle(key, stands)
    if stands != value:
        _keep(t, key, stands, joined=True)
    by = None if written.joined and written.several else written.member  # what several have written is nobody's alone
    met = Met(value, written.value, stands, by, back)
    t.stand(place=Place.MET, key=key, met=met, ticked=(), remark=t.remarked(), paused=False)
    show(t)


def _keep(t: DialogueState, key: str, value: Value, *, joined: bool = False) -> None:
    """Keep an answer on the sheet, or in the row that is being changed."""
    if t.visit.row is None:
        t.effects.append(Keep(t.owner, key, value, t.member, joined=joined))
    else:
        t.effects.append(KeepRow({key: value}, t.member, t.visit.row))


def _met(t: DialogueState) -> Met:
    assert t.visit.met is not None  # nobody stands at Place.MET without two answers
    return t.visit.met


def add(t: DialogueState, text: str) -> None:
    """Add what this person writes, before they have chosen, to their own text; what others wrote stands."""
    met = _met(t)
    mine = f"{met.mine}{SLASH if _is_title(t, t.visit.key) else LINE}{text}"
    if not _stands(t):
        meet(t, t.visit.key, mine)
        return
    both = _together(t, t.visit.key, met.theirs, mine)
    _keep(t, t.visit.key, mine)
    _keep(t, t.visit.key, both, joined=True)
    t.stand(met=replace(met, mine=mine, both=both))
    show(t, again=True)


def show(t: DialogueState, *, again: bool = False, first: bool = False) -> None:
    """Show both answers, to choose one of them or write a third. `first`: before what was written now is taken."""
    met = _met(t)
    by = None if met.by == t.member else met.by
    rows: list[tuple[Button, ...]] = [(Button("pick", MINE, "met_mine"),)]
    rows.append((Button("pick", THEIRS, "met_theirs" if by is not None else "met_there"),))
    if met.both != met.mine:
        rows.append((Button("pick", BOTH, "met_both"),))
    keyboard: Keyboard = (*rows, (Button("pause", "", "pause"),)) if t.visit.row is None else tuple(rows)
    t.say(
        ChooseAnswer(
            keyboard=keyboard,
            key=t.visit.key,
            mine=met.mine,
            theirs=met.theirs,
            by=by,
            joined=met.both != met.mine,
            text=isinstance(t.run.question(t.visit.key).field, TextField),
            first=first,
        ),
        again=again,
    )


def _together(t: DialogueState, key: str, theirs: Value, mine: Value) -> Value:
    """Return both answers as one, if they are texts or several ticks; else the later one. A row's name is one line."""
    return t.run.question(key).field.join(theirs, mine, SLASH if _is_title(t, key) else PARAGRAPH)


def _is_title(t: DialogueState, key: str) -> bool:
    register = t.run.exercise.register
    return register is not None and register.title == key


def chosen(t: DialogueState, choice: str) -> Value:
    """The answer that a choice stands for."""
    met = _met(t)
    return {MINE: met.mine, THEIRS: met.theirs, BOTH: met.both}[choice]


def choose(t: DialogueState, choice: str) -> bool:
    """Let one of the two stand, or both. Returns False, with nothing changed, if somebody has written meanwhile."""
    key, value, met = t.visit.key, chosen(t, choice), _met(t)
    if not _stands(t):
        return choice == THEIRS  # whoever chooses the other's answer chooses what stands now
    if t.visit.row is None:
        t.settle(key, value)
    if value != met.both:
        _keep(t, key, value)
    return True
