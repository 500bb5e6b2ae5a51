"""No message shows more than a screen of a phone before it is unfolded, and nothing that must be seen is folded."""

from hypothesis import given

from bot.context.fold import LIST, READ, folded, unfolded
from bot.context.message import Message
from messages.structure.blocks import BlankLine, Body, Bullets, Fold, Heading, Paragraph, Span, listed, said
from messages.structure.layout import laid_out
from tests.messages.bodies import BODY

PROMISE = said("Hela gruppen ser det här direkt, med namn. Ring 112 om någon är i fara.")


def rows(count: int, words: str, mark: str = "•") -> Bullets:
    """A list of so many rows."""
    return listed(tuple((Span(f"{words} {n}"),) for n in range(count)), (mark,) * count)


@given(BODY)
def test_nothing_is_lost(body: Body) -> None:
    """The words are the same, and folding what is folded changes nothing."""
    result = folded((*body, BlankLine(), *PROMISE))
    assert laid_out(result) == laid_out((*body, BlankLine(), *PROMISE))
    assert folded(result) == result


@given(BODY)
def test_sentences_stand_open(body: Body) -> None:
    """What is no list is never folded."""
    whole = (*body, BlankLine(), *PROMISE)
    fresh = [one for one in folded(whole) if isinstance(one, Fold) and one not in whole]
    assert all(isinstance(inside, Bullets) for one in fresh for inside in one.blocks)
    assert folded(whole)[-1] == PROMISE[0]


def test_as_little_as_is_enough() -> None:
    """A short list stays open when a longer one below brings the message under a screen."""
    short, long = rows(LIST, "Kort rad"), rows(20, "En lång rad som tar plats med nummer")
    result = folded((Heading(1, "Lista"), short, BlankLine(), long, BlankLine(), *PROMISE))
    assert result == (Heading(1, "Lista"), short, BlankLine(), Fold((long,)), BlankLine(), *PROMISE)
    assert unfolded(result) <= READ


def test_one_long_answer() -> None:
    """A single row is folded if what somebody wrote in it is long; in a short message it stands as it is."""
    row = rows(1, "ord " * 150)
    assert folded((row, *said("Klart"))) == (row, *said("Klart"))
    assert folded((row, *said("En mening. " * 20))) == (Fold((row,)), *said("En mening. " * 20))


def test_every_message_goes_by_it() -> None:
    """A message is folded before it is cut into parts."""
    body = (Paragraph((Span("Rubrik"),)), BlankLine(), rows(60, "Rad i en lista"))
    (part,) = Message(body).parts(4096)
    assert part.body == (*body[:2], Fold(body[2:]))
