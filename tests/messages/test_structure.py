"""What is said has structure: its Markdown is read into blocks, and people's words are never markup."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.line_breaks import NO_BREAK
from messages.structure.blocks import (
    BlankLine,
    Body,
    Bullets,
    Fold,
    Heading,
    Paragraph,
    Quote,
    Receipt,
    Span,
    listed,
    restored,
    said,
    stored,
)
from messages.structure.layout import laid_out
from messages.structure.older import from_html
from messages.structure.reader import hold, read
from messages.voice import the_voice
from tests.messages.bodies import BODY, INLINE


def paragraph(*spans: Span) -> Paragraph:
    """A paragraph of these stretches."""
    return Paragraph(spans)


@pytest.mark.parametrize(
    ("markdown", "body"),
    [
        ("# Rubrik\n## Under", (Heading(1, "Rubrik"), Heading(2, "Under"))),
        ("En\ntvå\n\n\n\ntre", (*said("En\ntvå"), BlankLine(), *said("tre"))),
        ("Ett **starkt** och *lågt* `/ring`.", (
            paragraph(Span("Ett "), Span("starkt", strong=True), Span(" och "), Span("lågt", emphasis=True), Span(" "),
                      Span("/ring", code=True), Span(".")),
        )),
        ("- a\n- b", (Bullets(((Span("a"),), (Span("b"),))),)),
        ("3. a\n5. b", (listed(((Span("a"),), (Span("b"),)), ("3.", "5.")),)),
        ("Ord\n✓ a\n✓ b\n☐ c", (*said("Ord"), listed(((Span("a"),), (Span("b"),)), ("✓", "✓")), *said("☐ c"))),
        ("✓ Sparat\nMer", (Receipt((Span("Sparat"),)), *said("Mer"))),
        ("> Sagt", (Quote((Span("Sagt"),)),)),
        ("Ord\n\n>>>\n## Titel\nInne\n<<<\n\nUte", (
            *said("Ord"), BlankLine(), Fold((Heading(2, "Titel"), *said("Inne"))), BlankLine(), *said("Ute"))),
        (">>> Inne<<<", (Fold(said("Inne")),)),
        ("", ()),
    ],
)  # fmt: skip
def test_read(markdown: str, body: Body) -> None:
    """The small Markdown gives the blocks that it stands for."""
    assert read(markdown) == body


@given(st.text())
def test_what_people_write_is_never_markup(text: str) -> None:
    """Whatever stands in an answer, it is words in the block that the template put it in, wherever that is."""
    (block,) = read(f"{hold(text)} ord")
    assert isinstance(block, Paragraph)
    assert [span.style + span.link for span in block.text] == [""]
    kept = re.sub("[\ue000-\ue01f\r]", "", re.sub("\n{3,}", "\n\n", text))
    assert laid_out((block,)) == f"{kept} ord".rstrip() or not kept.strip()
    items = read(f"- {hold(text)}.\n- två")
    assert len(items) == 1
    assert isinstance(items[0], Bullets)


def test_what_leads_has_air_before_it_and_a_list_has_none_within() -> None:
    """A heading or a bold line under a list has an empty line before it; items that follow each other are one list."""
    read_as = laid_out(read("- Ett\n\n- Två\n## Under\nOrd\n- Tre\n**Sist** av allt"))
    assert read_as == "• Ett\n• Två\n\nUnder\nOrd\n• Tre\n\nSist av allt"


@given(BODY)
def test_blocks_are_kept(body: Body) -> None:
    """What the outbox and the copies keep of a message is the message."""
    assert restored(json.loads(json.dumps(stored(body)))) == restored(stored(body))
    assert laid_out(restored(stored(body))) == laid_out(body)


@given(BODY)
def test_blocks_in_a_template(body: Body) -> None:
    """A message that is filled into another stands there block by block."""
    assert laid_out(read(f"# Ram\n\n{hold(body)}")) == f"Ram\n\n{laid_out(body)}"


@given(INLINE)
def test_styles_in_a_template(text: tuple[Span, ...]) -> None:
    """A text with styles keeps them where it is filled in: what is new and gone, where it leads."""
    (block,) = read(f"Ord: {hold(text)}.")
    assert isinstance(block, Paragraph)
    there = [(sign, span.style, span.link) for span in block.text for sign in span.text]
    meant = [(sign, span.style, span.link) for span in text for sign in span.text]
    assert there[5:-1] == meant


def test_held_together_across_styles() -> None:
    """No line breaks within a number or a time, also where only a part of it is strong or filled in."""
    held = the_voice("sv").rules.line_breaks.held
    assert laid_out(read(f"Tar **{hold(14)}** minuter, kl. {hold('9.05')}", held)) == (
        f"Tar 14{NO_BREAK}minuter, kl.{NO_BREAK}9.05"
    )


def test_a_message_of_before() -> None:
    """A message that was kept as HTML reads as it did, with its structure and air before its heading."""
    html = (
        "✓ Sparat\n<b>Rubrik</b>\n• <i>ett</i> &lt;b&gt;\n• två\n\n<blockquote>Sagt\nså</blockquote>\n"
        '<blockquote expandable><b>Mer</b>\nInne <s>då</s> <u>nu</u></blockquote>\n<a href="tg://user?id=1">Bo</a>'
    )
    assert from_html(html) == (
        Receipt((Span("Sparat"),)),
        BlankLine(),
        Heading(2, "Rubrik"),
        Bullets(((Span("ett", emphasis=True), Span(" <b>")), (Span("två"),))),
        BlankLine(),
        Quote((Span("Sagt\nså"),)),
        Fold((Heading(2, "Mer"), paragraph(Span("Inne "), Span("då", gone=True), Span(" "), Span("nu", new=True)))),
        paragraph(Span("Bo", link="tg://user?id=1")),
    )
