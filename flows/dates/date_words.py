"""The words by which a language writes dates and times of day, in lower case.

`[read]` in its language.toml explains each; each reader has those that only it looks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DateWords:
    """What several readers of dates look for, and other readers with them: numbers, words for several, for a name."""

    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    ordinals: tuple[str, ...]
    numbers: Mapping[str, int]
    units: Mapping[str, Mapping[str, int]]  # days or months
    days: Mapping[str, int]
    week: tuple[str, ...]
    next_week: tuple[str, ...]
    since: tuple[str, ...]
    until: tuple[str, ...]
    also: tuple[str, ...]
    both: tuple[str, ...]
    surely: tuple[str, ...]
    every: tuple[str, ...]
    roughly: tuple[str, ...]
    called: tuple[str, ...]
    untold: tuple[str, ...]
    at: tuple[str, ...]


@dataclass(frozen=True)
class DayWords:
    """What only a day is told by (`flows.dates.days_in_words`)."""

    weekday_endings: tuple[str, ...]
    past_weekday: tuple[str, ...]
    past_weekday_endings: tuple[str, ...]
    day_endings: tuple[str, ...]
    coming: tuple[str, ...]
    article: tuple[str, ...]
    last_week: tuple[str, ...]
    before: tuple[str, ...]
    before_past: tuple[str, ...]
    distance: str
    later: str
    earlier: str
    ago: str
    days_ago: Mapping[str, int]
    days_from: Mapping[str, int]


@dataclass(frozen=True)
class ClockWords:
    """What only a time of day is told by (`flows.dates.clock_times`)."""

    clock: tuple[str, ...]
    around: tuple[str, ...]
    hour_endings: tuple[str, ...]
    time_until: tuple[str, ...]
    minutes: Mapping[str, int]
    day_parts: tuple[str, ...]
    early: tuple[str, ...]
    late: tuple[str, ...]
