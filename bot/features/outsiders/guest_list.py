"""The list of guests: who they are, and what each has answered."""

from typing import Final

from bot.context.context import Context
from bot.exercises import runner
from bot.features.network import access_requests
from bot.features.network.access_requests import REQUEST
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field, Mark
from flows.run.state import Phase
from storage.records.records import Group, Member, Row

ANSWERS: Final = (Mark.YES, Mark.MAYBE, Mark.NO)


def register(ctx: Context) -> Exercise:
    """Return the guests' register, as it is defined now."""
    return ctx.services.process.with_role(ExerciseRole.GUESTS)


def name_of(ctx: Context, row: Row) -> str:
    """Return a guest's name."""
    return str(register(ctx).told(row.values, Field.NAME))


def said_before(ctx: Context, row: Row) -> Mark | None:
    """Return whether a guest comes, by their row; None if they have not answered."""
    return next((said for said in ANSWERS if register(ctx).says(row.values, Field.COMING, said)), None)


def unasked(ctx: Context, row: Row) -> list[Field]:
    """Return the parts of the request that a guest has not answered, in order."""
    return [name for name in REQUEST if register(ctx).told(row.values, name) is None]


async def row_of(ctx: Context, group: Group, member: Member) -> Row | None:
    """Return this guest's row in the register; None if it was removed."""
    row = await access_requests.row_of(ctx, group, member)
    return row if row and row.state != "removed" else None


async def keep(ctx: Context, group: Group, row: Row, author: int | None, name: Field, said: Mark) -> Row:
    """Keep an answer in a guest's row."""
    question = register(ctx).field(name)
    values = {**row.values, question.id: question.option(said)}
    row = await ctx.work.rows.change(row.id, None, author, values=values)
    await refreshed(ctx, group)
    return row


async def begin_anew(ctx: Context, group: Group) -> None:
    """Begin the list anew for another event: nobody is invited to it yet, and what they said was of the one before.

    Whoever wants to be in the network still does.
    """
    guests = register(ctx)
    coming, invited = guests.field(Field.COMING), guests.field(Field.INVITED)
    unsaid = {coming.id: coming.option(Mark.NO_ANSWER), invited.id: invited.option(Mark.NOT_YET)}
    request = {guests.field(name).id for name in REQUEST}
    for row in await ctx.work.rows.all(group.id, guests.id):
        over = set[str]() if guests.says(row.values, Field.JOIN, Mark.YES) else request
        kept = {name: value for name, value in row.values.items() if name not in over}
        await ctx.work.rows.change(row.id, None, None, values={**kept, **unsaid})
    await refreshed(ctx, group)


async def refreshed(ctx: Context, group: Group) -> None:
    """Refresh the register's card."""
    for record in await ctx.work.runs.of_exercise(group.id, register(ctx).id):
        if record.phase == Phase.OPEN:
            await runner.refresh_card(ctx, group, record)
