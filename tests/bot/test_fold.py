"""No message shows more than a screen of a phone before it is unfolded, and nothing that must be seen is folded."""

import re
from html import escape

from hypothesis import given
from hypothesis import strategies as st

from bot.context.fold import LIST, READ, folded, unfolded
from bot.context.message import Message
from bot.context.plain_text import plain

PROMISE = "Hela gruppen ser det här direkt, med namn. Ring 112 om någon är i fara."
WORDS = st.text("abc <&", min_size=1, max_size=90).map(escape)
ROWS = st.lists(WORDS, min_size=LIST, max_size=12).map(lambda rows: "\n".join(f"• {row}" for row in rows))
SENTENCES = st.lists(st.sampled_from(["En mening.", "<b>En rubrik</b>"]), min_size=1, max_size=3).map("\n".join)
PARAGRAPHS = st.lists(st.one_of(ROWS, SENTENCES), min_size=1, max_size=8).map("\n\n".join)


@given(PARAGRAPHS)
def test_nothing_is_lost(html: str) -> None:
    """The words are the same, tags stand in pairs, and folding what is folded changes nothing."""
    result = folded(f"{html}\n\n{PROMISE}")
    assert plain(result) == plain(f"{html}\n\n{PROMISE}")
    assert result.count("<blockquote") == result.count("</blockquote>")
    assert folded(result) == result


@given(PARAGRAPHS)
def test_sentences_stand_open(html: str) -> None:
    """What is no row of a list is never folded."""
    open_part = re.sub(r"<blockquote expandable>.*?</blockquote>", "", folded(f"{html}\n\n{PROMISE}"), flags=re.DOTALL)
    assert PROMISE in open_part
    assert open_part.count("En mening.") == html.count("En mening.")


def test_as_little_as_is_enough() -> None:
    """A short list stays open when a longer one below brings the message under a screen."""
    short = "\n".join(f"{n}. Kort rad" for n in range(1, 4))
    long = "\n".join(f"• En lång rad med nummer {n} som tar plats" for n in range(20))
    result = folded(f"<b>Lista</b>\n\n{short}\n\n{long}\n\n{PROMISE}")
    assert result == f"<b>Lista</b>\n\n{short}\n\n<blockquote expandable>{long}</blockquote>\n\n{PROMISE}"
    assert unfolded(result) <= READ


def test_one_long_answer() -> None:
    """A single row is folded if what somebody wrote in it is long; in a short message it stands as it is."""
    row = "• " + "ord " * 150
    assert folded(f"Svar\n\n{row}\n\nKlart") == f"Svar\n\n{row}\n\nKlart"
    assert f"<blockquote expandable>{row}</blockquote>" in folded(f"Svar\n\n{row}\n\n{'En mening. ' * 20}")


def test_every_message_goes_by_it() -> None:
    """A message is folded before it is cut into parts."""
    rows = "\n".join(f"• Rad nummer {n} i en lista" for n in range(60))
    (part,) = Message(f"Rubrik\n\n{rows}").parts(4096)
    assert part.text == f"Rubrik\n\n<blockquote expandable>{rows}</blockquote>"
