"""Messages of chance, of every kind of block."""

from random import Random
from typing import Final

from hypothesis import strategies as st

from messages.structure.blocks import (
    STYLES,
    BlankLine,
    Block,
    Body,
    Fold,
    Heading,
    Inline,
    Paragraph,
    Quote,
    Receipt,
    Span,
    listed,
)
from messages.structure.reader import tidy

ODD: Final = (
    *("ord", "räksmörgås", "<b>", "&amp;", "**", "*", "`", "# nej", "- nej", "1. nej", ">>>", "<<<", "😀", "/ring"),
    *("👩\u200d👩\u200d👧", "x" * 70, "”citat”", "0701 234 567"),
)
LINK: Final = "https://example.org/?a=1&b=2"


def words(luck: Random) -> str:
    """Some words, odd ones among them."""
    return " ".join(luck.choice(ODD) for _ in range(luck.randint(1, 12)))


def inline(luck: Random) -> Inline:
    """Some stretches of text with styles, and links."""
    return tuple(
        Span(
            "\n".join(words(luck) for _ in range(luck.choice([1, 1, 3]))),
            **dict.fromkeys(luck.sample(sorted(STYLES.values()), luck.choice([0, 0, 1, 2])), True),
            link=luck.choice(["", "", LINK]),
        )
        for _ in range(luck.randint(1, 3))
    )


def flat(luck: Random) -> Block:
    """A block that holds no other."""
    items, first = tuple(inline(luck) for _ in range(luck.randint(1, 9))), luck.randint(1, 9)
    made: list[Block] = [
        Heading(luck.randint(1, 3), words(luck)),
        Paragraph(inline(luck)),
        Quote(inline(luck)),
        listed(items, (luck.choice("•✓☐"),) * len(items)),
        listed(items, tuple(f"{first + place}." for place in range(len(items)))),
        BlankLine(),
    ]
    return luck.choice(made)


def body(luck: Random) -> Body:
    """A message."""
    blocks: list[Block] = [Receipt(inline(luck))] if luck.random() < 0.2 else []
    for _ in range(luck.randint(1, 6)):
        inside = tidy(flat(luck) for _ in range(luck.randint(1, 4)))
        blocks.append(Fold(inside) if inside and luck.random() < 0.2 else flat(luck))
    return tidy(blocks) or (Paragraph(inline(luck)),)


BODY: Final = st.integers(0, 1 << 32).map(lambda seed: body(Random(seed)))
INLINE: Final = st.integers(0, 1 << 32).map(lambda seed: inline(Random(seed)))
