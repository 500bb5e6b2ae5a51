"""Fewer reminders: when a person wants to hear from the bot, about what, or not at all; and on which day the week."""

from dataclasses import replace
from datetime import time

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank, rank_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.coordination import coordinator
from bot.features.incidents import incident_readers
from bot.reminders.kinds import CHECK_IN, MUTABLE, WEEKLY
from bot.reminders.next_message import schedule_next
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
    facts["weekly"] = None
    facts["reads"] = actor.member.id in actor.group.settings.readers
    facts["coordinates"] = rank_of(actor.member, actor.group) is Rank.RESPONSIBLE  # and may name another who reads
    facts["read_by"] = [m.name for m in await incident_readers.able(ctx, actor.group) if m.id != actor.member.id]
    facts["muted"] = [ctx.services.voice.label(f"kind.{kind}") for kind in muted]
    if person.stopped:
        keys = [[ctx.key("habit.start", "habit", group, "start")]]
    else:
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
        if actor.member.coordinator:
            facts["weekly"] = coordinator.weekday_of(actor.group)
            kinds.append(
                [
                    ctx.key("habit.week", "habit", group, f"week:{d}", on=int(d) == facts["weekly"], day=int(d))
                    for d in WEEKDAYS
                ]
            )
        keys = [hours, days, *kinds, [ctx.key("habit.stop", "habit", group, "stop")]]
    await ctx.to_person(person.id, "habits", facts, keys, edit=edit)


def _mutable(member: Member) -> tuple[str, ...]:
    """Return the kinds of reminders that this member gets and can mute."""
    return MUTABLE if member.role == "core" else tuple(kind for kind in MUTABLE if kind not in OF_CORE)


def _kind(ctx: Context, kind: str) -> str:
    return ctx.services.voice.label(f"kind.{kind}")


def _other(on: bool) -> str:
    """Return the state that a button asks for, so that a double tap does not undo itself."""
    return OFF if on else ON


async def change(ctx: Context, actor: Actor, action: Action) -> None:
    """Change one preference, or show them. At least one weekday stays; to get nothing there is "stop everything"."""
    if not action.arg:  # below the question when they are away, which still stands
        await _show(ctx, actor, None)
        return
    what, value, wanted = (*action.arg.split(":"), "", "")[:3]
    person, habits = actor.person.id, ctx.work.notification_preferences
    group = actor.group
    habit, before = await habits.of(person), (await ctx.work.people.get(person)).stopped
    match what:
        case "at" if value.isdecimal() and int(value) in HOURS:
            await habits.change(person, at=time(int(value)))
        case "day" if value in WEEKDAYS and wanted in (ON, OFF):
            days = "".join(sorted({*habit.weekdays} - {value} | ({value} if wanted == ON else set())))
            if not days:
                ctx.toast("last_day", alert=True)
                return
            await habits.change(person, weekdays=days)
        case "kind" if value in MUTABLE and wanted in (ON, OFF):
            muted = {*habit.muted.split()} - {value} | ({value} if wanted == OFF else set())
            await habits.change(person, muted=" ".join(sorted(muted)))
        case "week" if value in WEEKDAYS and actor.member.coordinator:
            settings = replace(actor.group.settings, times=replace(actor.group.settings.times, weekly=int(value)))
            actor = replace(actor, group=await ctx.work.groups.update(actor.group.id, settings=settings))
            await coordinator.plan_weekly(ctx, actor.group)
        case "stop" | "start":
            await ctx.work.people.update(person, stopped=what == "stop")
        case _:  # from before buttons named the state they want
            ctx.toast("old_button")
            return
    if actor.group == group and habit == await habits.of(person) and before is (what == "stop"):
        ctx.toast("already_so")
        return
    await schedule_next(ctx, person)
    await _show(ctx, actor, ctx.tapped)


ROUTES: Routes = (*buttons(Rank.NETWORK, About.GROUP, habit=change),)
