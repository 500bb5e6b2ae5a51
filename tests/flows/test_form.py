"""A form: many answers at once, each to its own question, beside the dialogue."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from flows.definitions.loader import the_process
from flows.definitions.model import Question, Register
from flows.engine.engine import advance
from flows.enums import Audience, How
from flows.fields import ChoiceField, Offer, OrganisationField, PersonField, RowField, ScaleField, TextField
from flows.identities import Identity
from flows.input_errors import Problem
from flows.run.effects import Comment, FormTaken, Keep, KeepRow, Toast
from flows.run.events import Began, Entry, Filled, Joined, Opened
from flows.run.state import Phase, Run, Seat
from messages.voice import the_voice
from tests.flows import sample
from tests.flows.sample import giving

PROCESS, VOICE = the_process(), the_voice()
TODAY = date(2027, 1, 11)


def begun(name: str, members: int = 3) -> Run:
    """A round of an exercise, with its people."""
    run = Run(PROCESS.exercises[name], 1, seats={n: Seat(n, n) for n in range(1, members + 1)})
    return advance(run, Began()).run


def filled(run: Run, entries: Mapping[str, Entry], *, done: bool = False) -> tuple[Run, FormTaken, list[object]]:
    """The run after a form, what could not be taken, and everything that follows."""
    turn = advance(run, Filled(1, entries, TODAY, VOICE.rules.dates, done=done))
    return turn.run, next(e for e in turn.effects if isinstance(e, FormTaken)), list(turn.effects)


def test_each_answer_is_kept_by_itself() -> None:
    """One that cannot be taken is named, and the others are kept all the same."""
    run = begun(next(e.id for e in PROCESS.exercises.values() if e.how is How.EACH and "yes" in e.questions[0].options))
    first, second = (q.id for q in run.exercise.questions[:2])
    after, taken, effects = filled(run, {first: Entry(picks=("yes",)), second: Entry(picks=("nonsense",))})
    assert {e.key for e in effects if isinstance(e, Keep)} == {first}
    assert taken.troubles[second].name is Problem.CHOOSE
    assert first in after.sheet(1).answered


def test_the_dialogue_stays_where_it_is() -> None:
    """Whoever stands at a question in the chat stands there still."""
    run = begun(PROCESS.steps[0].exercises[0])
    run = advance(run, Opened(1, introduced=True)).run
    before = run.visit(1)
    after, *_ = filled(run, {run.exercise.questions[1].id: Entry(picks=(run.exercise.questions[1].options[0],))})
    assert after.visit(1) == before


def test_handed_in_only_when_whole() -> None:
    """A form that lacks an answer is kept and not handed in; what lacks is named."""
    run = begun(PROCESS.steps[0].exercises[0])
    every = {q.id: Entry(picks=q.options[:1]) for q in run.exercise.questions}
    some = dict(list(every.items())[:-1])
    after, taken, _ = filled(run, some, done=True)
    assert not after.sheet(1).handed_in
    assert [t.name for t in taken.troubles.values()] == [Problem.EMPTY]
    after, taken, _ = filled(after, every, done=True)
    assert after.sheet(1).handed_in
    assert taken.troubles == {}


def test_what_points_somebody_out() -> None:
    """It is asked about once where it may stand, and never kept where it may not."""
    run = begun(PROCESS.steps[0].exercises[0])
    question = run.exercise.questions[0]
    entry = Entry(picks=question.options[:1], comment="…", identities=(Identity.PHONE,))
    _, taken, effects = filled(run, {question.id: entry})
    assert taken.troubles[question.id].name is Problem.POINTS_OUT
    assert not [e for e in effects if isinstance(e, Keep)]


def test_a_row_is_made_whole_or_waits() -> None:
    """A row that lacks something waits as it stands; what is entered later is added to it, and it is made once."""
    exercise = next(
        e
        for e in PROCESS.exercises.values()
        if e.how is How.ROWS
        and e.questions[0].kind == "text"
        and not e.private
        and all(q.kind in ("text", "choice") for q in e.questions if q.required)
    )
    run = advance(begun(exercise.id), Joined(Seat(1, 1))).run
    first = exercise.questions[0].id
    rest = {
        q.id: Entry(text="Något" if not q.options else "", picks=q.options[:1])
        for q in exercise.questions[1:]
        if q.required
    }
    after, taken, effects = filled(run, {first: Entry(text="Torget")})
    assert taken.troubles == {}
    assert not [e for e in effects if isinstance(e, KeepRow)]
    _, taken, effects = filled(after, rest, done=True)
    assert taken.troubles == {}
    assert [e.values[first] for e in effects if isinstance(e, KeepRow)] == ["Torget"]


def entered(question: Question, entry: Entry, how: How = How.GROUP) -> tuple[Run, FormTaken, list[object]]:
    """What a form of this one question makes of an entry."""
    run = sample.begun(sample.exercise(how, questions=(question,), for_each=None, outcome=None))
    return filled(run, {question.id: entry})


def kept(effects: list[object]) -> list[object]:
    """The answers that are kept."""
    return [e.value for e in effects if isinstance(e, Keep)]


@pytest.mark.parametrize(
    ("question", "entry", "value"),
    [
        (Question("s", ScaleField(low=1, high=4), Audience.GROUP), Entry(picks=("3",)), 3),
        (Question("p", PersonField(), Audience.GROUP), Entry(picks=("2",)), {"id": 2}),
        (Question("o", OrganisationField(), Audience.GROUP), Entry(picks=("20",)), {"id": 20}),
        (
            Question("m", ChoiceField(options=("a", "b"), many=True), Audience.GROUP),
            Entry(picks=("a", "b")),
            ["a", "b"],
        ),
        (Question("m", ChoiceField(options=("a", "b"), many=True), Audience.GROUP), Entry(picks=("b", "b")), ["b"]),
        (Question("t", TextField(), Audience.GROUP), Entry(text="  Ett\nsvar "), "Ett\nsvar"),
    ],
)
def test_each_kind_is_taken_as_in_the_chat(question: Question, entry: Entry, value: object) -> None:
    """What is ticked or written on the page is the same value as a button's."""
    _, taken, effects = entered(question, entry)
    assert taken.troubles == {}
    assert kept(effects) == [value]


