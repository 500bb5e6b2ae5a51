"""Leading the group from step to step: the coordinator opens one, closes it as it is, goes on against advice."""

from dataclasses import replace

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand
from bot.context.routes import WORDS, Routes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import preconditions
from bot.features.process import navigation
from bot.features.process.navigation import page
from bot.features.process.status import map_of, status
from flows.answers import clean, unfit
from flows.timing.journey import Stop
from messages.voice import TemplateFacts
from storage.records.group_settings import ClosedStep, GroupSettings
from storage.records.message_notes import MessageContext
from storage.records.records import Group

LISTED = 6  # exercises named for each step


async def opening(ctx: Context, actor: Actor, action: Action) -> None:
    """Open a step; what the steps before it lack is shown first."""
    number = int(action.arg)
    demand(number not in actor.group.settings.steps, "step_is_open")
    lacking = await _before(ctx, actor.group, number)
    if not lacking:
        await _open(ctx, actor, number)
        return
    keys = [
        [ctx.key("step.anyway", "overrule", actor.group.id, f"step:{number}")],
        [ctx.key("map", "map", actor.group.id)],
    ]
    await page(ctx, actor, "gate.step", {"number": number, "title": _title(ctx, number), "lacking": lacking}, keys)


async def why(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask for the reason to go on against advice."""
    context = MessageContext(want="overrule", group=actor.group.id, what=action.arg)
    await ctx.tell(actor, "gate.why", context=context)


async def go_on(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Keep the reason, and open the step; after a gate its exercises can begin."""
    reason = clean(text)
    if unfit(reason):
        await ctx.tell(actor, "gate.why", context=context)
        return
    what, _, number = context.what.partition(":")
    group = await preconditions.overrule(ctx, actor.group, context.what, reason, actor.member)
    actor = _with(actor, group)
    if what == "step":
        await _open(ctx, actor, int(number))
    else:
        await navigation.show_step(ctx, actor, Action("step", group.id, 0, number))


async def _open(ctx: Context, actor: Actor, number: int) -> None:
    settings = actor.group.settings
    group = await _keep(ctx, actor.group, replace(settings, steps=tuple(sorted({*settings.steps, number}))))
    await ctx.to_group(
        group, "gate.opened", {"number": number, "title": _title(ctx, number)}, _about(ctx, group, number)
    )
    await status(ctx, group)
    await navigation.show_step(ctx, _with(actor, group), _step(group, number))


async def closing(ctx: Context, actor: Actor, action: Action) -> None:
    """Close a step; what it lacks is listed before, and kept."""
    number = int(action.arg)
    stops = await _missing(ctx, actor.group, number)
    missing, open_still = (
        [ctx.services.voice.title_of(stop.exercise) for stop in stops if not begun or stop.state in ("open", "talk")]
        for begun in (False, True)
    )
    keys = [
        [ctx.key("step.close", "closed", actor.group.id, str(number))],
        [ctx.key("back", "step", actor.group.id, str(number))],
    ]
    facts = {"number": number, "title": _title(ctx, number), "missing": missing, "open": open_still}
    await page(ctx, actor, "gate.close", facts, keys)


async def close(ctx: Context, actor: Actor, action: Action) -> None:
    """Close the step as it is."""
    number, settings = int(action.arg), actor.group.settings
    missing = tuple(stop.exercise for stop in await _missing(ctx, actor.group, number))
    kept = ClosedStep(missing, actor.member.name, ctx.today)
    group = await _keep(ctx, actor.group, replace(settings, closed={**settings.closed, number: kept}))
    await status(ctx, group)
    await navigation.show_step(ctx, _with(actor, group), _step(group, number))


async def reopen(ctx: Context, actor: Actor, action: Action) -> None:
    """Open the step again."""
    reopened, settings = int(action.arg), actor.group.settings
    closed = {number: kept for number, kept in settings.closed.items() if number != reopened}
    group = await _keep(ctx, actor.group, replace(settings, closed=closed))
    await status(ctx, group)
    await navigation.show_step(ctx, _with(actor, group), _step(group, reopened))


async def _missing(ctx: Context, group: Group, number: int) -> list[Stop]:
    """Return the exercises of a step that are not done."""
    found = await map_of(ctx, group)
    step = next(step for step in found.steps if step.number == number)
    return [stop for stop in step.stops if stop.state != "done"]


async def _before(ctx: Context, group: Group, number: int) -> list[TemplateFacts]:
    """Return what the steps before this one still lack, by step, without those that were closed unfinished."""
    found, voice = await map_of(ctx, group), ctx.services.voice
    lacking: list[TemplateFacts] = []
    for step in found.steps:
        names = [stop.exercise for stop in step.stops if stop.state != "done"]
        if step.number < number and step.state != "done" and names:
            titles = [voice.title_of(name) for name in names[:LISTED]]
            lacking.append({"number": step.number, "titles": titles, "more": len(names) - len(titles)})
    return lacking


async def _keep(ctx: Context, group: Group, settings: GroupSettings) -> Group:
    return await ctx.work.groups.update(group.id, settings=settings)


def _with(actor: Actor, group: Group) -> Actor:
    return Actor(actor.person, group, actor.member, actor.in_group, actor.message_id)


def _step(group: Group, number: int) -> Action:
    return Action("step", group.id, 0, str(number))


def _title(ctx: Context, number: int) -> str:
    return ctx.services.voice.book("process")[f"step.{number}.title"]


def _about(ctx: Context, group: Group, number: int) -> list[list[Key]]:
    return [[ctx.key("about_step", "step", group.id, str(number), n=number)]]


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.GROUP, opens=opening, overrule=why, closes=closing, closed=close, reopens=reopen),
    *texts(Rank.COORDINATOR, WORDS, overrule=go_on),
)
