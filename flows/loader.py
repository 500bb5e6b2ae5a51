"""From the definition files to the model. Everything wrong in a file is told at once, with file, place and cure."""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from flows.model import (
    Area,
    Audience,
    Band,
    Exercise,
    ForEach,
    Gap,
    How,
    Kind,
    Outcome,
    Process,
    Question,
    Register,
    Shaping,
    Step,
    Verdict,
)

HERE = Path(__file__).parent / "process"
T = TypeVar("T", str, int)
GAP_RULES = ("count", "covers", "every_row", "filled", "linked")
ROLES = ("core", "network")  # who can be given a seat


class DefinitionError(Exception):
    """One or several definition files are wrong; the message has a line for each mistake."""


class _Table:
    """A table of a definition file that knows where it stands, so that each mistake can be told with its place."""

    def __init__(self, data: Mapping[str, Any], place: str, mistakes: list[str]) -> None:
        self.data, self.place, self.mistakes, self.read = data, place, mistakes, set[str]()

    def wrong(self, key: str, cure: str) -> None:
        self.mistakes.append(f"{self.place}, {key}: {cure}")

    def get(self, key: str, kind: type | tuple[type, ...], default: Any = None, *, needed: bool = False) -> Any:
        self.read.add(key)
        if key not in self.data:
            if needed:
                self.wrong(key, "is missing; add it")
            return default
        value = self.data[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            self.wrong(key, f"must be {' or '.join(k.__name__ for k in kinds)}, is {type(value).__name__}")
            return default
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None, *, needed: bool = False) -> str:
        value = self.get(key, str, default, needed=needed)
        allowed = tuple(allowed)
        if value is not None and value not in allowed:
            self.wrong(key, f"is “{value}”; choose one of {', '.join(allowed)}")
            value = default
        return value if value is not None else next(iter(allowed), "")

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.get(key, list, [])
        if not all(isinstance(v, str) for v in values):
            self.wrong(key, "must be a list of texts")
            return ()
        if len(set(values)) != len(values):
            self.wrong(key, "has the same entry twice; remove one")
        return tuple(values)

    def table(self, key: str) -> "_Table | None":
        data = self.get(key, dict)
        return _Table(data, f"{self.place} [{key}]", self.mistakes) if data is not None else None

    def tables(self, key: str) -> list["_Table"]:
        rows = self.get(key, list, [])
        if not all(isinstance(r, dict) for r in rows):
            self.wrong(key, f"must be tables: [[{key}]]")
            return []
        return [
            _Table(r, f"{self.place} [[{key}]] {r.get('id', number)}", self.mistakes)
            for number, r in enumerate(rows, 1)
        ]

    def done(self) -> None:
        for key in sorted(set(self.data) - self.read):
            self.wrong(key, "is not known here; remove it or mend the spelling")


def exercise_id(file_name: str) -> str:
    """The exercise's id: the file's name without its number, so that files sort as the process goes."""
    stem = file_name.removesuffix(".toml")
    return stem.partition("-")[2] or stem


def load_process(folder: Path = HERE) -> Process:
    """The whole process. Raises DefinitionError that lists every mistake in every file."""
    mistakes: list[str] = []
    exercises: dict[str, Exercise] = {}
    files: dict[str, str] = {}  # by exercise, to name the file of a mistake
    for path in sorted(folder.glob("*.toml")):
        if path.name == "process.toml":
            continue
        table = _open(path, mistakes)
        if table is None:
            continue
        text = path.read_text(encoding="utf-8")
        exercise = _exercise(exercise_id(path.name), table, hashlib.sha256(text.encode()).hexdigest()[:16])
        exercise = replace(exercise, source=text)
        if exercise.id in exercises:
            mistakes.append(f"{path.name}: another file has the id “{exercise.id}”; rename one")
        exercises[exercise.id] = exercise
        files[exercise.id] = path.name
    outline = _open(folder / "process.toml", mistakes)
    if outline is None:
        raise DefinitionError("\n".join(mistakes))
    process = _process(outline, exercises)
    mistakes += _cross_check(process, files)
    if mistakes:
        raise DefinitionError("\n".join(mistakes))
    return process


