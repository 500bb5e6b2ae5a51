"""The coordinator leads the group from step to step: opens the next, closes one as it is, goes on against advice."""

from collections.abc import Mapping
from typing import Any

from bot.context.context import Actor, Context, Key
from bot.context.events import StepOpened
from bot.context.permissions import About, Role
from bot.context.routes import Routes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import preconditions
from bot.features.journey import navigation
from bot.features.journey.navigation import page
from bot.features.journey.status import map_of, status
from flows.answers import clean, unfit
from storage.records import Group

LISTED = 6  # exercises named for each step


async def opening(ctx: Context, actor: Actor, action: Action) -> None:
    """Open a step; what the steps before it lack is shown first."""
    number = int(action.arg)
    if number in actor.group.settings.get("steps", [0]):
        ctx.toast("step_is_open")
        return
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
    """Going on against advice needs a reason, which is written."""
    context = {"want": "overrule", "group": actor.group.id, "what": action.arg}
    await ctx.tell(actor, "gate.why", context=context)


async def go_on(ctx: Context, actor: Actor, text: str, context: Mapping[str, Any]) -> None:
    """The reason is kept, and the step opens; after a gate its exercises can begin."""
    reason = clean(text)
    if unfit(reason):
        await ctx.tell(actor, "gate.why", context=dict(context))
        return
    what, _, number = context["what"].partition(":")
    group = await preconditions.overrule(ctx, actor.group, context["what"], reason, actor.member)
    actor = _with(actor, group)
    if what == "step":
        await _open(ctx, actor, int(number))
    else:
        await navigation.show_step(ctx, actor, Action("step", group.id, 0, number))


async def _open(ctx: Context, actor: Actor, number: int) -> None:
    opened = sorted({*actor.group.settings.get("steps", [0]), number})
    group = await _settle(ctx, actor.group, steps=opened)
    await ctx.to_group(
        group, "gate.opened", {"number": number, "title": _title(ctx, number)}, _about(ctx, group, number)
    )
    ctx.events.append(StepOpened(group.id, number, actor.member.id))
    await status(ctx, group)
    await navigation.show_step(ctx, _with(actor, group), _step(group, number))


async def closing(ctx: Context, actor: Actor, action: Action) -> None:
    """Close a step; what it lacks is listed before, and kept."""
    number = int(action.arg)
    names = await _missing(ctx, actor.group, number)
    titles = [ctx.services.voice.title_of(name) for name in names]
    keys = [
        [ctx.key("step.close", "closed", actor.group.id, str(number))],
        [ctx.key("back", "step", actor.group.id, str(number))],
    ]
    facts = {"number": number, "title": _title(ctx, number), "missing": titles}
    await page(ctx, actor, "gate.close", facts, keys)


async def close(ctx: Context, actor: Actor, action: Action) -> None:
    """The step is closed as it is."""
    names = await _missing(ctx, actor.group, int(action.arg))
    kept = {"missing": names, "by": actor.member.name, "on": ctx.today.isoformat()}
    group = await _settle(ctx, actor.group, closed={**actor.group.settings.get("closed", {}), action.arg: kept})
    await status(ctx, group)
    await navigation.show_step(ctx, _with(actor, group), _step(group, int(action.arg)))


async def reopen(ctx: Context, actor: Actor, action: Action) -> None:
    """The step goes on after all."""
    closed = {number: kept for number, kept in actor.group.settings.get("closed", {}).items() if number != action.arg}
    group = await _settle(ctx, actor.group, closed=closed)
    await status(ctx, group)
    await navigation.show_step(ctx, _with(actor, group), _step(group, int(action.arg)))


async def _missing(ctx: Context, group: Group, number: int) -> list[str]:
    """The exercises of a step that are not done."""
    found = await map_of(ctx, group)
    step = next(step for step in found.steps if step.number == number)
    return [stop.exercise for stop in step.stops if stop.state != "done"]


async def _before(ctx: Context, group: Group, number: int) -> list[dict[str, Any]]:
    """What the steps before this one still lack, by step; those that were closed as they were are not asked about."""
    found, voice = await map_of(ctx, group), ctx.services.voice
    lacking = []
    for step in found.steps:
        names = [stop.exercise for stop in step.stops if stop.state != "done"]
        if step.number < number and step.state != "done" and names:
            titles = [voice.title_of(name) for name in names[:LISTED]]
            lacking.append({"number": step.number, "titles": titles, "more": len(names) - len(titles)})
    return lacking


async def _settle(ctx: Context, group: Group, **settings: Any) -> Group:
    return await ctx.work.groups.update(group.id, settings={**group.settings, **settings})


def _with(actor: Actor, group: Group) -> Actor:
    return Actor(actor.person, group, actor.member, actor.in_group, actor.message_id)


def _step(group: Group, number: int) -> Action:
    return Action("step", group.id, 0, str(number))


def _title(ctx: Context, number: int) -> str:
    return ctx.services.voice.book("process")[f"step.{number}.title"]


def _about(ctx: Context, group: Group, number: int) -> list[list[Key]]:
    return [[ctx.key("about_step", "step", group.id, str(number), n=number)]]


ROUTES: Routes = (
    *buttons(Role.COORDINATOR, About.GROUP, opens=opening, overrule=why, closes=closing, closed=close, reopens=reopen),
    *texts(Role.COORDINATOR, overrule=go_on),
)
