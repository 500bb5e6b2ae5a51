"""Where the group is: which exercises are done, what goes on, what is next, how far the five sub-goals have come."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows.definitions.model import Process, Step
from flows.run.state import Phase


@dataclass(frozen=True, slots=True)
class Stop:
    """One exercise on the map. `state`: next | open | talk (revealed, to be talked about) | done | later."""

    exercise: str
    state: str
    run: int | None = None


@dataclass(frozen=True, slots=True)
class StepState:
    """One step on the map. `state`: done | now | later."""

    number: int
    state: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """How far a group has come: each step with its exercises, what is next, and the sub-goals."""

    steps: tuple[StepState, ...]
    next: str | None  # the exercise to begin next, within the steps that are open
    goals: Mapping[str, float]  # sub-goal → share of its exercises that are done, 0–1
    waits_until: date | None = None  # the group has decided to wait until then: nothing is next

    def leads_to(self, following: str | None, waits_until: date | None = None) -> "Map":
        """Return the map with another exercise as the next one, or none, as long as the group waits."""
        steps = [
            replace(s, stops=tuple(replace(o, state="later") if o.state == "next" else o for o in s.stops))
            for s in self.steps
        ]
        return replace(self, steps=tuple(steps), next=following, waits_until=waits_until)

    @property
    def now(self) -> StepState | None:
        """The first open step that is not done."""
        return next((step for step in self.steps if step.state == "now"), None)


_STATES = {Phase.OPEN: "open", Phase.REVEALED: "talk", Phase.CONCLUDED: "done"}


def where(
    process: Process,
    runs: Iterable[tuple[int, str, Phase]],
    open_steps: Iterable[int],
    closed: Iterable[int] = (),
    unchosen: Container[str] = (),
) -> Map:
    """Make the map of the group's runs (number, exercise, phase), its open steps, and the steps closed unfinished.

    `unchosen`: exercises that the group has not chosen; unless they are begun all the same they are not on the map.
    What stands before the decision that has opened a later step was left out, and is not next any more. The latest
    round of an exercise counts; one that was set aside counts as not begun. What was done once and is done
    again leaves its step and its sub-goals done.
    """
    runs = tuple(runs)
    once = {exercise for _, exercise, phase in runs if phase is Phase.CONCLUDED}
    latest, opened, closed = _latest(runs), set(open_steps), set(closed)
    upcoming: str | None = None
    steps = []
    for step, names in _on_map(process, latest, unchosen):
        if upcoming is None and step.number in opened - closed:
            upcoming = _next_of(process, names, latest, once, opened)
        stops = tuple(_stop(name, latest.get(name), upcoming) for name in names)
        done = step.number in closed or (bool(names) and once.issuperset(names))
        steps.append(StepState(step.number, _state(done=done, opened=step.number in opened), stops))
    return Map(tuple(steps), upcoming, {goal: _share(process, goal, latest, once, unchosen) for goal in process.goals})


def _latest(runs: Iterable[tuple[int, str, Phase]]) -> dict[str, tuple[int, Phase]]:
    """Return the latest round of each exercise that is begun."""
    begun = (one for one in sorted(runs) if one[2] not in (Phase.ASIDE, Phase.NEW))
    return {exercise: (number, phase) for number, exercise, phase in begun}


def _state(*, done: bool, opened: bool) -> str:
    return "done" if done else "now" if opened else "later"


def _stop(name: str, begun: tuple[int, Phase] | None, upcoming: str | None) -> Stop:
    if begun is None:
        return Stop(name, "next" if name == upcoming else "later")
    return Stop(name, _STATES[begun[1]], begun[0])


def _on_map(process: Process, latest: Container[str], unchosen: Container[str]) -> Iterable[tuple[Step, Sequence[str]]]:
    """Return each step with its exercises that are on the map."""
    plans = {exercise.verdict.plan for exercise in process.exercises.values() if exercise.verdict}  # begun when needed
    for step in process.steps:
        yield step, [name for name in step.exercises if name in latest or not (name in plans or name in unchosen)]


def _next_of(
    process: Process, names: Sequence[str], latest: Container[str], done: Container[str], opened: Container[int]
) -> str | None:
    """Return the exercise of a step to begin; what stands before one whose decision has opened a step is left out."""
    for place, name in enumerate(names):
        outcome = process.exercises[name].outcome
        if outcome is not None and name in done and outcome.opens in opened:
            names = names[place:]
            break
    return next((name for name in names if name not in latest), None)


def _share(process: Process, goal: str, begun: Container[str], once: Container[str], unchosen: Container[str]) -> float:
    every = [name for step in process.steps if goal in step.goals for name in step.exercises]
    serving = [name for name in every if name in begun or name not in unchosen]
    done = sum(name in once for name in serving)
    return done / len(serving) if serving else 0.0
