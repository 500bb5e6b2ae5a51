"""Each event in each phase, told in one table."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from flows.definitions.model import Question
from flows.definitions.parts import Approval, Teams
from flows.engine.engine import advance, deadlines
from flows.enums import Audience, How
from flows.fields import TextField
from flows.run.effects import Amend, Invite, Show, Toast, Unfit
from flows.run.events import (
    Began,
    Concluded,
    Edited,
    Event,
    Joined,
    Left,
    LeftOut,
    Moved,
    Opened,
    Picked,
    Restored,
    Revealed,
    Spoken,
    Undid,
    Unwrote,
    Withdrawn,
    Wrote,
)
from flows.run.state import Phase, Run, Seat
from tests.flows.sample import (
    SEATS,
    SWEDISH,
    TODAY,
    begun,
    exercise,
    new,
    play,
    tap,
    through,
    walk,
    write,
)

EVENTS: Mapping[str, Callable[..., Event]] = {
    e.__name__: e
    for e in (
        *(Began, Opened, Picked, Wrote, Edited, Joined, Left),
        *(Revealed, Spoken, LeftOut, Concluded, Undid, Unwrote, Moved, Withdrawn, Restored),
    )
}
# Per event: the phase it leads to, "+" for a change without a new phase, "." for none.
TABLE = """
            new        open       revealed   concluded  aside
