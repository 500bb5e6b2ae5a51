"""Rows that answers point at: their names, those to choose among, and new ones made by name.

So an actor is entered once, and is the same one in every register and exercise that names it.
"""

from bot.context.context import Context
from bot.context.row_events import RowAdded
from bot.context.seats import pick
from bot.exercises.run_json import from_json
from bot.exercises.shared_answers import concluded
from bot.views.names import RowName, Scene, answer_key
from flows.definitions.model import Exercise, Question
from flows.dialogue.keyboards import CONCLUSION
from flows.enums import ExerciseRole, Field, How
from flows.fields import Offer, RowField, TextField
from flows.run.state import Example, Phase, Run, SharedAnswer, ticks_of
from flows.values import Pointer, Value, linked_rows, pointers
from storage.json_records import Json
from storage.records.records import Group, Member, Row

OWN = "title"  # the field that names an item of the group's own


async def row_names(ctx: Context, group: Group, exercise: Exercise | None) -> dict[int, RowName]:
    """Return the names of all rows that an exercise (None: any) can point at, also of removed ones."""
    exercises = [exercise] if exercise else ctx.services.process.exercises.values()
    registers = sorted({name for one in exercises for name in one.linked})
    rows = await ctx.work.rows.of_registers(group.id, registers) if registers else ()
    return {row.id: RowName(_title(ctx, row), row.register, gone=row.state == "removed") for row in rows}


def _title(ctx: Context, row: Row) -> str:
    register = ctx.services.process.exercises[row.register].register
    return str(row.values.get(register.title if register else OWN, row.number))


async def items(ctx: Context, group: Group, run: Run) -> tuple[str, ...]:
    """Return the items that questions are asked about now: named items, then rows. A row with answers stays."""
    for_each = run.exercise.for_each
    if for_each is None or not (for_each.register or for_each.add):
        return run.items
    rows = await ctx.work.rows.all(group.id, for_each.register or run.exercise.id)
    there = [f"#{row.id}" for row in rows]
    answered = {key.partition("@")[2] for sheet in run.sheets.values() for key in sheet.answered}
    kept = [item for item in run.items if item and (item in there or item in answered or item[0] != "#")]
    return (*kept, *(item for item in there if item not in kept)) or ("",)


async def in_order(ctx: Context, group: Group, exercise: Exercise) -> tuple[str, ...]:
    """Return the named items of a new round; those that rows of another register have chosen come first."""
    for_each = exercise.for_each
    if for_each is None or not for_each.items:
        return ("",)
    register, _, question = for_each.first.rpartition(".")
    if not register:
        return for_each.items
    rows = await ctx.work.rows.all(group.id, register)
    met = {option for row in rows for option in _several(row.values.get(question))}
    return tuple(sorted(for_each.items, key=lambda item: item not in met))


def _several(value: Value) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else [value]


async def offers(
    ctx: Context, scene: Scene, exercise: Exercise, by: Member | None = None
) -> dict[str, tuple[Offer, ...]]:
    """Return the rows to choose among for each question, the likeliest first, then the newest.

    `by`, who comes in, is offered the first name that they go by in their chat, so that it need not be written.
    """
    found = {}
    for question in exercise.questions:
        field = question.field
        if isinstance(field, RowField):
            found[question.id] = await _rows(ctx, scene, exercise, question, field)
        elif isinstance(field, TextField) and field.ticks and exercise.register is not None:
            found[question.id] = await _examples(ctx, scene.group, exercise, question)
        elif isinstance(field, TextField) and field.suggests:
            found[question.id] = await _suggested(ctx, scene.group, field.suggests)
        elif question.role is Field.NAME and exercise.role is ExerciseRole.JOINING and by is not None:
            first = by.name.partition(" ")[0]
            found[question.id] = (Offer("me", first),) if first.isalpha() else ()
    return found


