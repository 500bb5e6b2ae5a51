"""Check what must agree within an exercise (`flows.definitions.cross_check`: between the files of the process)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from flows.definitions.model import TOLD, Exercise, Question
from flows.fields import ChoiceField, Likely, PersonField, TextField
from flows.toml_table import TomlTable
from flows.vocabulary import How, Kind

T = TypeVar("T", str, int)
ROLES = ("core", "network")  # who can be given a seat


def check_exercise(exercise: Exercise, table: TomlTable) -> None:
    """Note on its table whatever does not agree within one exercise."""
    options = {question.id: question.options for question in exercise.questions}
    names = [question.id for question in exercise.questions]
    if not names:
        table.wrong("question", "an exercise needs at least one question")
    for name in twice(names):
        table.wrong("question", f"two questions are called “{name}”; rename one")
    if (exercise.how is How.ROWS) != (exercise.register is not None):
        table.wrong("register", 'how = "rows" needs a [register], and only it has one')
    if (exercise.register is None or exercise.private) and any(
        isinstance(question.field, PersonField) and question.field.tells for question in exercise.questions
    ):
        table.wrong("tells", "only whoever is named in a row that the group sees can be told")
    if exercise.conclusion and exercise.how not in (How.EACH, How.ORG):
        table.wrong(
            "conclusion", 'what is written together has no conclusion of its own; take it away, or use how = "each"'
        )
    _check_together(exercise, table)
    _check_conditions(exercise, table)
    _check_people(exercise, table)
    _check_register(exercise, table)
    title = exercise.register.title if exercise.register else ""
    if any(isinstance(q.field, TextField) and q.field.ticks and q.id != title for q in exercise.questions):
        table.wrong("ticks", "only examples of what names a register's rows can be ticked, each to a row of its own")
    _check_calendar(exercise, table)
    for place, used, chosen in _names_used(exercise):
        if used not in names:
            table.wrong(place, f"names the question “{used}”, which is not here; use one of {', '.join(names)}")
            continue
        for option in chosen:
            if option not in options[used]:
                table.wrong(place, f"“{option}” is no option of “{used}”; use one of {', '.join(options[used])}")


def _check_together(exercise: Exercise, table: TomlTable) -> None:
    """Check settings that only fit an exercise that the group writes together, or only one that it does not."""
    together = exercise.how is How.GROUP
    if any(question.timer for question in exercise.questions[1:]) and not together:
        table.wrong("timer", 'before a later question it is for what a group writes together: use how = "group"')
    if exercise.for_each and exercise.for_each.pick and not together:
        table.wrong("[for_each] pick", 'only a group picks together: use how = "group"')
    if exercise.continues and not together:
        table.wrong("continues", 'only what a group writes together goes on in the next round: use how = "group"')
    if set(exercise.shows) - set(TOLD):
        table.wrong("shows", f"must be some of {', '.join(TOLD)}")
    if exercise.afterwards and exercise.how not in (How.EACH, How.ORG):
        table.wrong("afterwards", "what is written together is shown as it is")
    days = [question.id for question in exercise.questions if question.field.a_day]
    if exercise.in_order and (not together or exercise.for_each or set(exercise.in_order) - set(days)):
        table.wrong("in_order", 'names days of what a group writes together, without items: how = "group"')
    if any(question.authors for question in exercise.questions[1:]) and not together:
        table.wrong("authors", 'only single questions of what a group writes together have authors: use how = "group"')
    if exercise.questions and exercise.questions[0].authors:
        table.wrong("authors", "everybody answers the first question; put another one first")
    for question in exercise.questions:
        if question.milestone and (not together or exercise.for_each):
            cure = "a milestone is for what a group writes together, without items"
            table.wrong(f"[[question]] {question.id}", cure)
        alone = exercise.how is How.EACH and not exercise.anonymous and not exercise.private
        if question.feeds and (exercise.for_each or not (together or alone)):
            cure = "feeds are for what a group writes together, or each alone with their name, without items"
            table.wrong(f"[[question]] {question.id}", cure)


def _check_conditions(exercise: Exercise, table: TomlTable) -> None:
    """Check that each condition names an earlier choice that everyone is asked, or another exercise's."""
    before: dict[str, Question] = {}
    if exercise.when is not None and not exercise.when.exercise:
        table.wrong("when", 'names no other exercise; write “"exercise.question" = ["option"]”')
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
    if exercise.questions and exercise.questions[0].when is not None:
        table.wrong("when", "the first question is always asked; put another one first")


def _check_earlier(question: Question, before: Mapping[str, Question], table: TomlTable) -> None:
    """Check what goes by the answer to an earlier question: options that come first."""
    match question.field:
        case ChoiceField(likely=Likely() as likely):
            seen, place = before.get(likely.question), f"[[question]] {question.id} likely"
            if seen is None or seen.kind is not Kind.CHOICE:
                table.wrong(place, f"“{likely.question}” must be a choice that is asked before this one")
            elif unknown := [answer for answer, _ in likely.options if answer not in seen.options]:
                table.wrong(place, f"“{unknown[0]}” is no option of “{seen.id}”; use some of {', '.join(seen.options)}")


