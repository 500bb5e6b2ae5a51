"""Name what the program needs of the exercises that it knows by a role, and check that the definitions have it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flows.definitions.model import ConsentAsked, Exercise, Process, Question
from flows.enums import ExerciseRole, Field, How, Kind, Mark
from flows.fields import ChoiceField

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Need:
    """What a question with a role must be: its kind, and the marks that one of its options must have each."""

    kind: Kind
    marks: tuple[Mark, ...] = ()
    many: bool = False


TEXT, DATE, NUMBER, SCALE, ROW = map(Need, (Kind.TEXT, Kind.DATE, Kind.NUMBER, Kind.SCALE, Kind.ROW))
MOMENT = Need(Kind.MOMENT)
CHOICE, CHOICES, ROWS = Need(Kind.CHOICE), Need(Kind.CHOICE, many=True), Need(Kind.ROW, many=True)
YES, ANSWER = Need(Kind.CHOICE, (Mark.YES,)), Need(Kind.CHOICE, (Mark.YES, Mark.MAYBE, Mark.NO))
YEARS = (Field.FIRST_YEAR, Field.SECOND_YEAR, Field.THIRD_YEAR)  # of the plan
FOUR_FIELDS = dict.fromkeys((Field.STRENGTHS, Field.WEAKNESSES, Field.OPPORTUNITIES, Field.THREATS), TEXT)

NEEDED: Mapping[ExerciseRole, tuple[How, Mapping[Field, Need]]] = {
    ExerciseRole.JOINING: (How.EACH, {Field.NAME: TEXT, Field.ORGANISATION: Need(Kind.ORGANISATION)}),
    ExerciseRole.INCIDENT: (
        How.ROWS,
        {
            Field.WHEN: DATE,
            Field.KIND: CHOICES,
            Field.DANGER: YES,
            Field.AREA: CHOICE,
            Field.KNOWN: CHOICE,
            Field.EXPOSED: NUMBER,
            Field.MINORS: YES,
            Field.DONE: Need(Kind.CHOICE, (Mark.RUNG,), many=True),
            Field.CONTACT: YES,
            Field.NOTE: TEXT,
        },
    ),
    ExerciseRole.TODOS: (How.ROWS, {Field.WHAT: TEXT, Field.KIND: Need(Kind.CHOICE, (Mark.TODO, Mark.DECISION))}),
    ExerciseRole.SUGGESTIONS: (How.ROWS, {Field.WHAT: TEXT}),
    ExerciseRole.TOWN: (
        How.GROUP,
        {
            Field.NAME: TEXT,
            Field.EMERGENCY: TEXT,
            Field.CHILDREN: TEXT,
            Field.CONTROLLER: TEXT,
            Field.OFFICER: TEXT,
            Field.REFERENCE: TEXT,
            Field.PLAN_OWNER: TEXT,
            Field.PLAN_UNTIL: DATE,
            Field.PLAN_REVIEW: DATE,
            Field.ROUTINE_OWNER: TEXT,
            Field.ROUTINE_UNTIL: DATE,
            Field.LAW: TEXT,
        },
    ),
    ExerciseRole.EVENT: (
        How.GROUP,
        {
            Field.DATE: MOMENT,
            Field.LENGTH: CHOICE,
            Field.PLACE: TEXT,
            Field.REQUEST: TEXT,
            Field.NEXT_DATE: MOMENT,
            Field.CONTACT: TEXT,
            Field.ANSWER_BY: DATE,
            Field.WELCOME: TEXT,
        },
    ),
    ExerciseRole.GUESTS: (
        How.ROWS,
        {
            Field.NAME: TEXT,
            Field.ORGANISATION: ROW,
            Field.CONTACT: TEXT,
            Field.INVITED: Need(Kind.CHOICE, (Mark.NOT_YET, Mark.INVITED, Mark.REMINDED)),
            Field.COMING: Need(Kind.CHOICE, (Mark.NO_ANSWER, *ANSWER.marks)),
            Field.JOIN: ANSWER,
            Field.SHAPE: ANSWER,
            Field.START: ANSWER,
        },
    ),
    ExerciseRole.ROUTINE: (
        How.ROWS,
        {
            Field.LINK: Need(Kind.CHOICE, (Mark.CALLED, Mark.FOLLOW_UP)),
            Field.WHAT: TEXT,
            Field.ACTOR: ROW,
            Field.HOURS: Need(Kind.CHOICE, (Mark.DAYTIME, Mark.EVENING, Mark.NIGHT, Mark.WEEKEND), many=True),
            Field.OTHERWISE: TEXT,
        },
    ),
    ExerciseRole.KNOWLEDGE: (How.ROWS, {}),
    ExerciseRole.DECISION: (
        How.GROUP,
        {Field.DECISION: YES, Field.START: DATE, Field.MONTHS: NUMBER, Field.AGAIN: DATE},
    ),
    ExerciseRole.READINESS: (How.EACH, {}),
    ExerciseRole.VULNERABLE_GROUPS: (How.ROWS, {Field.NAME: TEXT}),
    ExerciseRole.PLACES: (How.ROWS, {Field.NAME: TEXT, Field.GROUPS: ROWS}),
    ExerciseRole.ACTORS: (How.ROWS, {Field.NAME: TEXT, Field.KIND: CHOICE, Field.GROUPS: ROWS, Field.PLACES: ROWS}),
    ExerciseRole.INDICATORS: (How.ROWS, {Field.ACTOR: ROW}),
    ExerciseRole.ACTOR_MATRIX: (How.ROWS, {Field.ACTOR: ROW, Field.INFLUENCE: SCALE, Field.SUPPORT: SCALE}),
    ExerciseRole.LEVELS: (How.EACH, {Field.LIVED: CHOICES, Field.DESIRED: CHOICE}),
    ExerciseRole.FIRST_LEVELS: (How.GROUP, {Field.FIRST: CHOICE}),
    ExerciseRole.SWOT: (How.EACH, FOUR_FIELDS),
    ExerciseRole.SWOT_TOGETHER: (How.GROUP, FOUR_FIELDS),
    ExerciseRole.VISION: (How.GROUP, {Field.WHAT: TEXT}),
    ExerciseRole.NETWORK_ROLE: (How.GROUP, {Field.TASKS: TEXT}),
    ExerciseRole.ACTIVITIES: (How.ROWS, {Field.WHAT: TEXT}),
    ExerciseRole.PLAN_FRAME: (How.GROUP, {Field.BEGINS: DATE}),
    ExerciseRole.MEASURES: (
        How.ROWS,
        {Field.WHAT: TEXT, **dict.fromkeys((Field.NOW, *YEARS), NUMBER)},
    ),
    ExerciseRole.FIGURES: (How.GROUP, {Field.FIGURE: NUMBER}),
    ExerciseRole.YEARLY: (How.GROUP, {}),
    ExerciseRole.MEETINGS: (
        How.ROWS,
        {Field.WHAT: TEXT, Field.DATE: MOMENT, Field.PLACE: TEXT, Field.STATUS: Need(Kind.CHOICE, (Mark.HELD,))},
    ),
    ExerciseRole.PLAN_REFLECTION: (How.EACH, {}),
    ExerciseRole.ICEBREAKER: (How.EACH, {}),
    ExerciseRole.CARDS: (How.ROWS, {}),
    ExerciseRole.LOOKING_BACK: (How.EACH, {}),
    ExerciseRole.AMBITION: (How.EACH, {Field.NOW: CHOICE, Field.WANTED: CHOICE}),
    ExerciseRole.AMBITION_TOGETHER: (How.GROUP, {Field.NOW: CHOICE, Field.WANTED: CHOICE}),
}
LENGTHS = 3  # a few hours, half a day, a whole one: see `flows.dialogue.moments`
SEVERAL = {Mark.CALLED, Mark.FOLLOW_UP}  # marks that more than one option can have
APPROVAL = {Field.DECISION: CHOICE, Field.SIGNER: TEXT}  # of every exercise that approves a text
SEAT = {Field.COMING: Need(Kind.CHOICE, (Mark.INVITED, *ANSWER.marks))}  # of a list of people who can come in

# Names that are kept or shown beside the answers: a question of such a name would hide them, or be hidden.
BESIDE_A_ROW = {"notes", "number", "state", "assignee", "due", "stored", "years_done"}
BESIDE_AN_APPROVAL = {"version"}
BESIDE_A_PROFILE = {"over", "guest", "by_poster", "succeeded"}


def check_roles(process: Process, files: Mapping[str, str], demanded: Collection[ExerciseRole]) -> Iterator[str]:
    """Yield a mistake for whatever the program would miss, or could mix up. `files`: each exercise's file."""
    taken: dict[ExerciseRole, str] = {}
    for exercise in process.exercises.values():
        file = files[exercise.id]
        if exercise.role is not None and exercise.role in taken:
            yield f"{file}: {taken[exercise.role]} has the role “{exercise.role}” already; take it from one"
        elif exercise.role is not None:
            taken[exercise.role] = file
        yield from (f"{file}{mistake}" for mistake in _mistakes(exercise))
        if exercise.role is ExerciseRole.JOINING:
            yield from _make_up(process, exercise)
    for missing in demanded:
        if missing not in taken:
            cure = f'add role = "{missing}" to the file of the one meant'
            yield f"process.toml: no exercise has the role “{missing}”; {cure}"


