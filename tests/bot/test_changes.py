"""What has changed in a text is marked; and nothing that was said is lost by it."""

from bot.context.plain_text import plain
from bot.views.changes import marked


def test_what_is_new_and_what_is_gone() -> None:
    """A word that has come is underlined, one that has gone struck out; signs of our HTML stay what they were."""
    assert marked("Kalla <alla> till nätverkets möten i tid", "Kalla <alla> till möten i god tid") == (
        "Kalla &lt;alla&gt; till <u>nätverkets</u> möten i <s>god</s> tid"
    )


def test_another_text() -> None:
    """Of a text that is another altogether nothing is marked: it would be all lines and no words."""
    assert marked("Vi har ett starkt näringsliv.", "Ingen vet.") == "Vi har ett starkt näringsliv."


def test_lines_stay() -> None:
    """A text of several lines keeps them."""
    assert plain(marked("Ring polisen.\nSkriv ner allt.\nFölj upp.", "Ring polisen.\nSkriv ner allt.")).count("\n") >= 2
