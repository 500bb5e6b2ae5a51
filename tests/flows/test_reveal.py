"""When what people wrote may be shown, and to whom: the rules themselves, a case each."""

from dataclasses import replace
from typing import Any

import pytest

from flows.definitions.model import Approval, Question, Teams
from flows.engine.engine import advance
from flows.engine.reveal import admit, emptied, enough, shown_too_soon, somebody_in, too_few
from flows.enums import Audience, How
from flows.fields import TextField
from flows.run.effects import Admit, AskBack, Show
from flows.run.events import Began, Concluded, Left, Revealed, Undid, Withdrawn
from flows.run.state import Phase, Place, Run, Seat, Sheet, Visit
from tests.flows.sample import begun, exercise, new, play, tap, through

GROUP, COORDINATOR, SELF = Audience.GROUP, Audience.COORDINATOR, Audience.SELF
IN = Sheet(frozenset({"need"}), handed_in=True)


def asked(how: How, audience: Audience = GROUP, people: int = 3, **more: Any) -> Run:
    """A run that is open, of one question, in a group of so many who are of an organisation each."""
    one = exercise(how, for_each=None, questions=(Question("need", TextField(), audience),), **more)
    return replace(begun(one), seats={member: Seat(member, 10 * member) for member in range(1, people + 1)})


def handed_in(run: Run, *owners: str) -> Run:
    """The run when these owners have handed in."""
    return replace(run, sheets=dict.fromkeys(owners, IN))


@pytest.mark.parametrize(
    ("run", "owners", "are"),
    [
        (asked(How.EACH), ("m:1", "m:2"), False),
        (asked(How.EACH), ("m:1", "m:2", "m:3"), True),
        (asked(How.ORG), ("o:10",), False),
        (asked(How.ORG), ("o:10", "o:20"), True),
        (asked(How.EACH), ("m:1", "m:2", "g"), False),  # the group's conclusion is nobody's
        (asked(How.EACH, COORDINATOR), ("m:1",), True),  # the coordinators read one, too
        (asked(How.EACH, COORDINATOR), (), False),
        (asked(How.ORG, approval=Approval(("6.3-vision",))), ("o:10",), True),  # who approves is named
        (asked(How.ORG, approval=Approval(("6.3-vision",))), (), False),
        (asked(How.EACH, anonymous=True), ("m:1", "m:2", "m:3"), False),
        (asked(How.EACH, anonymous=True), ("m:1", "m:2", "m:3", "m:4"), True),
    ],
)
def test_enough(run: Run, owners: tuple[str, ...], are: bool) -> None:
    """Three people, two organisations, four without names; one where only coordinators read, or a text is approved."""
    assert enough(handed_in(run, *owners)) is are


def test_a_small_group_counts_its_people() -> None:
    """Of a small group all count who have begun, as the sheet is theirs; who has not even begun does not."""
    run = asked(How.EACH, teams=Teams(4))
    run = replace(run, seats={member: Seat(member, team=1) for member in (1, 2, 3)})
    with_two = handed_in(replace(run, visits={1: Visit(Place.DONE), 2: Visit(Place.DONE)}), "m:1")
    assert not enough(with_two)
    assert enough(replace(with_two, visits={**with_two.visits, 3: Visit(Place.ASK)}))
    apart = replace(
        with_two, seats={**with_two.seats, 3: Seat(3, team=3)}, visits=dict.fromkeys((1, 2, 3), Visit(Place.ASK))
    )
    assert not enough(apart), "another small group has not handed in"


@pytest.mark.parametrize(
    ("run", "owners", "soon"),
    [
        (asked(How.EACH, people=4), ("m:1", "m:2", "m:3"), True),  # one is waited for
        (asked(How.EACH, people=2), ("m:1", "m:2"), True),  # two can be told apart
        (asked(How.EACH), ("m:1", "m:2", "m:3"), False),
        (asked(How.EACH, COORDINATOR), ("m:1",), False),  # the group is shown nothing
        (asked(How.EACH, SELF), ("m:1",), False),
        (asked(How.EACH, anonymous=True), ("m:1", "m:2"), False),  # nobody can confirm that, see `too_few`
        (asked(How.EACH, anonymous=True, people=5), ("m:1", "m:2", "m:3", "m:4"), True),
    ],
)
def test_the_coordinator_confirms(run: Run, owners: tuple[str, ...], soon: bool) -> None:
    """It is asked about first while somebody is waited for, and where so few have written that they could be told."""
    assert shown_too_soon(handed_in(run, *owners)) is soon


