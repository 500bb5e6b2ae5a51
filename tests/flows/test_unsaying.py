"""What was written can be taken back by whoever wrote it, unless somebody else has written since."""

from dataclasses import replace
from datetime import date

import pytest

from flows.definitions.model import ForEach, Question, Register, When
from flows.engine.engine import Turn, advance
from flows.enums import Audience, How
from flows.fields import ChoiceField, TextField
from flows.input_errors import Problem, Trouble
from flows.run.effects import Amend, Empty, FormTaken, Toast, Unfit, Unsay
from flows.run.events import Entry, Filled, Opened
from flows.run.state import NewRow, Place, Run, SharedAnswer, Sheet, Visit
from messages.voice import the_voice
from tests.flows.sample import begun, exercise, giving, tap, visit, write

DATES = the_voice().rules.dates


def sheet() -> Run:
    """A shared sheet with two questions, to the first of which member 1 has just written a text."""
    questions = (Question("why", TextField(), Audience.GROUP), Question("how", TextField(), Audience.GROUP))
    run = begun(exercise(How.GROUP, for_each=None, questions=questions, outcome=None))
    run = advance(run, Opened(1, introduced=True)).run
    return advance(run, write(1, "Hamnen")).run


def test_the_first_text_is_gone() -> None:
    """Nothing stands there, the question is asked anew, and the group's card shows it."""
    run = giving(sheet(), written={"why": SharedAnswer(1, 1, "Hamnen")})
    turn = advance(run, tap(run, 1, "unsay", "0"))
    assert Unsay("g", "why", 1) in turn.effects
    assert Amend() in turn.effects
    assert "why" not in turn.run.sheet(1).answered
    assert visit(turn.run, 1).key == "why"


def test_what_stood_before_stands_again() -> None:
    """The question has an answer as before."""
    run = giving(sheet(), written={"why": SharedAnswer(2, 1, "Hamnen")})
    turn = advance(run, tap(run, 1, "unsay", "0"))
    assert Unsay("g", "why", 1) in turn.effects
    assert "why" in turn.run.sheet(1).answered


def test_what_somebody_else_has_written_stays() -> None:
    """The tap is answered with why."""
    run = giving(sheet(), written={"why": SharedAnswer(2, 2, "Slottet")})
    turn = advance(run, tap(run, 1, "unsay", "0"))
    assert turn.effects == (Toast(Unfit.CHANGED_SINCE),)


@pytest.mark.parametrize(("verb", "arg"), [("empty", ""), ("unsay", "0")])
def test_an_item_is_still_asked_about_when_its_only_answer_is_taken_back(verb: str, arg: str) -> None:
    """The group had unticked the item, which was left because of that answer; now it is picked again."""
    questions, items = (Question("why", TextField(), Audience.GROUP),), ("harbour", "castle")
    run = begun(exercise(How.GROUP, for_each=ForEach(items=items, pick=True), questions=questions, outcome=None))
    run = giving(replace(run, items=items, picked=("castle",)), written={"why@harbour": SharedAnswer(1, 1, "Hamnen")})
    run = run.with_sheet("g", Sheet(frozenset({"why@harbour"}))).with_visit(1, Visit(Place.ASK, "why@harbour", 5))
    turn = advance(run, tap(run, 1, verb, arg))
    assert visit(turn.run, 1).key == "why@harbour"
    assert "harbour" in turn.run.taken_up


def test_an_answer_to_a_question_that_is_asked_no_more_is_not_emptied() -> None:
    """Somebody else's answer has closed it meanwhile, so the tap is answered with a notice."""
    questions = (
        Question("sure", ChoiceField(options=("yes", "no")), Audience.GROUP),
        Question("why", TextField(), Audience.GROUP, when=When("sure", ("yes",))),
    )
    run = begun(exercise(How.GROUP, for_each=None, questions=questions, outcome=None))
    run = giving(run, written={"why": SharedAnswer(1, 1, "Hamnen")})
    run = run.with_sheet("g", Sheet(frozenset({"sure", "why"}))).with_visit(1, Visit(Place.ASK, "why", 5))
    turn = advance(run, tap(run, 1, "empty"))
    assert turn.effects == (Toast(Unfit.STALE),)


