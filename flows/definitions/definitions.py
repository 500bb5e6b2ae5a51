"""Turn the tables of a definition file into the model: what each key holds (`consistency`: what must agree)."""

from collections.abc import Sequence

from flows.definitions.consistency import check_exercise
from flows.definitions.model import (
    Approval,
    ConsentAsked,
    Exercise,
    ForEach,
    Guide,
    InOrder,
    Outcome,
    Part,
    Process,
    Question,
    Register,
    Shaping,
    Staging,
    Step,
    Teams,
    Verdict,
)
from flows.definitions.question_definition import question_of, when_of
from flows.enums import Audience, ExerciseRole, Field, Mark
from flows.identities import Handling
from flows.toml_table import TomlTable

FIRST_STEP = 1  # opens once the group has decided to begin
LAYING = (Field.START, Field.MONTHS, Field.AGAIN)


def exercise_of(name: str, table: TomlTable, version: str) -> Exercise:
    """Read an exercise from its table; mistakes are noted on the table."""
    audience = Audience(table.one_of("audience", Audience, "group"))
    identities = Handling(table.one_of("identities", Handling, Handling.ASK))
    questions = tuple(question_of(q, audience, identities) for q in table.tables("question"))
    role = table.choice("role", ExerciseRole)
    exercise = table.record(
        Exercise,
        id=name,
        questions=questions,
        parts=_parts(table, questions, decides=role is ExerciseRole.DECISION),
        identities=identities,
        when=when_of(table),
        role=role,
        version=version,
        source="",
    )
    check_exercise(exercise, table)
    table.done()
    return exercise


def _parts(table: TomlTable, questions: Sequence[Question], *, decides: bool) -> tuple[Part, ...]:
    """Read what the exercise has beside its questions."""
    staging = table.record(Staging)
    within, roles = table.get("consent", int, 0), table.strings("consents") or ("core",)
    found = (
        table.part("register", Register),
        table.part("for_each", ForEach),
        table.part("verdict", Verdict),
        table.part("calendar", Shaping),
        _outcome(questions) if decides else None,
        ConsentAsked(within, roles) if within else None,
        Teams(teams) if (teams := table.get("teams", int, 0)) else None,
        Approval(text) if (text := table.strings("approves")) else None,
        InOrder(days) if (days := table.strings("in_order")) else None,
        Guide(tells) if (tells := table.strings("shows")) else None,
        staging if staging != Staging() else None,
    )
    return tuple(filter(None, found))


def _outcome(questions: Sequence[Question]) -> Outcome | None:
    """What the decision whether to begin sets in motion; None if the questions lack its roles (`roles`)."""
    asked = {question.role: question for question in questions}
    decision, names = asked.get(Field.DECISION), [q.id if (q := asked.get(role)) else None for role in LAYING]
    chosen = decision.marked(Mark.YES) if decision else ()
    return Outcome(decision.id, chosen[0], FIRST_STEP, *names) if decision and chosen else None


def process_of(table: TomlTable, exercises: dict[str, Exercise]) -> Process:
    """Read the process from its own file (`process.toml`)."""
    parts = table.strings("parts")
    steps = tuple(step.whole(Step, part=step.one_of("part", parts, needed=True)) for step in table.tables("step"))
    return table.whole(Process, parts=parts, steps=steps, exercises=exercises)
