"""Facts about the town (/staden): asked for once, changed at any time, shown wherever they are needed."""

from collections.abc import Mapping

from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import rounds, runner
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field
from flows.run.events import Opened
from flows.run.state import Phase, Run
from storage.json_records import JsonObject
from storage.records.records import Group


def asking(ctx: Context) -> Exercise:
    """Return the exercise that asks for them."""
    return ctx.services.process.with_role(ExerciseRole.TOWN)


async def known(ctx: Context, group: Group) -> Mapping[Field, str]:
    """Return the facts that the group has given, as they were written (days as ISO dates)."""
    values = await _values(ctx, group)
    return {q.role: str(values[q.id]) for q in asking(ctx).questions if q.role is not None and values.get(q.id)}


async def name_of(ctx: Context, group: Group) -> str:
    """Return the town's name: as the group has given it, else as its chat is called."""
    return (await known(ctx, group)).get(Field.NAME) or group.title


async def lacking(ctx: Context, group: Group) -> list[str]:
    """Return the short names of the facts that are missing."""
    there, words = await _values(ctx, group), ctx.services.voice.exercise(asking(ctx).id)
    return [words[f"question.{q.id}.short"] for q in asking(ctx).questions if not there.get(q.id)]


async def _values(ctx: Context, group: Group) -> JsonObject:
    records = await ctx.work.runs.of_exercise(group.id, asking(ctx).id)
    return await runner.values_of_group(ctx, runner.load(ctx, records[-1])) if records else {}


async def show(ctx: Context, actor: Actor, _from: Action | str = "") -> None:
    """Ask for the facts, or show them, to be changed."""
    run = await _run(ctx, actor.group)
    event = Opened(actor.member.id, introduced=True)
    await runner.apply(ctx, actor.group, await ctx.work.runs.get(run.number), event, by=actor.member)


async def _run(ctx: Context, group: Group) -> Run:
    """Return the group's only round, which begins with the first question and never ends."""
    records = await ctx.work.runs.of_exercise(group.id, asking(ctx).id)
    if records and records[-1].phase != Phase.ASIDE:
        return runner.load(ctx, records[-1])
    return await rounds.begin(ctx, group, asking(ctx))


ROUTES: Routes = (*buttons(Rank.MEMBER, About.GROUP, staden=show),)
