"""How everyone is over time (P.7), which tells a group something and gives nobody away.

Only rounds that are over count. A round needs four answers, and shows in which of three bands their mean lies, never
the mean: whoever knows or has chosen all answers but one learns at most on which side of one border that one lies.
"""

from collections.abc import Sequence
from enum import IntEnum

LOWEST, HIGHEST = 1, 5
FEWEST = 4  # answers behind what is shown
CARE_AT = 2  # a score as low as this is answered with where support is to be had
BORDERS = 2.5, 3.5  # of the middle band, which they belong to


class Band(IntEnum):
    """How a round went."""

    HEAVY = 1
    MIXED = 2
    GOOD = 3


def band(scores: Sequence[int]) -> Band | None:
    """The band in which the mean lies; None for fewer than four answers."""
    if len(scores) < FEWEST:
        return None
    low, high = (border * len(scores) for border in BORDERS)
    return Band.HEAVY if sum(scores) < low else Band.GOOD if sum(scores) > high else Band.MIXED


def needs_care(score: int) -> bool:
    """True for a score that is to be answered with care and a way to support."""
    return score <= CARE_AT
