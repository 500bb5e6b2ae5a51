"""Swedish dates and times in plain words: "14 mars", "14/3 kl 13", "i morgon 9.30", "om två veckor", "nästa torsdag".

A date without a year is the next one to come. What can be read in two ways gives both, so that the person can be asked.
"""

import calendar
import re
from datetime import date, time, timedelta

MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_NUMBERS = {
    "noll": 0, "en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9,
    "tio": 10, "elva": 11, "tolv": 12,
}  # fmt: skip
_DAYS = {"i dag": 0, "idag": 0, "i morgon": 1, "imorgon": 1, "i övermorgon": 2, "övermorgon": 2}
_DAYS_AGO = {
    "nu": 0, "nyss": 0, "i dag": 0, "idag": 0, "i natt": 0, "inatt": 0, "i kväll": 0, "ikväll": 0, "i morse": 0,
    "imorse": 0, "i går": 1, "igår": 1, "i går kväll": 1, "igår kväll": 1, "i förrgår": 2, "förrgår": 2,
}  # fmt: skip
_NUMBER = r"(?:\d{1,3}|" + "|".join(_NUMBERS) + ")"
EARLIEST = 7  # "kl 6" is rather six in the evening than six in the morning
_HOUR = r"(?:\d{1,2}|" + "|".join(_NUMBERS) + ")"
_TIME = re.compile(
    r"(?:på )?(?P<clock>kl\.? ?|klockan )?(?P<part>halv|kvart över|kvart i)? ?"
    rf"(?P<hour>{_HOUR})(?:[.:](?P<minute>\d{{2}}))?(?: ?(?:[-–]|till) ?{_HOUR}(?:[.:]\d{{2}})?)?"
)
_BETWEEN = re.compile(r"[,;\n]+|\b(?:och|samt)\b|&")
_REST_OF_DAY = re.compile(rf"(?<=[\de] )(?:{'|'.join(MONTHS)})\b.*")
_TO = re.compile(r" ?[–—] ?| (?:-|till och med|till|t\.?o\.?m\.?) |(?<=\d)-(?=\d)")


def read_date(text: str, today: date) -> list[date]:
    """The dates that this text can mean, seen from `today`: none, one, or two when it is ambiguous."""
    words = " ".join(text.lower().replace(",", " ").split()).rstrip(".")
    words = re.sub(r"^(?:den|senast|till|på) ", "", words)
    if words in _DAYS:
        return [today + timedelta(days=_DAYS[words])]
    for reader in (_iso, _slashed, _named_month, _distance, _weekday):
        found = reader(words, today)
        if found is not None:
            return found
    return []


def read_past(text: str, today: date) -> list[date]:
    """The day up to `today` that this text means, one or none: "i går", "i torsdags", "14 mars", "för tre dagar sedan".

    A date without a year is the latest one that has been.
    """
    words = " ".join(text.lower().replace(",", " ").split()).rstrip(".")
    words = re.sub(r"^(?:den|på|natten till) ", "", words)
    if words in _DAYS_AGO:
        return [today - timedelta(days=_DAYS_AGO[words])]
    if match := re.fullmatch(rf"för ({_NUMBER}) (dag|dagar|vecka|veckor) sedan", words):
        count = int(match[1]) if match[1].isdigit() else _NUMBERS[match[1]]
        return [today - timedelta(days=count * (7 if match[2].startswith("veck") else 1))]
    if (match := re.fullmatch(r"(?:i )?(\w+?)(?:en|s)?", words)) and match[1] in WEEKDAYS:
        return [today - timedelta(days=(today.weekday() - WEEKDAYS.index(match[1]) - 1) % 7 + 1)]
    since = add_months(today, -12) + timedelta(days=1)
    for reader in (_iso, _slashed, _named_month):
        found = reader(words, since)
        if found is not None:
            return [day for day in found if day <= today]
    return []


def read_moment(text: str, today: date) -> list[tuple[date, time | None]]:
    """The dates, each with a time of day if there is one, that this text can mean: none, one, or several.

    "kl 2" is taken for the afternoon first, and for the night. "14 mars 13" can be a year or an hour; of such readings
    those that lie before `today` count only if no other does.
    """
    words = " ".join(text.lower().replace(",", " ").split()).rstrip(".")
    found: list[tuple[date, time | None]] = [(day, None) for day in read_date(words, today)]
    for day, at in _split(words):
        found += [(d, t) for d in read_date(day, today) for t in read_time(at)]
    found = list(dict.fromkeys(found))
    return [(day, at) for day, at in found if day >= today] or found


def read_days(text: str, today: date) -> list[tuple[date, time | None]]:
    """The days to come that a text lists, each with its time if it has one, in order: "12, 19 och 26 mars", "5/4 kl 9".

    What is no day is passed over; of several readings the first is taken, as a list is shown before anything is done.
    """
    parts = [part.strip() for part in _BETWEEN.split(text.lower()) if part.strip()]
    found: dict[date, time | None] = {}
    day: date | None = None
    for place, part in enumerate(parts):
        if day is not None and part.startswith("kl") and (times := read_time(part)):  # "12 mars, kl 9"
            found[day] = found[day] or times[0]
            continue
        if alone := re.fullmatch(r"(?:den |på )?(\d{1,2})(?::?e|:a)?", part):  # month and hour stand with a later one
            rest = next((m[0] for p in parts[place + 1 :] if (m := _REST_OF_DAY.search(p))), "")
            readings = read_moment(f"{alone[1]} {rest}", today)
        else:
            readings = read_moment(part, today)
        if readings and readings[0][0] >= today:
            day = readings[0][0]
            found[day] = found.get(day) or readings[0][1]
    return sorted(found.items())


