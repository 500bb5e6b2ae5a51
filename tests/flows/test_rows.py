"""Questions that are answered with rows of another register, items that come and go, and small groups."""

from dataclasses import replace
from typing import Any

from flows.definitions.loader import the_process
from flows.definitions.model import Area, Exercise, ForEach, Gap, Question, Register
from flows.definitions.parts import Teams
from flows.definitions.register_rules import gaps
from flows.engine.engine import advance
from flows.enums import Audience, How
from flows.fields import ChoiceField, DateField, Offer, RowField, ScaleField, TextField
from flows.figures.results import area_means
from flows.run.effects import AskQuestion, Keep, KeepItem, KeepRow, Toast, Unfit
from flows.run.events import Joined, Opened
from flows.run.state import Phase, Place, Run, Seat
from flows.timing import journey
from tests.flows.sample import begun, exercise, giving, play, tap, through, visit, write

OFFERS = (Offer("12", "Hotell Exempel"), Offer("7", "Hotellskolan"), Offer("o3", "Polisen"))


def asking(*, many: bool = False) -> Run:
    """A register whose row is one answer: a row of another one, with some to choose among."""
    question = Question("actor", RowField(register="actors", many=many), Audience.GROUP)
    run = begun(exercise(How.ROWS, questions=(question,), register=Register("actor")))
    return play(giving(run, offers={"actor": OFFERS}), Opened(1, introduced=True))


def kept(run: Run, *events: object) -> object:
    """The answer that these events lead to, None if there is none yet."""
    found = None
    for event in events:
        turn = advance(run, event)  # type: ignore[arg-type]
        run = turn.run
        found = next((e.values["actor"] for e in turn.effects if isinstance(e, KeepRow)), found)
    return found


def test_a_row_is_chosen_or_named() -> None:
    """A button gives the row; so does its whole name, whatever the capitals; a name that nothing has is a new row."""
    run = asking()
    assert kept(run, tap(run, 1, "pick", "12")) == {"id": 12}
    assert kept(run, write(1, "hotell exempel")) == {"id": 12}
    assert kept(run, tap(run, 1, "pick", "o3")) == {"name": "Polisen"}
    assert kept(run, write(1, "Taxi Påhitt")) == {"name": "Taxi Påhitt"}
    assert kept(run, tap(run, 1, "pick", "99")) is None


def test_a_part_of_a_name_looks_for_rows() -> None:
    """What could be several rows is shown to choose among, and can be made a new one."""
    run = asking()
    looking = play(run, write(1, "hotell"))
    assert visit(looking, 1).offered.query == "hotell"
    assert kept(looking, tap(looking, 1, "new")) == {"name": "hotell"}
    assert kept(looking, tap(looking, 1, "pick", "7")) == {"id": 7}


def test_several_rows_are_ticked_or_written_in_a_list() -> None:
    """Names separated by commas tick the rows that they mean; those that nothing has are made with the answer."""
    run = play(asking(many=True), write(1, "Hotellskolan, Taxi Påhitt; polis"))
    assert visit(run, 1).ticked == ("7", "+Taxi Påhitt", "o3")
    run = play(run, tap(run, 1, "off", "+1"))
    assert kept(run, tap(run, 1, "ok")) == [{"id": 7}, {"name": "Polisen"}]


def test_what_was_ticked_is_ticked_when_it_is_changed() -> None:
    """Someone who goes back to a question of several answers finds the ticks as they were."""
    question = Question("styles", ChoiceField(options=("a", "b"), many=True), Audience.GROUP)
    run = begun(exercise(How.GROUP, questions=(question,), for_each=None, outcome=None))
    run = through(run, 1)
    run = play(giving(run, ticks={"styles": ("a",)}), Opened(1, introduced=True, key="styles"))
    assert visit(run, 1).ticked == ("a",)


def test_fields_that_are_given_are_not_asked() -> None:
    """A row that is begun with some fields given asks for the others, and is saved with all of them."""
    questions = (Question("day", DateField(), Audience.GROUP), Question("what", TextField(), Audience.GROUP))
    run = begun(exercise(How.ROWS, questions=questions, register=Register("what")))
    turn = advance(run, Opened(1, introduced=True, given={"day": "2027-03-10"}))
    (say,) = [e for e in turn.effects if isinstance(e, AskQuestion)]
    assert (say.key, say.n, say.of) == ("what", 1, 1)
    (row,) = [e for e in advance(turn.run, write(1, "Ett")).effects if isinstance(e, KeepRow)]
    assert row.values == {"day": "2027-03-10", "what": "Ett"}


