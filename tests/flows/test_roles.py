"""Roles: what the program needs of an exercise that it knows by its role is there, or it is told what is missing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from flows.definitions.loader import the_process
from flows.definitions.model import Exercise, Process, Question
from flows.definitions.roles import check_roles
from flows.enums import ExerciseRole, Field, How, Mark
from flows.fields import ChoiceField, DateField

Change = Callable[[Exercise], Exercise]


def told(role: ExerciseRole, change: Change) -> list[str]:
    """What is said of the process once the exercise with this role is changed."""
    process = the_process()
    before = process.with_role(role)
    return said(replace(process, exercises={**process.exercises, before.id: change(before)}))


def said(process: Process) -> list[str]:
    """What is said of a process whose files are called by their exercises."""
    return list(check_roles(process, {name: name for name in process.exercises}, list(ExerciseRole)))


def renamed(role: Field, name: str) -> Change:
    """The question with this role has another id."""
    return lambda e: replace(e, questions=tuple(replace(q, id=name) if q.role is role else q for q in e.questions))


def test_what_we_ship() -> None:
    """The process has every role once, with all that it needs."""
    assert said(the_process()) == []


HELD_TOO = ((Mark.TODO, ("todo",)), (Mark.DECISION, ("decision",)), (Mark.HELD, ("todo",)))


def _marked(question: Question, marks: tuple[tuple[Mark, tuple[str, ...]], ...]) -> Question:
    """The question with these marks on its options."""
    assert isinstance(question.field, ChoiceField)
    return replace(question, field=replace(question.field, marks=marks))


@pytest.mark.parametrize(
    ("role", "change", "wanted"),
    [
        (ExerciseRole.TODOS, renamed(Field.WHAT, "notes"), "“notes” is kept beside the answers; choose another id"),
        (
            ExerciseRole.JOINING,
            lambda e: replace(e, questions=(replace(e.questions[0], id="over"), *e.questions[1:])),
            "“over” is kept beside",
        ),
        (ExerciseRole.TODOS, lambda e: replace(e, how=How.GROUP), 'it must be "rows"'),
        (ExerciseRole.TODOS, lambda e: replace(e, questions=e.questions[1:]), "no question has the role “what”"),
        (
            ExerciseRole.TODOS,
            lambda e: replace(e, questions=(*e.questions, e.questions[0])),
            "two questions have the role or the id “what”",
        ),
        (
            ExerciseRole.TODOS,
            lambda e: replace(e, questions=(replace(e.questions[0], role=Field.COMING), *e.questions[1:])),
            "the role “coming” is not known here",
        ),
        (
            ExerciseRole.TODOS,
            lambda e: replace(e, questions=(replace(e.questions[0], field=DateField()), *e.questions[1:])),
            "kind: as “what” it must be a text",
        ),
        (
            ExerciseRole.TODOS,
            lambda e: replace(e, questions=(e.questions[0], _marked(e.questions[1], ()))),
            "“todo” must mark an option",
        ),
        (
            ExerciseRole.TODOS,
            lambda e: replace(e, questions=(e.questions[0], _marked(e.questions[1], HELD_TOO))),
            "marks: “held” is nothing here; remove it",
        ),
        (
            ExerciseRole.TODOS,
            lambda e: replace(e, role=ExerciseRole.JOINING),
            "has the role “joining” already; take it from one",
        ),
        (ExerciseRole.TODOS, lambda e: replace(e, role=None), "process.toml: no exercise has the role “todos”"),
        (
            ExerciseRole.ROUTINE,
            lambda e: replace(
                e,
                questions=tuple(
                    replace(q, field=ChoiceField(("at_noon",), many=True)) if q.role is Field.HOURS else q
                    for q in e.questions
                ),
            ),
            "“at_noon” needs a question of that id",
        ),
    ],
)
def test_a_mistake(role: ExerciseRole, change: Change, wanted: str) -> None:
    """Each mistake is told with its file, its place and its cure."""
    assert [line for line in told(role, change) if wanted in line]


def test_an_approval_and_an_item_of_ones_own() -> None:
    """What hides what is kept beside an approval, or beside an item that the group adds, is refused."""
    process = the_process()
    approval = next(e for e in process.exercises.values() if e.approves)
    adding = next(e for e in process.exercises.values() if e.for_each and e.for_each.add)
    for exercise, name in ((approval, "version"), (adding, "title")):
        hidden = replace(exercise, questions=(*exercise.questions, replace(exercise.questions[0], id=name, role=None)))
        lines = said(replace(process, exercises={**process.exercises, exercise.id: hidden}))
        assert f"{exercise.id}, [[question]] {name}: “{name}” is kept beside the answers; choose another id" in lines


def test_the_make_up_is_asked_on_joining() -> None:
    """What the group's make-up is read from must be asked of those who join, with those options."""
    process = the_process()
    gap = next(gap for gap in process.group_gaps if gap.question and gap.options)
    asked = said(replace(process, group_gaps=(replace(gap, question="shoe_size"),)))
    assert [line for line in asked if "“shoe_size” is not asked in" in line]
    chosen = said(replace(process, group_gaps=(replace(gap, options=("astronaut",)),)))
    assert [line for line in chosen if "“astronaut” is no option of" in line]


def test_what_is_not_there() -> None:
    """A role, a field, a question, a step or a mark that is not there is an error, not a guess."""
    process = the_process()
    todos = process.with_role(ExerciseRole.TODOS)
    with pytest.raises(KeyError):
        replace(process, exercises={}).with_role(ExerciseRole.TODOS)
    with pytest.raises(KeyError):
        todos.field(Field.COMING)
    with pytest.raises(KeyError):
        todos.question("shoe_size")
    with pytest.raises(KeyError):
        process.step(99)
    with pytest.raises(ValueError, match="unpack"):
        todos.field(Field.WHAT).option(Mark.TODO)
    kind = todos.field(Field.KIND)
    assert todos.says({kind.id: kind.option(Mark.TODO)}, Field.KIND, Mark.TODO)
    assert not todos.says({}, Field.KIND, Mark.TODO)
    assert process.exercises[process.steps[0].exercises[0]].question_ids
