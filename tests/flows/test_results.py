"""What many answers add up to, held against counting by hand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.definitions.loader import the_process
from flows.definitions.model import Exercise, Gap, Question
from flows.definitions.register_rules import gaps
from flows.enums import Audience, How, Kind
from flows.fields import ChoiceField
from flows.figures.results import CollectedPicture, Given, collect
from flows.run.state import Run
from tests.flows.sample import exercise, new

READINESS = the_process().exercises["readiness"]
DIRECTION = the_process().exercises["direction"]
SCALES = [q.id for q in READINESS.questions if q.kind is Kind.SCALE]
GROUP_GAPS = the_process().group_gaps
JOINING = {q.id: q.options for q in the_process().exercises["joining"].questions}


def picture(what: Exercise, *sheets: dict[str, Any]) -> CollectedPicture:
    """The picture of these sheets, one for each member."""
    given = [Given(f"m:{n}", key, value) for n, sheet in enumerate(sheets, 1) for key, value in sheet.items()]
    return collect(Run(what, 1), given)


def scores(*values: int) -> dict[str, int]:
    """A sheet with these values of the readiness scales, in order."""
    return dict(zip(SCALES, values, strict=True))


@given(st.lists(st.fixed_dictionaries({}, optional={q: st.integers(1, 5) for q in SCALES}), max_size=8))
def test_readiness_by_hand(sheets: list[dict[str, int]]) -> None:
    """Counts, means and the verdict are those that counting by hand gives."""
    found = picture(READINESS, *sheets)
    assert found.people == sum(1 for s in sheets if s)
    for line in found.lines:
        values = [s[line.key] for s in sheets if line.key in s]
        if line.question.kind is Kind.SCALE and values:
            assert line.counts == {str(n): Counter(values)[n] for n in range(1, 6)}
            assert line.mean == fmean(values)
            assert (line.lowest, line.highest) == (min(values), max(values))
            assert 0 <= line.disagreement <= 1
    sums = [sum(s.values()) for s in sheets if len(s) == len(SCALES)]
    if not sums:
        assert found.judgement is None
    else:
        assert found.judgement is not None
        assert found.judgement.band == ("not_yet" if fmean(sums) <= 20 else "ready")
        assert (found.judgement.lowest, found.judgement.highest) == (min(sums), max(sums))


@pytest.mark.parametrize(
    ("sheets", "band"),
    [
        ([scores(3, 3, 3, 3, 2, 2, 2, 2)], "not_yet"),  # exactly 20
        ([scores(3, 3, 3, 3, 3, 2, 2, 2)], "ready"),  # 21
        ([scores(3, 3, 3, 3, 2, 2, 2, 2), scores(3, 3, 3, 3, 3, 2, 2, 2)], "ready"),  # 20.5
        ([scores(3, 3, 3, 3, 2, 2, 2, 2), scores(3, 3, 3, 3, 3, 2, 2, 2), scores(3, 3, 3, 3, 2, 2, 2, 1)], "not_yet"),
        ([scores(3, 3, 3, 3, 2, 2, 2, 2)] * 7 + [scores(3, 3, 3, 3, 3, 2, 2, 2)], "ready"),  # 20.125
        ([scores(1, 1, 1, 1, 1, 1, 1, 1)], "not_yet"),
        ([scores(5, 5, 5, 5, 5, 5, 5, 5)], "ready"),
    ],
)
def test_readiness_at_its_line(sheets: list[dict[str, int]], band: str) -> None:
    """Twenty points on average is not yet ready; anything above is."""
    judgement = picture(READINESS, *sheets).judgement
    assert judgement is not None
    assert judgement.band == band


def test_weak_parts() -> None:
    """A part whose mean is in the middle of the scale or below deserves a plan, also when the whole is ready."""
    judgement = picture(READINESS, scores(5, 5, 5, 5, 5, 5, 3, 2), scores(5, 5, 5, 5, 5, 5, 3, 5)).judgement
    assert judgement is not None
    assert (judgement.band, judgement.weak) == ("ready", ("resources",))


@pytest.mark.parametrize(
    ("shared", "band"),
    [(0, "elsewhere"), (2, "elsewhere"), (3, "partly"), (4, "partly"), (5, "shared")],
)
def test_direction_goal_by_goal(shared: int, band: str) -> None:
    """A goal that nobody more than half says yes to is not shared, however many say yes to the others."""
    keys = [q.id for q in DIRECTION.questions]
    of_one = dict.fromkeys(keys, "yes")
    of_other = {key: "yes" if place < shared else "no" for place, key in enumerate(keys)}  # half is not shared yet
    judgement = picture(DIRECTION, of_one, of_other).judgement
    assert judgement is not None
    assert (judgement.band, judgement.measure, judgement.weak) == (band, 20 * shared, tuple(keys[shared:]))


def test_weak_parts_weakest_first() -> None:
    """When everything is weak there still is an order to begin in."""
    scales = [q.id for q in READINESS.questions if q.kind is Kind.SCALE]
    marks = dict(zip(scales, (3, 2, 3, 1, 2, 3, 3, 1), strict=True))
    judgement = picture(READINESS, marks, marks).judgement
    assert judgement is not None
    assert [marks[key] for key in judgement.weak] == [1, 1, 2, 2, 3, 3, 3, 3]


def test_no_answers_no_verdict() -> None:
    """Nothing is judged, and nobody divided, where nothing was answered."""
    found = picture(READINESS)
    assert (found.people, found.divided, found.judgement) == (0, None, None)


def test_where_one_can_differ_in_one_thing_alone_nothing_stands_out() -> None:
    """Which card somebody drew is no disagreement, and with a single question there is nothing to talk about first."""
    alone = replace(READINESS, questions=READINESS.questions[:1], parts=())
    first = alone.questions[0].id
    assert picture(alone, {first: 1}, {first: 5}).divided is None


def test_the_divided_question() -> None:
    """The question with the most opposed answers is the one to talk about; agreement points out none."""
    apart = picture(READINESS, scores(3, 1, 3, 3, 3, 3, 3, 3), scores(3, 5, 4, 3, 3, 3, 3, 3))
    assert apart.divided == "suits"
    assert picture(READINESS, scores(*[3] * 8), scores(*[3] * 8)).divided is None
    assert picture(READINESS, scores(1, 5, 1, 5, 1, 5, 1, 5)).divided is None


def test_questions_that_divide_just_as_much() -> None:
    """With two that differ alike neither is called the one that differs most; the talk begins with the first."""
    apart = picture(READINESS, scores(3, 1, 1, 3, 3, 3, 3, 3), scores(3, 5, 5, 3, 3, 3, 3, 3))
    assert (apart.divided, apart.tied) == ("suits", True)
    assert not picture(READINESS, scores(3, 1, 2, 3, 3, 3, 3, 3), scores(3, 5, 5, 3, 3, 3, 3, 3)).tied
    assert not picture(READINESS, scores(*[3] * 8), scores(*[3] * 8)).tied


YES, DOUBTFUL, NO = "yes", "doubtful", "no"
STATEMENTS = exercise(
    How.EACH,
    for_each=None,
    questions=tuple(Question(id, ChoiceField(options=(YES, DOUBTFUL, NO)), Audience.GROUP) for id in ("a", "b", "c")),
)


def test_organisations_are_compared_where_no_one_is_alone() -> None:
    """Each organisation with an answer must have two: one who stands alone for theirs would be named by it."""

    def apart(*people: tuple[int | None, str]) -> tuple[int, int] | None:
        given = [Given(f"m:{n}", "a", said, None, n, home) for n, (home, said) in enumerate(people)]
        given += [Given(f"m:{n}", "b", YES, None, n, home) for n, (home, _) in enumerate(people)]
        found = collect(new(STATEMENTS), given).apart
        return found.organisations if found else None

    two = [(10, YES), (10, YES), (20, NO), (20, DOUBTFUL)]
    assert apart(*two) == (10, 20)
    assert apart(*two[:3]) is None
    assert apart(*two, (30, YES)) is None  # shown are two others, and what remains is the third's
    assert apart(*two, (None, NO)) is None  # … or that of who belongs to none
    assert apart(*two, (30, YES), (30, YES)) in ((10, 20), (30, 20))
    assert apart((10, YES), (10, YES), (20, YES), (20, DOUBTFUL), (20, NO), (10, NO)) is None  # not far apart


def test_what_one_has_lived_is_no_disagreement() -> None:
    """Ticks of several differ by nature: as soon as something else differs at all, that is talked about first."""
    lived = picture(CHOICES, {"sure": "yes", "styles": ["a"]}, {"sure": "doubtful", "styles": ["b"]})
    assert lived.lines[1].disagreement > lived.lines[0].disagreement > 0
    assert (lived.divided, lived.tied) == ("sure", False)


CHOICES = exercise(
    How.EACH,
    for_each=None,
    questions=(
        Question("sure", ChoiceField(options=("yes", "doubtful", "no")), Audience.GROUP),
        Question("styles", ChoiceField(options=("a", "b"), many=True), Audience.GROUP),
    ),
)


def test_choices_divide_by_distance() -> None:
    """Yes against no divides more than yes against doubtful; of ticks, half the people each way divides most."""
    near, far = ({"sure": "yes"}, {"sure": "doubtful"}), ({"sure": "yes"}, {"sure": "no"})
    assert picture(CHOICES, *near).lines[0].disagreement < picture(CHOICES, *far).lines[0].disagreement == 1
    ticks = picture(CHOICES, {"styles": ["a", "b"]}, {"styles": ["a"]}, {"styles": ["a", "b"]}, {"styles": ["a"]})
    assert ticks.lines[1].counts == {"a": 4, "b": 2}
    assert ticks.lines[1].disagreement == 1
    assert ticks.divided == "styles"


def test_options_of_an_older_definition() -> None:
    """Answers to options or questions that the definition no longer has are passed over."""
    found = picture(CHOICES, {"sure": "gone", "old": 3}, {"sure": "gone"})
    assert found.lines[0].counts == {"yes": 0, "doubtful": 0, "no": 0}
    assert found.divided is None


def test_items_have_lines_of_their_own() -> None:
    """What is asked about several items is counted for each."""
    run = new(exercise(How.ORG))
    found = collect(run, [Given("o:10", "need@x", 5), Given("o:20", "need@x", 1), Given("o:10", "need@y", 3)])
    assert [(line.key, line.mean) for line in found.lines if line.given] == [("need@x", 3.0), ("need@y", 3.0)]
    assert found.divided == "need@x"


MEMBERS = st.lists(
    st.fixed_dictionaries(
        {"sector": st.sampled_from(JOINING["sector"]), "children": st.sampled_from(JOINING["children"])},
        optional={"level": st.lists(st.sampled_from(JOINING["level"]), unique=True)},
    ),
    max_size=10,
)


@given(MEMBERS)
def test_the_core_groups_gaps_by_hand(members: list[dict[str, Any]]) -> None:
    """Four to eight people, social services and police on both levels, and someone who works with children."""
    there = {(m["sector"], level) for m in members for level in m.get("level", [])}
    lacking = tuple(pair for pair in product(("social", "police"), JOINING["level"]) if pair not in there)
    found = {gap.gap: gap for gap in gaps(GROUP_GAPS, JOINING, members)}
    assert ("size" in found) == (not 4 <= len(members) <= 8)
    assert (found["core"].options if "core" in found else ()) == lacking
    assert ("children" in found) == all(m["children"] == "no" for m in members)


@pytest.mark.parametrize(("count", "missing"), [(3, True), (4, False), (8, False), (9, True)])
def test_the_core_groups_size(count: int, missing: bool) -> None:
    """Four and eight are enough and not too many; three and nine are told, with the number."""
    found = [gap.count for gap in gaps(GROUP_GAPS, JOINING, [{}] * count) if gap.gap == "size"]
    assert found == ([count] if missing else [])


def rule(**details: Any) -> Gap:
    """A rule about the question "t", whose options are a, b and c."""
    return replace(Gap("g", "covers", "t"), **details)


@pytest.mark.parametrize(
    ("of", "rows", "options", "places"),
    [
        (rule(), [], (("a",), ("b",), ("c",)), ()),
        (rule(), [{"t": "a"}, {"t": ["b", "c"]}], None, ()),
        (rule(options=("a",)), [{"t": "b"}], (("a",),), ()),
        (rule(options=("a",), along="u"), [{"t": "a", "u": "x"}], (("a", "y"),), ()),
        (rule(options=("a",), along="u"), [{"t": "a", "u": ["x", "y"]}], None, ()),
        (rule(options=("a",), along="u"), [{"t": "a"}, {"u": "x"}], (("a", "x"), ("a", "y")), ()),
        (rule(rule="every_row"), [{"t": ["a", "b", "c"]}, {"t": ["a"]}, {}], (), (1, 2)),
        (rule(rule="every_row", options=("a",)), [{"t": "a"}, {"t": None}], (), (1,)),
        (rule(rule="every_row"), [], None, ()),
        (rule(rule="answered"), [{"t": "a"}, {"t": []}, {}], (), (1, 2)),
        (rule(rule="none_says", options=("b",)), [{"t": "b"}, {"t": "a"}, {}], (), (0,)),
    ],
)
def test_rules(of: Gap, rows: Sequence[dict[str, Any]], options: Any, places: tuple[int, ...]) -> None:
    """Each rule tells exactly what is missing, by option, pair or row."""
    found = gaps([of], {"t": ("a", "b", "c"), "u": ("x", "y")}, rows)
    assert [(gap.options, gap.rows) for gap in found] == ([] if options is None else [(options, places)])


def test_only_rows_that_count() -> None:
    """Whoever has said no brings nothing to the group; whoever was only listed by name is counted on."""
    candidates = the_process().exercises["candidates"]
    rows: list[dict[str, Any]] = [{"n": 1, "status": "yes"}, {"n": 2, "status": "no"}, {"n": 3}]
    assert [row["n"] for row in rows if candidates.counts(row)] == [1, 3]
    assert the_process().exercises["actors"].counts({"status": "no"})