def read_exercise(name: str, text: str, version: str) -> Exercise:
    """An exercise from the text of its file, as it was in some version. Raises DefinitionError."""
    mistakes: list[str] = []
    try:
        exercise = _exercise(name, _Table(tomllib.loads(text), name, mistakes), version)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise DefinitionError(f"{name}: cannot be read ({error})") from None
    if mistakes:
        raise DefinitionError("\n".join(mistakes))
    return replace(exercise, source=text)


@cache
def the_process() -> Process:
    """The process that this product ships, read once."""
    return load_process()


def _open(path: Path, mistakes: list[str]) -> _Table | None:
    try:
        return _Table(tomllib.loads(path.read_text(encoding="utf-8")), path.name, mistakes)
    except FileNotFoundError:
        mistakes.append(f"{path.name}: is missing in {path.parent.name}/; put it back")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistakes.append(f"{path.name}: is not TOML in UTF-8 ({error}); mend the line it names")
    return None


def _exercise(name: str, table: _Table, version: str) -> Exercise:
    how = How(table.one_of("how", How, needed=True))
    audience = Audience(table.one_of("audience", Audience, "group"))
    exercise = Exercise(
        id=name,
        serves=table.strings("serves"),
        how=how,
        minutes=table.get("minutes", int, 5, needed=True),
        questions=tuple(_question(q, audience) for q in table.tables("question")),
        anonymous=table.get("anonymous", bool, False),
        side_by_side=table.get("side_by_side", bool, False),
        conclusion=table.get("conclusion", bool, False),
        timer=table.get("timer", int),
        for_each=_for_each(table.table("for_each")),
        verdict=_verdict(table.table("verdict")),
        outcome=_outcome(table.table("outcome")),
        calendar=_shaping(table.table("calendar")),
        register=_register(table.table("register")),
        heavy=table.get("heavy", bool, False),
        private=table.get("private", bool, False),
        who=table.strings("who") or ("core",),
        needs=table.strings("needs"),
        teams=table.get("teams", int, 0),
        always=table.get("always", bool, False),
        recall=table.strings("recall"),
        beside=table.strings("beside"),
        numbers=table.strings("numbers"),
        board=table.get("board", bool, False),
        deck=table.get("deck", str, ""),
        presents=table.get("presents", bool, False),
        approves=table.strings("approves"),
        version=version,
    )
    _check_exercise(exercise, table)
    table.done()
    return exercise