def _make_up(process: Process, joining: Exercise) -> Iterator[str]:
    """Yield a mistake for each question about the group's make-up that is not asked on joining."""
    options = {question.id: question.options for question in joining.questions}
    for gap in process.group_gaps:
        place = f"process.toml, [[group_gap]] {gap.id}"
        for asked, chosen in ((gap.question, gap.options), (gap.along, gap.along_options)):
            if asked and asked not in options:
                yield f"{place}: “{asked}” is not asked in {joining.id}; use one of {', '.join(options)}"
            elif unknown := [option for option in chosen if option not in options[str(asked)]]:
                yield f"{place}: “{unknown[0]}” is no option of “{asked}”; use some of {', '.join(options[str(asked)])}"


def _reserved(exercise: Exercise) -> Collection[str]:
    """Return the ids that are kept beside the answers, and so are no question's."""
    if exercise.for_each and exercise.for_each.add:
        return {"title"}  # what the group calls an item that it adds
    if exercise.approves:
        return BESIDE_AN_APPROVAL
    joins = exercise.role is ExerciseRole.JOINING
    return BESIDE_A_ROW if exercise.register else BESIDE_A_PROFILE if joins else ()


def _needed(exercise: Exercise) -> Mapping[Field, Need]:
    """Return the roles that questions of this exercise must have, each with what that demands."""
    of_role = NEEDED[exercise.role][1] if exercise.role else {}
    seated = exercise.register is not None and exercise.register.link == "seat"
    return {**of_role, **(APPROVAL if exercise.approves else {}), **(SEAT if seated else {})}


