"""The words by which a language writes dates and times of day."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DateWords:
    """What people may write for dates in a language, in lower case; `[read]` in its language.toml explains each."""

    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    weekday_endings: tuple[str, ...]
    past_weekday: tuple[str, ...]
    past_weekday_endings: tuple[str, ...]
    day_endings: tuple[str, ...]
    ordinals: tuple[str, ...]
    coming: tuple[str, ...]
    article: tuple[str, ...]
    week: tuple[str, ...]
    next_week: tuple[str, ...]
    last_week: tuple[str, ...]
    before: tuple[str, ...]
    before_past: tuple[str, ...]
    distance: str
    later: str
    earlier: str
    ago: str
    since: tuple[str, ...]
    until: tuple[str, ...]
    also: tuple[str, ...]
    at: tuple[str, ...]
    around: tuple[str, ...]
    clock: tuple[str, ...]
    hour_endings: tuple[str, ...]
    time_until: tuple[str, ...]
    numbers: Mapping[str, int]
    units: Mapping[str, Mapping[str, int]]  # days or months
    minutes: Mapping[str, int]
    days: Mapping[str, int]
    days_ago: Mapping[str, int]
    days_from: Mapping[str, int]
    day_parts: tuple[str, ...]
    early: tuple[str, ...]
    late: tuple[str, ...]
