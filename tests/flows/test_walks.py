"""Every exercise of the process can be walked from its beginning to its end."""

from dataclasses import replace

import pytest

from flows.definitions.loader import the_process
from flows.definitions.model import Exercise
from flows.dialogue.keyboards import CONCLUSION
from flows.engine.engine import advance
from flows.enums import Audience, How
from flows.run.effects import AskQuestion, Keep, KeepRow, OpenStep, Say, ShowMissing
from flows.run.events import Began, Concluded, Opened, Revealed
from flows.run.state import Phase, Place, Run, Seat
from tests.flows.sample import begun, exercise, new, play, tap, through, visit, walk, write

EXERCISES = sorted(the_process().exercises)
SEATS = {1: Seat(1, 10), 2: Seat(2, 20), 3: Seat(3, 30), 4: Seat(4, 40)}


def started(name: str) -> Run:
    """A run of an exercise of the process, open, with one member from each of four organisations."""
    fitted = the_process().exercises[name].fitted({"areas": ("Norr", "Söder")}, {"notes"})
    return play(replace(new(fitted), seats=SEATS), Began())


def ended(run: Run) -> Run:
    """The run concluded by the coordinator, which must be possible without forcing it where all is answered."""
    if run.phase is Phase.REVEALED and run.exercise.conclusion:
        run = play(run, write(1, "Vi fortsätter.", CONCLUSION))
    run = play(run, Concluded(anyway=run.awaits_answers))
    assert run.phase is Phase.CONCLUDED
    return run


def wanted(run: Run, *, skipping: bool = False) -> list[str]:
    """The keys that someone comes to who always takes the first option, or skips what can be skipped."""
    chosen = {q.id: q.options[:1] for q in run.exercise.questions if q.options and (q.required or not skipping)}
    questions = {key: run.question(key) for key in run.keys()}
    in_a_row = run.exercise.register is not None
    return [key for key, q in questions.items() if q.applies(chosen) and not (in_a_row and q.later)]


def asked(said: tuple[Say, ...]) -> list[str]:
    """The keys of the questions among what was said."""
    return [say.key for say in said if isinstance(say, AskQuestion)]


@pytest.mark.parametrize("name", EXERCISES)
def test_always_answering(name: str) -> None:
    """Whoever answers each question is asked each once, in order, and comes to the end; so does the group."""
    run = started(name)
    how, private = run.exercise.how, run.exercise.private
    for member in SEATS if how in (How.EACH, How.ORG) else (1,):
        keys: list[str] = []
        for after, said in walk(run, member):
            run = after
            keys += [key for key in asked(said) if not visit(run, member).ticked]
        assert keys == wanted(run)
        assert visit(run, member).place is Place.DONE
        assert how is How.ROWS or run.sheet(member).handed_in
    alone = all(question.audience is Audience.SELF for question in run.exercise.questions)  # nothing is shown
    shown = how in (How.EACH, How.ORG) and not private and not alone
    assert run.phase is (Phase.REVEALED if shown else Phase.OPEN)
    assert not run.awaits_answers
    ended(run)


@pytest.mark.parametrize("name", EXERCISES)
def test_going_back(name: str) -> None:
    """From each question one can go back to the one before it, keep what was answered, and come on again."""
    run = started(name)
    backs, keys = 0, wanted(run)
    for after, said in walk(run, 1):
        run = after
        key = visit(run, 1).key
        if asked(said) and key != keys[0] and visit(run, 1).place is Place.ASK:
            earlier = play(run, tap(run, 1, "back"))
            assert visit(earlier, 1).key == keys[keys.index(key) - 1]
            again = play(earlier, tap(earlier, 1, "skip"))
            assert (visit(again, 1).place, visit(again, 1).key) == (Place.ASK, key)
            assert again.sheets == run.sheets
            backs += 1
    assert backs >= len(keys) - 1


@pytest.mark.parametrize("name", EXERCISES)
def test_skipping_what_is_optional(name: str) -> None:
    """What may be skipped can be, and what may not cannot; the way ends all the same."""
    run = started(name)
    skipped: set[str] = set()
    for _ in range(500):
        here = visit(run, 1)
        if here.place is Place.ASK:
            after = play(run, tap(run, 1, "skip"))
            assert (after != run) is not run.question(here.key).required
            if after != run:
                skipped.add(here.key)
                run = after
                continue
        step = next(walk(run, 1), None)
        if step is None:
            break
        run = step[0]
    assert skipped == {key for key in wanted(run, skipping=True) if not run.question(key).required}
    assert visit(run, 1).place is Place.DONE
    ended(run)


def test_a_row_is_saved_whole() -> None:
    """A register's row is kept once, with everything that was answered, and can be saved when what must be there is."""
    run = begun(exercise(How.ROWS))
    event = Opened(1, introduced=True)
    run = play(run, event)
    while "last" not in visit(run, 1).draft:
        before = run
        turn_run, _ = next(walk(run, 1))
        run = turn_run
        if visit(run, 1).place is Place.DONE:
            run = before
            break
    turn = advance(run, tap(run, 1, "pick", "0"))
    (row,) = [e for e in turn.effects if isinstance(e, KeepRow)]
    assert set(row.values) == {q.id for q in run.exercise.questions}
    assert row.row is None
    assert visit(turn.run, 1).draft == {}


