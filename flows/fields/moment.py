"""A day with its hour: written at once, or the day first and then the hour (`flows.dialogue.moments`)."""

from dataclasses import dataclass
from datetime import date, time

from flows.buttons import Button, Keyboard
from flows.dates.dates import DateReader
from flows.enums import Kind
from flows.fields.base import Says, Standing, There
from flows.fields.day import OnADay, again
from flows.input_errors import Problem, Trouble
from flows.values import Value, moment, time_of

HOURS = tuple(time(hour) for hour in (9, 10, 13, 15, 17, 18))  # offered where the day is known and the hour is not
HOUR, NO_HOUR = "h", "later"  # begin the arguments of the buttons beside those of days


@dataclass(frozen=True, slots=True)
class MomentField(OnADay):
    """A day and the hour on it; the day alone while its hour is not settled."""

    milestone: bool = False  # who takes part is reminded of it, and it stands in the calendar

    kind = Kind.MOMENT

    def _read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        """A day with its hour. A day alone, and what can be read in several ways, is asked about: `HOUR` and
        `MOMENT_TWO_WAYS` name what it can be ("moments"). A day that has been may be a slip: the next of its kind is
        offered before it."""
        read = dates.read_moment(text, today)
        been = [(day, at) for day, at in read if day < today]
        found = [moment(day, at) for day, at in (*((again(day, today), at) for day, at in been), *read)]
        if not found:
            return Trouble(Problem.MOMENT)
        if len(found) == 1 and time_of(found[0]):
            return found[0]
        return Trouble(Problem.HOUR if len(found) == 1 else Problem.MOMENT_TWO_WAYS, {"moments": found})

    def offer(self, there: There, at: Standing) -> Keyboard:
        """What a text can mean, the usual hours of the one day that is known, or days."""
        readings = at.offered.readings
        if len(readings) != 1 or time_of(readings[0]):
            return OnADay.offer(self, there, at)
        hours = [Button("pick", f"{HOUR}{n}", "hour") for n in range(len(HOURS))]
        return (tuple(hours[:3]), tuple(hours[3:]), (Button("pick", NO_HOUR, "hour_later"),))

    def entered(self, value: Value) -> str:
        """Return the day and the hour, with a blank between them."""
        return "" if value is None else str(value).replace("T", " ")

    def say(self, value: Value, says: Says) -> str:
        """The day with its hour."""
        return says.moment(str(value))
