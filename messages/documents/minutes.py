"""The minutes: the working sessions and the meetings of the network in one order, the points of each numbered.

Each is a paper of its own that is approved by itself, so it says by itself whose it is and who was there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flows.enums import ExerciseRole, Field, Mark
from flows.values import day_of
from messages.documents.blocks import laid
from messages.documents.material import RegisterRow
from messages.documents.parts import Parts
from messages.documents.template import Markdown, lines


@dataclass(frozen=True, slots=True)
class Kept:
    """The minutes of one meeting, in words. Its points are numbered through; a to-do's number is its first cell."""

    on: date
    title: str
    held: str  # what it was, and at which hours
    there: str
    worked: tuple[tuple[str, str, bool], ...] = ()  # number, what was taken up, and whether it was ended
    another_time: tuple[str, ...] = ()
    decisions: tuple[tuple[str, str], ...] = ()
    todos: tuple[tuple[str, ...], ...] = ()
    place: str = ""
    host: str = ""


def minutes(parts: Parts, decided: str, host: str) -> list[Kept]:
    """Return the minutes of all meetings, the newest first. `decided`, `host`: questions of the list of the network."""
    found = [*_sessions(parts), *_network(parts, decided, host), *_only_attended(parts)]
    parts.dates += [kept.on for kept in found]
    return sorted(found, key=lambda kept: kept.on, reverse=True)


def _sessions(parts: Parts) -> Iterator[Kept]:
    """The working sessions; a roll called that day adds to who was there."""
    called = {one.on: one.there for one in parts.material.sessions.attended}
    rules, titles = parts.voice.rules, parts.voice.book("process")
    named = ((parts.name(one.id), one.serves[0]) for one in parts.process.exercises.values())
    numbered = {title: parts.words("minutes.exercise", title=title, number=number) for title, number in named}
    for kept in parts.material.sessions.minutes:
        first, second = len(kept.worked) + 1, len(kept.worked) + len(kept.decisions) + 1
        facts = {"title": titles[f"step.{kept.step}.title"], "begun": kept.begun, "ended": kept.ended}
        yield Kept(
            kept.on,
            parts.words("minutes.session", day=rules.day(kept.on), step=kept.step),
            parts.words("minutes.held", **facts),
            _present(parts, [*kept.there, *called.get(kept.on, ())]),
            tuple((_number(n), numbered.get(what, what), done) for n, (what, done) in enumerate(kept.worked, 1)),
            kept.another_time,
            tuple((_number(n), what) for n, what in enumerate(kept.decisions, first)),
            tuple(
                (_number(n), what, who or "", rules.long_date(due) if due else "")
                for n, (what, who, due) in enumerate(kept.todos, second)
            ),
        )


def _network(parts: Parts, decided: str, host: str) -> Iterator[Kept]:
    """The meetings of the network's list that have been held, if anything is known of them."""
    register = parts.process.with_role(ExerciseRole.MEETINGS)
    what, when, where, status = (register.field(f).id for f in (Field.WHAT, Field.DATE, Field.PLACE, Field.STATUS))
    called, network = {one.on: one.there for one in parts.material.sessions.attended}, parts.words("minutes.network")
    marks = register.question(status).marked(Mark.HELD)
    for row in (row for held in marks for row in parts.rows(register.id, **{status: held})):
        on = _met_on(parts, row["stored"])
        there = called.get(on, ()) if on else ()
        if on and (row[what] or row[decided] or there):
            yield Kept(
                on,
                _title(parts, row[when], row[what] or network),
                f"{network}." if row[what] else "",
                _present(parts, there),
                decisions=tuple((_number(n), line) for n, line in enumerate(lines(row[decided]), 1)),
                place=row[where],
                host=row[host],
            )


def _only_attended(parts: Parts) -> Iterator[Kept]:
    """The meetings of which only is known who was there."""
    register, _ = parts.place(ExerciseRole.MEETINGS, Field.DATE)
    told = {_met_on(parts, row) for row in parts.stored(register)} | {
        kept.on for kept in parts.material.sessions.minutes
    }
    for one in parts.material.sessions.attended:
        if one.on not in told:
            title = _title(parts, parts.voice.rules.day(one.on), one.meeting)
            yield Kept(one.on, title, "", _present(parts, one.there))


def _title(parts: Parts, day: str, what: str) -> str:
    return parts.words("minutes.meeting", day=day, what=what)


def _met_on(parts: Parts, row: RegisterRow) -> date | None:
    met = row.values.get(parts.place(ExerciseRole.MEETINGS, Field.DATE)[1])
    return day_of(met) if met else None


def _number(point: int) -> str:
    return f"§\N{NO-BREAK SPACE}{point}"


def _present(parts: Parts, names: Iterable[str]) -> str:
    """Return who was there by organisation; whoever shares a name with somebody elsewhere stands by the name alone."""
    material, homes, found = parts.material, dict[str, set[str]](), dict[str, list[str]]()
    for person, name in material.names.people.items():
        homes.setdefault(name, set()).add(material.names.organisations.get(material.names.belongs.get(person, 0), ""))
    guests = parts.process.with_role(ExerciseRole.GUESTS)
    for row in material.registers.get(guests.id, ()):
        name, home = (
            parts.value(guests.id, guests.field(field), row.values.get(guests.field(field).id))
            for field in (Field.NAME, Field.ORGANISATION)
        )
        homes.setdefault(name, set()).add(home)
    for name in dict.fromkeys(names):
        known = homes.get(name, set()) - {""}
        found.setdefault(known.pop() if len(known) == 1 else "", []).append(name)
    joined = parts.voice.rules.joined
    return ", ".join(f"{joined(people)} ({home})" if home else joined(people) for home, people in found.items())


def between(parts: Parts) -> list[tuple[str, str]]:
    """Return what was decided outside of working sessions, each with its day, the newest first."""
    decided = parts.material.sessions.between
    parts.dates += [on for on, _ in decided]
    return [(parts.voice.rules.day(on), what) for on, what in decided]


def todo_table(parts: Parts, rows: Iterable[tuple[str, ...]]) -> Markdown:
    """Return what is to be done, by whom and when."""
    header = parts.words.each("minutes", "number", "what", "who", "due")
    return parts.keep(laid(header, rows, (0.1, 0.48, 0.2, 0.22)))
