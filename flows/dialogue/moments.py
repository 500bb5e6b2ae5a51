"""Ask for a day with its hour: written at once, or the day first and then the hour.

What a text can mean is kept where the person stands (`Offered.readings`) and offered as buttons, until one is chosen.
"""

from flows.answers import at_place, clean
from flows.definitions.model import Question
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.prompts import ask
from flows.dialogue.transitions import keep, take
from flows.enums import Field
from flows.fields import Offered
from flows.fields.day import READING
from flows.fields.moment import HOUR, HOURS, NO_HOUR
from flows.input_errors import Problem, Trouble
from flows.run.effects import Unfit
from flows.run.events import Edited, Picked, Wrote
from flows.values import Value, day_of, moment, time_of

# Said of a moment whose end was written too: it is not kept, or answers how long it is.
MOST_HOURS = (3, 5)  # of each length but the last
BEGINS, LASTS = "advice.begins", "advice.lasts"


def wrote(t: DialogueState, key: str, question: Question, event: Wrote) -> None:
    """Take a text: an hour on the day that is known, or a day with or without its hour."""
    day = _without_hour(t)
    times = event.dates.read_time(clean(event.text)) if day else []
    value: Value | Trouble
    if day and times:
        found = [moment(day_of(day), at) for at in times]
        value = found[0] if len(found) == 1 else Trouble(Problem.MOMENT_TWO_WAYS, {"moments": found})
    else:
        value = question.field.read(event.text, event.today, event.dates)
    _take(t, key, value, event.seen, keep_length(t, value, event))


def keep_length(t: DialogueState, value: Value | Trouble, event: Wrote | Edited) -> str | None:
    """Keep how long it lasts, if a text says when it ends and the exercise asks for that; return what is said of it.

    A length that somebody else has chosen stands: this text was written to another question.
    """
    minutes = event.dates.lasts(clean(event.text))
    if minutes is None or (isinstance(value, Trouble) and "moments" not in value.facts):
        return None
    length = next((key for key in t.keys if not t.rows and t.run.question(key).role is Field.LENGTH), None)
    if length is None:
        return BEGINS
    place = sum(minutes > 60 * most for most in MOST_HOURS)
    option, there = t.run.question(length).options[place], t.run.given.written.get(length)
    if there is not None and there.member != t.member and there.value not in (None, option):
        return BEGINS
    keep(t, length, option)
    return LASTS


def picked(t: DialogueState, key: str, question: Question, event: Picked) -> None:
    """Take a button: a day, an hour on the day that is known, one of several readings, or "the hour comes later"."""
    day, kind, place = _without_hour(t), event.arg[:1], event.arg[1:]
    if event.arg == NO_HOUR and day:
        take(t, key, day)
    elif kind == HOUR and day and (at := at_place(HOURS, place)):
        take(t, key, moment(day_of(day), at))
    elif kind == READING and (reading := at_place(t.visit.offered.readings, place)):
        _take(t, key, reading)
    elif kind in (HOUR, READING, NO_HOUR[0]):
        t.toast(Unfit.STALE)
    else:
        _take(t, key, question.field.tap(event.arg, event.today, event.off_holidays))


def _without_hour(t: DialogueState) -> str | None:
    """Return the one day that is known, if it still lacks its hour."""
    readings = t.visit.offered.readings
    return readings[0] if len(readings) == 1 and time_of(readings[0]) is None else None


def _take(
    t: DialogueState, key: str, value: Value | Trouble, seen: int | None = None, advised: str | None = None
) -> None:
    """Take a day with its hour; ask for what is missing, or which one is meant."""
    if isinstance(value, str) and time_of(value) is None:
        value = Trouble(Problem.HOUR, {"moments": [value]})
    if not isinstance(value, Trouble):
        take(t, key, value, seen, advised)
        return
    readings = value.facts.get("moments")
    t.stand(offered=Offered(readings=tuple(map(str, readings)) if isinstance(readings, list) else ()))
    ask(t, key, trouble=value)
