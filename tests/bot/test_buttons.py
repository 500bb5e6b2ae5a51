"""Buttons: opaque, bound to where they were sent, and always within Telegram's 64 bytes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assembly import routing
from bot.context.message import Key, numbered
from bot.context.sealed_actions import LINK, LONGEST, Action, Buttons
from flows.definitions.loader import the_process
from flows.dialogue import dialogue

BUTTONS = Buttons(b"k" * 32)
PLAIN = st.characters(categories=["L", "N"], max_codepoint=0x17F)
ACTIONS = st.builds(
    Action,
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8),
    st.integers(0, 9_999_999),
    st.integers(0, 9_999),
    st.text("0123456789abcdef.:#-", max_size=8),
)


@given(ACTIONS, st.text(max_size=20))
def test_what_is_sealed_opens(action: Action, scope: str) -> None:
    """An action comes back as it was, from data that Telegram takes in buttons and in links."""
    sealed = BUTTONS.seal(scope, action)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", sealed)
    assert BUTTONS.open(scope, sealed) == action
    assert BUTTONS.seal(scope, action) == sealed  # a button that is drawn anew is the same button


@given(ACTIONS)
def test_only_where_it_was_sent(action: Action) -> None:
    """A button replayed by another person, in another group or as a link does not open; nor with another key."""
    sealed = BUTTONS.seal("p1", action)
    assert [BUTTONS.open(scope, sealed) for scope in ("p2", "p11", "g1", "", LINK)] == [None] * 5
    assert Buttons(b"l" * 32).open("p1", sealed) is None


@given(ACTIONS, st.integers(0, 63), st.sampled_from("ABCz09_-=+/ å!"))
def test_changed_does_not_open(action: Action, place: int, character: str) -> None:
    """A button with any character changed, added or taken away does not open."""
    sealed = BUTTONS.seal("p1", action)
    place %= len(sealed)
    changed = [
        sealed[:place] + character + sealed[place + 1 :],
        sealed[:place] + character + sealed[place:],
        sealed[:place],
    ]
    assert [BUTTONS.open("p1", other) for other in changed if other != sealed] == [None] * sum(
        o != sealed for o in changed
    )


@given(st.text())
def test_anything_else_does_not_open(data: str) -> None:
    """Whatever a client invents is no button, and no error."""
    assert BUTTONS.open("p1", data) is None


def test_too_long_is_told_to_the_programmer() -> None:
    """An action that would not fit is refused when it is made, not by Telegram."""
    with pytest.raises(ValueError, match="longer than"):
        BUTTONS.seal("p1", Action("v", arg="x" * LONGEST))


NUMBERS = {"run": 9_999_999, "ask": 99_999}
# Verbs whose argument is more than one number: a row and a field, a person or a date.
TWO = {"field": "999999:99", "to": "999999:99999", "when": "999999:9"}
VERBS = sorted(routing.BUTTONS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_fits(verb: str) -> None:
    """Every kind of button fits with the largest numbers that a long life could bring."""
    ask = NUMBERS["ask"] if verb in dialogue.VERBS else 0
    action = Action(verb, NUMBERS["run"], ask, TWO.get(verb, "9999999"))
    assert BUTTONS.open("p1", BUTTONS.seal("p1", action)) == action


@pytest.mark.parametrize("verb", ["view", "begin", "guide"])
def test_every_exercise_fits(verb: str) -> None:
    """A button that names an exercise fits, for as many groups as there could be towns."""
    for name in the_process().exercises:
        assert len(BUTTONS.seal("p1", Action(verb, 9_999, 0, name))) <= 64


def test_no_two_buttons_read_alike() -> None:
    """Whatever nothing else tells apart is numbered, also across rows; the same button twice is shown once."""
    first, second, other = (
        Key(label, Action("row", 1, 0, id)) for label, id in (("Bo", "1"), ("Bo", "2"), ("Cia", "3"))
    )
    shown = numbered([[first, other], [second, first]])
    assert [[key.label for key in row] for row in shown] == [["Bo", "Cia"], ["Bo (2)"]]
    assert [key.action for row in shown for key in row] == [first.action, other.action, second.action]
