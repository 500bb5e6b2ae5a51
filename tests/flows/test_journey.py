"""Where the group is on its way."""

from flows.definitions.loader import the_process
from flows.run.state import Phase
from flows.timing.journey import Map, where

PROCESS = the_process()
FIRST = PROCESS.step(0).exercises


def at(*runs: tuple[int, str, Phase], steps: tuple[int, ...] = (0,)) -> Map:
    """The map with these runs and open steps."""
    return where(PROCESS, runs, steps)


def state(found: Map, exercise: str) -> str:
    """How an exercise stands on the map."""
    return next(stop.state for step in found.steps for stop in step.stops if stop.exercise == exercise)


def test_the_beginning() -> None:
    """A new group is in step 0, with its first exercise next and no sub-goal begun."""
    found = at()
    assert found.now is not None
    assert (found.now.number, found.next) == (0, FIRST[0])
    assert [step.state for step in found.steps] == ["now"] + ["later"] * 8
    assert set(found.goals.values()) == {0.0}


def test_no_open_step() -> None:
    """Where no step is open, nothing is next."""
    found = at(steps=())
    assert (found.now, found.next) == (None, None)


def test_going_on() -> None:
    """What is open, what is to be talked about, what is done and what comes next are told apart."""
    found = at((1, FIRST[0], Phase.CONCLUDED), (2, FIRST[1], Phase.REVEALED), (3, FIRST[2], Phase.OPEN))
    assert [state(found, name) for name in FIRST[:5]] == ["done", "talk", "open", "next", "later"]
    assert found.next == FIRST[3]


def test_what_was_left_out_before_the_decision_is_not_next() -> None:
    """Whoever decides to begin without the exercises before goes on after the decision; they can still be done."""
    (place,) = (n for n, name in enumerate(FIRST) if PROCESS.exercises[name].outcome)
    decided = (1, FIRST[place], Phase.CONCLUDED)
    assert at(decided).next == FIRST[0]  # it was not to begin
    found = at(decided, steps=(0, 1))
    assert (found.next, state(found, FIRST[0])) == (FIRST[place + 1], "later")
    found = at(decided, *((n, name, Phase.CONCLUDED) for n, name in enumerate(FIRST[place + 1 :], 2)), steps=(0, 1))
    assert found.next == PROCESS.step(1).exercises[0]


def test_set_aside_is_not_begun() -> None:
    """An exercise that was begun by mistake is next again, and the round before it counts."""
    assert at((1, FIRST[0], Phase.ASIDE)).next == FIRST[0]
    found = at((1, FIRST[0], Phase.CONCLUDED), (2, FIRST[0], Phase.ASIDE))
    assert state(found, FIRST[0]) == "done"


def test_undone_is_open_again() -> None:
    """Taking the conclusion back opens the exercise, and its step is not done any more."""
    done = [(n, name, Phase.CONCLUDED) for n, name in enumerate(FIRST)]
    assert at(*done).steps[0].state == "done"
    found = at(*done[:-1], (99, FIRST[-1], Phase.REVEALED))
    assert (found.steps[0].state, state(found, FIRST[-1])) == ("now", "talk")


def test_done_again_is_still_done() -> None:
    """What is done once more is open, and its step and sub-goals stay done."""
    done = [(n, name, Phase.CONCLUDED) for n, name in enumerate(FIRST)]
    found, before = at(*done, (99, FIRST[-1], Phase.OPEN)), at(*done)
    assert (found.steps[0].state, state(found, FIRST[-1])) == ("done", "open")
    assert found.goals == before.goals


def test_the_latest_round_counts() -> None:
    """A new round of an exercise takes the place of the old one, in whatever order they are told."""
    found = at((7, FIRST[0], Phase.OPEN), (2, FIRST[0], Phase.CONCLUDED))
    assert state(found, FIRST[0]) == "open"


def test_next_is_in_an_open_step() -> None:
    """When a step is done, next is the first exercise of the next open step, and none while no other is open."""
    done = [(n, name, Phase.CONCLUDED) for n, name in enumerate(FIRST)]
    assert at(*done).next is None
    found = at(*done, steps=(0, 1))
    assert found.next == PROCESS.step(1).exercises[0]
    assert found.now is not None
    assert found.now.number == 1


def test_sub_goals() -> None:
    """A sub-goal has come as far as the share of its exercises that are done, and ends at all of them."""
    every = [(n, name, Phase.CONCLUDED) for n, name in enumerate(PROCESS.exercises)]
    assert set(at(*every).goals.values()) == {1.0}
    one = at((1, "plan_conditions", Phase.CONCLUDED)).goals
    serving = [name for step in PROCESS.steps if "plan" in step.goals for name in step.exercises]
    assert one["plan"] == 1 / len(serving)
    assert one["insight"] == 0
