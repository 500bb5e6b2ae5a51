"""The guide of an exercise: what it is for, how it is played and when it is done, shown at any time."""

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import preconditions, rounds, runner
from bot.features.process import process_leaders
from bot.views.exercise import is_over
from flows.definitions.model import Exercise
from flows.run.state import Run
from messages.voice import TemplateFacts
from storage.records.runs import Run as Record


async def facts_of(ctx: Context, actor: Actor, exercise: Exercise, record: Record | None) -> TemplateFacts:
    """Return the facts of an exercise, begun or not."""
    present = await runner.present_of(ctx, actor.group, exercise)
    if record is not None:
        run = runner.load(ctx, record)
    else:
        items = exercise.for_each.items or ("",) if exercise.for_each else ("",)
        run = Run(exercise, 0, seats=await rounds.seats_of(ctx, actor.group, exercise), items=items)
    why_not = await preconditions.why_not_write(ctx, actor.group, exercise, actor.member)
    facts, adopted = present.outline(run), await preconditions.audience(ctx, actor.group, present, actor.member)
    if adopted:
        facts = {**facts, "mark": adopted["audience"]}
    if why_not == "adopted_text":
        facts = {**facts, "done_when": ""}
    return {
        **facts,
        **present.guide(),
        "phase": record.phase if record else "new",
        "may_begin": actor.member.coordinator,
        "may_write": why_not is None,
    }


async def about(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the guide in the place of what was tapped, with a way back; the group's card has a link to it."""
    record = await ctx.work.runs.get(action.run)
    run = runner.load(ctx, record)
    core = rank_of(actor.member, actor.group) >= Rank.MEMBER
    demand(not run.exercise.private and not actor.in_group and (core or actor.member.role in run.exercise.who))
    keys: list[list[Key]] = [[ctx.key("map", "map", actor.group.id)]]
    if run.exercise.register is not None and actor.member.role in run.exercise.who:
        keys = [[ctx.key("back", "rows", run.number)]]
    elif not is_over(run) and actor.member.id in run.seats:
        keys = [[ctx.key("back", "open", run.number)]]
    keys += await process_leaders.ask_keys(ctx, actor, run.exercise.id)
    await ctx.reply(actor, "exercise", await facts_of(ctx, actor, run.exercise, record), keys)


ROUTES: Routes = (*buttons(Rank.NETWORK, About.RUN, about=about),)