async def _rows(
    ctx: Context, scene: Scene, exercise: Exercise, question: Question, field: RowField
) -> tuple[Offer, ...]:
    """Return the rows of the register that is pointed at, and the organisations that can become one."""
    rows = [(id, name) for id, name in scene.rows.items() if name.register == field.register and not name.gone]
    before = await cited(ctx, scene.group, exercise, question)
    rows.sort(key=lambda row: (row[0] in before, -row[0]))
    named = [Offer(str(id), name.title) for id, name in rows]
    titles = {offer.title.casefold() for offer in named}
    others = scene.organisations.values() if field.organisations else ()
    return (*named, *(Offer(f"o{o.id}", o.name) for o in others if o.name.casefold() not in titles))


async def _examples(ctx: Context, group: Group, exercise: Exercise, question: Question) -> tuple[Offer, ...]:
    """Return the examples of names for rows, without those that are rows already."""
    rows = await ctx.work.rows.all(group.id, exercise.id)
    there = {str(row.values.get(question.id, "")).casefold() for row in rows}
    every = ctx.services.voice.exercise(exercise.id, exercise.version).examples(question.id)
    return tuple(Offer(f"e{one.number}", one.text) for one in every if one.text.casefold() not in there)


async def _suggested(ctx: Context, group: Group, suggests: str) -> tuple[Offer, ...]:
    """Return the names of the items that the group has taken up in an exercise."""
    record = await ctx.work.runs.latest(group.id, suggests, besides=Phase.ASIDE)
    if record is None:
        return ()
    exercise, voice = ctx.services.process.exercises[suggests], ctx.services.voice
    run = from_json(exercise, record.id, record.state)
    own = await ctx.work.rows.all(group.id, suggests)
    words, titles = voice.exercise(exercise.id), {f"#{row.id}": str(row.values[OWN]) for row in own}
    named = ((item, titles.get(item) or voice.item(exercise, words, item)) for item in run.taken_up)
    return tuple(Offer(f"s{place}", title) for place, (_, title) in enumerate(named) if title)


async def cited(ctx: Context, group: Group, exercise: Exercise, question: Question) -> set[int]:
    """Return the rows that a register with one row for each points at already; others are likelier."""
    if exercise.register is None or exercise.register.title != question.id:
        return set()
    rows = await ctx.work.rows.all(group.id, exercise.id)
    return {number for row in rows for number in linked_rows(row.values.get(question.id))}


async def ticks(ctx: Context, run: Run, member: int, row_id: int | None = None) -> dict[str, tuple[str, ...]]:
    """Return the ticks of questions with several answers, on this person's sheet or in the row that they change."""
    several = {question.id for question in run.exercise.questions if question.many}
    if not several or member not in run.seats:
        return {}
    if run.exercise.how is How.ROWS:
        row = await ctx.work.rows.lookup(_turned_to(run, member, row_id))
        given = list(row.values.items()) if row else []
    else:
        answers = await ctx.work.answers.of_owner(run.number, run.owner(member))
        given = [(answer_key(a), a.value) for a in answers]
    return {key: ticks_of(value) for key, value in given if key.partition("@")[0] in several}


async def examples(
    ctx: Context, group: Group, run: Run, member: int, row_id: int | None = None
) -> dict[str, tuple[Example, ...]]:
    """Return the examples that fit at each question; in a list not those that it has, or that contradict the row."""
    exercise, words = run.exercise, ctx.services.voice.exercise(run.exercise.id, run.exercise.version)
    found = {question.id: given for question in exercise.questions if (given := words.examples(question.id))}
    if exercise.register is None or not found:
        return found
    rows, title = await ctx.work.rows.all(group.id, exercise.id), exercise.register.title
    there = {str(row.values.get(title)).casefold() for row in rows}
    turned_to = pick(rows, _turned_to(run, member, row_id))
    values = turned_to.values if turned_to else {}
    return {
        question: tuple(
            one for one in examples if one.fits(values) and not (question == title and one.text.casefold() in there)
        )
        for question, examples in found.items()
    }


