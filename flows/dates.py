"""Dates and times in plain words: "14 mars", "14/3 kl 13", "i morgon 9.30", "om två veckor", "nästa torsdag".

The words are a language's, handed in. A date without a year is the next one to come. What can be read in two ways gives
both, so that the person can be asked.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from flows.date_patterns import any_of, plain, sentence
from flows.dates_in_figures import day_and_month, iso, slashed, those_that_are
from flows.ordinal_days import OrdinalReader, OrdinalWords

FROM_THEN_ON = 3  # months that a beginning without an end may stand for
EARLIEST = 7  # below this hour, "kl 6" is taken for the evening first
SHORT = (3, 4)  # letters of a weekday that is cut short: "fre", "tors"
LONGEST_DAY = 6  # words that a day and its hour are said in, within a sentence
_LETTERS = r"[^\W\d_]+"


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


class DateReader:
    """Reads dates in the words of one language."""

    def __init__(self, words: DateWords, places: OrdinalWords) -> None:
        self.words = words
        self._places = OrdinalReader(places, words.weekdays, words.months, words.ordinals[0])
        number, hour = (rf"(?:\d{{1,{most}}}|{any_of(words.numbers)})" for most in (3, 2))
        some = any_of(words.hour_endings)
        unit = any_of(words.units)
        self._before = re.compile(f"^(?:{any_of(words.before)}) ")
        self._before_past = re.compile(f"^(?:{any_of(words.before_past)}) ")
        self._distance_words = sentence(words.distance, number, unit)
        self._later_words, self._earlier_words = (sentence(one, number, unit) for one in (words.later, words.earlier))
        self._ago_words = sentence(words.ago, number, unit)
        endings, past_endings = any_of(words.weekday_endings), any_of(words.past_weekday_endings)
        self._weekday_words = re.compile(rf"((?:{any_of(words.coming)}) )?(\w+?)(?:{endings})?")
        called = {name[:n]: place for place, name in enumerate(words.weekdays) for n in (*SHORT, len(name))}
        self._called = called  # each weekday, by its name and by its first letters
        self._weekday_first = re.compile(
            rf"({any_of(called)})(?:{endings})?\.? (?=(?:(?:{any_of(words.article)}) )?\d)"
        )
        before, endings_of_all = any_of((*words.before, *words.past_weekday)), f"{endings}|{past_endings}"
        weekday = rf"(?:(?:{before}) )?(?P<day>{any_of(called)})(?:{endings_of_all})?"
        whole = rf"(?P<next>{any_of(words.next_week)})|(?P<last>{any_of(words.last_week)})"
        week = rf"(?:{whole}|(?:{any_of(words.week)}) ?(?P<week>\d{{1,2}}))"
        self._of_weeks = [re.compile(f"{weekday} {week}"), re.compile(f"{week} {weekday}")]
        self._part = re.compile(rf"(?:^|(?<!\bi) )(?:(?P<early>{any_of(words.early)})|(?:{any_of(words.late)}))(?= |$)")
        past = f"(?:{any_of(words.past_weekday)}) "
        self._past_weekday = re.compile(rf"(?:{past})?({any_of(called)})(?:{past_endings})?")
        ordinal = f"(?:{any_of(words.ordinals)})?"
        self._month_words = re.compile(
            rf"(?:\w+(?:{any_of(words.day_endings)}) )?(?:(?:{any_of(words.article)}) )?"
            rf"(\d{{1,2}}){ordinal} ({_LETTERS})\.?(?: (\d{{4}}|\d{{2}}))?"
        )
        self._day_alone = re.compile(rf"(?:(?:{any_of((*words.article, *words.at))}) )?(\d{{1,2}}){ordinal}")
        after_number = "|".join(rf"(?<=\d{re.escape(ending)} )" for ending in ("", *words.ordinals))
        self._rest_of_day = re.compile(rf"(?:{after_number})(?:{any_of(words.months)})\b.*")
        self._since = re.compile(f"^(?:{any_of(words.since)}) ")
        self._until = re.compile(f"^(?:{any_of(words.until)}) ")
        self._between = re.compile(rf"[,;\n]+|\b(?:{any_of(words.also)})\b|&")
        self._to = re.compile(rf" ?[–—] ?| (?:-|{any_of(words.until)}) |(?<=\w)--?(?=\w)")
        self._hours = re.compile(
            rf"(?: (?:{any_of((*words.day_parts, *words.clock, *words.minutes))}|{hour}(?:[.:]\d{{2}})?(?:{some})?))+$"
        )
        self._time = re.compile(
            rf"(?:(?:{any_of((*words.at, *words.around))}) )*(?P<clock>(?:{any_of(words.clock)}) ?)?"
            rf"(?P<part>{any_of(words.minutes)})? ?"
            rf"(?P<hour>{hour})(?:[.:](?P<minute>\d{{2}}))?(?P<some>{some})?"
            rf"(?: ?(?:[-–]|{any_of(words.time_until)}) ?{hour}(?:[.:]\d{{2}})?)?"
        )

    def read_date(self, text: str, today: date) -> list[date]:
        """The dates that this text can mean, seen from `today`: none, one, or two when it is ambiguous."""
        words = self._places.in_figures(plain(text), today)
        bare = self._before.sub("", words)
        return self._day(bare, today) or self._this_day(words, today) or self._this_day(bare, today)

    def _day(self, words: str, today: date) -> list[date]:
        """The dates to come that these words can mean, but for a number alone."""
        if words in self.words.days:
            return [today + timedelta(days=self.words.days[words])]
        if days := self._with_weekday(words, today) or self._with_weekday(words, today, alone=True):
            return [day for day in days if day == days[0] or day >= today]
        for reader in (iso, slashed, self._named_month, self._distance, self._weekday, self._of_week):
            found = reader(words, today)
            if found is not None:
                return found
        return []

    def _with_weekday(self, words: str, today: date, *, alone: bool = False) -> list[date]:
        """The date behind a weekday: "torsdag 13/2". If that is no Thursday, the nearest one follows.

        `alone`: without a month, "torsdag den 13:e".
        """
        match = self._weekday_first.match(words)
        if not match:
            return []
        rest = words[match.end() :]
        bare = self._before.sub("", rest)
        found = iso(bare, today) or self._named_month(bare, today) or ("/" in bare and slashed(bare, today)) or []
        found = self._this_day(rest, today) if alone else found
        away = (self._called[match[1]] - found[0].weekday() + 3) % 7 - 3 if found else 0
        return [*found, found[0] + timedelta(days=away)] if away else found

    def read_past(self, text: str, today: date) -> list[date]:
        """The day up to `today` that this text means, one or none: "i går", "i torsdags", "för tre dagar sedan".

        A date without a year is the latest one that has been. The time of day may follow: "i går vid halv tolv".
        """
        words = self._places.in_figures(plain(text), today, past=True)
        for whole in (self._before_past.sub("", words), words):  # "den 3:e" needs its article
            hours = self._hours.search(whole)
            ends = [place.start() for place in re.finditer(" |$", whole)]
            for end in reversed([end for end in ends if end == len(whole) or (hours and end >= hours.start())]):
                if found := self._read_past(whole[:end], today):
                    return found
        return []

    def _read_past(self, words: str, today: date) -> list[date]:
        if words in self.words.days_ago:
            return [today - timedelta(days=self.words.days_ago[words])]
        if match := self._ago_words.fullmatch(words):
            return [self._away(match, today, -1)]
        if match := self._past_weekday.fullmatch(words):
            return [today - timedelta(days=(today.weekday() - self._called[match[1]] - 1) % 7 + 1)]
        since = add_months(today, -12) + timedelta(days=1)
        if days := self._with_weekday(words, since):
            return [day for day in days if day <= today]
        for reader in (iso, slashed, self._named_month):
            found = reader(words, since)
            if found is not None:
                return [day for day in found if day <= today]
        in_week = [day for day in self._of_week(words, today) or [] if day <= today]
        return in_week or self._this_day(words, today, months=-1)

    def read_moment(self, text: str, today: date, since: date | None = None) -> list[tuple[date, time | None]]:
        """The dates, each with a time of day if there is one, that this text can mean: none, one, or several.

        `since`: the day from which "om två veckor" is counted, where that is not today: what is to be moved lies there.
        "kl 2" is taken for the afternoon first, and for the night. "14 mars 13" can be a year or an hour; of such
        readings those that lie before `today` count only if no other does.
        """
        words, half = self._half(self._places.in_figures(plain(text), today))
        found: list[tuple[date, time | None]] = [(day, None) for day in self._read_from(words, today, since)]
        for day, at in self._split(words):
            found += [(d, t) for d in self._read_from(day, today, since) for t in self.read_time(at)]
        found = list(dict.fromkeys((day, at and _in_half(at, half)) for day, at in found))
        return [(day, at) for day, at in found if day >= today] or found

    def _half(self, words: str) -> tuple[str, int | None]:
        """The words without a part of the day ("på kvällen"), and the hour at which that half of the day begins."""
        part = self._part.search(words)
        if part and part[0].strip() not in self.words.days:
            words = " ".join(f"{words[: part.start()]}{words[part.end() :]}".split())
        return words, (0 if part["early"] else 12) if part else None

    def _read_from(self, words: str, today: date, since: date | None) -> list[date]:
        return (self._after(words, since) if since else None) or self.read_date(words, today)

    def _after(self, words: str, since: date) -> list[date] | None:
        """The day that lies so far from another one: "en vecka senare", "om två veckor", "samma dag"."""
        if words in self.words.days_from:
            return [since + timedelta(days=self.words.days_from[words])]
        earlier = self._earlier_words.fullmatch(words)
        match = earlier or self._later_words.fullmatch(words) or self._distance_words.fullmatch(words)
        return [self._away(match, since, -1 if earlier else 1)] if match else None

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
            if (
                day is not None and part.startswith(self.words.clock) and (times := self.read_time(part))
            ):  # "12 mars, kl 9"
                found[day] = found[day] or times[0]
                continue
            if alone := self._day_alone.fullmatch(part):  # month and hour stand with a later one
                rest = next((m[0] for p in parts[place + 1 :] if (m := self._rest_of_day.search(p))), "")
                readings = self.read_moment(f"{alone[1]} {rest}", today)
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
                said = self._places.in_figures(plain(" ".join(words[place:end])), today)
                alone = self._day_alone.fullmatch(self._weekday_first.sub("", said))
                known = [about] if about and alone and int(alone[1]) == about.day else []
                found.append(list(dict.fromkeys([*(day for day, _ in read), *known])))
            place = end
        return found

    def read_range(self, text: str, today: date) -> list[tuple[date, date]]:
        """The stretches of days, both ends included, that this text can mean: "1–31 juli", "i morgon till fredag".

        The end is the first such day from the beginning on. What could begin on two days gives both. An end alone is
        counted from today; a beginning alone can be the whole, or lead on for some months.
        """
        words = self._places.in_figures(plain(text), today)
        if (match := self._until.match(words)) and (ends := self.read_date(words[match.end() :], today)):
            return [(today, end) for end in ends]
        if (match := self._since.match(words)) and (begins := self.read_date(words[match.end() :], today)):
            return [(day, end) for day in begins for end in (day, add_months(day, FROM_THEN_ON))]
        whole = [(day, day) for day in self.read_date(words, today)]
        found: list[tuple[date, date]] = []
        for match in self._to.finditer(words):
            first, last = self._since.sub("", words[: match.start()]).strip(), words[match.end() :].strip()
            month = re.search(rf" {_LETTERS}(?: \d{{4}})?$", f" {last}")
            begins = self._day(self._before.sub("", first), today) or (
                self.read_date(f"{first}{month[0]}", today) if month else self.read_date(first, today)
            )
            for begin in begins:
                ends = self.read_date(last, begin)  # "nästa fredag" may be this week's or the next one's
                found += [(begin, end) for end in (ends if self._weekday(last, begin) else ends[:1])]
        return list(dict.fromkeys(whole + [(a, b) for a, b in found if a <= b]))

    def _this_day(self, words: str, today: date, months: int = 1) -> list[date]:
        """The next day of a month with this number, if it is written as one: "den 20", "20:e"; or the latest one."""
        match = self._day_alone.fullmatch(words)
        if not match or words == match[1]:
            return []
        there = (add_months(today.replace(day=1), n * months) for n in range(12))
        days = [day for month in there for day in those_that_are([(month.year, month.month, int(match[1]))])]
        return [day for day in days if (day - today).days * months >= 0][:1]

    def read_time(self, text: str) -> list[time]:
        """The times of day that this text can mean: "kl 13", "9.30", "13:00-15:00" (its beginning), "halv tio"."""
        words, half = self._half(plain(text))
        match = self._time.fullmatch(words)
        if not match:
            return []
        hour = self._count(match["hour"])
        past = self.words.minutes[match["part"]] if match["part"] else int(match["minute"] or 0)
        if hour > 23 or past > 59:
            return []
        minutes = (60 * hour + past) % (24 * 60)
        at = time(minutes // 60, minutes % 60)
        if half is not None:
            return [_in_half(at, half)]
        early = at.hour < EARLIEST and not match["hour"].startswith("0")
        return [at.replace(hour=at.hour + 12), at] if early else [at]

    def _split(self, words: str) -> list[tuple[str, str]]:
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

    def _named_month(self, words: str, today: date) -> list[date] | None:
        match = self._month_words.fullmatch(words)
        if not match:
            return None
        months = [n for n, name in enumerate(self.words.months, 1) if len(match[2]) >= 3 and name.startswith(match[2])]
        return day_and_month(int(match[1]), months[0], match[3], today) if len(months) == 1 else []

    def _distance(self, words: str, today: date) -> list[date] | None:
        match = self._distance_words.fullmatch(words)
        return [self._away(match, today, 1)] if match else None

    def _away(self, match: re.Match[str], start: date, sign: int) -> date:
        """The day that is a count of units later than another one, or earlier (`sign` -1)."""
        count, unit = sign * self._count(match["count"]), self.words.units[match["unit"]]
        return add_months(start, count * unit.get("months", 0)) + timedelta(days=count * unit.get("days", 0))

    def _count(self, words: str) -> int:
        return int(words) if words.isdigit() else self.words.numbers[words]

    def _weekday(self, words: str, today: date) -> list[date] | None:
        """ "torsdag" is the next one; "nästa torsdag" early in a week can be this week's or next week's: both then."""
        match = self._weekday_words.fullmatch(words)
        if not match or match[2] not in self._called:
            return None
        first = today + timedelta(days=(self._called[match[2]] - today.weekday() - 1) % 7 + 1)
        this_week = first.isocalendar()[:2] == today.isocalendar()[:2]
        return [first, first + timedelta(days=7)] if match[1] and this_week else [first]

    def _of_week(self, words: str, today: date) -> list[date] | None:
        """A day of a week: "tisdag nästa vecka", "v 8 torsdag"."""
        match = next((found for of_week in self._of_weeks if (found := of_week.fullmatch(words))), None)
        if not match:
            return None
        day = self._called[match["day"]]
        if match["next"] or match["last"]:
            return [today + timedelta(days=(7 if match["next"] else -7) - today.weekday() + day)]
        weeks = [(year, int(match["week"])) for year in (today.year, today.year + 1)]
        days = [date.fromisocalendar(year, week, day + 1) for year, week in weeks if 1 <= week <= _weeks(year)]
        return [found for found in days if found >= today][:1]


def _in_half(at: time, half: int | None) -> time:
    """The time on the clock in the half of the day that begins at this hour; as it is if none was said."""
    return at if half is None else at.replace(hour=at.hour % 12 + half)


def _weeks(year: int) -> int:
    """Return the number of weeks in a year: 28 December is always in the last one."""
    return date(year, 12, 28).isocalendar().week


def add_months(start: date, months: int) -> date:
    """The same day of the month so many months on, or the month's last day if it is shorter."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
