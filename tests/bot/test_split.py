"""Long texts in several messages: each whole in itself, and together all that was said."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channel.limits import TEXT as LIMIT
from bot.context.split import split, units

WORDS = st.one_of(
    st.sampled_from(
        [
            "ord",
            "räksmörgås",
            "&amp;",
            "&lt;3",
            "&#34;",
            "😀",
            "👩\u200d👩\u200d👧",
            "1 < 2".replace("<", "&lt;"),
            "x" * 70,
        ]
    ),
    st.text(st.characters(categories=["L", "N", "S", "Zs"], exclude_characters="<>&"), min_size=1, max_size=12),
)
GAPS = st.sampled_from([" ", "  ", "\n", "\n\n", "\n\n\n", ""])
TEXTS = st.lists(st.tuples(WORDS, GAPS), min_size=1, max_size=30).map(lambda parts: "".join(w + g for w, g in parts))
TAGS = st.sampled_from(
    ["b", "i", "u", "s", "code", "blockquote", 'a href="https://example.org/?a=1&amp;b=2"', "tg-spoiler"]
)
HTML = st.recursive(
    TEXTS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.tuples(TAGS, inner).map(lambda t: f"<{t[0]}>{t[1]}</{t[0].split()[0]}>"),
    ),
    max_leaves=12,
)


class Reader(HTMLParser):
    """Reads a part as Telegram would: tags must be closed in order, every & must begin an entity."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An opening tag."""
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """A closing tag: the latest opened."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Plain text."""
        assert "&" not in data
        assert "<" not in data
        self.text += data

    def handle_entityref(self, name: str) -> None:
        """An entity such as &amp;."""
        assert name in ("amp", "lt", "gt", "quot")
        self.text += f"&{name};"

    def handle_charref(self, name: str) -> None:
        """An entity such as &#34;."""
        self.text += f"&#{name};"


def read(html: str) -> str:
    """The text of valid HTML."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader.text


def solid(text: str) -> str:
    """The text without white space."""
    return re.sub(r"\s", "", text)


@settings(deadline=None)
@given(st.lists(HTML, min_size=1, max_size=6).map("".join), st.integers(250, 500))
def test_parts_are_valid_and_whole(html: str, limit: int) -> None:
    """Each part is valid, short enough and not empty; together they say all that the text says."""
    parts = split(html, limit)
    for part in parts:
        assert units(part) <= limit
        part.encode()
    texts = [read(part) for part in parts]
    assert solid("".join(texts)) == solid(read(html))
    assert len(parts) == 1 or all(map(solid, texts))


@given(HTML)
def test_what_fits_is_left_alone(html: str) -> None:
    """A text that fits is sent as it is."""
    if units(html) <= LIMIT:
        assert split(html, LIMIT) == [html]


def test_cut_between_paragraphs() -> None:
    """A cut comes between paragraphs where it can."""
    paragraph = "ord " * 30
    assert split(f"{paragraph}\n\n{paragraph}\nrad\n\n{paragraph}", 320) == [
        f"{paragraph}\n\n{paragraph}\nrad".replace(" \n", " \n"),
        paragraph.strip(),
    ]


def test_tags_go_on() -> None:
    """What is bold is bold on both sides of a cut."""
    first, second = split(f"<b>{'ord ' * 20}</b>", 60)[:2]
    assert first.startswith("<b>ord")
    assert first.endswith("ord</b>")
    assert second.startswith("<b>ord")


def test_no_empty_parts() -> None:
    """Wherever a closing tag falls, no message is left with nothing but tags, which Telegram refuses."""
    for count in range(1, 200):
        assert all(solid(read(part)) for part in split(f"<b>{'x ' * count}</b>", 60))


def test_one_endless_word() -> None:
    """A word longer than a message is cut between characters, never within one."""
    parts = split("😀" * 3000, LIMIT)
    assert "".join(parts) == "😀" * 3000
    assert all(units(part) <= LIMIT for part in parts)


@pytest.mark.parametrize(("text", "length"), [("", 0), ("å", 1), ("😀", 2), ("a😀", 3), ("&amp;", 5)])
def test_units(text: str, length: int) -> None:
    """A length is counted as Telegram counts it: an emoji takes two."""
    assert units(text) == length


def test_the_longest_answer() -> None:
    """The longest answer we take comes out in five messages, in no time."""
    parts = split(f"<blockquote>{'Vi behöver tala mer om detta. ' * 533}</blockquote>", LIMIT)
    assert len(parts) == 5
