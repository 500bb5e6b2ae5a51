"""Telephone numbers are found, and compared by what is dialled."""

import pytest

from flows.fields.text import can_be_reached
from flows.phone import exchanged, numbers_in, with_number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Socialjouren 070-174 06 30, vid fara 112", ["0701740630", "112"]),
        ("+46 (0)70 174 06 30 eller 0046 70-174 06 99", ["0701740630", "0701740699"]),
        ("Växeln 0123/100 00, vardagar 8–16, lunch 11.30–12.30", ["012310000"]),
        ("Väntar till måndag kl. 8", []),
        ("Vardagar 8-16", []),
        ("Kl. 08.30", []),
    ],
)
def test_numbers_are_what_can_be_dialled(text: str, numbers: list[str]) -> None:
    """Hours and a lone digit are no number; a calling code is the same number."""
    assert numbers_in(text) == numbers
    assert can_be_reached(text) == bool(numbers)


def test_a_number_is_exchanged_however_it_is_written() -> None:
    """The same number with other spaces, or from abroad, is the same; one that only begins alike is another."""
    there = "Jouren 070-1740630 (+46 70 174 06 30), annars 070-174 06 301 eller 112"
    told = "Jouren 070-174 06 99 (070-174 06 99), annars 070-174 06 301 eller 112"
    assert with_number(there, "0701740630", "070-174 06 99") == told


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("070-174 06 30", "070-174 06 99 dygnet runt", ("070-174 06 30", "070-174 06 99")),
        ("070-174 06 30, annars 112", "070-174 06 99, annars 114 14", ("070-174 06 30", "070-174 06 99")),
        ("070-174 06 30", "0701740630", None),  # written otherwise
        ("070-174 06 30", "Ingen", None),
        ("114 14", "070-174 06 99", None),  # everybody's: it stands in many places for other reasons
        ("070-174 06 30 eller 070-174 06 31", "070-174 06 99", None),  # which of the two?
    ],
)
def test_one_number_has_taken_the_place_of_another(before: str, after: str, found: tuple[str, str] | None) -> None:
    """Only where it is clear which number went and which came, and the old one was a single service's."""
    assert exchanged(before, after) == found
