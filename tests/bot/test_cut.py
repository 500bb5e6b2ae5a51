"""Long messages in several: each whole in itself, and together all that was said."""

import re
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channel.limits import TEXT as LIMIT
from bot.context.cut import cut, size, units
from messages.structure.blocks import BlankLine, Body, Bullets, Fold, Heading, Paragraph, Quote, Span, said
from messages.structure.layout import laid_out
from tests.messages.bodies import BODY, body


def solid(text: str) -> str:
    """The text without white space."""
    return re.sub(r"\s", "", text)


@settings(deadline=None)
@given(st.lists(BODY, min_size=1, max_size=4), st.integers(60, 400))
@example([body(Random(1652))] * 2, 75)  # a sign of two units where one is left, in a fold
def test_parts_are_short_and_whole(bodies: list[Body], limit: int) -> None:
    """Each part is short enough and not empty; together they say all that the message says, titles that go on apart."""
    whole = tuple(block for one in bodies for block in (*one, BlankLine()))
    parts = cut(whole, limit)
    assert all(size(part) <= limit for part in parts)
    assert all(solid(laid_out(part)) for part in parts)
    there, told = solid("".join(map(laid_out, parts))), solid(laid_out(whole))
    titles = any(isinstance(inner, Heading) for one in whole if isinstance(one, Fold) for inner in one.blocks)
    assert there == told or (titles and len(there) >= len(told))


@given(BODY)
def test_what_fits_is_left_alone(body: Body) -> None:
    """A message that fits is sent as it is."""
    if size(body) <= LIMIT:
        assert cut(body, LIMIT) == [body]


def test_cut_between_paragraphs() -> None:
    """A cut comes at an empty line where it can, and what stands together stays together."""
    long, two = said(("ord " * 30).strip()), said(f"{('ord ' * 30).strip()}\nrad")
    assert cut((*long, BlankLine(), *two, BlankLine(), *long), 320) == [(*long, BlankLine(), *two), long]


def test_a_heading_goes_with_what_it_is_about() -> None:
    """No part ends with a heading."""
    long = said(("ord " * 30).strip())
    assert cut((*long, BlankLine(), Heading(2, "Rubrik"), *long), 200) == [long, (Heading(2, "Rubrik"), *long)]


def test_styles_go_on() -> None:
    """What is strong is strong on both sides of a cut."""
    first, second = cut((Paragraph((Span(("ord " * 20).strip(), strong=True),)),), 60)
    assert first == (Paragraph((Span(("ord " * 15).strip(), strong=True),)),)
    assert second == (Paragraph((Span(("ord " * 5).strip(), strong=True),)),)


def test_a_list_is_cut_between_its_items() -> None:
    """A list is cut between items, which keep their numbers."""
    items = tuple((Span(f"Nummer {n} av många"),) for n in range(1, 9))
    first, second = cut((Bullets(items, numbered=True),), 100)
    assert laid_out(first).endswith("4. Nummer 4 av många")
    assert laid_out(second).startswith("5. Nummer 5 av många")


def test_a_fold_goes_on_under_its_title() -> None:
    """What is folded is folded in each part, and says what it is."""
    body = (Fold((Heading(2, "Längre fram"), *said("\n".join(f"Rad {n} med ord" for n in range(20))))),)
    parts = cut(body, 150)
    assert len(parts) > 2
    assert all(isinstance(part[0], Fold) and part[0].blocks[0] == Heading(2, "Längre fram") for part in parts)


def test_one_endless_word() -> None:
    """A word longer than a message is cut between characters, never within one."""
    parts = cut(said("😀" * 3000), LIMIT)
    assert "".join(map(laid_out, parts)) == "😀" * 3000
    assert all(size(part) <= LIMIT for part in parts)


@pytest.mark.parametrize(("text", "length"), [("", 0), ("å", 1), ("😀", 2), ("a😀", 3)])
def test_units(text: str, length: int) -> None:
    """A length is counted as Telegram counts it: an emoji takes two."""
    assert units(text) == length


def test_the_longest_answer() -> None:
    """The longest answer we take comes out in five messages, in no time."""
    assert len(cut((Quote((Span("Vi behöver tala mer om detta. " * 533),)),), LIMIT)) == 5
