"""Whose the numbers in the routine's chain are: each stands there for the organisations that act."""

from collections.abc import Collection
from dataclasses import dataclass, field

from bot.context.context import Context
from bot.exercises.row_links import row_names
from flows.enums import ExerciseRole, Field
from flows.phone import dialled, services_in
from flows.values import linked_rows
from storage.records.records import Group, Member


@dataclass(slots=True)
class ChainNumber:
    """A number as it is written, and the organisations that answer it, in small letters."""

    written: str
    actors: set[str] = field(default_factory=set)


async def standing(ctx: Context, group: Group) -> dict[str, ChainNumber]:
    """Return the numbers in the chain, as they are dialled: of those who act, not whom else one may ring."""
    routine = ctx.services.process.with_role(ExerciseRole.ROUTINE)
    titles = {number: name.title.casefold() for number, name in (await row_names(ctx, group, routine)).items()}
    found = dict[str, ChainNumber]()
    for row in await ctx.work.rows.all(group.id, routine.id):
        actors = {titles[one] for one in linked_rows(routine.told(row.values, Field.ACTOR)) if one in titles}
        for hour in routine.field(Field.HOURS).options:
            told = row.values.get(hour) if routine.question(hour).applies(row.values) else None
            for number, written in services_in(str(told or "")).items():
                found.setdefault(number, ChainNumber(written)).actors.update(actors)
    return found


async def whose(ctx: Context, group: Group, number: str) -> list[Member]:
    """Return the members of the organisations whose number this is, of the core group and the network."""
    found = (await standing(ctx, group)).get(dialled(number))
    return await members_of(ctx, group, found.actors if found else ())


async def members_of(ctx: Context, group: Group, actors: Collection[str]) -> list[Member]:
    """Return those whose organisation is among these, which are in small letters."""
    called = {one.id: one.name.casefold() for one in await ctx.work.members.organisations(group.id)}
    there = await ctx.work.members.active(group.id, roles=("core", "network"))
    return [one for one in there if called.get(one.organisation_id or 0) in actors]
