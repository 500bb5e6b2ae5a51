"""Check what must agree between the files of the process (`flows.definitions.consistency`: within one of them)."""

from collections.abc import Collection, Iterator, Mapping

from flows.definitions.consistency import twice
from flows.definitions.model import Exercise, Process, Question
from flows.enums import Audience, ExerciseRole, How, Kind
from flows.fields import TextField


def cross_check(process: Process, files: Mapping[str, str]) -> Iterator[str]:
    """Yield what does not agree between the files."""
    placed = [name for step in process.steps for name in step.exercises]
    for number in twice([step.number for step in process.steps]):
        yield f"process.toml: two steps have the number {number}; change one"
    yield from (f"process.toml, step {mistake}" for mistake in _steps(process))
    for name in twice(placed):
        yield f"process.toml: “{name}” stands in two places; keep one"
    for exercise in process.exercises.values():
        if exercise.id not in placed and not exercise.private and not exercise.always:
            yield f"process.toml: “{exercise.id}” is in no step; add it to one"
        for check in CHECKS:
            yield from (f"{files[exercise.id]}: {mistake}" for mistake in check(process, exercise))


def _steps(process: Process) -> Iterator[str]:
    """Yield what a step names that is not there, beginning with its number."""
    for step in process.steps:
        for name in step.exercises:
            if name not in process.exercises:
                yield f"{step.number}: no file defines “{name}”; add it or take the name away"
        if step.gate and (step.gate not in step.exercises or process.exercises[step.gate].verdict is None):
            yield f"{step.number}: the gate “{step.gate}” must be an exercise of the step with a verdict"
        for goal in step.goals:
            if goal not in process.goals:
                yield f"{step.number}: “{goal}” is no sub-goal; use one of {', '.join(process.goals)}"


# -- of one exercise: each check yields its mistakes, without the name of the file -------------------------------------
def _unnamed(_process: Process, exercise: Exercise) -> Iterator[str]:
    """Answers without names are one person's, and shown to the group or to nobody."""
    others = exercise.register or exercise.teams or exercise.approves or exercise.how is not How.EACH
    if exercise.anonymous and (others or any(q.audience is not Audience.GROUP for q in exercise.questions)):
        yield 'anonymous goes with how = "each" and audience = "group" alone, without teams; mend it'


def _signed(exercise: Exercise) -> bool:
    """True if each person answers alone and the group is shown who gave which answer."""
    return exercise.how is How.EACH and not exercise.anonymous and not exercise.private and not exercise.teams


def _other_exercises(process: Process, exercise: Exercise) -> Iterator[str]:
    """What is served, recalled, approved or needed is there, and of the right kind."""
    for served in exercise.serves:
        if served not in process.ids:
            yield f"serves “{served}”, which is no id of the process; mend it"
    for other in (*exercise.recall, *exercise.approves):
        if other not in process.exercises:
            yield f"names “{other}”, which is no exercise; mend it"
        elif exercise.role is ExerciseRole.LOOKING_BACK and not _signed(process.exercises[other]):
            yield f'looks back on “{other}”, which must be an exercise with how = "each" and with names'
    for needed in exercise.needs:
        if needed not in process.exercises or process.exercises[needed].how not in (How.GROUP, How.EACH):
            yield f'needs “{needed}”, which must be an exercise with how = "group" or "each"'


def _registers_named(process: Process, exercise: Exercise) -> Iterator[str]:
    """Whatever rows are taken from or pointed at is a register that allows it."""
    named = (exercise.for_each and exercise.for_each.register, exercise.verdict and exercise.verdict.plan)
    for register in filter(None, named):
        if register not in process.exercises or process.exercises[register].register is None:
            yield f'“{register}” is no register; name an exercise with how = "rows"'
    for register in (question.field.register for question in exercise.questions):
        if register and not _can_be_pointed_at(process, register):
            yield f"“{register}” is no register whose rows have a text for a name; mend it"


def _items(process: Process, exercise: Exercise) -> Iterator[str]:
    """The items of an exercise come from choices in registers."""
    each = exercise.for_each
    for place in {each.first, each.items_from} - {""} if each else ():
        choice = choice_of_rows(process.exercises, place)
        if choice is None:
            yield f"“{place}” must be a choice in a register; mend it"
        elif each and place == each.items_from:
            yield from _unknown(sorted(each.items_except), choice.options, place)


def _steps_named(process: Process, exercise: Exercise) -> Iterator[str]:
    """Steps that an exercise shapes or opens are there."""
    numbers = {step.number for step in process.steps}
    if exercise.calendar and exercise.calendar.step not in (None, *numbers):
        yield f"shapes step {exercise.calendar.step}, which is no step of process.toml; mend it"
    if exercise.outcome and exercise.outcome.opens not in numbers:
        yield f"opens step {exercise.outcome.opens}, which is no step of process.toml; mend it"


