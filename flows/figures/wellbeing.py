"""The curve of how everyone is (P.7), which tells a group something and gives nobody away.

Only rounds that are over count. A point needs four answers; it is rounded to halves and kept away from the ends, so
neither a single changed answer nor complete agreement can be read out of it.
"""

from collections.abc import Sequence

LOWEST, HIGHEST = 1, 5
FEWEST = 4  # answers behind a point
CARE_AT = 2  # a score as low as this is answered with where support is to be had
FLOOR, CEILING = 1.5, 4.5  # "1,5 or lower", "4,5 or higher"


def point(scores: Sequence[int]) -> float | None:
    """The mean, rounded to halves and kept within 1.5 and 4.5; None for fewer than four answers."""
    if len(scores) < FEWEST:
        return None
    halves = (4 * sum(scores) + len(scores)) // (2 * len(scores))  # upwards: rounding to even shows four answers' sum
    return min(max(halves / 2, FLOOR), CEILING)


def needs_care(score: int) -> bool:
    """True for a score that is to be answered with care and a way to support."""
    return score <= CARE_AT
