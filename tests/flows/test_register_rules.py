"""What a register does of itself: rows from the start, sums on top, what is late, counted year by year, asked later."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exercises.run_json import from_json, to_json
from flows.answers import clean, lines
from flows.definitions.loader import DefinitionError, load_process, the_process
from flows.definitions.model import Gap, Question, Register, When
from flows.definitions.register_rules import TaskState, gaps
from flows.engine.engine import advance
from flows.enums import Audience, How
from flows.fields import ChoiceField, DateField, TextField
from flows.figures.tallies import Tally, tally
from flows.input_errors import Problem, Trouble
from flows.run.effects import AskApart, AskQuestion, KeepRow, KeepRows
from flows.run.events import Opened
from flows.run.state import Place, Run
from tests.flows.sample import begun, exercise, play, tap, visit, write

DAY = Question("day", DateField(), Audience.GROUP)
WHICH = Question("which", ChoiceField(options=("a", "b", "c")), Audience.GROUP)
DAYS = st.dates().map(lambda day: {"day": day.isoformat()})


@given(st.lists(DAYS))
def test_months_add_up_to_all_rows(rows: list[dict[str, Any]]) -> None:
    """Every dated row is counted in just one month, the months are in order, and none has more days than rows."""
    found = tally(DAY, [*rows, {}])
    assert sum(month.count for month in found) == len(rows)
    assert [month.name for month in found] == sorted({row["day"][:7] for row in rows})
    assert all(1 <= month.days <= month.count for month in found)


def test_options_are_counted_in_their_order() -> None:
    """A row with several answers counts for each; what nobody chose is left out, as is what does not apply."""
    several = replace(WHICH, field=ChoiceField(WHICH.options, many=True))
    assert tally(several, [{"which": ["c", "a"]}, {"which": ["a"]}, {}]) == (Tally("a", 2), Tally("c", 1))
    dependent = replace(WHICH, when=When("day", ("x",)))
    assert tally(dependent, [{"which": "a", "day": "x"}, {"which": "b", "day": "y"}]) == (Tally("a", 1),)


def test_rows_past_their_date_are_late_until_they_are_done() -> None:
    """Late is what is past its date and not done; untaken what nobody has taken on; today is in time."""
    rules = [Gap("late", "late"), Gap("untaken", "taken")]
    standing = [
        TaskState(taken=True, due=date(2027, 3, 9)),
        TaskState(taken=True, due=date(2027, 3, 10)),
        TaskState(taken=True, due=date(2027, 1, 1), done=True),
        TaskState(),
    ]
    late, untaken = gaps(rules, {}, [{}] * 4, standing=standing, today=date(2027, 3, 10))
    assert (late.rows, untaken.rows) == ((0,), (3,))
    assert gaps(rules, {}, [{}], standing=[TaskState(done=True)], today=date(2027, 3, 10)) == []


def test_everyone_and_who_is_inside() -> None:
    """Whoever has no row that says it is done is named; members count besides rows where a rule says so."""
    done = Gap("done", "everyone", "who", along="state", along_options=("done",))
    rows: list[dict[str, Any]] = [
        {"who": {"id": 1}, "state": "done"},
        {"who": {"id": 2}, "state": "planned"},
        {"who": {"name": "Ny"}},
    ]
    inside: dict[int, dict[str, Any]] = {1: {"which": "a"}, 2: {}, 3: {}}
    (missing,) = gaps([done], {}, rows, members=inside)
    assert missing.members == (2, 3)
    some = {"which": ["a", "b"]}
    beside = [Gap("size", "count", low=4, high=9, members=True), Gap("both", "covers", "which", members=True)]
    size, both = gaps(beside, some, [], members=inside)
    assert (size.count, both.options) == (3, (("b",),))
    alone = [replace(rule, members=False) for rule in beside]
    assert gaps(alone, some, [], members=inside)[1].options == (("a",), ("b",))


def test_rows_without_a_day() -> None:
    """What has no day and is not done is named by the rule for it."""
    standing = [TaskState(due=date(2027, 3, 9)), TaskState(taken=True), TaskState(done=True)]
    (undated,) = gaps([Gap("dated", "dated")], {}, [{}] * 3, standing=standing, today=date(2027, 3, 10))
    assert undated.rows == (1,)


def test_rows_are_counted_year_by_year() -> None:
    """A year goes from the first date to the day before its anniversary, and the first year can want more."""
    rule = Gap("year", "count", per="date", first=2, low=1)
    first = [{"date": "2027-02-01"}, {"date": "2028-01-31"}]
    assert gaps([rule], {}, first) == []
    (short,) = gaps([rule], {}, [*first, {"date": "2029-02-01"}, {}])
    assert short.years == ((2, 0, 1),)
    (short,) = gaps([rule], {}, [{"date": "2027-02-01"}, {"date": "2028-02-01"}])
    assert short.years == ((1, 1, 2),)
    assert gaps([rule], {}, [{}]) == []
    assert gaps([rule], {}, [{"date": "2026-01-15"}, *first]) == []  # what came before the first year moves none


# -- the dialogue ------------------------------------------------------------------------------------------------------
def register(*questions: Question, **more: Any) -> Run:
    """A register of these questions, with a text for its title."""
    title = Question("what", TextField(), Audience.GROUP)
    return begun(exercise(How.ROWS, questions=(*questions, title), register=Register("what", **more)))


def test_what_is_asked_later_is_not_asked_of_a_new_row() -> None:
    """A row is made without what can only be known when it is done, and can be asked for it then."""
    result = Question("result", TextField(), Audience.GROUP, follow_up=True, required=False)
    run = register(result)
    turn = advance(play(run, Opened(1, introduced=True)), write(1, "Ring hotellet"))
    assert [e.values for e in turn.effects if isinstance(e, KeepRow)] == [{"what": "Ring hotellet"}]
    run = play(turn.run, Opened(1, introduced=True, row=7, key="result"))
    turn = advance(run, write(1, "De är med"))
    assert [(e.values, e.row) for e in turn.effects if isinstance(e, KeepRow)] == [({"result": "De är med"}, 7)]


def test_a_row_like_another_does_not_follow_into_the_next() -> None:
    """Whoever leaves a row that was begun like another, and adds a plain one, is asked everything again."""
    run = play(register(DAY), Opened(1, introduced=True, given={"day": "2027-03-10"}))
    assert visit(run, 1).key == "what"
    back = play(run, Opened(1, introduced=True))
    assert visit(back, 1).key == "what", "whoever only comes back goes on with it"
    run = play(run, Opened(1, introduced=True, given={}))
    assert (visit(run, 1).key, visit(run, 1).draft) == ("day", {})


def test_a_row_that_was_begun_is_gone_on_with() -> None:
    """Something that was written of a new row is not lost by tapping the way to a new one once more."""
    run = play(register(DAY), Opened(1, introduced=True), write(1, "14 mars"))
    run = play(run, Opened(1, introduced=True, given={"day": "2027-03-10"}))
    assert (visit(run, 1).place, visit(run, 1).draft) == (Place.ASK, {"day": "2027-03-14"})


# -- definition files --------------------------------------------------------------------------------------------------
FILES = {
    "process.toml": 'parts = ["p"]\nids = ["0.1"]\n[[step]]\nnumber = 0\npart = "p"\nexercises = ["rows"]\n',
    "joining.toml": """
