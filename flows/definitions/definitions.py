"""Turn the tables of a definition file into the model: what each key holds (`consistency`: what must agree)."""

from collections.abc import Sequence

from flows.definitions.consistency import check_exercise
from flows.definitions.model import (
    Approval,
    Area,
    Band,
    ConsentAsked,
    Exercise,
    ForEach,
    Gap,
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
from flows.definitions.question_definition import named, question_of, said_of, when_of
from flows.definitions.register_rules import GAP_RULES
from flows.enums import Afterwards, Audience, ExerciseRole, Field, How, Mark
from flows.identities import Handling
from flows.toml_table import TomlTable

FIRST_STEP = 1  # opens once the group has decided to begin
LAYING = (Field.START, Field.MONTHS, Field.AGAIN)
OF_ROWS = ("count", "late", "taken", "dated")  # the rules that look at the rows themselves


def exercise_of(name: str, table: TomlTable, version: str) -> Exercise:
    """Read an exercise from its table; mistakes are noted on the table."""
    how = How(table.one_of("how", How, needed=True))
    audience = Audience(table.one_of("audience", Audience, "group"))
    identities = Handling(table.one_of("identities", Handling, Handling.ASK))
    questions = tuple(question_of(q, audience, identities) for q in table.tables("question"))
    role = named(ExerciseRole, table, "role")
    exercise = Exercise(
        id=name,
        serves=table.strings("serves"),
        how=how,
        minutes=table.get("minutes", int, 5, needed=True),
        questions=questions,
        parts=_parts(table, questions, role),
        anonymous=table.get("anonymous", bool, False),
        conclusion=table.get("conclusion", bool, False),
        afterwards=named(Afterwards, table, "afterwards"),
        continues=table.get("continues", bool, False),
        who=table.strings("who") or ("core",),
        needs=table.strings("needs"),
        recall=table.strings("recall"),
        identities=identities,
        when=when_of(table),
        role=role,
        version=version,
    )
    check_exercise(exercise, table)
    table.done()
    return exercise


def _parts(table: TomlTable, questions: Sequence[Question], role: ExerciseRole | None) -> tuple[Part, ...]:
    """Read what the exercise has beside its questions."""
    staging = Staging(
        outward=table.get("outward", bool, False),
        session=table.one_of("session", ("", "before", "between"), ""),
        named=table.get("named", bool, False),
        with_event=table.get("with_event", bool, False),
        again=table.get("again", int, 0),
    )
    days, roles = table.get("consent", int, 0), table.strings("consents") or ("core",)
    approval, order, guide = (table.strings(key) for key in ("approves", "in_order", "shows"))
    teams = table.get("teams", int, 0)
    found = (
        _register(table.table("register")),
        _for_each(table.table("for_each")),
        _verdict(table.table("verdict")),
        _outcome(questions) if role is ExerciseRole.DECISION else None,
        _shaping(table.table("calendar")),
        ConsentAsked(days, roles) if days else None,
        Approval(approval) if approval else None,
        Teams(teams) if teams else None,
        InOrder(order) if order else None,
        Guide(guide) if guide else None,
        staging if staging != Staging() else None,
    )
    return tuple(part for part in found if part is not None)


def _for_each(table: TomlTable | None) -> ForEach | None:
    if table is None:
        return None
    result = ForEach(
        table.strings("items"),
        table.get("add", bool, False),
        table.get("register", str),
        table.get("pick", bool, False),
        table.get("items_from", str, ""),
        table.strings("items_except"),
        table.get("first", str, ""),
    )
    if bool(result.items or result.items_from) == bool(result.register):
        table.wrong("items", "give either items (or items_from) or a register")
    if result.items_except and not result.items_from:
        table.wrong("items_except", "only what is taken from another list can be left out")
    if result.add and result.register:
        table.wrong("add", "what is added to a register is a row of it; take this away")
    if result.first and result.register:
        table.wrong("first", "only named items can be put in another order")
    table.done()
    return result


def _verdict(table: TomlTable | None) -> Verdict | None:
    if table is None:
        return None
    bands = []
    for band in table.tables("band"):
        bands.append(Band(band.get("id", str, "", needed=True), band.get("up_to", (int, float))))
        band.done()
    measure = table.one_of("measure", ("sum", "share", "shared"), needed=True)
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
    if (measure != "sum") != (verdict.option is not None):
        table.wrong("option", "a share needs the option it counts, a sum has none")
    if measure == "shared" and verdict.weak is None:
        table.wrong("weak", "is missing; say at which per cent a question is not shared")
    table.done()
    return verdict


def _outcome(questions: Sequence[Question]) -> Outcome | None:
    """What the decision whether to begin sets in motion; None if the questions lack its roles (`roles`)."""
    asked = {question.role: question for question in questions}
    decision, names = asked.get(Field.DECISION), [q.id if (q := asked.get(role)) else None for role in LAYING]
    chosen = decision.marked(Mark.YES) if decision else ()
    return Outcome(decision.id, chosen[0], FIRST_STEP, *names) if decision and chosen else None


def _shaping(table: TomlTable | None) -> Shaping | None:
    if table is None:
        return None
    spread = TomlTable(table.get("spread", dict, {}), f"{table.place} spread", table.mistakes)
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


def _register(table: TomlTable | None) -> Register | None:
    if table is None:
        return None
    done = TomlTable(table.get("done", dict, {}), f"{table.place} done", table.mistakes)
    withheld = TomlTable(table.get("withheld", dict, {}), f"{table.place} withheld", table.mistakes)
    shared = TomlTable(table.get("shared", dict, {}), f"{table.place} shared", table.mistakes)
    register = Register(
        title=table.get("title", str, "", needed=True),
        columns=table.strings("columns"),
        recalled=table.strings("recalled"),
        assign=table.get("assign", bool, False),
        gaps=tuple(_gap(gap) for gap in table.tables("gap")),
        done=tuple((name, done.strings(name)) for name in done.data),
        areas=tuple(_area(area) for area in table.tables("area")),
        link=table.one_of("link", ("", "form", "invitation", "seat"), ""),
        withheld=tuple((name, withheld.strings(name)) for name in withheld.data),
        shared=tuple((name, shared.strings(name)) for name in shared.data),
        figures=table.get("figures", bool, False),
        due=table.get("due", str, ""),
        yearly=table.get("yearly", str, ""),
        seed=table.get("seed", str, ""),
        narrow=table.strings("narrow"),
        authors=said_of(table, "authors"),
        lasting=table.strings("lasting"),
        months=table.get("months", int, 0),
    )
    if register.months < 0:
        table.wrong("months", "must be a number of months, or left out where rows are kept")
    table.done()
    return register


def _area(table: TomlTable) -> Area:
    area = Area(table.get("id", str, "", needed=True), table.strings("questions"))
    table.done()
    return area


def _gap(table: TomlTable) -> Gap:
    gap = Gap(
        id=table.get("id", str, "", needed=True),
        rule=table.one_of("rule", GAP_RULES, needed=True),
        question=table.get("question", str),
        options=table.strings("options"),
        but=table.strings("but"),
        along=table.get("along", str),
        along_options=table.strings("along_options"),
        low=table.get("low", int, 0),
        high=table.get("high", int, 0),
        options_from=table.get("options_from", str, ""),
        per=table.get("per", str, ""),
        first=table.get("first", int, 0),
        members=table.get("members", bool, False),
    )
    if gap.members and gap.rule not in ("count", "covers"):
        table.wrong("members", "only “count” and “covers” look beyond the rows")
    if gap.first and not gap.per:
        table.wrong("first", "there is a first year only where rows are counted per year: name a date as “per”")
    if gap.but and (gap.rule != "covers" or gap.options):
        table.wrong("but", "leaves out some of all options: “covers” without options has them")
    if gap.options_from and gap.rule != "covers":
        table.wrong("options_from", "only “covers” misses options")
    if gap.rule == "count" and not gap.per and gap.low > gap.high:
        table.wrong("low", "must not be above high")
    if (gap.rule in OF_ROWS) == (gap.question is not None):
        table.wrong("question", f"“{'”, “'.join(OF_ROWS)}” look at the rows themselves, the other rules at a question")
    table.done()
    return gap


def process_of(table: TomlTable, exercises: dict[str, Exercise]) -> Process:
    """Read the process from its own file (`process.toml`)."""
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
                network=step.get("network", bool, False),
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