def test_the_group_adds_an_item_of_its_own() -> None:
    """Its name is kept, and the dialogue waits for it among the others."""
    run = begun(exercise(How.GROUP, for_each=ForEach(("x",), add=True), outcome=None))
    run = play(run, Opened(1, introduced=True))
    run = play(run, tap(run, 1, "own"))
    assert visit(run, 1).place is Place.OWN
    turn = advance(run, write(1, "  Vår   egen  "))
    assert [e for e in turn.effects if isinstance(e, KeepItem)] == [KeepItem("Vår egen", 1)]


def test_a_small_group_has_one_sheet() -> None:
    """What one writes the other goes on with; they hand in together; and who comes later joins the smallest group."""
    run = begun(exercise(How.EACH, teams=Teams(2), for_each=None))
    run = replace(run, seats={m: Seat(m, team=1 if m in (1, 2) else 3) for m in (1, 2, 3)})
    assert run.owners() == ("m:1", "m:3")
    turn = advance(play(run, Opened(2, introduced=True)), write(2, "Vi"))
    assert [e.owner for e in turn.effects if isinstance(e, Keep)] == ["m:1"]
    run = play(turn.run, Joined(Seat(4)))
    assert run.owner(4) == "m:3"
    assert through(run, 1).sheet(2).handed_in


def test_rows_that_nothing_points_at_are_told() -> None:
    """The rule “linked” names what no row points at yet, also where a row points at several."""
    rule = Gap("alone", "linked", "groups")
    rows: list[dict[str, Any]] = [{"groups": [{"id": 1}, {"id": 2}]}, {"groups": {"id": 3}}, {}]
    assert gaps([rule], {}, rows, linked={"groups": [1, 2, 3, 4]})[0].unlinked == (4,)
    assert gaps([rule], {}, rows, linked={"groups": [1, 2]}) == []


def test_areas_have_their_means() -> None:
    """The mean of an area is over all its scales in all rows; one that nobody answered is left out."""
    areas = (Area("one", ("a", "b")), Area("two", ("c",)))
    assert area_means(areas, [{"a": 1, "b": 2}, {"a": 5}]) == {"one": 8 / 3}


def test_a_step_closed_with_things_missing_is_done() -> None:
    """The map goes on to the next step, and what was left is not what comes next."""
    process = the_process()
    first, second = (process.step(number).exercises[0] for number in (0, 1))
    runs = [(1, first, Phase.CONCLUDED)]
    assert journey.where(process, runs, [0, 1]).next in process.step(0).exercises
    found = journey.where(process, runs, [0, 1], [0])
    assert (found.steps[0].state, found.next) == ("done", second)


def test_the_process_has_one_list_of_actors() -> None:
    """Every exercise that asks for an actor is answered with a row of that list (2.7, 3.3, 5.4, 6.3, 7.3)."""
    pointing: list[Exercise] = [e for e in the_process().exercises.values() if "actors" in e.linked]
    served = {number for e in pointing for number in e.serves}
    assert served >= {"2.7", "2.9", "3.2", "3.3", "5.4", "6.3", "7.3"}


def test_what_is_closed_in_a_row_is_not_changed() -> None:
    """Neither by a button that asks for it, nor by one or a text that answers what was asked before it was closed."""
    questions = (
        Question("why", TextField(), Audience.GROUP),
        Question("need", ScaleField(), Audience.GROUP),
        Question("on", DateField(), Audience.GROUP),
    )
    run = begun(exercise(How.ROWS, questions=questions, register=Register("why")))
    closed = frozenset({"why", "need"})
    for key, answer in (("why", lambda run: write(1, "Nytt")), ("need", lambda run: tap(run, 1, "pick", "5"))):
        turn = advance(giving(run, closed=closed), Opened(1, introduced=True, row=7, key=key))
        assert (turn.run.visits, turn.effects) == ({}, (Toast(Unfit.STALE),))
        asked = play(run, Opened(1, introduced=True, row=7, key=key))
        assert [e for e in advance(asked, answer(asked)).effects if isinstance(e, KeepRow)]
        assert not [e for e in advance(giving(asked, closed=closed), answer(asked)).effects if isinstance(e, KeepRow)]
    asked = play(giving(run, closed=closed), Opened(1, introduced=True, row=7, key="on", rest=("need",)))
    turn = advance(asked, write(1, "14 mars 2027"))
    assert [e for e in turn.effects if isinstance(e, KeepRow)]
    assert visit(turn.run, 1).place is Place.DONE
