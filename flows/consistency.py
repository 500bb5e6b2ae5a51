"""Check what must agree within an exercise, and between the files of the process."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from flows.model import DAYS, TOLD, Audience, Exercise, ExerciseRole, How, Kind, Process, Question
from flows.toml_table import TomlTable

T = TypeVar("T", str, int)
ROLES = ("core", "network")  # who can be given a seat


def check_exercise(exercise: Exercise, table: TomlTable) -> None:
    """Note on its table whatever does not agree within one exercise."""
    options = {question.id: question.options for question in exercise.questions}
    names = [question.id for question in exercise.questions]
    if not names:
        table.wrong("question", "an exercise needs at least one question")
    for name in _twice(names):
        table.wrong("question", f"two questions are called “{name}”; rename one")
    if (exercise.how is How.ROWS) != (exercise.register is not None):
        table.wrong("register", 'how = "rows" needs a [register], and only it has one')
    if exercise.register is None and any(question.later for question in exercise.questions):
        table.wrong("later", "only a field of a register's row can be asked later")
    if exercise.conclusion and exercise.how not in (How.EACH, How.ORG):
        table.wrong(
            "conclusion", 'what is written together has no conclusion of its own; take it away, or use how = "each"'
        )
    _check_together(exercise, table)
    _check_conditions(exercise, table)
    _check_people(exercise, table)
    _check_register(exercise, table)
    title = exercise.register.title if exercise.register else ""
    if any(question.ticks and question.id != title for question in exercise.questions):
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
    later = [question.id for question in exercise.questions[1:]]
    if exercise.timer_before and not (together and exercise.timer and exercise.timer_before in later):
        table.wrong("timer_before", 'needs a timer, how = "group", and a question after the first one')
    if exercise.for_each and exercise.for_each.pick and not together:
        table.wrong("[for_each] pick", 'only a group picks together: use how = "group"')
    if exercise.continues and not together:
        table.wrong("continues", 'only what a group writes together goes on in the next round: use how = "group"')
    if set(exercise.shows) - set(TOLD):
        table.wrong("shows", f"must be some of {', '.join(TOLD)}")
    if exercise.keeps and exercise.how not in (How.EACH, How.ORG):
        table.wrong("keeps", "what is written together is kept as it is")
    if any(question.authors for question in exercise.questions[1:]) and not together:
        table.wrong("authors", 'only single questions of what a group writes together have authors: use how = "group"')
    if exercise.questions and exercise.questions[0].authors:
        table.wrong("authors", "everybody answers the first question; put another one first")
    if exercise.signed and not together:
        table.wrong("signed", 'only what a group writes together is signed: use how = "group"')
    for question in exercise.questions:
        if question.milestone and (not together or exercise.for_each):
            cure = "a milestone is for what a group writes together, without items"
            table.wrong(f"[[question]] {question.id}", cure)
        days = [q.id for q in exercise.questions if q.kind in DAYS and q.id != question.id]
        if question.goes_by and (not together or exercise.for_each or question.kind not in DAYS):
            table.wrong(f"[[question]] {question.id}", "only a day that a group writes together goes by another one")
        elif question.goes_by and question.goes_by not in days:
            table.wrong(f"[[question]] {question.id}", f"“{question.goes_by}” must be another day of the exercise")
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
        if question.kind is not Kind.CHOICE and (question.columns != 1 or question.likely):
            table.wrong(f"[[question]] {question.id} columns", "only a choice has options to lay out")
        if question.same_as and (question.same_as not in before or before[question.same_as].kind is not Kind.TEXT):
            table.wrong(
                f"[[question]] {question.id} same_as", f"“{question.same_as}” must be a text asked before this one"
            )
        if question.likely is not None:
            seen, place = before.get(question.likely.question), f"[[question]] {question.id} likely"
            if seen is None or seen.kind is not Kind.CHOICE:
                table.wrong(place, f"“{question.likely.question}” must be a choice that is asked before this one")
            elif unknown := [answer for answer, _ in question.likely.options if answer not in seen.options]:
                table.wrong(place, f"“{unknown[0]}” is no option of “{seen.id}”; use some of {', '.join(seen.options)}")
    if exercise.questions and exercise.questions[0].when is not None:
        table.wrong("when", "the first question is always asked; put another one first")


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
        ("tally", (Kind.CHOICE, Kind.DATE), register.tally),
        ("narrow", (Kind.CHOICE,), register.narrow),
        ("layout", (Kind.CHOICE, Kind.ROW, *DAYS), register.layout),
    ):
        for name in names:
            if name in kinds and kinds[name].kind not in wanted:
                table.wrong(f"[register] {place}", f"“{name}” must be a {' or a '.join(wanted)}")
    if register.yearly in kinds and not kinds[register.yearly].many:
        table.wrong("[register] yearly", f"“{register.yearly}” must be a choice of several: many = true")
    if any(question.later and question.id == register.title for question in exercise.questions):
        table.wrong("later", "what names the row is asked at once")
    for area in exercise.register.areas:
        if any(name in kinds and kinds[name].kind is not Kind.SCALE for name in area.questions):
            table.wrong("[[register.area]]", f"“{area.id}” can only hold scales")
    for gap in exercise.register.gaps:
        if gap.per in kinds and kinds[gap.per].kind not in DAYS:
            table.wrong("[[register.gap]]", f"“{gap.per}” must be a date for rows to be counted by it")
        options = set(kinds[gap.question].options) if gap.question in kinds else set()
        if gap.rule == "everyone" and gap.question in kinds and kinds[gap.question].kind is not Kind.PERSON:
            table.wrong("[[register.gap]]", "“everyone” looks at a question that is answered with a person")
        if gap.rule == "linked" and gap.question in kinds and not kinds[gap.question].register:
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
    if exercise.outcome:
        yield "[outcome] question", exercise.outcome.question, (exercise.outcome.option,)
        follows = (exercise.outcome.start, exercise.outcome.months, exercise.outcome.again)
        yield from (("[outcome]", name, ()) for name in follows if name)
    if exercise.calendar:
        shaping = exercise.calendar
        yield from (("[calendar] spread", name, options) for name, options in shaping.spread)
        named = (shaping.days, shaping.until, shaping.review, *shaping.meetings)
        yield from (("[calendar]", name, ()) for name in named if name)
    if exercise.register:
        register = exercise.register
        yield "[register] title", register.title, ()
        yield from (("[register] columns", column, ()) for column in register.columns)
        yield from (("[register] person or due", name, ()) for name in (register.person, register.due) if name)
        for place in ("recalled", "repeat", "tally", "narrow", "layout", "lasting"):
            yield from ((f"[register] {place}", name, ()) for name in getattr(register, place))
        yield from (("[register] seed", name, ()) for name in (register.seed,) if name)
        yield from (("[register] yearly", name, ()) for name in (register.yearly,) if name)
        yield from (("[[register.gap]]", gap.per, ()) for gap in register.gaps if gap.per)
        yield from (("[register] counts", name, options) for name, options in register.counts)
        yield from (("[register] done", name, options) for name, options in register.done)
        yield from (("[[register.area]]", name, ()) for area in register.areas for name in area.questions)
        yield from (("[register] withheld", name, options) for name, options in register.withheld)
        yield from (("[register] shared", name, options) for name, options in register.shared)
        for gap in register.gaps:
            yield from (("[[register.gap]]", name, gap.along_options) for name in (gap.along,) if name)
            yield from (("[[register.gap]]", name, gap.options or gap.but) for name in (gap.question,) if name)


def cross_check(process: Process, files: Mapping[str, str]) -> Iterator[str]:
    """Yield what does not agree between the files."""
    numbers = [step.number for step in process.steps]
    for number in _twice(numbers):
        yield f"process.toml: two steps have the number {number}; change one"
    for step in process.steps:
        place = f"process.toml, step {step.number}"
        for name in step.exercises:
            if name not in process.exercises:
                yield f"{place}: no file defines “{name}”; add it or take the name away"
        if step.gate and (step.gate not in step.exercises or process.exercises[step.gate].verdict is None):
            yield f"{place}: the gate “{step.gate}” must be an exercise of the step with a verdict"
        for goal in step.goals:
            if goal not in process.goals:
                yield f"{place}: “{goal}” is no sub-goal; use one of {', '.join(process.goals)}"
    placed = [name for step in process.steps for name in step.exercises]
    for name in _twice(placed):
        yield f"process.toml: “{name}” stands in two places; keep one"
    for exercise in process.exercises.values():
        file = files[exercise.id]
        if exercise.id not in placed and not exercise.private and not exercise.always:
            yield f"process.toml: “{exercise.id}” is in no step; add it to one"
        yield from _unnamed(exercise, file)
        yield from _others_named(process, exercise, file)
        if exercise.calendar and exercise.calendar.step not in (None, *numbers):
            yield f"{file}: shapes step {exercise.calendar.step}, which is no step of process.toml; mend it"
        if exercise.outcome and exercise.outcome.opens not in numbers:
            yield f"{file}: opens step {exercise.outcome.opens}, which is no step of process.toml; mend it"


def _unnamed(exercise: Exercise, file: str) -> Iterator[str]:
    """Yield what does not go with answers without names: they are one person's, and shown to the group or to nobody."""
    others = exercise.register or exercise.teams or exercise.approves or exercise.how is not How.EACH
    if exercise.anonymous and (others or any(q.audience is not Audience.GROUP for q in exercise.questions)):
        yield f'{file}: anonymous goes with how = "each" and audience = "group" alone, without teams; mend it'


