"""Decides what becomes of a text in which somebody in need is heard: by what was said, and by where it was said (P.9).

The one place where this is decided. Whoever takes a text asks it first, and then does one of three things: take it as
any other, with where to turn as a line beside it; answer it, and keep nothing; or answer it and show it back first.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.features.wellbeing.distress import listen
from bot.features.wellbeing.heard import Heard, Need, Sure


class Where(StrEnum):
    """Where a text was written."""

    NOTHING = "nothing"  # where nothing is asked that it could answer
    QUESTION = "question"  # where something is
    SHARED = "shared"  # where something is, and what is answered is seen by the whole group at once
    MEANT = "meant"  # where fear or a case is what is asked for (`care` in a question's definition), or how somebody is
    CASE = "case"  # where that is asked for, and the whole group sees the answer at once
    LOGGING = "logging"  # where an incident is being logged, which is the place for it


class Outcome(StrEnum):
    """What becomes of a text."""

    KEEP = "keep"  # it is taken as any other; where to turn is a quiet line beside it
    ANSWER = "answer"  # it is answered at once and in full, and is no answer to anything
    ASK = "ask"  # it is answered, and shown back before it is kept or shown to anybody


_OWN: Final[Mapping[Sure, tuple[Outcome, ...]]] = {
    Sure.CLEAR: (Outcome.ANSWER, Outcome.ANSWER, Outcome.ANSWER, Outcome.ASK, Outcome.ASK, Outcome.KEEP),
    Sure.PERHAPS: (Outcome.ANSWER, Outcome.ASK, Outcome.ASK, Outcome.KEEP, Outcome.ASK, Outcome.KEEP),
    Sure.LEANS: (Outcome.ANSWER, Outcome.KEEP, Outcome.ASK, Outcome.KEEP, Outcome.ASK, Outcome.KEEP),
}
# Shown back where all read at once is one's own: not "vi orkar inte allt", nor the case that is asked for.
_NOT_OWN: Final[Mapping[Sure, tuple[Outcome, ...]]] = {
    **_OWN,
    Sure.PERHAPS: (Outcome.ANSWER, Outcome.ASK, Outcome.ASK, Outcome.KEEP, Outcome.KEEP, Outcome.KEEP),
    Sure.LEANS: (Outcome.ANSWER, Outcome.KEEP, Outcome.KEEP, Outcome.KEEP, Outcome.KEEP, Outcome.KEEP),
}
# Fear may be what is asked for, and a case; not that somebody wants to die.
_DESPAIR: Final[Mapping[Sure, tuple[Outcome, ...]]] = {
    **_OWN,
    Sure.CLEAR: (Outcome.ANSWER, Outcome.ANSWER, Outcome.ANSWER, Outcome.ANSWER, Outcome.ANSWER, Outcome.KEEP),
}


def decide(heard: Heard, where: Where) -> Outcome:
    """Return what becomes of a text."""
    despairs = Need.DESPAIR in heard.needs
    table = _NOT_OWN if heard.seen or not heard.needs else _DESPAIR if despairs else _OWN
    return table[heard.sure][tuple(Where).index(where)]


def is_told_at_once(heard: Heard, where: Where) -> bool:
    """True if where to turn is told in full: in the place of taking the text or, where somebody cries who logs an
    incident, beside it. What is kept elsewhere has one quiet line; what was seen and is being logged has none.
    """
    cries = not heard.seen and heard.sure > Sure.LEANS
    return cries if where is Where.LOGGING else decide(heard, where) is not Outcome.KEEP


def is_meant_for_us(text: str) -> bool:
    """True if a text may be meant for the bot alone though it was said what it is, as after a command that keeps it."""
    return (heard := listen(text)) is not None and decide(heard, Where.MEANT) is not Outcome.KEEP
