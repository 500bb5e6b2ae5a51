"""Check what must agree within an exercise (`flows.definitions.cross_check`: between the files of the process)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from flows.definitions.model import TOLD, Exercise, Question
from flows.enums import How, Kind
from flows.fields import ChoiceField, Likely, PersonField, ScaleField, TextField
from flows.toml_table import TomlTable

T = TypeVar("T", str, int)
ROLES = ("core", "network")  # who can be given a seat


class Rule(NamedTuple):
    """What must hold of an exercise: the key it is about, when it is broken, and what to do then."""

    place: str
    broken: Callable[[Exercise], bool]
    cure: str


class QuestionRule(NamedTuple):
    """What must hold of a question in its exercise."""

    broken: Callable[[Exercise, Question], bool]
    cure: str


class GapRule(NamedTuple):
    """What a rule of gaps demands of the question that it looks at, of which all are given by their ids."""

    rule: str
    broken: Callable[[Question, Collection[str]], bool]
    cure: str


def _alone(exercise: Exercise) -> bool:
    return exercise.how in (How.EACH, How.ORG)


def _together(exercise: Exercise) -> bool:
    return exercise.how is How.GROUP


def _feeding(exercise: Exercise) -> bool:
    named = exercise.how is How.EACH and not exercise.anonymous and not exercise.private
    return not exercise.for_each and (_together(exercise) or named)


def _ticks(exercise: Exercise, question: Question) -> bool:
    """True if examples can be ticked of what names no row."""
    title = exercise.register.title if exercise.register else ""
    return isinstance(question.field, TextField) and question.field.ticks and question.id != title


def _tells(exercise: Exercise) -> bool:
    return any(isinstance(question.field, PersonField) and question.field.tells for question in exercise.questions)


def _out_of_order(exercise: Exercise) -> bool:
    days = {question.id for question in exercise.questions if question.field.a_day}
    return not _together(exercise) or bool(exercise.for_each) or not set(exercise.in_order) <= days


RULES = (
    Rule("question", lambda e: not e.questions, "an exercise needs at least one question"),
    Rule("register", lambda e: (e.how is How.ROWS) != bool(e.register),
         'how = "rows" needs a [register], and only it has one'),
    Rule("tells", lambda e: (not e.register or e.private) and _tells(e),
         "only whoever is named in a row that the group sees can be told"),
    Rule("ticks", lambda e: any(_ticks(e, q) for q in e.questions),
         "only examples of what names a register's rows can be ticked, each to a row of its own"),
    Rule("conclusion", lambda e: e.conclusion and not _alone(e),
         'what is written together has no conclusion of its own; take it away, or use how = "each"'),
    Rule("afterwards", lambda e: bool(e.afterwards) and not _alone(e), "what is written together is shown as it is"),
    Rule("timer", lambda e: any(q.timer for q in e.questions[1:]) and not _together(e),
         'before a later question it is for what a group writes together: use how = "group"'),
    Rule("[for_each] pick", lambda e: bool(e.for_each and e.for_each.pick) and not _together(e),
         'only a group picks together: use how = "group"'),
    Rule("continues", lambda e: e.continues and not _together(e),
         'only what a group writes together goes on in the next round: use how = "group"'),
    Rule("shows", lambda e: not set(e.shows) <= set(TOLD), f"must be some of {', '.join(TOLD)}"),
    Rule("in_order", lambda e: bool(e.in_order) and _out_of_order(e),
         'names days of what a group writes together, without items: how = "group"'),
    Rule("authors", lambda e: any(q.authors for q in e.questions[1:]) and not _together(e),
         'only single questions of what a group writes together have authors: use how = "group"'),
    Rule("authors", lambda e: any(q.authors for q in e.questions[:1]),
         "everybody answers the first question; put another one first"),
    Rule("when", lambda e: bool(e.when and not e.when.exercise),
         'names no other exercise; write “"exercise.question" = ["option"]”'),
    Rule("when", lambda e: any(q.when for q in e.questions[:1]),
         "the first question is always asked; put another one first"),
    Rule("teams", lambda e: bool(e.teams) and (e.how is not How.EACH or e.teams < 2),
         'small groups have two people or more, and are made where how = "each"'),
    Rule("[calendar]", lambda e: bool(e.calendar) and not _together(e),
         'is shaped by what the group writes together: use how = "group"'),
    Rule("comment", lambda e: bool(e.register) and any(q.comment for q in e.questions),
         "the rows of a register have no comments; ask a question of its own instead"),
    Rule("follow_up", lambda e: any(e.register and q.later and q.id == e.register.title for q in e.questions),
         "what names the row is asked at once"),
)  # fmt: skip
QUESTION_RULES = (
    QuestionRule(lambda e, q: q.milestone and (not _together(e) or bool(e.for_each)),
                 "a milestone is for what a group writes together, without items"),
    QuestionRule(lambda e, q: bool(q.feeds) and not _feeding(e),
                 "feeds are for what a group writes together, or each alone with their name, without items"),
)  # fmt: skip
GAP_RULES = (
    GapRule("everyone", lambda q, _: q.kind is not Kind.PERSON, "looks at a question that is answered with a person"),
    GapRule("linked", lambda q, _: not q.field.register,
            "looks at a question that is answered with rows of a register"),
    GapRule("filled", lambda q, ids: not {*q.options} <= {*ids},
            "needs a question for each option, with the option's id"),
)  # fmt: skip


def check_exercise(exercise: Exercise, table: TomlTable) -> None:
    """Note on its table whatever does not agree within one exercise."""
    options = {question.id: question.options for question in exercise.questions}
    names = [question.id for question in exercise.questions]
    for name in twice(names):
        table.wrong("question", f"two questions are called “{name}”; rename one")
    for rule in RULES:
        if rule.broken(exercise):
            table.wrong(rule.place, rule.cure)
    for question in exercise.questions:
        for one in QUESTION_RULES:
            if one.broken(exercise, question):
                table.wrong(f"[[question]] {question.id}", one.cure)
    for role in (role for role in exercise.who if role not in ROLES):
        table.wrong("who", f"“{role}” is no role; use {' and '.join(ROLES)}")
    _check_conditions(exercise, table)
    _check_demands(exercise, table)
    for place, used, chosen in (*_named_by_calendar(exercise), *_named_by_register(exercise)):
        if used not in names:
            table.wrong(place, f"names the question “{used}”, which is not here; use one of {', '.join(names)}")
            continue
        for option in (one for one in chosen if one not in options[used]):
            table.wrong(place, f"“{option}” is no option of “{used}”; use one of {', '.join(options[used])}")


def _check_conditions(exercise: Exercise, table: TomlTable) -> None:
    """Check that each condition names an earlier choice that everyone is asked, or another exercise's."""
    before: dict[str, Question] = {}
    for question in exercise.questions:
        when = question.when
        if when is not None and not when.exercise:
            seen, place = before.get(when.question), f"[[question]] {question.id} when"
            if seen is None or seen.kind is not Kind.CHOICE or seen.when is not None:
                table.wrong(place, f"“{when.question}” must be a choice that is always asked, and before this one")
            elif unknown := [option for option in when.options if option not in seen.options]:
                table.wrong(place, f"“{unknown[0]}” is no option of it; use some of {', '.join(seen.options)}")
        before[question.id] = question
        _check_earlier(question, before, table)


