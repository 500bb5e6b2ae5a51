"""Dates and times in plain words: "14 mars", "14/3 kl 13", "i morgon 9.30", "om två veckor", "nästa torsdag".

The words are a language's, handed in. A date without a year is the next one to come. What can be read in two ways gives
both, so that the person can be asked.
"""

import re
from datetime import date, time

from flows.dates.clock_times import ClockReader, in_half
from flows.dates.date_patterns import any_of, bare_words
from flows.dates.date_words import ClockWords, DateWords, DayWords
from flows.dates.days_in_words import DayReader
from flows.dates.months import add_months
from flows.dates.ordinal_days import OrdinalReader, OrdinalWords

FROM_THEN_ON = 3  # months that a beginning without an end may stand for
LONGEST_DAY = 6  # words that a day and its hour are said in, within a sentence


class DateReader:
    """Reads dates in the words of one language."""

    def __init__(self, words: DateWords, days: DayWords, clock: ClockWords, places: OrdinalWords) -> None:
        self.words = words
        self._places = OrdinalReader(places, words.weekdays, words.months, words.ordinals[0])
        self._days, self._clock = DayReader(words, days), ClockReader(words, clock)
        after_number = "|".join(rf"(?<=\d{re.escape(ending)} )" for ending in ("", *words.ordinals))
        self._rest_of_day = re.compile(rf"(?:{after_number})(?:{any_of(words.months)})\b.*")
        self._since = re.compile(f"^(?:{any_of(words.since)}) ")
        self._goal = re.compile(rf" (?:{any_of(words.until)}) ")
        self._until = re.compile(f"^(?:{any_of(words.until)}) ")
        self._between = re.compile(rf"[,;\n]+|\b(?:{any_of(words.also)})\b|&")
        self._to = re.compile(rf" ?[–—] ?| (?:-|{any_of(words.until)}) |(?<=\w)--?(?=\w)")

    def read_date(self, text: str, today: date) -> list[date]:
        """The dates that this text can mean, seen from `today`: none, one, or two when it is ambiguous.

        An hour beside the day changes nothing: "27 januari kl 13" is the day that "27 januari" is.
        """
        return list(dict.fromkeys(day for day, _ in self.read_moment(text, today)))

    def goal(self, text: str) -> str:
        """Return what stands after the last word for "to": "tisdag" of "flytta mötet till tisdag"."""
        return self._goal.split(text)[-1]

    def _read_day(self, words: str, today: date) -> list[date]:
        """The dates that these words can mean, none if there is more than a day in them."""
        return self._days.read(self._places.in_figures(bare_words(words), today), today)

    def read_past(self, text: str, today: date) -> list[date]:
        """The day up to `today` that this text means, one or none: "i går", "i torsdags", "för tre dagar sedan".

        A date without a year is the latest one that has been. The time of day may follow: "i går vid halv tolv".
        """
        words = self._places.in_figures(bare_words(text), today, past=True)
        return next((found for day in self._clock.days_before(words) if (found := self._days.past(day, today))), [])

    def read_time(self, text: str) -> list[time]:
        """The times of day that this text can mean: "kl 13", "9.30", "13:00-15:00" (its beginning), "halv tio"."""
        return self._clock.read(text)

    def lasts(self, text: str) -> int | None:
        """The minutes between the two times of a text that is read as one, perhaps after a day; None if it has one."""
        return self._clock.lasts(text)

    def read_moment(self, text: str, today: date, since: date | None = None) -> list[tuple[date, time | None]]:
        """The dates, each with a time of day if there is one, that this text can mean: none, one, or several.

        `since`: the day from which "om två veckor" is counted, where that is not today: what is to be moved lies there.
        "kl 2" is taken for the afternoon first, and for the night. "14 mars 13" can be a year or an hour; of such
        readings those that lie before `today` count only if no other does.
        """
        words, half = self._clock.half(self._places.in_figures(bare_words(text), today))
        found: list[tuple[date, time | None]] = [(day, None) for day in self._read_from(words, today, since)]
        for day, at in self._clock.split(words):
            found += [(d, t) for d in self._read_from(day, today, since) for t in self.read_time(at)]
        found = list(dict.fromkeys((day, at and in_half(at, half)) for day, at in found))
        return [(day, at) for day, at in found if day >= today] or found

    def _read_from(self, words: str, today: date, since: date | None) -> list[date]:
        return (self._days.after(words, since) if since else None) or self._read_day(words, today)

    def read_days(self, text: str, today: date) -> list[tuple[date, time | None]]:
        """The days to come that a text lists, each with its time if it has one, in order: "12, 19 och 26 mars".

        What is no day is passed over; of several readings the first is taken, as a list is shown before
        anything is done.
        """
        whole = self._places.in_figures(text.lower(), today)
        parts = [part.strip() for part in self._between.split(whole) if part.strip()]
        found: dict[date, time | None] = {}
        day: date | None = None
        for place, part in enumerate(parts):
            if day is not None and self._clock.begins(part) and (times := self.read_time(part)):  # "12 mars, kl 9"
                found[day] = found[day] or times[0]
                continue
            if number := self._days.number_alone(part):  # month and hour stand with a later one
                rest = next((m[0] for p in parts[place + 1 :] if (m := self._rest_of_day.search(p))), "")
                readings = self.read_moment(f"{number} {rest}", today)
            else:
                readings = self.read_moment(part, today)
            if readings and readings[0][0] >= today:
                day = readings[0][0]
                found[day] = found.get(day) or readings[0][1]
        return sorted(found.items())

    def listed(self, text: str) -> list[str]:
        """What a line lists, taken apart: "tisdag kl 9, den 3:e och 4 mars". An hour alone is of the one before."""
        parts: list[str] = []
        for part in filter(None, (part.strip() for part in self._between.split(text.lower()))):
            if parts and self.read_time(part):
                parts[-1] += f" {part}"
            else:
                parts.append(part)
        return parts

    def read_in(self, text: str, today: date, about: date | None = None) -> list[list[date]]:
        """The days that a sentence names, each with the dates that it can mean: "jag kan komma den femtonde".

        `about`: the day of which it speaks, perhaps. A number alone can be that one too, in whatever month it is.
        """
        words = re.findall(r"[^\s,;!?()]+", text.lower())
        found, place = list[list[date]](), 0
        while place < len(words):
            windows = range(min(len(words), place + LONGEST_DAY), place, -1)
            readings = ((end, self.read_moment(" ".join(words[place:end]), today)) for end in windows)
            end, read = next((one for one in readings if one[1]), (place + 1, []))
            if read:
                said = self._places.in_figures(bare_words(" ".join(words[place:end])), today)
                number = self._days.number_alone(self._days.without_weekday(said))
                known = [about] if about and number and int(number) == about.day else []
                found.append(list(dict.fromkeys([*(day for day, _ in read), *known])))
            place = end
        return found

    def read_range(self, text: str, today: date) -> list[tuple[date, date]]:
        """The stretches of days, both ends included, that this text can mean: "1–31 juli", "i morgon till fredag".

        The end is the first such day from the beginning on. What could begin on two days gives both. An end alone is
        counted from today; a beginning alone can be the whole, or lead on for some months.
        """
        words = self._places.in_figures(bare_words(text), today)
        if (match := self._until.match(words)) and (ends := self._read_day(words[match.end() :], today)):
            return [(today, end) for end in ends]
        if (match := self._since.match(words)) and (begins := self._read_day(words[match.end() :], today)):
            return [(day, end) for day in begins for end in (day, add_months(day, FROM_THEN_ON))]
        whole = [(day, day) for day in self._read_day(words, today)]
        found: list[tuple[date, date]] = []
        for match in self._to.finditer(words):
            first, last = self._since.sub("", words[: match.start()]).strip(), words[match.end() :].strip()
            month = re.search(r" [^\W\d_]+(?: \d{4})?$", f" {last}")
            begins = self._days.coming(first, today) or (
                self._read_day(f"{first}{month[0]}", today) if month else self._read_day(first, today)
            )
            for begin in begins:
                ends = self._read_day(last, begin)  # "nästa fredag" may be this week's or the next one's
                found += [(begin, end) for end in (ends if self._days.weekday(last, begin) else ends[:1])]
        return list(dict.fromkeys(whole + [(a, b) for a, b in found if a <= b]))
