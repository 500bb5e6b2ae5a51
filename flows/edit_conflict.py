"""Two who write the same shared answer at once: neither is lost, both are shown, one is chosen.

Answers conflict when somebody has written another one since this person was shown the question. Both are kept, one
after the other, so that the history has each. Until a choice is made they stand together where they can (texts,
several ticks), else the later one stands. If a third person has written by then, the choice conflicts with that one.
"""

from dataclasses import replace

from flows.dialogue_state import DialogueState
from flows.effects import Button, ChooseAnswer, Keep, Keyboard
from flows.model import Kind, Question
from flows.state import Met, Place
from flows.values import Value, parts

# What can be chosen: the buttons' arguments.
CHOICES = MINE, THEIRS, BOTH = "mine", "theirs", "both"


def meets(t: DialogueState, key: str, value: Value, seen: int | None, *, own: bool = False) -> bool:
    """True if there is another answer, of a later version than the one this person has seen (None: they have seen all).

    An answer of their own is no conflict, but with `own`, when they edit an earlier message of theirs, it is.
    """
    written = t.run.written.get(key)
    if written is None or seen is None or written.version <= seen:
        return False
    return written.value != value and (own or written.member != t.member)


def _stands(t: DialogueState) -> bool:
    """True if nobody has written since the two answers were shown; an answer that was erased does not count."""
    written = t.run.written.get(t.visit.key)
    return written is None or t.visit.met is None or written.value == t.visit.met.both


def meet(t: DialogueState, key: str, value: Value, *, aside: bool = False) -> None:
    """Keep both answers, and ask which one is to stand.

    `aside`: this one answered an earlier question; the dialogue comes back to what it asks now.
    """
    written, back = t.run.written[key], t.visit.met.back if t.visit.met else None
    if aside and t.visit.place is not Place.MET:
        back = t.visit.place, t.visit.key
    stands = together(t.run.question(key), written.value, value)
    t.effects.append(Keep(t.owner, key, value, t.member))
    t.settle(key, stands)
    if stands != value:
        t.effects.append(Keep(t.owner, key, stands, t.member, joined=True))
    met = Met(value, written.value, stands, written.member, back)
    t.stand(place=Place.MET, key=key, met=met, ticked=(), remark=None, paused=False)
    show(t)


def _met(t: DialogueState) -> Met:
    assert t.visit.met is not None  # nobody stands at Place.MET without two answers
    return t.visit.met


def add(t: DialogueState, text: str) -> None:
    """Add the next part of this person's own text, which the phone had split."""
    met = _met(t)
    mine = f"{met.mine}\n{text}"
    both = together(t.run.question(t.visit.key), met.theirs, mine)
    t.effects += [Keep(t.owner, t.visit.key, mine, t.member), Keep(t.owner, t.visit.key, both, t.member, joined=True)]
    t.stand(met=replace(met, mine=mine, both=both))
    show(t, again=True)


def show(t: DialogueState, *, again: bool = False) -> None:
    """Show both answers, to choose one of them or write a third."""
    met = _met(t)
    by = None if met.by == t.member else met.by
    kind = t.run.question(t.visit.key).kind
    rows: list[tuple[Button, ...]] = [(Button("pick", MINE, "met_mine"),)]
    rows.append((Button("pick", THEIRS, "met_theirs" if by is not None else "met_there"),))
    if met.both != met.mine:
        rows.append((Button("pick", BOTH, "met_both"),))
    keyboard: Keyboard = (*rows, (Button("pause", "", "pause"),))
    t.say(
        ChooseAnswer(
            keyboard=keyboard,
            key=t.visit.key,
            mine=met.mine,
            theirs=met.theirs,
            by=by,
            joined=met.both != met.mine,
            text=kind is Kind.TEXT,
        ),
        again=again,
    )


def together(question: Question, theirs: Value, mine: Value) -> Value:
    """Return both answers as one, if they are texts or several ticks; else the later one."""
    if question.kind is Kind.TEXT:
        return f"{theirs}\n\n{mine}"
    if question.many:
        return [*parts(theirs), *(one for one in parts(mine) if one not in parts(theirs))]
    return mine


def chosen(t: DialogueState, choice: str) -> Value:
    """The answer that a choice stands for."""
    met = _met(t)
    return {MINE: met.mine, THEIRS: met.theirs, BOTH: met.both}[choice]


def choose(t: DialogueState, choice: str) -> bool:
    """Let one of the two stand, or both. Returns False, with nothing changed, if somebody has written meanwhile."""
    key, value, met = t.visit.key, chosen(t, choice), _met(t)
    if not _stands(t):
        return choice == THEIRS  # whoever chooses the other's answer chooses what stands now
    t.settle(key, value)
    if value != met.both:
        t.effects.append(Keep(t.owner, key, value, t.member))
    return True
