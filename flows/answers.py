"""Turn what a person tapped or wrote into a value, or into the reason why it cannot be taken.

Pure; the words are chosen elsewhere.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import TypeVar

from flows.dates import DateReader
from flows.model import Question
from flows.months import add_months
from flows.trouble import Problem, Trouble
from flows.values import Value, moment
from flows.vocabulary import Field, Kind

_Item = TypeVar("_Item")
LONGEST = 16_000  # characters in one answer: four full messages, and a document page can hold it

LATELY = timedelta(days=14)  # a day that was so short a time ago may be meant, rather than the same day next year

# The dates offered as buttons: the label's name, and how many days and months from today.
DATE_BUTTONS = {"today": (0, 0), "week": (7, 0), "fortnight": (14, 0), "month": (0, 1)}
HOURS = tuple(time(hour) for hour in (9, 10, 13, 15, 17, 18))  # offered where the day is known and the hour is not
PAST_BUTTONS = {"today": (0, 0), "yesterday": (-1, 0)}
INCIDENT_BUTTONS = {"now": (0, 0), "tonight": (0, 0), "yesterday": (-1, 0)}


def clean(text: str) -> str:
    """Return the text trimmed, without control and direction-changing characters, which can make it read as another.

    A text of nothing but invisible characters is empty.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or not (unicodedata.category(c) in {"Cc", "Cs"} or c in _BIDI))
    text = "".join(kept).strip()
    return text if any(unicodedata.category(c)[0] not in "CZ" for c in text) else ""


def plain(text: str) -> str:
    """Return the text as it is searched: cleaned, wide and small forms made ordinary (NFKC), no invisible characters.

    All dashes are one.
    """
    kinds = ((c, unicodedata.category(c)) for c in unicodedata.normalize("NFKC", clean(text)))
    return "".join("-" if kind == "Pd" else c for c, kind in kinds if kind != "Cf")


