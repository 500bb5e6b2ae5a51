"""Initial rows of a register: one for each option or member, and what a new row has from the start."""

from bot.context.context import Context
from bot.exercises.runner import load, refresh_card
from flows.definitions.model import Exercise, Question
from flows.enums import Kind
from flows.run.state import Phase
from storage.json_records import JsonObject
from storage.records.records import Group, Member


def defaults(ctx: Context, exercise: Exercise, member: Member | None = None) -> JsonObject:
    """Return the default answers of a new row: the day, and the member who makes it."""
    given: JsonObject = {q.id: ctx.today.isoformat() for q in exercise.questions if q.default == "today"}
    return given | {q.id: {"id": member.id} for q in exercise.questions if q.default == "me" and member}


async def seed(ctx: Context, group: Group, exercise: Exercise) -> None:
    """Add a register's initial rows: one for each option, or each member, that has none yet."""
    if exercise.register is None or not exercise.register.seed:
        return
    question = exercise.question(exercise.register.seed)
    if question.kind is Kind.PERSON:
        await _seed_members(ctx, group, exercise, question)
        return
    rows = await ctx.work.rows.all(group.id, exercise.id)
    there = {row.values.get(question.id) for row in rows}
    for option in question.options:
        if option not in there:
            await ctx.work.rows.add(group.id, exercise.id, {question.id: option}, author=None)


async def _seed_members(ctx: Context, group: Group, exercise: Exercise, question: Question) -> None:
    """Add a row for each member who has had none; one that was removed does not come back."""
    rows = await ctx.work.rows.of_registers(group.id, [exercise.id])
    there = [row.values.get(question.id) for row in rows]
    for member in await ctx.work.members.active(group.id):
        if {"id": member.id} not in there:
            given, taker = {question.id: {"id": member.id}}, member.id if exercise.taker == question.id else None
            await ctx.work.rows.add(group.id, exercise.id, given, author=None, assignee=taker)


async def seed_newcomer(ctx: Context, group: Group) -> None:
    """Add a new member's row to the open lists that have one for each member."""
    for record in await ctx.work.runs.all_of(group.id):
        exercise = load(ctx, record).exercise
        register = exercise.register
        seeded = exercise.question(register.seed).kind if register and register.seed else None
        if record.phase == Phase.OPEN and seeded is Kind.PERSON:
            await seed(ctx, group, exercise)
            await refresh_card(ctx, group, record)
