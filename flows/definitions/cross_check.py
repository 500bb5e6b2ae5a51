"""Check what must agree between the files of the process (`flows.definitions.consistency`: within one of them)."""

from collections.abc import Iterator, Mapping

from flows.definitions.consistency import twice
from flows.definitions.model import Exercise, Process, Question
from flows.fields import TextField
from flows.vocabulary import Audience, ExerciseRole, How, Kind


def cross_check(process: Process, files: Mapping[str, str]) -> Iterator[str]:
    """Yield what does not agree between the files."""
    numbers = [step.number for step in process.steps]
    for number in twice(numbers):
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
    for name in twice(placed):
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


def _others_named(process: Process, exercise: Exercise, file: str) -> Iterator[str]:
    """Yield a mistake for each other exercise or register that is named and missing, or is of the wrong kind."""
    for served in exercise.serves:
        if served not in process.ids:
            yield f"{file}: serves “{served}”, which is no id of the process; mend it"
    for other in (*exercise.recall, *exercise.approves):
        if other not in process.exercises:
            yield f"{file}: names “{other}”, which is no exercise; mend it"
        elif exercise.role is ExerciseRole.LOOKING_BACK and not _signed(process.exercises[other]):
            yield f'{file}: looks back on “{other}”, which must be an exercise with how = "each" and with names'
    for register in (
        exercise.for_each and exercise.for_each.register,
        exercise.verdict and exercise.verdict.plan,
    ):
        if register and (register not in process.exercises or process.exercises[register].register is None):
            yield f'{file}: “{register}” is no register; name an exercise with how = "rows"'
    for question in exercise.questions:
        if question.field.register and not _can_be_pointed_at(process, question.field.register):
            yield f"{file}: “{question.field.register}” is no register whose rows have a text for a name; mend it"
    yield from _answers_named(process, exercise, file)
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
        suggests = question.field.suggests if isinstance(question.field, TextField) else ""
        other = process.exercises.get(suggests)
        if suggests and (other is None or other.for_each is None or other.for_each.register):
            yield f"{file}: “{suggests}” has no items to suggest; name an exercise with items of its own"
        if question.feeds is None:
            continue
        register = process.exercises.get(question.feeds.register)
        if register is None or not _can_be_pointed_at(process, question.feeds.register):
            yield f"{file}: feeds “{question.feeds.register}”, which is no register whose rows have a text for a name"
            continue
        options = {q.id: q.options for q in register.questions}
        texts = {q.id for q in register.questions if q.kind is Kind.TEXT}
        if question.feeds.links and not any(
            q.id == question.feeds.links and q.kind in (Kind.TEXT, Kind.LINK) for q in register.questions
        ):
            yield f"{file}: “{question.feeds.links}” is no text or link of “{register.id}”; mend it"
        for name, place in question.feeds.carried:
            there, _, asked = place.rpartition(".")
            source = process.exercises.get(there)
            given = next((q for q in source.questions if q.id == asked), None) if source else None
            in_words = given is not None and given.kind is Kind.TEXT and name in texts
            if source is None or source.how is not How.GROUP or given is None or not (given.options or in_words):
                yield f'{file}: “{place}” must be a choice, or a text for a text, with how = "group"; mend it'
            elif not set(given.options) <= set(options.get(name, ())):
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