async def written(ctx: Context, run: Run, member: int, key: str, row: Row | None = None) -> dict[str, SharedAnswer]:
    """Return the answers of the sheet that this person shares with others, or of the row that they change.

    With the conclusion's key, those of the group's sheet. A field of a row has the version that first said so.
    """
    if run.exercise.how is How.ROWS:
        return await _fields(ctx, row) if row else {}
    owner = "g" if key == CONCLUSION else run.owner(member) if run.shared and member in run.seats else None
    if owner is None:
        return {}
    answers = await ctx.work.answers.of_owner(run.number, owner)
    several = await ctx.work.answers.by_several(answers)
    return {
        answer_key(a): SharedAnswer(a.version, a.member_id, a.value, joined=a.source is None, several=a.id in several)
        for a in answers
    }


async def _fields(ctx: Context, row: Row) -> dict[str, SharedAnswer]:
    found = dict[str, SharedAnswer]()
    for version in await ctx.work.rows.history(row.id):
        for name, value in version.values.items():
            if name not in found or found[name].value != value:
                found[name] = SharedAnswer(version.version, version.author, value)
    return {name: said for name, said in found.items() if name in row.values}  # what was taken back is not there


async def changed_now(ctx: Context, run: Run, member: int, row_id: int | None) -> Row | None:
    """Return the row that this person changes: the one that they turn to now, or the one that they are asked about."""
    shared = run.exercise.how is How.ROWS and not run.exercise.private
    return await ctx.work.rows.lookup(_turned_to(run, member, row_id)) if shared else None


def _turned_to(run: Run, member: int, row_id: int | None) -> int:
    """Return the row that this person turns to now, or else the one that they are asked about; 0 for none."""
    return row_id or (run.visits[member].row if member in run.visits else None) or 0


async def closed_in(ctx: Context, exercise: Exercise, row: Row | None) -> frozenset[str]:
    """Return what nobody changes in this row: of what somebody outside has answered by a link, all but days.

    They were told that it cannot be changed. Nobody of the group is the author of its first version (nor is somebody
    who has been erased).
    """
    register = exercise.register
    if row is None or register is None or register.link != "form":
        return frozenset()
    first, *_ = await ctx.work.rows.history(row.id)
    return frozenset() if first.author else frozenset(q.id for q in exercise.questions if not q.field.a_day)


async def resolved(ctx: Context, group: Group, question: Question, value: Value, author: int) -> Value:
    """Return an answer with the rows that were given by name found, or made."""
    found = [await _row(ctx, group, question.field.register, one, author) for one in pointers(value)]
    return found if question.many else found[0]


async def _row(ctx: Context, group: Group, register: str, value: Pointer, author: int) -> dict[str, int]:
    if "id" in value:
        return {"id": int(value["id"])}
    name = str(value["name"])
    rows = await ctx.work.rows.all(group.id, register)
    same = next((row for row in rows if _title(ctx, row).casefold() == name.casefold()), None)
    if same is None:
        described = ctx.services.process.exercises[register].register
        assert described is not None  # the loader allows only registers here
        same = await ctx.work.rows.add(group.id, register, {described.title: name}, author=author)
        ctx.events.append(RowAdded(group.id, register))
    return {"id": same.id}


async def is_left_empty(ctx: Context, row: Row) -> bool:
    """True for a row that a list has for each member from the start, and that said nothing when it was ended."""
    register = ctx.services.process.exercises[row.register].register
    if register is None or not is_about_assignee(ctx, row) or row.values.keys() - {register.seed}:
        return False
    return await concluded(ctx, row.group_id, row.register) is not None


def is_about_assignee(ctx: Context, row: Row) -> bool:
    """Return whether a row that each member has from the start is about who has it, and so nobody else's to do."""
    register = ctx.services.process.exercises[row.register].register
    return register is not None and row.assignee is not None and row.values.get(register.seed) == {"id": row.assignee}


def is_of_others(ctx: Context, row: Row) -> bool:
    """Return whether a row says that somebody has it who is not here, so that nobody here had taken it on."""
    return row.assignee is None and bool(row.values.get(ctx.services.process.exercises[row.register].taker))