def _answers_named(process: Process, exercise: Exercise) -> Iterator[str]:
    """Each answer of another exercise that this one depends on can be had."""
    whens = [when for when in (exercise.when, *(question.when for question in exercise.questions)) if when]
    wanted = [(when.place, when.options) for when in whens if when.exercise]
    gaps = exercise.register.gaps if exercise.register else ()
    wanted += [(gap.options_from, exercise.question(str(gap.question)).options) for gap in gaps if gap.options_from]
    for place, options in wanted:
        other, choice = _asked_at(process.exercises, place)
        if other is None or other.how is not How.GROUP or other.for_each or choice is None or not choice.options:
            yield f'“{place}” must be a choice of an exercise with how = "group" that has no items; mend it'
        else:
            yield from _unknown(options, choice.options, place)


def _suggested(process: Process, exercise: Exercise) -> Iterator[str]:
    """Suggestions come from an exercise with items of its own."""
    for suggests in (q.field.suggests for q in exercise.questions if isinstance(q.field, TextField)):
        other = process.exercises.get(suggests)
        if suggests and (other is None or other.for_each is None or other.for_each.register):
            yield f"“{suggests}” has no items to suggest; name an exercise with items of its own"


def _fed(process: Process, exercise: Exercise) -> Iterator[str]:
    """An answer's lines go to a register, with what is carried along and given."""
    for feeds in (question.feeds for question in exercise.questions if question.feeds):
        register = process.exercises.get(feeds.register)
        if register is None or not _can_be_pointed_at(process, feeds.register):
            yield f"feeds “{feeds.register}”, which is no register whose rows have a text for a name"
            continue
        there = {question.id: question for question in register.questions}
        if feeds.links and (feeds.links not in there or there[feeds.links].kind not in (Kind.TEXT, Kind.LINK)):
            yield f"“{feeds.links}” is no text or link of “{register.id}”; mend it"
        for name, place in feeds.carried:
            yield from _carried(process, there.get(name), place, f"“{name}” in “{register.id}”")
        for name, option in feeds.given:
            if name not in there or option not in there[name].options:
                yield f"“{option}” is no option of “{name}” in “{register.id}”; mend it"


def _carried(process: Process, to: Question | None, place: str, named: str) -> Iterator[str]:
    source, given = _asked_at(process.exercises, place)
    in_words = given is not None and to is not None and given.kind is to.kind is Kind.TEXT
    if source is None or source.how is not How.GROUP or given is None or not (given.options or in_words):
        yield f'“{place}” must be a choice, or a text for a text, with how = "group"; mend it'
    elif not set(given.options) <= set(to.options if to else ()):
        yield f"not every option of “{place}” is one of {named}; mend it"


def _authors(process: Process, exercise: Exercise) -> Iterator[str]:
    """`authors` names what people said of themselves when they joined."""
    joining = next((one for one in process.exercises.values() if one.role is ExerciseRole.JOINING), None)
    choices = {q.id: q.options for q in joining.questions if q.options} if joining else {}
    where = joining.id if joining else "those who join"
    of_questions = [said for question in exercise.questions for said in question.authors]
    for name, options in (*(exercise.register.authors if exercise.register else ()), *of_questions):
        if name not in choices:
            yield f"authors names “{name}”, which is no choice of {where}; use one of {', '.join(choices)}"
        else:
            yield from _unknown(options, choices[name], name)


CHECKS = (
    _unnamed,
    _other_exercises,
    _registers_named,
    _answers_named,
    _suggested,
    _fed,
    _authors,
    _items,
    _steps_named,
)


def _unknown(chosen: Collection[str], options: Collection[str], of: str) -> Iterator[str]:
    """Yield the first that was chosen and is no option."""
    for option in [option for option in chosen if option not in options][:1]:
        yield f"“{option}” is no option of “{of}”; use some of {', '.join(options)}"


def _asked_at(exercises: Mapping[str, Exercise], place: str) -> tuple[Exercise | None, Question | None]:
    """Return the exercise and the question that "exercise.question" names, None for what is not there."""
    name, _, question = place.rpartition(".")
    other = exercises.get(name)
    return other, next((q for q in other.questions if q.id == question), None) if other else None


def choice_of_rows(exercises: Mapping[str, Exercise], place: str) -> Question | None:
    """The choice of a register that "register.question" names."""
    other, question = _asked_at(exercises, place)
    if other is None or other.register is None or other.private or question is None:
        return None
    return question if question.kind is Kind.CHOICE else None


def _can_be_pointed_at(process: Process, name: str) -> bool:
    """Check a register whose rows are pointed at: a row is found by its name, and can be made from its name alone."""
    exercise = process.exercises.get(name)
    if exercise is None or exercise.register is None or exercise.private:
        return False
    return any(q.id == exercise.register.title and q.kind is Kind.TEXT for q in exercise.questions)