def _question(table: _Table, audience: Audience) -> Question:
    advise = table.get("advise", list, [])
    if advise and (len(advise) != 2 or not all(isinstance(n, int) for n in advise)):
        table.wrong("advise", "must be two whole numbers, the lowest and the highest recommended")
        advise = []
    comment = table.get("comment", (bool, str), False)
    if comment not in (True, False, "ask"):
        table.wrong("comment", 'must be true (offered), "ask" (asked for) or false')
        comment = False
    question = Question(
        id=table.get("id", str, "", needed=True),
        kind=Kind(table.one_of("kind", Kind, needed=True)),
        audience=Audience(table.one_of("audience", Audience, audience)),
        options=table.strings("options"),
        many=table.get("many", bool, False),
        low=table.get("low", int, 1),
        high=table.get("high", int, 5 if table.data.get("kind") == "scale" else 1_000_000),
        comment=bool(comment),
        ask_comment=comment == "ask",
        required=table.get("required", bool, True),
        advise_low=advise[0] if advise else None,
        advise_high=advise[1] if advise else None,
        past=table.get("past", bool, False),
        listed=table.get("listed", str, ""),
        needs=table.get("needs", str, ""),
        register=table.get("register", str, ""),
        organisations=table.get("organisations", bool, False),
        default=table.one_of("default", ("", "today"), ""),
        hints=table.strings("hints"),
        reasons=table.strings("reasons"),
        follow_up=table.get("follow_up", bool, False),
    )
    for name, chosen in (("hints", question.hints), ("reasons", question.reasons)):
        if not set(chosen) <= set(question.options):
            table.wrong(name, f"names what is no option; use some of {', '.join(question.options)}")
    if question.reasons and (question.many or not question.comment):
        table.wrong("reasons", "a reason is a comment: give the question comment = true, and let it take one option")
    if (question.kind is Kind.CHOICE) != (bool(question.options) != bool(question.listed)):
        table.wrong("options", "a choice needs options or a list of the group's, and only a choice has them")
    if question.past and question.kind is not Kind.DATE:
        table.wrong("past", "only a date can be one that has been")
    if question.many and question.kind not in (Kind.CHOICE, Kind.ROW):
        table.wrong("many", "only a choice or a row can take several answers")
    if (question.kind is Kind.ROW) != bool(question.register):
        table.wrong("register", "a row needs the register that it is of, and only a row has one")
    if question.default and question.kind is not Kind.DATE:
        table.wrong("default", "only a date can be today's")
    if question.low >= question.high:
        table.wrong("low", "must be below high")
    if "@" in question.id or len(question.id) > 40:
        table.wrong("id", "at most 40 characters, without @")
    table.done()
    return question


def _for_each(table: _Table | None) -> ForEach | None:
    if table is None:
        return None
    result = ForEach(table.strings("items"), table.get("add", bool, False), table.get("register", str))
    if bool(result.items) == bool(result.register):
        table.wrong("items", "give either items or a register")
    if result.add and result.register:
        table.wrong("add", "what is added to a register is a row of it; take this away")
    table.done()
    return result


def _verdict(table: _Table | None) -> Verdict | None:
    if table is None:
        return None
    bands = []
    for band in table.tables("band"):
        bands.append(Band(band.get("id", str, "", needed=True), band.get("up_to", (int, float))))
        band.done()
    measure = table.one_of("measure", ("sum", "share"), needed=True)
    verdict = Verdict(
        measure, tuple(bands), table.get("option", str), table.get("weak", (int, float)), table.get("plan", str)
    )
    ends = [band.up_to for band in bands]
    if (
        not bands
        or ends[-1] is not None
        or None in ends[:-1]
        or ends[:-1] != sorted(e for e in ends[:-1] if e is not None)
    ):
        table.wrong("band", "bands must rise, and only the last one has no up_to")
    if (measure == "share") != (verdict.option is not None):
        table.wrong("option", "a share needs the option it counts, a sum has none")
    table.done()
    return verdict


def _outcome(table: _Table | None) -> Outcome | None:
    if table is None:
        return None
    outcome = Outcome(
        table.get("question", str, "", needed=True),
        table.get("option", str, "", needed=True),
        table.get("opens", int, 0, needed=True),
        table.get("start", str),
        table.get("months", str),
    )
    table.done()
    return outcome


def _shaping(table: _Table | None) -> Shaping | None:
    if table is None:
        return None
    spread = _Table(table.get("spread", dict, {}), f"{table.place} spread", table.mistakes)
    shaping = Shaping(
        step=table.get("step", int),
        spread=tuple((name, spread.strings(name)) for name in spread.data),
        days=table.get("days", str, ""),
        until=table.get("until", str, ""),
        meetings=table.strings("meetings"),
        review=table.get("review", str, ""),
        before=table.one_of("before", ("", "review"), ""),
    )
    if shaping.step is None and (shaping.spread or shaping.days or shaping.until):
        table.wrong("step", "is missing; say which step's meetings are meant")
    if len(shaping.meetings) not in (0, 2):
        table.wrong("meetings", "must be two questions: about the first year, and about every later one")
    table.done()
    return shaping


