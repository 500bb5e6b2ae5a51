"""Who is named in a row, at the questions whose people are told (`tells`), and what somebody has been called."""

from collections.abc import Collection, Iterator

from bot.context.context import Context
from bot.context.events import PersonNamed
from flows.definitions.model import Exercise, Question
from flows.enums import ExerciseRole, Field
from flows.fields import PersonField
from flows.run.state import Run
from flows.values import pointed_id
from storage.json_records import JsonObject
from storage.records.records import Member, Row


def telling(ctx: Context, exercise: Exercise) -> list[Question]:
    """Return the questions whose people are told, as defined now, also for a round of an earlier version."""
    return [
        q
        for q in ctx.services.process.exercises.get(exercise.id, exercise).questions
        if isinstance(q.field, PersonField) and q.field.tells
    ]


def newly_named(ctx: Context, run: Run, before: Row | None, row: Row, by: int) -> Iterator[PersonNamed]:
    """Yield an event for everybody but `by` whom a row names and did not name there before."""
    for question in telling(ctx, run.exercise):
        value = row.values.get(question.id)
        member, was = pointed_id(value), before.values.get(question.id) if before else None
        if member not in (None, by) and value != was:
            yield PersonNamed(row.group_id, run.number, question.id, member, by)


async def called(ctx: Context, member: Member) -> set[str]:
    """Return what a member is called in the group, and has been before."""
    joining, names = ctx.services.process.with_role(ExerciseRole.JOINING), {member.name}
    for record in await ctx.work.runs.of_exercise(member.group_id, joining.id):
        for answer in await ctx.work.answers.of_owner(record.id, f"m:{member.id}"):
            if answer.question == joining.field(Field.NAME).id:
                names |= {str(version.value) for version in await ctx.work.answers.history(answer.id)}
    return names - {""}


async def name_of(ctx: Context, member: Member) -> str:
    """Return what a member is called: a guest, who has given no name, as the list of guests has them; "" if none."""
    row = await ctx.work.rows.lookup(member.profile.get("guest", 0)) if not member.name else None
    return str(ctx.services.process.exercises[row.register].told(row.values, Field.NAME) or "") if row else member.name


def is_by(note: JsonObject, member: Member, names: Collection[str]) -> bool:
    """True if a comment on a row is this member's: by the seat or, where that was not kept yet, by one of `names`."""
    return bool(note["member"] == member.id) if "member" in note else note["by"] in names