Began       open       .          .          .          open
Opened      .          +          +          .          .
Picked      .          +          +          .          .
Wrote       .          +          +          .          .
Edited      .          +          +          .          .
Joined      +          +          +          .          .
Left        +          +          +          +          +
Revealed    .          revealed   .          .          .
Spoken      .          .          .          .          .
LeftOut     .          .          .          .          .
Concluded   .          concluded  concluded  .          .
Undid       .          aside      open       revealed   .
Unwrote     .          .          .          .          .
Moved       .          +          .          .          .
Withdrawn   .          +          open       open       .
Restored    .          revealed   .          .          .
"""
HEAD, *LINES = [line.split() for line in TABLE.strip().splitlines()]
CASES = [(line[0], phase, wanted) for line in LINES for phase, wanted in zip(HEAD, line[1:], strict=True)]


def in_phase(phase: str, how: How = How.EACH) -> Run:
    """A run in this phase in which member 1 has handed in and member 2 has not begun."""
    run = new(exercise(how))
    if phase == "new":
        return run
    run = through(play(run, Began()), 1)
    ways: dict[str, list[Event]] = {
        "open": [],
        "revealed": [Revealed(anyway=True)],
        "concluded": [Revealed(anyway=True), Concluded(anyway=True)],
        "aside": [Undid()],
    }
    return play(run, *ways[phase])


def event(name: str, run: Run) -> Event:
    """An event of this name by member 2, as likely as can be to fit."""
    events: dict[str, Event] = {
        "Opened": Opened(2, introduced=True),
        "Picked": tap(run, 2, "start"),
        "Wrote": write(2, "Ett svar", "why@x"),
        "Edited": Edited(2, "Ett annat svar", "why@x", TODAY, SWEDISH.dates),
        "Joined": Joined(Seat(9)),
        "Left": Left(2),
        "Revealed": Revealed(anyway=True),
        "Unwrote": Unwrote(2, 1),
        "Concluded": Concluded(anyway=True),
        "Moved": Moved(date(2027, 4, 1)),
        "Restored": Restored(phases=(Phase.NEW, Phase.OPEN, Phase.REVEALED)),
    }
    return events.get(name) or EVENTS[name]()


@pytest.mark.parametrize(("name", "phase", "wanted"), CASES)
def test_each_event_in_each_phase(name: str, phase: str, wanted: str) -> None:
    """An event leads where the table says, and one that does not fit leaves the run as it was."""
    run = in_phase(phase)
    after = advance(run, event(name, run)).run
    if wanted == ".":
        assert after == run
    else:
        assert after != run
        assert after.phase == (phase if wanted == "+" else wanted)


def test_the_table_is_whole() -> None:
    """The table names every event and every phase."""
    assert {line[0] for line in LINES} == set(EVENTS)
    assert set(HEAD) == set(Phase)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize(
    "what",
    [
        Opened(99),
        Picked(99, 0, "start", "", TODAY, SWEDISH.dates),
        Wrote(99, "x", 0, TODAY, SWEDISH.dates),
        Edited(99, "x", "why@x", TODAY, SWEDISH.dates),
    ],
)
def test_strangers_are_turned_away(phase: Phase, what: Event) -> None:
    """Who has no seat is told so, in every phase, and changes nothing."""
    run = in_phase(phase)
    turn = advance(run, what)
    assert turn.run == run
    assert turn.effects == (Toast(Unfit.NO_SEAT),)


@pytest.mark.parametrize("how", [How.EACH, How.ORG])
def test_the_last_one_in_reveals(how: How) -> None:
    """When the last one awaited has handed in, the picture is shown at once."""
    run = begun(exercise(how))
    for member in (1, 3):
        run = through(run, member)
    if how is How.EACH:
        run = through(run, 2)
    assert run.phase is Phase.OPEN
    turn = None
    for after, _ in walk(run, 4):
        turn, run = after, after
    assert turn is not None
    assert turn.phase is Phase.REVEALED


def test_who_leaves_is_not_awaited() -> None:
    """If the only one still awaited leaves, the picture is shown; what they handed in would have stayed."""
    run = begun(exercise(How.EACH))
    for member in (1, 2, 3):
        run = through(run, member)
    turn = advance(run, Left(4))
    assert turn.run.phase is Phase.REVEALED
    assert turn.effects == (Amend(), Show("group"))
    assert advance(through(begun(exercise(How.EACH)), 1), Left(1)).run.sheets["m:1"].handed_in


def test_who_is_away_is_not_awaited_and_can_answer() -> None:
    """Nobody waits for whoever is away; they go on where they were, with the button that they see, until they leave."""
    run = play(begun(exercise(How.EACH)), Opened(4, introduced=True))
    button = tap(run, 4, "pause")
    away = play(run, Left(4, away=True))
    assert "m:4" not in away.waiting_for()
    assert advance(away, button).run.visits[4].paused
    assert through(away, 4).sheets["m:4"].handed_in
    gone = play(away, Left(4))
    assert advance(gone, Opened(4, introduced=True)).run == gone


def test_an_organisation_without_people_has_not_approved() -> None:
    """If the last one left to approve a text leaves or is away, nothing is shown as if all had answered."""
    run = begun(exercise(How.ORG, approval=Approval(("other",))))
    for member in (1, 3):
        run = through(run, member)
    turn = advance(run, Left(4))
    assert not turn.run.waiting_for()
    assert turn.run.phase is Phase.OPEN
    assert turn.effects == (Amend(),)


def test_what_is_taken_out_again_is_for_those_who_are_here() -> None:
    """Who has left since it was set aside is not waited for; who has come since is asked like others."""
    run = play(through(begun(exercise(How.EACH)), 1), Undid())
    here = {member: seat for member, seat in SEATS.items() if member != 2} | {9: Seat(9, 10)}
    turn = advance(run, Began(here))
    invited = {effect.to for effect in turn.effects if isinstance(effect, Invite)}
    assert invited == {3, 4, 9}  # 1 has handed in
    assert not turn.run.seats[2].awaited
    assert 2 not in {deadline.member for deadline in deadlines(turn.run)}
    assert turn.run.sheets["m:1"].handed_in


def test_small_groups_stay_as_they_were() -> None:
    """Whoever has come since joins the smallest group; nobody's sheet becomes another's."""
    run = begun(exercise(How.EACH, teams=Teams(2), for_each=None))
    run = replace(run, seats={member: replace(seat, team=1 if member < 3 else 3) for member, seat in SEATS.items()})
    here = {member: replace(seat, team=4) for member, seat in SEATS.items() if member != 4} | {9: Seat(9, 10, team=9)}
    seats = advance(play(run, Undid()), Began(here)).run.seats
    assert {member: seat.team for member, seat in seats.items()} == {1: 1, 2: 1, 3: 3, 4: 3, 9: 3}


def test_all_leaving_reveals_nothing() -> None:
    """Where nobody has handed in there is nothing to show."""
    run = play(begun(exercise(How.EACH)), *(Left(member) for member in SEATS))
    assert run.phase is Phase.OPEN
    assert deadlines(run)[0].member is None


def test_what_the_coordinator_reopened_stays_open() -> None:
    """A reveal that was taken back does not come again because someone who had answered leaves."""
    run = begun(exercise(How.EACH))
    for member in SEATS:
        run = through(run, member)
    run = play(run, Undid())
    assert play(run, Left(1)).phase is Phase.OPEN
    assert play(run, Revealed()).phase is Phase.REVEALED


def test_moving_to_a_colleague_can_reveal() -> None:
    """Someone who turns out to belong to an organisation that has answered is no longer awaited."""
    run = begun(exercise(How.ORG))
    run = through(through(run, 1), 3)
    assert play(run, Joined(Seat(4, 20))).phase is Phase.REVEALED


@pytest.mark.parametrize(("opened", "verb"), [(True, "pause"), (False, "start")])
def test_old_buttons_stay_old_for_who_comes_back(opened: bool, verb: str) -> None:
    """Buttons from before somebody left do not come to life when they return, before they are asked anew or after.

    `start` is the one that would fit where they stand then: at the beginning, as when it was shown.
    """
    run = play(begun(exercise(How.EACH)), Opened(1, introduced=opened))
    old = tap(run, 1, verb)
    assert advance(run, old).run != run
    run = play(run, Left(1), Joined(SEATS[1]))
    for _ in range(3):
        assert advance(run, old).run == run
        run = play(run, Opened(1, introduced=True))


@pytest.mark.parametrize("phase", ["open", "revealed", "concluded"])
def test_a_withdrawn_round_waits_for_no_day(phase: str) -> None:
    """A text that was changed is answered anew when it is whole, and not by the day that was for the former text."""
    run = in_phase(phase)
    assert run.answer_by is not None
    run = play(run, Withdrawn())
    assert run.answer_by is None
    assert deadlines(run) == ()
    assert run.handed_in() == frozenset()


@pytest.mark.parametrize("phase", ["open", "revealed", "concluded"])
def test_what_was_withdrawn_is_put_back_as_it_was(phase: str) -> None:
    """A text that is word for word the same again has the answers that it had, in the phase in which it was."""
    run = in_phase(phase)
    back = play(run, Withdrawn(), Restored(tuple(run.handed_in()), (*run.trail, run.phase)))
    assert (back.phase, back.trail, back.handed_in()) == (run.phase, run.trail, run.handed_in())


def test_undoing_keeps_every_answer() -> None:
    """An exercise begun by mistake is put aside and taken out again with all that was answered."""
    run = in_phase("open")
    back = play(run, Undid(), Began())
    assert back.phase is Phase.OPEN
    assert back.sheets == run.sheets


def test_deadlines_name_only_who_is_missing() -> None:
    """A reminder goes to each awaited member who has not handed in, and the coordinator decides last."""
    run = play(through(begun(exercise(How.EACH)), 1), Left(2))
    assert [d.member for d in deadlines(run)] == [3, 4, None]
    assert [d.member for d in deadlines(through(begun(exercise(How.ORG)), 1))] == [3, 4, None]
    assert [d.member for d in deadlines(begun(exercise(How.GROUP)))] == [None]
    assert [d.member for d in deadlines(begun(exercise(How.ROWS)))] == [None]
    assert deadlines(play(run, Moved(None))) == ()
    assert deadlines(play(run, Revealed(anyway=True))) == ()


@pytest.mark.parametrize(
    ("audience", "shown"),
    [(Audience.GROUP, (Show("group"),)), (Audience.COORDINATOR, (Show("coordinators"),)), (Audience.SELF, ())],
)
def test_the_picture_goes_to_its_audience(audience: Audience, shown: tuple[Show, ...]) -> None:
    """What only some may read is never shown to the others."""
    one = exercise(How.EACH, questions=(Question("q", TextField(), audience),), for_each=None)
    run = through(begun(one), 1)
    assert tuple(e for e in advance(run, Revealed(anyway=True)).effects if isinstance(e, Show)) == shown


def test_a_round_that_is_withdrawn_has_no_day() -> None:
    """Once the text that they answered has changed, nobody is reminded of a day that was set for the earlier one."""
    run = play(through(begun(exercise(How.ORG)), 1), Withdrawn())
    assert run.answer_by is None
    assert deadlines(run) == ()
