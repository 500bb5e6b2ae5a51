"""The invented town with its process finished, and all of its documents in a folder."""

import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flows.dates.months import add_months
from flows.definitions.loader import the_process
from flows.definitions.model import Exercise, Question
from flows.enums import ExerciseRole, Field, How, Kind
from flows.fields import ChoiceField, DateField, MomentField, OrganisationField, PersonField, RowField
from flows.figures.wellbeing import band
from flows.run.state import Phase
from flows.timing.calendar import Meeting, MeetingKind, propose
from flows.timing.journey import where
from messages.documents.catalogue import DOCUMENTS, TABLES, needs
from messages.documents.editions import Edition
from messages.documents.make import filename, make, picture
from messages.documents.material import (
    Approval,
    ApprovalLine,
    Attended,
    CheckedIn,
    Material,
    Minutes,
    Names,
    RegisterRow,
    Round,
    Said,
    Sessions,
    Version,
    Year,
)
from messages.documents.pictures import TO_SHOW
from messages.documents.template import SPOKEN

DONE = ("done", "held", "told", "in_bank", "yes")  # answers in a row's status question that mean "done"
EARLIER = (0, 1, 5, 6)  # days that each organisation approves a text before the last one does
# When each step begins, in months after the start, and when the last one ends.
BEGINS = (0, 1, 2, 5, 6, 7, 10, 13, 15, 17)


def material(language: str = "sv") -> Material:
    """Return the material of the invented town, fully answered."""
    town, answers = _read(language)
    process = the_process()
    people = {n: person["name"] for n, person in enumerate(town["person"], 1)}
    named = list(dict.fromkeys(person["organisation"] for person in town["person"]))
    organisations = dict(enumerate(named, 1))
    belongs = {n: named.index(person["organisation"]) + 1 for n, person in enumerate(town["person"], 1)}
    start: date = town["start"]
    rounds: dict[str, Round] = {}
    registers: dict[str, tuple[RegisterRow, ...]] = {}
    about = process.with_role(ExerciseRole.TOWN)
    rounds[about.id] = Round(tuple(_said(about, answers.get(about.id, {}), start, belongs, registers)), None, start)
    for step in process.steps:
        for place, name in enumerate(step.exercises):
            exercise = process.exercises[name]
            on = town["on"].get(name) or add_months(start, BEGINS[step.number]) + timedelta(days=7 + 2 * place)
            if exercise.how is How.ROWS:
                registers[name] = tuple(_rows(exercise, answers.get(name, {}), on, len(people), town["today"]))
            else:
                said = tuple(_said(exercise, answers.get(name, {}), on, belongs, registers))
                rounds[name] = Round(said, town["conclusions"].get(name), on)
    runs = ((n, name, Phase.CONCLUDED) for n, name in enumerate([*rounds, *registers], 1))
    checks = (CheckedIn(check["on"], band(check["answers"])) for check in town["checkins"])
    whole = Material(
        town=town["town"],
        today=town["today"],
        names=Names(people, organisations, belongs, tuple(named), tuple(sorted(_joined(registers["guests"], named)))),
        rounds=rounds,
        registers=registers,
        years=tuple(Year(**year) for year in town["years"]),
        began=start,
        checkins=tuple(checks),
        sessions=Sessions(
            tuple(_minutes(kept) for kept in town["minutes"]),
            tuple(Attended(kept["on"], kept["meeting"], tuple(kept["there"])) for kept in town["attended"]),
        ),
        calendar=tuple(_as_held(propose(process.steps, start, BEGINS[-1], _closed, today=start), start)),
        progress=where(process, runs, [step.number for step in process.steps]),
        links={"event": town["link"], "incident": town["log"], "card": town["card"]},
        language=language,
    )
    return _with_versions(whole, town["outside"])


def _joined(guests: Sequence[RegisterRow], core: Sequence[str]) -> set[str]:
    """The organisations of the guests who said yes to the network, beside those of the core group."""
    yes = (row.values["organisation"] for row in guests if row.values["join"] == "yes")
    return {name for of_guest in yes for name in of_guest} - set(core)


