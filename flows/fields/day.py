"""A day, and how it is offered: what a moment has in common with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Self

from flows.answers import at_place
from flows.buttons import Button, Keyboard
from flows.dates.dates import DateReader
from flows.dates.months import add_months
from flows.enums import Field, Kind
from flows.fields.base import FieldType, OffHolidays, Says, Standing, There
from flows.input_errors import Problem, Trouble
from flows.toml_table import TomlTable
from flows.values import Value, day_of, iso_day

READING = "r"  # begins the argument of a button for a day that a text can mean
LATELY = timedelta(days=14)  # a day that was so short a time ago may be meant, rather than the same day next year

# The days offered as buttons: the label's name, and how many days and months from today.
Offered = Mapping[str, tuple[int, int]]
AHEAD: Offered = {"today": (0, 0), "week": (7, 0), "fortnight": (14, 0), "month": (0, 1)}
PAST: Offered = {"today": (0, 0), "yesterday": (-1, 0)}
JUST_NOW: Offered = {"now": (0, 0), "tonight": (0, 0), "yesterday": (-1, 0)}


class OnADay(FieldType):
    """What a day and a moment have in common: the days on their buttons."""

    __slots__ = ()
    a_day = True
    milestone: bool

    @property
    def offered(self) -> Offered:
        """The days that are offered: by the label's name, in days and months from today."""
        return AHEAD

    def tap(self, arg: str, today: date, off_holidays: OffHolidays | None = None) -> Value | Trouble:
        """Return the day that is offered at this place."""
        offset = at_place(tuple(self.offered.values()), arg)
        return Trouble(Problem.DATE) if offset is None else day_at(offset, today, off_holidays).isoformat()

    def offer(self, there: There, at: Standing) -> Keyboard:
        """What a text can mean, one beneath the other; else the usual days, beside each other."""
        if at.offered.readings:
            return tuple((Button("pick", f"{READING}{n}", "moment"),) for n in range(len(at.offered.readings)))
        return (tuple(Button("pick", str(place), f"date.{name}") for place, name in enumerate(self.offered)),)


@dataclass(frozen=True, slots=True)
class DateField(OnADay):
    """A day to come, or one that has been."""

    # "past": one that has been, rather than one to come; "ahead": one that has been cannot be meant
    day: Literal["", "past", "ahead"] = ""
    milestone: bool = False  # who takes part is reminded of it, and it stands in the calendar
    just_now: bool = False  # what is told has only just happened

    kind = Kind.DATE

    @classmethod
    def of(cls, table: TomlTable) -> Self:
        """Read the keys that only a date can have."""
        return table.record(cls, just_now=table.data.get("role") == Field.WHEN)

    @property
    def past(self) -> bool:
        """True for a day that has been."""
        return self.day == "past"

    @property
    def ahead(self) -> bool:
        """True for a day that cannot have been."""
        return self.day == "ahead"

    @property
    def offered(self) -> Offered:
        """The days that are usually meant."""
        return JUST_NOW if self.just_now else PAST if self.past else AHEAD

    def _read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        """Read a day. One that can be read in two ways, or is past where that cannot be meant, is asked about."""
        found = [] if self.past else dates.read_date(text, today)
        found = found or dates.read_past(text, today)  # "i går" says a day wherever one is asked for
        if not found:
            return Trouble(Problem.PAST_DATE if self.past else Problem.DATE)
        if self.ahead and found[0] < today:
            return Trouble(Problem.DATE_BEEN, {"dates": [found[0].isoformat()]})
        if not self.past and not self.ahead and len(found) == 1:
            found += _just_been(text, found[0], today, dates)
        if len(found) > 1:
            return Trouble(Problem.DATE_TWO_WAYS, {"dates": [d.isoformat() for d in found], "been": False})
        return found[0].isoformat()

    def readings(self, value: Value | Trouble, today: date) -> tuple[str, ...]:
        """Return the days that what was read can mean: in two ways, or a day that has been where one to come is asked.

        The latter may be a slip where the next day with that day and month is nearer: that one comes before it then.
        """
        if isinstance(value, Trouble):
            dates = value.facts.get("dates") if value.name is Problem.DATE_TWO_WAYS else None
            return tuple(map(str, dates)) if isinstance(dates, list) else ()
        day = day_of(value)
        coming = again(day, today)
        slip = not self.day and day < today and coming - today < today - day
        return (coming.isoformat(), day.isoformat()) if slip else ()

    def say(self, value: Value, says: Says) -> str:
        """The day."""
        return says.day(iso_day(value))


def again(day: date, today: date) -> date:
    """Return the next day with this day and month, from today on."""
    years = (add_months(day, 12 * n) for n in range(today.year - day.year, today.year - day.year + 2))
    return next(one for one in years if one >= today)


def day_at(offset: tuple[int, int], today: date, off_holidays: OffHolidays | None = None) -> date:
    """Return the date so many days and months from today; one to come is moved `off_holidays`, where they are known."""
    days, months = offset
    day = add_months(today, months) + timedelta(days)
    return off_holidays(day) if off_holidays and day > today else day


def _just_been(text: str, found: date, today: date, dates: DateReader) -> list[date]:
    """Return the day a year before the one found, if it lately was and the text, without its year, can mean it."""
    been = add_months(found, -12)
    return [been] if today - LATELY <= been < today and dates.read_date(text, been) == [been] else []
