from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import ApiError, html_mode, page_html, utf16

REFUSED = [
    ("<b>unclosed", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<b><i>test</b></i>", 'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"'),
    ("<script>alert(1)</script>", 'Unsupported start tag "script" at byte offset 0'),
    ("å <3", "Unclosed start tag at byte offset 3"),
    ("å <3 hjärtan>", 'Unsupported start tag "3" at byte offset 3'),
    ("hej</b>", "Unexpected end tag at byte offset 3"),
    ("<b>hej</b", "Unclosed end tag at byte offset 6"),
    ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
    ('<a href="x', "Unclosed start tag at byte offset 0"),
    ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
]


@pytest.mark.parametrize(("source", "words"), REFUSED)
def test_refuses_bad_markup_with_the_place(source: str, words: str) -> None:
    """Bad HTML is refused with Telegram's words and the offset counted in UTF-8 bytes."""
    with pytest.raises(ApiError) as caught:
        html_mode.parse(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {words}"


READ: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("<b>😀å</b>!", "😀å!", [{"type": "bold", "offset": 0, "length": 3}]),
    ("😀<i>a</i>", "😀a", [{"type": "italic", "offset": 2, "length": 1}]),
    ("a &lt;b&gt; &amp; &quot; &#228; &#xe5; &nbsp; &", 'a <b> & " ä å &nbsp; &', []),
    ("<strong></strong>x", "x", []),
    (
        "<b>a<u>b</u></b>",
        "ab",
        [{"type": "underline", "offset": 1, "length": 1}, {"type": "bold", "offset": 0, "length": 2}],
    ),
    (
        '<pre><code class="language-py">x</code></pre>',
        "x",
        [{"type": "pre", "offset": 0, "length": 1, "language": "py"}],
    ),
    ("<blockquote expandable>x</blockquote>", "x", [{"type": "expandable_blockquote", "offset": 0, "length": 1}]),
    ("<TG-SPOILER>x</>", "x", [{"type": "spoiler", "offset": 0, "length": 1}]),
    (
        "<a href='https://example.org'>x</a>",
        "x",
        [{"type": "text_link", "offset": 0, "length": 1, "url": "https://example.org/"}],
    ),
    ('<a href="javascript:alert(1)">x</a>', "x", []),
]


@pytest.mark.parametrize(("source", "text", "entities"), READ)
def test_reads_markup(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    """Markup becomes plain text and entities counted in UTF-16 units."""
    assert html_mode.parse(source) == (text, entities)


def test_finds_commands_links_and_mentions_by_itself(town: Any) -> None:
    """Telegram marks commands, addresses, mentions and tags in every text, but not inside code."""
    text = "/hjalp @annab se https://example.org/x. #plan, fråga a@example.org <code>/kod</code>"
    entities = town.call("sendMessage", chat_id=town.anna, text=text, parse_mode="HTML")["entities"]
    kinds = [(e["type"], e["offset"], e["length"]) for e in entities]
    assert kinds == [
        ("bot_command", 0, 6),
        ("mention", 7, 6),
        ("url", 17, 21),
        ("hashtag", 40, 5),
        ("email", 53, 13),
        ("code", 67, 4),
    ]


def test_trims_the_text_and_moves_the_entities(town: Any) -> None:
    """White space at both ends is cut, and what was marked stays marked."""
    sent = town.call("sendMessage", chat_id=town.anna, text="\n <b> hej </b> \n", parse_mode="html")
    assert sent["text"] == "hej"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 3}]


def test_mentions_somebody_without_a_user_name(town: Any) -> None:
    """A tg://user link becomes a text_mention of a person whom the bot knows, and plain text otherwise."""
    known = town.call(
        "sendMessage", chat_id=town.anna, text=f'<a href="tg://user?id={town.bo}">Bo</a>', parse_mode="HTML"
    )
    assert known["entities"][0]["user"]["first_name"] == "Bo"
    unknown = town.call("sendMessage", chat_id=town.anna, text='<a href="tg://user?id=5">X</a>', parse_mode="HTML")
    assert "entities" not in unknown


@given(st.text(alphabet="ab <>&\"'åä😀/=", max_size=40))
def test_escaped_text_always_survives(text: str) -> None:
    """Whatever people write, escaped it is valid markup that gives back the same text."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert html_mode.parse(f"<b>{escaped}</b>")[0] == text


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(source: str) -> None:
    """No text makes the parser fail in any other way than Telegram's refusal."""
    try:
        text, entities = html_mode.parse(source)
    except ApiError:
        return
    assert all(e["offset"] >= 0 and e["offset"] + e["length"] <= utf16.length(text) for e in entities)


def test_page_html_is_escaped_and_rebuilt() -> None:
    """The page's HTML holds only tags made from entities; links are safe and crossing entities stay well-formed."""
    text = "<i>å</i> 😀 länk"
    entities = [
        {"type": "bold", "offset": 0, "length": 11},
        {"type": "italic", "offset": 9, "length": 7},
        {"type": "text_link", "offset": 12, "length": 4, "url": 'https://example.org/?a="b"&c'},
    ]
    html = page_html.build(text, entities)
    assert "&lt;i&gt;å&lt;/i&gt;" in html
    assert (
        '<a href="https://example.org/?a=&quot;b&quot;&amp;c" rel="noopener noreferrer" target="_blank">länk</a>'
        in html
    )
    assert html.startswith("<b>&lt;i&gt;å&lt;/i&gt; <i>😀</i></b><i> ")


def test_page_html_never_links_to_scripts() -> None:
    """An address that Telegram would not take becomes no link on the page either."""
    assert page_html.build("x", [{"type": "text_link", "offset": 0, "length": 1, "url": "javascript:alert(1)"}]) == "x"
