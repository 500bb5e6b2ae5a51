import pytest

from bot.identities.finder import counted_in, tells_of_few
from flows.figures.statistics import Series


@pytest.mark.parametrize(
    "text",
    [
        "Två kvinnor har fått ett tryggt boende.",
        "Vi mötte två unga kvinnor i maj.",
        "En 17-årig flicka fick hjälp.",
        "En sjuttonårig pojke fick hjälp.",
        "Det var två 16-åringar.",
        "Ett par tjejer från skolan hörde av sig.",
        "Tre av kvinnorna har flyttat.",
        "Fyra nya ärenden, och en ung utländsk man.",
        "En gravid kvinna, en mamma och 2 systrar.",
        "Ett minderårigt offer.",
        "Det blev tre anmälningar.",
    ],
)
def test_a_small_number_of_people_is_asked_about(text: str) -> None:
    """Whoever spells out how few they were is asked first, also with an age or a word between."""
    assert tells_of_few(text)


@pytest.mark.parametrize(
    "text",
    [
        "Elva händelser och fem stödsamtal.",
        "Två nya utbildningar för hotellen.",
        "Ett nytt nummer på helger, och en rad om tolk.",
        "Rutinen prövades 1 mars 2027, kl. 13.4 personer kom inte.",
        "Den halva tjänsten räckte. Tolk på kvällarna saknas.",
        "Vi utbildar elevhälsan ett år tidigare.",
        "Tre årliga träffar räcker, och en tvåårig plan.",
        "Tjugotvå kvinnor har fått stöd.",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    """Numbers of what is done, larger ones, and days are written as they are."""
    assert not tells_of_few(text)


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("Elva händelser och fem stödsamtal.", {Series.REPORTED, Series.TALKS}),
        ("12 utsatta personer", {Series.EXPOSED}),
        ("Sju personer har fått långsiktigt stöd", {Series.SUPPORT}),
        ("Fler händelser än i fjol, och stödsamtalen blev färre.", set()),
        ("Vi har mött personer i 12 år.", set()),
    ],
)
def test_it_is_seen_of_what_a_text_says_how_many(text: str, series: set[Series]) -> None:
    """A number in figures or in words, and what is counted by it."""
    assert counted_in(text) == series