def _signed(exercise: Exercise) -> bool:
    """True if each person answers alone and the group is shown who gave which answer."""
    return exercise.how is How.EACH and not exercise.anonymous and not exercise.private and not exercise.teams


def _shared(exercise: Exercise, file: str) -> Iterator[str]:
    for other in exercise.shares:
        if other not in exercise.recall:
            yield f"{file}: shares “{other}”, which it does not recall; name it in both"


def _others_named(process: Process, exercise: Exercise, file: str) -> Iterator[str]:
    """Yield a mistake for each other exercise or register that is named and missing, or is of the wrong kind."""
    for served in exercise.serves:
        if served not in process.ids:
            yield f"{file}: serves “{served}”, which is no id of the process; mend it"
    for other in (*exercise.recall, *exercise.beside, *exercise.approves, *exercise.numbers):
        if other not in process.exercises:
            yield f"{file}: names “{other}”, which is no exercise; mend it"
        elif other in exercise.beside and not _signed(process.exercises[other]):
            yield f'{file}: lays “{other}” beside others, which must be an exercise with how = "each" and with names'
    for register in (
        exercise.for_each and exercise.for_each.register,
        exercise.verdict and exercise.verdict.plan,
        exercise.deck,
    ):
        if register and (register not in process.exercises or process.exercises[register].register is None):
            yield f'{file}: “{register}” is no register; name an exercise with how = "rows"'
    for question in exercise.questions:
        if question.register and not _can_be_pointed_at(process, question.register):
            yield f"{file}: “{question.register}” is no register whose rows have a text for a name; mend it"
    yield from _answers_named(process, exercise, file)
    yield from _shared(exercise, file)
    yield from _fed(process, exercise, file)
    yield from _authors(process, exercise, file)
    each = exercise.for_each
    for place in {each.first, each.items_from} - {""} if each else ():
        choice = choice_of_rows(process.exercises, place)
        if choice is None:
            yield f"{file}: “{place}” must be a choice in a register; mend it"
        elif each and place == each.items_from and (unknown := set(each.items_except) - set(choice.options)):
            yield f"{file}: “{min(unknown)}” is no option of “{place}”; use some of {', '.join(choice.options)}"
    for needed in exercise.needs:
        how = process.exercises[needed].how if needed in process.exercises else None
        if how not in (How.GROUP, How.EACH):
            yield f'{file}: needs “{needed}”, which must be an exercise with how = "group" or "each"'


