"""A figure as it is told: its number, or why there is none. Every paper, table, picture and file renders this one type.

What is told never says which reason a number has for not being told: each of them would tell something of the number.
"""

from collections.abc import Iterable
from enum import StrEnum

SMALL = 5  # a number below this, but not 0, could point somebody out


class NotTold(StrEnum):
    """Why there is no number."""

    UNKNOWN = "unknown"  # nobody has said one
    WITHHELD = "withheld"  # it is one to four, another one could be worked out from it, or it is not counted yet


Figure = int | NotTold  # 0 is a number: there were none


def enough(number: int) -> Figure:
    """Return the number as anybody may have it."""
    return NotTold.WITHHELD if 0 < number < SMALL else number


def together(figures: Iterable[Figure]) -> Figure:
    """Return what several figures of a year come to: what is withheld of it is no part of the sum."""
    told = list(figures)
    number = sum(figure for figure in told if isinstance(figure, int))
    if number or not told:
        return number or NotTold.UNKNOWN
    return next((why for why in (NotTold.WITHHELD, NotTold.UNKNOWN) if why in told), 0)
