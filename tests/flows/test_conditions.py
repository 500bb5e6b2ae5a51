"""Questions that are asked only after certain answers, exercises of interest only after others, and items picked."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exercises.run_json import from_json, to_json
from flows.definitions.loader import DefinitionError, load_process, the_process
from flows.definitions.model import Exercise, ForEach, Question, Register, When, left_out
from flows.engine.engine import advance
from flows.enums import Audience, How
from flows.fields import ChoiceField, TextField
from flows.figures.results import Given, collect
from flows.run.effects import KeepRow, ShowMissing
from flows.run.events import Concluded, Opened
from flows.run.state import Phase, Place, Run, conditions_met
from flows.timing import journey
from tests.flows.sample import begun, exercise, giving, play, tap, through, visit, write

OPTIONS = ("a", "b", "c")
QUESTIONS = (
    Question("which", ChoiceField(options=OPTIONS, many=True), Audience.GROUP),
    Question("why", TextField(), Audience.GROUP, when=When("which", ("b", "c"))),
    Question("last", TextField(), Audience.GROUP),
)


def sheet(how: How = How.GROUP, **changes: object) -> Exercise:
    """An exercise whose second question depends on its first."""
    return exercise(how, **{"questions": QUESTIONS, "for_each": None, "outcome": None} | changes)


def ticked(run: Run, *options: str) -> Run:
    """The first question answered with just these."""
    run = play(run, Opened(1, introduced=True, key="which"))
    for option in visit(run, 1).ticked:
        run = play(run, tap(run, 1, "off", str(OPTIONS.index(option))))
    for option in options:
        run = play(run, tap(run, 1, "on", str(OPTIONS.index(option))))
    return play(run, tap(run, 1, "ok"))


@given(st.lists(st.sets(st.sampled_from(OPTIONS), min_size=1), min_size=1, max_size=4), st.booleans())
def test_a_question_is_asked_just_while_its_condition_holds(answers: list[set[str]], stored: bool) -> None:
    """However often the first answer is changed, the second question is asked just when the newest one wants it."""
    run = begun(sheet())
    for answer in answers:
        run = ticked(giving(run, ticks={}), *sorted(answer))
        if stored:
            run = from_json(run.exercise, 1, json.loads(json.dumps(to_json(run))))
        holds = bool(answer & {"b", "c"})
        assert ("why" in run.asked("g")) is holds
        assert ("why" in run.required("g")) is holds
        assert visit(run, 1).key == ("why" if holds else "last")


def test_what_an_answer_no_longer_asks_for_is_neither_missed_nor_told() -> None:
    """Someone changes their mind: what was said to the question that fell away is kept, but stands in no picture."""
    run = ticked(begun(sheet()), "b")
    run = play(run, write(1, "Därför"), write(1, "Slut"))
    run = ticked(giving(run, ticks={"which": ("b",)}), "a")
    assert visit(run, 1).key == "last"
    assert "why" in run.sheets["g"].answered
    told = collect(run, [Given("g", "which", ["a"]), Given("g", "why", "Därför"), Given("g", "last", "Slut")])
    assert [line.key for line in told.lines if line.given] == ["which", "last"]
    assert not [e for e in advance(run, Concluded()).effects if isinstance(e, ShowMissing)]


def test_a_condition_met_from_the_summary_is_asked_about_at_once() -> None:
    """Who changes an answer from the summary is asked what now belongs to it, and is then back there."""
    run = play(ticked(begun(sheet()), "a"), write(1, "Slut"))
    run = play(run, tap(run, 1, "go", "0"), *[])
    run = play(run, tap(run, 1, "on", "1"))
    run = play(run, tap(run, 1, "ok"))
    assert visit(run, 1).key == "why"
    assert visit(play(run, write(1, "Därför")), 1).place is Place.SUMMARY


def test_a_row_holds_only_what_applies() -> None:
    """A new row that went back and chose otherwise is kept without the answer that no longer belongs to it."""
    run = ticked(begun(sheet(How.ROWS, register=Register("last"))), "b")
    run = play(run, write(1, "Därför"))
    run = play(run, tap(run, 1, "back"))
    run = play(run, tap(run, 1, "back"))
    run = play(run, tap(run, 1, "off", "1"), *[])
    run = play(run, tap(run, 1, "on", "0"))
    turn = advance(play(run, tap(run, 1, "ok")), write(1, "Rad"))
    (row,) = [e for e in turn.effects if isinstance(e, KeepRow)]
    assert row.values == {"which": ["a"], "last": "Rad"}


def test_a_changed_row_is_asked_what_now_belongs_to_it() -> None:
    """Changing a field of an old row leads on to the questions that its new value opens."""
    run = begun(sheet(How.ROWS, register=Register("last")))
    run = play(run, Opened(1, introduced=True, row=7, key="which"))
    run = play(run, tap(run, 1, "on", "2"))
    run = play(run, tap(run, 1, "ok"))
    assert (visit(run, 1).row, visit(run, 1).key) == (7, "why")


def test_conditions_can_be_read_off_the_answers() -> None:
    """What is laid in from elsewhere (an invented town) meets the same conditions as what is answered step by step."""
    run = begun(sheet())
    assert conditions_met(run, {"which": ["a", "c"]}) == {"why"}
    assert conditions_met(run, {"which": ["a"], "last": "Slut"}) == frozenset()


def test_a_round_from_before_there_were_conditions_still_loads() -> None:
    """A round goes on as it began: what was written down without conditions and picked items is read as it was."""
    run = ticked(begun(sheet()), "a")
    old = to_json(run)
    old["sheets"] = {owner: kept[:2] for owner, kept in old["sheets"].items()}
    del old["picked"]
    assert from_json(run.exercise, 1, json.loads(json.dumps(old))).sheets == run.sheets


def test_a_question_that_depends_on_another_exercise() -> None:
    """It falls away once the other exercise has said so; while nothing is said there, it is asked."""
    questions = (QUESTIONS[0], replace(QUESTIONS[1], when=When("kinds", ("x",), "choice")))
    what = sheet(questions=questions)
    assert what.looks_at == {"choice.kinds"}
    assert [q.id for q in what.fitted({}, ()).questions] == ["which", "why"]
    assert [q.id for q in what.fitted({}, (), {"choice.kinds": ["x"]}).questions] == ["which", "why"]
    assert [q.id for q in what.fitted({}, (), {"choice.kinds": ["y"]}).questions] == ["which"]


def test_what_the_group_has_not_chosen_is_not_waited_for() -> None:
    """A register of material that was not chosen (2.3) is neither next nor missing; begun all the same, it counts."""
    process = the_process()
    adverts = process.exercises["adverts"]
    assert left_out(adverts.when, {"mapping_choice.categories": ["public"]})
    assert not left_out(adverts.when, {"mapping_choice.categories": ["internet", "public"]})
    assert not left_out(adverts.when, {})
    runs = [(n, e, Phase.CONCLUDED) for n, e in enumerate(process.step(2).exercises) if e != "adverts"]
    step = next(s for s in journey.where(process, runs, [2], unchosen={"adverts"}).steps if s.number == 2)
    assert (step.state, "adverts" in [stop.exercise for stop in step.stops]) == ("done", False)
    runs.append((99, "adverts", Phase.OPEN))
    step = next(s for s in journey.where(process, runs, [2], unchosen={"adverts"}).steps if s.number == 2)
    assert (step.state, [stop.state for stop in step.stops].count("open")) == ("now", 1)


# -- picking -----------------------------------------------------------------------------------------------------------
def picking() -> Run:
    """A shared exercise of which the group picks the items that it takes up."""
    questions = (Question("what", TextField(), Audience.GROUP), Question("who", TextField(), Audience.GROUP))
    items = ForEach(("x", "y", "z"), add=True, pick=True)
    return begun(exercise(How.GROUP, questions=questions, for_each=items, outcome=None))


def picked(run: Run, *places: str) -> Run:
    """The items at these places ticked, and the choice made."""
    for place in places:
        run = play(run, tap(run, 1, "on", place))
    return play(run, tap(run, 1, "ok"))


def test_only_what_is_picked_is_asked_about() -> None:
    """The group ticks what it takes up, is asked about that in order, and nothing else is missing in the end."""
    run = play(picking(), Opened(1, introduced=True))
    assert visit(run, 1).place is Place.PICK
    assert visit(picked(run), 1).place is Place.PICK  # nothing ticked: asked again
    run = picked(run, "2", "0")
    assert run.asked("g") == ("what@x", "who@x", "what@z", "who@z")
    run = through(run, 1)
    assert advance(run, Concluded()).run.phase == "concluded"


def test_what_was_begun_is_not_lost_by_picking_anew() -> None:
    """Unticking an item that something was said about leaves it where it is; others can be taken up later."""
    run = play(picked(play(picking(), Opened(1, introduced=True)), "0"), write(1, "Ett"), write(1, "Två"))
    run = play(run, tap(run, 1, "choose"))
    run = play(run, tap(run, 1, "off", "0"))
    run = picked(run, "1")
    assert run.taken_up == ("x", "y")
    assert visit(run, 1).key == "what@y"
    assert from_json(run.exercise, 1, json.loads(json.dumps(to_json(run)))).taken_up == ("x", "y")


def test_an_item_of_ones_own_is_taken_up_as_it_is_made() -> None:
    """Whoever adds an item is asked about it at once, without having to pick it too."""
    run = replace(picking(), items=("x", "y", "z", "#5"))
    run = play(run, Opened(1, introduced=True, key="what@#5"))
    assert (run.taken_up, visit(run, 1).key) == (("#5",), "what@#5")


# -- definition files --------------------------------------------------------------------------------------------------
OUTLINE = 'parts = ["p"]\nids = ["0.1"]\n[[step]]\nnumber = 0\npart = "p"\nexercises = ["first", "second"]\n'
FIRST = """
serves = ["0.1"]
how = "group"
minutes = 5
[[question]]
id = "kinds"
kind = "choice"
options = ["x", "y"]
[[question]]
id = "more"
kind = "text"
"""
SECOND = """
serves = ["0.1"]
how = "rows"
minutes = 5
when = { "first.kinds" = ["x"] }
[[question]]
id = "kind"
kind = "choice"
options = ["x", "y"]
[[question]]
id = "text"
kind = "text"
when = { kind = ["y"] }
[register]
title = "text"
[[register.gap]]
id = "kinds"
rule = "covers"
question = "kind"
options_from = "first.kinds"
"""
CASES = [
    ('when = { kind = ["y"] }', 'when = { kind = ["z"] }', "text when: “z” is no option of it; use some of x, y"),
    ('when = { kind = ["y"] }', 'when = { text = ["y"] }', "“text” must be a choice that is always asked, and before"),
    ('when = { kind = ["y"] }', "when = { kind = [] }", "when: must name at least one answer"),
    ('when = { kind = ["y"] }', "when = {}", "when: must name one question and the answers"),
    ('when = { "first.kinds" = ["x"] }', 'when = { kind = ["x"] }', "when: names no other exercise; write"),
    ('when = { "first.kinds" = ["x"] }', 'when = { "first.more" = ["x"] }', "“first.more” must be a choice of an"),
    ('when = { "first.kinds" = ["x"] }', 'when = { "first.kinds" = ["z"] }', "“z” is no option of “first.kinds”; use"),
    ('options_from = "first.kinds"', 'options_from = "gone.kinds"', "“gone.kinds” must be a choice of an exercise"),
    ('rule = "covers"', 'rule = "every_row"', "options_from: only “covers” misses options"),
    (
        "[register]",
        '[for_each]\nitems = ["x"]\npick = true\n[register]',
        "[for_each] pick: only a group picks together",
    ),
    ("[register]", '[for_each]\nitems = ["x"]\nfirst = "second.text"\n[register]', "“second.text” must be a choice in"),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_a_wrong_condition_is_told_with_its_cure(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A mistake in a condition is found before anybody meets it."""
    assert old in SECOND
    files = {"process.toml": OUTLINE, "0.1-first.toml": FIRST, "0.1-second.toml": SECOND.replace(old, new, 1)}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"0\.1-second\.toml") as caught:
        load_process(tmp_path, ())
    assert said in str(caught.value)


def test_sound_conditions_are_read(tmp_path: Path) -> None:
    """A condition on a question, on an exercise, and a gap that follows what was chosen."""
    for name, text in {"process.toml": OUTLINE, "0.1-first.toml": FIRST, "0.1-second.toml": SECOND}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    second = load_process(tmp_path, ()).exercises["second"]
    assert (second.when, second.question("text").when) == (When("kinds", ("x",), "first"), When("kind", ("y",)))
