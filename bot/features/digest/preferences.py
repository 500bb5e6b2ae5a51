"""Fewer reminders: when a person wants to hear from the bot, about what, or not at all; and on which day the week."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import time
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.coordination import coordinator
from bot.features.incidents import incident_readers
from bot.reminders.kinds import CHECK_IN, MUTABLE, WEEKLY
from bot.reminders.next_message import schedule_next
from storage.records.notification_preferences import NotificationPreference
from storage.records.records import Member

HOURS = (8, 9, 10, 12, 13, 15, 16)
OF_CORE = (WEEKLY, CHECK_IN)  # reminders that only the core group gets
WEEKDAYS = "01234"
ON, OFF = "on", "off"  # the states that a button asks for


async def _show(ctx: Context, actor: Actor, edit: int | None) -> None:
    """Show a person's preferences, with a button for everything that can be changed."""
    person = await ctx.work.people.get(actor.person.id)
    habit, group = await ctx.work.notification_preferences.of(person.id), actor.group.id
    muted = habit.muted.split()
    facts = {"stopped": person.stopped, "at": habit.at, "days": [int(d) for d in habit.weekdays]}
    leads = actor.member.coordinator and not person.stopped
    facts["weekly"] = coordinator.weekday_of(actor.group) if leads else None
    facts["reads"] = actor.member.id in actor.group.settings.readers
    facts["coordinates"] = rank_of(actor.member, actor.group) is Rank.RESPONSIBLE  # and may name another who reads
    facts["read_by"] = [m.name for m in await incident_readers.able(ctx, actor.group) if m.id != actor.member.id]
    facts["muted"] = [ctx.services.voice.label(f"kind.{kind}") for kind in muted]
    keys = [[ctx.key("habit.start", "habit", group, "start")]] if person.stopped else _keys(ctx, actor, habit)
    await ctx.to_person(person.id, "habits", facts, keys, edit=edit)


def _keys(ctx: Context, actor: Actor, habit: NotificationPreference) -> list[list[Key]]:
    """Return the buttons: hours, days, kinds of reminders, the day of the coordinators' week, and an end to all."""
    group, muted, weekly = actor.group.id, habit.muted.split(), coordinator.weekday_of(actor.group)
    hours = [
        Key(f"{'● ' if time(hour) == habit.at else ''}{hour}", Action("habit", group, 0, f"at:{hour:02}"))
        for hour in HOURS
    ]
    days = [
        ctx.key("habit.day", "habit", group, f"day:{d}:{_other(on)}", on=on, day=int(d))
        for d in WEEKDAYS
        for on in (d in habit.weekdays,)
    ]
    kinds = [
        [ctx.key("habit.kind", "habit", group, f"kind:{kind}:{_other(on)}", on=on, kind=_kind(ctx, kind))]
        for kind in _mutable(actor.member)
        for on in (kind not in muted,)
    ]
    week = [ctx.key("habit.week", "habit", group, f"week:{d}", on=int(d) == weekly, day=int(d)) for d in WEEKDAYS]
    kinds += [week] if actor.member.coordinator else []
    return [hours, days, *kinds, [ctx.key("habit.stop", "habit", group, "stop")]]


def _mutable(member: Member) -> tuple[str, ...]:
    """Return the kinds of reminders that this member gets and can mute."""
    return MUTABLE if member.role == "core" else tuple(kind for kind in MUTABLE if kind not in OF_CORE)


def _kind(ctx: Context, kind: str) -> str:
    return ctx.services.voice.label(f"kind.{kind}")


def _other(on: bool) -> str:
    """Return the state that a button asks for, so that a double tap does not undo itself."""
    return OFF if on else ON


def _with(chosen: Iterable[str], value: str, *, there: bool) -> list[str]:
    """Return what is chosen with this value, or without it."""
    return sorted({*chosen} - {value} | ({value} if there else set()))


async def _keep_hour(ctx: Context, actor: Actor, value: str, _wanted: str) -> Actor:
    demand(value.isdecimal() and int(value) in HOURS)
    await ctx.work.notification_preferences.change(actor.person.id, at=time(int(value)))
    return actor


async def _keep_day(ctx: Context, actor: Actor, value: str, wanted: str) -> Actor:
    demand(value in WEEKDAYS and wanted in (ON, OFF))
    habits = ctx.work.notification_preferences
    days = "".join(_with((await habits.of(actor.person.id)).weekdays, value, there=wanted == ON))
    demand(days, "last_day", alert=True)
    await habits.change(actor.person.id, weekdays=days)
    return actor


async def _keep_kind(ctx: Context, actor: Actor, value: str, wanted: str) -> Actor:
    demand(value in MUTABLE and wanted in (ON, OFF))
    habits = ctx.work.notification_preferences
    muted = _with((await habits.of(actor.person.id)).muted.split(), value, there=wanted == OFF)
    await habits.change(actor.person.id, muted=" ".join(muted))
    return actor


async def _keep_week(ctx: Context, actor: Actor, value: str, _wanted: str) -> Actor:
    demand(value in WEEKDAYS and actor.member.coordinator)
    group = await ctx.work.groups.settle(actor.group, replace(actor.group.settings.times, weekly=int(value)))
    await coordinator.plan_weekly(ctx, group)
    return replace(actor, group=group)


async def _stop(ctx: Context, actor: Actor, _value: str, _wanted: str) -> Actor:
    await ctx.work.people.update(actor.person.id, stopped=True)
    return actor


async def _start(ctx: Context, actor: Actor, _value: str, _wanted: str) -> Actor:
    await ctx.work.people.update(actor.person.id, stopped=False)
    return actor


# How a preference is kept, by the name that buttons give it. Those of before that name no state are refused.
KEPT: Final[Mapping[str, Callable[[Context, Actor, str, str], Awaitable[Actor]]]] = {
    "at": _keep_hour,
    "day": _keep_day,
    "kind": _keep_kind,
    "week": _keep_week,
    "stop": _stop,
    "start": _start,
}


async def change(ctx: Context, actor: Actor, action: Action) -> None:
    """Change one preference, or show them. At least one weekday stays; to get nothing there is "stop everything"."""
    if not action.arg:  # below the question when they are away, which still stands
        await _show(ctx, actor, None)
        return
    what, value, wanted = (*action.arg.split(":"), "", "")[:3]
    group, person, habits = actor.group, actor.person.id, ctx.work.notification_preferences
    habit, before = await habits.of(person), (await ctx.work.people.get(person)).stopped
    keep = required(KEPT.get(what))
    actor = await keep(ctx, actor, value, wanted)
    demand(actor.group != group or habit != await habits.of(person) or before is not (what == "stop"), "already_so")
    await schedule_next(ctx, person)
    await _show(ctx, actor, ctx.tapped)


ROUTES: Routes = (*buttons(Rank.NETWORK, About.GROUP, habit=change),)