def read_range(text: str, today: date) -> list[tuple[date, date]]:
    """The stretches of days, both ends included, that this text can mean: "1–31 juli", "i morgon till fredag".

    The end is the first such day from the beginning on. What could begin on two days gives both.
    """
    words = " ".join(text.lower().replace(",", " ").split()).rstrip(".")
    whole = [(day, day) for day in read_date(words, today)]
    found: list[tuple[date, date]] = []
    for match in _TO.finditer(words):
        first, last = words[: match.start()].removeprefix("från ").strip(), words[match.end() :].strip()
        month = re.search(r" ([a-zåäö]+)(?: \d{4})?$", f" {last}")
        begins = read_date(first, today) or (read_date(f"{first} {last.split(' ', 1)[-1]}", today) if month else [])
        for begin in begins:
            found += [(begin, end) for end in read_date(last, begin)[:1]]
    return list(dict.fromkeys(whole + [(a, b) for a, b in found if a <= b]))


def read_time(text: str) -> list[time]:
    """The times of day that this text can mean: "kl 13", "9.30", "13:00-15:00" (its beginning), "halv tio"."""
    words = " ".join(text.lower().replace(",", " ").split()).rstrip(".")
    match = _TIME.fullmatch(words)
    if not match:
        return []
    hour = int(match["hour"]) if match["hour"].isdigit() else _NUMBERS[match["hour"]]
    past = {"halv": -30, "kvart över": 15, "kvart i": -15, None: int(match["minute"] or 0)}[match["part"]]
    if hour > 23 or past > 59:
        return []
    minutes = (60 * hour + past) % (24 * 60)
    at = time(minutes // 60, minutes % 60)
    early = at.hour < EARLIEST and not match["hour"].startswith("0")
    return [at.replace(hour=at.hour + 12), at] if early else [at]


def _split(words: str) -> list[tuple[str, str]]:
    """Each way to take a text apart into a day and a time, in either order: "14 mars | kl 13", "kl 13 | 14 mars"."""
    parts = words.split()
    cuts = [(" ".join(parts[:n]), " ".join(parts[n:])) for n in range(1, len(parts))]
    dirty_runs = [(day, at) for day, at in cuts if _TIME.fullmatch(at)]
    before = [(day, at) for at, day in cuts if (match := _TIME.fullmatch(at)) and (match["clock"] or match["minute"])]
    return dirty_runs + before


def add_months(start: date, months: int) -> date:
    """The same day of the month so many months on, or the month's last day if it is shorter."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def _iso(words: str, today: date) -> list[date] | None:
    match = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})", words)
    return _dates([(int(match[1]), int(match[2]), int(match[3]))]) if match else None


def _slashed(words: str, today: date) -> list[date] | None:
    """Day/month, as Swedes write it; the year may follow."""
    match = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})(?:[/. -]+(\d{4}|\d{2}))?", words)
    if not match:
        return None
    return _day_and_month(int(match[1]), int(match[2]), match[3], today)


def _named_month(words: str, today: date) -> list[date] | None:
    match = re.fullmatch(r"(?:\w+dag(?:en)? )?(?:den )?(\d{1,2})(?::?e|:a)? ([a-zåäö]+)\.?(?: (\d{4}|\d{2}))?", words)
    if not match:
        return None
    months = [n for n, name in enumerate(MONTHS, 1) if len(match[2]) >= 3 and name.startswith(match[2])]
    return _day_and_month(int(match[1]), months[0], match[3], today) if len(months) == 1 else []


def _distance(words: str, today: date) -> list[date] | None:
    match = re.fullmatch(rf"om ({_NUMBER}) (dag|dagar|vecka|veckor|månad|månader|år)", words)
    if not match:
        return None
    count = int(match[1]) if match[1].isdigit() else _NUMBERS[match[1]]
    if match[2].startswith("dag"):
        return [today + timedelta(days=count)]
    if match[2].startswith("veck"):
        return [today + timedelta(weeks=count)]
    return [add_months(today, count * (12 if match[2] == "år" else 1))]


def _weekday(words: str, today: date) -> list[date] | None:
    """ "torsdag" is the next one; "nästa torsdag" early in a week can be this week's or next week's: both are given."""
    match = re.fullmatch(r"(nästa )?(\w+?)(?:en)?", words)
    if not match or match[2] not in WEEKDAYS:
        return None
    first = today + timedelta(days=(WEEKDAYS.index(match[2]) - today.weekday() - 1) % 7 + 1)
    this_week = first.isocalendar()[:2] == today.isocalendar()[:2]
    return [first, first + timedelta(days=7)] if match[1] and this_week else [first]


def _day_and_month(day: int, month: int, year: str | None, today: date) -> list[date]:
    if year is not None:
        return _dates([(int(year) + (2000 if len(year) == 2 else 0), month, day)])
    # 29 February may be up to eight years away.
    for candidate in range(today.year, today.year + 9):
        found = _dates([(candidate, month, day)])
        if found and found[0] >= today:
            return found
    return []


def _dates(parts: list[tuple[int, int, int]]) -> list[date]:
    """Those of the parts that are dates of the calendar."""
    found = []
    for year, month, day in parts:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found
