"""The dialogue's table of moves: each arrow can be taken, nothing else can, and each button stands where it fits."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any

import pytest

from flows.definitions.model import LONG, ForEach, Question, When
from flows.dialogue.dialogue import HELD, MOVES, VERBS
from flows.engine import chart
from flows.engine.engine import advance
from flows.enums import Audience, How, Kind
from flows.fields import ChoiceField, NumberField, Offer, RowField, ScaleField, TextField
from flows.run.effects import Say, Toast
from flows.run.events import Edited, Event, Opened, Picked
from flows.run.state import Example, Place, Run, SharedAnswer
from tests.flows.sample import SWEDISH, TODAY, begun, exercise, fitting, giving, visit, walk, write

ME, COLLEAGUE = 1, 2
G = Audience.GROUP
SHORT = (
    Question("why", TextField(), G),
    Question("sure", ChoiceField(options=("yes", "no")), G, comment=True, reasons=("no",)),
    Question("more", ChoiceField(options=("a", "b"), many=True), G, when=When("sure", ("yes",))),
    Question("need", ScaleField(), G, comment=True, ask_comment=True, required=False),
)
ROW = (
    Question("why", TextField(), G),
    Question("sure", ChoiceField(options=("yes", "no")), G),
    Question("who", RowField(register="actors", many=True), G, required=False),
    Question("what", RowField(register="actors"), G, required=False),
    Question("months", NumberField(low=1, high=60, advise=(12, 18)), G),
    Question("styles", ChoiceField(options=("a", "b"), many=True), G, required=False),
    Question("also", RowField(register="actors"), G, required=False),
)
NEVER_ASKED = When("sure", ("never",))
UNASKED = tuple(Question(f"u{n}", TextField(), G, when=NEVER_ASKED) for n in range(LONG - len(ROW)))
OFFERS = {id: tuple(Offer(str(n), f"Hotell {n}") for n in range(12)) for id in ("who", "what", "also")}
EXAMPLES = {"why": tuple(Example(n, f"Ett exempel på {n} tecken".ljust(200, "…")) for n in range(1, 5))}
MANY = tuple(f"i{n}" for n in range(13))  # more than a page of buttons, and with two questions each of a summary


def _starts() -> Iterator[list[Run]]:
    """Runs to begin with, of each exercise: untouched, and where a colleague has answered all or also handed in."""
    fixed, own = ForEach(items=("x", "y")), ForEach(items=("x", "y"), add=True, pick=True)
    for how, for_each in ((How.GROUP, None), (How.GROUP, own), (How.ORG, None), (How.ORG, own), (How.EACH, fixed)):
        run = giving(begun(exercise(how, questions=SHORT, outcome=None, for_each=for_each)), examples=EXAMPLES)
        *_, (before, _), (after, _) = walk(run, ME if how is How.EACH else COLLEAGUE)
        yield [run, *((before,) if how is How.ORG else ()), after]
    pointing = exercise(How.GROUP, questions=ROW[2:4], outcome=None, for_each=None)
    yield [giving(begun(pointing), offers=OFFERS)]
    for how in (How.GROUP, How.EACH):
        long = begun(exercise(how, questions=SHORT[:2], outcome=None, for_each=ForEach(items=MANY, pick=True)))
        *_, (before, _), (after, _) = walk(long, ME)
        yield [long, before, after]
    for questions in (ROW, (*ROW, *UNASKED)):  # the latter is shown whole before it is saved
        run = begun(exercise(How.ROWS, questions=questions))
        yield [giving(run, offers=OFFERS, examples=EXAMPLES)]


def _written(run: Run, by: int = COLLEAGUE) -> dict[str, SharedAnswer]:
    """Somebody, mostly a colleague, has answered each question meanwhile, with something else."""
    if not run.shared:
        return {}
    other: dict[Kind, Any] = {Kind.TEXT: "Något annat", Kind.SCALE: 5, Kind.ROW: {"id": 3}}
    return {
        key: SharedAnswer(9, by, [other.get(q.kind, "b")] if q.many else other.get(q.kind, "no"))
        for key, q in ((key, run.question(key)) for key in run.keys())
    }


def _few(shown: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The buttons shown, no more than three of a kind: the others are like these."""
    for verb in sorted({verb for verb, _ in shown}):
        yield from sorted(button for button in shown if button[0] == verb)[:3]


def _events(run: Run, shown: set[tuple[str, str]]) -> Iterator[Event]:
    """What this person could do: every button there may be here, and the texts and ways in."""
    here = visit(run, ME)
    fitting_here = {
        (verb, {"borrow": "1"}.get(verb, "0" if verb in ("go", "page", "unsay", "samples") else ""))
        for verb in MOVES[here.place]
        if verb in VERBS
    }
    for verb, arg in sorted({*_few(shown), *fitting_here}):
        yield Picked(ME, here.ask, verb, arg, TODAY, SWEDISH.dates)
    keys = run.keys()
    for text in ("Ett svar", "", "Hotell", "3"):
        yield write(ME, text)
    yield write(ME, "Ja, ett svar till", keys[0], seen=0)
    yield Edited(ME, "Rättat", keys[0], TODAY, SWEDISH.dates, seen=0)
    yield Opened(ME)
    yield Opened(ME, introduced=True)
    yield Opened(ME, introduced=True, key=keys[-1])
    if run.exercise.how is How.ROWS:
        yield Opened(ME, row=5, key=keys[0], rest=keys[1:2])
        yield Opened(ME, row=5, key=keys[0])
        yield Opened(ME, row=5, key=next(key for key in keys if not run.question(key).required))
        yield Opened(ME, told={"sure": "yes"})
        yield Opened(ME, given={"why": "Givet"})