def _register(table: _Table | None) -> Register | None:
    if table is None:
        return None
    counts = _Table(table.get("counts", dict, {}), f"{table.place} counts", table.mistakes)
    done = _Table(table.get("done", dict, {}), f"{table.place} done", table.mistakes)
    withheld = _Table(table.get("withheld", dict, {}), f"{table.place} withheld", table.mistakes)
    register = Register(
        title=table.get("title", str, "", needed=True),
        columns=table.strings("columns"),
        assign=table.get("assign", bool, False),
        gaps=tuple(_gap(gap) for gap in table.tables("gap")),
        counts=tuple((name, counts.strings(name)) for name in counts.data),
        review=table.get("review", bool, False),
        done=tuple((name, done.strings(name)) for name in done.data),
        areas=tuple(_area(area) for area in table.tables("area")),
        link=table.one_of("link", ("", "form", "invitation"), ""),
        withheld=tuple((name, withheld.strings(name)) for name in withheld.data),
        person=table.get("person", str, ""),
        due=table.get("due", str, ""),
    )
    table.done()
    return register


def _area(table: _Table) -> Area:
    area = Area(table.get("id", str, "", needed=True), table.strings("questions"))
    table.done()
    return area


def _gap(table: _Table) -> Gap:
    gap = Gap(
        id=table.get("id", str, "", needed=True),
        rule=table.one_of("rule", GAP_RULES, needed=True),
        question=table.get("question", str),
        options=table.strings("options"),
        along=table.get("along", str),
        along_options=table.strings("along_options"),
        low=table.get("low", int, 0),
        high=table.get("high", int, 0),
    )
    if gap.rule == "count" and gap.low > gap.high:
        table.wrong("low", "must not be above high")
    if (gap.rule == "count") == (gap.question is not None):
        table.wrong("question", "“count” looks at the rows themselves, the other rules at a question")
    table.done()
    return gap


def _check_exercise(exercise: Exercise, table: _Table) -> None:
    """What must agree within one exercise."""
    options = {question.id: question.options for question in exercise.questions}
    names = [question.id for question in exercise.questions]
    if not names:
        table.wrong("question", "an exercise needs at least one question")
    for name in _twice(names):
        table.wrong("question", f"two questions are called “{name}”; rename one")
    if (exercise.how is How.ROWS) != (exercise.register is not None):
        table.wrong("register", 'how = "rows" needs a [register], and only it has one')
    if exercise.conclusion and exercise.how not in (How.EACH, How.ORG):
        table.wrong(
            "conclusion", 'what is written together has no conclusion of its own; take it away, or use how = "each"'
        )
    _check_people(exercise, table)
    _check_register(exercise, table)
    _check_calendar(exercise, table)
    for place, used, chosen in _names_used(exercise):
        if used not in names:
            table.wrong(place, f"names the question “{used}”, which is not here; use one of {', '.join(names)}")
            continue
        for option in chosen:
            if option not in options[used]:
                table.wrong(place, f"“{option}” is no option of “{used}”; use one of {', '.join(options[used])}")


def _check_register(exercise: Exercise, table: _Table) -> None:
    """What must agree within a register."""
    if exercise.register is None:
        return
    if any(question.comment for question in exercise.questions):
        table.wrong("comment", "the rows of a register have no comments; ask a question of its own instead")
    kinds = {question.id: question for question in exercise.questions}
    for area in exercise.register.areas:
        if any(name in kinds and kinds[name].kind is not Kind.SCALE for name in area.questions):
            table.wrong("[[register.area]]", f"“{area.id}” can only hold scales")
    for gap in exercise.register.gaps:
        options = set(kinds[gap.question].options) if gap.question in kinds else set()
        if gap.rule == "linked" and gap.question in kinds and not kinds[gap.question].register:
            table.wrong("[[register.gap]]", "“linked” looks at a question that is answered with rows of a register")
        if gap.rule == "filled" and not options <= set(kinds):
            table.wrong("[[register.gap]]", "“filled” needs a question for each option, with the option's id")


