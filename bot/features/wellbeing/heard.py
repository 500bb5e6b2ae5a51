"""What is heard in a text whose writer is in need, or sees somebody who is, and how sure that is (P.9)."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Sure(IntEnum):
    """How sure it is that somebody needs help, here and now."""

    LEANS = 1  # it leans to fear, or to a case, as honest answers do
    PERHAPS = 2  # it cannot be told apart
    CLEAR = 3


class Need(StrEnum):
    """What a need is about, by which a help line is chosen."""

    VIOLENCE = "violence"  # somebody does something to the writer
    DESPAIR = "despair"  # the writer may do something to themselves
    CHILD = "child"  # the writer is a child


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in a text. `seen`: it is done to somebody else. `tongue`: the language, where it is not ours.

    Where `needs` says neither violence nor despair it may be either; what only leans is then nobody's own.
    """

    sure: Sure
    needs: frozenset[Need] = frozenset()
    seen: bool = False
    tongue: str = ""