def _meanwhile(run: Run) -> Iterator[Run]:
    """What a colleague on the same sheet may do: go on, and answer so that something is not asked any more."""
    if run.shared:
        sheet = replace(run.sheet(ME), also_asked=frozenset())
        yield run.with_sheet(run.owner(ME), sheet)
        if (event := fitting(run, COLLEAGUE)) is not None:
            yield advance(run, event).run


def _name(event: Event) -> str:
    return event.verb if isinstance(event, Picked) else type(event).__name__


def _like(run: Run) -> object:
    """Runs that are alike in this are explored once."""
    here, sheet = visit(run, ME), run.sheet(ME)
    answered = set(here.draft) if run.exercise.how is How.ROWS else sheet.answered
    return (
        *(here.place, here.key.partition("@")[0], here.key in run.asked(run.owner(ME)), here.row, here.to_summary),
        *map(bool, (here.ticked, here.remark.text, here.new.fixed, here.new.told, here.offered.query, here.rest)),
        *(len(answered) // 3, here.key in answered, here.met.back[0] if here.met and here.met.back else None),
        *(sheet.handed_in, here.revising and sheet.handed_in, len(run.picked), run.phase),
    )


@cache
def _explored() -> tuple[dict[tuple[Place, str], set[Place]], dict[Place, set[str]]]:
    """Where each verb and event led from each place, and which buttons stood there."""
    led: defaultdict[tuple[Place, str], set[Place]] = defaultdict(set)
    stood: defaultdict[Place, set[str]] = defaultdict(set)
    for starts in _starts():
        waiting: list[tuple[Run, frozenset[tuple[str, str]]]] = [(start, frozenset()) for start in reversed(starts)]
        seen: set[object] = set()
        while waiting:
            run, shown = waiting.pop()
            place = visit(run, ME).place
            met, met_own = (giving(run, written=_written(run, by)) for by in (COLLEAGUE, ME))
            for event in _events(run, set(shown)):
                meets = run.shared and not (isinstance(event, Picked) and event.verb not in ("pick", "ok", "new"))
                own = isinstance(event, Picked) and event.verb == "unsay"
                for given in (run, met_own if own else met)[: 1 + (meets or own)]:
                    turn = advance(given, event)
                    after = visit(turn.run, ME).place
                    if after is not place or turn.run != given or not isinstance(turn.effects[0], Toast):
                        led[place, _name(event)].add(after)
                    said = [e for e in turn.effects if isinstance(e, Say) and e.to == ME]
                    buttons = frozenset((b.verb, b.arg) for s in said for row in s.keyboard for b in row)
                    buttons = frozenset(b for b in buttons if b[0] in VERBS)
                    stood[after] |= {verb for verb, _ in buttons}
                    if (alike := _like(turn.run)) not in seen:
                        seen.add(alike)
                        waiting.append((giving(turn.run, written={}), buttons))
            for other in _meanwhile(run):
                if (alike := _like(other)) not in seen:
                    seen.add(alike)
                    waiting.append((other, shown))
    return dict(led), dict(stood)


@pytest.mark.slow
def test_every_arrow_can_be_taken_and_nothing_else_is() -> None:
    """From each place, each verb and event leads exactly where the table says."""
    led, _ = _explored()
    assert led == {(place, name): set(ends) for place, moves in MOVES.items() for name, ends in moves.items()}


@pytest.mark.slow
@pytest.mark.parametrize("place", Place)
def test_buttons_stand_where_they_fit(place: Place) -> None:
    """What is put before a person has the buttons that fit there, and each that fits is put there by something."""
    _, stood = _explored()
    assert stood[place] == MOVES[place].keys() & set(VERBS)


@pytest.mark.parametrize("place", Place)
def test_a_verb_that_does_not_fit_changes_nothing(place: Place) -> None:
    """A tap that does not belong where the person stands is answered with a notice, whatever it carries."""
    for run in chain.from_iterable(_starts()):
        here = run.with_visit(ME, replace(visit(run, ME), place=place, key=run.keys()[-1], ticked=("0",)))
        for verb in set(VERBS) - MOVES[place].keys() - set(HELD):
            for arg in ("", "0", "mine"):
                turn = advance(here, Picked(ME, visit(here, ME).ask, verb, arg, TODAY, SWEDISH.dates))
                assert turn.run == here
                assert [type(e) for e in turn.effects] == [Toast]


def test_the_drawing_has_each_arrow() -> None:
    """The drawing of the dialogue shows each way between two places once, with all that leads there."""
    drawn = chart.dialogue()
    ways = {(place, end) for place, moves in MOVES.items() for ends in moves.values() for end in ends}
    assert drawn.count("-->") == len(ways) + 1
    assert "    own --> pick: back\n" in drawn
