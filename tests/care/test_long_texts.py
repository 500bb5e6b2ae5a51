"""How long a text is listened to: as long as its length asks for, and what nobody writes costs nothing."""

from collections.abc import Callable
from time import thread_time
from unicodedata import normalize

import pytest

from bot.channel.limits import LONGEST, MARKS, legible
from bot.features.wellbeing.distress import listen
from bot.features.wellbeing.heard import Sure
from messages.language import Language

PART, PARTS = 800, 20
TEXTS = ("Det är en lång text. ", "ja, ", "1 ", "han slår ", "A: ", "”a", "å", "привет ")


def least(work: Callable[[int], object]) -> float:
    """Seconds of this thread that it takes at its quickest; each time another number, as what was heard is known."""
    taken = []
    for number in range(5):
        start = thread_time()
        work(number)
        taken.append(thread_time() - start)
    return min(taken)


@pytest.mark.parametrize("said", TEXTS)
def test_a_long_text_costs_as_its_parts(said: str) -> None:
    """Sixteen thousand signs take no longer than three times what twenty texts of eight hundred do."""
    whole = (said * LONGEST)[: PART * PARTS]
    parts = [f"{n} {whole[n * PART : (n + 1) * PART]}" for n in range(PARTS)]
    listen("")
    at_once, apart = least(lambda n: listen(f"{n} {whole}")), least(lambda n: [listen(f"{n} {one}") for one in parts])
    assert 0 < at_once < 3 * apart


@pytest.mark.parametrize("said", [*TEXTS, ",", ", ", ". ", "förra svaret ", "menade a. ", "Cia är, "])
def test_what_a_language_hears_costs_as_its_parts_too(said: str) -> None:
    """The same holds of whether a text takes back, puts right, moves on, says yes, tells of somebody
    else or names what it goes to."""
    rules = Language("sv")

    def hear(text: str) -> list[object]:
        return [
            rules.corrected_to(text),
            rules.takes_back(text),
            rules.slips(text),
            rules.moves(text),
            rules.decides(text),
            rules.takes_up(text, bare=False),
            rules.stance_in(text),
            rules.tells_of(text, ["Cia", "Bo"]),
            rules.dates.goal(text),
        ]

    whole = (said * LONGEST)[: PART * PARTS]
    parts = [f"{n} {whole[n * PART : (n + 1) * PART]}" for n in range(PARTS)]
    hear("")
    at_once, apart = least(lambda n: hear(f"{n} {whole}")), least(lambda n: [hear(f"{n} {one}") for one in parts])
    assert 0 < at_once < 3 * apart


def test_a_correction_is_no_riddle() -> None:
    """A text that could be parted in many ways is read at once, and what is put right is heard as before."""
    rules = Language("sv")
    assert rules.corrected_to("förra svaret " * 40 + "x") == ""
    assert rules.corrected_to("Oj, förra svaret ska vara 4, inte 3") == "4"


def test_a_text_without_end_costs_as_the_longest() -> None:
    """What is longer than any door lets through is heard as far as that."""
    said = "Det är en lång text. " * 2_000
    listen("")
    assert least(lambda n: listen(f"{n} {said}")) < 2 * least(lambda n: listen(f"{n} {said[:LONGEST]}"))
    assert listen("Han slår mig. Hjälp mig! " + "a " * LONGEST) is not None


def test_marks_without_end_are_left_out() -> None:
    """A letter keeps the marks that any language has; of thousands on it there are thirty, at either door."""
    for said in ("rädd", normalize("NFD", "Jag är rädd"), "ti\u1ebfng", "\u05e9\u05c1\u05b8", ""):
        assert legible(said) == said
    many = "a" + "\u0301\u0316" * 4_000 + " hej " + "o\u0308"
    assert legible(many) == "a" + "\u0301\u0316" * (MARKS // 2) + " hej o\u0308"


def test_letters_that_come_in_two_parts_are_heard() -> None:
    """Some telephones and programs send å, ä and ö as a letter and a mark."""
    for said in ("Hjälp mig, han slår mig", "Jag är rädd för min man, han slår mig nu"):
        assert listen(said) == listen(normalize("NFD", said))
        assert (listen(said) or pytest.fail("not heard")).sure is Sure.CLEAR
