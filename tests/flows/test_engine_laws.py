"""Whatever happens, in whatever order, from whomever: the engine's laws hold."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeGuard

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.exercises.run_json import from_json, to_json
from flows.definitions.loader import the_process
from flows.definitions.model import Exercise
from flows.dialogue.keyboards import CONCLUSION
from flows.engine.engine import PHASES, advance, deadlines
from flows.enums import How
from flows.run.effects import (
    Comment,
    ConclusionWritten,
    Effect,
    Empty,
    Erase,
    Finished,
    HandIn,
    Keep,
    KeepRow,
    Locked,
    OpenStep,
    Refused,
    Say,
    Show,
    ShowMissing,
    ShowSummary,
    Stray,
    TakeBack,
    Talked,
    Toast,
    Unfit,
)
from flows.run.events import (
    Began,
    Concluded,
    Edited,
    Entry,
    Event,
    Filled,
    Joined,
    Left,
    LeftOut,
    Moved,
    Opened,
    Picked,
    Revealed,
    Spoken,
    Undid,
    Wrote,
)
from flows.run.state import Phase, Run, Seat, Sheet
from tests.flows.sample import SEATS, SWEDISH, TODAY, exercise, fitting, new, visit

Step = Callable[[Run], Event | None]

MEMBERS = st.sampled_from([1, 1, 2, 3, 4, 5, 99])  # 5 may join, 99 never has a seat
KEYS = st.sampled_from(
    ["", "why", "why@x", "sure@y", "need@x", "last@y", "months", CONCLUSION, "none", "why@z", "@", "x@"]
)
VERBS = st.sampled_from(
    [
        "start",
        "pick",
        "on",
        "off",
        "ok",
        "back",
        "skip",
        "remark",
        "pause",
        "go",
        "send",
        "redo",
        "save",
        "cancel",
        "no",
    ]
)
ARGS = st.sampled_from(["", "0", "1", "2", "4", "17", "99", "-1", "²", "٣", "x", "9" * 30, "9" * 5000, "anyway", "10"])
TEXTS = st.one_of(
    st.sampled_from(
        ["3", "14 mars", "nästa torsdag", "Ett svar", "", " \n", "\u202e", "\u200b", "x" * 16_001, "12–18"]
    ),
    st.text(max_size=30),
)
PICKS = st.lists(st.sampled_from(["yes", "no", "1", "4", "10", "x", "9" * 30]), max_size=3).map(tuple)
ENTRIES = st.builds(Entry, PICKS, TEXTS, TEXTS, st.one_of(st.none(), st.integers(0, 3)))
# An asking: the one that is open now, one long gone, the one before, one to come.
AGES = st.sampled_from([0, 0, 0, 0, 1, 2, 5, -1])
ROWS = st.one_of(st.none(), st.integers(1, 3))


def onward(member: int) -> Step:
    """The event that fits where this person stands."""
    return lambda run: fitting(run, member) if member in run.seats else Opened(member)


def picked(member: int, age: int, verb: str, arg: str) -> Step:
    """A tap on a button of any age."""
    return lambda run: Picked(member, visit(run, member).ask - age, verb, arg, TODAY, SWEDISH.dates)


def plain(event: Event) -> Step:
    """An event that is the same wherever the run stands."""
    return lambda run: event


FITTING = st.builds(onward, MEMBERS)
STEPS = st.one_of(
    FITTING,
    FITTING,
    FITTING,
    st.builds(picked, MEMBERS, AGES, VERBS, ARGS),
    st.builds(picked, MEMBERS, st.just(0), VERBS, ARGS),
    st.builds(
        plain,
        st.one_of(
            st.builds(Opened, MEMBERS, st.booleans(), ROWS, KEYS, st.lists(KEYS, max_size=2).map(tuple)),
            st.builds(
                Wrote, MEMBERS, TEXTS, st.integers(0, 20), st.just(TODAY), st.just(SWEDISH.dates), KEYS, st.booleans()
            ),
            st.builds(Edited, MEMBERS, TEXTS, KEYS, st.just(TODAY), st.just(SWEDISH.dates), st.booleans()),
            st.builds(
                Filled,
                MEMBERS,
                st.dictionaries(KEYS, ENTRIES, max_size=4),
                st.just(TODAY),
                st.just(SWEDISH.dates),
                st.booleans(),
            ),
        ),
    ),
    st.builds(
        plain,
        st.one_of(
            st.just(Began()),
            st.builds(Revealed, st.booleans()),
            st.just(Spoken()),
            st.just(LeftOut()),
            st.just(Undid()),
            st.builds(Concluded, st.just({"last@x": "go"}), st.booleans()),
            st.builds(Moved, st.one_of(st.none(), st.just(date(2027, 4, 1)))),
            st.builds(Left, MEMBERS),
            st.builds(Joined, st.builds(Seat, MEMBERS, st.sampled_from([None, 10, 20]), st.booleans())),
        ),
    ),
)


class Watch:
    """Plays events and holds what comes of each against the laws."""

    def __init__(self, what: Exercise) -> None:
        self.run = new(what)
        self.kept: defaultdict[str, set[str]] = defaultdict(set)
        self.handed_in: set[str] = set()

    def step(self, event: Event) -> None:
        """Let an event happen."""
        before = self.run
        turn = advance(before, event)
        assert turn == advance(before, event), "the same arguments must give the same result"
        self.run = turn.run
        self._remember(turn.effects)
        if self.anew(event):
            self.handed_in -= {self.run.owner(event.seat.member)}
        self._state()
        self._phases(before, event, turn.effects)
        self._sheets(before, event, turn.effects)
        self._people(before, event, turn.effects)
        for effect in turn.effects:
            if isinstance(effect, Say):
                self._said(effect)

    def anew(self, event: Event) -> TypeGuard[Joined]:
        """True where somebody who comes back is asked the joining questions anew."""
        return isinstance(event, Joined) and self.run.exercise.private

    def _remember(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case Keep(owner, key, value):
                    json.dumps(value)
                    self.kept[owner].add(key)
                case Comment(owner, key):
                    assert key in self.kept[owner], "a comment needs an answer to belong to"
                case Empty(owner, key):
                    self.kept[owner].remove(key)
                case KeepRow(values):
                    json.dumps(dict(values))
                    assert self.run.exercise.how is How.ROWS
                case HandIn(owner):
                    self.handed_in.add(owner)
                    if self.run.exercise.anonymous:  # which keys were answered tells a little, too
                        del self.kept[owner]
                case Erase():
                    self.handed_in &= self.run.sheets.keys()
                    self.kept = defaultdict(set, {o: k for o, k in self.kept.items() if o in self.run.sheets})
                case TakeBack(owner):
                    assert owner in self.handed_in
                    self.handed_in.discard(owner)
                case OpenStep(step):
                    assert step == 1

    def _state(self) -> None:
        run = self.run
        written = json.loads(json.dumps(to_json(run)))
        assert from_json(run.exercise, run.number, written, run.given.organisations) == run
        assert {o: set(s.answered) for o, s in run.sheets.items() if s.answered} == {
            o: k for o, k in self.kept.items() if k
        }
        assert {o for o, s in run.sheets.items() if s.handed_in and CONCLUSION not in s.answered} == self.handed_in
        for deadline in deadlines(run):
            assert deadline.on == run.answer_by
            if deadline.member is not None:
                assert deadline.member in run.members_of(run.owner(deadline.member))
                assert not run.sheet(deadline.member).handed_in

    def _phases(self, before: Run, event: Event, effects: tuple[Effect, ...]) -> None:
        after = self.run
        if after.phase is before.phase:
            return
        if type(event) in PHASES:
            leads_to = PHASES[type(event)][before.phase]
            back = before.trail[-1] if before.trail else None
            wanted = leads_to or (Phase.ASIDE if back is Phase.NEW else back)
            assert after.phase is wanted
        else:  # the last one has handed in, or those awaited have gone
            assert (before.phase, after.phase) == (Phase.OPEN, Phase.REVEALED)
            assert isinstance(event, Picked | Left | Joined | Filled)
            assert not after.waiting_for()
            assert any(isinstance(e, Show) for e in effects)

    def _sheets(self, before: Run, event: Event, effects: tuple[Effect, ...]) -> None:
        after = self.run
        changed = {e.owner for e in effects if isinstance(e, Keep | Comment | Empty | HandIn | TakeBack)}
        if any(isinstance(e, Erase) or (isinstance(e, HandIn) and after.exercise.anonymous) for e in effects):
            return
        for owner, sheet in before.sheets.items():
            taken_back = {e.key for e in effects if isinstance(e, Empty) and e.owner == owner}
            kept = after.sheets[owner].answered
            assert sheet.answered - kept <= taken_back, "an answered key is only lost where it is taken back"
            conclusion = owner == "g" and CONCLUSION in sheet.answered
            if sheet.handed_in and before.phase is not Phase.OPEN and not conclusion and not self.anew(event):
                assert after.sheets[owner] == sheet, "what is handed in and revealed is not changed"
                assert owner not in changed
        if isinstance(event, Undid | Began | Moved | Concluded | Revealed):
            assert after.sheets == before.sheets

    def _people(self, before: Run, event: Event, effects: tuple[Effect, ...]) -> None:
        for member, here in before.visits.items():
            assert self.run.visits[member].ask >= here.ask, "a number of an asking is never used again"
        if not isinstance(event, Opened | Picked | Wrote | Edited):
            return
        assert effects, "a person is always answered"
        seat = before.seats.get(event.member)
        if seat is None or not seat.awaited:
            assert self.run == before
        if isinstance(event, Picked) and event.ask != visit(before, event.member).ask:
            self._same_but_place(before, event.member)
        if all(isinstance(e, Toast) and isinstance(e.name, Unfit) for e in effects):
            assert self.run == before, "an event that does not fit changes nothing"
        others = {m: v for m, v in before.visits.items() if m != event.member}
        assert {m: v for m, v in self.run.visits.items() if m != event.member} == others

    def _same_but_place(self, before: Run, member: int) -> None:
        """A late tap changes nothing but what a person now sees of a shared sheet: answered or handed in meanwhile."""
        was, now = visit(before, member), visit(self.run, member)
        assert replace(self.run, visits={}) == replace(before, visits={})
        assert replace(now, place=was.place, seen=was.seen) == was

    def _said(self, say: Say) -> None:
        if isinstance(say, ShowMissing | ConclusionWritten | Talked):  # to the group
            return
        assert say.to in self.run.seats
        end = isinstance(say, Finished | ShowSummary)
        through = self.run.exercise.how is How.ROWS or self.run.sheet(say.to).handed_in
        # What is said beside the dialogue of a run that takes no more has nothing to lead back to.
        over = isinstance(say, Locked | Refused | Stray) and self.run.locked(say.to)
        assert say.keyboard or (end and through) or over
        assert sum(map(len, say.keyboard)) <= 100, "Telegram's limit for one keyboard"
        assert all(say.keyboard)
        assert say.ask in (0, visit(self.run, say.to).ask)


def watch(what: Exercise, steps: list[Step], seats: dict[int, Seat] = SEATS) -> None:
    """Play the steps with a new run, which begins first so that most of them can have an effect."""
    watched = Watch(what)
    watched.run = replace(watched.run, seats=seats)
    watched.step(Began())
    for step in steps:
        event = step(watched.run)
        if event is not None:
            watched.step(event)


@pytest.mark.slow
@pytest.mark.parametrize("how", How)
@settings(max_examples=100, deadline=None)
@given(steps=st.lists(STEPS, min_size=20, max_size=60))
def test_laws_hold(how: How, steps: list[Step]) -> None:
    """An exercise that uses everything keeps the laws, whatever happens to it."""
    watch(exercise(how), steps)


@pytest.mark.slow
@pytest.mark.parametrize("how", [How.EACH, How.ORG])
@settings(max_examples=100, deadline=None)
@given(steps=st.lists(STEPS, min_size=20, max_size=60))
def test_laws_hold_when_short(how: How, steps: list[Step]) -> None:
    """An exercise of one question reaches its end in all ways, and keeps the laws there too."""
    one = exercise(how, questions=(exercise(how).question("last"),), for_each=None)
    watch(one, steps, {m: SEATS[m] for m in (1, 2, 3)})


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(what=st.sampled_from(sorted(the_process().exercises)), steps=st.lists(STEPS, min_size=20, max_size=60))
def test_laws_hold_for_what_we_ship(what: str, steps: list[Step]) -> None:
    """The exercises of the process keep the laws as well."""
    watch(the_process().exercises[what], steps)


@given(
    st.builds(
        Run,
        st.just(exercise(How.EACH)),
        st.just(1),
        sheets=st.dictionaries(st.sampled_from(["g", "m:1", "o:2"]), st.builds(Sheet)),
        trail=st.lists(st.sampled_from(Phase)).map(tuple),
        answer_by=st.one_of(st.none(), st.dates()),
    )
)
def test_what_is_written_down_is_read_back(run: Run) -> None:
    """A run is the same after a restart."""
    written: dict[str, Any] = json.loads(json.dumps(to_json(run)))
    assert from_json(run.exercise, 1, written) == run
