"""Two who write the same shared answer at once: neither is lost, both are shown, one is chosen.

An answer has met another when somebody has said something else since this person was shown it. Both are kept, one
after the other, so that the history has each of them; until a choice is made they stand together where they can
(texts, several ticks), else the later one does. A choice that comes when yet another has written meets that one anew.
"""

from typing import Any

from flows.dialogue_state import DialogueState
from flows.effects import Button, ChooseAnswer, Keep, Keyboard
from flows.model import Kind, Question
from flows.state import Place

# What can be chosen: the buttons' arguments.
CHOICES = MINE, THEIRS, BOTH = "mine", "theirs", "both"


def meets(t: DialogueState, key: str, value: Any, seen: int | None, *, own: bool = False) -> bool:
    """True if there is an answer that this person has not seen (None: has seen it all), and that says something else.

    What they wrote themselves they have seen; with `own` that counts too, as an earlier message of theirs is edited.
    """
    written = t.run.written.get(key)
    if written is None or seen is None or written.version <= seen:
        return False
    return written.value != value and (own or written.member != t.member)


def _stands(t: DialogueState) -> bool:
    """Whether nobody has written since the two answers were shown; what was erased meanwhile has no say."""
    written = t.run.written.get(t.visit.key)
    return written is None or written.value == t.visit.met[BOTH]


def meet(t: DialogueState, key: str, value: Any, *, aside: bool = False) -> None:
    """Keep both, and ask which is to stand. `aside`: it was no answer to what is asked now, which is come back to."""
    written, back = t.run.written[key], t.visit.met.get("back", [])
    if aside and t.visit.place is not Place.MET:
        back = [t.visit.place, t.visit.key]
    stands = together(t.run.question(key), written.value, value)
    t.effects.append(Keep(t.owner, key, value, t.member))
    t.settle(key, stands)
    if stands != value:
        t.effects.append(Keep(t.owner, key, stands, t.member, joined=True))
    met = {THEIRS: written.value, "by": written.member, MINE: value, BOTH: stands, "back": back}
    t.stand(place=Place.MET, key=key, met=met, ticked=(), remark=None, paused=False)
    show(t)


def add(t: DialogueState, text: str) -> None:
    """One's own text goes on, as the phone had split it."""
    met = t.visit.met
    mine = f"{met[MINE]}\n{text}"
    both = together(t.run.question(t.visit.key), met[THEIRS], mine)
    t.effects += [Keep(t.owner, t.visit.key, mine, t.member), Keep(t.owner, t.visit.key, both, t.member, joined=True)]
    t.stand(met={**met, MINE: mine, BOTH: both})
    show(t, again=True)


def show(t: DialogueState, *, again: bool = False) -> None:
    """Both answers, to choose between; or to write a third to."""
    met = t.visit.met
    by = None if met["by"] == t.member else met["by"]
    kind = t.run.question(t.visit.key).kind
    rows: list[tuple[Button, ...]] = [(Button("pick", MINE, "met_mine"),)]
    rows.append((Button("pick", THEIRS, "met_theirs" if by is not None else "met_there"),))
    if met[BOTH] != met[MINE]:
        rows.append((Button("pick", BOTH, "met_both"),))
    keyboard: Keyboard = (*rows, (Button("pause", "", "pause"),))
    t.say(
        ChooseAnswer(
            keyboard=keyboard,
            key=t.visit.key,
            mine=met[MINE],
            theirs=met[THEIRS],
            by=by,
            joined=met[BOTH] != met[MINE],
            text=kind is Kind.TEXT,
        ),
        again=again,
    )


def together(question: Question, theirs: Any, mine: Any) -> Any:
    """Both answers as one, where there can be such a thing; else the later one."""
    if question.kind is Kind.TEXT:
        return f"{theirs}\n\n{mine}"
    if question.many:
        return [*theirs, *(one for one in mine if one not in theirs)]
    return mine


def choose(t: DialogueState, choice: str) -> bool:
    """Let one of the two stand, or both; False where that would pass over what somebody has written meanwhile."""
    key, value = t.visit.key, t.visit.met[choice]
    if not _stands(t):
        return choice == THEIRS  # whoever gives way gives way to what stands now
    t.settle(key, value)
    if value != t.visit.met[BOTH]:
        t.effects.append(Keep(t.owner, key, value, t.member))
    return True