def _answers_named(process: Process, exercise: Exercise, file: str) -> Iterator[str]:
    """Yield a mistake for each answer of another exercise that this one depends on and cannot have."""
    whens = [when for when in (exercise.when, *(question.when for question in exercise.questions)) if when]
    wanted = [(when.place, when.options) for when in whens if when.exercise]
    gaps = exercise.register.gaps if exercise.register else ()
    wanted += [(gap.options_from, exercise.question(str(gap.question)).options) for gap in gaps if gap.options_from]
    for place, options in wanted:
        name, _, question = place.rpartition(".")
        other = process.exercises.get(name)
        choice = next((q for q in other.questions if q.id == question), None) if other else None
        if other is None or other.how is not How.GROUP or other.for_each or choice is None or not choice.options:
            yield f'{file}: “{place}” must be a choice of an exercise with how = "group" that has no items; mend it'
        elif unknown := [option for option in options if option not in choice.options]:
            yield f"{file}: “{unknown[0]}” is no option of “{place}”; use some of {', '.join(choice.options)}"


def _fed(process: Process, exercise: Exercise, file: str) -> Iterator[str]:
    """Yield mistakes in `suggests` (where suggestions come from) and `feeds` (where an answer's lines go)."""
    for question in exercise.questions:
        other = process.exercises.get(question.suggests)
        if question.suggests and (other is None or other.for_each is None or other.for_each.register):
            yield f"{file}: “{question.suggests}” has no items to suggest; name an exercise with items of its own"
        if question.feeds is None:
            continue
        register = process.exercises.get(question.feeds.register)
        if register is None or not _can_be_pointed_at(process, question.feeds.register):
            yield f"{file}: feeds “{question.feeds.register}”, which is no register whose rows have a text for a name"
            continue
        options = {q.id: q.options for q in register.questions}
        if question.feeds.links and not any(
            q.id == question.feeds.links and q.kind in (Kind.TEXT, Kind.LINK) for q in register.questions
        ):
            yield f"{file}: “{question.feeds.links}” is no text or link of “{register.id}”; mend it"
        for name, place in question.feeds.carried:
            there, _, asked = place.rpartition(".")
            source = process.exercises.get(there)
            choice = next((q for q in source.questions if q.id == asked), None) if source else None
            if source is None or source.how is not How.GROUP or choice is None or not choice.options:
                yield f'{file}: “{place}” must be a choice of an exercise with how = "group"; mend it'
            elif not set(choice.options) <= set(options.get(name, ())):
                yield f"{file}: not every option of “{place}” is one of “{name}” in “{register.id}”; mend it"
        for name, option in question.feeds.given:
            if option not in options.get(name, ()):
                yield f"{file}: “{option}” is no option of “{name}” in “{register.id}”; mend it"


