"""How everyone is, as the group sees it, says little about many and nothing about one."""

from hypothesis import given
from hypothesis import strategies as st

from flows.figures.wellbeing import FEWEST, HIGHEST, LOWEST, Band, band, needs_care

SCALE = range(LOWEST, HIGHEST + 1)


@given(st.lists(st.integers(1, 5), max_size=12))
def test_too_few_make_no_band(scores: list[int]) -> None:
    """A round with fewer than four answers shows nothing."""
    assert (band(scores) is None) == (len(scores) < FEWEST)


@given(st.lists(st.integers(1, 5), min_size=FEWEST - 1, max_size=11))
def test_all_others_together_learn_one_border(known: list[int]) -> None:
    """Whoever knows or has chosen all answers but one learns on which side of one border that one lies, and no more;
    with the mean they would have known it."""
    left = [band([*known, score]) or 0 for score in SCALE]
    assert left == sorted(left)
    assert len(set(left)) <= 2


def test_agreement_is_not_shown_as_such() -> None:
    """When everyone says one, or everyone says five, what is shown does not tell that everyone did."""
    assert band([1, 1, 1, 1]) is Band.HEAVY is band([3, 2, 2, 2])
    assert band([5] * 6) is Band.GOOD is band([4, 4, 4, 4, 3, 4])
    assert band([3, 3, 3, 3]) is Band.MIXED is band([1, 1, 5, 5])


def test_care() -> None:
    """One and two are answered with care."""
    assert [needs_care(n) for n in range(1, 6)] == [True, True, False, False, False]