serves = ["0.1"]
how = "each"
minutes = 1
role = "joining"
[[question]]
id = "called"
role = "name"
kind = "text"
[[question]]
id = "from"
role = "organisation"
kind = "organisation"
[[question]]
id = "sector"
kind = "choice"
options = ["police", "other"]
""",
    "0.1-rows.toml": """
serves = ["0.1"]
how = "rows"
minutes = 5
[[question]]
id = "what"
kind = "text"
[[question]]
id = "which"
kind = "choice"
options = ["a", "b"]
[[question]]
id = "day"
kind = "date"
follow_up = true
required = false
[register]
title = "what"
assign = true
seed = "which"
narrow = ["which"]
lasting = ["day"]
authors = { sector = ["police"] }
[[register.gap]]
id = "year"
rule = "count"
per = "day"
first = 2
low = 1
[[register.gap]]
id = "late"
rule = "late"
""",
}
CASES = [
    ('seed = "which"', 'seed = "what"', "[register] seed: “what” must be a choice"),
    ('seed = "which"', 'seed = "gone"', "[register] seed: names the question “gone”, which is not here"),
    ('narrow = ["which"]', 'narrow = ["day"]', "[register] narrow: “day” must be a choice"),
    ('sector = ["police"]', 'sector = ["fire"]', "“fire” is no option of “sector”; use some of police, other"),
    ('sector = ["police"]', 'name = ["x"]', "authors names “name”, which is no choice of joining; use one of sector"),
    ('per = "day"', 'per = "what"', "“what” must be a date for rows to be counted by it"),
    ('per = "day"', "", "first: there is a first year only where rows are counted per year"),
    ('title = "what"', 'title = "day"', "follow_up: what names the row is asked at once"),
    ('rule = "late"', 'rule = "late"\nquestion = "which"', "“late”, “taken”, “dated” look at the rows themselves"),
]


def written(folder: Path, old: str = "", new: str = "") -> Path:
    """The files of a small process, with something in its register changed."""
    for name, text in FILES.items():
        (folder / name).write_text(text.replace(old, new, 1) if old and name[0] == "0" else text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_a_wrong_rule_is_told_with_its_cure(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A mistake in what a register does is found before anybody meets it."""
    assert old in FILES["0.1-rows.toml"]
    with pytest.raises(DefinitionError, match=r"0\.1-rows\.toml") as caught:
        load_process(written(tmp_path, old, new), ())
    assert said in str(caught.value)


def test_sound_rules_are_read(tmp_path: Path) -> None:
    """What a register does is read as it stands, or follows from it."""
    rows = load_process(written(tmp_path), ()).exercises["rows"]
    found = rows.register
    assert found is not None
    assert (found.seed, found.narrow, found.lasting) == ("which", ("which",), ("day",))
    assert (rows.tallied, found.one_date, rows.layout, rows.taker) == (("day",), True, (), "")
    assert found.authors == (("sector", ("police",)),)
    assert (found.gaps[0].per, found.gaps[0].first, found.gaps[0].low, found.gaps[1].rule) == ("day", 2, 1, "late")


