"""What has changed in a text is marked; and nothing that was said is lost by it."""

from bot.views.changes import marked
from messages.structure.blocks import Span, plain


def test_what_is_new_and_what_is_gone() -> None:
    """A word that has come is marked as new, one that has gone as gone; and signs stay what they were."""
    assert [
        (span.text, span.new, span.gone) for span in marked("Kalla <alla> till nätet i tid", "Kalla <alla> i tid")
    ] == [
        ("Kalla <alla>", False, False),
        (" ", False, False),
        ("till nätet", True, False),
        (" ", False, False),
        ("i tid", False, False),
    ]
    assert Span("god", gone=True) in marked("Kalla alla i tid", "Kalla alla i god tid")


def test_another_text() -> None:
    """Of a text that is another altogether nothing is marked: it would be all lines and no words."""
    assert marked("Vi har ett starkt näringsliv.", "Ingen vet.") == (Span("Vi har ett starkt näringsliv."),)


def test_lines_stay() -> None:
    """A text of several lines keeps them."""
    assert plain(marked("Ring polisen.\nSkriv ner allt.\nFölj upp.", "Ring polisen.\nSkriv ner allt.")).count("\n") >= 2
