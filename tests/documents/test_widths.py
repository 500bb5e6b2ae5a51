"""Columns are as wide as wished, and wide enough for what stands in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.documents.blocks import LINE, laid
from messages.documents.compose import compose
from messages.documents.material import Material
from messages.structure.blocks import Table

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzåäö ", max_size=40)


def test_as_wished() -> None:
    """Short words leave the columns as they were wished."""
    assert laid(("Vem", "Vad"), [("vi", "allt")], (1, 3)).widths == pytest.approx((0.25, 0.75))


def test_a_long_word_takes_from_the_others() -> None:
    """A name is not cut while another column has room."""
    name = "Socialförvaltningen"
    table = laid(("Vem", "Dagtid", "Kväll"), [(name, "114 14", "114 14")], (1, 3, 3), line=40)
    assert table.widths[0] * 40 >= len(name)
    assert table.widths[1] == table.widths[2]


def test_endless_words_are_cut_and_short_ones_are_not() -> None:
    """Where the words have no room beside each other, the longest are cut; a day or a number keeps its place."""
    day = "15\N{NO-BREAK SPACE}september\N{NO-BREAK SPACE}2029"
    table = laid(("Vem", "Vad", "När"), [("x" * 400, "branschorganisationerna" * 3, day)], line=60)
    assert table.crowded
    assert table.widths[2] * 60 >= len(day)
    assert table.widths[0] == pytest.approx(table.widths[1])


def test_a_form_has_room_where_most_is_written(town: Material) -> None:
    """On the form about the actors a name has twice the room of a figure from one to five."""
    (table,) = (block for block in compose("form_actor_matrix", town).blocks if isinstance(block, Table))
    room = dict(zip(table.header, table.widths, strict=True))
    assert room["Aktör"] > 2 * max(room["Påverkan"], room["Stöd"])


@given(st.integers(1, 7).flatmap(lambda n: st.lists(st.tuples(*[WORDS] * n), min_size=1, max_size=5)), st.data())
def test_whatever_is_written(rows: list[tuple[str, ...]], data: st.DataObject) -> None:
    """The columns fill the line, and every word has room if all of the longest ones fit beside each other."""
    wishes = data.draw(st.tuples(*[st.floats(0.05, 5)] * len(rows[0])))
    table = laid(rows[0], rows[1:], wishes)
    widths = table.widths
    assert sum(widths) == pytest.approx(1)
    longest = [max(len(word) for cell in column for word in (*cell.split(), "")) for column in zip(*rows, strict=True)]
    if sum(longest) + 3 * len(longest) <= LINE:
        assert not table.crowded
        assert all(width * LINE >= most for width, most in zip(widths, longest, strict=True))