def _as_held(meetings: Sequence[Meeting], start: date) -> Iterator[Meeting]:
    """The calendar as it came to be: each step begins in its month, on the weekday that was proposed."""
    begun: dict[int, timedelta] = {}
    for meeting in meetings:
        if meeting.kind is not MeetingKind.SESSION:
            yield meeting
            continue
        late = add_months(start, BEGINS[meeting.part]) + timedelta(days=7) - meeting.on
        yield replace(meeting, on=meeting.on + begun.setdefault(meeting.part, timedelta(weeks=round(late.days / 7))))


def _minutes(kept: dict[str, Any]) -> Minutes:
    worked = tuple((str(title), bool(done)) for title, done in kept["worked"])
    todos = tuple((str(what), str(who), date.fromisoformat(str(due))) for what, who, due in kept["todos"])
    there, decided = tuple(kept["there"]), tuple(kept["decisions"])
    return Minutes(kept["on"], kept["step"], kept["begun"], kept["ended"], there, worked, decided, todos)


def _closed(day: date) -> bool:
    """True for the days between Christmas and Epiphany; the town's calendar needs no other holidays."""
    return (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 6)


def _read(language: str) -> tuple[dict[str, Any], dict[str, dict[str, list[Any]]]]:
    """The town, and its answers by exercise and question."""
    town: dict[str, Any] = {}
    answers: dict[str, dict[str, list[Any]]] = {}
    for file in ("demo.toml", "demo-1-3.toml", "demo-4-8.toml", "documents/demo.toml"):
        data = tomllib.loads((SPOKEN / language / file).read_text(encoding="utf-8"))
        for exercise, found in data.pop("answers", {}).items():
            answers.setdefault(exercise, {}).update(found)
        town.update(data)
    return town, answers


def _with_versions(whole: Material, outside: dict[str, dict[str, str]]) -> Material:
    """Add the versions that were given out and approved; of the plan an earlier one, with less in it.

    `outside`: what those said of a text who have nobody in the group, by exercise.
    """
    fewer = {**whole.registers, "activities": whole.registers["activities"][:4]}
    earlier = replace(whole, today=date(2026, 8, 5), registers=fewer)
    given_out = (("plan", earlier), ("routine", replace(whole, today=date(2026, 11, 10))))
    process = the_process()
    approved = {
        process.exercises[name]: number
        for document, number in (("plan", 2), ("routine", 1))
        for name in needs(document, whole.language)
        if process.exercises[name].approves
    }
    return replace(
        whole,
        versions={name: (Version(1, town.today, Edition(name, town).at_hand.parts),) for name, town in given_out},
        approvals={
            e.id: Approval(number, True, (*_lines(whole, e), *_words(outside.get(e.id, {}))))
            for e, number in approved.items()
        },
    )


def _lines(whole: Material, exercise: Exercise) -> Iterator[ApprovalLine]:
    """Return each organisation's answer to a text."""
    decision, signer = (exercise.field(field).id for field in (Field.DECISION, Field.SIGNER))
    for number, name in sorted(whole.names.organisations.items(), key=lambda item: item[1]):
        said = {s.question: s for s in whole.rounds[exercise.id].said if s.organisation == number}
        if decision in said:
            signed = str(said[signer].value) if signer in said else ""
            yes = said[decision].value == exercise.field(Field.DECISION).options[0]
            yield ApprovalLine(name, said[decision].value, said[decision].on, signed, yes=yes)


def _words(said: dict[str, str]) -> Iterator[ApprovalLine]:
    return (ApprovalLine(name, asked=False, word=word) for name, word in said.items())


def _rows(exercise: Exercise, given: dict[str, list[Any]], on: date, people: int, today: date) -> Iterator[RegisterRow]:
    assert exercise.register is not None
    length = max((len(values) for values in given.values()), default=0)
    for n in range(length):
        values = {q.id: value for q in exercise.questions if (value := _value(q, given, n, people)) is not None}
        assignee = n % people + 1 if exercise.register.assign else None
        left = values.get("status", DONE[0]) not in DONE
        own = next((values[q.id] for q in exercise.questions if q.field.a_day and q.id in values), None)
        due = on + timedelta(days=3 + 2 * n) if assignee else None
        if due and own and "status" in values:  # it is due on its own day
            due = date.fromisoformat(own[:10])
        elif due and left:  # all else was done in time
            due = today + timedelta(days=14 + 7 * n)
        state = "open" if left else "done"
        row = RegisterRow(n + 1, values, on + timedelta(days=n % 5), state, assignee, due)
        yield replace(row, on=_written(exercise, row, today))


