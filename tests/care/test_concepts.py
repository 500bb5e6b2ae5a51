"""What a text speaks of is found however it is written: in haste, in another order, with a letter wrong."""

import pytest

from bot.features.wellbeing.distress import listen, listen_at_last
from bot.features.wellbeing.heard import Need, Sure
from messages.concepts import Concepts, words_of

TABLES = {"me": ["mig"], "they": ["han", "min man"], "hits": ["{they} … slår … {me}", "^misshandl*$"]}


@pytest.mark.parametrize(
    ("said", "hits"),
    [
        ("Min man ofta slår på MIG!", [(0, 6)]),
        ("misshandling", [(0, 1)]),
        ("misshnadling", [(0, 1)]),  # two letters have changed places
        ("han är här. slår mig", []),  # a gap ends where the sentence does
        ("han slår inte mig", []),
    ],
)
def test_where_a_concept_stands(said: str, hits: list[tuple[int, int]]) -> None:
    """A phrase is found over a gap, and through a mistake; not over a "not", or the end of a sentence."""
    assert Concepts(TABLES, frozenset({"inte"})).spans(words_of(said, {})).get("hits", []) == hits


def test_any_number() -> None:
    """A room has any number, and a word is none."""
    rooms = Concepts({"room": ["rum #"]})
    assert rooms.spans(words_of("hon är på rum 207", {})) == {"room": [(3, 5)]}
    assert rooms.spans(words_of("ett rum till", {})) == {}


def test_several_small_signs_are_enough() -> None:
    """What alone is no sign is one together with others like it, wherever they stand."""
    heard = listen("tre tjejer, betalar kontant och vill inte ha städning", generously=True)
    assert heard is not None
    assert heard.seen
    assert listen("tre tjejer betalar kontant", generously=True) is None


def test_a_name_that_no_table_has() -> None:
    """A phrase with a name that no table above it has is refused."""
    with pytest.raises(KeyError):
        Concepts({"hits": ["{they} slår"]})


@pytest.mark.parametrize(
    ("said", "need"),
    [
        ("de tog min mobil första kvällen och nu säger agenten att jag är skyldig för resan", Need.VIOLENCE),
        ("allt blir enklare för er andra utan mig, ta hand om hunden", Need.DESPAIR),
    ],
)
def test_what_meets_in_new_words(said: str, need: Need) -> None:
    """Words that no list has as they stand are heard where nothing is asked, by what meets in them."""
    heard = listen(said, generously=True)
    assert heard is not None
    assert need in heard.needs


def test_one_thing_is_enough_at_last() -> None:
    """What nothing else was understood of may be a cry; what has an answer of its own, or is of the work, is none."""
    heard = listen_at_last("idag fick jag långärmat igen fast det är 27 grader")
    assert heard is not None
    assert heard.sure is Sure.LEANS
    assert listen_at_last("jag är bortrest hela nästa vecka tyvärr") is None
    assert listen_at_last("jag har pratat med rektorn om planen för skolan") is None


def test_a_case_under_a_question_is_an_answer() -> None:
    """A case that is told where something is asked only leans; what goes on now does not."""
    told = listen("Fallet: städerskan berättar att mannen låser in henne")
    assert told is None or told.sure is Sure.LEANS
    now = listen("min granne håller en kvinna inlåst just nu")
    assert now is not None
    assert now.sure > Sure.LEANS
