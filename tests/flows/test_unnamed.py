"""Answers without names: shown from four people on, late ones two at a time, never changed once handed in."""

from dataclasses import replace

import pytest

from flows.definitions.model import Question
from flows.dialogue.keyboards import CONCLUSION
from flows.engine.engine import advance
from flows.engine.reveal import admit
from flows.enums import Audience, How
from flows.fields import TextField
from flows.run.effects import Admit, AskBack, Effect, Erase, Keep, SheetHandedIn, Show, TakeBack, Toast, Unfit
from flows.run.events import Concluded, Edited, Event, LeftOut, Opened, Revealed, Spoken, Undid
from flows.run.state import Phase, Run, Seat, Sheet
from tests.flows.sample import SWEDISH, TODAY, begun, exercise, giving, play, tap, through, visit, write


def group_of(people: int) -> Run:
    """A run that is open, of one question without names, in a group of so many."""
    questions = (Question("need", TextField(), Audience.GROUP),)
    run = begun(exercise(How.EACH, anonymous=True, for_each=None, questions=questions))
    return replace(run, seats={member: Seat(member) for member in range(1, people + 1)})


def written(run: Run, *members: int) -> Run:
    """The run when these have handed in."""
    for member in members:
        run = through(run, member)
    return run


def effects(run: Run, event: Event) -> tuple[Effect, ...]:
    """What follows from an event."""
    return advance(run, event).effects


def test_four_people_must_have_written() -> None:
    """Below four not even the coordinator shows anything; with the fourth of four it is shown by itself."""
    run = written(group_of(4), 1, 2, 3)
    for event in (Revealed(), Revealed(anyway=True)):
        assert advance(run, event).run == run
        assert effects(run, event) == (AskBack("too_few", ()),)
    assert written(group_of(3), 1, 2, 3).phase is Phase.OPEN
    assert written(run, 4).phase is Phase.REVEALED
    assert written(group_of(5), 1, 2, 3, 4).phase is Phase.OPEN


def test_nothing_is_shown_while_somebody_is_unknown() -> None:
    """While one of the group does not know all who count, four are as few as none, and late ones wait; afterwards it is
    as if nobody had said so."""
    doubted = written(giving(group_of(4), doubted=True), 1, 2, 3, 4)
    assert doubted.phase is Phase.OPEN
    assert effects(doubted, Revealed(anyway=True)) == (AskBack("too_few", ()),)
    assert advance(doubted, Spoken()).run.spoken, "they can talk about it instead"
    assert play(giving(doubted, doubted=False), Revealed()).phase is Phase.REVEALED
    shown = play(written(group_of(7), 1, 2, 3, 4), Revealed(anyway=True))
    late = written(giving(shown, doubted=True), 5, 6)
    assert (late.admitted, late.late) == (4, 2)
    assert admit(giving(late, doubted=False))[0].admitted == 6


def test_what_the_group_concludes_lets_a_note_wait() -> None:
    """Whoever writes what the group concludes before the yes to their own note can still say that yes."""
    shown = play(written(group_of(7), 1, 2, 3, 4), Revealed(anyway=True))
    waits = play(shown, Opened(5, introduced=True), write(5, "Ett svar"))
    concludes = write(5, "Vi börjar i mars", CONCLUSION)
    assert [e.value for e in effects(waits, concludes) if isinstance(e, Keep)] == ["Vi börjar i mars"]
    concluded = play(waits, concludes)
    assert concluded.visit(5) == waits.visit(5)
    assert [e.value for e in effects(concluded, tap(concluded, 5, "asis")) if isinstance(e, Keep)] == ["Ett svar"]


def test_late_ones_come_in_twos() -> None:
    """One late writer among what is shown would be known; the second brings both in."""
    run = play(written(group_of(7), 1, 2, 3, 4), Revealed(anyway=True))
    fifth = written(run, 5)
    assert (fifth.admitted, fifth.late) == (4, 1)
    before = play(run, Opened(5, introduced=True), write(5, "Ett svar"))
    turn = advance(before, tap(before, 5, "asis"))
    assert not [e for e in turn.effects if isinstance(e, Admit | Show)]
    assert [e.alone for e in turn.effects if isinstance(e, SheetHandedIn)] == [True]
    before = play(fifth, Opened(6, introduced=True), write(6, "Ett svar"))
    turn = advance(before, tap(before, 6, "asis"))
    assert [e for e in turn.effects if isinstance(e, Admit | Show)] == [Admit(), Show("group")]
    assert (turn.run.admitted, turn.run.late) == (6, 0)
    again = play(written(play(turn.run, Undid()), 7), Revealed(anyway=True))
    assert (again.phase, again.admitted, again.late) == (Phase.REVEALED, 6, 1)  # nor by taking the reveal back