def folded(text: str) -> str:
    """Return the text as it is compared in a search: without case, and without the marks on letters (å is a)."""
    apart = unicodedata.normalize("NFKD", plain(text).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def unfit(text: str) -> Trouble | None:
    """Return what is wrong with a cleaned text of any kind: it is empty, or has more than `LONGEST` characters."""
    if not text:
        return Trouble(Problem.EMPTY)
    return Trouble(Problem.TOO_LONG, {"most": LONGEST}) if len(text) > LONGEST else None


def from_text(question: Question, text: str, today: date, dates: DateReader) -> Value | Trouble:
    """Return the value that a person means by this text, as plain JSON, or the trouble with it."""
    text = _in_figures(question, clean(text), dates)
    if trouble := unfit(text):
        return trouble
    match question.kind:
        case Kind.TEXT if question.form == "person" and not is_name(text):
            return Trouble(Problem.NAME)
        case Kind.TEXT if question.form == "alias":
            return text if _ALIAS.fullmatch(text) else Trouble(Problem.ALIAS)
        case Kind.TEXT if question.form == "reach" and not can_be_reached(text):
            return Trouble(Problem.REACH)
        case Kind.TEXT if question.form == "reach" and _is_cut_short(text):
            return Trouble(Problem.NUMBER_SHORT)
        case Kind.TEXT if question.form == "domain":
            return _site(text)
        case Kind.TEXT:
            return text
        case Kind.LINK:
            return _link(text)
        case Kind.PERSON | Kind.ORGANISATION | Kind.ROW:
            return {"name": " ".join(text.split())[:120]}
        case Kind.SCALE if any(c.isalpha() for c in text):
            return Trouble(Problem.CHOOSE)  # a reason rather than a number, even if there is a number in it
        case Kind.SCALE | Kind.NUMBER:
            return _number(question, text)
        case Kind.DATE:
            return _date(question, text, today, dates)
        case Kind.MOMENT:
            return _moment(text, today, dates)
        case Kind.CHOICE:
            return Trouble(Problem.CHOOSE)


def _in_figures(question: Question, text: str, dates: DateReader) -> str:
    """Return a number of a scale that was written as a word in figures."""
    number = dates.words.numbers.get(text.casefold().rstrip(".!")) if question.kind is Kind.SCALE else None
    return text if number is None or not question.low <= number <= question.high else str(number)


def is_name(text: str) -> bool:
    """True if a text can be what somebody is called: a few words, without numbers and the signs of a sentence."""
    return len(text.split()) <= MOST_NAMES and _NO_NAME.search(text) is None and any(map(str.isalpha, text))


def _is_cut_short(text: str) -> bool:
    """True if a number lacks digits: with its area code one has eight at least, and short ones begin with no zero."""
    numbers = ["".join(filter(str.isdecimal, found)) for found in _DIGITS.findall(text)]
    lengths = [len(number) for number in numbers if number.startswith("0") and len(number) > 2]
    return bool(lengths) and max(lengths) < 8 and "@" not in text


def _date(question: Question, text: str, today: date, dates: DateReader) -> str | Trouble:
    """Read a day. One that can be read in two ways, or is past where that cannot be meant, is trouble: it is asked."""
    found = [] if question.past else dates.read_date(text, today)
    found = found or dates.read_past(text, today)  # "i går" says a day wherever one is asked for
    if not found:
        return Trouble(Problem.PAST_DATE if question.past else Problem.DATE)
    if question.ahead and found[0] < today:
        return Trouble(Problem.DATE_BEEN, {"dates": [found[0].isoformat()]})
    if not question.past and not question.ahead and len(found) == 1:
        found += _just_been(text, found[0], today, dates)
    if len(found) > 1:
        return Trouble(Problem.DATE_TWO_WAYS, {"dates": [d.isoformat() for d in found]})
    return found[0].isoformat()


def _just_been(text: str, found: date, today: date, dates: DateReader) -> list[date]:
    """Return the day a year before the one found, if it lately was and the text, without its year, can mean it."""
    been = add_months(found, -12)
    return [been] if today - LATELY <= been < today and dates.read_date(text, been) == [been] else []


def _moment(text: str, today: date, dates: DateReader) -> str | Trouble:
    """A day with its hour. A day alone, and what can be read in several ways, is asked about: `HOUR` and
    `MOMENT_TWO_WAYS` name what it can be ("moments"). A day that has been may be a slip: the next of its kind is
    offered before it."""
    read = dates.read_moment(text, today)
    been = [(day, at) for day, at in read if day < today]
    found = [moment(day, at) for day, at in (*((_again(day, today), at) for day, at in been), *read)]
    if not found:
        return Trouble(Problem.MOMENT)
    if len(found) == 1 and len(found[0]) > len("2027-01-25"):
        return found[0]
    return Trouble(Problem.HOUR if len(found) == 1 else Problem.MOMENT_TWO_WAYS, {"moments": found})


def _again(day: date, today: date) -> date:
    """Return the next day with this day and month, from today on."""
    years = (add_months(day, 12 * n) for n in range(today.year - day.year, today.year - day.year + 2))
    return next(again for again in years if again >= today)


def lines(text: str) -> list[str]:
    """Return the lines of a text that are not empty, without the bullets or numbers of a list."""
    return [line for line in (line.strip(" \t-–•*") for line in text.split("\n")) if line]


def _link(text: str) -> str | Trouble:
    """An address on the web, whole: "exempel.se/a" is "https://exempel.se/a". Words beside it are trouble."""
    found = _LINK.fullmatch(text)
    return f"{(found[1] or 'https://').lower()}{found[2]}" if found else Trouble(Problem.LINK)


def _site(text: str) -> str | Trouble:
    """The name of a site; with a path behind it, it would lead to somebody."""
    found = _LINK.fullmatch(text.rstrip("/"))
    return found[2].lower() if found and not re.search("[/?#:]", found[2]) else Trouble(Problem.DOMAIN)


def can_be_reached(text: str) -> bool:
    """True if a text has something by which one gets there: a number, a mail address, or one on the web."""
    return _REACH.search(text) is not None


_REACH = re.compile(r"\d|@|\w\.[^\W\d_]{2}")  # a digit, a mail address, or an address on the web
_DIGITS = re.compile(r"(?<![\d.:])\d(?:[ /()–-]*\d)*(?![.:]\d)")  # what can be dialled, and no time of day
MOST_NAMES = 5  # words of a person's name
_NO_NAME = re.compile(r"\d\d|[,;:!?]|\.\s*$|\w{3,}\.\s")
_ALIAS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")  # one word, no digits
# A scheme or none, names with a dot between them, and whatever a path may hold; no user name, no other scheme.
_LINK = re.compile(r"(https?://)?((?:[\w-]{1,63}\.)+[^\W\d_]{2,63}(?::\d{1,5})?(?:[/?#]\S*)?)", re.IGNORECASE)


def from_button(
    question: Question, arg: str, today: date, off_holidays: Callable[[date], date] | None = None
) -> Value | Trouble:
    """Return the value that a button stands for. A forged or outdated argument gives a Trouble, and raises nothing."""
    match question.kind:
        case Kind.CHOICE if not question.many and (option := option_at(question, arg)) is not None:
            return option
        case Kind.SCALE | Kind.NUMBER if whole(arg) is not None:
            return _number(question, arg)
        case Kind.DATE | Kind.MOMENT:
            offset = _at(tuple(date_buttons(question).values()), arg)
            return Trouble(Problem.DATE) if offset is None else button_date(offset, today, off_holidays).isoformat()
        case Kind.PERSON | Kind.ORGANISATION if (number := whole(arg)) is not None:
            return {"id": number}
        case _:
            return Trouble(Problem.CHOOSE)


def date_buttons(question: Question) -> dict[str, tuple[int, int]]:
    """The dates that are offered: by the label's name, in days and months from today."""
    if question.role is Field.WHEN:
        return INCIDENT_BUTTONS
    return PAST_BUTTONS if question.past else DATE_BUTTONS


def button_date(offset: tuple[int, int], today: date, off_holidays: Callable[[date], date] | None = None) -> date:
    """Return the date so many days and months from today; one to come is moved `off_holidays`, where they are known."""
    days, months = offset
    day = add_months(today, months) + timedelta(days)
    return off_holidays(day) if off_holidays and day > today else day


def named_option(labels: Mapping[str, str], text: str) -> str | None:
    """Return the option that a text names by its label, or by the words with which only its label begins."""
    said = _bare(text)
    if not said:
        return None
    bare = {option: _bare(label) for option, label in labels.items()}
    found = [o for o, label in bare.items() if label == said] or [
        o for o, label in bare.items() if f"{label} ".startswith(f"{said} ")
    ]
    return found[0] if len(found) == 1 else None


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", folded(text)))


def option_at(question: Question, place: str) -> str | None:
    """The option at this place, as buttons name it (an id would not always fit in a button's 64 bytes)."""
    return _at(question.options, place)


def whole(arg: str) -> int | None:
    """A button's argument as a whole number, None for anything else."""
    return int(arg) if arg.isdecimal() and len(arg) <= 18 else None


def _at(values: Sequence[_Item], place: str) -> _Item | None:
    number = whole(place)
    return None if number is None or number >= len(values) else values[number]


def _number(question: Question, text: str) -> int | Trouble:
    """The one whole number in a text such as "14 månader", within the bounds; none or several are trouble."""
    found = re.findall(r"-?\d+", text)
    if len(found) != 1 or len(found[0]) > 9:
        return Trouble(Problem.NUMBER, {"low": question.low, "high": question.high})
    number = int(found[0])
    if not question.low <= number <= question.high:
        return Trouble(Problem.NUMBER, {"low": question.low, "high": question.high})
    return number


def advice(question: Question, value: Value) -> str | None:
    """Return the name of an advice: on a number outside of what is recommended, or an option with a hint; else None."""
    if value in question.hints:
        return f"hint.{question.id}.{value}"
    if question.kind is not Kind.NUMBER or not isinstance(value, int):
        return None
    if question.advise_low is not None and value < question.advise_low:
        return "advice.low"
    if question.advise_high is not None and value > question.advise_high:
        return "advice.high"
    return None