def _written(exercise: Exercise, row: RegisterRow, today: date) -> date:
    """Return the day on which a row was written: not before the day that it tells of."""
    days = [row.on]
    if "status" not in row.values or row.values["status"] in DONE:
        told = (row.values.get(question.id) for question in exercise.questions if question.kind is Kind.DATE)
        days += [date.fromisoformat(day) for day in told if day]
        days += [row.due] if row.due else []
    return max(day for day in days if day <= max(today, row.on))


def _said(
    exercise: Exercise,
    given: dict[str, list[Any]],
    on: date,
    belongs: dict[int, int],
    registers: dict[str, tuple[RegisterRow, ...]],
) -> Iterator[Said]:
    """Make a round's answers: by each member, by each organisation, or by the group about each item."""
    comments = iter(given.get("comments", []))
    match exercise.how:
        case How.EACH:
            owners: list[tuple[int | None, int | None, str]] = [(m, o, "") for m, o in belongs.items()]
        case How.ORG:
            owners = [(None, organisation, "") for organisation in sorted(set(belongs.values()))]
        case _:
            owners = [(None, None, item) for item in _items(exercise, given, registers)]
    if exercise.anonymous:
        owners = [(None, None, item) for _, _, item in owners]
    for n, (member, organisation, item) in enumerate(owners):
        for question in exercise.questions:
            value = _value(question, given, n, len(belongs))
            if value is None:
                continue
            comment = next(comments, None) if question.comment else None
            answered = on - timedelta(days=EARLIER[n]) if exercise.approves else on
            yield Said(question.id, value, answered, item, comment, member, organisation)


def _items(exercise: Exercise, given: dict[str, list[Any]], registers: dict[str, tuple[RegisterRow, ...]]) -> list[str]:
    if exercise.for_each is None:
        return [""]
    if exercise.for_each.register:
        return [f"#{row.number}" for row in registers[exercise.for_each.register]]
    return list(exercise.for_each.items[: max(len(values) for values in given.values())])


def _value(question: Question, given: dict[str, list[Any]], n: int, people: int) -> Any:
    """The invented answer, None where the town left it out. People and organisations are told by number or by name."""
    values = given.get(question.id, [])
    if n < len(values):
        value = values[n]
        if isinstance(question.field, RowField):
            return tuple(value) if question.many else (value,)
        named = question.field.points and isinstance(value, str)
        return {"name": value} if named else value
    match question.field:
        case PersonField(others=others):
            return {"id": (n + others) % people + 1}
        case OrganisationField():
            return {"id": n % 4 + 1}
        case ChoiceField() if question.required and not values:
            return [question.options[0]] if question.many else question.options[0]
        case MomentField() if question.required:
            return f"{date(2026, 6, 1) + timedelta(days=14 * n)}T13:00"
        case DateField() if question.required:
            return (date(2026, 6, 1) + timedelta(days=14 * n)).isoformat()
        case _:
            return None


def write_all(folder: Path, given: Material | None = None) -> Iterator[tuple[str, float, int]]:
    """Write every document and picture into the folder; gives file name, seconds and bytes of each as it is done."""
    given = given or material()
    folder.mkdir(parents=True, exist_ok=True)
    numbers = count(1)
    for entry in (*DOCUMENTS.values(), TABLES):  # a single list is had where it is written
        for form in entry.forms:
            begun = time.perf_counter()
            content = make(entry.id, form, given)
            name = f"{next(numbers):02} {filename(entry.id, form, given)}"
            (folder / name).write_bytes(content)
            yield name, time.perf_counter() - begun, len(content)
    for kind in TO_SHOW:
        begun = time.perf_counter()
        drawn = picture(kind, given)
        if drawn:
            name = f"{next(numbers):02} {kind}.png"
            (folder / name).write_bytes(drawn[0])
            (folder / f"{name.removesuffix('.png')}.txt").write_text(drawn[1], encoding="utf-8")
            yield name, time.perf_counter() - begun, len(drawn[0])
