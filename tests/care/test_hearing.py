"""What becomes of a text: the laws of the table, whatever is heard and wherever."""

from itertools import product

import pytest

from bot.features.wellbeing.distress import listen
from bot.features.wellbeing.heard import Heard, Need, Sure
from bot.features.wellbeing.hearing import Outcome, Where, decide

NEEDS = (frozenset[Need](), frozenset({Need.VIOLENCE}))
HEARD = [Heard(sure, needs, seen=seen) for sure, needs, seen in product(Sure, NEEDS, (False, True))]


@pytest.mark.parametrize("heard", HEARD)
def test_where_nothing_is_asked_all_are_answered(heard: Heard) -> None:
    """Whatever is heard is answered where nothing is asked."""
    assert decide(heard, Where.NOTHING) is Outcome.ANSWER


@pytest.mark.parametrize("heard", HEARD)
def test_what_all_see_at_once_is_kept_by_a_tap(heard: Heard) -> None:
    """Where the whole group sees an answer at once nothing that is said of oneself alone is kept without a tap, and
    what is clear, or clearly seen, cannot be."""
    leans = heard.sure is Sure.LEANS and (heard.seen or not heard.needs)
    assert (decide(heard, Where.SHARED) is Outcome.KEEP) is leans
    if heard.sure is Sure.CLEAR:
        assert decide(heard, Where.SHARED) is decide(heard, Where.QUESTION) is Outcome.ANSWER


@pytest.mark.parametrize("heard", HEARD)
def test_a_case_is_no_story_of_ones_own(heard: Heard) -> None:
    """Where cases are asked for and all read at once one's own is shown back first; a case is taken as where only
    later they do."""
    own = not heard.seen and bool(heard.needs)
    assert (decide(heard, Where.CASE) is Outcome.KEEP) is (not own and heard.sure < Sure.CLEAR)
    if not own:
        assert decide(heard, Where.CASE) is decide(heard, Where.MEANT)


def test_wanting_to_die_answers_nothing() -> None:
    """Fear may be what is asked for, and is shown back there; that somebody wants to die is answered at once."""
    assert decide(Heard(Sure.CLEAR, frozenset({Need.DESPAIR})), Where.MEANT) is Outcome.ANSWER
    assert decide(Heard(Sure.CLEAR, frozenset({Need.DESPAIR})), Where.CASE) is Outcome.ANSWER
    assert decide(Heard(Sure.CLEAR, frozenset({Need.VIOLENCE})), Where.MEANT) is Outcome.ASK


@pytest.mark.parametrize(
    ("said", "seen"),
    [("jag sover inget och det känns så mörkt", False), ("tjejen tar emot gubbar, han har hennes mobil", True)],
)
def test_heavy_words_where_nothing_is_asked(said: str, seen: bool) -> None:
    """Heavy words of two kinds are heard where nothing is asked, and of one kind, or of what may be, nowhere."""
    heard = listen(said, generously=True)
    assert heard == Heard(Sure.LEANS, frozenset() if seen else frozenset({Need.DESPAIR}), seen)
    assert not (found := listen(said)) or found.sure is Sure.LEANS
    for other in (
        "jag sover gott",
        "om tjejen tar emot gubbar och han har hennes mobil",
        "jag vill hoppa över frågan",
    ):
        assert listen(other, generously=True) is None


@pytest.mark.parametrize("where", [Where.QUESTION, Where.MEANT, Where.LOGGING])
def test_what_leans_is_kept(where: Where) -> None:
    """What only leans to fear is an answer wherever something is asked."""
    assert {decide(heard, where) for heard in HEARD if heard.sure is Sure.LEANS} == {Outcome.KEEP}


@pytest.mark.parametrize("where", [Where.QUESTION, Where.MEANT])
def test_what_is_clear_is_never_kept_unasked(where: Where) -> None:
    """A clear cry, or what is clearly seen, goes to nobody without a tap of its writer's; and a cry where fear is not
    what is asked for is no answer at all."""
    clear = [heard for heard in HEARD if heard.sure is Sure.CLEAR]
    assert Outcome.KEEP not in {decide(heard, where) for heard in clear}
    assert decide(Heard(Sure.CLEAR), Where.QUESTION) is Outcome.ANSWER


@pytest.mark.parametrize(
    ("said", "needs"),
    [
        ("min man slår mig", {Need.VIOLENCE}),
        ("jag vill inte leva längre", {Need.DESPAIR}),
        ("hjälp mig", set()),
        ("jag är 14 och min pappa slår mig", {Need.VIOLENCE, Need.CHILD}),
    ],
)
def test_the_line_fits_what_was_said(said: str, needs: set[Need]) -> None:
    """Violence, despair and a child are told apart; what may be either is neither, and gets both lines."""
    heard = listen(said)
    assert heard is not None
    assert heard.needs == needs


@pytest.mark.parametrize(
    ("said", "seen"),
    [("en tjej är inlåst här på rum 12", True), ("jag är inlåst", False), ("vi hålls inlåsta här, jag är rädd", False)],
)
def test_who_is_locked_in(said: str, seen: bool) -> None:
    """Only with "I" or "we" is the writer the one who is locked in; else they have seen somebody."""
    heard = listen(said)
    assert heard is not None
    assert heard.seen is seen