def _authors(process: Process, exercise: Exercise, file: str) -> Iterator[str]:
    """Yield mistakes in `authors`, which names what people said of themselves when they joined."""
    joining = next((one for one in process.exercises.values() if one.role is ExerciseRole.JOINING), None)
    choices = {q.id: q.options for q in joining.questions if q.options} if joining else {}
    where = joining.id if joining else "those who join"
    of_questions = [said for question in exercise.questions for said in question.authors]
    for name, options in (*(exercise.register.authors if exercise.register else ()), *of_questions):
        if name not in choices:
            yield f"{file}: authors names “{name}”, which is no choice of {where}; use one of {', '.join(choices)}"
        elif unknown := [option for option in options if option not in choices[name]]:
            yield f"{file}: “{unknown[0]}” is no option of “{name}”; use some of {', '.join(choices[name])}"


def choice_of_rows(exercises: Mapping[str, Exercise], place: str) -> Question | None:
    """The choice of a register that "register.question" names."""
    name, _, question = place.rpartition(".")
    other = exercises.get(name)
    if other is None or other.register is None or other.private:
        return None
    return next((q for q in other.questions if q.id == question and q.kind is Kind.CHOICE), None)


def _can_be_pointed_at(process: Process, name: str) -> bool:
    """Check a register whose rows are pointed at: a row is found by its name, and can be made from its name alone."""
    exercise = process.exercises.get(name)
    if exercise is None or exercise.register is None or exercise.private:
        return False
    return any(q.id == exercise.register.title and q.kind is Kind.TEXT for q in exercise.questions)


def _twice(values: Sequence[T]) -> list[T]:
    """Return the values that occur more than once, each of them once."""
    return list(dict.fromkeys(value for value in values if values.count(value) > 1))