def _check_calendar(exercise: Exercise, table: _Table) -> None:
    """The calendar is shaped by what is written together, and by answers that can be read as days and numbers."""
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


def _check_people(exercise: Exercise, table: _Table) -> None:
    """Who takes part, and together with whom."""
    for role in exercise.who:
        if role not in ROLES:
            table.wrong("who", f"“{role}” is no role; use {' and '.join(ROLES)}")
    if exercise.teams and (exercise.how is not How.EACH or exercise.teams < 2):
        table.wrong("teams", 'small groups have two people or more, and are made where how = "each"')


def _names_used(exercise: Exercise) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    """Where an exercise names its own questions, and which of their options it names there."""
    if exercise.outcome:
        yield "[outcome] question", exercise.outcome.question, (exercise.outcome.option,)
        yield from (("[outcome]", name, ()) for name in (exercise.outcome.start, exercise.outcome.months) if name)
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
        yield from (("[register] counts", name, options) for name, options in register.counts)
        yield from (("[register] done", name, options) for name, options in register.done)
        yield from (("[[register.area]]", name, ()) for area in register.areas for name in area.questions)
        yield from (("[register] withheld", name, options) for name, options in register.withheld)
        for gap in register.gaps:
            yield from (("[[register.gap]]", name, gap.along_options) for name in (gap.along,) if name)
            yield from (("[[register.gap]]", name, gap.options) for name in (gap.question,) if name)


def _process(table: _Table, exercises: dict[str, Exercise]) -> Process:
    parts = table.strings("parts")
    steps = []
    for step in table.tables("step"):
        steps.append(
            Step(
                number=step.get("number", int, 0, needed=True),
                part=step.one_of("part", parts, needed=True),
                goals=step.strings("goals"),
                exercises=step.strings("exercises"),
                sessions=step.get("sessions", int, 0),
                session_minutes=step.get("session_minutes", int, 90),
                own_weeks=step.get("own_weeks", int, 0),
                spread_sessions=step.get("spread_sessions", int, 0),
                spread_minutes=step.get("spread_minutes", int, 90),
                gate=step.get("gate", str, ""),
            )
        )
        step.done()
    process = Process(
        goals=table.strings("goals"),
        parts=parts,
        steps=tuple(steps),
        exercises=exercises,
        ids=table.strings("ids"),
        group_gaps=tuple(_gap(gap) for gap in table.tables("group_gap")),
    )
    table.done()
    return process


def _cross_check(process: Process, files: Mapping[str, str]) -> Iterator[str]:
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
        yield from _others_named(process, exercise, file)
        if exercise.calendar and exercise.calendar.step not in (None, *numbers):
            yield f"{file}: shapes step {exercise.calendar.step}, which is no step of process.toml; mend it"
        if exercise.outcome and exercise.outcome.opens not in numbers:
            yield f"{file}: opens step {exercise.outcome.opens}, which is no step of process.toml; mend it"


def _signed(exercise: Exercise) -> bool:
    """Whether each answers it alone and signs what the group is shown."""
    return exercise.how is How.EACH and not exercise.anonymous and not exercise.private and not exercise.teams


def _others_named(process: Process, exercise: Exercise, file: str) -> Iterator[str]:
    """Yield what an exercise names that is not there, or is not what it should be."""
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
    for needed in exercise.needs:
        if needed not in process.exercises or process.exercises[needed].how is not How.GROUP:
            yield f'{file}: needs “{needed}”, which must be an exercise with how = "group"'


def _can_be_pointed_at(process: Process, name: str) -> bool:
    """Rows that are pointed at are found by their names, and a new one can be made from its name alone."""
    exercise = process.exercises.get(name)
    if exercise is None or exercise.register is None or exercise.private:
        return False
    return any(q.id == exercise.register.title and q.kind is Kind.TEXT for q in exercise.questions)


def _twice(values: Sequence[T]) -> list[T]:
    """The values that stand there more than once, each once."""
    return list(dict.fromkeys(value for value in values if values.count(value) > 1))