def _mistakes(exercise: Exercise) -> Iterator[str]:
    for name in sorted({*_reserved(exercise)} & {*exercise.question_ids}):
        yield f", [[question]] {name}: “{name}” is kept beside the answers; choose another id"
    for name in _twice(question.kept_as for question in exercise.questions):
        yield f", [[question]]: two questions have the role or the id “{name}”; take it from one"
    if exercise.role and exercise.how is not (how := NEEDED[exercise.role][0]):
        yield f', how: with the role “{exercise.role}” it must be "{how}"'
    found, needed = {question.role: question for question in exercise.questions if question.role}, _needed(exercise)
    optional = {Field.PROPOSED} if exercise.part(ConsentAsked) else set()
    for role in found.keys() - needed.keys() - optional:
        yield f", [[question]] {found[role].id}: the role “{role}” is not known here; remove it or mend the spelling"
    for role, need in needed.items():
        if role not in found:
            yield f', [[question]]: no question has the role “{role}”; add role = "{role}" to the one meant'
        else:
            yield from (f", [[question]] {found[role].id}, {mistake}" for mistake in _unfit(found[role], need))
    yield from _options_missing(exercise, found)


def _options_missing(exercise: Exercise, found: Mapping[Field, Question]) -> Iterator[str]:
    """Yield what the options of a question with a role do not fit."""
    length, hours = found.get(Field.LENGTH), found.get(Field.HOURS)
    if exercise.role is ExerciseRole.EVENT and length and len(length.options) != LENGTHS:
        yield f", [[question]] {length.id}: give it {LENGTHS} options, as a time with its end answers it"
    if exercise.role is ExerciseRole.ROUTINE and hours:
        for hour in set(hours.options) - set(exercise.question_ids):
            yield f", [[question]] {hours.id}: “{hour}” needs a question of that id, for the number then"


def _unfit(question: Question, need: Need) -> Iterator[str]:
    if question.kind is not need.kind or question.many != need.many:
        many = " with many = true" if need.many else ", without many"
        yield f"kind: as “{question.role}” it must be a {need.kind}{many}"
    for mark in need.marks:
        marked = question.marked(mark)
        if not marked or (len(marked) > 1 and mark not in SEVERAL):
            yield f'marks: “{mark}” must mark an option: marks = {{ {mark} = ["…"] }}'
    marks = question.field.marks if isinstance(question.field, ChoiceField) else ()
    for mark in sorted({mark for mark, _ in marks} - {*need.marks, Mark.NONE}):
        yield f"marks: “{mark}” is nothing here; remove it"


def _twice(values: Iterable[T]) -> Sequence[T]:
    seen = list(values)
    return list(dict.fromkeys(value for value in seen if seen.count(value) > 1))