def test_a_row_of_another_list_can_be_ticked() -> None:
    """Only what is offered now is taken; what has gone meanwhile is asked for again."""
    question = Question("where", RowField(), Audience.GROUP)
    run = sample.begun(sample.exercise(How.GROUP, questions=(question,), for_each=None, outcome=None))
    run = giving(run, offers={"where": (Offer("7", "Torget"),)})
    _, taken, effects = filled(run, {"where": Entry(picks=("7",))})
    assert kept(effects) == [{"id": 7}]
    _, taken, effects = filled(run, {"where": Entry(picks=("8",))})
    assert taken.troubles["where"].name is Problem.CHOOSE
    assert kept(effects) == []


def test_nothing_entered_changes_nothing() -> None:
    """A field left empty is no answer, and no trouble while one goes on."""
    _, taken, effects = entered(Question("t", TextField(), Audience.GROUP), Entry(text=" \n "))
    assert (taken.troubles, kept(effects)) == ({}, [])


def test_a_reason_is_asked_for_where_one_is_wanted() -> None:
    """The answer that wants a reason is kept with it, and not without."""
    question = Question("c", ChoiceField(options=("yes", "no")), Audience.GROUP, comment=True, reasons=("no",))
    _, taken, effects = entered(question, Entry(picks=("no",)))
    assert taken.troubles["c"].name is Problem.REASON
    assert kept(effects) == []
    _, taken, effects = entered(question, Entry(picks=("no",), comment="För sent"))
    assert kept(effects) == ["no"]
    assert [e.text for e in effects if isinstance(e, Comment)] == ["För sent"]


def test_a_comment_too_long_is_said_and_the_answer_left() -> None:
    """Nothing is cut: what does not fit is named, and the question stands as it was."""
    question = Question("c", ChoiceField(options=("yes", "no")), Audience.GROUP, comment=True)
    _, taken, effects = entered(question, Entry(picks=("no",), comment="x" * 20_000))
    assert list(taken.troubles) == ["c"]
    assert kept(effects) == []


def test_a_form_that_is_closed_says_so() -> None:
    """Whoever sends it when the group has moved on is told, and nothing is changed."""
    question = Question("t", TextField(), Audience.GROUP)
    run = sample.begun(sample.exercise(How.GROUP, questions=(question,), for_each=None, outcome=None))
    run = replace(run, phase=Phase.CONCLUDED)
    turn = advance(run, Filled(1, {"t": Entry(text="Sent")}, TODAY, VOICE.rules.dates))
    assert [type(e) for e in turn.effects] == [Toast]


def test_a_row_that_lacks_something_says_what() -> None:
    """Said to be whole without a field that is needed: it waits, and the field is named."""
    needed = (Question("a", TextField(), Audience.GROUP), Question("b", TextField(), Audience.GROUP))
    run = sample.begun(sample.exercise(How.ROWS, questions=needed, register=Register("a")))
    after, taken, effects = filled(run, {"a": Entry(text="Torget")}, done=True)
    assert {key: t.name for key, t in taken.troubles.items()} == {"b": Problem.EMPTY}
    assert not [e for e in effects if isinstance(e, KeepRow)]
    assert after.visit(1).draft == {"a": "Torget"}