@pytest.mark.parametrize("handed_in", range(6))
def test_company_of_two_is_for_late_ones_alone(handed_in: int) -> None:
    """Where nothing has been shown, four come in at once, however it came to be asked whether they may."""
    run = written(group_of(7), *range(1, handed_in + 1))
    after, admitted = admit(run)
    assert admitted == ((Admit(),) if handed_in >= 4 else ())
    assert after.admitted == (handed_in if handed_in >= 4 else 0)


def test_what_is_handed_in_is_nobodys() -> None:
    """No way leads back to it, and the run no longer tells which questions somebody answered, when and how long."""
    run = written(group_of(4), 1)
    assert run.sheets["m:1"] == Sheet(handed_in=True)
    assert (visit(run, 1).last.key, visit(run, 1).last.at) == ("", 0)
    for event in (
        tap(run, 1, "redo"),
        tap(run, 1, "go", "0"),
        write(1, "Nytt", "need"),
        Edited(1, "Nytt", "need", TODAY, SWEDISH.dates),
    ):
        turn = advance(run, event)
        assert not [e for e in turn.effects if isinstance(e, Keep | TakeBack)]
        assert turn.run.sheets == run.sheets
    assert effects(run, tap(run, 1, "redo")) == (Toast(Unfit.UNNAMED),)


def test_talking_instead() -> None:
    """All that was written is erased, nobody writes more, the conclusion can be written; undone, all begin anew."""
    run = written(group_of(4), 1, 2)
    turn = advance(run, Spoken())
    assert (turn.run.phase, turn.run.sheets) == (Phase.REVEALED, {})
    assert Erase() in turn.effects
    assert not [e for e in turn.effects if isinstance(e, Show)]
    assert effects(turn.run, Opened(3, introduced=True)) == (Toast(Unfit.SPOKEN),)
    assert [e for e in effects(turn.run, write(3, "Vi lyssnar", CONCLUSION)) if isinstance(e, Keep)]
    back = play(turn.run, Undid())
    assert (back.phase, back.spoken, back.waiting_for()) == (Phase.OPEN, False, ("m:1", "m:2", "m:3", "m:4"))
    assert effects(written(run, 3, 4), Spoken()) == (Toast(Unfit.OVER),)


@pytest.mark.parametrize(("people", "missing"), [(3, 5), (5, 0)])
def test_after_a_restore(people: int, missing: int) -> None:
    """What was not in the backup is asked for again; of what had been shown, only a late one is lost."""
    run = written(group_of(5), *range(1, people + 1))
    after = play(run, LeftOut())
    assert len(after.waiting_for()) == missing
    assert after.late == 0


def test_what_was_not_shown_is_not_kept() -> None:
    """A late one that waits for company is erased when the exercise ends."""
    run = written(play(written(group_of(6), 1, 2, 3, 4), Revealed(anyway=True)), 5)
    turn = advance(run, Concluded(anyway=True))
    assert turn.effects[0] == Erase()
    assert turn.run.late == 0


def test_with_names_few_are_shown_only_when_meant() -> None:
    """Two of two, or two of three, are asked about once; three of three are shown by themselves."""
    one = exercise(How.EACH, for_each=None, questions=(Question("need", TextField(), Audience.GROUP),))
    run = replace(begun(one), seats={1: Seat(1), 2: Seat(2), 3: Seat(3)})
    assert written(run, 1, 2, 3).phase is Phase.REVEALED
    for fewer in (written(run, 1, 2), written(replace(run, seats={1: Seat(1), 2: Seat(2)}), 1, 2)):
        assert fewer.phase is Phase.OPEN
        (asked,) = effects(fewer, Revealed())
        assert isinstance(asked, AskBack)
        assert [button.arg for row in asked.keyboard for button in row] == ["anyway", "wait"]
        assert play(fewer, Revealed(anyway=True)).phase is Phase.REVEALED


def test_two_organisations_are_enough() -> None:
    """Where organisations answer, two that have are shown by themselves; one alone is asked about."""
    one = exercise(How.ORG, for_each=None, questions=(Question("need", TextField(), Audience.GROUP),))
    run = replace(begun(one), seats={1: Seat(1, 10), 2: Seat(2, 20)})
    assert written(run, 1, 2).phase is Phase.REVEALED
    assert written(replace(run, seats={1: Seat(1, 10)}), 1).phase is Phase.OPEN
