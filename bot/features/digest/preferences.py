"""`/paminnelser`: when a person wants to hear from the bot, about what, or not at all; and on which day the week."""

from dataclasses import replace
from datetime import time

from bot.context.context import Actor, Context, Key
from bot.context.permissions import About, Role
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.journey import coordinator
from bot.reminders.kinds import MUTABLE
from bot.reminders.next_message import schedule_next

HOURS = tuple(f"{hour:02}:00" for hour in (8, 9, 10, 12, 13, 15, 16))
WEEKDAYS = "01234"


async def show(ctx: Context, actor: Actor, _arguments: str = "") -> None:
    """How it is now, with a button for everything that can be changed."""
    person = await ctx.work.people.get(actor.person.id)
    habit, group = await ctx.work.notification_preferences.of(person.id), actor.group.id
    muted = habit.muted.split()
    facts = {"stopped": person.stopped, "at": time.fromisoformat(habit.at), "days": [int(d) for d in habit.weekdays]}
    facts["weekly"] = None
    facts["muted"] = [ctx.services.voice.label(f"kind.{kind}") for kind in muted]
    if person.stopped:
        keys = [[ctx.key("habit.start", "habit", group, "start")]]
    else:
        hours = [
            Key(f"{'● ' if hour == habit.at else ''}{int(hour[:2])}", Action("habit", group, 0, f"at:{hour[:2]}"))
            for hour in HOURS
        ]
        days = [ctx.key("habit.day", "habit", group, f"day:{d}", on=d in habit.weekdays, day=int(d)) for d in WEEKDAYS]
        kinds = [
            [ctx.key("habit.kind", "habit", group, f"kind:{kind}", on=kind not in muted, kind=_kind(ctx, kind))]
            for kind in MUTABLE
        ]
        if actor.member.coordinator:
            facts["weekly"] = coordinator.weekday_of(actor.group)
            kinds.append(
                [
                    ctx.key("habit.week", "habit", group, f"week:{d}", on=int(d) == facts["weekly"], day=int(d))
                    for d in WEEKDAYS
                ]
            )
        keys = [hours, days, *kinds, [ctx.key("habit.stop", "habit", group, "stop")]]
    await ctx.to_person(person.id, "habits", facts, keys, edit=ctx.tapped)


def _kind(ctx: Context, kind: str) -> str:
    return ctx.services.voice.label(f"kind.{kind}")


async def change(ctx: Context, actor: Actor, action: Action) -> None:
    """One thing is otherwise from now on. At least one weekday stays; whoever wants none stops everything."""
    what, _, value = action.arg.partition(":")
    person, habits = actor.person.id, ctx.work.notification_preferences
    habit = await habits.of(person)
    match what:
        case "at" if f"{value}:00" in HOURS:
            await habits.change(person, at=f"{value}:00")
        case "day" if value in WEEKDAYS:
            days = "".join(sorted(set(habit.weekdays) ^ {value}))
            await habits.change(person, weekdays=days or habit.weekdays)
        case "kind" if value in MUTABLE:
            await habits.change(person, muted=" ".join(sorted({*habit.muted.split()} ^ {value})))
        case "week" if value in WEEKDAYS and actor.member.coordinator:
            settings = {**actor.group.settings, "weekly": int(value)}
            actor = replace(actor, group=await ctx.work.groups.update(actor.group.id, settings=settings))
            await coordinator.plan_weekly(ctx, actor.group)
        case "stop" | "start":
            await ctx.work.people.update(person, stopped=what == "stop")
    await schedule_next(ctx, person)
    await show(ctx, actor)


ROUTES: Routes = (*buttons(Role.MEMBER, About.GROUP, habit=change),)