def test_what_follows_from_the_rest_of_a_list() -> None:
    """Whose a row is, how the list goes and what is counted above it: as it was when each of these was a key."""
    process = the_process().exercises
    assert {name: one.taker for name, one in process.items() if one.taker} == {
        "readiness_plan": "who",
        "training": "who",
        "mapping_plan": "who",
    }
    assert {name: one.layout for name, one in process.items() if one.layout} == {
        "activities": ("subgoal", "year"),
        "meetings": ("date",),
    }
    assert {name: one.tallied for name, one in process.items() if one.tallied} == {
        "adverts": ("date",),
        "guests": ("coming", "join"),
    }
    assert [name for name, one in process.items() if one.register and one.register.one_date] == ["research_areas"]
    assert [name for name, one in process.items() if one.reviewed] == ["indicators", "incident"]
    assert process["adverts"].repeated == ("date", "site", "partner")


# -- several lines -----------------------------------------------------------------------------------------------------
@given(st.lists(st.text(alphabet="abc åÅ-•", min_size=1, max_size=8), min_size=1, max_size=30))
def test_each_line_becomes_a_row_once(said: list[str]) -> None:
    """Whatever is pasted: a row for each line that says something new, in their order; capitals make none new."""
    run = advance(register(), Opened(1, introduced=True)).run
    text = "\n".join(said)
    first: dict[str, str] = {}
    wanted = [first.setdefault(one.casefold(), one) for one in lines(text) if one.casefold() not in first]
    turn = advance(run, write(1, text))
    if len(lines(clean(text))) < 2:
        assert not any(isinstance(e, AskApart) for e in turn.effects)
        return
    assert not any(isinstance(e, KeepRow | KeepRows) for e in turn.effects)
    turn = advance(turn.run, tap(turn.run, 1, "apart"))
    (kept,) = [e for e in turn.effects if isinstance(e, KeepRows)]
    assert [row["what"] for row in kept.rows] == wanted


def pasted() -> Run:
    """A run in which somebody has pasted two names, in a list where names can be ticked, and turned to an old row."""
    what = Question("what", TextField(ticks=True), Audience.GROUP)
    run = begun(exercise(How.ROWS, questions=(what, DAY), register=Register("what", ("day",))))
    return play(run, Opened(1, introduced=True), write(1, "ett, två; Ett"), Opened(1, row=7, key="day"))


def test_pasted_names_wait_while_something_else_is_asked() -> None:
    """They come back with the next new row, also out of storage; the button that was under them counts until then."""
    run = from_json(pasted().exercise, 1, to_json(pasted()))
    assert visit(run, 1).waits_apart is not None
    turn = advance(run, Opened(1))
    assert [e.lines for e in turn.effects if isinstance(e, AskApart)] == [("ett", "två")]
    asked = visit(run, 1).waits_apart
    assert asked is not None
    turn = advance(run, replace(tap(run, 1, "apart"), ask=asked.ask))
    (kept,) = [e for e in turn.effects if isinstance(e, KeepRows)]
    assert [row["what"] for row in kept.rows] == ["ett", "två"]
    again = advance(turn.run, replace(tap(turn.run, 1, "apart"), ask=asked.ask))
    assert not any(isinstance(e, KeepRows) for e in again.effects)


def test_names_that_an_older_version_holds_are_still_rows_of_their_own() -> None:
    """It kept the line as it was written, without the names that were read in it."""
    written = json.loads(json.dumps(to_json(pasted())))
    del written["visits"]["1"]["pasted"]["rows"]
    run = advance(from_json(pasted().exercise, 1, written), Opened(1)).run
    (kept,) = [e for e in advance(run, tap(run, 1, "apart")).effects if isinstance(e, KeepRows)]
    assert [row["what"] for row in kept.rows] == ["ett", "två"]


def test_names_on_one_line_can_be_one_row() -> None:
    """A comma may belong to the name; then it stays as it was written."""
    run = advance(pasted(), Opened(1)).run
    run = advance(run, tap(run, 1, "asis")).run
    assert visit(run, 1).draft == {"what": "ett, två; Ett"}
    assert visit(run, 1).waits_apart is None


def test_more_lines_than_are_taken_are_not_lost_in_silence() -> None:
    """A list of more than a hundred is not cut: whoever pasted it is told, and nothing is kept."""
    run = advance(register(), Opened(1, introduced=True)).run
    run = advance(run, write(1, "\n".join(f"rad {n}" for n in range(101)))).run
    turn = advance(run, tap(run, 1, "apart"))
    assert not any(isinstance(e, KeepRows) for e in turn.effects)
    (asked,) = [e for e in turn.effects if isinstance(e, AskQuestion)]
    assert asked.trouble == Trouble(Problem.TOO_MANY_LINES, {"most": 100, "count": 101})