def _check_earlier(question: Question, before: Mapping[str, Question], table: TomlTable) -> None:
    """Check what goes by the answer to an earlier question: options that come first."""
    match question.field:
        case ChoiceField(likely=Likely() as likely):
            seen, place = before.get(likely.question), f"[[question]] {question.id} likely"
            if seen is None or seen.kind is not Kind.CHOICE:
                table.wrong(place, f"“{likely.question}” must be a choice that is asked before this one")
            elif unknown := [answer for answer, _ in likely.options if answer not in seen.options]:
                table.wrong(place, f"“{unknown[0]}” is no option of “{seen.id}”; use some of {', '.join(seen.options)}")


Demand = tuple[str, str | None, str, Callable[[Question, Collection[str]], bool], str]
"""Where a question is named, its id, who demands something of it, when it is unfit (see GapRule), and the cure."""


def _check_demands(exercise: Exercise, table: TomlTable) -> None:
    """Check that the questions that an exercise names can be used there; what is wrong twice is told once."""
    asked = {question.id: question for question in exercise.questions}
    demands = (*_demands_of_register(exercise), *_demands_of_calendar(exercise))
    named = ((asked[one[1]], one) for one in demands if one[1] in asked)
    for place, what in dict.fromkeys(
        (at, f"“{by}” {cure}") for q, (at, _, by, broken, cure) in named if broken(q, asked)
    ):
        table.wrong(place, what)


