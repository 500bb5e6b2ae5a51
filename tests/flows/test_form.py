"""A form: many answers at once, each to its own question, beside the dialogue."""

from collections.abc import Mapping
from datetime import date

from flows.effects import FormTaken, Keep, KeepRow
from flows.engine import advance
from flows.events import Began, Entry, Filled, Joined, Opened
from flows.identities import Identity
from flows.loader import the_process
from flows.model import How
from flows.state import Run, Seat
from flows.trouble import Problem
from messages.voice import Voice

PROCESS, VOICE = the_process(), Voice("sv")
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