def test_a_row_begun_waits_while_another_is_changed() -> None:
    """Changing a field of an old row does not cost what was already filled in of a new one."""
    run = play(begun(exercise(How.ROWS)), Opened(1, introduced=True))
    run, _ = next(walk(run, 1))
    run = play(run, Opened(1, introduced=True, row=7, key="months"))
    assert play(run, Opened(1)).visits[1].draft == {"why": "Ett svar"}
    turn = advance(run, replace(tap(run, 1, "pick", "14")))
    assert [e for e in turn.effects if isinstance(e, KeepRow)] == [KeepRow({"months": 14}, 1, 7)]
    run = play(turn.run, Opened(1))
    assert (visit(run, 1).place, visit(run, 1).key, visit(run, 1).row) == (Place.ASK, "sure", None)


def test_the_decision_opens_a_step() -> None:
    """Deciding to start opens the next step when the exercise is concluded; deciding to wait does not."""
    run = through(begun(exercise(How.GROUP)), 1)
    opened = [e for e in advance(run, Concluded({"last@x": "go"})).effects if isinstance(e, OpenStep)]
    assert opened == [OpenStep(1)]
    assert not [e for e in advance(run, Concluded({"last@x": "wait"})).effects if isinstance(e, OpenStep)]


def test_a_group_is_told_what_is_missing_before_it_closes() -> None:
    """Closing with answers missing says which, and closes only when asked to do it anyway."""
    run = begun(exercise(How.GROUP))
    turn = advance(run, Concluded())
    (say,) = turn.effects
    assert isinstance(say, ShowMissing)
    assert turn.run == run
    assert say.keys == run.required("g")
    assert play(run, Concluded(anyway=True)).phase is Phase.CONCLUDED


def test_not_all_have_answered_before_it_closes() -> None:
    """Closing while somebody awaited has not answered alone, or with an unwritten conclusion, says so first."""
    run = play(through(begun(exercise(How.EACH)), 1), Revealed(anyway=True))
    turn = advance(run, Concluded())
    (say,) = turn.effects
    assert isinstance(say, ShowMissing)
    assert say.unanswered
    assert say.keys == (CONCLUSION,)
    assert turn.run == run
    assert play(run, Concluded(anyway=True)).phase is Phase.CONCLUDED


def test_a_list_says_its_gaps_before_it_closes() -> None:
    """A list with gaps, as the caller has found them, says so first; one without closes at once."""
    run = begun(exercise(How.ROWS))
    (say,) = advance(run, Concluded(gaps=("Ingen polis",))).effects
    assert isinstance(say, ShowMissing)
    assert say.gaps == ("Ingen polis",)
    assert play(run, Concluded(anyway=True, gaps=("Ingen polis",))).phase is Phase.CONCLUDED
    assert play(run, Concluded()).phase is Phase.CONCLUDED


def test_one_organisation_one_sheet() -> None:
    """Colleagues write on the same sheet: one hands in for both, and is waited for as one."""
    run = begun(exercise(How.ORG))
    assert run.owners() == ("o:10", "o:20", "m:4")
    run = through(run, 1)
    assert run.waiting_for() == ("o:20", "m:4")
    assert run.sheet(2).handed_in


def test_a_colleague_cannot_change_what_was_revealed() -> None:
    """A question left open on a phone while a colleague handed in changes nothing once the picture is shown."""
    one: Exercise = exercise(How.ORG, for_each=None)
    run = replace(begun(one), seats={1: Seat(1, 10), 2: Seat(2, 10)})
    run = play(run, Opened(2, introduced=True))
    run = play(through(run, 1), Revealed(anyway=True))
    assert run.phase is Phase.REVEALED
    turn = advance(run, tap(run, 2, "skip"))
    assert turn.run == run
    assert not [e for e in turn.effects if isinstance(e, Keep)]


ADDING = [name for name in EXERCISES if (each := the_process().exercises[name].for_each) and each.add and each.pick]


@pytest.mark.parametrize("name", ADDING)
def test_ticks_survive_an_item_of_ones_own(name: str) -> None:
    """What is ticked stays ticked when one turns back from naming an item, and is taken up when one names it."""
    run = play(started(name), Opened(1, introduced=True))
    run = play(run, tap(run, 1, "on", "0"))
    run = play(run, tap(run, 1, "own"))
    back = play(run, tap(run, 1, "back"))
    assert (visit(back, 1).place, visit(back, 1).ticked) == (Place.PICK, ("0",))
    named = play(run, write(1, "Frisörer"))
    items = (*named.items, "#1")
    added = play(replace(named, items=items), Opened(1, introduced=True, key=f"{run.exercise.question_ids[0]}@#1"))
    assert added.picked == (named.items[0], "#1")
    assert (visit(added, 1).place, visit(added, 1).key.partition("@")[2]) == (Place.ASK, "#1")
