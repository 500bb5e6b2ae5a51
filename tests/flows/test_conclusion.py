"""What the group concludes after the picture: written by whoever has the pen, and never lost."""

import pytest

from flows.buttons import Button
from flows.dialogue.keyboards import CONCLUSION, conclusion_keyboard
from flows.engine.engine import advance
from flows.enums import How
from flows.run.effects import Amend, ConclusionWritten, Keep, ShowMissing, Toast, Unfit, Unsay
from flows.run.events import Concluded, Edited, Revealed, Unwrote
from flows.run.state import Phase, Run, SharedAnswer
from tests.flows.sample import SWEDISH, TODAY, begun, exercise, giving, play, through, write


@pytest.fixture
def shown() -> Run:
    """A run whose answers the group sees."""
    run = play(through(begun(exercise(How.EACH)), 1), Revealed(anyway=True))
    assert run.phase is Phase.REVEALED
    return run


def test_a_conclusion_is_kept_and_shown(shown: Run) -> None:
    """It is the group's, stands in the chat, and can be written anew."""
    turn = advance(shown, write(1, " Vi ringer skolan. ", CONCLUSION))
    keep, say = turn.effects
    assert keep == Keep("g", CONCLUSION, "Vi ringer skolan.", 1)
    assert isinstance(say, ConclusionWritten)
    assert not say.met
    assert [b.label for row in conclusion_keyboard(shown) for b in row] == ["write", "close"]
    assert [b.label for row in conclusion_keyboard(turn.run) for b in row] == ["rewrite", "close"]


def test_two_conclusions_at_once(shown: Run) -> None:
    """Somebody else has written meanwhile: both stand there, and the group is told so."""
    other = giving(shown, written={CONCLUSION: SharedAnswer(2, 2, "Vi väntar.")})
    keep, both, say = advance(other, write(1, "Vi ringer.", CONCLUSION, seen=1)).effects
    assert keep == Keep("g", CONCLUSION, "Vi ringer.", 1)
    assert both == Keep("g", CONCLUSION, "Vi väntar.\n\nVi ringer.", 1, joined=True)
    assert isinstance(say, ConclusionWritten)
    assert say.met


def test_two_conclusions_are_none_yet(shown: Run) -> None:
    """While two texts stand side by side, closing asks first; once one is written of them it does not."""
    for member in (2, 3, 4):
        shown = through(shown, member)
    shown = play(shown, write(1, "Vi ringer.", CONCLUSION))
    for joined in (True, False):
        run = giving(shown, written={CONCLUSION: SharedAnswer(2, 2, "Vi väntar.\n\nVi ringer.", joined=joined)})
        turn = advance(run, Concluded())
        assert isinstance(turn.effects[0], ShowMissing) is joined
        assert (turn.run.phase is Phase.REVEALED) is joined
        assert advance(run, Concluded(anyway=True)).run.phase is Phase.CONCLUDED


def test_an_edited_conclusion(shown: Run) -> None:
    """Whoever edits the message edits the conclusion."""
    keep, _ = advance(shown, Edited(1, "Vi ringer i dag.", CONCLUSION, TODAY, SWEDISH.dates)).effects
    assert keep == Keep("g", CONCLUSION, "Vi ringer i dag.", 1)


def test_a_conclusion_is_taken_back(shown: Run) -> None:
    """Anybody takes back the newest, once: what stood before stands again, or nothing and it can be written anew."""
    first = advance(shown, write(1, "Vi ringer.", CONCLUSION))
    assert isinstance(first.effects[-1], ConclusionWritten)
    assert first.effects[-1].keyboard[-1] == (Button("unpen", "1", "unpen"),)
    alone = giving(first.run, written={CONCLUSION: SharedAnswer(1, 1, "Vi ringer.")})
    turn = advance(alone, Unwrote(2, 1))
    assert turn.effects == (Unsay("g", CONCLUSION, 2), Amend())
    assert [b.label for row in conclusion_keyboard(turn.run) for b in row] == ["write", "close"]
    second = giving(first.run, written={CONCLUSION: SharedAnswer(2, 2, "Vi väntar.")})
    assert advance(second, Unwrote(1, 2)).run.sheets["g"].answered == {CONCLUSION}
    assert advance(second, Unwrote(1, 1)).effects == (Toast(Unfit.CHANGED_SINCE),)
    assert advance(play(alone, Concluded(anyway=True)), Unwrote(1, 1)).effects == (Toast(Unfit.OVER),)


def test_no_conclusion_where_there_is_none(shown: Run) -> None:
    """Before the picture, or without words, nothing is kept and it is said why."""
    early = begun(exercise(How.EACH))
    for run, text in ((early, "Vi ringer."), (shown, " ")):
        turn = advance(run, write(1, text, CONCLUSION))
        assert turn.run == run
        assert [type(effect) for effect in turn.effects] == [Toast]
