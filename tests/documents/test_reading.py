from hypothesis import given
from hypothesis import strategies as st

from messages.documents.blocks import PageBreak, laid
from messages.documents.template import cleaned, held, lines, read
from messages.structure.blocks import Bullets, Heading, Paragraph, Quote, Span, plain

NASTY = [
    "*fet*",
    "# rubrik",
    "| a | b |\n|---|---|",
    "<b>",
    "{{ town }}",
    "=cmd|'/C calc'!A1",
    "<w:p>",
    "👩‍👩‍👧",
    "مرحبا",
    "\ue000",
    "---",
]
written = st.one_of(st.sampled_from(NASTY), st.text(), st.lists(st.sampled_from(NASTY), max_size=4).map("".join))


@given(written)
def test_what_people_write_is_never_markup(text: str) -> None:
    """Whatever a person writes stands in the document as it was written, in one piece, wherever a template puts it."""
    kept = cleaned(text)
    found = list(
        read(f"# Om {held(text)}!\n\nFöre {held(text)} efter\n\n- {held(text)}.\n\n| a |\n|---|\n| {held(text)}. |\n")
    )
    assert found == [
        Heading(1, f"Om {kept}!".replace("\n", " ")),
        Paragraph((Span(f"Före {kept} efter"),)),
        Bullets(((Span(f"{kept}."),),)),
        laid(("a",), ((f"{kept}.",),)),
    ]


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Z")), max_size=50))
def test_letters_are_never_lost(text: str) -> None:
    """Cleaning takes away nothing that can be read."""
    assert cleaned(text) == text.replace("\u2028", "\n").replace("\u2029", "\n").strip()


def test_a_template_in_markdown() -> None:
    """Headings, lists, quotes, emphasis and new pages of a template become blocks."""
    found = list(read("## Rubrik\n\n1. ett\n2. **två**\n\n> ord\n\n---\n\n*slut*\n"))
    assert found == [
        Heading(2, "Rubrik"),
        Bullets(((Span("ett"),), (Span("två", strong=True),)), numbered=True),
        Quote((Span("ord"),)),
        PageBreak(),
        Paragraph((Span("slut", emphasis=True),)),
    ]


def test_nothing_empty_is_set() -> None:
    """A heading or point whose answer is empty leaves no trace."""
    assert list(read(f"# {held('')}\n\n- {held(None)}\n- ja\n")) == [Bullets(((Span("ja"),),))]


def test_one_thing_a_line() -> None:
    """What was written with dashes or dots before each line becomes the things themselves."""
    assert lines("- ett\n• två\n\n  tre \n3-4 personer") == ["ett", "två", "tre", "3-4 personer"]


def test_plain() -> None:
    """The text without its styles is the text."""
    assert plain((Span("a", strong=True), Span("b"))) == "ab"
