"""Results of earlier exercises that are shown again in a later one (`recall`), and the group's achievements in numbers.

Only what the group may see is used, and only rounds that have been revealed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.context.context import Context
from bot.exercises import shared_answers
from bot.exercises.row_links import row_names
from bot.exercises.run_json import from_json
from bot.exercises.shared_answers import conclusion_in
from bot.exercises.unnamed_notes import in_common, notes_of
from bot.views.exercise import ExerciseView
from bot.views.names import Scene, answer_key, cut
from flows import board
from flows.definitions.model import Exercise, Register
from flows.enums import Afterwards, ExerciseRole, How, Kind
from flows.figures.results import FEWEST_ACTORS, CollectedPicture
from flows.run.state import Phase
from flows.timing.journey import where
from messages.language import SEPARATOR
from messages.voice import TemplateFacts
from storage.records.records import Answer, Group, Row
from storage.records.runs import Run as Record

SHOWN = frozenset({Phase.REVEALED, Phase.CONCLUDED})
KEPT = "kept"  # the kind of activity state that holds bookmarked answers
MOST = 6  # lines shown of each recalled exercise; the rest can be read there
BETWEEN = " – "  # an item and a question's name, as a colon follows
MONTH = 30.4  # days


@dataclass(frozen=True, slots=True)
class Kept:
    """The result of an earlier exercise."""

    lines: tuple[str, ...]
    more: int  # how many more there are
    on: date


async def recalled(ctx: Context, scene: Scene, exercise: Exercise, role: str = "core") -> list[TemplateFacts]:
    """Return the results recalled in an exercise: its own words about them, the lines, and their origin.

    Outside of the core group people see what `Exercise.recalls_for` their `role`.
    """
    words = ctx.services.voice.exercise(exercise.id)
    found: list[TemplateFacts] = []
    for name in exercise.recall:
        if not exercise.recalls_for(role, ctx.services.process.exercises[name]):
            continue
        kept = await of_exercise(ctx, scene, ctx.services.process.exercises[name])
        if kept is not None:
            title = ctx.services.voice.title_of(name)
            facts = {"text": words[f"recall.{name}"], "lines": kept.lines, "more": kept.more}
            found.append({**facts, "title": title, "on": kept.on})
    if exercise.role is ExerciseRole.LOOKING_BACK:
        lines = await _in_numbers(ctx, scene)
        found.insert(0, {"text": ctx.services.voice.label("numbers.title"), "lines": lines, "more": 0, "title": None})
    return found


async def of_exercise(ctx: Context, scene: Scene, exercise: Exercise, *, most: int | None = MOST) -> Kept | None:
    """Return the result of an exercise; None while there is none. `most`: lines at most, None for all."""
    scene = replace(scene, rows=await row_names(ctx, scene.group, exercise))
    present, zone = ExerciseView(ctx.services.voice, scene, exercise), ctx.services.zone
    if exercise.register is not None:
        rows = await ctx.work.rows.all(scene.group.id, exercise.id)
        rows = [row for row in rows if exercise.register.leaves_core(row.values)]
        lines = _listed(present, exercise.register, rows, whole=most is None)
        changed = max((row.changed_at for row in rows), default=None)
    else:
        record = await _shown(ctx, scene, exercise)
        if record is None:
            return None
        answers = await ctx.work.answers.for_group(record.id)
        lines, changed = await _lines(ctx, present, record, answers, whole=most is None), record.changed_at
    if not lines or changed is None:
        return None
    kept = lines[:most]
    return Kept(tuple(kept), len(lines) - len(kept), changed.astimezone(zone).date())


async def _shown(ctx: Context, scene: Scene, exercise: Exercise) -> Record | None:
    """Return the latest round that the group has seen; what it writes together it sees at once."""
    rounds = await ctx.work.runs.of_exercise(scene.group.id, exercise.id)
    seen = {*SHOWN, Phase.OPEN} if exercise.how is How.GROUP else SHOWN
    return next((record for record in reversed(rounds) if record.phase in seen), None)


def _listed(present: ExerciseView, register: Register, rows: Sequence[Row], *, whole: bool) -> list[str]:
    if register.link == "form":
        return _means(present, register, rows)
    if register.lasting:  # what it keeps for a short time only (an advertiser's name) is counted, not shown
        return present.tallies(rows)
    return [_row(present, row, whole=whole) for row in rows]


def _means(present: ExerciseView, register: Register, rows: Sequence[Row]) -> list[str]:
    """Return the mean of each area over people outside, once there are enough that none can be recognised."""
    if len({present.row_title(row) for row in rows}) < FEWEST_ACTORS:
        return []
    return [f"{area['title']}: {area['mean']}" for area in present.areas(rows)]


def _row(present: ExerciseView, row: Row, *, whole: bool) -> str:
    """Return a row as it is recalled, or with every field."""
    title = present.row_title(row)
    fields = [f"{field.short}: {field.value}" for field in present.row_fields(row) if field.value]
    more = SEPARATOR.join(fields if whole else present.row_recalled(row))
    return f"{title if whole else cut(title, 60)}{' – ' if more else ''}{more}"


async def _lines(
    ctx: Context, present: ExerciseView, record: Record, answers: Sequence[Answer], *, whole: bool
) -> list[str]:
    """Return the group's board if it made one, else its conclusion, else the answers."""
    exercise = present.exercise
    laid = await board_lines(ctx, record)
    if laid is not None:
        return laid
    picture = present.collected(from_json(exercise, record.id, record.state), answers)
    if picture.judgement is not None and picture.judgement.weak:
        return _weak(ctx, present, picture)
    conclusion = conclusion_in(answers)
    marked = await _marked(ctx, record) if exercise.afterwards is Afterwards.BOOKMARKS else []
    if conclusion is not None or marked:
        return [*([conclusion] if conclusion is not None else []), *marked]
    if exercise.how is How.GROUP:
        given = {answer_key(a): a for a in answers}
        values = (
            (key, present.value(picture_line.question, given[key].value))
            for picture_line in picture.lines
            if (key := picture_line.key) in given
        )
        return [f"{present.short(key, BETWEEN)}: {value if whole else cut(value)}" for key, value in values]
    return _pictured(ctx, present, picture)


