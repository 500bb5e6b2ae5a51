"""A text that others see at once can be taken back by its writer, unless somebody has written since."""

from dataclasses import replace

from flows.effects import Amend, Toast, Unfit, Unsay
from flows.engine import advance
from flows.events import Opened
from flows.model import Question
from flows.state import Run, SharedAnswer
from flows.vocabulary import Audience, How, Kind
from tests.flows.sample import begun, exercise, tap, visit, write


def sheet() -> Run:
    """A shared sheet with two questions, to the first of which member 1 has just written a text."""
    questions = (Question("why", Kind.TEXT, Audience.GROUP), Question("how", Kind.TEXT, Audience.GROUP))
    run = begun(exercise(How.GROUP, for_each=None, questions=questions, outcome=None))
    run = advance(run, Opened(1, introduced=True)).run
    return advance(run, write(1, "Hamnen")).run


def test_the_first_text_is_gone() -> None:
    """Nothing stands there, the question is asked anew, and the group's card shows it."""
    run = replace(sheet(), written={"why": SharedAnswer(1, 1, "Hamnen")})
    turn = advance(run, tap(run, 1, "unsay", "0"))
    assert Unsay("g", "why", 1) in turn.effects
    assert Amend() in turn.effects
    assert "why" not in turn.run.sheet(1).answered
    assert visit(turn.run, 1).key == "why"


def test_what_stood_before_stands_again() -> None:
    """The question has an answer as before."""
    run = replace(sheet(), written={"why": SharedAnswer(2, 1, "Hamnen")})
    turn = advance(run, tap(run, 1, "unsay", "0"))
    assert Unsay("g", "why", 1) in turn.effects
    assert "why" in turn.run.sheet(1).answered


def test_what_somebody_else_has_written_stays() -> None:
    """The tap is answered with why."""
    run = replace(sheet(), written={"why": SharedAnswer(2, 2, "Slottet")})
    turn = advance(run, tap(run, 1, "unsay", "0"))
    assert turn.effects == (Toast(Unfit.CHANGED_SINCE),)