def _check_register(exercise: Exercise, table: TomlTable) -> None:
    """Check what must agree within a register."""
    if exercise.register is None:
        return
    if any(question.comment for question in exercise.questions):
        table.wrong("comment", "the rows of a register have no comments; ask a question of its own instead")
    kinds = {question.id: question for question in exercise.questions}
    register = exercise.register
    for place, wanted, names in (
        ("seed", (Kind.CHOICE, Kind.PERSON), (register.seed,)),
        ("narrow", (Kind.CHOICE,), register.narrow),
    ):
        for name in names:
            if name in kinds and kinds[name].kind not in wanted:
                table.wrong(f"[register] {place}", f"“{name}” must be a {' or a '.join(wanted)}")
    if register.yearly in kinds and not kinds[register.yearly].many:
        table.wrong("[register] yearly", f"“{register.yearly}” must be a choice of several: many = true")
    if any(question.later and question.id == register.title for question in exercise.questions):
        table.wrong("follow_up", "what names the row is asked at once")
    for area in exercise.register.areas:
        if any(name in kinds and kinds[name].kind is not Kind.SCALE for name in area.questions):
            table.wrong("[[register.area]]", f"“{area.id}” can only hold scales")
    for gap in exercise.register.gaps:
        if gap.per in kinds and not kinds[gap.per].field.a_day:
            table.wrong("[[register.gap]]", f"“{gap.per}” must be a date for rows to be counted by it")
        options = set(kinds[gap.question].options) if gap.question in kinds else set()
        if gap.rule == "everyone" and gap.question in kinds and kinds[gap.question].kind is not Kind.PERSON:
            table.wrong("[[register.gap]]", "“everyone” looks at a question that is answered with a person")
        if gap.rule == "linked" and gap.question in kinds and not kinds[gap.question].field.register:
            table.wrong("[[register.gap]]", "“linked” looks at a question that is answered with rows of a register")
        if gap.rule == "filled" and not options <= set(kinds):
            table.wrong("[[register.gap]]", "“filled” needs a question for each option, with the option's id")


def _check_calendar(exercise: Exercise, table: TomlTable) -> None:
    """Check that the calendar is changed only by what is written together, and by answers that are days or numbers."""
    shaping = exercise.calendar
    if shaping is None:
        return
    if exercise.how is not How.GROUP:
        table.wrong("[calendar]", 'is shaped by what the group writes together: use how = "group"')
    kinds = {question.id: question.kind for question in exercise.questions}
    wanted = {shaping.days: Kind.TEXT, shaping.until: Kind.DATE, shaping.review: Kind.DATE}
    for name, kind in (wanted | dict.fromkeys(shaping.meetings, Kind.NUMBER)).items():
        if kinds.get(name, kind) is not kind:
            table.wrong("[calendar]", f"“{name}” must be a {kind}")


def _check_people(exercise: Exercise, table: TomlTable) -> None:
    """Check who takes part, and with whom."""
    for role in exercise.who:
        if role not in ROLES:
            table.wrong("who", f"“{role}” is no role; use {' and '.join(ROLES)}")
    if exercise.teams and (exercise.how is not How.EACH or exercise.teams < 2):
        table.wrong("teams", 'small groups have two people or more, and are made where how = "each"')


def _names_used(exercise: Exercise) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    """Yield each place where an exercise names a question of its own, with the options that it names there."""
    if exercise.calendar:
        shaping = exercise.calendar
        yield from (("[calendar] spread", name, options) for name, options in shaping.spread)
        named = (shaping.days, shaping.until, shaping.review, *shaping.meetings)
        yield from (("[calendar]", name, ()) for name in named if name)
    if exercise.register:
        register = exercise.register
        yield "[register] title", register.title, ()
        yield from (("[register] columns", column, ()) for column in register.columns)
        yield from (("[register] due", name, ()) for name in (register.due,) if name)
        for place in ("recalled", "narrow", "lasting"):
            yield from ((f"[register] {place}", name, ()) for name in getattr(register, place))
        yield from (("[register] seed", name, ()) for name in (register.seed,) if name)
        yield from (("[register] yearly", name, ()) for name in (register.yearly,) if name)
        yield from (("[[register.gap]]", gap.per, ()) for gap in register.gaps if gap.per)
        yield from (("[register] done", name, options) for name, options in register.done)
        yield from (("[[register.area]]", name, ()) for area in register.areas for name in area.questions)
        yield from (("[register] withheld", name, options) for name, options in register.withheld)
        yield from (("[register] shared", name, options) for name, options in register.shared)
        for gap in register.gaps:
            yield from (("[[register.gap]]", name, gap.along_options) for name in (gap.along,) if name)
            yield from (("[[register.gap]]", name, gap.options or gap.but) for name in (gap.question,) if name)


def twice(values: Sequence[T]) -> list[T]:
    """Return the values that occur more than once, each of them once."""
    return list(dict.fromkeys(value for value in values if values.count(value) > 1))