def test_there_is_something_to_show() -> None:
    """Somebody's own sheet, or what a group writes together; never the conclusion alone, which comes afterwards."""
    assert somebody_in(handed_in(asked(How.EACH), "m:1"))
    assert not somebody_in(handed_in(asked(How.EACH), "g"))
    assert somebody_in(handed_in(asked(How.GROUP), "g"))
    assert not somebody_in(replace(asked(How.EACH), sheets={"m:1": Sheet(frozenset({"need"}))}))


def test_a_name_is_never_too_few() -> None:
    """Only what is without names has to be of four people."""
    assert not too_few(handed_in(asked(How.EACH), "m:1"))


def test_what_is_dropped_is_begun_anew() -> None:
    """Whose sheet is dropped starts over, and no button of before counts; whose is kept stands where they stood. The
    group's conclusion is nobody's and stays."""
    there = {1: Visit(Place.DONE, ask=4), 2: Visit(Place.SUMMARY, ask=7)}
    after = emptied(replace(handed_in(asked(How.EACH), "m:1", "m:2", "g"), visits=there), keep={"m:1"})
    assert after.sheets.keys() == {"m:1", "g"}
    assert after.visits == {1: there[1], 2: Visit(ask=8)}


def test_after_all_have_begun_anew_four_are_needed_again() -> None:
    """Where nothing is shown any more, two late ones are not company enough: they would be two of two."""
    shown = play(
        handed_in(asked(How.EACH, anonymous=True, people=7), "m:1", "m:2", "m:3", "m:4"), Revealed(anyway=True)
    )
    assert admit(handed_in(shown, *(f"m:{n}" for n in range(1, 7))))[1] == (Admit(),)
    reset = replace(handed_in(shown, "m:5", "m:6"), admitted=0)
    assert admit(reset) == (reset, ())


def test_old_buttons_of_somebody_who_is_back() -> None:
    """Who leaves and comes back is asked anew: a button from before they left changes nothing."""
    run = play(new(exercise(How.EACH)), Began())
    run = play(run, tap(run, 1, "start"))
    old = tap(run, 1, "pick", "0")
    left = play(run, Left(1))
    assert left.visit(1).ask > run.visit(1).ask
    assert advance(left, old).run == left
    away = play(run, Left(1, away=True))
    assert away.visit(1) == run.visit(1), "who is only away goes on where they were"


def test_a_withdrawn_round_has_no_date() -> None:
    """What is taken up again waits for nobody until somebody says by when; nothing counts as shown before."""
    run = play(handed_in(asked(How.EACH), "m:1", "m:2", "m:3"), Revealed(anyway=True), Concluded(anyway=True))
    assert run.answer_by is not None
    again = play(run, Withdrawn())
    assert (again.phase, again.answer_by, again.hidden) == (Phase.OPEN, None, frozenset())
    assert again.trail == (Phase.NEW,)
    assert not again.handed_in()
    assert play(run, Withdrawn(("m:2",))).handed_in() == {"m:1", "m:3"}


def test_taken_back_it_is_not_shown_by_itself() -> None:
    """What the coordinator hides stays hidden until they show it, or somebody hands in whom nobody has seen."""
    shown = play(handed_in(asked(How.EACH, people=4), "m:1", "m:2", "m:3"), Revealed(anyway=True))
    hidden = play(shown, Undid())
    assert hidden.hidden == {"m:1", "m:2", "m:3"}
    assert play(hidden, Left(4)).phase is Phase.OPEN
    assert through(hidden, 4).phase is Phase.REVEALED
    assert [e for e in advance(hidden, Revealed(anyway=True)).effects if isinstance(e, Show | AskBack)] == [
        Show("group")
    ]