def on_a_form(run: Run, key: str, *, seen: bool = True) -> Turn:
    """A form of member 1's in which the field of this question is empty."""
    return advance(run, Filled(1, {key: Entry(seen=seen)}, date(2027, 1, 11), DATES))


def answered(how: How, *, handed_in: bool = False) -> Run:
    """A sheet of member 1's (or the group's) with a needed answer and one that need not be given."""
    questions = (
        Question("why", TextField(), Audience.GROUP),
        Question("how", TextField(), Audience.GROUP, required=False),
    )
    run = begun(exercise(how, for_each=None, questions=questions, outcome=None))
    run = run.with_sheet(run.owner(1), Sheet(frozenset(("why", "how")), handed_in))
    written = {key: SharedAnswer(1, 1, "Hamnen") for key in ("why", "how")}
    return giving(run, written=written) if run.shared else run


@pytest.mark.parametrize("how", [How.EACH, How.GROUP])
def test_what_is_emptied_in_a_form_is_no_answer_any_more(how: How) -> None:
    """The sheet lacks it, and nothing is said to have gone wrong."""
    run = answered(how)
    turn = on_a_form(run, "how")
    assert Empty(run.owner(1), "how") in turn.effects
    assert FormTaken({}) in turn.effects
    assert turn.run.sheet(1).answered == {"why"}


def test_a_form_that_has_not_shown_the_answer_empties_nothing() -> None:
    """It was open before the answer was given in the chat."""
    turn = on_a_form(answered(How.EACH), "how", seen=False)
    assert turn.run.sheet(1).answered == {"why", "how"}


def test_a_needed_answer_goes_until_it_is_handed_in() -> None:
    """After that it stays, and whoever empties it is told so."""
    assert on_a_form(answered(How.EACH), "why").run.sheet(1).answered == {"how"}
    turn = on_a_form(answered(How.EACH, handed_in=True), "why")
    assert FormTaken({"why": Trouble(Problem.NEEDED)}) in turn.effects
    assert turn.run.sheet(1).answered == {"why", "how"}


@pytest.mark.parametrize(
    "there", [SharedAnswer(2, 2, "Slottet"), SharedAnswer(2, 1, "Hamnen\n\nSlottet", several=True)]
)
def test_what_others_have_written_is_not_emptied(there: SharedAnswer) -> None:
    """Neither theirs nor what stands in its place, as it would go out of the history too; the form says so."""
    turn = on_a_form(giving(answered(How.GROUP), written={"how": there}), "how")
    assert FormTaken({"how": Trouble(Problem.THEIRS)}) in turn.effects
    assert turn.run.sheet(1).answered == {"why", "how"}


def test_what_was_asked_because_of_it_is_asked_no_more() -> None:
    """A question whose condition was the answer that is taken back."""
    when = When("why", ("yes",))
    questions = (
        Question("why", ChoiceField(options=("yes", "no"), many=True), Audience.GROUP, required=False),
        Question("how", TextField(), Audience.GROUP, when=when),
    )
    run = begun(exercise(How.EACH, for_each=None, questions=questions, outcome=None))
    run = run.with_sheet("m:1", Sheet(frozenset(("why",)), also_asked=frozenset(("how",))))
    assert on_a_form(run, "why").run.asked("m:1") == ("why",)


def test_a_field_of_a_new_row_is_emptied() -> None:
    """The row that is being written lacks it again."""
    questions = (
        Question("why", TextField(), Audience.GROUP),
        Question("how", TextField(), Audience.GROUP, required=False),
    )
    run = begun(
        exercise(How.ROWS, for_each=None, questions=questions, outcome=None, register=Register("why", ("why",)))
    )
    run = run.with_visit(1, Visit(new=NewRow({"why": "Hamnen", "how": "Fråga"})))
    assert on_a_form(run, "how").run.visit(1).draft == {"why": "Hamnen"}
