"""One day in plain words, without its hour: "14 mars", "i morgon", "nästa torsdag", "för tre dagar sedan", "den 20:e".

The words are in lower case, with the places in a month put into figures (`ordinal_days`).
"""

import re
from datetime import date, timedelta

from flows.dates.date_patterns import any_of, sentence
from flows.dates.date_words import DateWords, DayWords
from flows.dates.dates_in_figures import day_and_month, iso, slashed, those_that_are
from flows.dates.months import add_months, weeks_in

SHORT = (3, 4)  # letters of a weekday that is cut short: "fre", "tors"
_LETTERS = r"[^\W\d_]+"


class DayReader:
    """Reads a day in the words of one language."""

    def __init__(self, words: DateWords, own: DayWords) -> None:
        self._words, self._own = words, own
        number, unit = rf"(?:\d{{1,3}}|{any_of(words.numbers)})", any_of(words.units)
        self._before = re.compile(f"^(?:{any_of(own.before)}) ")
        self._before_past = re.compile(f"^(?:{any_of(own.before_past)}) ")
        self._distance_words = sentence(own.distance, number, unit)
        self._later_words, self._earlier_words = (sentence(one, number, unit) for one in (own.later, own.earlier))
        self._ago_words = sentence(own.ago, number, unit)
        endings, past_endings = any_of(own.weekday_endings), any_of(own.past_weekday_endings)
        self._weekday_words = re.compile(rf"((?:{any_of(own.coming)}) )?(\w+?)(?:{endings})?")
        called = {name[:n]: place for place, name in enumerate(words.weekdays) for n in (*SHORT, len(name))}
        self._called = called  # each weekday, by its name and by its first letters
        self._weekday_first = re.compile(rf"({any_of(called)})(?:{endings})?\.? (?=(?:(?:{any_of(own.article)}) )?\d)")
        before, endings_of_all = any_of((*own.before, *own.past_weekday)), f"{endings}|{past_endings}"
        weekday = rf"(?:(?:{before}) )?(?P<day>{any_of(called)})(?:{endings_of_all})?"
        whole = rf"(?P<next>{any_of(words.next_week)})|(?P<last>{any_of(own.last_week)})"
        week = rf"(?:{whole}|(?:{any_of(words.week)}) ?(?P<week>\d{{1,2}}))"
        self._of_weeks = [re.compile(f"{weekday} {week}"), re.compile(f"{week} {weekday}")]
        past = f"(?:{any_of(own.past_weekday)}) "
        self._past_weekday = re.compile(rf"(?:{past})?({any_of(called)})(?:{past_endings})?")
        ordinal = f"(?:{any_of(words.ordinals)})?"
        self._month_words = re.compile(
            rf"(?:\w+(?:{any_of(own.day_endings)}) )?(?:(?:{any_of(own.article)}) )?"
            rf"(\d{{1,2}}){ordinal} ({_LETTERS})\.?(?: (\d{{4}}|\d{{2}}))?"
        )
        self._day_alone = re.compile(rf"(?:(?:{any_of((*own.article, *words.at))}) )?(\d{{1,2}}){ordinal}")

    def read(self, words: str, today: date) -> list[date]:
        """The days that these words can mean, seen from `today`: none, one, or two when they are ambiguous."""
        bare = self._before.sub("", words)
        return self._coming(bare, today) or self._this_day(words, today) or self._this_day(bare, today)

    def coming(self, words: str, today: date) -> list[date]:
        """The days to come that these words can mean, but for a number alone."""
        return self._coming(self._before.sub("", words), today)

    def _coming(self, words: str, today: date) -> list[date]:
        if words in self._words.days:
            return [today + timedelta(days=self._words.days[words])]
        if days := self._with_weekday(words, today) or self._with_weekday(words, today, alone=True):
            return [day for day in days if day == days[0] or day >= today]
        for reader in (iso, slashed, self._named_month, self._distance, self.weekday, self._of_week):
            found = reader(words, today)
            if found is not None:
                return found
        return []

    def past(self, words: str, today: date) -> list[date]:
        """The day up to `today` that these words mean, one or none; without a year it is the latest that has been."""
        bare = self._before_past.sub("", words)
        return self._past(bare, today) or self._past(words, today)  # "den 3:e" needs its article

    def _past(self, words: str, today: date) -> list[date]:
        if words in self._own.days_ago:
            return [today - timedelta(days=self._own.days_ago[words])]
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

    def after(self, words: str, since: date) -> list[date] | None:
        """The day that lies so far from another one: "en vecka senare", "om två veckor", "samma dag"."""
        if words in self._own.days_from:
            return [since + timedelta(days=self._own.days_from[words])]
        earlier = self._earlier_words.fullmatch(words)
        match = earlier or self._later_words.fullmatch(words) or self._distance_words.fullmatch(words)
        return [self._away(match, since, -1 if earlier else 1)] if match else None

    def number_alone(self, words: str) -> str | None:
        """The number of a day, in figures, if these words say nothing else: "den 12", "20:e"."""
        match = self._day_alone.fullmatch(words)
        return match[1] if match else None

    def without_weekday(self, words: str) -> str:
        """The words without a weekday that stands before the day's number: "torsdag den 13:e"."""
        return self._weekday_first.sub("", words)

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

    def _this_day(self, words: str, today: date, months: int = 1) -> list[date]:
        """The next day of a month with this number, if it is written as one: "den 20", "20:e"; or the latest one."""
        match = self._day_alone.fullmatch(words)
        if not match or words == match[1]:
            return []
        there = (add_months(today.replace(day=1), n * months) for n in range(12))
        days = [day for month in there for day in those_that_are([(month.year, month.month, int(match[1]))])]
        return [day for day in days if (day - today).days * months >= 0][:1]

    def _named_month(self, words: str, today: date) -> list[date] | None:
        match = self._month_words.fullmatch(words)
        if not match:
            return None
        months = [n for n, name in enumerate(self._words.months, 1) if len(match[2]) >= 3 and name.startswith(match[2])]
        return day_and_month(int(match[1]), months[0], match[3], today) if len(months) == 1 else []

    def _distance(self, words: str, today: date) -> list[date] | None:
        match = self._distance_words.fullmatch(words)
        return [self._away(match, today, 1)] if match else None

    def _away(self, match: re.Match[str], start: date, sign: int) -> date:
        """The day that is a count of units later than another one, or earlier (`sign` -1)."""
        count, unit = sign * self._count(match["count"]), self._words.units[match["unit"]]
        return add_months(start, count * unit.get("months", 0)) + timedelta(days=count * unit.get("days", 0))

    def _count(self, words: str) -> int:
        return int(words) if words.isdigit() else self._words.numbers[words]

    def weekday(self, words: str, today: date) -> list[date] | None:
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
        days = [date.fromisocalendar(year, week, day + 1) for year, week in weeks if 1 <= week <= weeks_in(year)]
        return [found for found in days if found >= today][:1]