def _of_kind(place: str, names: Iterable[str], *kinds: Kind) -> Iterable[Demand]:
    return [
        (place, name, name, lambda q, _: q.kind not in kinds, f"must be a {' or a '.join(kinds)}") for name in names
    ]


def _demands_of_register(exercise: Exercise) -> Iterable[Demand]:
    register = exercise.register
    if register is None:
        return
    yield from _of_kind("[register] seed", (register.seed,), Kind.CHOICE, Kind.PERSON)
    yield from _of_kind("[register] narrow", register.narrow, Kind.CHOICE)
    several = "must be a choice of several: many = true"
    yield "[register] yearly", register.yearly, register.yearly, lambda q, _: not q.many, several
    for area in register.areas:
        for name in area.questions:
            yield (
                "[[register.area]]",
                name,
                area.id,
                lambda q, _: not isinstance(q.field, ScaleField),
                "can only hold scales",
            )
    for gap in register.gaps:
        dated = "must be a date for rows to be counted by it"
        yield "[[register.gap]]", gap.per, gap.per, lambda q, _: not q.field.a_day, dated
        for rule in GAP_RULES:
            if gap.rule == rule.rule:
                yield "[[register.gap]]", gap.question, gap.rule, rule.broken, rule.cure


def _demands_of_calendar(exercise: Exercise) -> Iterable[Demand]:
    """The calendar is changed only by answers that are days or numbers."""
    if shaping := exercise.calendar:
        yield from _of_kind("[calendar]", (shaping.days,), Kind.TEXT)
        yield from _of_kind("[calendar]", (shaping.until, shaping.review), Kind.DATE)
        yield from _of_kind("[calendar]", shaping.meetings, Kind.NUMBER)


Named = Iterable[tuple[str, str, tuple[str, ...]]]
"""The places where an exercise names a question of its own, each with the options that it names there."""


def _bare(place: str, names: Iterable[str]) -> Named:
    return [(place, name, ()) for name in names if name]


def _named_by_calendar(exercise: Exercise) -> Named:
    if shaping := exercise.calendar:
        yield from _bare("[calendar]", (shaping.days, shaping.until, shaping.review, *shaping.meetings))
        yield from (("[calendar] spread", name, options) for name, options in shaping.spread)


def _named_by_register(exercise: Exercise) -> Named:
    register = exercise.register
    if register is None:
        return
    for key in ("title", "due", "seed", "yearly"):
        yield from _bare(f"[register] {key}", (getattr(register, key),))
    for key in ("columns", "recalled", "narrow", "lasting"):
        yield from _bare(f"[register] {key}", getattr(register, key))
    for key in ("done", "withheld", "shared"):
        yield from ((f"[register] {key}", name, options) for name, options in getattr(register, key))
    for area in register.areas:
        yield from _bare("[[register.area]]", area.questions)
    for gap in register.gaps:
        yield from _bare("[[register.gap]]", (gap.per,))
        asked = ((gap.along, gap.along_options), (gap.question, gap.options or gap.but))
        yield from (("[[register.gap]]", name, options) for name, options in asked if name)


def twice(values: Sequence[T]) -> list[T]:
    """Return the values that occur more than once, each of them once."""
    return list(dict.fromkeys(value for value in values if values.count(value) > 1))
