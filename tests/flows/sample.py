"""A small exercise that uses everything an exercise can have, and a group to play it with."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from bot.exercises.run_json import to_json
from flows.definitions.model import Exercise, ForEach, Outcome, Question, Register
from flows.engine.engine import advance
from flows.enums import Audience, How
from flows.fields import (
    ChoiceField,
    DateField,
    LinkField,
    MomentField,
    NumberField,
    OrganisationField,
    PersonField,
    RowField,
    ScaleField,
    TextField,
)
from flows.run.effects import Say
from flows.run.events import Began, Event, Opened, Picked, Wrote
from flows.run.state import Place, Run, Seat, Supplied, Visit
from messages.language import Language

SWEDISH = Language("sv")
TODAY = date(2027, 3, 10)  # a Wednesday
QUESTIONS = (
    Question("why", TextField(), Audience.GROUP),
    Question("sure", ChoiceField(options=("yes", "no")), Audience.GROUP, comment=True),
    Question("need", ScaleField(), Audience.SELF, comment=True, ask_comment=True),
    Question("styles", ChoiceField(options=("a", "b", "c"), many=True), Audience.ORG, required=False),
    Question("start", DateField(), Audience.GROUP),
    Question("months", NumberField(low=1, high=60, advise=(12, 18)), Audience.GROUP),
    Question("who", PersonField(), Audience.COORDINATOR),
    Question("where", OrganisationField(), Audience.GROUP, required=False),
    Question("last", ChoiceField(options=("go", "wait")), Audience.GROUP, comment=True),
)
PARTS = ("register", "for_each", "verdict", "outcome", "calendar", "approval", "teams")
SEATS = {
    1: Seat(1, 10),
    2: Seat(2, 10),
    3: Seat(3, 20),
    4: Seat(4),
}  # two of one organisation, one of another, one of none


def exercise(how: How, **changes: Any) -> Exercise:
    """An exercise in which people take part in this way; outside registers it is asked about two items."""
    details: dict[str, Any] = {
        "id": "sample",
        "serves": ("0.1",),
        "how": how,
        "minutes": 5,
        "questions": QUESTIONS,
        "conclusion": how in (How.EACH, How.ORG),
        "for_each": ForEach(items=("x", "y")) if how is not How.ROWS else None,
        "outcome": Outcome("last@x", "go", 1) if how is How.GROUP else None,
        "register": Register("why", ("start",)) if how is How.ROWS else None,
    }
    return Exercise(**with_parts(details | changes))


def with_parts(details: dict[str, Any]) -> dict[str, Any]:
    """The details of an exercise, with what it has beside its questions in one tuple."""
    parts = tuple(details[name] for name in PARTS if details.get(name) is not None)
    return {name: value for name, value in details.items() if name not in PARTS} | {"parts": parts}


def new(what: Exercise) -> Run:
    """A run that has not begun, with the sample group in its seats."""
    items = what.for_each.items if what.for_each and what.for_each.items else ("",)
    return Run(what, 1, seats=SEATS, items=items, answer_by=date(2027, 3, 17), given=Supplied((10, 20)))


def giving(run: Run, **given: Any) -> Run:
    """The run with something else of what it is given at each load."""
    return replace(run, given=replace(run.given, **given))


def play(run: Run, *events: Event) -> Run:
    """The run after these events."""
    for event in events:
        run = advance(run, event).run
    return run


def begun(what: Exercise) -> Run:
    """A run that is open."""
    return play(new(what), Began())


def visit(run: Run, member: int) -> Visit:
    """Where a person stands."""
    return run.visits.get(member, Visit())


def tap(run: Run, member: int, verb: str, arg: str = "") -> Picked:
    """A tap on a button of what this person is asked now."""
    return Picked(member, visit(run, member).ask, verb, arg, TODAY, SWEDISH.dates)


def write(member: int, text: str, key: str = "", **more: Any) -> Wrote:
    """A text from this person."""
    return Wrote(member, text, more.pop("at", 0), TODAY, SWEDISH.dates, key, **more)


def fitting(run: Run, member: int) -> Event | None:
    """What takes this person one step onward, None for who is done."""
    here = visit(run, member)
    if here.held and not here.held.apart:
        return tap(run, member, "asis")
    match here.place:
        case Place.INTRO:
            return Opened(member, introduced=True)
        case Place.COMMENT:
            return write(member, "Därför att")
        case Place.SUMMARY:
            return tap(run, member, "save" if run.exercise.how is How.ROWS else "send")
        case Place.ASK:
            return _answer(run, member, here)
        case Place.MET:
            return tap(run, member, "pick", "both")
        case Place.PICK:
            unticked = [str(place) for place in range(len(run.items)) if str(place) not in here.ticked]
            return tap(run, member, "on", unticked[0]) if unticked else tap(run, member, "ok")
        case Place.OWN | Place.DONE:
            return None


def _answer(run: Run, member: int, here: Visit) -> Event:
    question = run.question(here.key)
    match question.field:
        case TextField(form=form):
            said = {"alias": "Rosen", "domain": "exempelsidan.se", "reach": "010-12 34 56"}
            return write(member, said.get(form, "Ett svar"))
        case MomentField():
            return write(member, "14 mars kl. 13")
        case LinkField():
            return write(member, "www.exempel.se/rapport")
        case NumberField(low=low):
            return write(member, str(low))
        case OrganisationField():
            return write(member, "Småstads kommun")
        case RowField(many=True) if here.ticked:
            return tap(run, member, "ok")
        case RowField():
            return write(member, "Hotell Exempel")
        case PersonField(others=others):
            other = next((seat for seat in run.seats if seat != member), member)
            return tap(run, member, "pick", str(other if others else member))
        case ScaleField(high=high):
            return tap(run, member, "pick", str(high))
        case ChoiceField(many=True):
            return tap(run, member, "ok") if here.ticked else tap(run, member, "on", "0")
        case _:
            return tap(run, member, "pick", "0")


def walk(run: Run, member: int) -> Iterator[tuple[Run, tuple[Say, ...]]]:
    """Answer everything until this person is done; yields the run and what was said to the person, step by step."""
    for _ in range(1000):
        event = fitting(run, member)
        if event is None:
            return
        turn = advance(run, event)
        assert turn.run != run, f"{event} leads nowhere from {to_json(run)['visits']}"
        run = turn.run
        yield run, tuple(e for e in turn.effects if isinstance(e, Say) and e.to == member)
    raise AssertionError("the way has no end")


def through(run: Run, member: int) -> Run:
    """The run once this person has answered everything and handed in."""
    for after, _ in walk(run, member):
        run = after
    return run
