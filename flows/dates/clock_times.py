"""Times of day in plain words: "kl 13", "9.30", "halv tio", "på kvällen"."""

import re
from datetime import time

from flows.dates.date_patterns import any_of, bare_words
from flows.dates.date_words import ClockWords, DateWords

EARLIEST = 7  # below this hour, "kl 6" is taken for the evening first


class ClockReader:
    """Reads times of day in the words of one language."""

    def __init__(self, words: DateWords, own: ClockWords) -> None:
        self._words, self._own = words, own
        hour, some = rf"(?:\d{{1,2}}|{any_of(words.numbers)})", any_of(own.hour_endings)
        self._part = re.compile(rf"(?:^|(?<!\bi) )(?:(?P<early>{any_of(own.early)})|(?:{any_of(own.late)}))(?= |$)")
        self._hours = re.compile(
            rf"(?: (?:{any_of((*own.day_parts, *own.clock, *own.minutes))}|{hour}(?:[.:]\d{{2}})?(?:{some})?))+$"
        )
        self._time = re.compile(
            rf"(?:(?:{any_of((*words.at, *own.around))}) )*(?P<clock>(?:{any_of(own.clock)}) ?)?"
            rf"(?P<part>{any_of(own.minutes)})? ?"
            rf"(?P<hour>{hour})(?:[.:](?P<minute>\d{{2}}))?(?P<some>{some})?"
            rf"(?: ?(?:[-–]|{any_of(own.time_until)}) ?(?P<end>{hour}(?:[.:]\d{{2}})?))?"
        )

    def begins(self, text: str) -> bool:
        """True if a text begins as a time of day does, and no day: "kl 9"."""
        return text.startswith(self._own.clock)

    def read(self, text: str) -> list[time]:
        """The times of day that this text can mean: "kl 13", "9.30", "13:00-15:00" (its beginning), "halv tio"."""
        words, half = self.half(bare_words(text))
        match = self._time.fullmatch(words)
        if not match:
            return []
        hour = int(match["hour"]) if match["hour"].isdigit() else self._words.numbers[match["hour"]]
        past = self._own.minutes[match["part"]] if match["part"] else int(match["minute"] or 0)
        if hour > 23 or past > 59:
            return []
        minutes = (60 * hour + past) % (24 * 60)
        at = time(minutes // 60, minutes % 60)
        if half is not None:
            return [in_half(at, half)]
        early = at.hour < EARLIEST and not match["hour"].startswith("0")
        return [at.replace(hour=at.hour + 12), at] if early else [at]

    def lasts(self, text: str) -> int | None:
        """The minutes that something lasts by a text, perhaps after a day: "14 mars 13-16"; None if it says no end."""
        words, _ = self.half(bare_words(text))
        for at in (words, *(at for _, at in self.split(words))):
            match = self._time.fullmatch(at)
            if match and match["end"] and (begins := self.read(at)) and (ends := self.read(match["end"])):
                first, last = (60 * found[0].hour + found[0].minute for found in (begins, ends))
                return (last - first) % (24 * 60)
        return None

    def half(self, words: str) -> tuple[str, int | None]:
        """The words without a part of the day ("på kvällen"), and the hour at which that half of the day begins."""
        part = self._part.search(words)
        if part and part[0].strip() not in self._words.days:
            words = " ".join(f"{words[: part.start()]}{words[part.end() :]}".split())
        return words, (0 if part["early"] else 12) if part else None

    def split(self, words: str) -> list[tuple[str, str]]:
        """Each way to take a text apart into a day and a time, in either order: "14 mars | kl 13"."""
        parts = words.split()
        cuts = [(" ".join(parts[:n]), " ".join(parts[n:])) for n in range(1, len(parts))]
        after_number = [(day, at) for day, at in cuts if self._time.fullmatch(at)]
        before = [
            (day, at)
            for at, day in cuts
            if (match := self._time.fullmatch(at)) and any(match[name] for name in ("clock", "minute", "part", "some"))
        ]
        return after_number + before

    def days_before(self, words: str) -> list[str]:
        """What can be the day in these words: all of them, or what stands before a time of day, the longest first."""
        hours = self._hours.search(words)
        ends = [place.start() for place in re.finditer(" |$", words)]
        return [words[:end] for end in reversed(ends) if end == len(words) or (hours and end >= hours.start())]


def in_half(at: time, half: int | None) -> time:
    """The time on the clock in the half of the day that begins at this hour; as it is if none was said."""
    return at if half is None else at.replace(hour=at.hour % 12 + half)
