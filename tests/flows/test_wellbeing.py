"""The curve of how everyone is says little about many and nothing about one."""

from hypothesis import given
from hypothesis import strategies as st

from flows.figures.wellbeing import CEILING, FEWEST, FLOOR, needs_care, point


@given(st.lists(st.integers(1, 5), max_size=12))
def test_too_few_make_no_point(scores: list[int]) -> None:
    """A round with fewer than four answers is a gap in the curve."""
    assert (point(scores) is None) == (len(scores) < FEWEST)


@given(st.lists(st.integers(1, 5), min_size=FEWEST, max_size=12))
def test_a_point_hides_its_answers(given_scores: list[int]) -> None:
    """Whatever the answers, the point is one of seven, and others among them could have led to the same."""
    shown = point(given_scores)
    assert shown in (1.5, 2, 2.5, 3, 3.5, 4, 4.5)
    others = [
        [*given_scores[:n], other, *given_scores[n + 1 :]]
        for n in range(len(given_scores))
        for other in range(1, 6)
        if other != given_scores[n]
    ]
    assert any(point(changed) == shown for changed in others)


def test_agreement_is_not_shown_as_such() -> None:
    """When everyone says one, or everyone says five, the curve does not tell that everyone did."""
    assert point([1, 1, 1, 1]) == FLOOR == point([1, 1, 1, 2])
    assert point([5] * 6) == CEILING == point([5, 5, 5, 5, 5, 4])


def test_care() -> None:
    """One and two are answered with care."""
    assert [needs_care(n) for n in range(1, 6)] == [True, True, False, False, False]