async def _marked(ctx: Context, record: Record) -> list[str]:
    """Return the answers that the group has bookmarked."""
    state = await ctx.work.activity_states.state(record.group_id, KEPT, str(record.id))
    return [cut(state["said"][place]) for place in state["kept"]] if state else []


async def board_lines(ctx: Context, record: Record) -> list[str] | None:
    """Return the clusters of the group's board with their dots; None for a round without a board."""
    laid = await ctx.work.activity_states.state(record.group_id, "board", str(record.id))
    if laid is None:
        return None
    said = await notes_of(ctx, ctx.services.process.exercises[record.exercise], record.id)
    boards = {name: board.from_json(state) for name, state in laid["boards"].items()}
    voted = any(one.dots for one in boards.values())
    words = ctx.services.voice.exercise(record.exercise, record.definition)
    return [
        f"{words[f'question.{name}.short']}: {line}" if len(boards) > 1 else line
        for name, one in boards.items()
        for line in _clusters(ctx, one, said.get(name, []), voted=voted)
    ]


def _clusters(ctx: Context, laid: board.Board, said: Sequence[tuple[str, str]], *, voted: bool) -> list[str]:
    """Return the clusters that got dots, the most first; all if nobody has voted on any question."""
    ranked = board.ranked(laid)
    dotted = [cluster for cluster in ranked if laid.count(cluster.id)] if voted else ranked
    label = ctx.services.voice.label
    counted = ({"title": cut(c.title), "count": laid.count(c.id), "common": in_common(c, said)} for c in dotted)
    return [label("dots", facts) for facts in counted]


def _weak(ctx: Context, present: ExerciseView, picture: CollectedPicture) -> list[str]:
    assert picture.judgement is not None
    label, weak = ctx.services.voice.label, picture.judgement.weak
    return [
        label("mean", {"short": present.short(line.key), "mean": ctx.services.voice.rules.number(line.mean)})
        for line in picture.lines
        if line.key in weak and line.mean is not None
    ]


def _pictured(ctx: Context, present: ExerciseView, picture: CollectedPicture) -> list[str]:
    """Sum up answers that people gave alone: counts, means, and texts without their authors."""
    found = []
    for line in picture.lines:
        short = present.short(line.key, BETWEEN)
        if line.question.kind is Kind.CHOICE:
            counts = [f"{present.option(line.question, o)} {n}" for o, n in line.counts.items() if n]
            found.append(f"{short}: {', '.join(counts)}")
        elif line.mean is not None:
            found.append(
                ctx.services.voice.label("mean", {"short": short, "mean": ctx.services.voice.rules.number(line.mean)})
            )
        else:
            said = board.said_once(cut(present.value(line.question, given.value)) for given in line.given)
            found += [f"{short}: {text}" for text in said]
    return found


async def _rows_in_numbers(ctx: Context, group: Group) -> list[str]:
    """Return how many rows there are in each register, and how many tasks are done in all."""
    voice, tasks, lines = ctx.services.voice, 0, []
    for exercise in ctx.services.process.exercises.values():
        if exercise.register is None or exercise.private:
            continue
        rows = await ctx.work.rows.all(group.id, exercise.id)
        tasks += sum(row.state == "done" for row in rows)
        if rows and (counted := voice.exercise(exercise.id).list("counted")):
            facts = {"title": voice.title_of(exercise.id), "count": len(rows), "counted": counted}
            lines.append(voice.label("numbers.rows", facts))
    return [*lines, voice.label("numbers.tasks", {"count": tasks})] if tasks else lines


async def _in_numbers(ctx: Context, scene: Scene) -> list[str]:
    """Return the achievements in numbers: time, people, exercises, rows, tasks, and the five sub-goals.

    Rows are told of the registers whose words say what is counted.
    """
    group, process, voice = scene.group, ctx.services.process, ctx.services.voice
    runs = await ctx.work.runs.all_of(group.id)
    begun = min((run.opened_at for run in runs), default=ctx.now)
    active = [m for m in scene.members.values() if m.state == "active"]
    concluded = {run.exercise for run in runs if run.phase == Phase.CONCLUDED and process.step_of(run.exercise)}
    facts: dict[str, int] = {
        "months": max(1, round((ctx.now - begun).days / MONTH)),
        "people": len([m for m in scene.members.values() if m.agreed_at is not None]),
        "organisations": len({m.organisation_id for m in active if m.organisation_id}),
        "exercises": len(concluded),
    }
    lines = [voice.label(f"numbers.{name}", {"count": count}) for name, count in facts.items() if count]
    lines += await _rows_in_numbers(ctx, group)
    places = ((r.id, r.exercise, Phase(r.phase)) for r in runs)
    unchosen = await shared_answers.unchosen(ctx, group)
    found = where(process, places, group.settings.steps, unchosen=unchosen)
    words = voice.book("process")
    for goal, share in found.goals.items():
        lines.append(voice.label("numbers.goal", {"short": words[f"goal.{goal}.short"], "share": round(5 * share)}))
    return lines
