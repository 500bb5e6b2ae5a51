"""What a register, or the core group itself, still lacks by its rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import TypedDict, Unpack

from flows.definitions.model import Gap
from flows.definitions.parts import Rule
from flows.values import Values, iso_day, linked_rows, options_of


@dataclass(frozen=True, slots=True)
class MissingParts:
    """What a rule found missing: options of a question, pairs of them, rows (by place), others' rows, or a number."""

    gap: str
    options: tuple[tuple[str, ...], ...] = ()
    rows: tuple[int, ...] = ()
    unlinked: tuple[int, ...] = ()  # by id
    count: int | None = None
    years: tuple[tuple[int, int, int], ...] = ()  # the year's number, how many there are, how many there should be
    members: tuple[int, ...] = ()  # by id


@dataclass(frozen=True, slots=True)
class TaskState:
    """A row as a task: whether somebody has taken it on, until when, and whether it is done."""

    taken: bool = False
    due: date | None = None
    done: bool = False


class Beside(TypedDict, total=False):
    """What some rules look at besides the rows' answers."""

    linked: Mapping[str, Sequence[int]]  # the ids of the rows that a question could point at
    standing: Sequence[TaskState]  # as long as the rows
    today: date
    members: Mapping[int, Values]  # those who are in the group, by id, with what they have said of themselves


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that a rule may look at; see Beside."""

    options: Mapping[str, Sequence[str]]
    rows: Sequence[Values]
    linked: Mapping[str, Sequence[int]] = field(default_factory=dict)
    standing: Sequence[TaskState] = ()
    today: date = date.min
    members: Mapping[int, Values] = field(default_factory=dict)

    def counting(self, rule: Gap) -> Sequence[Values]:
        """The rows, and who is in the group already if the rule counts them too."""
        return [*self.rows, *self.members.values()] if rule.members else self.rows


def gaps(
    rules: Iterable[Gap],
    options: Mapping[str, Sequence[str]],
    rows: Sequence[Values],
    **beside: Unpack[Beside],
) -> list[MissingParts]:
    """Return what these rows lack by these rules. `options`: all options of each choice; rows hold plain JSON."""
    seen = _Seen(options, rows, **beside)
    found = [_RULES[rule.rule](rule, seen) for rule in rules]
    return [missing for missing in found if missing != MissingParts(missing.gap)]


_Rule = Callable[[Gap, _Seen], MissingParts]


def _count(rule: Gap, seen: _Seen) -> MissingParts:
    """Return whether there are too few or too many rows; where they are counted by year, the years with too few.

    The first year is the first with as many as are wanted, or else with the most: what came before it moves no year.
    """
    rows = seen.counting(rule)
    if not rule.per:
        return MissingParts(rule.id, count=None if rule.low <= len(rows) <= rule.high else len(rows))
    days = sorted(date.fromisoformat(iso_day(row[rule.per])) for row in rows if row.get(rule.per))
    begin = max(
        days,
        key=lambda first: min(rule.first, sum(_whole_years(first, day) == 0 for day in days)),
        default=date.max,
    )
    counts = Counter(_whole_years(begin, day) for day in days if day >= begin)
    wanted = {year: rule.low if year else rule.first for year in range(max(counts, default=-1) + 1)}
    return MissingParts(
        rule.id, years=tuple((y + 1, counts[y], least) for y, least in wanted.items() if counts[y] < least)
    )


def _whole_years(start: date, day: date) -> int:
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))


def _covers(rule: Gap, seen: _Seen) -> MissingParts:
    """Return the options, or pairs of them, that no row has."""
    names = [name for name in (rule.question, rule.along) if name]
    wanted = [_wanted(rule, seen), *([rule.along_options or seen.options[rule.along]] if rule.along else [])]
    there = {pair for row in seen.counting(rule) for pair in product(*(options_of(row.get(name)) for name in names))}
    return MissingParts(rule.id, options=tuple(pair for pair in product(*wanted) if pair not in there))


def _wanted(rule: Gap, seen: _Seen) -> Sequence[str]:
    return rule.options or [option for option in seen.options[str(rule.question)] if option not in rule.but]


def _everyone(rule: Gap, seen: _Seen) -> MissingParts:
    """Return the members that no row is about or, where the rule names answers, none that has one of these."""

    def about(member: int, row: Values) -> bool:
        said = rule.along is None or not set(options_of(row.get(rule.along))).isdisjoint(rule.along_options)
        return row.get(str(rule.question)) == {"id": member} and said

    return MissingParts(rule.id, members=tuple(m for m in seen.members if not any(about(m, row) for row in seen.rows)))


def _linked(rule: Gap, seen: _Seen) -> MissingParts:
    """Return the rows of another register that no row points at."""
    name = str(rule.question)
    met = {number for row in seen.rows for number in linked_rows(row.get(name))}
    return MissingParts(rule.id, unlinked=tuple(number for number in seen.linked.get(name, ()) if number not in met))


def _rows_that(lack: Callable[[set[str], list[str], Values], bool]) -> _Rule:
    """Return the rule that finds the rows that lack something, by the options wanted, their ticks, and themselves."""

    def rule_of_rows(rule: Gap, seen: _Seen) -> MissingParts:
        wanted, name = set(_wanted(rule, seen)), str(rule.question)
        short = (place for place, row in enumerate(seen.rows) if lack(wanted, options_of(row.get(name)), row))
        return MissingParts(rule.id, rows=tuple(short))

    return rule_of_rows


def _open_rows_that(lack: Callable[[TaskState, date], bool]) -> _Rule:
    """Return the rule that finds the open rows that lack something as tasks, today."""

    def rule_of_tasks(rule: Gap, seen: _Seen) -> MissingParts:
        left = (place for place, row in enumerate(seen.standing) if not row.done and lack(row, seen.today))
        return MissingParts(rule.id, rows=tuple(left))

    return rule_of_tasks


_RULES: Mapping[Rule, _Rule] = {
    "count": _count,
    "covers": _covers,
    "every_row": _rows_that(lambda wanted, ticks, _row: not wanted <= set(ticks)),
    "filled": _rows_that(lambda _wanted, ticks, row: any(not row.get(option) for option in ticks)),
    "linked": _linked,
    "late": _open_rows_that(lambda row, today: row.due is not None and row.due < today),
    "taken": _open_rows_that(lambda row, _today: not row.taken),
    "dated": _open_rows_that(lambda row, _today: row.due is None),
    "everyone": _everyone,
    "answered": _rows_that(lambda _wanted, ticks, _row: not any(ticks)),
    "none_says": _rows_that(lambda wanted, ticks, _row: not wanted.isdisjoint(ticks)),
}
