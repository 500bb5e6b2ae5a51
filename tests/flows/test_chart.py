"""Drawings come from the definitions, so that they cannot lie."""

import pytest

from flows import ballots
from flows.definitions.loader import the_process
from flows.engine import chart
from flows.engine.engine import PHASES
from flows.run.state import Phase

PROCESS = the_process()


def test_phases() -> None:
    """The drawing of phases has an arrow for each way the engine knows, and names every phase."""
    drawn = chart.phases()
    assert drawn.count("-->") == sum(map(len, PHASES.values()))
    assert all(phase in drawn for phase in Phase)


def test_ballots() -> None:
    """The drawing of ballots has an arrow for each way that its table knows, and one for how it begins."""
    drawn = chart.ballots()
    assert drawn.count("-->") == 1 + sum(len(ends) for ways in ballots.PHASES.values() for ends in ways.values())
    assert all(phase in drawn for phase in ballots.Phase)


def test_the_whole() -> None:
    """The drawing of the process has every step and every exercise that stands in one."""
    drawn = chart.whole(PROCESS)
    assert drawn.count("subgraph") == len(PROCESS.steps)
    assert all(f"{name}[" in drawn for step in PROCESS.steps for name in step.exercises)


@pytest.mark.parametrize("name", sorted(PROCESS.exercises))
def test_an_exercise(name: str) -> None:
    """The drawing of an exercise has its questions in the order they are asked."""
    what = PROCESS.exercises[name]
    drawn = chart.exercise(what)
    places = [drawn.index(f"[{question.id}: {question.kind}") for question in what.questions]
    assert places == sorted(places)
