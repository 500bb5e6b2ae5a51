"""Answers that lead on: links as they are read, suggestions, lines that become rows, a timer in the middle."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.answers import lines
from flows.definitions.loader import DefinitionError, load_process
from flows.definitions.model import Exercise, Question
from flows.engine.engine import advance
from flows.enums import Audience, How
from flows.fields import LinkField, Offer, TextField
from flows.input_errors import Problem, Trouble
from flows.run.effects import Keep, StartTimer
from flows.run.events import Opened
from tests.flows.sample import SWEDISH, TODAY, begun, exercise, giving, play, tap, write
from tests.flows.test_conditions import FIRST, OUTLINE, SECOND

LINK = Question("where", LinkField(), Audience.GROUP)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://exempel.se/a?b=1#c", "https://exempel.se/a?b=1#c"),
        ("www.exempel.se", "https://www.exempel.se"),
        ("HTTP://Exempel.se", "http://Exempel.se"),
        ("räksmörgås.se/å", "https://räksmörgås.se/å"),
        ("exempel.se:8080/a", "https://exempel.se:8080/a"),
    ],
)
def test_a_link_is_kept_so_that_it_can_be_tapped(written: str, kept: str) -> None:
    """An address is kept whole, with how it is reached where that was left out."""
    assert LINK.field.read(written, TODAY, SWEDISH.dates) == kept


@pytest.mark.parametrize(
    "written", ["exempel", "se www.exempel.se", "javascript:alert(1)", "https://a@b.se", "a.1", "https://", "1.2.3.4"]
)
def test_what_is_no_link_is_said_to_be_none(written: str) -> None:
    """Words, other schemes and bare numbers are not taken for an address."""
    assert LINK.field.read(written, TODAY, SWEDISH.dates) == Trouble(Problem.LINK)


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)))
def test_every_line_that_says_something_is_one(said: list[str]) -> None:
    """The lines of an answer come back each once and in order, without empty ones and marks of a list."""
    found = lines("\n\n- ".join(said))
    assert found == [bare for one in said if (bare := one.strip(" \t-–•*"))]


def written_together(**changes: object) -> Exercise:
    """A shared exercise of three texts."""
    texts = tuple(Question(name, TextField(), Audience.GROUP) for name in ("a", "b", "c"))
    return exercise(How.GROUP, **{"questions": texts, "for_each": None, "outcome": None} | changes)


def timed(minutes: int) -> Exercise:
    """Three texts, with so many minutes to work before the last one."""
    first, second, third = written_together().questions
    return written_together(questions=(first, second, replace(third, timer=minutes)))


def test_the_timer_begins_once_the_question_before_is_answered() -> None:
    """The minutes to search begin when it is agreed who looks for what, and not anew when that is changed."""
    run = play(begun(timed(35)), Opened(1, introduced=True))
    first, second = advance(run, write(1, "A")), advance(play(run, write(1, "A")), write(1, "B"))
    assert not [e for e in first.effects if isinstance(e, StartTimer)]
    assert [e for e in second.effects if isinstance(e, StartTimer)]
    again = advance(play(second.run, Opened(2, introduced=True, key="b")), write(2, "Annat"))
    assert not [e for e in again.effects if isinstance(e, StartTimer)]


def test_what_is_suggested_can_be_chosen_or_something_else_written() -> None:
    """A suggestion is kept by its name; one that is not offered changes nothing."""
    run = giving(begun(written_together()), offers={"a": (Offer("s0", "Hotell"),)})
    run = play(run, Opened(1, introduced=True))
    kept = [e.value for e in advance(run, tap(run, 1, "pick", "s0")).effects if isinstance(e, Keep)]
    assert kept == ["Hotell"]
    assert play(run, tap(run, 1, "pick", "s1")) == run
    assert [e.value for e in advance(run, write(1, "Taxi")).effects if isinstance(e, Keep)] == ["Taxi"]


CASES = [
    ("minutes = 5", 'minutes = 5\nafterwards = "bookmarks"', "afterwards: what is written together is shown as it is"),
    ('kind = "text"', 'kind = "text"\nmilestone = true', "milestone: only a date or a moment has it"),
    ('kind = "text"', 'kind = "text"\nfeeds = { gone = {} }', "feeds “gone”, which is no register"),
    ('kind = "text"', 'kind = "text"\nfeeds = { second = { kind = "z" } }', "“z” is no option of “kind” in “second”"),
    ('kind = "text"', 'kind = "text"\nfeeds = {}', "feeds: must name one register"),
    ('kind = "text"', 'kind = "text"\nsuggests = "second"', "“second” has no items to suggest"),
    ('kind = "text"', 'kind = "number"\nfeeds = { second = {} }', "feeds: only a text has it"),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_a_wrong_way_on_is_told_with_its_cure(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A mistake in where an answer leads is found before anybody meets it."""
    assert old in FIRST
    files = {"process.toml": OUTLINE, "0.1-first.toml": FIRST.replace(old, new, 1), "0.1-second.toml": SECOND}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"0\.1-first\.toml") as caught:
        load_process(tmp_path, ())
    assert said in str(caught.value)
