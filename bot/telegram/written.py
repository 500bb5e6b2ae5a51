"""Writes what is said as Telegram shows it: its few tags, with all words escaped."""

from html import escape
from typing import Final

from messages.structure.blocks import Body, Span
from messages.structure.layout import Signs, laid_out

TAGS: Final = {"b": "b", "i": "i", "s": "s", "u": "u", "c": "code", "h": "tg-spoiler"}


def html(body: Body) -> str:
    """Return the message in the HTML of the Bot API."""
    return laid_out(body, HTML)


def _span(span: Span) -> str:
    text = escape(span.text, quote=False)
    for letter in span.style:
        text = f"<{TAGS[letter]}>{text}</{TAGS[letter]}>"
    return f'<a href="{escape(span.link)}">{text}</a>' if span.link else text


HTML: Final = Signs(
    span=_span,
    heading=lambda text: f"<b>{escape(text, quote=False)}</b>",
    quote=lambda text: f"<blockquote>{text}</blockquote>",
    fold=lambda text: f"<blockquote expandable>{text}</blockquote>",
)
