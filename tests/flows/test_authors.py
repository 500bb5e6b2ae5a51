"""Questions that are not for everybody: what is closed to a person is not asked of them, and not answered by them."""

from flows.definitions.model import Question
from flows.engine.engine import advance
from flows.enums import Audience, How
from flows.fields import PersonField, TextField
from flows.run.effects import AskQuestion, Keep, Toast
from flows.run.events import Opened
from flows.run.state import Run
from tests.flows.sample import begun, exercise, giving, play, tap, write

OPEN = Question("open", TextField(), Audience.GROUP)
POLICE = Question("plan", TextField(), Audience.GROUP, authors=(("sector", ("police",)),))


def sheet(*closed: str) -> Run:
    """A sheet of both questions, as it is loaded for somebody to whom these are closed."""
    run = begun(exercise(How.GROUP, questions=(OPEN, POLICE), for_each=None, outcome=None))
    return giving(run, closed=frozenset(closed))


def test_what_is_for_others_is_neither_asked_nor_taken() -> None:
    """Somebody else gets to the end without it, cannot answer it by a reply, and it still is missing for the group."""
    run = play(sheet("plan"), Opened(1, introduced=True))
    turn = advance(run, write(1, "Vårt svar"))
    assert not any(isinstance(e, AskQuestion) for e in turn.effects)
    reply = advance(turn.run, write(1, "Polisens plan", "plan"))
    assert not any(isinstance(e, Keep) for e in reply.effects)
    assert "plan" in reply.run.required("g")


def test_whose_it_is_is_asked() -> None:
    """Whoever it is for is asked it in its place."""
    turn = advance(play(sheet(), Opened(1, introduced=True)), write(1, "Vårt svar"))
    assert [e.key for e in turn.effects if isinstance(e, AskQuestion)] == ["plan"]


def test_somebody_else_is_somebody_else() -> None:
    """Where another person is asked for, one's own name is neither offered nor taken."""
    partner = Question("with", PersonField(others=True), Audience.GROUP)
    run = begun(exercise(How.GROUP, questions=(partner,), for_each=None, outcome=None))
    turn = advance(run, Opened(1, introduced=True))
    (asked,) = [e for e in turn.effects if isinstance(e, AskQuestion)]
    offered = [button.arg for row in asked.keyboard for button in row if button.verb == "pick"]
    assert offered
    assert "1" not in offered
    forged = advance(turn.run, tap(turn.run, 1, "pick", "1"))
    assert [type(e) for e in forged.effects] == [Toast]
